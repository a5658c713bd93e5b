/* shop_server: a small service for load scripts of tests, and a log of what it was asked. */
#ifndef STK_TESTS_SUPPORT_SHOP_SERVER_H
#define STK_TESTS_SUPPORT_SHOP_SERVER_H

#include <stdint.h>

/* Answers: GET /products JSON, POST /cart 201, POST /login JSON with token and the user sent,
 * GET /inventory JSON, DELETE /test-data 204, any /echo: the request as text (method, target,
 * headers, body), /status/N that status, /redirect/N N hops to /products, /cookie sets two
 * cookies, /text "hello", /bad-json, else 404. */
struct shop_server;

struct shop_server *shop_server_start(void);
void shop_server_stop(struct shop_server *shop);
const char *shop_server_url(const struct shop_server *shop); /* http://127.0.0.1:PORT */
/* "GET /products\nPOST /cart\n..." in the order of arrival; the caller frees. */
char *shop_server_log(struct shop_server *shop);
int64_t shop_server_count(struct shop_server *shop, const char *line); /* "GET /products" */

#endif
