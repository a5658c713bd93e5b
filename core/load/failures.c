/* failures: a short table of reasons with counts, added to, merged, put into words. */
#include "core/load/failures.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Named in the line; the rest are summed up. */
enum { NAMED_MAX = 5 };

static struct stk_failure *find(
	struct stk_failures *failures, int status, int error_code, const char *text)
{
	for (size_t i = 0; i < failures->len; i++) {
		struct stk_failure *one = &failures->items[i];

		if (one->status == status && one->error_code == error_code &&
			strcmp(one->text, text) == 0)
			return one;
	}
	if (failures->len == STK_FAILURES_MAX)
		return NULL;
	struct stk_failure *fresh = &failures->items[failures->len++];
	fresh->status = status;
	fresh->error_code = error_code;
	fresh->count = 0;
	(void)snprintf(fresh->text, sizeof fresh->text, "%s", text);
	return fresh;
}

static void add(struct stk_failures *failures, const struct stk_failure *what)
{
	struct stk_failure *one = find(failures, what->status, what->error_code, what->text);

	if (one)
		one->count += what->count;
	else
		failures->others += what->count;
}

void stk_failures_add(struct stk_failures *failures, int status, int error_code, const char *text)
{
	struct stk_failure *one = find(failures, status, error_code, text);

	if (one)
		one->count++;
	else
		failures->others++;
}

void stk_failures_merge(struct stk_failures *into, const struct stk_failures *from)
{
	for (size_t i = 0; i < from->len; i++)
		add(into, &from->items[i]);
	into->others += from->others;
	into->unsent += from->unsent;
}

static int most_first(const void *a, const void *b)
{
	const struct stk_failure *left = a, *right = b;

	if (left->count != right->count)
		return left->count > right->count ? -1 : 1;
	if (left->error_code != right->error_code)
		return left->error_code < right->error_code ? -1 : 1;
	return strcmp(left->text, right->text);
}

static void say_one(const struct stk_failure *one, struct stk_buf *out)
{
	if (one->status != 0)
		stk_buf_addf(out, "status %d", one->status);
	else
		stk_buf_add_text(out, one->text);
	if (one->error_code != 0)
		stk_buf_addf(out, " (%d)", one->error_code);
	if (one->count == 1)
		stk_buf_add_text(out, " once");
	else
		stk_buf_addf(out, " %lld times", (long long)one->count);
}

void stk_failures_say(const struct stk_failures *failures, int64_t requests, struct stk_buf *out)
{
	struct stk_failures sorted = *failures;
	int64_t all = sorted.others, rest = all, asked = requests + failures->unsent;

	qsort(sorted.items, sorted.len, sizeof *sorted.items, most_first);
	for (size_t i = 0; i < sorted.len; i++) {
		all += sorted.items[i].count;
		rest += i < NAMED_MAX ? 0 : sorted.items[i].count;
	}
	if (all == 0)
		return;
	stk_buf_addf(out, "%lld of %lld requests failed:", (long long)all, (long long)asked);
	for (size_t i = 0; i < sorted.len && i < NAMED_MAX; i++) {
		stk_buf_add_text(out, i > 0 ? ", " : " ");
		say_one(&sorted.items[i], out);
	}
	if (rest > 0)
		stk_buf_addf(out, ", other reasons %lld times", (long long)rest);
}
