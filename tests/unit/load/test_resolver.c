/* test_resolver: literal addresses at once, names over the thread, closing while it works. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/load/resolver.h"

static void addresses_literal__needs_nobody(void **state)
{
	struct stk_addresses out;

	(void)state;
	assert_true(stk_addresses_literal(STK_STR("127.0.0.1"), 80, &out));
	assert_int_equal(out.len, 1);
	assert_string_equal(out.items[0].text, "127.0.0.1");
	assert_true(stk_addresses_literal(STK_STR("::1"), 80, &out));
	assert_int_equal(out.items[0].at.ss_family, AF_INET6);
	assert_true(stk_addresses_literal(STK_STR("LocalHost"), 80, &out));
	assert_string_equal(out.items[0].text, "127.0.0.1"); /* IPv4 first */
	assert_int_equal(out.len, 2);
	assert_false(stk_addresses_literal(STK_STR("shop.test"), 80, &out));
	assert_false(stk_addresses_literal(STK_STR("127.0.0.1.5"), 80, &out));
	assert_int_equal(out.len, 0);
}

static void resolver_ask__answers_in_order_with_the_tag(void **state)
{
	int fd = eventfd(0, 0), first, second;
	struct stk_resolver *resolver = stk_resolver_new(fd);
	struct stk_addresses out;
	uint64_t count;
	void *tag;

	(void)state;
	assert_false(stk_resolver_next(resolver, &tag, &out));
	stk_resolver_ask(resolver, STK_STR("127.0.0.2"), 80, &first);
	stk_resolver_ask(resolver, STK_STR("no such host"), 80, &second);
	while (!stk_resolver_next(resolver, &tag, &out))
		assert_int_equal(read(fd, &count, sizeof count), sizeof count);
	assert_ptr_equal(tag, &first);
	assert_string_equal(out.items[0].text, "127.0.0.2");
	while (!stk_resolver_next(resolver, &tag, &out))
		assert_int_equal(read(fd, &count, sizeof count), sizeof count);
	assert_ptr_equal(tag, &second);
	assert_int_equal(out.len, 0);
	stk_resolver_free(resolver);
	(void)close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_literal__needs_nobody),
		cmocka_unit_test(resolver_ask__answers_in_order_with_the_tag),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
