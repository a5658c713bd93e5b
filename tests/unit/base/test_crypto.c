/* test_crypto: digests, authentication and signatures against published vectors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "core/base/crypto.h"
#include "core/base/fs.h"
#include "core/base/mem.h"

static const char *hex_of(struct stk_buf *buf, const unsigned char *bytes, size_t len)
{
	stk_buf_clear(buf);
	stk_crypto_add_hex(buf, bytes, len);
	return buf->ptr;
}

/* FIPS 180-2 and RFC 1321: "abc". */
static void crypto_digest__agrees_with_the_standards(void **state)
{
	static const char *const wanted[] = {"900150983cd24fb0d6963f7d28e17f72",
		"a9993e364706816aba3e25717850c26c9cd0d89d",
		"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
		"cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358"
		"baeca134c825a7",
		"ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836"
		"ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"};
	unsigned char out[STK_DIGEST_MAX_BYTES];
	struct stk_buf hex = STK_BUF_EMPTY;

	(void)state;
	for (int d = STK_DIGEST_MD5; d <= STK_DIGEST_SHA512; d++) {
		stk_crypto_digest((enum stk_digest)d, STK_STR("abc"), out);
		assert_string_equal(
			hex_of(&hex, out, stk_digest_size((enum stk_digest)d)), wanted[d]);
	}
	stk_crypto_digest(STK_DIGEST_SHA256, stk_str_n(NULL, 0), out);
	assert_string_equal(hex_of(&hex, out, STK_SHA256_BYTES),
		"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	stk_buf_release(&hex);
}

/* RFC 4231, cases 2 and 6 (a key longer than a block). */
static void crypto_hmac__agrees_with_rfc_4231(void **state)
{
	unsigned char out[STK_DIGEST_MAX_BYTES];
	struct stk_buf hex = STK_BUF_EMPTY;
	char key[131];

	(void)state;
	stk_crypto_hmac(
		STK_DIGEST_SHA256, STK_STR("Jefe"), STK_STR("what do ya want for nothing?"), out);
	assert_string_equal(hex_of(&hex, out, STK_SHA256_BYTES),
		"5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
	memset(key, 0xaa, sizeof key);
	stk_crypto_hmac(STK_DIGEST_SHA256, stk_str_n(key, sizeof key),
		STK_STR("Test Using Larger Than Block-Size Key - Hash Key First"), out);
	assert_string_equal(hex_of(&hex, out, STK_SHA256_BYTES),
		"60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
	stk_crypto_hmac(STK_DIGEST_SHA256, stk_str_n(NULL, 0), stk_str_n(NULL, 0), out);
	assert_string_equal(hex_of(&hex, out, STK_SHA256_BYTES),
		"b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
	stk_buf_release(&hex);
}

static void crypto_is_equal__tells_texts_apart(void **state)
{
	(void)state;
	assert_true(stk_crypto_is_equal(STK_STR("abc"), STK_STR("abc")));
	assert_true(stk_crypto_is_equal(stk_str_n(NULL, 0), STK_STR("")));
	assert_false(stk_crypto_is_equal(STK_STR("abc"), STK_STR("abd")));
	assert_false(stk_crypto_is_equal(STK_STR("abc"), STK_STR("ab")));
}

/* The example of GitHub's documentation. */
static void crypto_is_signed__takes_only_the_right_signature(void **state)
{
	static const char *const good[] = {
		"sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17",
		"sha256=757107EA0EB2509FC211221CCE984B8A37570B6D7586C22C46F4379C8B043E17"};
	static const char *const bad[] = {"",
		"757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17",
		"sha1=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17",
		"sha256=", "sha256=7571", "sha256=7571070ea0",
		"sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e18",
		"sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e1700",
		"sha256=0000000000000000000000000000000000000000000000000000000000000000"};
	struct stk_secret secret, none = STK_SECRET_INIT;
	struct stk_str body = STK_STR("Hello, World!");

	(void)state;
	stk_secret_init(&secret, STK_STR("It's a Secret to Everybody"));
	for (size_t i = 0; i < STK_ARRAY_LEN(good); i++)
		assert_true(stk_crypto_is_signed(stk_str_of(good[i]), &secret, body));
	for (size_t i = 0; i < STK_ARRAY_LEN(bad); i++)
		assert_false(stk_crypto_is_signed(stk_str_of(bad[i]), &secret, body));
	assert_false(stk_crypto_is_signed(stk_str_of(good[0]), &secret, STK_STR("Hello, World")));
	assert_false(stk_crypto_is_signed(stk_str_of(good[0]), &none, body));
	stk_secret_release(&secret);
}

static void read_pem(const char *name, struct stk_secret *out)
{
	struct stk_buf text = STK_BUF_EMPTY;
	char *path = stk_xasprintf("tests/fixtures/keys/%s", name);

	assert_int_equal(stk_fs_read(path, &text, NULL), 0);
	stk_secret_init(out, stk_buf_str(&text));
	stk_buf_release(&text);
	free(path);
}

/* What `openssl dgst -sha256 -sign` gives for the same key and text: PKCS#1 v1.5 has no chance in
 * it. */
static void crypto_sign_rs256__agrees_with_openssl(void **state)
{
	static const char *const files[] = {"rsa_pkcs1.pem", "rsa_pkcs8.pem"};
	struct stk_buf wanted = STK_BUF_EMPTY, got = STK_BUF_EMPTY;
	struct stk_err err = STK_ERR_INIT;

	(void)state;
	assert_int_equal(stk_fs_read("tests/fixtures/keys/signature.bin", &wanted, &err), 0);
	for (size_t i = 0; i < STK_ARRAY_LEN(files); i++) {
		struct stk_secret pem;

		read_pem(files[i], &pem);
		stk_buf_clear(&got);
		assert_int_equal(
			stk_crypto_sign_rs256(&pem, STK_STR("header.claims"), &got, &err), 0);
		assert_int_equal(got.len, wanted.len);
		assert_memory_equal(got.ptr, wanted.ptr, wanted.len);
		stk_secret_release(&pem);
	}
	stk_buf_release(&wanted);
	stk_buf_release(&got);
}

static void crypto_sign_rs256__refuses_other_keys(void **state)
{
	static const char *const files[] = {"ec.pem", "rsa_locked.pem", "rsa_public.pem"};
	struct stk_buf got = STK_BUF_EMPTY;
	struct stk_secret pem = STK_SECRET_INIT;
	struct stk_err err = STK_ERR_INIT;

	(void)state;
	for (size_t i = 0; i < STK_ARRAY_LEN(files); i++) {
		read_pem(files[i], &pem);
		assert_int_equal(
			stk_crypto_sign_rs256(&pem, STK_STR("x"), &got, &err), STK_E_FORMAT);
		assert_null(strstr(err.msg, "BEGIN"));
		assert_non_null(strstr(err.hint, "BEGIN RSA PRIVATE KEY"));
		stk_secret_release(&pem);
	}
	assert_int_equal(stk_crypto_sign_rs256(&pem, STK_STR("x"), &got, &err), STK_E_FORMAT);
	assert_int_equal(got.len, 0);
	stk_buf_release(&got);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(crypto_digest__agrees_with_the_standards),
		cmocka_unit_test(crypto_hmac__agrees_with_rfc_4231),
		cmocka_unit_test(crypto_is_equal__tells_texts_apart),
		cmocka_unit_test(crypto_is_signed__takes_only_the_right_signature),
		cmocka_unit_test(crypto_sign_rs256__agrees_with_openssl),
		cmocka_unit_test(crypto_sign_rs256__refuses_other_keys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
