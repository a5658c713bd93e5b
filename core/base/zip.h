/* zip: the one door to libzip: read an archive from memory, with limits. */
#ifndef STK_CORE_BASE_ZIP_H
#define STK_CORE_BASE_ZIP_H

#include <stddef.h>

#include "core/base/buf.h"

/* An archive that is read. Nothing is ever written to disk: names are only looked at. One thread at
 * a time. */
struct stk_zip;

/* Open an archive; bytes are borrowed until it is closed. STK_E_FORMAT for anything that is none,
 * STK_E_TOO_LARGE for one that claims more than max_entries (looked at before its directory is
 * read). */
int stk_zip_open(struct stk_str bytes, size_t max_entries, struct stk_zip **out,
	struct stk_err *err) STK_MUST_CHECK;
void stk_zip_close(struct stk_zip *zip); /* NULL is fine */

/* Entries, folders included. */
size_t stk_zip_len(const struct stk_zip *zip);
/* The name of one as it stands there: hostile text, with '/' between parts; valid until close. */
struct stk_str stk_zip_name(const struct stk_zip *zip, size_t i);
/* Append what an entry unpacks to, up to buf's limit, whatever size it claims. STK_E_TOO_LARGE over
 * it, STK_E_FORMAT for a broken, encrypted or otherwise compressed one. */
int stk_zip_read(
	struct stk_zip *zip, size_t i, struct stk_buf *buf, struct stk_err *err) STK_MUST_CHECK;

#endif
