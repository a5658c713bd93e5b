/* proxy: variables into proxies and holes in them; the holes are few, so they are looked through.
 */
#include "core/http/proxy.h"

#include <stdlib.h>

#include "core/base/mem.h"

static const char *first_set(const char *const *names)
{
	for (; *names; names++) {
		const char *value = getenv(*names);

		if (value && *value)
			return value;
	}
	return NULL;
}

/* "host:port" in two; brackets of an IPv6 address go. False: the port is none. */
static bool cut_port(struct stk_str *word, uint16_t *port_out)
{
	ptrdiff_t colon = stk_str_rfind_byte(*word, ':');
	bool is_v6 = colon >= 0 && stk_str_find_byte(*word, ':') != colon;
	int64_t port = 0;

	*port_out = 0;
	if (colon >= 0 && (!is_v6 || word->ptr[colon - 1] == ']')) {
		if (stk_str_to_i64(stk_str_skip(*word, (size_t)colon + 1), &port, NULL) < 0 ||
			port < 1 || port > 65535)
			return false;
		*port_out = (uint16_t)port;
		*word = stk_str_sub(*word, 0, (size_t)colon);
	}
	if (stk_str_starts(*word, "[") && stk_str_ends(*word, "]"))
		*word = stk_str_sub(*word, 1, word->len - 2);
	return true;
}

static void add_hole(struct stk_proxies *proxies, struct stk_str word)
{
	struct stk_proxy_hole hole = {.name = NULL};

	if (!cut_port(&word, &hole.port) || word.len == 0)
		return;
	hole.name = stk_str_dup(word);
	if (stk_net_range_parse(hole.name, &hole.range, NULL) == 0) {
		free(hole.name);
		hole.name = NULL;
		stk_vec_push(&proxies->holes, hole);
		return;
	}
	free(hole.name);
	if (stk_str_starts(word, "*."))
		word = stk_str_skip(word, 1);
	hole.is_below_only = stk_str_starts(word, ".");
	if (hole.is_below_only)
		word = stk_str_skip(word, 1);
	hole.name = stk_str_dup(word);
	stk_vec_push(&proxies->holes, hole);
}

static void add_holes(struct stk_proxies *proxies, const char *list)
{
	struct stk_str rest = stk_str_of(list), word;

	while (stk_str_cut(&rest, ',', &word)) {
		word = stk_str_trim(word);
		if (stk_str_is(word, "*"))
			proxies->is_off = true;
		else
			add_hole(proxies, word);
	}
}

void stk_proxies_init(struct stk_proxies *proxies)
{
	static const char *const http[] = {
		"HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy", NULL};
	static const char *const https[] = {
		"HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", NULL};
	static const char *const none[] = {"NO_PROXY", "no_proxy", NULL};
	const char *list = first_set(none);
	/* in a CGI program HTTP_PROXY is what the client's header "Proxy" said */
	const char *plain = first_set(getenv("REQUEST_METHOD") ? http + 1 : http);
	const char *tls = first_set(https);

	*proxies = (struct stk_proxies){.http = plain ? stk_xstrdup(plain) : NULL,
		.https = tls ? stk_xstrdup(tls) : NULL,
		.holes = STK_VEC_INIT};
	add_holes(proxies, "localhost,127.0.0.0/8,::1");
	if (list)
		add_holes(proxies, list);
}

void stk_proxies_release(struct stk_proxies *proxies)
{
	for (size_t i = 0; i < proxies->holes.len; i++)
		free(proxies->holes.items[i].name);
	stk_vec_release(&proxies->holes);
	free(proxies->http);
	free(proxies->https);
}

static bool is_in(const struct stk_proxy_hole *hole, const struct stk_url *url)
{
	if (hole->port != 0 && hole->port != url->port)
		return false;
	if (!hole->name)
		return stk_net_range_has(&hole->range, url->host);
	return stk_net_name_is(hole->name, true, url->host) ||
	       (!hole->is_below_only && stk_net_name_is(hole->name, false, url->host));
}

const char *stk_proxies_find(const struct stk_proxies *proxies, const struct stk_url *url)
{
	const char *proxy =
		stk_str_eq_nocase(url->scheme, STK_STR("https")) ? proxies->https : proxies->http;

	if (!proxy || proxies->is_off)
		return NULL;
	for (size_t i = 0; i < proxies->holes.len; i++)
		if (is_in(&proxies->holes.items[i], url))
			return NULL;
	return proxy;
}
