/* sse: lines of a stream, fields of a line, an event at each empty line. */
#include "core/http/sse.h"

#include <string.h>

void stk_sse_init(struct stk_sse *sse)
{
	memset(sse, 0, sizeof *sse);
	stk_buf_init(&sse->line, STK_SSE_EVENT_MAX);
	stk_buf_init(&sse->type, STK_SSE_EVENT_MAX);
	stk_buf_init(&sse->data, STK_SSE_EVENT_MAX);
	stk_buf_init(&sse->id, STK_SSE_EVENT_MAX);
}

void stk_sse_release(struct stk_sse *sse)
{
	stk_buf_release(&sse->line);
	stk_buf_release(&sse->type);
	stk_buf_release(&sse->data);
	stk_buf_release(&sse->id);
}

void stk_sse_clear(struct stk_sse *sse)
{
	stk_buf_clear(&sse->line);
	stk_buf_clear(&sse->type);
	stk_buf_clear(&sse->data);
	stk_buf_clear(&sse->id);
	sse->has_data = sse->has_type = sse->after_cr = sse->has_begun = sse->was_given = false;
}

/* "name: value", the blank behind the colon is not part of the value. */
static void take_field(struct stk_sse *sse, struct stk_str line)
{
	ptrdiff_t colon = stk_str_find_byte(line, ':');
	struct stk_str name = colon < 0 ? line : stk_str_sub(line, 0, (size_t)colon);
	struct stk_str value = {"", 0};

	if (colon >= 0)
		value = stk_str_skip(line, (size_t)colon + 1);
	if (value.len > 0 && value.ptr[0] == ' ')
		value = stk_str_skip(value, 1);
	if (stk_str_is(name, "data")) {
		if (sse->has_data)
			stk_buf_add_byte(&sse->data, '\n');
		stk_buf_add_str(&sse->data, value);
		sse->has_data = true;
	} else if (stk_str_is(name, "event")) {
		stk_buf_clear(&sse->type);
		stk_buf_add_str(&sse->type, value);
		sse->has_type = value.len > 0;
	} else if (stk_str_is(name, "id") && stk_str_find_byte(value, '\0') < 0) {
		stk_buf_clear(&sse->id);
		stk_buf_add_str(&sse->id, value);
	}
}

/* A whole line; true: it ended an event that has data. */
static bool take_line(struct stk_sse *sse, struct stk_str line)
{
	bool is_event = line.len == 0 && sse->has_data;

	if (!sse->has_begun && stk_str_starts(line, "\xef\xbb\xbf"))
		line = stk_str_skip(line, 3);
	sse->has_begun = true;
	if (line.len > 0)
		take_field(sse, line);
	else if (!is_event)
		sse->has_type = false; /* a type without data is for nobody */
	return is_event;
}

static void give_event(struct stk_sse *sse, struct stk_sse_event *out)
{
	out->type = sse->has_type ? stk_buf_str(&sse->type) : STK_STR("message");
	out->data = stk_buf_str(&sse->data);
	out->id = stk_buf_str(&sse->id);
}

/* Where the line under way ends in bytes; -1: not yet. */
static ptrdiff_t end_of_line(struct stk_str bytes)
{
	for (size_t i = 0; i < bytes.len; i++)
		if (bytes.ptr[i] == '\n' || bytes.ptr[i] == '\r')
			return (ptrdiff_t)i;
	return -1;
}

int stk_sse_read(
	struct stk_sse *sse, struct stk_str *rest, struct stk_sse_event *out, struct stk_err *err)
{
	if (sse->was_given) {
		stk_buf_clear(&sse->data);
		sse->has_data = sse->has_type = sse->was_given = false;
	}
	while (rest->len > 0) {
		ptrdiff_t end;
		bool is_event;

		if (sse->after_cr && rest->ptr[0] == '\n')
			*rest = stk_str_skip(*rest, 1);
		sse->after_cr = false;
		end = end_of_line(*rest);
		stk_buf_add_str(&sse->line, end < 0 ? *rest : stk_str_sub(*rest, 0, (size_t)end));
		if (end < 0) {
			*rest = stk_str_skip(*rest, rest->len);
			break;
		}
		sse->after_cr = rest->ptr[end] == '\r';
		*rest = stk_str_skip(*rest, (size_t)end + 1);
		is_event = take_line(sse, stk_buf_str(&sse->line));
		if (stk_buf_check(&sse->line, err) < 0 || stk_buf_check(&sse->data, err) < 0)
			return STK_E_TOO_LARGE;
		stk_buf_clear(&sse->line);
		sse->was_given = is_event;
		if (is_event) {
			give_event(sse, out);
			return 1;
		}
	}
	return stk_buf_check(&sse->line, err);
}
