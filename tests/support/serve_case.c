/* serve_case: an embedded server on a fresh store, and requests to it. */
#include "tests/support/serve_case.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/fs.h"
#include "core/base/mem.h"

int serve_case_setup(void **state)
{
	struct serve_case *sc = stk_xcalloc(1, sizeof *sc);
	struct stk_store_opts store = {0};
	struct stk_serve_opts opts = {0};
	struct stk_err err = STK_ERR_INIT;

	stk_fake_clock_init(&sc->clock, 0, SERVE_CASE_NOW);
	if (stk_fs_mkdtemp("stoker-serve-", &sc->dir, &err) < 0)
		STK_BUG("%s", err.msg);
	store.dir = sc->dir;
	if (stk_store_open(&store, &sc->store, &err) < 0)
		STK_BUG("%s", err.msg);
	opts.store = sc->store;
	opts.clock = &sc->clock.clock;
	if (stk_serve_start(&opts, &sc->serve, &err) < 0)
		STK_BUG("%s", err.msg);
	sc->client = stk_client_new(NULL);
	*state = sc;
	return 0;
}

int serve_case_teardown(void **state)
{
	struct serve_case *sc = *state;
	int rc;

	stk_client_free(sc->client);
	stk_serve_stop(sc->serve);
	stk_store_close(sc->store);
	rc = stk_fs_remove_tree(sc->dir, NULL);
	stk_http_response_release(&sc->response);
	free(sc->dir);
	free(sc);
	return rc;
}

static int send_url(struct serve_case *sc, const char *method, const char *url, const char *headers,
	struct stk_str body)
{
	struct stk_http_header list[40];
	struct stk_http_request request = {
		.method = method, .url = url, .headers = list, .body = body};
	struct stk_str rest = stk_str_of(headers), line;
	struct stk_err err = STK_ERR_INIT;

	request.has_body = strcmp(method, "POST") == 0;
	while (headers && request.headers_len < 40 && stk_str_cut(&rest, '\n', &line)) {
		ptrdiff_t colon = stk_str_find_byte(line, ':');

		if (colon <= 0)
			continue;
		list[request.headers_len].name = stk_str_sub(line, 0, (size_t)colon);
		list[request.headers_len++].value =
			stk_str_trim(stk_str_skip(line, (size_t)colon + 1));
	}
	if (stk_client_send(sc->client, &request, &sc->response, &err) < 0)
		STK_BUG("%s", err.msg);
	return sc->response.status;
}

int serve_case_send(struct serve_case *sc, const char *method, const char *path,
	const char *headers, struct stk_str body)
{
	char *url = stk_xasprintf("%s%s", stk_serve_url(sc->serve), path);
	int status = send_url(sc, method, url, headers, body);

	free(url);
	return status;
}

int serve_case_send_port(struct serve_case *sc, uint16_t port, const char *path,
	const char *headers, struct stk_str body)
{
	char *url = stk_xasprintf("http://127.0.0.1:%u%s", (unsigned)port, path);
	int status = send_url(sc, "POST", url, headers, body);

	free(url);
	return status;
}

int serve_case_ask(struct serve_case *sc, const char *method, const char *json)
{
	char *path = stk_xasprintf("/querier.v1.QuerierService/%s", method);
	int status = serve_case_send(
		sc, "POST", path, "Content-Type: application/json", stk_str_of(json));

	free(path);
	return status;
}
