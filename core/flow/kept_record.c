/* kept_record: from a saved run to what is kept of it as a baseline. */
#include "core/flow/kept_record.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/fs.h"
#include "core/flow/kept_input.h"
#include "core/profile/pprof.h"
#include "core/pyroscope/types.h"
#include "core/record/run_store.h"

#define FOLDER "slices/"

/* The last window of load; a paired run has none. */
static int find_window(const struct stk_run *run, size_t *out, struct stk_err *err)
{
	for (size_t i = run->windows.len; i-- > 0;) {
		if (run->windows.items[i].kind == STK_WINDOW_LOAD) {
			*out = i;
			return 0;
		}
	}
	stk_err_set(err, STK_E_NOT_FOUND, "run %s has no window of load", run->id);
	stk_err_hint(err, "a paired run compares blocks of two builds: run the workflow in mode "
			  "baseline or idle to have something to keep");
	return STK_E_NOT_FOUND;
}

static int name_revision(
	const struct stk_run *run, const char *asked, struct stk_kept *kept, struct stk_err *err)
{
	const struct stk_side_info *head = &run->sides[STK_SIDE_HEAD];

	if (asked) {
		kept->revision = stk_arena_dup(&kept->arena, asked);
		return 0;
	}
	if (!head->revision || head->dirty) {
		stk_err_set(err, STK_E_NOT_FOUND, "run %s %s", run->id,
			head->revision ? "measured changes that are not committed"
				       : "does not say which commit it measured");
		stk_err_hint(err, "name it: --rev COMMIT");
		return STK_E_NOT_FOUND;
	}
	kept->revision = stk_arena_dup(&kept->arena, head->revision);
	kept->ref = stk_arena_dup(&kept->arena, head->ref);
	return 0;
}

/* The number of the profile type in the session, which is made when it is not there yet. */
static void add_type(struct stk_session *session, const char *type_id)
{
	struct stk_session_type *type;
	char *word;

	for (size_t i = 0; i < session->types.len; i++) {
		if (strcmp(session->types.items[i].type_id, type_id) == 0)
			return;
	}
	type = stk_vec_push_new(&session->types);
	type->type_id = stk_xstrdup(type_id);
	word = stk_run_store_type_word(type_id);
	type->asked = stk_run_text(session->run, word);
	free(word);
	for (size_t i = 0; i < session->run->comparisons.len; i++) {
		if (strcmp(session->run->comparisons.items[i].type_id, type_id) == 0)
			type->asked = session->run->comparisons.items[i].short_name;
	}
	for (size_t i = 0; i < session->run->hotspots.len; i++) {
		if (strcmp(session->run->hotspots.items[i].type_id, type_id) == 0)
			type->asked = session->run->hotspots.items[i].short_name;
	}
}

/* A record may come from anywhere: its files lie in its own folder of slices. */
static bool is_own_file(const char *file)
{
	struct stk_str name = stk_str_of(file);

	return stk_str_starts(name, FOLDER) && !stk_str_contains(name, STK_STR("..")) &&
	       stk_str_find_byte(stk_str_skip(name, strlen(FOLDER)), '/') < 0;
}

static int read_slice(
	struct stk_session *session, size_t number, const char *folder, struct stk_err *err)
{
	const struct stk_slice *slice = &session->run->slices.items[number];
	struct stk_session_profile kept = {.slice = number};
	struct stk_types_id id;
	char *path;
	int rc = stk_types_parse(stk_str_of(slice->type_id), &id, err), column;

	if (rc < 0)
		return rc;
	if (!is_own_file(slice->file))
		return stk_err_set(err, STK_E_FORMAT,
			"slice %zu: its file does not lie in the record", number);
	path = stk_fs_join(folder, slice->file);
	rc = stk_pprof_read_file(path, &kept.profile, err);
	free(path);
	if (rc < 0)
		return rc;
	column = stk_profile_find_type(kept.profile, id.sample_type);
	if (column < 0) {
		stk_profile_free(kept.profile);
		return stk_err_set(err, STK_E_FORMAT, "'%s' holds no '%.*s'", slice->file,
			STK_STR_ARG(id.sample_type));
	}
	kept.sample_type = (size_t)column;
	stk_vec_push(&session->profiles, kept);
	add_type(session, slice->type_id);
	return 0;
}

static void release(struct stk_session *session)
{
	for (size_t i = 0; i < session->profiles.len; i++)
		stk_profile_free(session->profiles.items[i].profile);
	for (size_t i = 0; i < session->types.len; i++)
		free(session->types.items[i].type_id);
	stk_vec_release(&session->profiles);
	stk_vec_release(&session->types);
}

int stk_kept_record_read(
	const char *folder, const char *revision, struct stk_kept *kept, struct stk_err *err)
{
	struct stk_session session = {.folder = NULL};
	struct stk_run run;
	size_t window = 0;
	int rc;

	stk_run_init(&run);
	session.run = &run;
	rc = stk_run_store_read(folder, &run, err);
	if (rc == 0 && run.partial.is_partial)
		rc = stk_err_set(err, STK_E_NOT_FOUND, "run %s ended early", run.id);
	if (rc == 0)
		rc = find_window(&run, &window, err);
	if (rc == 0)
		rc = name_revision(&run, revision, kept, err);
	for (size_t i = 0; rc == 0 && i < run.slices.len; i++) {
		if (run.slices.items[i].side == STK_SIDE_HEAD && run.slices.items[i].file)
			rc = read_slice(&session, i, folder, err);
	}
	if (rc == 0)
		rc = stk_kept_input_keep(&session, window, kept, err);
	release(&session);
	stk_run_release(&run);
	return rc;
}
