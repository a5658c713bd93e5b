/* test_tally: counters as Prometheus reads them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "core/bot/tally.h"

static void tally_format__names_each_counter_once(void **state)
{
	static struct stk_tally tally;
	struct stk_queue_counts counts = {3, 1, 2, 9, 1500000000};
	struct stk_buf text = STK_BUF_EMPTY;
	struct stk_str rest, line;
	size_t samples = 0, helps = 0;

	(void)state;
	for (int i = 0; i < STK_TALLY_LEN; i++)
		for (int k = 0; k <= i; k++)
			stk_tally_add(&tally, (enum stk_tally_counter)i);
	stk_tally_format(&tally, &counts, &text);
	rest = stk_buf_str(&text);
	while (stk_str_cut(&rest, '\n', &line)) {
		helps += stk_str_starts(line, "# HELP");
		samples += line.len && !stk_str_starts(line, "#");
	}
	assert_int_equal(samples, STK_TALLY_LEN + 4);
	assert_int_equal(helps, 4 + 4);
	assert_non_null(strstr(text.ptr, "\nstoker_bot_deliveries_total{result=\"seen\"} 2\n"));
	assert_non_null(strstr(text.ptr, "\nstoker_bot_records_total{result=\"rejected\"} 22\n"));
	assert_non_null(strstr(text.ptr, "\nstoker_bot_queue_waiting 3\n"));
	assert_non_null(strstr(text.ptr, "\nstoker_bot_queue_oldest_seconds 1.5\n"));
	stk_buf_release(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tally_format__names_each_counter_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
