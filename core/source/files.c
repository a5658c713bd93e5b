/* files: slices from pprof files on disk: one source per side and glob. */
#include "core/source/files.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/fs.h"
#include "core/profile/pprof.h"

/* One file: its bytes, decoded again for each fetch, since a slice owns its profile. */
struct file {
	struct stk_str pprof; /* owned */
	int64_t start_ns, end_ns;
};

struct files {
	struct stk_source base;
	STK_VEC(struct file) files;
	struct stk_source_names types; /* sorted, of all files */
};

static struct files *of(struct stk_source *source)
{
	return (struct files *)source;
}

/* Files have no name of a type: a pprof's sample types tell. */
static const char *name_of(struct stk_str type)
{
	static const struct {
		const char *type, *name;
	} rows[] = {{"cpu", "process_cpu"}, {"samples", "process_cpu"}, {"alloc_", "memory"},
		{"inuse_", "memory"}, {"goroutine", "goroutines"}, {"contentions", "mutex"},
		{"delay", "mutex"}, {"wall", "wall"}};

	for (size_t i = 0; i < STK_ARRAY_LEN(rows); i++)
		if (stk_str_starts(type, rows[i].type))
			return rows[i].name;
	return "profile";
}

static char *type_id(const struct stk_profile *profile, size_t type)
{
	struct stk_str name = stk_profile_string(profile, profile->types.items[type].type);

	return stk_xasprintf("%s:%.*s:%.*s:%.*s:%.*s", name_of(name), STK_STR_ARG(name),
		STK_STR_ARG(stk_profile_string(profile, profile->types.items[type].unit)),
		STK_STR_ARG(stk_profile_string(profile, profile->period_type.type)),
		STK_STR_ARG(stk_profile_string(profile, profile->period_type.unit)));
}

static void add_type(struct stk_source_names *types, char *id_take)
{
	size_t at = 0;

	while (at < types->len && strcmp(types->items[at], id_take) < 0)
		at++;
	if (at < types->len && strcmp(types->items[at], id_take) == 0) {
		free(id_take);
		return;
	}
	stk_vec_push(types, NULL);
	memmove(&types->items[at + 1], &types->items[at],
		(types->len - 1 - at) * sizeof *types->items);
	types->items[at] = id_take;
}

static int files_types(struct stk_source *source, const struct stk_source_query *query,
	struct stk_source_names *out, struct stk_err *err)
{
	(void)query; /* all files are meant */
	(void)err;
	for (size_t i = 0; i < of(source)->types.len; i++)
		stk_vec_push(out, stk_xstrdup(of(source)->types.items[i]));
	return 0;
}

static int files_describe(struct stk_source *source, const struct stk_source_query *query,
	struct stk_source_info *out, struct stk_err *err)
{
	struct files *files = of(source);

	(void)query;
	(void)err;
	out->points = (int)files->files.len;
	out->instances = 1;
	out->interval_ns = files->files.items[0].end_ns - files->files.items[0].start_ns;
	out->phase_ns = files->files.items[0].start_ns % out->interval_ns;
	memcpy(out->agent, "files", sizeof "files");
	return 0;
}

static int files_newest(struct stk_source *source, const struct stk_source_query *query,
	int64_t *stamp_out, struct stk_err *err)
{
	(void)source;
	(void)err;
	*stamp_out = query->to_ns; /* nothing will come that is not there */
	return 0;
}

static int take_file(
	const struct file *file, const char *id, struct stk_source_slices *out, struct stk_err *err)
{
	struct stk_profile *profile = NULL;
	int rc = stk_pprof_decode(file->pprof, &profile, err);

	for (size_t i = 0; rc == 0 && profile && i < profile->types.len; i++) {
		char *has = type_id(profile, i);
		if (strcmp(has, id) == 0) {
			struct stk_source_slice *slice = stk_vec_push_new(out);
			*slice = (struct stk_source_slice){
				stk_xstrdup(""), file->start_ns, file->end_ns, profile, i};
			profile = NULL;
		}
		free(has);
	}
	stk_profile_free(profile);
	return rc;
}

static int files_fetch(struct stk_source *source, const struct stk_source_query *query,
	const struct stk_source_info *info, struct stk_source_slices *out, struct stk_err *err)
{
	int rc = 0;

	(void)info;
	for (size_t i = 0; rc == 0 && i < of(source)->files.len; i++)
		rc = take_file(&of(source)->files.items[i], query->type_id, out, err);
	return rc;
}

static void files_close(struct stk_source *source)
{
	struct files *files = of(source);

	for (size_t i = 0; i < files->files.len; i++)
		free((char *)files->files.items[i].pprof.ptr);
	stk_vec_release(&files->files);
	stk_source_names_release(&files->types);
	free(files);
}

static const struct stk_source_ops files_ops = {
	.types = files_types,
	.describe = files_describe,
	.fetch = files_fetch,
	.newest = files_newest,
	.close = files_close,
};

static int add_file(struct files *files, const char *path, struct stk_err *err)
{
	struct stk_buf bytes = STK_BUF_INIT(STK_PPROF_MAX_BYTES);
	struct stk_profile *profile = NULL;
	int rc = stk_fs_read(path, &bytes, err);

	if (rc == 0)
		rc = stk_pprof_decode(stk_buf_str(&bytes), &profile, err);
	if (rc < 0) {
		stk_buf_release(&bytes);
		stk_err_wrap(err, "profile '%s'", path);
		return rc;
	}
	struct file file = {.start_ns = profile->time_ns};
	if (file.start_ns <= 0) /* in order of name, one second each */
		file.start_ns = (int64_t)files->files.len * STK_NS_PER_S;
	file.end_ns =
		file.start_ns + (profile->duration_ns > 0 ? profile->duration_ns : STK_NS_PER_S);
	for (size_t i = 0; i < profile->types.len; i++)
		add_type(&files->types, type_id(profile, i));
	file.pprof.ptr = stk_buf_take(&bytes, &file.pprof.len);
	stk_vec_push(&files->files, file);
	stk_profile_free(profile);
	return 0;
}

int stk_source_files_new(const char *glob, struct stk_source **out, struct stk_err *err)
{
	struct files *files = NULL;
	char **paths = NULL;
	size_t len = 0;
	int rc = stk_fs_glob(glob, &paths, &len, err);

	if (rc < 0)
		return rc;
	files = stk_xcalloc(1, sizeof *files);
	files->base = (struct stk_source){&files_ops, stk_clock_system()};
	if (len == 0)
		rc = stk_err_set(err, STK_E_NOT_FOUND, "no file matches '%s'", glob);
	else if (len > STK_SOURCE_FILES_MAX)
		rc = stk_err_set(err, STK_E_TOO_LARGE,
			"'%s' matches %zu files, at most %d are read", glob, len,
			STK_SOURCE_FILES_MAX);
	for (size_t i = 0; rc == 0 && i < len; i++)
		rc = add_file(files, paths[i], err);
	if (rc == 0) {
		*out = &files->base;
		files = NULL;
	}
	if (files)
		files_close(&files->base);
	stk_fs_list_free(paths, len);
	return rc;
}
