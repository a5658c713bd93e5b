/* test_outline: where functions end in several languages. */
#include "core/diff/outline.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void check(const char *text, int64_t first, int64_t want)
{
	assert_int_equal(stk_outline_end(stk_str_of(text), first), want);
}

static void outline_end__go(void **state)
{
	static const char text[] = "package a\n"
				   "\n"
				   "func (r *Repo) Find(\n" /* 3 */
				   "\tid int,\n"
				   ") error {\n"
				   "\tif id > 0 {\n"
				   "\t\treturn nil\n"
				   "\n"
				   "\t} else {\n"
				   "\t}\n"
				   "}\n" /* 11 */
				   "\n"
				   "func one() { return }\n" /* 13 */
				   "func two() {\n"
				   "\tgo func() {\n" /* 15 */
				   "\t\twork()\n"
				   "\t}()\n" /* 17 */
				   "\tmore()\n"
				   "}\n";

	(void)state;
	check(text, 3, 11);
	check(text, 13, 13);
	check(text, 14, 19);
	check(text, 15, 17);
}

static void outline_end__python(void **state)
{
	static const char text[] = "import os\n"
				   "@cached\n" /* 2 */
				   "def f(a,\n"
				   "      b):\n"
				   "    x = [\n"
				   "        1,\n"
				   "    ]\n"
				   "\n"
				   "    return x\n" /* 9 */
				   "\n"
				   "# about g\n"
				   "class G:\n" /* 12 */
				   "    def g(self):\n"
				   "        return 1\n" /* 14 */
				   "    def h(self):\n"
				   "        return 2\n"
				   "try:\n"
				   "    pass\n";

	(void)state;
	check(text, 2, 9);
	check(text, 3, 9);
	check(text, 13, 14);
	check(text, 12, 16);
	check(text, 15, 16);
	check(text, 1, 1); /* a module as a whole ends where its first statement does */
}

static void outline_end__c_with_labels_and_preprocessor(void **state)
{
	static const char text[] = "static int\n"
				   "f(int x)\n" /* 2 */
				   "{\n"
				   "#ifdef A\n"
				   "\tx++;\n"
				   "#endif\n"
				   "out:\n"
				   "\treturn x;\n"
				   "}\n" /* 9 */
				   "int g;\n";

	(void)state;
	check(text, 2, 9);
	check(text, 3, 9);
}

static void outline_end__lua_and_javascript(void **state)
{
	(void)state;
	check("local function f()\n  return 1\nend\nf()\n", 1, 3);
	check("app.get('/', (req, res) => {\n  res.send(1)\n})\napp.listen(1)\n", 1, 3);
	check("class A {\n  get x() { return 1 }\n}\n", 2, 2);
}

static void outline_end__crlf_and_the_end_of_the_text(void **state)
{
	(void)state;
	check("func f() {\r\n\r\n\tx()\r\n}\r\nvar y\r\n", 1, 4);
	check("def f():\n    return 1", 1, 2);
	check("a\n", 7, 0);
	check("", 1, 1); /* one empty line */
	check("def f():\n", 1, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(outline_end__go),
		cmocka_unit_test(outline_end__python),
		cmocka_unit_test(outline_end__c_with_labels_and_preprocessor),
		cmocka_unit_test(outline_end__lua_and_javascript),
		cmocka_unit_test(outline_end__crlf_and_the_end_of_the_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
