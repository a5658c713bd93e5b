/* state_case: one fresh state for each test. */
#include "tests/support/state_case.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

int state_case_set_up(void **state)
{
	static struct state_case f;

	f = (struct state_case){.err = STK_ERR_INIT};
	assert_int_equal(stk_state_new(NULL, 0, &f.state, &f.err), 0);
	f.lua = stk_state_lua(f.state);
	*state = &f;
	return 0;
}

int state_case_tear_down(void **state)
{
	struct state_case *f = *state;

	stk_state_free(f->state);
	return 0;
}
