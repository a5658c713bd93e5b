/* baggage: the labels of a load test out of a request's baggage header. */
#ifndef STK_CORE_DEMO_BAGGAGE_H
#define STK_CORE_DEMO_BAGGAGE_H

#include "core/base/buf.h"
#include "core/script/sampler.h"

#define STK_DEMO_BAGGAGE_MAX 8

struct stk_demo_baggage {
	struct stk_sampler_label labels[STK_DEMO_BAGGAGE_MAX];
	size_t len;
	struct stk_buf text; /* owns the bytes */
};

void stk_demo_baggage_init(struct stk_demo_baggage *baggage);
void stk_demo_baggage_release(struct stk_demo_baggage *baggage);
/* Read a header value: members whose key begins with "k6." become labels ("k6.name" -> "k6_name"),
 * values percent-decoded, properties (";x=y") and empty values left out, at most
 * STK_DEMO_BAGGAGE_MAX. Anything malformed: no labels at all, as other receivers do. */
void stk_demo_baggage_parse(struct stk_demo_baggage *baggage, struct stk_str header);

#endif
