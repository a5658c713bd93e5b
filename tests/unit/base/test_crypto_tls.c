/* test_crypto_tls: versions by the connections of one method each. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <openssl/ssl.h>

#include "core/base/crypto_tls.h"

/* the way to a connection of one version without a handshake */
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

static void assert_version(const SSL_METHOD *method, const char *wanted)
{
	SSL_CTX *context = SSL_CTX_new(method);
	SSL *ssl = SSL_new(context);

	assert_string_equal(stk_crypto_tls_version(ssl), wanted);
	SSL_free(ssl);
	SSL_CTX_free(context);
}

static void crypto_tls_version__is_k6s_word(void **state)
{
	(void)state;
	assert_version(TLSv1_client_method(), "tls1.0");
	assert_version(TLSv1_1_client_method(), "tls1.1");
	assert_version(TLSv1_2_client_method(), "tls1.2");
	assert_version(TLS_client_method(), "tls1.3"); /* the newest it may speak */
	assert_null(stk_crypto_tls_version(NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(crypto_tls_version__is_k6s_word),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
