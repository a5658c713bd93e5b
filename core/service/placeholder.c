/* placeholder: {dir} {port2} {rev} … in a workflow's commands, replaced by their values. */
#include "core/service/placeholder.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/base/mem.h"

static const struct name {
	const char *name;
	size_t at; /* of a text in struct stk_placeholders */
} names[] = {
	{"dir", offsetof(struct stk_placeholders, dir)},
	{"out", offsetof(struct stk_placeholders, out)},
	{"side", offsetof(struct stk_placeholders, side)},
	{"rev", offsetof(struct stk_placeholders, rev)},
	{"run", offsetof(struct stk_placeholders, run)},
	{"push_url", offsetof(struct stk_placeholders, push_url)},
	{"url", offsetof(struct stk_placeholders, url)},
	{"seconds", offsetof(struct stk_placeholders, seconds)},
	{"results", offsetof(struct stk_placeholders, results)},
};

static const char *const known[] = {"dir", "out", "side", "rev", "run", "push_url", "port", "port2",
	"port3", "port4", "port5", "port6", "port7", "port8", "port9", "url", "seconds", "results"};

int stk_placeholder_find_port(uint16_t *out, struct stk_err *err)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof address;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int rc = 0;

	if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) < 0 ||
		getsockname(fd, (struct sockaddr *)&address, &len) < 0)
		rc = stk_err_set_errno(err, STK_E_NET, errno, "no free port on 127.0.0.1");
	else
		*out = ntohs(address.sin_port);
	if (fd >= 0)
		close(fd);
	return rc;
}

/* The kernel may give the same free port twice while nobody listens on it yet. */
static int fill_port(struct stk_placeholders *values, size_t at, struct stk_err *err)
{
	for (int tries = 0; tries < 100; tries++) {
		bool taken = false;
		uint16_t port = 0;
		int rc = stk_placeholder_find_port(&port, err);

		if (rc < 0)
			return rc;
		for (size_t i = 0; i < STK_SERVICE_PORTS; i++)
			taken = taken || values->ports[i] == port;
		if (!taken) {
			values->ports[at] = port;
			return 0;
		}
	}
	return stk_err_set(err, STK_E_NET, "no free port on 127.0.0.1");
}

/* "port", "port2" … "port9" -> 0 … 8, else -1. */
static int port_number(struct stk_str name)
{
	if (!stk_str_starts(name, "port"))
		return -1;
	name = stk_str_skip(name, 4);
	if (name.len == 0)
		return 0;
	return name.len == 1 && name.ptr[0] >= '2' && name.ptr[0] <= '9' ? name.ptr[0] - '1' : -1;
}

static int unknown(struct stk_str name, struct stk_err *err)
{
	const char *nearest = stk_str_nearest(name, known, STK_ARRAY_LEN(known));

	stk_err_set(err, STK_E_SCRIPT, "unknown placeholder '{%.*s}'",
		STK_STR_ARG(stk_str_sub(name, 0, 40)));
	if (nearest)
		stk_err_hint(err, "did you mean {%s}? A brace of your own is written {{", nearest);
	else
		stk_err_hint(err, "there are {dir} {out} {side} {rev} {run} {port} to {port9} and "
				  "{push_url}; a brace of your own is written {{");
	return STK_E_SCRIPT;
}

/* --- for the shell ---------------------------------------------------------------------------- */

/* The quote that is open behind text, '\0' none, when `quote` was before it. */
static char follow_quotes(char quote, struct stk_str text)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];

		if (c == '\\' && quote != '\'')
			i++;
		else if (quote == c)
			quote = '\0';
		else if (quote == '\0' && (c == '\'' || c == '"'))
			quote = c;
	}
	return quote;
}

static bool is_plain(const char *value)
{
	for (; *value; value++) {
		bool is_name = (*value >= 'a' && *value <= 'z') ||
			       (*value >= 'A' && *value <= 'Z') || (*value >= '0' && *value <= '9');

		if (!is_name && !strchr("-_./:@%+,=", *value))
			return false;
	}
	return true;
}

/* One word for the shell, whatever it holds. */
static void add_quoted(const char *value, char quote, struct stk_buf *out)
{
	if (is_plain(value)) {
		stk_buf_add_text(out, value);
		return;
	}
	if (quote == '\0')
		stk_buf_add_byte(out, '\'');
	for (; *value; value++) {
		if (quote == '"' && strchr("\"\\$`", *value))
			stk_buf_addf(out, "\\%c", *value);
		else if (quote != '"' && *value == '\'')
			stk_buf_add_text(out, "'\\''");
		else
			stk_buf_add_byte(out, *value);
	}
	if (quote == '\0')
		stk_buf_add_byte(out, '\'');
}

/* --- replacing -------------------------------------------------------------------------------- */

static int add_value(struct stk_placeholders *values, struct stk_str name, struct stk_buf *out,
	struct stk_err *err)
{
	int port = port_number(name);

	if (port >= 0) {
		if (values->ports[port] == 0) {
			int rc = fill_port(values, (size_t)port, err);
			if (rc < 0)
				return rc;
		}
		stk_buf_addf(out, "%u", (unsigned)values->ports[port]);
		return 0;
	}
	for (size_t i = 0; i < STK_ARRAY_LEN(names); i++) {
		const char *value;

		if (!stk_str_is(name, names[i].name))
			continue;
		memcpy(&value, (const char *)values + names[i].at, sizeof value);
		if (!value)
			return stk_err_set(err, STK_E_SCRIPT, "'{%s}' has no value in this run",
				names[i].name);
		stk_buf_add_text(out, value);
		return 0;
	}
	return unknown(name, err);
}

static int add_one(struct stk_placeholders *values, struct stk_str name, const char *quote,
	struct stk_buf *out, struct stk_err *err)
{
	struct stk_buf value = STK_BUF_EMPTY;
	int rc = add_value(values, name, quote ? &value : out, err);

	if (rc == 0 && quote)
		add_quoted(value.len > 0 ? value.ptr : "", *quote, out);
	stk_buf_release(&value);
	return rc;
}

/* quote: the one that is open, followed through the text; NULL: nothing is quoted. */
static int expand(struct stk_placeholders *values, const char *text, char *quote,
	struct stk_buf *out, struct stk_err *err)
{
	struct stk_str rest = stk_str_of(text);

	while (rest.len > 0) {
		ptrdiff_t open = stk_str_find_byte(rest, '{');
		ptrdiff_t end;
		int rc;

		if (open < 0)
			break;
		stk_buf_add(out, rest.ptr, (size_t)open);
		if (quote)
			*quote = follow_quotes(*quote, stk_str_sub(rest, 0, (size_t)open));
		rest = stk_str_skip(rest, (size_t)open + 1);
		if (stk_str_starts(rest, "{")) {
			stk_buf_add_byte(out, '{');
			rest = stk_str_skip(rest, 1);
			continue;
		}
		end = stk_str_find_byte(rest, '}');
		if (end < 0)
			return stk_err_set(err, STK_E_SCRIPT, "a '{' is not closed in '%s'", text);
		rc = add_one(values, stk_str_sub(rest, 0, (size_t)end), quote, out, err);
		if (rc < 0)
			return rc;
		rest = stk_str_skip(rest, (size_t)end + 1);
	}
	stk_buf_add_str(out, rest);
	return stk_buf_check(out, err);
}

int stk_placeholder_expand(
	struct stk_placeholders *values, const char *text, struct stk_buf *out, struct stk_err *err)
{
	return expand(values, text, NULL, out, err);
}

int stk_placeholder_expand_shell(
	struct stk_placeholders *values, const char *text, struct stk_buf *out, struct stk_err *err)
{
	char quote = '\0';

	return expand(values, text, &quote, out, err);
}
