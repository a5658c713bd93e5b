/* grafana: links into Grafana that show the same slices (reference pyroscope 10.1). */
#ifndef STK_CORE_FLOW_GRAFANA_H
#define STK_CORE_FLOW_GRAFANA_H

#include "core/flow/session.h"

/* Add a link for each profile type that was compared or looked at to run->links: where the profiles
 * came from a Pyroscope, and the workflow or STOKER_GRAFANA_URL says where its Grafana is. */
void stk_grafana_add_links(struct stk_session *session);

#endif
