/* rest_list: lists that come in pages. */
#include <stdio.h>
#include <string.h>

#include "core/publish/rest_priv.h"

/* The target of the part of a Link header that says rel="next". */
static struct stk_str next_url(struct stk_str link)
{
	struct stk_str part;

	while (stk_str_cut(&link, ',', &part)) {
		ptrdiff_t open, close;

		if (!stk_str_contains(part, STK_STR("rel=\"next\"")) &&
			!stk_str_contains(part, STK_STR("rel=next")))
			continue;
		open = stk_str_find_byte(part, '<');
		close = stk_str_find_byte(part, '>');
		if (open >= 0 && close > open)
			return stk_str_sub(part, (size_t)open + 1, (size_t)(close - open - 1));
	}
	return stk_str_n("", 0);
}

void stk_rest_next(struct stk_str link, char *out, size_t size)
{
	struct stk_str query = next_url(link), pair;
	ptrdiff_t at = stk_str_find_byte(query, '?');

	out[0] = '\0';
	if (at < 0)
		return;
	query = stk_str_skip(query, (size_t)at + 1);
	while (stk_str_cut(&query, '&', &pair)) {
		uint64_t number;

		if (stk_str_starts(pair, "page=") &&
			stk_str_to_u64(stk_str_skip(pair, 5), &number, NULL) == 0 &&
			number < 1000000)
			(void)snprintf(out, size, "page=%d", (int)number);
	}
}

static int walk_page(
	struct stk_json *json, const struct stk_rest_list *list, stk_rest_item_fn fn, void *ctx)
{
	struct stk_json *items = list->member ? stk_json_get(json, list->member) : json;
	int stop = 0;

	if (stk_json_type(items) != STK_JSON_ARRAY)
		return 0;
	for (size_t i = 0; i < stk_json_len(items) && stop == 0; i++)
		stop = fn(stk_json_at(items, i), ctx);
	return stop;
}

static uint64_t page_of(const char *next)
{
	uint64_t number = 0;

	if (next[0] && stk_str_to_u64(stk_str_of(next + strlen("page=")), &number, NULL) < 0)
		return 0;
	return number;
}

int stk_rest_each(struct stk_rest *rest, const struct stk_rest_list *list, stk_rest_item_fn fn,
	void *ctx, struct stk_err *err)
{
	struct stk_rest_answer answer = STK_REST_ANSWER_INIT;
	struct stk_buf path = STK_BUF_EMPTY;
	uint64_t page = 1;
	int rc = 0, stop = 0;

	stk_buf_add_text(&path, list->path);
	for (size_t n = 0; rc == 0 && stop == 0; n++) {
		struct stk_rest_request request = {
			.method = "GET", .path = path.ptr, .permission = list->permission};
		uint64_t next;

		if (n == STK_REST_PAGES_MAX) {
			rc = stk_err_set(err, STK_E_TOO_LARGE, "%s: more than %d pages", list->path,
				STK_REST_PAGES_MAX);
			break;
		}
		rc = stk_rest_send(rest, &request, &answer, err);
		if (rc == 0)
			stop = walk_page(answer.json, list, fn, ctx);
		next = page_of(answer.next);
		/* a page that is not a later one would be read again and again */
		if (next <= page)
			break;
		page = next;
		stk_buf_clear(&path);
		stk_buf_addf(&path, "%s%c%s", list->path, strchr(list->path, '?') ? '&' : '?',
			answer.next);
	}
	stk_rest_answer_release(&answer);
	stk_buf_release(&path);
	return rc < 0 ? rc : stop < 0 ? stop : 0;
}
