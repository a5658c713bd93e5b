/* test_opts: argv by a table of options. */
#include "cmd/opts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/clock.h"
#include "core/base/mem.h"

struct values {
	bool quiet, color;
	const char *base, *format;
	int64_t vus, duration_ns;
	double share;
	struct stk_opts_list tags;
};

/* clang-format off */
#define AT(member) offsetof(struct values, member)
static const struct stk_opts_row rows[] = {
	{ .name = "quiet", .letter = 'q', .type = STK_OPTS_FLAG, .offset = AT(quiet), .help = "say less" },
	{ .name = "color", .letter = 'c', .type = STK_OPTS_FLAG, .offset = AT(color), .help = "colours" },
	{ .name = "base", .type = STK_OPTS_TEXT, .offset = AT(base), .word = "REV", .help = "what to compare with" },
	{ .name = "format", .type = STK_OPTS_CHOICE, .offset = AT(format), .word = "WORD", .values = "term|json", .help = "what to print", .standard = "term" },
	{ .name = "vus", .letter = 'u', .type = STK_OPTS_INT, .offset = AT(vus), .word = "N", .min = 1, .max = 100, .help = "virtual users" },
	{ .name = "duration", .letter = 'd', .type = STK_OPTS_DURATION, .offset = AT(duration_ns), .word = "TIME", .help = "how long" },
	{ .name = "share", .type = STK_OPTS_REAL, .offset = AT(share), .word = "X", .help = "a share" },
	{ .name = "tag", .type = STK_OPTS_LIST, .offset = AT(tags), .word = "K=V", .help = "a tag" },
	{ .name = "secret", .type = STK_OPTS_FLAG, .offset = AT(quiet), .help = "not shown", .hidden = true },
	{ .name = NULL },
};
/* clang-format on */

struct parsed {
	struct values values;
	struct stk_opts_args args;
	struct stk_err err;
	int rc;
	char *words[32]; /* texts are borrowed from them */
	int words_len;
};

static struct parsed parse(const char *line)
{
	struct parsed parsed = {.args = {STK_VEC_INIT}};
	char *words[32];
	int argc = 0;
	struct stk_str rest = stk_str_of(line), word;

	words[argc++] = stk_xstrdup("x");
	while (stk_str_cut(&rest, ' ', &word))
		words[argc++] = stk_str_dup(word);
	parsed.rc = stk_opts_parse(rows, argc, words, &parsed.values, &parsed.args, &parsed.err);
	for (int i = 0; i < argc; i++)
		parsed.words[i] = words[i];
	parsed.words_len = argc;
	return parsed;
}

static void release(struct parsed *parsed)
{
	stk_opts_release(rows, &parsed->values, &parsed->args);
	for (int i = 0; i < parsed->words_len; i++)
		free(parsed->words[i]);
}

static void opts_parse__takes_every_spelling(void **state)
{
	static const char *const lines[] = {"-u 10 a --base main -q b", "-u10 --base=main a b -q",
		"a --vus 10 b --base main --quiet", "-qu10 --base main -- a b",
		"a --vus=10 --quiet --base=main b"};

	(void)state;
	for (size_t i = 0; i < STK_ARRAY_LEN(lines); i++) {
		struct parsed parsed = parse(lines[i]);
		assert_int_equal(parsed.rc, 0);
		assert_int_equal(parsed.values.vus, 10);
		assert_string_equal(parsed.values.base, "main");
		assert_true(parsed.values.quiet);
		assert_int_equal(parsed.args.items.len, 2);
		assert_string_equal(parsed.args.items.items[0], "a");
		assert_string_equal(parsed.args.items.items[1], "b");
		release(&parsed);
	}
}

static void opts_parse__reads_every_type(void **state)
{
	struct parsed parsed = parse("-d 1m30s --share 0.5 --tag a=1 --tag b=2 --format json "
				     "--color --no-color - -- --vus");

	(void)state;
	assert_int_equal(parsed.rc, 0);
	assert_int_equal(parsed.values.duration_ns, 90 * STK_NS_PER_S);
	assert_true(parsed.values.share == 0.5);
	assert_int_equal(parsed.values.tags.texts.len, 2);
	assert_string_equal(parsed.values.tags.texts.items[1], "b=2");
	assert_string_equal(parsed.values.format, "json");
	assert_false(parsed.values.color);
	assert_string_equal(parsed.args.items.items[0], "-");
	assert_string_equal(parsed.args.items.items[1], "--vus");
	release(&parsed);
}

static void opts_parse__says_which_option_and_why(void **state)
{
	static const struct {
		const char *line, *says, *hint;
	} wrong[] = {
		{"--vuss 3", "unknown option '--vuss'", "'--vus'"},
		{"--fromat x", "unknown option '--fromat'", "'--format'"},
		{"-x", "unknown option '-x'", ""},
		{"--vus", "option '--vus': needs a value (N)", ""},
		{"--vus ten", "option '--vus': not a whole number: 'ten'", ""},
		{"--vus 0", "option '--vus': 0 is not within 1 to 100", ""},
		{"-u 101", "101 is not within 1 to 100", ""},
		{"--vus 99999999999999999999", "not a whole number", ""},
		{"-d soon", "option '--duration': not a duration", ""},
		{"--share x", "option '--share': not a number", ""},
		{"--format xml", "'xml' is none of term|json", ""},
		{"--quiet=yes", "option '--quiet': takes no value", ""},
		{"--no-vus", "unknown option '--no-vus'", ""},
	};

	(void)state;
	for (size_t i = 0; i < STK_ARRAY_LEN(wrong); i++) {
		struct parsed parsed = parse(wrong[i].line);
		assert_int_equal(parsed.rc, STK_E_INVAL);
		if (!strstr(parsed.err.msg, wrong[i].says) ||
			!strstr(parsed.err.hint, wrong[i].hint))
			fail_msg("%s: %s (%s)", wrong[i].line, parsed.err.msg, parsed.err.hint);
		release(&parsed);
	}
}

static void opts_format_help__fits_80_columns_and_hides(void **state)
{
	struct stk_buf buf = STK_BUF_EMPTY;
	struct stk_str rest, line;

	(void)state;
	stk_opts_format_help(rows, &buf);
	assert_non_null(strstr(buf.ptr, "  -u, --vus N                 virtual users\n"));
	assert_non_null(strstr(buf.ptr, "what to print: term, json [term]"));
	assert_non_null(strstr(buf.ptr, "--help"));
	assert_null(strstr(buf.ptr, "secret"));
	rest = stk_buf_str(&buf);
	while (stk_str_cut(&rest, '\n', &line))
		assert_true(line.len <= 80);
	stk_buf_release(&buf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(opts_parse__takes_every_spelling),
		cmocka_unit_test(opts_parse__reads_every_type),
		cmocka_unit_test(opts_parse__says_which_option_and_why),
		cmocka_unit_test(opts_format_help__fits_80_columns_and_hides),
	};
	return cmocka_run_group_tests_name("opts", tests, NULL, NULL);
}
