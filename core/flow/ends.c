/* ends: what a word names: a profile's file, or a saved run. */
#include "core/flow/ends.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/fs.h"
#include "core/base/gzip.h"
#include "core/profile/folded.h"
#include "core/profile/pprof.h"
#include "core/profile/profile.h"
#include "core/pyroscope/types.h"
#include "core/record/run_store.h"

#define TEXT_LOOK 4096

void stk_end_release(struct stk_end *end)
{
	stk_source_slices_release(&end->slices);
	stk_vec_release(&end->requests);
	free(end->title);
	free(end->type_id);
	free(end->run_id);
	*end = (struct stk_end){0};
}

void stk_end_set_requests(struct stk_end *end, double requests)
{
	double all = 0;

	for (size_t i = 0; i < end->slices.len; i++)
		all += (double)(end->slices.items[i].end_ns - end->slices.items[i].start_ns);
	for (size_t i = 0; i < end->slices.len; i++) {
		const struct stk_source_slice *slice = &end->slices.items[i];
		double length = (double)(slice->end_ns - slice->start_ns);

		end->requests.items[i] =
			all > 0 ? requests * length / all : requests / (double)end->slices.len;
	}
}

/* --- files ------------------------------------------------------------------------------------ */

/* Folded text has none of the control bytes that a protobuf cannot do without. */
static bool is_text(struct stk_str bytes)
{
	size_t len = bytes.len < TEXT_LOOK ? bytes.len : TEXT_LOOK;

	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)bytes.ptr[i];

		if (c < ' ' && c != '\n' && c != '\t' && c != '\r')
			return false;
	}
	return len > 0 && bytes.ptr[0] != '\n';
}

static int read_profile(const char *path, struct stk_profile **out, struct stk_err *err)
{
	struct stk_buf raw = STK_BUF_INIT(STK_PPROF_MAX_BYTES);
	struct stk_buf plain = STK_BUF_INIT(STK_PPROF_MAX_BYTES);
	static const struct stk_folded_opts folded = STK_FOLDED_OPTS_INIT;
	struct stk_str bytes;
	int rc = stk_fs_read(path, &raw, err);

	bytes = stk_buf_str(&raw);
	if (rc == 0 && stk_gzip_is(bytes)) {
		rc = stk_gzip_unpack(bytes, &plain, err);
		bytes = stk_buf_str(&plain);
	}
	if (rc == 0)
		rc = is_text(bytes) ? stk_folded_read(bytes, &folded, out, err)
				    : stk_pprof_decode(bytes, out, err);
	stk_buf_release(&raw);
	stk_buf_release(&plain);
	return rc;
}

static struct stk_str type_name(const struct stk_profile *profile, size_t type)
{
	return stk_profile_string(profile, profile->types.items[type].type);
}

/* As go tool pprof: the default type, else the last one. */
static ptrdiff_t default_type(const struct stk_profile *profile)
{
	struct stk_str wanted = stk_profile_string(profile, profile->default_type);
	int found = wanted.len ? stk_profile_find_type(profile, wanted) : -1;

	return found >= 0 ? found : (ptrdiff_t)profile->types.len - 1;
}

/* "cpu", "process_cpu:cpu:nanoseconds:cpu:nanoseconds" and its parts mean a sample type here. */
static ptrdiff_t wanted_type(const struct stk_profile *profile, const char *type)
{
	struct stk_types_id id;
	struct stk_str word = stk_str_of(type);

	if (stk_types_parse(word, &id, NULL) == 0)
		word = id.sample_type;
	return stk_profile_find_type(profile, word);
}

static int refuse_type(
	const struct stk_profile *profile, const struct stk_end_opts *opts, struct stk_err *err)
{
	struct stk_buf names = STK_BUF_EMPTY;

	for (size_t i = 0; i < profile->types.len; i++)
		stk_buf_addf(&names, "%s%.*s", i ? ", " : "", STK_STR_ARG(type_name(profile, i)));
	stk_err_set(
		err, STK_E_NOT_FOUND, "it has no sample type '%s'", opts->type ? opts->type : "");
	stk_err_hint(err, "it has %s", names.len ? names.ptr : "none at all");
	stk_buf_release(&names);
	return STK_E_NOT_FOUND;
}

/* Parts of an id may hold no colon. */
static void add_part(struct stk_buf *buf, struct stk_str part)
{
	if (buf->len)
		stk_buf_add_byte(buf, ':');
	for (size_t i = 0; i < part.len; i++)
		stk_buf_add_byte(buf, part.ptr[i] == ':' ? '_' : part.ptr[i]);
}

static char *id_of(const struct stk_profile *profile, size_t type)
{
	const struct stk_value_type *value = &profile->types.items[type];
	struct stk_buf id = STK_BUF_EMPTY;

	add_part(&id, stk_profile_string(profile, value->type));
	if (id.len == 0)
		stk_buf_add_text(&id, "profile");
	add_part(&id, stk_profile_string(profile, value->type));
	add_part(&id, stk_profile_string(profile, value->unit));
	add_part(&id, stk_profile_string(profile, profile->period_type.type));
	add_part(&id, stk_profile_string(profile, profile->period_type.unit));
	return stk_buf_take(&id, NULL);
}

static int read_file(
	const char *path, const struct stk_end_opts *opts, struct stk_end *out, struct stk_err *err)
{
	struct stk_profile *profile = NULL;
	struct stk_source_slice *slice;
	ptrdiff_t type = -1;
	int rc = read_profile(path, &profile, err);

	if (rc == 0)
		type = opts->type ? wanted_type(profile, opts->type) : default_type(profile);
	if (rc == 0 && type < 0)
		rc = refuse_type(profile, opts, err);
	if (rc < 0) {
		stk_err_wrap(err, "'%s'", path);
		stk_profile_free(profile);
		return rc;
	}
	out->title = stk_xstrdup(path);
	out->type_id = id_of(profile, (size_t)type);
	slice = stk_vec_push_new(&out->slices);
	slice->instance = stk_xstrdup("");
	slice->start_ns = profile->time_ns;
	slice->end_ns = profile->time_ns + profile->duration_ns;
	slice->sample_type = (size_t)type;
	slice->profile = profile;
	stk_vec_push(&out->requests, 0.0);
	return 0;
}

/* --- saved runs ------------------------------------------------------------------------------- */

/* A record may come from a stranger: only what lies in its own folder is opened. */
static bool is_inside(const char *file)
{
	return stk_str_starts(stk_str_of(file), "slices/") && !strstr(file, "..");
}

static bool is_taken(const struct stk_slice *slice, int side, const char *type_id)
{
	return slice->side == side && slice->counted && slice->file &&
	       strcmp(slice->type_id, type_id) == 0;
}

/* In a run beside an idle window only the load counts here. */
static bool is_idle(const struct stk_run *run, const struct stk_slice *slice)
{
	for (size_t i = 0; i < run->windows.len; i++) {
		const struct stk_window *window = &run->windows.items[i];

		if (window->kind == STK_WINDOW_IDLE && slice->start_ns < window->end_ns &&
			slice->end_ns > window->start_ns)
			return true;
	}
	return false;
}

/* The full id among those that the run's slices have. */
static int find_run_type(const struct stk_run *run, const struct stk_end_opts *opts,
	const char **out, struct stk_err *err)
{
	STK_VEC(struct stk_str) ids = STK_VEC_INIT;
	const char *wanted = opts->type ? opts->type : "cpu";
	struct stk_buf names = STK_BUF_EMPTY;
	ptrdiff_t found;
	int rc = 0;

	for (size_t i = 0; i < run->slices.len; i++) {
		struct stk_str id = stk_str_of(run->slices.items[i].type_id);
		bool known = false;

		for (size_t k = 0; k < ids.len; k++)
			known = known || stk_str_eq(ids.items[k], id);
		if (known)
			continue;
		stk_buf_addf(&names, "%s%.*s", ids.len ? ", " : "", STK_STR_ARG(id));
		stk_vec_push(&ids, id);
	}
	found = stk_types_find(stk_str_of(wanted), ids.items, ids.len);
	if (found < 0 && !opts->type && ids.len > 0)
		found = 0;
	if (found >= 0) {
		*out = ids.items[found].ptr;
	} else {
		rc = stk_err_set(err, STK_E_NOT_FOUND, "it has no profiles of type '%s'", wanted);
		stk_err_hint(err, "it has %s", names.len ? names.ptr : "none at all");
	}
	stk_vec_release(&ids);
	stk_buf_release(&names);
	return rc;
}

static int take_slice(
	const char *folder, const struct stk_slice *from, struct stk_end *out, struct stk_err *err)
{
	char *path = stk_fs_join(folder, from->file);
	struct stk_profile *profile = NULL;
	struct stk_types_id id;
	int rc = stk_pprof_read_file(path, &profile, err), type = -1;

	if (rc == 0 && stk_types_parse(stk_str_of(from->type_id), &id, NULL) == 0)
		type = stk_profile_find_type(profile, id.sample_type);
	if (rc == 0 && type < 0)
		rc = stk_err_set(err, STK_E_FORMAT, "'%s' has no %s", path, from->type_id);
	free(path);
	if (rc < 0) {
		stk_profile_free(profile);
		return rc;
	}
	struct stk_source_slice *slice = stk_vec_push_new(&out->slices);
	slice->instance = stk_xstrdup(from->instance ? from->instance : "");
	slice->start_ns = from->start_ns;
	slice->end_ns = from->end_ns;
	slice->sample_type = (size_t)type;
	slice->profile = profile;
	stk_vec_push(&out->requests, from->requests);
	return 0;
}

static int take_run(const struct stk_run *run, const char *folder, int side,
	const struct stk_end_opts *opts, struct stk_end *out, struct stk_err *err)
{
	static const char *const names[] = {"base", "head"};
	const char *type_id = NULL;
	int rc = find_run_type(run, opts, &type_id, err);

	for (size_t i = 0; rc == 0 && i < run->slices.len; i++) {
		const struct stk_slice *slice = &run->slices.items[i];

		if (!is_taken(slice, side, type_id) || is_idle(run, slice))
			continue;
		rc = is_inside(slice->file)
			     ? take_slice(folder, slice, out, err)
			     : stk_err_set(err, STK_E_FORMAT,
				       "its file '%s' is not in its own folder", slice->file);
	}
	if (rc == 0 && out->slices.len == 0)
		rc = stk_err_set(err, STK_E_NOT_FOUND, "no slice of its %s was counted for %s",
			names[side], type_id);
	if (rc < 0)
		return rc;
	out->title = stk_xasprintf("%s %s", run->id, names[side]);
	out->run_id = stk_xstrdup(run->id);
	out->type_id = stk_xstrdup(type_id);
	return 0;
}

static int read_run(
	const char *word, const struct stk_end_opts *opts, struct stk_end *out, struct stk_err *err)
{
	struct stk_str name = stk_str_of(word);
	bool base = stk_str_ends(name, ":base");
	size_t cut = base || stk_str_ends(name, ":head") ? 5 : 0;
	char *run_word = stk_str_dup(stk_str_sub(name, 0, name.len - cut));
	char *path = NULL, *folder = NULL;
	struct stk_run run;
	int rc;

	stk_run_init(&run);
	rc = stk_run_store_find(opts->runs_dir, run_word, &path, err);
	if (rc == 0)
		rc = stk_run_store_read(path, &run, err);
	if (rc == 0) {
		folder = stk_fs_is_dir(path) ? stk_xstrdup(path) : stk_fs_dirname(path);
		rc = take_run(&run, folder, base ? STK_SIDE_BASE : STK_SIDE_HEAD, opts, out, err);
		if (rc < 0)
			stk_err_wrap(err, "run '%s'", run_word);
	}
	stk_run_release(&run);
	free(run_word);
	free(folder);
	free(path);
	return rc;
}

/* A file that is no record is a profile. */
static bool is_profile(const char *word)
{
	return stk_fs_exists(word) && !stk_fs_is_dir(word) &&
	       !stk_str_ends(stk_str_of(word), "run.json");
}

int stk_end_read(
	const char *word, const struct stk_end_opts *opts, struct stk_end *out, struct stk_err *err)
{
	struct stk_end end = {0};
	int rc = is_profile(word) ? read_file(word, opts, &end, err)
				  : read_run(word, opts, &end, err);

	if (rc == STK_E_NOT_FOUND && !stk_fs_exists(word) && strpbrk(word, "./"))
		stk_err_set(err, rc, "'%s' is neither a file nor a saved run", word);
	if (rc < 0)
		stk_end_release(&end);
	else
		*out = end;
	return rc;
}
