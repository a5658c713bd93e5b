/* test_net: names mapped, hosts and ranges refused, certificates by host. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <netinet/in.h>

#include "core/base/mem.h"
#include "core/http/net.h"

static const char *address_of(const struct stk_net *net, const char *host, uint16_t port)
{
	const struct stk_net_host *found = stk_net_find_host(net, stk_str_of(host), port);

	return found ? found->address : "-";
}

static void net_find_host__takes_the_closest_one(void **state)
{
	struct stk_net net;

	(void)state;
	stk_net_init(&net);
	assert_int_equal(stk_net_add_host(&net, "*.shop.test", "10.0.0.1", NULL), 0);
	assert_int_equal(stk_net_add_host(&net, "*.eu.shop.test", "10.0.0.2", NULL), 0);
	assert_int_equal(stk_net_add_host(&net, "api.eu.shop.test", "10.0.0.3", NULL), 0);
	assert_int_equal(stk_net_add_host(&net, "api.eu.shop.test:8443", "[::1]:443", NULL), 0);
	assert_string_equal(address_of(&net, "www.shop.test", 80), "10.0.0.1");
	assert_string_equal(address_of(&net, "www.EU.shop.test", 80), "10.0.0.2");
	assert_string_equal(address_of(&net, "api.eu.shop.test", 80), "10.0.0.3");
	assert_string_equal(address_of(&net, "api.eu.shop.test", 8443), "::1");
	assert_int_equal(stk_net_find_host(&net, STK_STR("api.eu.shop.test"), 8443)->to_port, 443);
	assert_string_equal(address_of(&net, "shop.test", 80), "-"); /* not below itself */
	assert_string_equal(address_of(&net, "othershop.test", 80), "-");
	stk_net_release(&net);
}

static void net_add__says_what_is_wrong(void **state)
{
	static const char *const hosts[][3] = {{"a.test", "b.test", "'b.test' is no address"},
		{"a.*.test", "10.0.0.1", "no host name"}, {"", "10.0.0.1", "no host name"},
		{"a.test:0", "10.0.0.1", "the port of 'a.test:0'"},
		{"a.test", "10.0.0.1:99999", "the port of '10.0.0.1:99999'"},
		{"a.test", "[::1", "no end of its brackets"}};
	static const char *const ranges[][2] = {{"10.0.0.0/33", "a number to 32"},
		{"fc00::/129", "a number to 128"}, {"10.0.0/8", "no range"}, {"x", "no range"},
		{"10.0.0.0/", "a number to 32"}};
	struct stk_net net;

	(void)state;
	stk_net_init(&net);
	for (size_t i = 0; i < STK_ARRAY_LEN(hosts); i++) {
		struct stk_err err = STK_ERR_INIT;

		assert_int_equal(
			stk_net_add_host(&net, hosts[i][0], hosts[i][1], &err), STK_E_INVAL);
		assert_non_null(strstr(err.msg, hosts[i][2]));
	}
	for (size_t i = 0; i < STK_ARRAY_LEN(ranges); i++) {
		struct stk_err err = STK_ERR_INIT;

		assert_int_equal(stk_net_block_range(&net, ranges[i][0], &err), STK_E_INVAL);
		assert_non_null(strstr(err.msg, ranges[i][1]));
	}
	stk_net_release(&net);
}

static bool blocks(const struct stk_net *net, const char *text)
{
	struct sockaddr_in v4 = {.sin_family = AF_INET};
	struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};

	if (inet_pton(AF_INET, text, &v4.sin_addr) == 1)
		return stk_net_blocks_address(net, (const struct sockaddr *)&v4);
	assert_int_equal(inet_pton(AF_INET6, text, &v6.sin6_addr), 1);
	return stk_net_blocks_address(net, (const struct sockaddr *)&v6);
}

static void net_blocks_address__compares_as_many_bits_as_were_given(void **state)
{
	struct stk_net net;

	(void)state;
	stk_net_init(&net);
	assert_false(blocks(&net, "10.1.2.3"));
	assert_int_equal(stk_net_block_range(&net, "10.0.0.0/9", NULL), 0);
	assert_int_equal(stk_net_block_range(&net, "192.168.7.7", NULL), 0);
	assert_int_equal(stk_net_block_range(&net, "fc00::/7", NULL), 0);
	assert_true(blocks(&net, "10.127.255.255"));
	assert_false(blocks(&net, "10.128.0.0"));
	assert_true(blocks(&net, "192.168.7.7"));
	assert_false(blocks(&net, "192.168.7.6"));
	assert_true(blocks(&net, "fdff::1"));
	assert_false(blocks(&net, "fe00::1"));
	assert_true(blocks(&net, "::ffff:10.0.0.1")); /* the same address in other clothes */
	assert_int_equal(stk_net_block_range(&net, "0.0.0.0/0", NULL), 0);
	assert_true(blocks(&net, "8.8.8.8"));
	assert_false(blocks(&net, "2001::1"));
	stk_net_release(&net);
}

static void net_blocks_host__exactly_or_all_below(void **state)
{
	struct stk_net net;

	(void)state;
	stk_net_init(&net);
	assert_int_equal(stk_net_block_host(&net, "pay.test", NULL), 0);
	assert_int_equal(stk_net_block_host(&net, "*.ads.test", NULL), 0);
	assert_true(stk_net_blocks_host(&net, STK_STR("PAY.test")));
	assert_false(stk_net_blocks_host(&net, STK_STR("www.pay.test")));
	assert_true(stk_net_blocks_host(&net, STK_STR("a.b.ads.test")));
	assert_false(stk_net_blocks_host(&net, STK_STR("ads.test")));
	stk_net_release(&net);
}

static void net_find_certificate__first_of_those_for_a_host(void **state)
{
	const struct stk_net_certificate a = {.cert = STK_STR("a"), .key = STK_STR("k")};
	const struct stk_net_certificate b = {.cert = STK_STR("b"), .key = STK_STR("k")};
	const char *const only[] = {"*.bank.test"};
	struct stk_net net;

	(void)state;
	stk_net_init(&net);
	assert_int_equal(stk_net_add_certificate(&net, &a, only, 1, NULL), 0);
	assert_null(stk_net_find_certificate(&net, STK_STR("shop.test")));
	assert_int_equal(stk_net_add_certificate(&net, &b, NULL, 0, NULL), 0);
	assert_true(
		stk_str_is(stk_net_find_certificate(&net, STK_STR("api.bank.test"))->cert, "a"));
	assert_true(stk_str_is(stk_net_find_certificate(&net, STK_STR("shop.test"))->cert, "b"));
	stk_net_release(&net);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(net_find_host__takes_the_closest_one),
		cmocka_unit_test(net_add__says_what_is_wrong),
		cmocka_unit_test(net_blocks_address__compares_as_many_bits_as_were_given),
		cmocka_unit_test(net_blocks_host__exactly_or_all_below),
		cmocka_unit_test(net_find_certificate__first_of_those_for_a_host),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
