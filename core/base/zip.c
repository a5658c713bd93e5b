/* zip: the one door to libzip. */
#include "core/base/zip.h"

#include <stdlib.h>
#include <string.h>
#include <zip.h>

#include "core/base/mem.h"

/* The record at the end of an archive (APPNOTE 4.3.16): 22 bytes and a comment. */
#define END_SIGNATURE "PK\5\6"
#define END_BYTES     ((size_t)22)
#define END_COUNT_AT  10
#define COMMENT_MAX   ((size_t)65535)
#define CHUNK         ((size_t)64 * 1024)

struct stk_zip {
	zip_t *archive;
	size_t len;
};

static int fail(zip_error_t *error, const char *what, struct stk_err *err)
{
	int rc = stk_err_set(err, STK_E_FORMAT, "zip: %s%s", what, zip_error_strerror(error));

	zip_error_fini(error);
	return rc;
}

/* libzip makes a record in memory of each entry that the directory names, so the count is read
 * first; every place that may be the archive's end has to keep to the limit. A count of 65,535
 * stands for "see the 64-bit record". */
static int check_count(struct stk_str bytes, size_t max_entries, struct stk_err *err)
{
	size_t from = bytes.len > END_BYTES + COMMENT_MAX ? bytes.len - END_BYTES - COMMENT_MAX : 0;

	for (size_t i = from; i + END_BYTES <= bytes.len; i++) {
		const unsigned char *at = (const unsigned char *)bytes.ptr + i;
		size_t count;

		if (memcmp(at, END_SIGNATURE, 4) != 0)
			continue;
		count = at[END_COUNT_AT] | (size_t)at[END_COUNT_AT + 1] << 8;
		if (count > max_entries)
			return stk_err_set(err, STK_E_TOO_LARGE,
				"zip: %zu entries, at most %zu are read", count, max_entries);
	}
	return 0;
}

int stk_zip_open(
	struct stk_str bytes, size_t max_entries, struct stk_zip **out, struct stk_err *err)
{
	zip_source_t *source;
	zip_error_t error;
	zip_t *archive;
	struct stk_zip *zip;
	int rc = check_count(bytes, max_entries, err);

	if (rc < 0)
		return rc;
	if (!bytes.len)
		return stk_err_set(err, STK_E_FORMAT, "zip: no bytes at all");
	zip_error_init(&error);
	source = zip_source_buffer_create(bytes.ptr, bytes.len, 0, &error);
	if (!source)
		return fail(&error, "", err);
	archive = zip_open_from_source(source, ZIP_RDONLY, &error);
	if (!archive) {
		zip_source_free(source);
		return fail(&error, "", err);
	}
	zip_error_fini(&error);
	zip = stk_xcalloc(1, sizeof *zip);
	zip->archive = archive;
	zip->len = (size_t)zip_get_num_entries(archive, 0);
	*out = zip;
	if (zip->len <= max_entries)
		return 0;
	rc = stk_err_set(err, STK_E_TOO_LARGE, "zip: %zu entries, at most %zu are read", zip->len,
		max_entries);
	stk_zip_close(zip);
	return rc;
}

void stk_zip_close(struct stk_zip *zip)
{
	if (!zip)
		return;
	zip_discard(zip->archive);
	free(zip);
}

size_t stk_zip_len(const struct stk_zip *zip)
{
	return zip->len;
}

struct stk_str stk_zip_name(const struct stk_zip *zip, size_t i)
{
	return stk_str_of(zip_get_name(zip->archive, i, ZIP_FL_ENC_RAW));
}

static int read_all(zip_file_t *file, struct stk_buf *buf, struct stk_err *err)
{
	char *chunk = stk_xmalloc(CHUNK);
	zip_int64_t got;
	int rc = 0;

	while ((got = zip_fread(file, chunk, CHUNK)) > 0 && rc == 0) {
		stk_buf_add(buf, chunk, (size_t)got);
		rc = stk_buf_check(buf, err);
	}
	if (rc == 0 && got < 0)
		rc = stk_err_set(err, STK_E_FORMAT, "zip: entry: %s", zip_file_strerror(file));
	free(chunk);
	return rc;
}

int stk_zip_read(struct stk_zip *zip, size_t i, struct stk_buf *buf, struct stk_err *err)
{
	zip_stat_t stat;
	zip_file_t *file;
	int rc;

	if (i >= zip->len || zip_stat_index(zip->archive, i, 0, &stat) < 0)
		return stk_err_set(
			err, STK_E_FORMAT, "zip: entry %zu: %s", i, zip_strerror(zip->archive));
	if ((stat.valid & ZIP_STAT_ENCRYPTION_METHOD) && stat.encryption_method != ZIP_EM_NONE)
		return stk_err_set(err, STK_E_FORMAT, "zip: entry %zu is encrypted", i);
	if ((stat.valid & ZIP_STAT_COMP_METHOD) && stat.comp_method != ZIP_CM_STORE &&
		stat.comp_method != ZIP_CM_DEFLATE)
		return stk_err_set(err, STK_E_FORMAT,
			"zip: entry %zu is compressed by method %d: stored and deflated ones are "
			"read",
			i, (int)stat.comp_method);
	file = zip_fopen_index(zip->archive, i, 0);
	if (!file)
		return stk_err_set(
			err, STK_E_FORMAT, "zip: entry %zu: %s", i, zip_strerror(zip->archive));
	rc = read_all(file, buf, err);
	(void)zip_fclose(file); /* read only: nothing to lose */
	return rc;
}
