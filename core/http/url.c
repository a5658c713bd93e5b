/* url: take a URL apart, put one together, escape and read query strings. */
#include "core/http/url.h"

#include <string.h>

#include "core/base/mem.h"

static bool is_unreserved(unsigned char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
	       c == '-' || c == '.' || c == '_' || c == '~';
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* Cut s at the first byte of stops; what is behind (from the stop on) goes to *rest. */
static struct stk_str cut_before(struct stk_str s, const char *stops, struct stk_str *rest)
{
	size_t i = 0;

	while (i < s.len && !strchr(stops, s.ptr[i]))
		i++;
	*rest = stk_str_skip(s, i);
	return stk_str_sub(s, 0, i);
}

static int check_bytes(struct stk_str text, struct stk_err *err)
{
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.ptr[i];

		if (c <= 0x20 || c == 0x7f)
			return stk_err_set(err, STK_E_INVAL,
				"URL '%.*s': byte 0x%02x at %zu is not allowed", STK_STR_ARG(text),
				c, i);
	}
	return 0;
}

/* "host", "host:80", "[::1]:80" -> host and port. */
static int parse_authority(struct stk_str text, struct stk_url *url, struct stk_err *err)
{
	struct stk_str port = {NULL, 0};
	bool bracketed = text.len && text.ptr[0] == '[';
	ptrdiff_t colon;

	if (bracketed) {
		ptrdiff_t close = stk_str_find_byte(text, ']');

		if (close < 0)
			return stk_err_set(err, STK_E_INVAL, "']' is missing behind the address");
		url->host = stk_str_sub(text, 1, (size_t)close - 1);
		text = stk_str_skip(text, (size_t)close + 1);
		if (text.len && text.ptr[0] != ':')
			return stk_err_set(err, STK_E_INVAL, "a port is expected behind ']'");
		port = stk_str_skip(text, 1);
	} else {
		colon = stk_str_rfind_byte(text, ':');
		url->host = colon < 0 ? text : stk_str_sub(text, 0, (size_t)colon);
		if (colon >= 0)
			port = stk_str_skip(text, (size_t)colon + 1);
	}
	if (!url->host.len)
		return stk_err_set(err, STK_E_INVAL, "the host is missing");
	if (!bracketed && stk_str_find_byte(url->host, ':') >= 0)
		return stk_err_set(err, STK_E_INVAL, "an IPv6 address stands in brackets: [::1]");
	if (port.len) {
		uint64_t value = 0;

		if (stk_str_to_u64(port, &value, NULL) < 0 || value < 1 || value > 65535)
			return stk_err_set(err, STK_E_INVAL, "port '%.*s': not in 1 to 65535",
				STK_STR_ARG(port));
		url->port = (uint16_t)value;
	}
	return 0;
}

int stk_url_parse(struct stk_str text, struct stk_url *out, struct stk_err *err)
{
	struct stk_url url = {0};
	ptrdiff_t at = stk_str_find(text, STK_STR("://"));
	struct stk_str rest, authority;
	int rc;

	rc = check_bytes(text, err);
	if (rc < 0)
		return rc;
	url.scheme = at < 0 ? stk_str_n("", 0) : stk_str_sub(text, 0, (size_t)at);
	if (stk_str_eq_nocase(url.scheme, STK_STR("http")))
		url.port = 80;
	else if (stk_str_eq_nocase(url.scheme, STK_STR("https")))
		url.port = 443;
	else
		return stk_err_set(err, STK_E_INVAL,
			"URL '%.*s': does not begin with http:// or https://", STK_STR_ARG(text));
	authority = cut_before(stk_str_skip(text, (size_t)at + 3), "/?#", &rest);
	at = stk_str_rfind_byte(authority, '@');
	if (at >= 0) {
		url.userinfo = stk_str_sub(authority, 0, (size_t)at);
		authority = stk_str_skip(authority, (size_t)at + 1);
	}
	rc = parse_authority(authority, &url, err);
	if (rc < 0) {
		stk_err_wrap(err, "URL '%.*s'", STK_STR_ARG(text));
		return rc;
	}
	url.path = cut_before(rest, "?#", &rest);
	if (rest.len && rest.ptr[0] == '?')
		url.query = cut_before(stk_str_skip(rest, 1), "#", &rest);
	if (rest.len)
		url.fragment = stk_str_skip(rest, 1);
	*out = url;
	return 0;
}

void stk_url_join(struct stk_buf *buf, struct stk_str base, struct stk_str path)
{
	if (stk_str_starts(path, "http://") || stk_str_starts(path, "https://")) {
		stk_buf_add_str(buf, path);
		return;
	}
	while (base.len && base.ptr[base.len - 1] == '/')
		base.len--;
	stk_buf_add_str(buf, base);
	if (!path.len)
		return;
	if (path.ptr[0] != '/' && path.ptr[0] != '?')
		stk_buf_add_byte(buf, '/');
	stk_buf_add_str(buf, path);
}

void stk_url_escape(struct stk_buf *buf, struct stk_str text)
{
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.ptr[i];

		if (is_unreserved(c))
			stk_buf_add_byte(buf, (char)c);
		else
			stk_buf_addf(buf, "%%%02X", c);
	}
}

int stk_url_unescape(
	struct stk_buf *buf, struct stk_str text, bool plus_is_blank, struct stk_err *err)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];

		if (c == '+' && plus_is_blank) {
			c = ' ';
		} else if (c == '%') {
			bool whole = i + 2 < text.len;
			int high = whole ? hex_value(text.ptr[i + 1]) : -1;
			int low = whole ? hex_value(text.ptr[i + 2]) : -1;

			if (high < 0 || low < 0)
				return stk_err_set(err, STK_E_FORMAT,
					"'%%' at %zu: two hex digits are missing behind it", i);
			c = (char)(high * 16 + low);
			i += 2;
		}
		stk_buf_add_byte(buf, c);
	}
	return stk_buf_check(buf, err);
}

void stk_url_query_add(struct stk_buf *buf, const char *key, struct stk_str value)
{
	if (buf->len)
		stk_buf_add_byte(buf, '&');
	stk_url_escape(buf, stk_str_of(key));
	stk_buf_add_byte(buf, '=');
	stk_url_escape(buf, value);
}

/* Decode one word behind what text holds; -1 (and nothing added) for a broken escape. The buffer
 * has room for the whole query already, so views into it stay valid. */
static int add_decoded(struct stk_buf *text, struct stk_str word, struct stk_str *out)
{
	size_t from = text->len;

	if (stk_url_unescape(text, word, true, NULL) < 0) {
		stk_buf_truncate(text, from);
		return -1;
	}
	*out = stk_str_n(text->ptr + from, text->len - from);
	return 0;
}

int stk_url_query_parse(struct stk_url_query *query, struct stk_str text, struct stk_err *err)
{
	struct stk_str rest = text, word;

	memset(query, 0, sizeof *query);
	stk_buf_init(&query->text, text.len + 1);
	if (!text.len)
		return 0;
	if (!stk_buf_reserve(&query->text, text.len))
		return stk_buf_check(&query->text, err);
	while (stk_str_cut(&rest, '&', &word)) {
		struct stk_url_pair pair = {{NULL, 0}, {NULL, 0}};
		ptrdiff_t eq = stk_str_find_byte(word, '=');
		struct stk_str key = eq < 0 ? word : stk_str_sub(word, 0, (size_t)eq);

		if (!word.len)
			continue;
		if (query->pairs.len >= STK_URL_QUERY_MAX_PAIRS)
			return stk_err_set(err, STK_E_TOO_LARGE, "query: more than %d parameters",
				STK_URL_QUERY_MAX_PAIRS);
		if (add_decoded(&query->text, key, &pair.key) < 0 ||
			add_decoded(&query->text,
				eq < 0 ? stk_str_n("", 0) : stk_str_skip(word, (size_t)eq + 1),
				&pair.value) < 0)
			continue;
		stk_vec_push(&query->pairs, pair);
	}
	return 0;
}

void stk_url_query_release(struct stk_url_query *query)
{
	stk_vec_release(&query->pairs);
	stk_buf_release(&query->text);
}

static const struct stk_url_pair *find_pair(const struct stk_url_query *query, const char *key)
{
	for (size_t i = 0; i < query->pairs.len; i++)
		if (stk_str_is(query->pairs.items[i].key, key))
			return &query->pairs.items[i];
	return NULL;
}

struct stk_str stk_url_query_get(const struct stk_url_query *query, const char *key)
{
	const struct stk_url_pair *pair = find_pair(query, key);

	return pair ? pair->value : stk_str_n("", 0);
}

bool stk_url_query_has(const struct stk_url_query *query, const char *key)
{
	return find_pair(query, key) != NULL;
}
