/* compared: a made-up world taken through the paired comparison, and looking into the result. */
#include "tests/support/compared.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

void compared_init_as(struct compared *compared, struct world *world, const char *type_id)
{
	struct stk_diff_input input;
	struct stk_err err = STK_ERR_INIT;

	stk_diff_input_init(&input, type_id, NULL, NULL);
	world_fill(world, &input);
	stk_run_init(&compared->run);
	if (stk_compare_paired(&input, NULL, &compared->run, &compared->result, &err) < 0)
		fail_msg("%s", err.msg);
	stk_diff_input_release(&input);
}

void compared_init(struct compared *compared, struct world *world)
{
	compared_init_as(compared, world, TEST_CPU);
}

void compared_release(struct compared *compared)
{
	stk_comparison_release(&compared->result);
	stk_run_release(&compared->run);
}

const struct stk_row *compared_find(const struct compared *compared, const char *name)
{
	for (size_t i = 0; i < compared->result.rows.len; i++) {
		if (strcmp(compared->result.rows.items[i].function.name, name) == 0)
			return &compared->result.rows.items[i];
	}
	return NULL;
}

size_t compared_count(const struct compared *compared, enum stk_verdict verdict)
{
	size_t seen = 0;

	for (size_t i = 0; i < compared->result.rows.len; i++)
		seen += compared->result.rows.items[i].verdict == verdict;
	return seen;
}
