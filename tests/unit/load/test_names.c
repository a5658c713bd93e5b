/* test_names: one name for one text, and a bound that holds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/buf.h"
#include "core/load/labels.h"
#include "core/load/names.h"

static const struct stk_name *get_numbered(struct stk_names *names, int number, int *notes_out)
{
	struct stk_buf text = STK_BUF_EMPTY;
	const struct stk_name *name;

	stk_buf_addf(&text, "item%d", number);
	name = stk_names_get(names, stk_buf_str(&text), notes_out);
	stk_buf_release(&text);
	return name;
}

static void names_get__gives_the_same_for_equal_texts(void **state)
{
	struct stk_names names;
	const struct stk_name *first;
	int notes = -1;

	(void)state;
	stk_names_init(&names);
	first = stk_names_get(&names, STK_STR("checkout"), &notes);
	assert_int_equal(notes, 0);
	assert_string_equal(first->text, "checkout");
	assert_string_equal(first->label, "checkout");
	assert_ptr_not_equal(stk_names_get(&names, STK_STR("check"), &notes), first);
	assert_ptr_equal(stk_names_get(&names, STK_STR("checkout"), &notes), first);
	stk_names_release(&names);
}

static void names_get__says_once_that_a_label_was_changed(void **state)
{
	struct stk_names names;
	const struct stk_name *name;
	int notes;

	(void)state;
	stk_names_init(&names);
	name = stk_names_get(&names, STK_STR("a,b;c"), &notes);
	assert_int_equal(notes, STK_NAMES_REPLACED);
	assert_string_equal(name->text, "a,b;c");
	assert_string_not_equal(name->label, "a,b;c");
	stk_names_get(&names, STK_STR("d,e;f"), &notes);
	assert_int_equal(notes, 0);
	stk_names_release(&names);
}

static void names_get__gives_other_beyond_the_bound(void **state)
{
	struct stk_names names;
	const struct stk_name *first;
	int notes;

	(void)state;
	stk_names_init(&names);
	first = get_numbered(&names, 0, &notes);
	for (int i = 1; i < STK_LABELS_NAMES_MAX; i++) {
		assert_ptr_not_equal(get_numbered(&names, i, &notes), names.other);
		assert_int_equal(notes, 0);
	}
	assert_ptr_equal(get_numbered(&names, STK_LABELS_NAMES_MAX, &notes), names.other);
	assert_int_equal(notes, STK_NAMES_FULL);
	assert_string_equal(names.other->text, "other");
	assert_ptr_equal(get_numbered(&names, STK_LABELS_NAMES_MAX + 1, &notes), names.other);
	assert_int_equal(notes, 0); /* said once */
	assert_ptr_equal(get_numbered(&names, 0, &notes), first);
	stk_names_release(&names);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_get__gives_the_same_for_equal_texts),
		cmocka_unit_test(names_get__says_once_that_a_label_was_changed),
		cmocka_unit_test(names_get__gives_other_beyond_the_bound),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
