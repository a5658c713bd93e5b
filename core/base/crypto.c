/* crypto: digests, message authentication, comparison and signatures by OpenSSL. */
#include "core/base/crypto.h"

#include <limits.h>
#include <string.h>

#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include "core/base/mem.h"

#define PEM_MAX_BYTES 65536

static const EVP_MD *md_of(enum stk_digest digest)
{
	switch (digest) {
	case STK_DIGEST_MD5:
		return EVP_md5();
	case STK_DIGEST_SHA1:
		return EVP_sha1();
	case STK_DIGEST_SHA256:
		return EVP_sha256();
	case STK_DIGEST_SHA384:
		return EVP_sha384();
	case STK_DIGEST_SHA512:
		return EVP_sha512();
	}
	STK_BUG("digest %d", (int)digest);
}

size_t stk_digest_size(enum stk_digest digest)
{
	return (size_t)EVP_MD_get_size(md_of(digest));
}

void stk_crypto_digest(enum stk_digest digest, struct stk_str bytes, unsigned char *out)
{
	if (!EVP_Digest(bytes.len ? bytes.ptr : "", bytes.len, out, NULL, md_of(digest), NULL))
		STK_BUG("libcrypto has no digest %d", (int)digest);
}

void stk_crypto_hmac(
	enum stk_digest digest, struct stk_str key, struct stk_str bytes, unsigned char *out)
{
	unsigned char short_key[STK_DIGEST_MAX_BYTES];

	/* OpenSSL counts a key in an int; RFC 2104 takes the digest of a long one anyway */
	if (key.len > INT_MAX) {
		stk_crypto_digest(digest, key, short_key);
		key = stk_str_n((const char *)short_key, stk_digest_size(digest));
	}
	if (!HMAC(md_of(digest), key.len ? key.ptr : "", (int)key.len,
		    (const unsigned char *)(bytes.len ? bytes.ptr : ""), bytes.len, out, NULL))
		STK_BUG("libcrypto has no HMAC with digest %d", (int)digest);
}

void stk_crypto_add_hex(struct stk_buf *buf, const unsigned char *bytes, size_t len)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < len; i++) {
		stk_buf_add_byte(buf, digits[bytes[i] >> 4]);
		stk_buf_add_byte(buf, digits[bytes[i] & 15]);
	}
}

bool stk_crypto_is_equal(struct stk_str a, struct stk_str b)
{
	return a.len == b.len && (a.len == 0 || CRYPTO_memcmp(a.ptr, b.ptr, a.len) == 0);
}

bool stk_crypto_is_signed(
	struct stk_str header, const struct stk_secret *secret, struct stk_str bytes)
{
	unsigned char wanted[STK_SHA256_BYTES];
	struct stk_buf hex = STK_BUF_EMPTY;
	char given[2 * STK_SHA256_BYTES];
	bool is_signed;

	if (!stk_secret_is_set(secret) || !stk_str_starts(header, "sha256="))
		return false;
	header = stk_str_skip(header, strlen("sha256="));
	if (header.len != sizeof given)
		return false;
	for (size_t i = 0; i < sizeof given; i++) {
		char c = header.ptr[i];

		given[i] = c >= 'A' && c <= 'F' ? (char)(c - 'A' + 'a') : c;
	}
	stk_crypto_hmac(STK_DIGEST_SHA256, stk_secret_reveal(secret), bytes, wanted);
	stk_crypto_add_hex(&hex, wanted, sizeof wanted);
	is_signed = stk_crypto_is_equal(stk_buf_str(&hex), stk_str_n(given, sizeof given));
	stk_buf_release(&hex);
	return is_signed;
}

/* Instead of OpenSSL's own, which asks on the terminal. */
static int no_password(char *buf, int size, int is_writing, void *ctx)
{
	(void)buf;
	(void)size;
	(void)is_writing;
	(void)ctx;
	return -1;
}

static int read_key(const struct stk_secret *pem, EVP_PKEY **out, struct stk_err *err)
{
	struct stk_str text = stk_secret_reveal(pem);
	EVP_PKEY *key = NULL;
	BIO *bio;

	if (text.len > PEM_MAX_BYTES)
		return stk_err_set(
			err, STK_E_FORMAT, "private key: larger than %d bytes", PEM_MAX_BYTES);
	bio = BIO_new_mem_buf(text.len ? text.ptr : "", (int)text.len);
	if (!bio)
		STK_BUG("libcrypto gives no buffer");
	key = PEM_read_bio_PrivateKey(bio, NULL, no_password, NULL);
	BIO_free(bio);
	ERR_clear_error(); /* its texts may quote the key */
	if (!key || EVP_PKEY_get_base_id(key) != EVP_PKEY_RSA) {
		stk_err_set(err, STK_E_FORMAT, "private key: %s",
			key ? "not an RSA key" : "no key in PEM without a password");
		stk_err_hint(err,
			"wanted: -----BEGIN RSA PRIVATE KEY----- or -----BEGIN PRIVATE KEY-----");
		EVP_PKEY_free(key);
		return STK_E_FORMAT;
	}
	*out = key;
	return 0;
}

int stk_crypto_sign_rs256(
	const struct stk_secret *pem, struct stk_str text, struct stk_buf *buf, struct stk_err *err)
{
	const unsigned char *bytes = (const unsigned char *)(text.len ? text.ptr : "");
	EVP_MD_CTX *md = NULL;
	EVP_PKEY *key = NULL;
	size_t len = 0;
	int rc = read_key(pem, &key, err);

	if (rc < 0)
		return rc;
	md = EVP_MD_CTX_new();
	rc = stk_err_set(err, STK_E_INTERNAL, "libcrypto does not sign with this key");
	if (md && EVP_DigestSignInit(md, NULL, EVP_sha256(), NULL, key) == 1 &&
		EVP_DigestSign(md, NULL, &len, bytes, text.len) == 1) {
		char *room = stk_buf_reserve(buf, len);

		if (room && EVP_DigestSign(md, (unsigned char *)room, &len, bytes, text.len) == 1) {
			stk_buf_commit(buf, len);
			stk_err_clear(err);
			rc = 0;
		}
	}
	ERR_clear_error();
	EVP_MD_CTX_free(md);
	EVP_PKEY_free(key);
	return rc;
}
