/* test_sigv4: the published vectors of AWS: its test suite and the examples of the S3 reference. */
#include "core/http/sigv4.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#define EMPTY_HASH "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define SUITE_NS   (INT64_C(1440938160) * STK_NS_PER_S) /* 2015-08-30 12:36:00 */
#define S3_NS      (INT64_C(1369353600) * STK_NS_PER_S) /* 2013-05-24 00:00:00 */

static void assert_signed(const char *secret_text, const struct stk_sigv4_request *request,
	const char *service, const char *wanted)
{
	struct stk_secret secret = STK_SECRET_INIT;
	struct stk_sigv4_keys keys = {
		.access_key = strcmp(service, "s3") == 0 ? "AKIAIOSFODNN7EXAMPLE" : "AKIDEXAMPLE",
		.secret_key = &secret,
		.region = "us-east-1",
		.service = service};
	struct stk_buf text = STK_BUF_EMPTY;

	stk_secret_init(&secret, stk_str_of(secret_text));
	stk_sigv4_sign(&keys, request, &text);
	assert_string_equal(text.ptr, wanted);
	stk_secret_release(&secret);
	stk_buf_release(&text);
}

static void assert_suite(const char *method, const char *query, const char *signature)
{
	const struct stk_http_header date = {STK_STR("X-Amz-Date"), STK_STR("20150830T123600Z")};
	struct stk_sigv4_request request = {.method = method,
		.host = STK_STR("example.amazonaws.com"),
		.query = stk_str_of(query),
		.headers = &date,
		.headers_len = 1,
		.payload_hash = STK_STR(EMPTY_HASH),
		.wall_ns = SUITE_NS};
	struct stk_buf wanted = STK_BUF_EMPTY;

	stk_buf_addf(&wanted,
		"AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
		"SignedHeaders=host;x-amz-date, Signature=%s",
		signature);
	assert_signed("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", &request, "service", wanted.ptr);
	stk_buf_release(&wanted);
}

static void sigv4_sign__gives_what_the_test_suite_has(void **state)
{
	(void)state;
	assert_suite("GET", "", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31");
	assert_suite(
		"POST", "", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b");
	/* get-vanilla-query-order-key-case: the query is sorted */
	assert_suite("GET", "Param2=value2&Param1=value1",
		"b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500");
}

/* "Examples: Signature calculations" of the S3 API reference. */
static void assert_s3(const struct stk_sigv4_request *given, const char *names, const char *wanted)
{
	struct stk_sigv4_request request = *given;
	struct stk_buf text = STK_BUF_EMPTY;

	request.host = STK_STR("examplebucket.s3.amazonaws.com");
	request.wall_ns = S3_NS;
	stk_buf_addf(&text,
		"AWS4-HMAC-SHA256 "
		"Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, "
		"SignedHeaders=%s, Signature=%s",
		names, wanted);
	assert_signed("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", &request, "s3", text.ptr);
	stk_buf_release(&text);
}

static void sigv4_sign__gives_what_the_s3_reference_has(void **state)
{
	const struct stk_http_header date = {STK_STR("x-amz-date"), STK_STR("20130524T000000Z")};
	const struct stk_http_header hash = {STK_STR("x-amz-content-sha256"), STK_STR(EMPTY_HASH)};
	const struct stk_http_header get[] = {{STK_STR("Range"), STK_STR("bytes=0-9")}, date, hash};
	const struct stk_http_header plain[] = {date, hash};
	struct stk_buf body_hash = STK_BUF_EMPTY;

	(void)state;
	assert_s3(&(struct stk_sigv4_request){.method = "GET",
			  .path = STK_STR("/test.txt"),
			  .headers = get,
			  .headers_len = 3,
			  .payload_hash = STK_STR(EMPTY_HASH)},
		"host;range;x-amz-content-sha256;x-amz-date",
		"f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
	assert_s3(&(struct stk_sigv4_request){.method = "GET",
			  .query = STK_STR("lifecycle"),
			  .headers = plain,
			  .headers_len = 2,
			  .payload_hash = STK_STR(EMPTY_HASH)},
		"host;x-amz-content-sha256;x-amz-date",
		"fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543");
	assert_s3(&(struct stk_sigv4_request){.method = "GET",
			  .query = STK_STR("prefix=J&max-keys=2"),
			  .headers = plain,
			  .headers_len = 2,
			  .payload_hash = STK_STR(EMPTY_HASH)},
		"host;x-amz-content-sha256;x-amz-date",
		"34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7");
	stk_sigv4_format_hash(&body_hash, STK_STR("Welcome to Amazon S3."));
	const struct stk_http_header put[] = {
		{STK_STR("Date"), STK_STR("Fri, 24 May 2013 00:00:00 GMT")}, date,
		{STK_STR("x-amz-content-sha256"), stk_buf_str(&body_hash)},
		{STK_STR("x-amz-storage-class"), STK_STR("REDUCED_REDUNDANCY")}};
	assert_s3(&(struct stk_sigv4_request){.method = "PUT",
			  .path = STK_STR("/test%24file.text"),
			  .headers = put,
			  .headers_len = 4,
			  .payload_hash = stk_buf_str(&body_hash)},
		"date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class",
		"98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd");
	stk_buf_release(&body_hash);
}

static void sigv4_format_date__is_utc_without_punctuation(void **state)
{
	struct stk_buf text = STK_BUF_EMPTY;

	(void)state;
	stk_sigv4_format_date(&text, SUITE_NS + 999999999);
	assert_string_equal(text.ptr, "20150830T123600Z");
	stk_buf_release(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sigv4_sign__gives_what_the_test_suite_has),
		cmocka_unit_test(sigv4_sign__gives_what_the_s3_reference_has),
		cmocka_unit_test(sigv4_format_date__is_utc_without_punctuation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
