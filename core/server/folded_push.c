/* folded_push: folded text and lines as /ingest takes them, made into a pprof. */
#include "core/server/folded_push.h"

#include "core/base/clock.h"
#include "core/base/mem.h"
#include "core/profile/pprof.h"

#define STACK_MAX 4096

/* Add one stack, root first in the text, with its value. */
static void add_stack(struct stk_profile *profile, struct stk_str stack, int64_t value)
{
	uint32_t frames[STACK_MAX];
	struct stk_str rest = stack, word;
	size_t len = 0;

	if (stk_str_ends(rest, ";"))
		rest.len--;
	while (len < STACK_MAX && stk_str_cut(&rest, ';', &word)) {
		struct stk_frame frame = {.name = word, .file = {"", 0}};

		frames[len++] = stk_profile_add_frame(profile, &frame);
	}
	for (size_t i = 0; i < len / 2; i++) {
		uint32_t other = frames[i];

		frames[i] = frames[len - 1 - i];
		frames[len - 1 - i] = other;
	}
	(void)stk_profile_add_sample(profile, frames, len, &value);
}

static int add_line(struct stk_profile *profile, const struct stk_folded_push *push,
	struct stk_str line, int64_t scale, struct stk_err *err)
{
	ptrdiff_t blank = stk_str_rfind_byte(line, ' ');
	int64_t count = 1;
	int rc;

	if (push->lines) {
		if (line.len)
			add_stack(profile, line, scale);
		return 0;
	}
	if (blank < 0)
		return 0;
	rc = stk_str_to_i64(stk_str_skip(line, (size_t)blank + 1), &count, err);
	if (rc < 0)
		return stk_err_set(err, STK_E_FORMAT, "folded text: '%.*s' is no integer",
			STK_STR_ARG(stk_str_sub(line, (size_t)blank + 1, 100)));
	if (count <= 0)
		return 0;
	if (__builtin_mul_overflow(count, scale, &count))
		return stk_err_set(err, STK_E_FORMAT, "folded text: a count is too large");
	add_stack(profile, stk_str_sub(line, 0, (size_t)blank), count);
	return 0;
}

/* Sample type, period and the factor from ticks to values. */
static int64_t set_types(struct stk_profile *profile, const struct stk_folded_push *push)
{
	if (!push->suffix->is_time) {
		(void)stk_profile_add_type(profile, push->suffix->type, push->suffix->unit);
		return 1;
	}
	if (push->sample_rate <= 0) {
		(void)stk_profile_add_type(profile, "samples", "count");
		return 1;
	}
	(void)stk_profile_add_type(profile, push->suffix->type, push->suffix->unit);
	profile->period = STK_NS_PER_S / push->sample_rate;
	profile->period_type.type = stk_profile_intern(profile, STK_STR("cpu"));
	profile->period_type.unit = stk_profile_intern(profile, STK_STR("nanoseconds"));
	return profile->period > 0 ? profile->period : 1;
}

int stk_folded_push_encode(
	const struct stk_folded_push *push, struct stk_buf *out, struct stk_err *err)
{
	struct stk_profile *profile = stk_profile_new();
	struct stk_str rest = push->text, line;
	int64_t scale = set_types(profile, push);
	int rc = 0;

	profile->time_ns = push->time_ns;
	while (rc == 0 && stk_str_cut(&rest, '\n', &line)) {
		if (stk_str_ends(line, "\r"))
			line.len--;
		rc = add_line(profile, push, line, scale, err);
	}
	if (rc == 0) {
		stk_pprof_encode(profile, out);
		rc = stk_buf_check(out, err);
	}
	stk_profile_free(profile);
	return rc;
}
