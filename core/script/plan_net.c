/* plan_net: k6's options of these names, in snake_case (k6 10). */
#include "core/script/plan_net.h"

#include <lauxlib.h>
#include <lua.h>
#include <stdio.h>
#include <string.h>

#include "core/load/plan.h"
#include "core/script/bind.h"
#include "core/script/bind_file.h"
#include "core/script/workflow.h"

/* --- names and addresses ------------------------------------------------------------ */

static int read_hosts(
	struct stk_table *table, const char *key, void *field, void *ctx, struct stk_err *err)
{
	const struct stk_table_row row = {.key = key, .type = STK_FIELD_PAIRS};
	struct stk_pairs_text pairs = STK_VEC_INIT;
	struct stk_err why = STK_ERR_INIT;
	int rc = stk_field_read(table, &row, &pairs, ctx, err);

	for (size_t i = 0; rc == 0 && i < pairs.len; i++)
		if (stk_net_add_host(field, pairs.items[i].name, pairs.items[i].value, &why) < 0)
			rc = stk_table_fail(table, key, err, "%s", why.msg);
	stk_vec_release(&pairs);
	return rc;
}

typedef int (*add_text)(struct stk_net *net, const char *text, struct stk_err *err);

static int read_each(struct stk_table *table, const char *key, struct stk_net *net, add_text add,
	struct stk_err *err)
{
	const struct stk_table_row row = {.key = key, .type = STK_FIELD_TEXTS};
	struct stk_texts texts = STK_VEC_INIT;
	struct stk_err why = STK_ERR_INIT;
	int rc = stk_field_read(table, &row, &texts, NULL, err);

	for (size_t i = 0; rc == 0 && i < texts.len; i++)
		if (add(net, texts.items[i], &why) < 0)
			rc = stk_table_fail(table, key, err, "%s", why.msg);
	stk_vec_release(&texts);
	return rc;
}

static int read_blocked_hosts(
	struct stk_table *table, const char *key, void *field, void *ctx, struct stk_err *err)
{
	(void)ctx;
	return read_each(table, key, field, stk_net_block_host, err);
}

static int read_blocked_ranges(
	struct stk_table *table, const char *key, void *field, void *ctx, struct stk_err *err)
{
	(void)ctx;
	return read_each(table, key, field, stk_net_block_range, err);
}

struct dns_table {
	int64_t ttl_ns;
	const char *policy, *select;
};

static int read_ttl(
	struct stk_table *table, const char *key, void *field, void *ctx, struct stk_err *err)
{
	const struct stk_table_row row = {.key = key, .type = STK_FIELD_DURATION};

	if (stk_str_is(stk_text_at(table->lua, -1), "inf")) {
		*(int64_t *)field = INT64_MAX;
		return 0;
	}
	return stk_field_read(table, &row, field, ctx, err);
}

static int place_of(const char *word, const char *const *words)
{
	int at = 0;

	while (words[at] && strcmp(words[at], word) != 0)
		at++;
	return at;
}

static int read_dns(
	struct stk_table *table, const char *key, void *field, void *ctx, struct stk_err *err)
{
	/* as the families are numbered; the last one is no family of its own */
	static const char *const policies[] = {
		"preferIPv4", "preferIPv6", "onlyIPv4", "onlyIPv6", "any", NULL};
	static const char *const selects[] = {"first", "roundRobin", "random", NULL};
	struct stk_net *net = field;
	struct dns_table read = {net->dns_ttl_ns, policies[0], selects[0]};
	/* clang-format off */
	const struct stk_table_row rows[] = {
		{ .key = "ttl", .type = STK_FIELD_READ, .offset = offsetof(struct dns_table, ttl_ns), .read = read_ttl },
		{ .key = "policy", .type = STK_FIELD_TEXT, .offset = offsetof(struct dns_table, policy), .words = policies },
		{ .key = "select", .type = STK_FIELD_TEXT, .offset = offsetof(struct dns_table, select), .words = selects },
	};
	/* clang-format on */
	struct stk_table dns;
	int rc = stk_table_nested(table, key, &dns, err);

	(void)ctx;
	if (rc == 0)
		rc = stk_table_read(&dns, rows, sizeof rows / sizeof *rows, &read, NULL, err);
	net->dns_ttl_ns = read.ttl_ns;
	net->family = strcmp(read.policy, "any") == 0
			      ? STK_NET_PREFER_V4
			      : (enum stk_net_family)place_of(read.policy, policies);
	net->select = (enum stk_net_select)place_of(read.select, selects);
	return rc;
}

/* --- TLS ----------------------------------------------------------------------------- */

/* PEM: text, a secret, or stoker.file. */
static int read_pem(
	struct stk_table *table, const char *key, void *field, void *ctx, struct stk_err *err)
{
	const struct stk_file_value *file = stk_file_value_at(table->lua, -1);
	struct stk_str pem = {NULL, 0}, *out = field;

	(void)ctx;
	if (file)
		pem = file->bytes;
	else if (lua_type(table->lua, -1) == LUA_TNUMBER ||
		 !stk_text_or_secret(table->lua, -1, &pem))
		return stk_table_fail(table, key, err,
			"PEM text, a secret or stoker.file(path) is wanted, not %s",
			luaL_typename(table->lua, -1));
	if (!stk_str_contains(pem, STK_STR("-----BEGIN ")))
		return stk_table_fail(table, key, err,
			"this is no PEM text (-----BEGIN ...); for a file write "
			"stoker.file(\"path\")");
	out->ptr = stk_arena_str(table->arena, pem);
	out->len = pem.len;
	return 0;
}

static int read_password(
	struct stk_table *table, const char *key, void *field, void *ctx, struct stk_err *err)
{
	struct stk_str text;

	(void)ctx;
	if (!stk_text_or_secret(table->lua, -1, &text))
		return stk_table_fail(table, key, err, "text or a secret is wanted, not %s",
			luaL_typename(table->lua, -1));
	*(const char **)field = stk_arena_str(table->arena, text);
	return 0;
}

struct certificate_table {
	struct stk_net_certificate certificate;
	struct stk_texts domains;
};

static int add_certificate(struct stk_table *list, int64_t i, void *ctx, struct stk_err *err)
{
#define AT(member) offsetof(struct certificate_table, member)
	/* clang-format off */
	static const struct stk_table_row rows[] = {
		{ .key = "cert", .type = STK_FIELD_READ, .offset = AT(certificate.cert), .read = read_pem, .required = true },
		{ .key = "key", .type = STK_FIELD_READ, .offset = AT(certificate.key), .read = read_pem, .required = true },
		{ .key = "password", .type = STK_FIELD_READ, .offset = AT(certificate.password), .read = read_password },
		{ .key = "domains", .type = STK_FIELD_TEXTS, .offset = AT(domains) },
	};
	/* clang-format on */
#undef AT
	struct certificate_table read = {.domains = STK_VEC_INIT};
	struct stk_err why = STK_ERR_INIT;
	struct stk_table table;
	char key[24];

	snprintf(key, sizeof key, "[%lld]", (long long)i);
	int rc = stk_table_nested(list, key, &table, err);
	if (rc == 0)
		rc = stk_table_read(&table, rows, sizeof rows / sizeof *rows, &read, NULL, err);
	if (rc == 0 && stk_net_add_certificate(ctx, &read.certificate, read.domains.items,
			       read.domains.len, &why) < 0)
		rc = stk_table_fail(&table, "domains", err, "%s", why.msg);
	stk_vec_release(&read.domains);
	return rc;
}

static int read_certificates(
	struct stk_table *table, const char *key, void *field, void *ctx, struct stk_err *err)
{
	struct stk_table list;
	int rc = stk_table_nested(table, key, &list, err);

	(void)ctx;
	return rc < 0 ? rc : stk_table_each_item(&list, add_certificate, field, err);
}

static const char *const versions[] = {"", "tls1.0", "tls1.1", "tls1.2", "tls1.3", NULL};

/* "tls1.2", or { min = "tls1.2", max = "tls1.3" } */
static int read_versions(
	struct stk_table *table, const char *key, void *field, void *ctx, struct stk_err *err)
{
	struct read {
		const char *min, *max;
	} read = {"", ""};
	const struct stk_table_row one = {
		.key = key, .type = STK_FIELD_TEXT, .words = versions + 1};
	const struct stk_table_row rows[] = {
		{.key = "min", .type = STK_FIELD_TEXT, .offset = 0, .words = versions + 1},
		{.key = "max",
			.type = STK_FIELD_TEXT,
			.offset = offsetof(struct read, max),
			.words = versions + 1}};
	struct stk_net *net = field;
	struct stk_table nested;
	int rc;

	if (lua_istable(table->lua, -1)) {
		rc = stk_table_nested(table, key, &nested, err);
		if (rc == 0)
			rc = stk_table_read(&nested, rows, 2, &read, NULL, err);
	} else {
		rc = stk_field_read(table, &one, &read.min, ctx, err);
		read.max = read.min;
	}
	net->tls_min = (enum stk_net_tls)place_of(read.min, versions);
	net->tls_max = (enum stk_net_tls)place_of(read.max, versions);
	if (rc == 0 && net->tls_max != STK_NET_TLS_ANY && net->tls_min > net->tls_max)
		rc = stk_table_fail(table, key, err, "min %s is above max %s", read.min, read.max);
	return rc;
}

static int read_size(
	struct stk_table *table, const char *key, void *field, void *ctx, struct stk_err *err)
{
	const struct stk_table_row row = {
		.key = key, .type = STK_FIELD_INT, .min = 1, .max = (double)((int64_t)1 << 40)};
	int64_t bytes = 0;
	int rc = stk_field_read(table, &row, &bytes, ctx, err);

	if (rc == 0)
		*(size_t *)field = (size_t)bytes;
	return rc;
}

#define AT(member) offsetof(struct stk_plan, member)
/* clang-format off */
const struct stk_table_row stk_plan_net_rows[] = {
	{ .key = "hosts", .type = STK_FIELD_READ, .offset = AT(net), .read = read_hosts },
	{ .key = "block_hostnames", .type = STK_FIELD_READ, .offset = AT(net), .read = read_blocked_hosts },
	{ .key = "blacklist_ips", .type = STK_FIELD_READ, .offset = AT(net), .read = read_blocked_ranges },
	{ .key = "dns", .type = STK_FIELD_READ, .offset = AT(net), .read = read_dns },
	{ .key = "insecure_skip_tls_verify", .type = STK_FIELD_BOOL, .offset = AT(net.insecure_tls) },
	{ .key = "tls_ca", .type = STK_FIELD_READ, .offset = AT(net.ca), .read = read_pem },
	{ .key = "tls_auth", .type = STK_FIELD_READ, .offset = AT(net), .read = read_certificates },
	{ .key = "tls_version", .type = STK_FIELD_READ, .offset = AT(net), .read = read_versions },
	{ .key = "no_connection_reuse", .type = STK_FIELD_BOOL, .offset = AT(no_reuse) },
	{ .key = "no_vu_connection_reuse", .type = STK_FIELD_BOOL, .offset = AT(no_vu_reuse) },
	{ .key = "no_cookies_reset", .type = STK_FIELD_BOOL, .offset = AT(no_cookies_reset) },
	{ .key = "max_body", .type = STK_FIELD_READ, .offset = AT(max_body), .read = read_size },
	{ .key = "discard_response_bodies", .type = STK_FIELD_BOOL, .offset = AT(discard) },
	{ .key = "batch", .type = STK_FIELD_INT, .offset = AT(batch), .min = 1, .max = 1000 },
	{ .key = "batch_per_host", .type = STK_FIELD_INT, .offset = AT(batch_per_host), .min = 0, .max = 1000 },
	{ .key = "user_agent", .type = STK_FIELD_TEXT, .offset = AT(user_agent) },
};
/* clang-format on */
const size_t stk_plan_net_rows_len = sizeof stk_plan_net_rows / sizeof *stk_plan_net_rows;
