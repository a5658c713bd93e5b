/* crypto_tls: what is spoken on a TLS connection that another library has opened. */
#ifndef STK_CORE_BASE_CRYPTO_TLS_H
#define STK_CORE_BASE_CRYPTO_TLS_H

/* The version of an SSL * of OpenSSL, in the words of k6's tag tls_version: "tls1.2", "tls1.3";
 * static. NULL for NULL and for versions older than TLS 1.0. */
const char *stk_crypto_tls_version(const void *ssl);

#endif
