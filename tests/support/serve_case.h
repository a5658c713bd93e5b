/* serve_case: an embedded server on a fresh store, and requests to it. */
#ifndef STK_TESTS_SUPPORT_SERVE_CASE_H
#define STK_TESTS_SUPPORT_SERVE_CASE_H

#include "core/http/client.h"
#include "core/server/serve.h"

struct serve_case {
	char *dir;
	struct stk_store *store;
	struct stk_serve *serve;
	struct stk_client *client;
	struct stk_fake_clock clock;
	struct stk_http_response response;
};

/* cmocka setup and teardown: *state is a struct serve_case *. The wall clock stands at
 * SERVE_CASE_NOW. */
#define SERVE_CASE_NOW (INT64_C(1795348800) * 1000000000)
int serve_case_setup(void **state);
int serve_case_teardown(void **state);

/* One request; header lines "Name: value\n…" or NULL. The answer is in sc->response; gives its
 * status. */
int serve_case_send(struct serve_case *sc, const char *method, const char *path,
	const char *headers, struct stk_str body);
/* The same with another port. */
int serve_case_send_port(struct serve_case *sc, uint16_t port, const char *path,
	const char *headers, struct stk_str body);
/* A Connect call in JSON to a querier method. */
int serve_case_ask(struct serve_case *sc, const char *method, const char *json);

#endif
