/* serve: the embedded Pyroscope-compatible server over a store: start, ports of sides, stop. */
#ifndef STK_CORE_SERVER_SERVE_H
#define STK_CORE_SERVER_SERVE_H

#include <stdint.h>

#include "core/base/clock.h"
#include "core/store/store.h"

struct stk_serve_opts {
	struct stk_store *store;       /* outlives the server */
	const char *address;           /* NULL: 127.0.0.1 */
	uint16_t port;                 /* 0: a free one */
	const struct stk_clock *clock; /* NULL: the machine's */
	const char *version;           /* for buildinfo; NULL: "" */
};

/* A running server: pushes and queries on every port. */
struct stk_serve;

int stk_serve_start(const struct stk_serve_opts *opts, struct stk_serve **out,
	struct stk_err *err) STK_MUST_CHECK;
/* Port and "http://127.0.0.1:4040" of the main address; the text is the server's. */
uint16_t stk_serve_port(const struct stk_serve *serve);
const char *stk_serve_url(const struct stk_serve *serve);

/* One more port on the same address whose pushes get these labels in addition (they replace pushed
 * ones of the same name): stoker_run and stoker_side. The labels are copied. */
int stk_serve_add_side(struct stk_serve *serve, const struct stk_label *labels, size_t labels_len,
	uint16_t *port_out, struct stk_err *err) STK_MUST_CHECK;

/* Let running requests end, close all ports, free. NULL is fine. */
void stk_serve_stop(struct stk_serve *serve);

#endif
