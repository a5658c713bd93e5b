/* draft: the files to start from: a workflow, a load script, a CI file. */
#include "core/init/draft.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/base/fs.h"
#include "core/init/draft_priv.h"

struct stk_draft_file *stk_draft_add(struct stk_draft *draft, const char *path, const char *about)
{
	struct stk_draft_file *file = stk_vec_push_new(&draft->files);

	stk_buf_init(&file->text, 0);
	file->path = stk_arena_dup(&draft->arena, path);
	file->about = stk_arena_dup(&draft->arena, about);
	return file;
}

void stk_draft_init(
	struct stk_draft *draft, const struct stk_look *look, const struct stk_draft_source *source)
{
	struct stk_draft_file *file;
	const char *load;

	memset(draft, 0, sizeof *draft);
	draft->source = *source;
	load = stk_draft_load_path(draft, look);
	file = stk_draft_add(draft, "stoker.lua",
		stk_arena_printf(&draft->arena,
			"workflow: build, start, 200 req/s, compare with the merge base of %s",
			look->branch));
	stk_draft_workflow(look, load, &file->text);
	file = stk_draft_add(draft, load,
		look->k6 ? stk_arena_printf(&draft->arena,
				   "load script to start from (or keep %s: load = { k6 = \"%s\" })",
				   look->k6, look->k6)
			 : "load script to start from");
	stk_draft_load(look, &file->text);
	stk_draft_add_ci(draft, look);
}

void stk_draft_release(struct stk_draft *draft)
{
	for (size_t i = 0; i < draft->files.len; i++)
		stk_buf_release(&draft->files.items[i].text);
	stk_vec_release(&draft->files);
	stk_arena_release(&draft->arena);
}

static int write_file(
	const char *full, struct stk_draft_file *file, bool force, struct stk_err *err)
{
	char *folder = stk_fs_dirname(full);
	struct stat st;
	bool there = lstat(full, &st) == 0;
	int rc = 0;

	file->state = STK_DRAFT_KEPT;
	if (there && (!force || !S_ISREG(st.st_mode)))
		goto out;
	rc = stk_fs_mkdirs(folder, err);
	if (rc == 0)
		rc = stk_fs_write(full, stk_buf_str(&file->text), err);
	if (rc == 0)
		file->state = STK_DRAFT_WRITTEN;
out:
	free(folder);
	return rc;
}

int stk_draft_write(struct stk_draft *draft, const char *root, bool force, struct stk_err *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < draft->files.len; i++) {
		char *full = stk_fs_join(root, draft->files.items[i].path);

		rc = write_file(full, &draft->files.items[i], force, err);
		free(full);
	}
	return rc;
}

void stk_draft_seen(const struct stk_look *look, struct stk_buf *buf)
{
	const struct stk_look_service *service = look->service;

	for (size_t i = 0; service && i < service->evidence.len; i++)
		stk_buf_addf(buf, "%s%s", buf->len ? ", " : "", service->evidence.items[i]);
	if (service && service->profiler_name)
		stk_buf_addf(buf, ", %s imported", service->profiler_name);
	if (look->has_dockerfile)
		stk_buf_addf(buf, "%sDockerfile", buf->len ? ", " : "");
	if (look->k6)
		stk_buf_addf(buf, "%s%s (k6)", buf->len ? ", " : "", look->k6);
	if (look->ci_seen)
		stk_buf_addf(buf, "%s%s", buf->len ? ", " : "", look->ci_seen);
}
