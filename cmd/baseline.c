/* baseline: `stoker baseline`: what is kept of runs of the base branch. */
#include <stdlib.h>
#include <string.h>

#include "cmd/cmd.h"
#include "cmd/exit.h"
#include "core/base/units.h"
#include "core/baseline/store.h"

struct baseline_opts {
	const char *dir, *remote, *workflow;
	int64_t older_ns;
};

/* clang-format off */
static const struct stk_opts_row baseline_rows[] = {
	{ .name = "dir", .type = STK_OPTS_TEXT, .offset = offsetof(struct baseline_opts, dir), .word = "DIR", .help = "baselines are in this folder", .standard = "git notes" },
	{ .name = "remote", .type = STK_OPTS_TEXT, .offset = offsetof(struct baseline_opts, remote), .word = "NAME", .help = "fetch from and push to this remote", .standard = "origin" },
	{ .name = "workflow", .type = STK_OPTS_TEXT, .offset = offsetof(struct baseline_opts, workflow), .word = "NAME", .help = "only those of this workflow" },
	{ .name = "older", .type = STK_OPTS_DURATION, .offset = offsetof(struct baseline_opts, older_ns), .word = "TIME", .help = "prune what is older than this", .standard = "90d" },
	{ .name = NULL },
};
/* clang-format on */

extern const struct stk_command stk_cmd_baseline;

/* One call: what it works on. */
struct call {
	struct stk_env *env;
	const struct baseline_opts *opts;
	struct stk_baseline_store *store;
	const char *word; /* behind the verb; NULL if none */
};

static int by_time(const void *a, const void *b)
{
	const struct stk_baseline_item *x = a, *y = b;

	return (x->key.measured_ns < y->key.measured_ns) -
	       (x->key.measured_ns > y->key.measured_ns);
}

static void print_item(FILE *to, const struct stk_baseline_item *item)
{
	struct stk_buf text = STK_BUF_EMPTY;

	stk_units_format_rfc3339(&text, item->key.measured_ns);
	stk_buf_addf(&text, "  %-12.12s  %-8s  ", item->key.revision, item->key.machine);
	stk_units_format_bytes(&text, (double)item->bytes);
	fprintf(to, "%s  %s\n", text.ptr, item->key.workflow);
	stk_buf_release(&text);
}

/* Newest first. */
static int list_sorted(
	const struct call *call, struct stk_baseline_items *items, struct stk_err *err)
{
	const char *workflow = call->opts->workflow
				       ? stk_baseline_word(&items->arena, call->opts->workflow)
				       : NULL;
	int rc = call->store->ops->list(call->store, workflow, NULL, items, err);

	if (rc == 0 && items->list.len > 1)
		qsort(items->list.items, items->list.len, sizeof *items->list.items, by_time);
	return rc;
}

static int do_list(struct call *call, struct stk_err *err)
{
	struct stk_baseline_items items = {.arena = STK_ARENA_INIT};
	int rc = list_sorted(call, &items, err);

	for (size_t i = 0; rc == 0 && i < items.list.len; i++)
		print_item(call->env->out, &items.list.items[i]);
	if (rc == 0 && items.list.len == 0)
		fprintf(call->env->err, "no baselines in %s\n", call->store->where);
	stk_baseline_items_release(&items);
	return rc;
}

static void print_kept(FILE *to, const struct stk_kept *kept)
{
	struct stk_buf text = STK_BUF_EMPTY;

	stk_units_format_rfc3339(&text, kept->measured_ns);
	fprintf(to, "revision   %s%s%s\nrun        %s, %s\n", kept->revision,
		kept->ref ? " on " : "", kept->ref ? kept->ref : "", kept->run, text.ptr);
	fprintf(to, "load       %.0f s, %lld requests, %lld failed\n", kept->load.seconds,
		(long long)kept->load.requests, (long long)kept->load.failed);
	for (size_t i = 0; i < kept->types.len; i++)
		fprintf(to, "%-10s %zu functions, %zu slices\n", kept->types.items[i].short_name,
			kept->types.items[i].functions.len, kept->types.items[i].slices.len);
	for (size_t i = 0; i < kept->environment.len; i++)
		fprintf(to, "%-10s %s\n", kept->environment.items[i].key,
			kept->environment.items[i].value);
	stk_buf_release(&text);
}

/* The newest whose revision begins with the word. */
static int do_show(struct call *call, struct stk_err *err)
{
	struct stk_baseline_items items = {.arena = STK_ARENA_INIT};
	const struct stk_baseline_key *found = NULL;
	struct stk_kept kept;
	int rc = list_sorted(call, &items, err);

	for (size_t i = 0; !found && i < items.list.len; i++) {
		const struct stk_baseline_key *key = &items.list.items[i].key;

		if (!call->word || strncmp(key->revision, call->word, strlen(call->word)) == 0)
			found = key;
	}
	stk_kept_init(&kept);
	if (rc == 0 && !found)
		rc = stk_err_set(err, STK_E_NOT_FOUND, "no baseline%s%s in %s",
			call->word ? " of " : "", call->word ? call->word : "", call->store->where);
	if (rc == 0)
		rc = stk_baseline_load(call->store, found, &kept, err);
	if (rc == 0)
		print_kept(call->env->out, &kept);
	stk_kept_release(&kept);
	stk_baseline_items_release(&items);
	return rc;
}

static int shared_as_it_is(struct call *call)
{
	fprintf(call->env->err, "%s needs no fetch and no push\n", call->store->where);
	return 0;
}

static int do_fetch(struct call *call, struct stk_err *err)
{
	return call->store->ops->fetch ? call->store->ops->fetch(call->store, err)
				       : shared_as_it_is(call);
}

static int do_push(struct call *call, struct stk_err *err)
{
	return call->store->ops->push ? call->store->ops->push(call->store, err)
				      : shared_as_it_is(call);
}

static int do_prune(struct call *call, struct stk_err *err)
{
	int64_t before = stk_clock_wall(call->env->clock) - call->opts->older_ns;
	struct stk_arena arena = STK_ARENA_INIT;
	const char *workflow =
		call->opts->workflow ? stk_baseline_word(&arena, call->opts->workflow) : NULL;
	size_t removed = 0;
	int rc = stk_baseline_prune(call->store, workflow, before, &removed, err);

	fprintf(call->env->out, "removed %zu\n", removed);
	stk_arena_release(&arena);
	return rc;
}

static const struct {
	const char *name;
	int (*run)(struct call *call, struct stk_err *err);
} verbs[] = {{"list", do_list}, {"show", do_show}, {"fetch", do_fetch}, {"push", do_push},
	{"prune", do_prune}};

static int unknown_verb(struct stk_env *env, const char *word)
{
	struct stk_err err = STK_ERR_INIT;

	stk_err_set(&err, STK_E_INVAL, "baseline: '%s' is none of list, show, fetch, push, prune",
		word);
	return stk_opts_fail(env, &err);
}

static int call_verb(
	struct stk_env *env, const struct baseline_opts *opts, const struct stk_opts_args *args)
{
	const char *verb = args->items.len > 0 ? args->items.items[0] : "list";
	struct call call = {.env = env,
		.opts = opts,
		.word = args->items.len > 1 ? args->items.items[1] : NULL};
	struct stk_err err = STK_ERR_INIT;
	size_t i = 0;
	int rc;

	while (i < STK_ARRAY_LEN(verbs) && strcmp(verbs[i].name, verb) != 0)
		i++;
	if (i == STK_ARRAY_LEN(verbs))
		return unknown_verb(env, verb);
	call.store = opts->dir ? stk_baseline_store_dir(opts->dir)
			       : stk_baseline_store_notes(".", opts->remote);
	rc = verbs[i].run(&call, &err);
	stk_baseline_store_free(call.store);
	return rc < 0 ? stk_opts_fail(env, &err) : STK_EXIT_OK;
}

static int baseline_run(struct stk_env *env, int argc, char **argv)
{
	struct baseline_opts opts = {.older_ns = 90 * 24 * 3600 * STK_NS_PER_S};
	struct stk_opts_args args = {STK_VEC_INIT};
	int code = stk_opts_read(env, &stk_cmd_baseline, argc, argv, &opts, &args);

	if (code < 0)
		code = call_verb(env, &opts, &args);
	stk_opts_release(baseline_rows, &opts, &args);
	return code;
}

const struct stk_command stk_cmd_baseline = {
	.name = "baseline",
	.summary = "what is kept of runs of the base branch",
	.synopsis = "[options] [list | show [REVISION] | fetch | push | prune]",
	.about = "A run in mode baseline keeps what it measured beside its commit, in git notes "
		 "(refs/notes/stoker) or a folder, and compares with what was kept of the merge "
		 "base or a commit before it. list is the default; fetch and push share the notes "
		 "with a remote; prune removes old ones.",
	.examples = "stoker baseline\nstoker baseline show 8f3a1c2\nstoker baseline push",
	.options = baseline_rows,
	.run = baseline_run,
};
