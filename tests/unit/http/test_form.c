/* test_form: multipart bodies, well-formed and hostile. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/http/form.h"

#define TYPE "multipart/form-data; boundary=XX"

static void assert_str(struct stk_str got, const char *want)
{
	char *text = stk_str_dup(got);

	assert_string_equal(text, want);
	free(text);
}

static void form_parse__gives_parts_in_order(void **state)
{
	static const char body[] = "preamble\r\n--XX\r\n"
				   "Content-Disposition: form-data; name=\"profile\"; "
				   "filename=\"a;b.pprof\"\r\n"
				   "Content-Type: application/octet-stream\r\n\r\n"
				   "by--XXtes\r\n\r\n"
				   "\r\n--XX\r\n"
				   "content-disposition: form-data; name=config\r\n\r\n"
				   "{}\r\n--XX--\r\nepilogue";
	const struct stk_form_part *part;
	struct stk_form form;

	(void)state;
	assert_int_equal(stk_form_parse(&form, STK_STR(TYPE), STK_STR(body), NULL), 0);
	assert_int_equal(form.parts.len, 2);
	part = stk_form_find(&form, "profile");
	assert_non_null(part);
	assert_true(part->has_filename);
	assert_str(part->filename, "a;b.pprof");
	assert_str(part->content_type, "application/octet-stream");
	assert_str(part->data, "by--XXtes\r\n\r\n");
	part = stk_form_find(&form, "config");
	assert_non_null(part);
	assert_false(part->has_filename);
	assert_str(part->data, "{}");
	assert_null(stk_form_find(&form, "nope"));
	stk_form_release(&form);
}

static void form_parse__takes_quoted_boundary_and_empty_part(void **state)
{
	struct stk_form form;

	(void)state;
	assert_int_equal(
		stk_form_parse(&form, STK_STR("Multipart/Form-Data; charset=x; boundary=\"a b\""),
			STK_STR("--a b\r\nContent-Disposition: form-data; "
				"name=\"e\"\r\n\r\n\r\n--a b--"),
			NULL),
		0);
	assert_int_equal(form.parts.len, 1);
	assert_int_equal(form.parts.items[0].data.len, 0);
	stk_form_release(&form);
}

static void form_parse__refuses_broken_bodies(void **state)
{
	static const char *const rows[][2] = {
		{"text/plain", "--XX--"},
		{"multipart/form-data", "--XX--"},
		{"multipart/form-data; boundary=", "--"},
		{TYPE, ""},
		{TYPE, "nothing here"},
		{TYPE, "--XX"},
		{TYPE, "--XX\r\n"},
		{TYPE, "--XX\r\nContent-Disposition: form-data; name=a"},
		{TYPE, "--XX\r\nContent-Disposition: form-data; name=a\r\n\r\nno end"},
		{TYPE, "--XXgarbage\r\n\r\n\r\n--XX--"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct stk_err err = STK_ERR_INIT;
		struct stk_form form;

		assert_int_equal(
			stk_form_parse(&form, stk_str_of(rows[i][0]), stk_str_of(rows[i][1]), &err),
			STK_E_FORMAT);
		assert_true(err.msg[0] != '\0');
		stk_form_release(&form);
	}
}

static void form_parse__is_bounded(void **state)
{
	struct stk_buf body = STK_BUF_EMPTY;
	struct stk_form form;

	(void)state;
	for (int i = 0; i <= STK_FORM_MAX_PARTS; i++)
		stk_buf_add_text(&body, "--XX\r\n\r\n\r\n");
	stk_buf_add_text(&body, "--XX--");
	assert_int_equal(
		stk_form_parse(&form, STK_STR(TYPE), stk_buf_str(&body), NULL), STK_E_TOO_LARGE);
	stk_form_release(&form);
	stk_buf_release(&body);
}

static void form_add__is_read_back(void **state)
{
	struct stk_form_part in = {.name = STK_STR("profile"),
		.filename = STK_STR("p.pb.gz"),
		.has_filename = true,
		.content_type = STK_STR("application/octet-stream"),
		.data = {"\0\r\n--X\n", 7}};
	struct stk_buf body = STK_BUF_EMPTY;
	struct stk_form form;

	(void)state;
	stk_form_add(&body, STK_STR("XX"), &in);
	stk_form_end(&body, STK_STR("XX"));
	assert_int_equal(stk_form_parse(&form, STK_STR(TYPE), stk_buf_str(&body), NULL), 0);
	assert_int_equal(form.parts.len, 1);
	assert_true(stk_str_eq(form.parts.items[0].data, in.data));
	assert_true(stk_str_eq(form.parts.items[0].filename, in.filename));
	assert_true(stk_str_eq(form.parts.items[0].content_type, in.content_type));
	stk_form_release(&form);
	stk_buf_release(&body);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(form_parse__gives_parts_in_order),
		cmocka_unit_test(form_parse__takes_quoted_boundary_and_empty_part),
		cmocka_unit_test(form_parse__refuses_broken_bodies),
		cmocka_unit_test(form_parse__is_bounded),
		cmocka_unit_test(form_add__is_read_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
