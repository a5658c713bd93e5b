/* handlers: the entry points of the embedded server, one per route or method. */
#ifndef STK_CORE_SERVER_HANDLERS_H
#define STK_CORE_SERVER_HANDLERS_H

#include "core/server/call.h"

/* Plain HTTP routes: they fill the reply, also when they fail. */
void stk_handlers_ingest(struct stk_call *call);
void stk_handlers_otlp(struct stk_call *call);
void stk_handlers_render(struct stk_call *call);
void stk_handlers_render_diff(struct stk_call *call);
void stk_handlers_label_values(struct stk_call *call);
/* Any path under /querier.v1.QuerierService/ and /push.v1.PusherService/; false: no such method. */
bool stk_handlers_connect(struct stk_call *call);

/* Connect methods: answer, or fail with err (call->code may say how). request is the decoded
 * message of the method. */
typedef int (*stk_handlers_method_fn)(
	struct stk_call *call, const void *request, struct stk_err *err);

int stk_handlers_push(struct stk_call *call, const void *request, struct stk_err *err);
int stk_handlers_types(struct stk_call *call, const void *request, struct stk_err *err);
int stk_handlers_names(struct stk_call *call, const void *request, struct stk_err *err);
int stk_handlers_values(struct stk_call *call, const void *request, struct stk_err *err);
int stk_handlers_series(struct stk_call *call, const void *request, struct stk_err *err);
int stk_handlers_stacks(struct stk_call *call, const void *request, struct stk_err *err);
int stk_handlers_profile(struct stk_call *call, const void *request, struct stk_err *err);
int stk_handlers_points(struct stk_call *call, const void *request, struct stk_err *err);
int stk_handlers_heatmap(struct stk_call *call, const void *request, struct stk_err *err);
int stk_handlers_diff(struct stk_call *call, const void *request, struct stk_err *err);
int stk_handlers_stats(struct stk_call *call, const void *request, struct stk_err *err);

#endif
