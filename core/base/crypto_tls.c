/* crypto_tls: OpenSSL's number of the version as a word. */
#include "core/base/crypto_tls.h"

#include <stddef.h>

#include <openssl/ssl.h>

const char *stk_crypto_tls_version(const void *ssl)
{
	switch (ssl ? SSL_version(ssl) : 0) {
	case TLS1_VERSION:
		return "tls1.0";
	case TLS1_1_VERSION:
		return "tls1.1";
	case TLS1_2_VERSION:
		return "tls1.2";
	case TLS1_3_VERSION:
		return "tls1.3";
	default:
		return NULL;
	}
}
