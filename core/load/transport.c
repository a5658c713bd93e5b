/* transport: the life of an exchange, and its header lines read. */
#include "core/load/transport.h"

#include <string.h>

#define HEAD_MAX ((size_t)256 << 10)
/* Memory of a larger body is given back: one huge answer must not stay with each VU. */
#define BODY_KEPT_MAX ((size_t)4 << 20)

void stk_exchange_init(struct stk_exchange *exchange)
{
	memset(exchange, 0, sizeof *exchange);
	stk_buf_init(&exchange->head, HEAD_MAX);
	stk_buf_init(&exchange->body_out, 0);
}

void stk_exchange_release(struct stk_exchange *exchange)
{
	stk_buf_release(&exchange->head);
	stk_buf_release(&exchange->body_out);
}

void stk_exchange_clear(struct stk_exchange *exchange)
{
	stk_buf_clear(&exchange->head);
	if (exchange->body_out.cap > BODY_KEPT_MAX)
		stk_buf_release(&exchange->body_out);
	else
		stk_buf_clear(&exchange->body_out);
	if (exchange->error_code != 0)
		exchange->error[0] = '\0';
	exchange->status = exchange->error_code = 0;
	exchange->proto[0] = exchange->remote_ip[0] = '\0';
	exchange->tls_version = NULL;
	exchange->timings = (struct stk_timings_ms){0, 0, 0, 0, 0, 0, 0};
	exchange->sets_cookies = false;
	exchange->ended_ns = 0;
	exchange->bytes_sent = exchange->bytes_received = 0;
}

const struct stk_transport_ops *stk_transport_find(const char *name)
{
	const struct stk_transport_ops *const all[] = {
		stk_transport_auto(), stk_transport_curl(), stk_transport_plain()};

	for (size_t i = 0; i < STK_ARRAY_LEN(all); i++)
		if (strcmp(all[i]->name, name) == 0)
			return all[i];
	return NULL;
}

bool stk_exchange_next_header(struct stk_str *rest, struct stk_name_value *out)
{
	struct stk_str line;

	while (stk_str_cut(rest, '\n', &line)) {
		ptrdiff_t colon = stk_str_find_byte(line, ':');

		if (colon <= 0)
			continue;
		out->name = stk_str_trim(stk_str_sub(line, 0, (size_t)colon));
		out->value = stk_str_trim(stk_str_skip(line, (size_t)colon + 1));
		return true;
	}
	return false;
}

bool stk_exchange_header(
	const struct stk_exchange *exchange, const char *name, struct stk_str *value_out)
{
	struct stk_str rest = stk_buf_str(&exchange->head);
	struct stk_name_value field;

	while (stk_exchange_next_header(&rest, &field))
		if (stk_str_eq_nocase(field.name, stk_str_of(name))) {
			*value_out = field.value;
			return true;
		}
	return false;
}
