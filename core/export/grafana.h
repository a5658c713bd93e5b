/* grafana: an annotation of a run in Grafana: a mark at its start that its end makes a stretch. */
#ifndef STK_CORE_EXPORT_GRAFANA_H
#define STK_CORE_EXPORT_GRAFANA_H

#include <stdint.h>

#include "core/base/err.h"
#include "core/base/secret.h"
#include "core/load/plan.h"

/* Borrowed. */
struct stk_grafana {
	const char *url;                /* "http://localhost:3000", a path behind it is kept */
	const struct stk_secret *token; /* of a service account; unset: none is sent */
	const char *text;               /* what is written on the mark */
	const char *run_id;
	const struct stk_tag
		*tags; /* of the run: "name:value" each, beside k6, stoker and run_id */
	size_t tags_len;
};

/* Post the mark; *id_out names it for the end. */
int stk_grafana_start(const struct stk_grafana *grafana, int64_t wall_ns, int64_t *id_out,
	struct stk_err *err) STK_MUST_CHECK;
/* Give mark id its end and the words that it is left with. */
int stk_grafana_end(const struct stk_grafana *grafana, int64_t id, int64_t wall_ns,
	struct stk_err *err) STK_MUST_CHECK;

#endif
