/* sigv4: AWS Signature Version 4 of one request, as S3 and all that speak it want it.
 *
 * Our own, because libcurl's (until 8.3) also signs the headers that it was told to leave out, and
 * ours leaves some out in every request. */
#ifndef STK_CORE_HTTP_SIGV4_H
#define STK_CORE_HTTP_SIGV4_H

#include "core/base/buf.h"
#include "core/base/secret.h"
#include "core/http/client.h"

/* Who signs, and for what. */
struct stk_sigv4_keys {
	const char *access_key;
	const struct stk_secret *secret_key;
	const char *region, *service; /* "eu-west-1", "s3" */
};

/* A request as it is sent. Path and query are percent-encoded already, as stk_url_escape does it
 * (the slashes of the path stay); a name without a value is signed as "name=". */
struct stk_sigv4_request {
	const char *method;
	struct stk_str host; /* as in the header: with the port unless it is the scheme's own */
	struct stk_str path; /* "" is "/" */
	struct stk_str query;
	const struct stk_http_header *headers; /* further ones to sign: x-amz-date and others */
	size_t headers_len;
	struct stk_str payload_hash; /* SHA-256 of the body in hex */
	int64_t wall_ns;             /* the time that x-amz-date says */
};

/* Append the value of x-amz-date: 20150830T123600Z. */
void stk_sigv4_format_date(struct stk_buf *buf, int64_t wall_ns);
/* Append SHA-256 in hex: the value of x-amz-content-sha256. */
void stk_sigv4_format_hash(struct stk_buf *buf, struct stk_str bytes);

/* Append the value of the header Authorization (docs.aws.amazon.com, "Create a signed AWS API
 * request"). */
void stk_sigv4_sign(const struct stk_sigv4_keys *keys, const struct stk_sigv4_request *request,
	struct stk_buf *buf);

#endif
