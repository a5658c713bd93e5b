/* push: the messages of push.v1.PusherService. */
#ifndef STK_CORE_PYROSCOPE_PUSH_H
#define STK_CORE_PYROSCOPE_PUSH_H

#include "core/pyroscope/query.h"

#define STK_PUSH_PATH "/push.v1.PusherService/Push"

struct stk_push_sample {
	struct stk_str profile; /* pprof, gzip'd or raw */
	struct stk_str id;      /* ignored by servers */
};
struct stk_push_series {
	struct stk_wire_list labels;  /* of struct stk_query_label; __name__ is required */
	struct stk_wire_list samples; /* of struct stk_push_sample */
};
struct stk_push_request {
	struct stk_wire_list series; /* of struct stk_push_series */
};

extern const struct stk_wire_message stk_push_request_wire;

#endif
