/* test_plan_net: where requests go and how, as a load script says it, and what is wrong with it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "core/script/plan.h"
#include "core/script/plan_net.h"
#include "tests/support/lua_case.h"

/* The plan of a load script with these keys; what it refuses goes into message. */
static int plan_of(const char *keys, struct stk_plan *plan, char message[STK_ERR_MSG_MAX])
{
	struct stk_plan_changes changes = {0};
	struct stk_err err = STK_ERR_INIT;
	struct stk_buf text = STK_BUF_EMPTY;
	struct lua_case lc;
	int rc;

	lua_case_init(&lc);
	stk_buf_addf(&text,
		"local stoker = require 'stoker'\nreturn stoker.load { vus = 1, %s,\n"
		"default = function() end }",
		keys);
	if (lua_case_load(&lc, text.ptr) != 0)
		fail_msg("%s", lc.err.msg);
	rc = stk_script_plan(lc.script, &changes, plan, &err);
	(void)lua_case_message(&lc, &err);
	(void)snprintf(message, STK_ERR_MSG_MAX, "%s", rc < 0 ? lc.err.msg : "");
	stk_buf_release(&text);
	lua_case_release(&lc);
	return rc;
}

/* k6 5.5: `dns`: `ttl`, `select`, `policy` | the same | `select` is `first` unless given, in k6
 * `random`; `any` is IPv4 first k6 5.5: `batch`, `batchPerHost` | `batch`, `batch_per_host` | - */
static void plan_net__reads_each_key(void **state)
{
	struct stk_plan plan;
	char message[STK_ERR_MSG_MAX];

	(void)state;
	if (plan_of("hosts = { ['a.test'] = '10.0.0.1:81' }, block_hostnames = { '*.ads.test' }, "
		    "blacklistIPs = '10.0.0.0/8', dns = { ttl = 'inf', policy = 'onlyIPv6', "
		    "select = 'roundRobin' }, insecure_skip_tls_verify = true, "
		    "tls_ca = '-----BEGIN CERTIFICATE-----', tls_auth = { { "
		    "cert = '-----BEGIN C', key = '-----BEGIN K', password = 'p', "
		    "domains = { 'a.test' } } }, tls_version = { min = 'tls1.2' }, "
		    "no_connection_reuse = true, noVUConnectionReuse = true, "
		    "noCookiesReset = true, discardResponseBodies = true, batch = 7, "
		    "batch_per_host = 0, "
		    "user_agent = 'me', max_body = 1000",
		    &plan, message) < 0)
		fail_msg("%s", message);
	assert_string_equal(
		stk_net_find_host(&plan.net, STK_STR("a.test"), 80)->address, "10.0.0.1");
	assert_true(stk_net_blocks_host(&plan.net, STK_STR("x.ads.test")));
	assert_int_equal(plan.net.blocked_ranges.len, 1);
	assert_int_equal(plan.net.dns_ttl_ns, INT64_MAX);
	assert_int_equal(plan.net.family, STK_NET_ONLY_V6);
	assert_int_equal(plan.net.select, STK_NET_SELECT_ROUND_ROBIN);
	assert_true(plan.net.insecure_tls && plan.net.ca.len > 0);
	assert_string_equal(plan.net.certificates.items[0].password, "p");
	assert_int_equal(plan.net.certificates.items[0].only.len, 1);
	assert_int_equal(plan.net.tls_min, STK_NET_TLS_1_2);
	assert_int_equal(plan.net.tls_max, STK_NET_TLS_ANY);
	assert_true(plan.no_reuse && plan.no_vu_reuse && plan.discard && plan.no_cookies_reset);
	assert_int_equal(plan.batch, 7);
	assert_int_equal(plan.batch_per_host, 0);
	assert_string_equal(plan.user_agent, "me");
	assert_int_equal(plan.max_body, 1000);
	stk_plan_release(&plan);
	assert_int_equal(plan_of("dns = { policy = 'any' }", &plan, message), 0);
	assert_int_equal(plan.net.family, STK_NET_PREFER_V4);
	stk_plan_release(&plan);
}

/* k6 13: `batch: 0` never returns | refused | - */
static void plan_net__says_what_is_wrong_and_where(void **state)
{
	static const char *const cases[][2] = {
		{"hosts = { ['a.test'] = 'b.test' }", "case.lua:2: hosts: 'b.test' is no address"},
		{"block_hostnames = { 'a.*' }", "case.lua:2: block_hostnames: 'a.*' is no host"},
		{"blacklist_ips = { 'ten' }", "case.lua:2: blacklist_ips: 'ten' is no range"},
		{"dns = { select = 'last' }", "dns.select"},
		{"tls_ca = 'ca.pem'", "case.lua:2: tls_ca: this is no PEM text"},
		{"tls_auth = { { cert = 'x' } }", "tls_auth.[1]"},
		{"tls_version = 'ssl3'", "tls_version"},
		{"tls_version = { min = 'tls1.3', max = 'tls1.2' }", "min tls1.3 is above max"},
		{"batch = 0", "batch"},
		{"max_body = 0", "max_body"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct stk_plan plan;
		char message[STK_ERR_MSG_MAX];

		assert_int_equal(plan_of(cases[i][0], &plan, message), STK_E_SCRIPT);
		if (!strstr(message, cases[i][1]))
			fail_msg("'%s' is not in '%s'", cases[i][1], message);
		stk_plan_release(&plan);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plan_net__reads_each_key),
		cmocka_unit_test(plan_net__says_what_is_wrong_and_where),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
