/* http1_write: the head of a request. */
#include <stdio.h>
#include <string.h>

#include "core/load/http1.h"

/* What headers of the script say about lines that are made here. */
struct own {
	bool host, agent;
};

static void put(struct stk_buf *buf, struct stk_str text)
{
	if (text.len > 0)
		stk_buf_add(buf, text.ptr, text.len);
}

/* No byte of it may end a line or hide what follows. */
static void put_clean(struct stk_buf *buf, struct stk_str text)
{
	size_t from = buf->len;

	put(buf, text);
	for (size_t i = from; i < buf->len; i++)
		if ((unsigned char)buf->ptr[i] < ' ' && buf->ptr[i] != '\t')
			buf->ptr[i] = ' ';
}

static void put_number(struct stk_buf *buf, uint64_t number)
{
	char digits[20];
	size_t at = sizeof digits;

	do
		digits[--at] = (char)('0' + number % 10);
	while ((number /= 10) > 0);
	stk_buf_add(buf, digits + at, sizeof digits - at);
}

static void put_host(struct stk_buf *buf, const struct stk_url *url)
{
	bool brackets = stk_str_find_byte(url->host, ':') >= 0;

	put(buf, STK_STR("Host: "));
	if (brackets)
		stk_buf_add_byte(buf, '[');
	put_clean(buf, url->host);
	if (brackets)
		stk_buf_add_byte(buf, ']');
	if (url->port != 80) {
		stk_buf_add_byte(buf, ':');
		put_number(buf, url->port);
	}
	put(buf, STK_STR("\r\n"));
}

static void put_line(struct stk_buf *buf, struct stk_str name, struct stk_str value)
{
	put_clean(buf, name);
	if (value.len > 0) {
		put(buf, STK_STR(": "));
		put_clean(buf, value);
	} else {
		stk_buf_add_byte(buf, ':');
	}
	put(buf, STK_STR("\r\n"));
}

static void put_target(struct stk_buf *buf, const struct stk_http1_request *request)
{
	const struct stk_url *url = request->url;

	put_clean(buf, stk_str_of(request->method));
	stk_buf_add_byte(buf, ' ');
	put_clean(buf, url->path.len > 0 ? url->path : STK_STR("/"));
	if (url->query.ptr && url->query.ptr[-1] == '?') { /* "/a?" keeps its mark */
		stk_buf_add_byte(buf, '?');
		put_clean(buf, url->query);
	}
	put(buf, STK_STR(" HTTP/1.1\r\n"));
}

static struct own find_own(const struct stk_http1_request *request)
{
	struct own own = {false, false};

	for (size_t i = 0; i < request->headers_len; i++) {
		struct stk_str name = request->headers[i].name;

		own.host |= name.len == 4 && stk_str_eq_nocase(name, STK_STR("host"));
		own.agent |= name.len == 10 && stk_str_eq_nocase(name, STK_STR("user-agent"));
	}
	return own;
}

/* The length is the body's, whatever the script says (as k6). */
static bool is_framing(struct stk_str name)
{
	return (name.len == 14 && stk_str_eq_nocase(name, STK_STR("content-length"))) ||
	       (name.len == 17 && stk_str_eq_nocase(name, STK_STR("transfer-encoding")));
}

static bool sends_length(const char *method)
{
	return strcmp(method, "POST") == 0 || strcmp(method, "PUT") == 0 ||
	       strcmp(method, "PATCH") == 0;
}

void stk_http1_write(const struct stk_http1_request *request, struct stk_buf *buf, bool *closes_out)
{
	struct own own = find_own(request);

	*closes_out = false;
	put_target(buf, request);
	if (!own.host)
		put_host(buf, request->url);
	if (request->user_agent && !own.agent)
		put_line(buf, STK_STR("User-Agent"), stk_str_of(request->user_agent));
	for (size_t i = 0; i < request->headers_len; i++) {
		struct stk_str name = request->headers[i].name;
		struct stk_str value = request->headers[i].value;

		if (is_framing(name))
			continue;
		put_line(buf, name, value);
		if (name.len == 10 && stk_str_eq_nocase(name, STK_STR("connection")))
			*closes_out |= stk_str_eq_nocase(stk_str_trim(value), STK_STR("close"));
	}
	if (request->has_body || sends_length(request->method)) {
		put(buf, STK_STR("Content-Length: "));
		put_number(buf, request->has_body ? request->body_len : 0);
		put(buf, STK_STR("\r\n"));
	}
	put(buf, STK_STR("\r\n"));
}
