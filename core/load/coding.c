/* coding: what HTTP packs bodies with, one or several on top of each other. */
#include "core/load/coding.h"

#include "core/base/brotli.h"
#include "core/base/gzip.h"
#include "core/base/zstd.h"

#define PACK_LEVEL 6 /* of gzip and deflate as their library has it, of brotli as k6 2 */
#define ZSTD_LEVEL 3 /* as k6 2 */

/* answers in those from BROTLI on are left to libcurl */
enum kind { IDENTITY, GZIP, DEFLATE, BROTLI, ZSTD, UNKNOWN };

static enum kind kind_of(struct stk_str name)
{
	if (stk_str_eq_nocase(name, STK_STR("gzip")) || stk_str_eq_nocase(name, STK_STR("x-gzip")))
		return GZIP;
	if (stk_str_eq_nocase(name, STK_STR("deflate")))
		return DEFLATE;
	if (stk_str_eq_nocase(name, STK_STR("br")))
		return BROTLI;
	if (stk_str_eq_nocase(name, STK_STR("zstd")))
		return ZSTD;
	return name.len == 0 || stk_str_eq_nocase(name, STK_STR("identity")) ? IDENTITY : UNKNOWN;
}

bool stk_coding_knows(struct stk_str accepted)
{
	struct stk_str word, name;

	while (stk_str_cut(&accepted, ',', &word)) {
		(void)stk_str_cut(&word, ';', &name); /* weights do not matter */
		if (kind_of(stk_str_trim(name)) >= BROTLI)
			return false;
	}
	return true;
}

static int undo_one(enum kind kind, struct stk_buf *body, struct stk_err *err)
{
	struct stk_buf plain = STK_BUF_INIT(body->limit);
	int rc;

	if (kind == IDENTITY || body->len == 0)
		return 0;
	rc = kind == GZIP ? stk_gzip_unpack(stk_buf_str(body), &plain, err)
			  : stk_gzip_inflate(stk_buf_str(body), &plain, err);
	if (rc < 0) {
		stk_buf_release(&plain);
		return rc;
	}
	stk_buf_release(body);
	*body = plain;
	return 0;
}

int stk_coding_undo(struct stk_str list, struct stk_buf *body, struct stk_err *err)
{
	enum kind kinds[STK_CODINGS_MAX];
	struct stk_str word;
	size_t len = 0;
	int rc = 0;

	while (stk_str_cut(&list, ',', &word)) {
		word = stk_str_trim(word);
		if (len == STK_CODINGS_MAX)
			return stk_err_set(
				err, STK_E_FORMAT, "more than %d encodings", STK_CODINGS_MAX);
		kinds[len] = kind_of(word);
		if (kinds[len++] >= BROTLI)
			return stk_err_set(err, STK_E_FORMAT, "encoding '%.*s' was not asked for",
				STK_STR_ARG(word));
	}
	while (rc == 0 && len > 0)
		rc = undo_one(kinds[--len], body, err);
	return rc;
}

static int do_one(enum kind kind, struct stk_str body, struct stk_buf *out, struct stk_err *err)
{
	switch (kind) {
	case GZIP:
		return stk_gzip_pack(body, PACK_LEVEL, out, err);
	case DEFLATE:
		return stk_gzip_deflate(body, PACK_LEVEL, out, err);
	case BROTLI:
		return stk_brotli_pack(body, PACK_LEVEL, out, err);
	default:
		return stk_zstd_pack(body, ZSTD_LEVEL, out, err);
	}
}

int stk_coding_do(
	struct stk_str list, struct stk_str body, struct stk_buf *out, struct stk_err *err)
{
	struct stk_str word;
	int rc = 0;

	for (size_t len = 0; rc == 0 && stk_str_cut(&list, ',', &word); len++) {
		struct stk_buf coded = STK_BUF_INIT(out->limit);
		enum kind kind = kind_of(stk_str_trim(word));

		if (kind == IDENTITY || kind == UNKNOWN || len == STK_CODINGS_MAX)
			return stk_err_set(err, STK_E_INVAL,
				"up to %d of gzip, deflate, br and zstd are wanted, not '%.*s'",
				STK_CODINGS_MAX, STK_STR_ARG(stk_str_trim(word)));
		rc = do_one(kind, len == 0 ? body : stk_buf_str(out), &coded, err);
		stk_buf_release(out);
		*out = coded;
	}
	return rc;
}
