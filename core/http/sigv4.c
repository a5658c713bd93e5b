/* sigv4: AWS Signature Version 4 of one request. */
#include "core/http/sigv4.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/base/crypto.h"
#include "core/base/vec.h"

#define ALGORITHM "AWS4-HMAC-SHA256"

STK_VEC_TYPE(pairs, struct stk_http_header); /* names and values, of a header or a query */

void stk_sigv4_format_date(struct stk_buf *buf, int64_t wall_ns)
{
	time_t seconds = (time_t)(wall_ns / STK_NS_PER_S);
	struct tm utc;
	char text[32];

	if (gmtime_r(&seconds, &utc) && strftime(text, sizeof text, "%Y%m%dT%H%M%SZ", &utc) > 0)
		stk_buf_add_text(buf, text);
}

void stk_sigv4_format_hash(struct stk_buf *buf, struct stk_str bytes)
{
	unsigned char hash[STK_SHA256_BYTES];

	stk_crypto_digest(STK_DIGEST_SHA256, bytes, hash);
	stk_crypto_add_hex(buf, hash, sizeof hash);
}

static int by_name(const void *a, const void *b)
{
	const struct stk_http_header *x = a, *y = b;
	int order = stk_str_cmp(x->name, y->name);

	return order ? order : stk_str_cmp(x->value, y->value);
}

static void sort(struct pairs *list)
{
	if (list->len > 1)
		qsort(list->items, list->len, sizeof *list->items, by_name);
}

static void add_query(struct stk_buf *buf, struct stk_str query)
{
	struct pairs list = STK_VEC_INIT;
	struct stk_str word, name;

	while (query.len > 0 && stk_str_cut(&query, '&', &word)) {
		if (word.len > 0 && stk_str_cut(&word, '=', &name))
			stk_vec_push(&list, (struct stk_http_header){name, word});
	}
	sort(&list);
	for (size_t i = 0; i < list.len; i++)
		stk_buf_addf(buf, "%s%.*s=%.*s", i > 0 ? "&" : "", STK_STR_ARG(list.items[i].name),
			STK_STR_ARG(list.items[i].value));
	stk_vec_release(&list);
}

/* A value without blanks round it, and one where there are several. */
static void add_value(struct stk_buf *buf, struct stk_str value)
{
	value = stk_str_trim(value);
	for (size_t i = 0; i < value.len; i++) {
		if (value.ptr[i] != ' ' || value.ptr[i - 1] != ' ')
			stk_buf_add_byte(buf, value.ptr[i]);
	}
}

/* The headers as they are signed, and their names with ; between. */
static void add_headers(
	const struct stk_sigv4_request *request, struct stk_buf *lines, struct stk_buf *names)
{
	struct pairs list = STK_VEC_INIT;
	struct stk_buf lower = STK_BUF_EMPTY;
	struct stk_str rest, name;

	stk_vec_push(&list, (struct stk_http_header){STK_STR("host"), request->host});
	for (size_t i = 0; i < request->headers_len; i++) {
		for (size_t k = 0; k < request->headers[i].name.len; k++)
			stk_buf_add_byte(&lower,
				(char)tolower((unsigned char)request->headers[i].name.ptr[k]));
		stk_buf_add_byte(&lower, '\n');
	}
	rest = stk_buf_str(&lower);
	for (size_t i = 0; i < request->headers_len && stk_str_cut(&rest, '\n', &name); i++)
		stk_vec_push(&list, (struct stk_http_header){name, request->headers[i].value});
	sort(&list);
	for (size_t i = 0; i < list.len; i++) {
		stk_buf_addf(lines, "%.*s:", STK_STR_ARG(list.items[i].name));
		add_value(lines, list.items[i].value);
		stk_buf_add_byte(lines, '\n');
		stk_buf_addf(names, "%s%.*s", i > 0 ? ";" : "", STK_STR_ARG(list.items[i].name));
	}
	stk_buf_release(&lower);
	stk_vec_release(&list);
}

/* HMAC by HMAC from the secret to a key for this day, region and service. */
static void derive(const struct stk_sigv4_keys *keys, struct stk_str day, unsigned char *key)
{
	const struct stk_str steps[] = {
		day, stk_str_of(keys->region), stk_str_of(keys->service), STK_STR("aws4_request")};
	struct stk_secret first = STK_SECRET_INIT;
	struct stk_buf text = STK_BUF_EMPTY;

	stk_buf_add_text(&text, "AWS4");
	stk_buf_add_str(&text, stk_secret_reveal(keys->secret_key));
	stk_secret_init(&first, stk_buf_str(&text));
	explicit_bzero(text.ptr, text.len);
	stk_crypto_hmac(STK_DIGEST_SHA256, stk_secret_reveal(&first), steps[0], key);
	for (size_t i = 1; i < STK_ARRAY_LEN(steps); i++)
		stk_crypto_hmac(
			STK_DIGEST_SHA256, stk_str_n((char *)key, STK_SHA256_BYTES), steps[i], key);
	stk_secret_release(&first);
	stk_buf_release(&text);
}

void stk_sigv4_sign(const struct stk_sigv4_keys *keys, const struct stk_sigv4_request *request,
	struct stk_buf *buf)
{
	struct stk_buf canonical = STK_BUF_EMPTY, names = STK_BUF_EMPTY, date = STK_BUF_EMPTY;
	struct stk_buf scope = STK_BUF_EMPTY, text = STK_BUF_EMPTY;
	unsigned char key[STK_SHA256_BYTES], signature[STK_SHA256_BYTES];

	stk_sigv4_format_date(&date, request->wall_ns);
	stk_buf_addf(&scope, "%.8s/%s/%s/aws4_request", date.ptr, keys->region, keys->service);
	stk_buf_addf(&canonical, "%s\n%.*s\n", request->method,
		STK_STR_ARG(request->path.len ? request->path : STK_STR("/")));
	add_query(&canonical, request->query);
	stk_buf_add_byte(&canonical, '\n');
	add_headers(request, &canonical, &names);
	stk_buf_addf(&canonical, "\n%s\n%.*s", names.ptr, STK_STR_ARG(request->payload_hash));
	stk_buf_addf(&text, ALGORITHM "\n%s\n%s\n", date.ptr, scope.ptr);
	stk_sigv4_format_hash(&text, stk_buf_str(&canonical));
	derive(keys, stk_str_sub(stk_buf_str(&date), 0, 8), key);
	stk_crypto_hmac(STK_DIGEST_SHA256, stk_str_n((char *)key, sizeof key), stk_buf_str(&text),
		signature);
	stk_buf_addf(buf,
		ALGORITHM " Credential=%s/%s, SignedHeaders=%s, Signature=", keys->access_key,
		scope.ptr, names.ptr);
	stk_crypto_add_hex(buf, signature, sizeof signature);
	explicit_bzero(key, sizeof key);
	stk_buf_release(&canonical);
	stk_buf_release(&names);
	stk_buf_release(&date);
	stk_buf_release(&scope);
	stk_buf_release(&text);
}
