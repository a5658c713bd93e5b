/* folded: "main;parse 30" text, one stack per line, root first. */
#include "core/profile/folded.h"

#include <stdlib.h>
#include <string.h>

struct reading {
	struct stk_profile *profile;
	const struct stk_folded_opts *opts;
	size_t line;
	int64_t sum;
	uint32_t *stack; /* leaf first */
	struct stk_err *err;
};

static const char *or_else(const char *text, const char *fallback)
{
	return text ? text : fallback;
}

static int fail(struct reading *in, int code, const char *what)
{
	return stk_err_set(in->err, code, "folded text: line %zu: %s", in->line, what);
}

/* The number behind the last blank, taken off line. */
static int take_value(struct reading *in, struct stk_str *line, int64_t *out)
{
	int64_t scale = in->opts->scale ? in->opts->scale : 1;
	ptrdiff_t blank = stk_str_rfind_byte(*line, ' ');

	*out = 1;
	if (!in->opts->is_lines) {
		if (blank < 0)
			return fail(in, STK_E_FORMAT, "a number is missing behind the stack");
		int rc = stk_str_to_i64(stk_str_skip(*line, (size_t)blank + 1), out, in->err);
		if (rc < 0) {
			stk_err_wrap(in->err, "folded text: line %zu", in->line);
			return rc;
		}
		*line = stk_str_trim(stk_str_sub(*line, 0, (size_t)blank));
	}
	if (*out < 0)
		return fail(in, STK_E_FORMAT, "a negative number");
	if (__builtin_mul_overflow(*out, scale, out) ||
		__builtin_add_overflow(in->sum, *out, &in->sum))
		return fail(in, STK_E_FORMAT, "the values add up to more than 63 bits");
	return 0;
}

static int read_line(struct reading *in, struct stk_str line)
{
	struct stk_str frame_text;
	size_t len = 0;
	int64_t value;
	int rc;

	line = stk_str_trim(line);
	if (line.len == 0)
		return 0;
	rc = take_value(in, &line, &value);
	if (rc < 0)
		return rc;
	if (line.len == 0)
		return fail(in, STK_E_FORMAT, "a stack is missing before the number");
	/* filled from the end, since the leaf comes first in a sample */
	while (stk_str_cut(&line, ';', &frame_text)) {
		struct stk_frame frame = {.name = frame_text, .file = STK_STR("")};
		if (len == STK_FOLDED_MAX_STACK)
			return fail(in, STK_E_TOO_LARGE, "too many frames");
		len++;
		in->stack[STK_FOLDED_MAX_STACK - len] = stk_profile_add_frame(in->profile, &frame);
	}
	stk_profile_add_sample(in->profile, &in->stack[STK_FOLDED_MAX_STACK - len], len, &value);
	return 0;
}

int stk_folded_read(struct stk_str text, const struct stk_folded_opts *opts,
	struct stk_profile **out, struct stk_err *err)
{
	static const struct stk_folded_opts defaults = STK_FOLDED_OPTS_INIT;
	struct reading in = {.opts = opts ? opts : &defaults, .err = err};
	struct stk_str line;
	int rc = 0;

	if (text.len > STK_FOLDED_MAX_BYTES)
		return stk_err_set(err, STK_E_TOO_LARGE, "folded text: more than %zu bytes",
			STK_FOLDED_MAX_BYTES);
	in.profile = stk_profile_new();
	in.stack = stk_xreallocarray(NULL, STK_FOLDED_MAX_STACK, sizeof *in.stack);
	(void)stk_profile_add_type(
		in.profile, or_else(in.opts->type, "samples"), or_else(in.opts->unit, "count"));
	in.profile->period = in.opts->period;
	in.profile->period_type.type =
		stk_profile_intern(in.profile, stk_str_of(in.opts->period_type));
	in.profile->period_type.unit =
		stk_profile_intern(in.profile, stk_str_of(in.opts->period_unit));
	while (rc == 0 && stk_str_cut(&text, '\n', &line)) {
		in.line++;
		rc = read_line(&in, line);
	}
	if (rc == 0) {
		*out = in.profile;
		in.profile = NULL;
	}
	stk_profile_free(in.profile);
	free(in.stack);
	return rc;
}

/* --- writing ------------------------------------------------------------------------------- */

static void put_name(struct stk_buf *buf, struct stk_str name)
{
	for (size_t i = 0; i < name.len; i++) {
		char c = name.ptr[i];
		stk_buf_add_byte(buf, c == ';' ? ':' : c == '\n' || c == '\r' ? ' ' : c);
	}
}

/* One location, its inlined frames outermost first, a ';' before each. */
static void put_location(const struct stk_profile *profile, const struct stk_profile_location *at,
	struct stk_buf *buf)
{
	bool any = false;

	for (uint32_t i = at->lines_len; i-- > 0;) {
		const struct stk_profile_line *line = &profile->lines.items[at->first_line + i];
		if (line->function == STK_PROFILE_NONE)
			continue;
		stk_buf_add_byte(buf, ';');
		put_name(buf,
			stk_profile_string(profile, profile->functions.items[line->function].name));
		any = true;
	}
	if (!any)
		stk_buf_addf(buf, ";0x%llx", (unsigned long long)at->address);
}

static int by_key(const void *a, const void *b)
{
	const struct stk_map_slot *const *x = a, *const *y = b;

	return stk_str_cmp(
		stk_str_n((*x)->key, (*x)->key_len), stk_str_n((*y)->key, (*y)->key_len));
}

struct pair {
	int64_t side[2];
};

/* Sums of stacks, of one profile or of two. */
struct sums {
	struct stk_map lines; /* stack -> number of its values */
	STK_VEC(struct pair) values;
};

static void add_profile(struct sums *sums, const struct stk_profile *profile, size_t type, int side)
{
	struct stk_buf stack = STK_BUF_EMPTY;

	for (size_t i = 0; i < profile->samples.len; i++) {
		const struct stk_profile_sample *sample = &profile->samples.items[i];
		int64_t value = stk_profile_value(profile, i, type);
		bool added = false;

		if (value == 0 || sample->locations_len == 0)
			continue;
		stk_buf_clear(&stack);
		for (uint32_t l = sample->locations_len; l-- > 0;) {
			uint32_t number = profile->stacks.items[sample->first_location + l];
			put_location(profile, &profile->locations.items[number], &stack);
		}
		union stk_map_value *at = stk_map_put(&sums->lines, stk_buf_str(&stack), &added);
		if (added) {
			at->num = sums->values.len;
			(void)stk_vec_push_new(&sums->values);
		}
		int64_t *sum = &sums->values.items[at->num].side[side];
		*sum = stk_profile_plus(*sum, value);
	}
	stk_buf_release(&stack);
}

/* In order of the stacks, with `sides` numbers each; empties the sums. */
static void write_sums(struct sums *sums, int sides, struct stk_buf *buf)
{
	const struct stk_map_slot **sorted =
		stk_xreallocarray(NULL, sums->lines.len + 1, sizeof *sorted);

	for (size_t i = 0; i < sums->lines.len; i++)
		sorted[i] = &sums->lines.entries[i];
	if (sums->lines.len > 0)
		qsort(sorted, sums->lines.len, sizeof *sorted, by_key);
	for (size_t i = 0; i < sums->lines.len; i++) {
		const struct pair *pair = &sums->values.items[sorted[i]->value.num];

		stk_buf_add(buf, sorted[i]->key + 1, sorted[i]->key_len - 1); /* no leading ';' */
		for (int side = 0; side < sides; side++)
			stk_buf_addf(buf, " %lld", (long long)pair->side[side]);
		stk_buf_add_byte(buf, '\n');
	}
	free(sorted);
	stk_map_release(&sums->lines);
	stk_vec_release(&sums->values);
}

void stk_folded_write(const struct stk_profile *profile, size_t type, struct stk_buf *buf)
{
	struct sums sums = {STK_MAP_INIT, STK_VEC_INIT};

	add_profile(&sums, profile, type, 0);
	write_sums(&sums, 1, buf);
}

void stk_folded_write_pair(
	const struct stk_profile *base, const struct stk_profile *head, struct stk_buf *buf)
{
	struct sums sums = {STK_MAP_INIT, STK_VEC_INIT};

	if (base && base->types.len > 0)
		add_profile(&sums, base, 0, 0);
	if (head && head->types.len > 0)
		add_profile(&sums, head, 0, 1);
	write_sums(&sums, 2, buf);
}
