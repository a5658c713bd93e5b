/* connect: the Connect protocol's codes, error bodies and codecs. */
#include "core/pyroscope/connect.h"

#include "core/base/json.h"
#include "core/base/mem.h"

struct code {
	const char *name;
	int status;
	int errc;
};

/* By enum stk_connect_code; statuses as of connect-go 1.16. */
static const struct code codes[] = {
	{"ok", 200, 0},
	{"canceled", 499, STK_E_ABORTED},
	{"unknown", 500, STK_E_HTTP},
	{"invalid_argument", 400, STK_E_INVAL},
	{"deadline_exceeded", 504, STK_E_TIMEOUT},
	{"not_found", 404, STK_E_NOT_FOUND},
	{"already_exists", 409, STK_E_HTTP},
	{"permission_denied", 403, STK_E_AUTH},
	{"resource_exhausted", 429, STK_E_TOO_LARGE},
	{"failed_precondition", 400, STK_E_HTTP},
	{"aborted", 409, STK_E_ABORTED},
	{"out_of_range", 400, STK_E_INVAL},
	{"unimplemented", 501, STK_E_UNIMPLEMENTED},
	{"internal", 500, STK_E_HTTP},
	{"unavailable", 503, STK_E_NET},
	{"data_loss", 500, STK_E_HTTP},
	{"unauthenticated", 401, STK_E_AUTH},
};

const char *stk_connect_code_name(enum stk_connect_code code)
{
	return (size_t)code < STK_ARRAY_LEN(codes) ? codes[code].name : "unknown";
}

enum stk_connect_code stk_connect_code_parse(struct stk_str name)
{
	for (size_t i = 1; i < STK_ARRAY_LEN(codes); i++)
		if (stk_str_is(name, codes[i].name))
			return (enum stk_connect_code)i;
	return STK_CONNECT_UNKNOWN;
}

int stk_connect_code_status(enum stk_connect_code code)
{
	return (size_t)code < STK_ARRAY_LEN(codes) ? codes[code].status : 500;
}

enum stk_connect_code stk_connect_code_of_err(int errc)
{
	switch (errc) {
	case 0:
		return STK_CONNECT_OK;
	case STK_E_INVAL:
	case STK_E_FORMAT:
		return STK_CONNECT_INVALID_ARGUMENT;
	case STK_E_TOO_LARGE:
		return STK_CONNECT_RESOURCE_EXHAUSTED;
	case STK_E_UNIMPLEMENTED:
		return STK_CONNECT_UNIMPLEMENTED;
	case STK_E_NOT_FOUND:
		return STK_CONNECT_NOT_FOUND;
	case STK_E_TIMEOUT:
		return STK_CONNECT_DEADLINE_EXCEEDED;
	case STK_E_AUTH:
		return STK_CONNECT_UNAUTHENTICATED;
	case STK_E_IO:
	case STK_E_ABORTED:
		return STK_CONNECT_UNAVAILABLE;
	default:
		return STK_CONNECT_INTERNAL;
	}
}

int stk_connect_code_to_err(enum stk_connect_code code)
{
	return (size_t)code < STK_ARRAY_LEN(codes) ? codes[code].errc : STK_E_HTTP;
}

int stk_connect_codec_parse(
	struct stk_str content_type, enum stk_connect_codec *out, struct stk_err *err)
{
	struct stk_str rest = content_type, type = {NULL, 0}, param;
	bool json;

	(void)stk_str_cut(&rest, ';', &type);
	type = stk_str_trim(type);
	json = stk_str_eq_nocase(type, STK_STR(STK_CONNECT_TYPE_JSON));
	if (!json && !stk_str_eq_nocase(type, STK_STR(STK_CONNECT_TYPE_PROTO)))
		return stk_err_set(err, STK_E_INVAL, "content type '%.*s' is not supported",
			STK_STR_ARG(content_type));
	while (rest.ptr && stk_str_cut(&rest, ';', &param)) {
		param = stk_str_trim(param);
		if (!json || !stk_str_eq_nocase(param, STK_STR("charset=utf-8")))
			return stk_err_set(err, STK_E_INVAL, "content type '%.*s' is not supported",
				STK_STR_ARG(content_type));
	}
	*out = json ? STK_CONNECT_JSON : STK_CONNECT_PROTO;
	return 0;
}

void stk_connect_write_error(struct stk_buf *buf, enum stk_connect_code code, const char *message)
{
	stk_buf_addf(buf, "{\"code\":\"%s\",\"message\":", stk_connect_code_name(code));
	stk_wire_write_json_str(buf, stk_str_of(message));
	stk_buf_add_byte(buf, '}');
}

/* The code for an answer that has no Connect error body. */
static int errc_of_status(int status)
{
	switch (status) {
	case 400:
		return STK_E_INVAL;
	case 401:
	case 403:
		return STK_E_AUTH;
	case 404:
		return STK_E_NOT_FOUND;
	case 501:
		return STK_E_UNIMPLEMENTED;
	default:
		return STK_E_HTTP;
	}
}

int stk_connect_read_error(
	int status, struct stk_str body, enum stk_connect_code *code_out, struct stk_err *err)
{
	struct stk_json *root = NULL;
	struct stk_str name = {NULL, 0}, line = stk_str_trim(body);
	enum stk_connect_code code = STK_CONNECT_UNKNOWN;
	int rc;

	if (code_out)
		*code_out = status >= 200 && status < 300 ? STK_CONNECT_OK : STK_CONNECT_UNKNOWN;
	if (status >= 200 && status < 300)
		return 0;
	if (stk_json_parse(body, &root, NULL) == 0)
		name = stk_json_str(stk_json_get(root, "code"));
	if (name.len) {
		code = stk_connect_code_parse(name);
		if (code_out)
			*code_out = code;
		rc = stk_err_set(err, stk_connect_code_to_err(code), "%s: %.*s",
			stk_connect_code_name(code),
			STK_STR_ARG(
				stk_str_sub(stk_json_str(stk_json_get(root, "message")), 0, 500)));
	} else {
		ptrdiff_t end = stk_str_find_byte(line, '\n');

		if (end >= 0)
			line = stk_str_sub(line, 0, (size_t)end);
		rc = stk_err_set(err, errc_of_status(status), "HTTP %d: %.*s", status,
			STK_STR_ARG(stk_str_trim(stk_str_sub(line, 0, 200))));
	}
	stk_json_free(root);
	return rc;
}

int stk_connect_read(enum stk_connect_codec codec, const struct stk_wire_message *message,
	struct stk_str bytes, struct stk_arena *arena, void *out, struct stk_err *err)
{
	return codec == STK_CONNECT_JSON ? stk_wire_read_json(message, bytes, arena, out, err)
					 : stk_wire_read_proto(message, bytes, arena, out, err);
}

void stk_connect_write(enum stk_connect_codec codec, const struct stk_wire_message *message,
	const void *value, struct stk_buf *buf)
{
	if (codec == STK_CONNECT_JSON)
		stk_wire_write_json(message, value, buf);
	else
		stk_wire_write_proto(message, value, buf);
}
