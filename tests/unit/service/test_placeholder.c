/* test_placeholder: names in braces become values. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/mem.h"
#include "core/service/placeholder.h"

static void placeholder_expand__replaces_every_name(void **state)
{
	struct stk_placeholders values = {
		"/d", "/o", "head", "8f3a1c2", "r1", "http://h:1", "http://u", "9", "/t/r", {80}};
	struct stk_buf out = STK_BUF_EMPTY;
	struct stk_err err = STK_ERR_INIT;

	(void)state;
	values.ports[8] = 9;
	assert_int_equal(
		stk_placeholder_expand(&values,
			"{dir} {out} {side} {rev} {run} {push_url} {port} {port9} {{dir} }} "
			"{url} {seconds} {results}",
			&out, &err),
		0);
	assert_string_equal(
		out.ptr, "/d /o head 8f3a1c2 r1 http://h:1 80 9 {dir} }} http://u 9 /t/r");
	stk_buf_release(&out);
}

static void placeholder_expand__finds_ports_once_and_apart(void **state)
{
	struct stk_placeholders values = {.dir = "x"};
	struct stk_buf out = STK_BUF_EMPTY;
	char want[64];

	(void)state;
	assert_int_equal(stk_placeholder_expand(&values, "{port} {port2} {port}", &out, NULL), 0);
	assert_true(values.ports[0] > 0 && values.ports[1] > 0);
	assert_true(values.ports[0] != values.ports[1]);
	assert_int_equal(values.ports[2], 0);
	(void)snprintf(
		want, sizeof want, "%d %d %d", values.ports[0], values.ports[1], values.ports[0]);
	assert_string_equal(out.ptr, want);
	stk_buf_release(&out);
}

static void placeholder_expand__names_what_is_wrong(void **state)
{
	static const char *const rows[][2] = {
		{"{pord}", "unknown placeholder '{pord}'"},
		{"{}", "unknown placeholder '{}'"},
		{"{port1}", "unknown placeholder '{port1}'"},
		{"{port10}", "unknown placeholder '{port10}'"},
		{"{ dir}", "unknown placeholder '{ dir}'"},
		{"a {dir", "a '{' is not closed in 'a {dir'"},
		{"{rev}", "'{rev}' has no value in this run"},
	};
	struct stk_placeholders values = {.dir = "x"};

	(void)state;
	for (size_t i = 0; i < STK_ARRAY_LEN(rows); i++) {
		struct stk_buf out = STK_BUF_EMPTY;
		struct stk_err err = STK_ERR_INIT;

		assert_int_equal(
			stk_placeholder_expand(&values, rows[i][0], &out, &err), STK_E_SCRIPT);
		assert_string_equal(err.msg, rows[i][1]);
		stk_buf_release(&out);
	}
}

/* What comes out is one word for the shell, in and out of quotes. */
static void placeholder_expand_shell__quotes_as_the_place_asks(void **state)
{
	static const char *const rows[][3] = {
		{"/d", "ls {dir}/a '{dir}' \"{dir}\"", "ls /d/a '/d' \"/d\""},
		{"/a b", "cp {dir}/x y", "cp '/a b'/x y"},
		{"/a b", "cp \"{dir}/x\" '{dir}/x' {dir}", "cp \"/a b/x\" '/a b/x' '/a b'"},
		{"/it's", "ls {dir} '{dir}' \"{dir}\"", "ls '/it'\\''s' '/it'\\''s' \"/it's\""},
		{"/$(x)`\"", "ls {dir} \"{dir}\"", "ls '/$(x)`\"' \"/\\$(x)\\`\\\"\""},
		{"/a b", "echo it\\'s {dir}", "echo it\\'s '/a b'"},
		{"/a;b", "x {{y} {dir} {side}", "x {y} '/a;b' head"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct stk_placeholders values = {.dir = rows[i][0], .side = "head"};
		struct stk_buf out = STK_BUF_EMPTY;

		assert_int_equal(stk_placeholder_expand_shell(&values, rows[i][1], &out, NULL), 0);
		assert_string_equal(out.ptr, rows[i][2]);
		stk_buf_release(&out);
	}
}

static void placeholder_expand__is_bounded(void **state)
{
	struct stk_placeholders values = {.dir = "0123456789"};
	struct stk_buf out = STK_BUF_INIT(15);

	(void)state;
	assert_int_equal(
		stk_placeholder_expand(&values, "{dir}{dir}", &out, NULL), STK_E_TOO_LARGE);
	stk_buf_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(placeholder_expand__replaces_every_name),
		cmocka_unit_test(placeholder_expand__finds_ports_once_and_apart),
		cmocka_unit_test(placeholder_expand__names_what_is_wrong),
		cmocka_unit_test(placeholder_expand_shell__quotes_as_the_place_asks),
		cmocka_unit_test(placeholder_expand__is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
