/* crypto: the one door to OpenSSL: digests, message authentication, comparison, signatures. */
#ifndef STK_CORE_BASE_CRYPTO_H
#define STK_CORE_BASE_CRYPTO_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/buf.h"
#include "core/base/secret.h"

enum stk_digest {
	STK_DIGEST_MD5,
	STK_DIGEST_SHA1,
	STK_DIGEST_SHA256,
	STK_DIGEST_SHA384,
	STK_DIGEST_SHA512
};

enum { STK_SHA256_BYTES = 32, STK_DIGEST_MAX_BYTES = 64 };

/* Bytes that a digest has: 16, 20, 32, 48, 64. */
size_t stk_digest_size(enum stk_digest digest);

/* Digest of bytes; out has room for stk_digest_size() bytes. */
void stk_crypto_digest(enum stk_digest digest, struct stk_str bytes, unsigned char *out);
/* HMAC (RFC 2104) of bytes; keys of any length, also none. */
void stk_crypto_hmac(
	enum stk_digest digest, struct stk_str key, struct stk_str bytes, unsigned char *out);

/* Append bytes as lower case hex. */
void stk_crypto_add_hex(struct stk_buf *buf, const unsigned char *bytes, size_t len);

/* Whether two texts are equal, in a time that tells only their lengths. */
bool stk_crypto_is_equal(struct stk_str a, struct stk_str b);

/* Whether a webhook's "X-Hub-Signature-256: sha256=HEX" (hex in either case) is the HMAC-SHA256 of
 * exactly these bytes under secret. False for an empty secret and for anything malformed. */
bool stk_crypto_is_signed(
	struct stk_str header, const struct stk_secret *secret, struct stk_str bytes);

/* Append the RS256 signature (RSASSA-PKCS1-v1_5 with SHA-256, RFC 7518 3.3) of text, in bytes,
 * under an RSA private key in PEM, PKCS#1 or PKCS#8, without a password. STK_E_FORMAT: no such key.
 */
int stk_crypto_sign_rs256(const struct stk_secret *pem, struct stk_str text, struct stk_buf *buf,
	struct stk_err *err) STK_MUST_CHECK;

#endif
