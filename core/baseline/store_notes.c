/* store_notes: baselines as notes of commits: a line each, so that git can join two clones' notes.
 */
#include <stdlib.h>
#include <string.h>

#include "core/base/base64.h"
#include "core/baseline/store.h"
#include "core/git/notes.h"

#define HEAD     "stoker-baseline 1"
#define NOTE_MAX ((size_t)64 << 20)

/* "stoker-baseline 1 <workflow> <machine>-<measured> <base64>". false: not such a line. */
static bool parse_line(struct stk_str line, const char *revision, struct stk_arena *arena,
	struct stk_baseline_key *out, struct stk_str *packed)
{
	struct stk_str workflow, name;
	struct stk_baseline_key key = {.revision = revision};

	if (!stk_str_starts(line, HEAD " "))
		return false;
	line = stk_str_skip(line, strlen(HEAD) + 1);
	if (!stk_str_cut(&line, ' ', &workflow) || !stk_str_cut(&line, ' ', &name) || !line.ptr ||
		workflow.len == 0)
		return false;
	key.workflow = stk_arena_str(arena, workflow);
	if (stk_baseline_parse_name(name, arena, &key, NULL) < 0)
		return false;
	*out = key;
	*packed = line;
	return true;
}

/* The note of a commit; one without has an empty one. */
static int read_note(const struct stk_baseline_store *store, const char *revision,
	struct stk_buf *note, struct stk_err *err)
{
	struct stk_err why = STK_ERR_INIT;
	int rc = stk_notes_read(store->path, revision, note, &why);

	if (rc == STK_E_NOT_FOUND)
		return 0;
	if (rc < 0 && err)
		*err = why;
	return rc;
}

static int list_commit(const struct stk_baseline_store *store, const char *workflow,
	const char *revision, struct stk_baseline_items *out, struct stk_err *err)
{
	struct stk_buf note = STK_BUF_INIT(NOTE_MAX);
	int rc = read_note(store, revision, &note, err);
	struct stk_str rest = stk_buf_str(&note), line, packed;
	const char *kept = stk_arena_dup(&out->arena, revision);
	struct stk_baseline_key key;

	while (rc == 0 && stk_str_cut(&rest, '\n', &line)) {
		if (!parse_line(line, kept, &out->arena, &key, &packed) ||
			(workflow && strcmp(workflow, key.workflow) != 0))
			continue;
		stk_vec_push(&out->list, (struct stk_baseline_item){key, packed.len / 4 * 3});
	}
	stk_buf_release(&note);
	return rc;
}

static int notes_list(struct stk_baseline_store *store, const char *workflow, const char *revision,
	struct stk_baseline_items *out, struct stk_err *err)
{
	struct stk_buf commits = STK_BUF_EMPTY;
	struct stk_str rest, commit;
	int rc;

	if (revision)
		return list_commit(store, workflow, revision, out, err);
	rc = stk_notes_list(store->path, &commits, err);
	rest = stk_buf_str(&commits);
	while (rc == 0 && stk_str_cut(&rest, '\n', &commit)) {
		if (commit.len > 0)
			rc = list_commit(
				store, workflow, stk_arena_str(&out->arena, commit), out, err);
	}
	stk_buf_release(&commits);
	return rc;
}

static bool is_key(const struct stk_baseline_key *a, const struct stk_baseline_key *b)
{
	return strcmp(a->workflow, b->workflow) == 0 && strcmp(a->machine, b->machine) == 0 &&
	       a->measured_ns == b->measured_ns;
}

static int notes_read(struct stk_baseline_store *store, const struct stk_baseline_key *key,
	struct stk_buf *out, struct stk_err *err)
{
	struct stk_arena arena = STK_ARENA_INIT;
	struct stk_buf note = STK_BUF_INIT(NOTE_MAX);
	int rc = read_note(store, key->revision, &note, err);
	struct stk_str rest = stk_buf_str(&note), line, packed;
	struct stk_baseline_key one;
	bool found = false;

	while (rc == 0 && !found && stk_str_cut(&rest, '\n', &line)) {
		found = parse_line(line, key->revision, &arena, &one, &packed) && is_key(key, &one);
		if (found)
			rc = stk_base64_parse(packed, out, err);
	}
	if (rc == 0 && !found)
		rc = stk_err_set(
			err, STK_E_NOT_FOUND, "commit %s has no such baseline", key->revision);
	stk_buf_release(&note);
	stk_arena_release(&arena);
	return rc;
}

/* Write the note of key's commit anew without key, and with packed as key when it has bytes. */
static int rewrite(struct stk_baseline_store *store, const struct stk_baseline_key *key,
	struct stk_str packed, struct stk_err *err)
{
	struct stk_arena arena = STK_ARENA_INIT;
	struct stk_buf note = STK_BUF_INIT(NOTE_MAX), lines = STK_BUF_INIT(NOTE_MAX);
	int rc = read_note(store, key->revision, &note, err);
	struct stk_str rest = stk_buf_str(&note), line, old;
	struct stk_baseline_key one;

	while (rc == 0 && stk_str_cut(&rest, '\n', &line)) {
		if (line.len == 0 ||
			(parse_line(line, key->revision, &arena, &one, &old) && is_key(key, &one)))
			continue;
		stk_buf_add_str(&lines, line);
		stk_buf_add_byte(&lines, '\n');
	}
	if (packed.len > 0) {
		stk_buf_addf(&lines, HEAD " %s ", key->workflow);
		stk_baseline_format_name(&lines, key);
		stk_buf_add_byte(&lines, ' ');
		stk_base64_add(&lines, packed);
		stk_buf_add_byte(&lines, '\n');
	}
	if (rc == 0)
		rc = stk_buf_check(&lines, err);
	if (rc == 0)
		rc = lines.len
			     ? stk_notes_write(store->path, key->revision, stk_buf_str(&lines), err)
			     : stk_notes_remove(store->path, key->revision, err);
	stk_buf_release(&lines);
	stk_buf_release(&note);
	stk_arena_release(&arena);
	return rc;
}

static int notes_remove(
	struct stk_baseline_store *store, const struct stk_baseline_key *key, struct stk_err *err)
{
	return rewrite(store, key, STK_STR(""), err);
}

static int notes_fetch(struct stk_baseline_store *store, struct stk_err *err)
{
	return stk_notes_fetch(store->path, store->remote, err);
}

static int notes_push(struct stk_baseline_store *store, struct stk_err *err)
{
	return stk_notes_push(store->path, store->remote, err);
}

static const struct stk_baseline_store_ops notes_ops = {.list = notes_list,
	.read = notes_read,
	.write = rewrite,
	.remove = notes_remove,
	.fetch = notes_fetch,
	.push = notes_push};

struct stk_baseline_store *stk_baseline_store_notes(const char *dir, const char *remote)
{
	struct stk_baseline_store *store = stk_xcalloc(1, sizeof *store);

	store->ops = &notes_ops;
	store->path = stk_xstrdup(dir);
	store->where = stk_xstrdup("git notes");
	store->remote = stk_xstrdup(remote ? remote : "origin");
	return store;
}
