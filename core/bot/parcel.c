/* parcel: artifacts taken apart in memory. */
#include "core/bot/parcel.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/zip.h"
#include "core/record/run_store.h"

enum { NAME_MAX_BYTES = 64 };

void stk_parcel_record_release(struct stk_parcel_record *record)
{
	for (size_t i = 0; i < record->flames.len; i++) {
		free(record->flames.items[i].name);
		stk_buf_release(&record->flames.items[i].bytes);
	}
	stk_vec_release(&record->flames);
	stk_buf_release(&record->run);
}

void stk_parcel_release(struct stk_parcel *parcel)
{
	for (size_t i = 0; i < parcel->records.len; i++)
		stk_parcel_record_release(&parcel->records.items[i]);
	stk_vec_release(&parcel->records);
}

bool stk_parcel_is_flame(struct stk_str name)
{
	if (name.len > NAME_MAX_BYTES || !stk_str_starts(name, "flame-") ||
		!stk_str_ends(name, ".json.gz") || name.len <= strlen("flame-.json.gz"))
		return false;
	for (size_t i = 0; i < name.len - strlen(".json.gz"); i++) {
		char c = name.ptr[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
			    c == '-' || c == '_'))
			return false;
	}
	return true;
}

/* "a/b/run.json" -> "a/b/" and "run.json". */
static struct stk_str folder_of(struct stk_str path, struct stk_str *name)
{
	size_t cut = (size_t)(stk_str_rfind_byte(path, '/') + 1);

	*name = stk_str_skip(path, cut);
	return stk_str_sub(path, 0, cut);
}

static int add_flames(struct stk_zip *zip, struct stk_str folder, struct stk_parcel_record *record,
	struct stk_err *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < stk_zip_len(zip); i++) {
		struct stk_parcel_flame *flame;
		struct stk_str name;

		if (!stk_str_eq(folder_of(stk_zip_name(zip, i), &name), folder) ||
			!stk_parcel_is_flame(name) || record->flames.len == STK_PARCEL_FLAMES_MAX)
			continue;
		flame = stk_vec_push_new(&record->flames);
		flame->name = stk_str_dup(name);
		stk_buf_init(&flame->bytes, STK_PARCEL_FLAME_MAX);
		rc = stk_zip_read(zip, i, &flame->bytes, err);
		if (rc < 0)
			stk_err_wrap(err, "%s", flame->name);
	}
	return rc;
}

static int add_record(struct stk_zip *zip, size_t i, struct stk_parcel *out, struct stk_err *err)
{
	struct stk_parcel_record *record;
	struct stk_str name, folder = folder_of(stk_zip_name(zip, i), &name);
	int rc;

	if (out->records.len == STK_PARCEL_RECORDS_MAX)
		return stk_err_set(err, STK_E_TOO_LARGE, "artifact: more than %d records",
			STK_PARCEL_RECORDS_MAX);
	record = stk_vec_push_new(&out->records);
	stk_buf_init(&record->run, STK_PARCEL_RUN_MAX);
	rc = stk_zip_read(zip, i, &record->run, err);
	if (rc < 0)
		stk_err_wrap(err, "run.json");
	return rc == 0 ? add_flames(zip, folder, record, err) : rc;
}

int stk_parcel_unpack(struct stk_str bytes, struct stk_parcel *out, struct stk_err *err)
{
	struct stk_zip *zip = NULL;
	int rc = stk_zip_open(bytes, STK_PARCEL_ENTRIES_MAX, &zip, err);

	for (size_t i = 0; rc == 0 && i < stk_zip_len(zip); i++) {
		struct stk_str name;

		(void)folder_of(stk_zip_name(zip, i), &name);
		if (stk_str_is(name, "run.json"))
			rc = add_record(zip, i, out, err);
	}
	if (rc == 0 && out->records.len == 0)
		rc = stk_err_set(err, STK_E_NOT_FOUND, "artifact: there is no run.json in it");
	stk_zip_close(zip);
	if (rc < 0)
		stk_parcel_release(out);
	return rc;
}

int stk_parcel_read(
	const struct stk_parcel_record *record, struct stk_run *run, struct stk_err *err)
{
	int rc = stk_run_store_parse(stk_buf_str(&record->run), run, err);

	if (rc < 0)
		stk_err_wrap(err, "run.json");
	return rc;
}

int stk_parcel_read_flame(const struct stk_parcel_record *record, const char *short_name,
	struct stk_flame *out, struct stk_err *err)
{
	char *name = stk_flame_file_name(short_name);
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < record->flames.len; i++) {
		const struct stk_parcel_flame *flame = &record->flames.items[i];

		if (strcmp(flame->name, name) != 0)
			continue;
		rc = stk_flame_unpack(stk_buf_str(&flame->bytes), out, err);
		if (rc < 0)
			stk_err_wrap(err, "%s", name);
		else
			rc = 1;
	}
	free(name);
	return rc;
}
