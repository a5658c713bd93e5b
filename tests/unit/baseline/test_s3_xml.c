/* test_s3_xml: elements and text of S3's answers; what is no XML gives nothing. */
#include "core/baseline/s3_xml.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void s3_xml_next__cuts_elements_in_order(void **state)
{
	struct stk_str rest =
		STK_STR("<?xml version=\"1.0\"?><R xmlns=\"x\"><Key>a</Key><KeyCount>2"
			"</KeyCount><Key>b</Key><Key/><Key>open</R>");
	struct stk_str out;

	(void)state;
	assert_true(stk_s3_xml_next(&rest, "Key", &out));
	assert_true(stk_str_is(out, "a"));
	assert_true(stk_s3_xml_next(&rest, "Key", &out)); /* not KeyCount */
	assert_true(stk_str_is(out, "b"));
	assert_true(stk_s3_xml_next(&rest, "Key", &out));
	assert_int_equal(out.len, 0);
	assert_false(stk_s3_xml_next(&rest, "Key", &out)); /* it never ends */
}

static void assert_text(const char *from, const char *wanted)
{
	struct stk_buf text = STK_BUF_EMPTY;
	int rc = stk_s3_xml_text(stk_str_of(from), &text, NULL);

	assert_int_equal(rc, wanted ? 0 : STK_E_FORMAT);
	if (wanted)
		assert_string_equal(text.ptr, wanted);
	stk_buf_release(&text);
}

static void s3_xml_text__resolves_entities(void **state)
{
	(void)state;
	assert_text("a&amp;b&lt;&gt;&quot;&apos;", "a&b<>\"'");
	assert_text("&#65;&#x42;&#xe9;&#x20AC;&#x1F600;", "AB\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80");
	assert_text("&nbsp;", NULL);
	assert_text("&#;", NULL);
	assert_text("&#x110000;", NULL);
	assert_text("&#xd800;", NULL);
	assert_text("&#0;", NULL);
	assert_text("&amp", NULL);
	assert_text("a<b/>", NULL);
	assert_text("&#99999999999999999999;", NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(s3_xml_next__cuts_elements_in_order),
		cmocka_unit_test(s3_xml_text__resolves_entities),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
