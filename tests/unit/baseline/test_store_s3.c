/* test_store_s3: what goes to a bucket and what is made of its answers; a real one is a peer test.
 */
#include "core/baseline/store.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/baseline/find.h"
#include "tests/support/fake_http.h"
#include "tests/support/kept_case.h"

#define LIST(inner)                                                                                \
	"<?xml version=\"1.0\" encoding=\"UTF-8\"?><ListBucketResult "                             \
	"xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Name>bucket</Name>" inner              \
	"</ListBucketResult>"
#define OBJECT(key) "<Contents><Key>" key "</Key><Size>77</Size></Contents>"
#define ERROR(code) "<Error><Code>" code "</Code><Message>so &amp; so</Message></Error>"

static const char *const keys[] = {"AWS_ACCESS_KEY_ID=AKID", "AWS_SECRET_ACCESS_KEY=hush",
	"AWS_SESSION_TOKEN=session", "AWS_REGION=eu-west-1", NULL};

struct s3_case {
	struct fake_http *fake;
	struct stk_fake_clock clock;
	struct stk_env env;
	struct stk_baseline_store *store;
};

static void start(struct s3_case *c, const struct fake_http_reply *replies, size_t len)
{
	struct stk_baseline_s3_opts opts = {.url = "s3://bucket/ci/kept/", .env = &c->env};
	struct stk_err err = STK_ERR_INIT;

	c->fake = fake_http_start(replies, len);
	stk_fake_clock_init(&c->clock, 0, INT64_C(1440938160) * STK_NS_PER_S);
	c->env = (struct stk_env){.environ_ = keys, .clock = &c->clock.clock};
	opts.endpoint = fake_http_url(c->fake);
	if (stk_baseline_store_s3(&opts, &c->store, &err) < 0)
		fail_msg("%s", err.msg);
}

static void stop(struct s3_case *c)
{
	stk_baseline_store_free(c->store);
	fake_http_stop(c->fake);
}

static void store_s3_list__reads_all_pages_and_only_our_objects(void **state)
{
	const struct fake_http_reply replies[] = {
		{"GET", "/bucket/", 200, "application/xml", NULL,
			STK_STR(LIST(
				"<IsTruncated>true</IsTruncated>"
				"<NextContinuationToken>a&amp;b=</NextContinuationToken>" OBJECT(
					"ci/kept/shop/abc/12ab-5.gz")
					OBJECT("ci/kept/shop/abc/other.txt")
						OBJECT("ci/kept/../x/12ab-5.gz"))),
			1, 0, 0},
		{"GET", "/bucket/", 200, "application/xml", NULL,
			STK_STR(LIST("<IsTruncated>false</IsTruncated>" OBJECT(
				"ci/kept/shop/abd/12ab-6.gz") OBJECT("else/shop/abd/12ab-6.gz"))),
			1, 0, 0}};
	struct stk_baseline_items items = {.arena = STK_ARENA_INIT};
	struct stk_err err = STK_ERR_INIT;
	struct s3_case c;

	(void)state;
	start(&c, replies, 2);
	if (c.store->ops->list(c.store, "shop", NULL, &items, &err) < 0)
		fail_msg("%s", err.msg);
	assert_int_equal(items.list.len, 2);
	assert_string_equal(items.list.items[0].key.revision, "abc");
	assert_int_equal(items.list.items[0].bytes, 77);
	assert_int_equal(items.list.items[1].key.measured_ns, 6);
	assert_string_equal(
		fake_http_at(c.fake, 0)->target, "/bucket/?list-type=2&prefix=ci%2Fkept%2Fshop%2F");
	assert_string_equal(fake_http_at(c.fake, 1)->target,
		"/bucket/?continuation-token=a%26b%3D&list-type=2&prefix=ci%2Fkept%2Fshop%2F");
	assert_true(fake_http_has_header(c.fake, 0, "x-amz-date", "20150830T123600Z"));
	assert_true(fake_http_has_header(c.fake, 0, "x-amz-security-token", "session"));
	assert_non_null(strstr(fake_http_at(c.fake, 0)->headers,
		"Credential=AKID/20150830/eu-west-1/s3/aws4_request, "
		"SignedHeaders=host;x-amz-content-sha256;x-amz-date;x-amz-security-token"));
	assert_null(strstr(fake_http_at(c.fake, 0)->headers, "hush"));
	stk_baseline_items_release(&items);
	stop(&c);
}

static void assert_list_fails(const char *body, int code, const char *words)
{
	const struct fake_http_reply reply = {
		"GET", "*", 200, "application/xml", NULL, stk_str_of(body), 0, 0, 0};
	struct stk_baseline_items items = {.arena = STK_ARENA_INIT};
	struct stk_err err = STK_ERR_INIT;
	struct s3_case c;

	start(&c, &reply, 1);
	assert_int_equal(c.store->ops->list(c.store, NULL, NULL, &items, &err), code);
	assert_non_null(strstr(err.msg, words));
	assert_non_null(strstr(err.msg, "s3://bucket/ci/kept"));
	stk_baseline_items_release(&items);
	stop(&c);
}

static void store_s3_list__refuses_what_is_none(void **state)
{
	(void)state;
	assert_list_fails("<html>a login page</html>", STK_E_FORMAT, "no list");
	assert_list_fails(LIST("<IsTruncated>true</IsTruncated>"), STK_E_FORMAT, "goes on");
	assert_list_fails(LIST("<Contents><Size>1</Size></Contents>"), STK_E_FORMAT, "key");
	assert_list_fails(
		LIST("<Contents><Key>a</Key><Size>-1</Size></Contents>"), STK_E_FORMAT, "Size");
	assert_list_fails(LIST("<Contents><Key>&bad;</Key></Contents>"), STK_E_FORMAT, "entity");
}

static void assert_refused(int status, const char *headers, const char *body, int code,
	const char *words, const char *hint)
{
	const struct fake_http_reply reply = {
		"GET", "*", status, "application/xml", headers, stk_str_of(body), 0, 0, 0};
	struct stk_baseline_items items = {.arena = STK_ARENA_INIT};
	struct stk_err err = STK_ERR_INIT;
	struct s3_case c;

	start(&c, &reply, 1);
	assert_int_equal(c.store->ops->list(c.store, NULL, NULL, &items, &err), code);
	assert_non_null(strstr(err.msg, words));
	if (hint)
		assert_non_null(strstr(err.hint, hint));
	stk_baseline_items_release(&items);
	stop(&c);
}

static void store_s3__says_what_the_server_said(void **state)
{
	(void)state;
	assert_refused(403, NULL, ERROR("SignatureDoesNotMatch"), STK_E_AUTH,
		"HTTP 403 SignatureDoesNotMatch: so & so", "AWS_SECRET_ACCESS_KEY");
	/* a wrong place is no baseline that is not there yet */
	assert_refused(404, NULL, ERROR("NoSuchBucket"), STK_E_HTTP, "NoSuchBucket", NULL);
	assert_refused(404, NULL, ERROR("NoSuchKey"), STK_E_NOT_FOUND, "NoSuchKey", NULL);
	assert_refused(301, "x-amz-bucket-region: us-west-2", ERROR("PermanentRedirect"),
		STK_E_HTTP, "PermanentRedirect", "region 'us-west-2', asked was 'eu-west-1'");
}

static void store_s3__tries_again_what_may_pass(void **state)
{
	const struct fake_http_reply replies[] = {
		{"GET", "*", 503, NULL, NULL, STK_STR(ERROR("SlowDown")), 2, 0, 0},
		{"GET", "*", 500, NULL, NULL, STK_STR(ERROR("InternalError")), 1, 0, 0},
		{"GET", "*", 200, NULL, NULL, STK_STR(LIST("")), 1, 0, 0}};
	struct stk_baseline_items items = {.arena = STK_ARENA_INIT};
	struct s3_case c;

	(void)state;
	start(&c, replies, 3);
	assert_int_equal(c.store->ops->list(c.store, NULL, NULL, &items, NULL), 0);
	assert_int_equal(fake_http_len(c.fake), 4);
	stk_baseline_items_release(&items);
	stop(&c);
}

static int write_one(struct s3_case *c, struct stk_err *err)
{
	const struct stk_baseline_key key = {"shop", "abc", "12ab", 5};

	return c->store->ops->write(c->store, &key, STK_STR("packed"), err);
}

static void store_s3_write__never_replaces(void **state)
{
	const struct fake_http_reply there = {
		"PUT", "*", 412, NULL, NULL, STK_STR(ERROR("PreconditionFailed")), 0, 0, 0};
	const struct fake_http_reply knows_none[] = {
		{"PUT", "*", 501, NULL, NULL, STK_STR(ERROR("NotImplemented")), 1, 0, 0},
		{"PUT", "*", 200, NULL, NULL, STK_STR(""), 1, 0, 0}};
	struct s3_case c;

	(void)state;
	start(&c, &there, 1);
	assert_int_equal(write_one(&c, NULL), 0);
	assert_string_equal(fake_http_at(c.fake, 0)->target, "/bucket/ci/kept/shop/abc/12ab-5.gz");
	assert_true(fake_http_has_header(c.fake, 0, "if-none-match", "*"));
	assert_true(stk_str_is(fake_http_at(c.fake, 0)->body, "packed"));
	stop(&c);
	start(&c, knows_none, 2);
	assert_int_equal(write_one(&c, NULL), 0);
	assert_int_equal(fake_http_len(c.fake), 2);
	assert_false(fake_http_has_header(c.fake, 1, "if-none-match", "*"));
	stop(&c);
}

static void store_s3_remove__is_fine_when_it_is_gone(void **state)
{
	const struct stk_baseline_key key = {"shop", "abc", "12ab", 5};
	const struct fake_http_reply gone = {
		"DELETE", "*", 404, NULL, NULL, STK_STR(ERROR("NoSuchKey")), 0, 0, 0};
	const struct fake_http_reply denied = {
		"DELETE", "*", 403, NULL, NULL, STK_STR(ERROR("AccessDenied")), 0, 0, 0};
	struct stk_err err = STK_ERR_INIT;
	struct s3_case c;

	(void)state;
	start(&c, &gone, 1);
	assert_int_equal(c.store->ops->remove(c.store, &key, NULL), 0);
	stop(&c);
	start(&c, &denied, 1);
	assert_int_equal(c.store->ops->remove(c.store, &key, &err), STK_E_AUTH);
	assert_non_null(strstr(err.msg, "AccessDenied"));
	stop(&c);
}

static void store_s3_read__is_bounded(void **state)
{
	const struct stk_baseline_key key = {"shop", "abc", "12ab", 5};
	size_t len = STK_KEPT_PACKED_MAX + 1;
	char *huge = stk_xcalloc(len, 1);
	const struct fake_http_reply reply = {
		"GET", "*", 200, NULL, NULL, stk_str_n(huge, len), 0, 0, 0};
	struct stk_buf out = STK_BUF_INIT(STK_KEPT_PACKED_MAX);
	struct s3_case c;

	(void)state;
	start(&c, &reply, 1);
	assert_int_equal(c.store->ops->read(c.store, &key, &out, NULL), STK_E_TOO_LARGE);
	stop(&c);
	stk_buf_release(&out);
	free(huge);
}

static void assert_not_opened(const char *url, const char *const *variables, int code)
{
	const struct stk_env env = {.environ_ = variables};
	struct stk_baseline_s3_opts opts = {.url = url, .env = &env};
	struct stk_baseline_store *store = NULL;

	assert_int_equal(stk_baseline_store_s3(&opts, &store, NULL), code);
	assert_null(store);
}

static void store_s3__wants_a_bucket_and_credentials(void **state)
{
	static const char *const none[] = {"AWS_ACCESS_KEY_ID=AKID", NULL};
	static const char *const bad[] = {
		"AWS_ACCESS_KEY_ID=a", "AWS_SECRET_ACCESS_KEY=b", "AWS_ENDPOINT_URL=ftp://x", NULL};

	(void)state;
	assert_not_opened("bucket/x", keys, STK_E_INVAL);
	assert_not_opened("s3://", keys, STK_E_INVAL);
	assert_not_opened("s3://UPPER/x", keys, STK_E_INVAL);
	assert_not_opened("s3://bucket/a/../b", keys, STK_E_INVAL);
	assert_not_opened("s3://bucket/a//b", keys, STK_E_INVAL);
	assert_not_opened("s3://bucket", none, STK_E_AUTH);
	assert_not_opened("s3://bucket", bad, STK_E_INVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(store_s3_list__reads_all_pages_and_only_our_objects),
		cmocka_unit_test(store_s3_list__refuses_what_is_none),
		cmocka_unit_test(store_s3__says_what_the_server_said),
		cmocka_unit_test(store_s3__tries_again_what_may_pass),
		cmocka_unit_test(store_s3_write__never_replaces),
		cmocka_unit_test(store_s3_remove__is_fine_when_it_is_gone),
		cmocka_unit_test(store_s3_read__is_bounded),
		cmocka_unit_test(store_s3__wants_a_bucket_and_credentials),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
