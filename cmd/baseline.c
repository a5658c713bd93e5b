/* baseline: `stoker baseline`: what is kept of runs of the base branch. */
#include <stdlib.h>
#include <string.h>

#include "cmd/baseline_priv.h"
#include "cmd/cmd.h"
#include "cmd/exit.h"
#include "core/base/units.h"
#include "core/baseline/find.h"
#include "core/flow/environment.h"
#include "core/flow/kept_record.h"
#include "core/record/run_store.h"

#define AT(member) offsetof(struct stk_baseline_settings, member)
/* clang-format off */
static const struct stk_opts_row baseline_rows[] = {
	{ .name = "dir", .type = STK_OPTS_TEXT, .offset = AT(dir), .word = "DIR", .help = "baselines are in this folder", .standard = "git notes" },
	{ .name = "s3", .type = STK_OPTS_TEXT, .offset = AT(s3), .word = "URL", .help = "baselines are in s3://bucket/prefix" },
	{ .name = "endpoint", .type = STK_OPTS_TEXT, .offset = AT(endpoint), .word = "URL", .help = "of the S3 server", .standard = "AWS_ENDPOINT_URL_S3, else Amazon's" },
	{ .name = "region", .type = STK_OPTS_TEXT, .offset = AT(region), .word = "NAME", .help = "of the bucket", .standard = "AWS_REGION, else us-east-1" },
	{ .name = "path-style", .type = STK_OPTS_FLAG, .offset = AT(path_style), .help = "the bucket is in the URL's path", .standard = "with an endpoint of one's own" },
	{ .name = "remote", .type = STK_OPTS_TEXT, .offset = AT(remote), .word = "NAME", .help = "fetch from and push to this remote", .standard = "origin" },
	{ .name = "workflow", .type = STK_OPTS_TEXT, .offset = AT(workflow), .word = "NAME", .help = "only those of this workflow; find: of which" },
	{ .name = "older", .type = STK_OPTS_DURATION, .offset = AT(older_ns), .word = "TIME", .help = "prune what is older than this", .standard = "90d" },
	{ .name = "base", .type = STK_OPTS_TEXT, .offset = AT(base), .word = "BRANCH", .help = "find: start at the merge base with it", .standard = "the default branch" },
	{ .name = "rev", .type = STK_OPTS_TEXT, .offset = AT(rev), .word = "COMMIT", .help = "save: under this commit", .standard = "the run's" },
	{ .name = "reason", .type = STK_OPTS_TEXT, .offset = AT(reason), .word = "TEXT", .help = "accept: why" },
	{ .name = "for", .type = STK_OPTS_DURATION, .offset = AT(for_ns), .word = "TIME", .help = "accept: how long", .standard = "30d" },
	{ .name = "limit", .type = STK_OPTS_TEXT, .offset = AT(limit), .word = "+N%", .help = "accept: up to which change", .standard = "the run's interval, rounded up" },
	{ .name = "profile", .type = STK_OPTS_TEXT, .offset = AT(profile), .word = "TYPE", .help = "accept: only of this profile type" },
	{ .name = "author", .type = STK_OPTS_TEXT, .offset = AT(author), .word = "NAME", .help = "accept: by whom", .standard = "git's user.name" },
	{ .name = "runs", .type = STK_OPTS_TEXT, .offset = AT(runs), .word = "DIR", .help = "where records are kept", .standard = STK_RUN_STORE_ROOT },
	{ .name = NULL },
};
/* clang-format on */

extern const struct stk_command stk_cmd_baseline;

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
	const struct stk_baseline_call *call, struct stk_baseline_items *items, struct stk_err *err)
{
	const char *workflow = call->opts->workflow
				       ? stk_baseline_word(&items->arena, call->opts->workflow)
				       : NULL;
	int rc = call->store->ops->list(call->store, workflow, NULL, items, err);

	if (rc == 0 && items->list.len > 1)
		qsort(items->list.items, items->list.len, sizeof *items->list.items, by_time);
	return rc;
}

static int list_all(struct stk_baseline_call *call, struct stk_err *err)
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
static int show(struct stk_baseline_call *call, struct stk_err *err)
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

static int shared_as_it_is(struct stk_baseline_call *call)
{
	fprintf(call->env->err, "%s needs no fetch and no push\n", call->store->where);
	return 0;
}

static int fetch(struct stk_baseline_call *call, struct stk_err *err)
{
	return call->store->ops->fetch ? call->store->ops->fetch(call->store, err)
				       : shared_as_it_is(call);
}

static int push(struct stk_baseline_call *call, struct stk_err *err)
{
	return call->store->ops->push ? call->store->ops->push(call->store, err)
				      : shared_as_it_is(call);
}

static int prune(struct stk_baseline_call *call, struct stk_err *err)
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

/* What a run here would be compared with. */
static int find(struct stk_baseline_call *call, struct stk_err *err)
{
	struct stk_baseline_query query = {.dir = ".",
		.workflow = call->opts->workflow,
		.base = call->opts->base,
		.rev = call->word};
	struct stk_baseline_found found;
	struct stk_run run;
	int rc;

	if (!query.workflow)
		return stk_err_set(err, STK_E_INVAL, "find: --workflow NAME is wanted");
	stk_run_init(&run);
	stk_environment_read(&run);
	query.machine = stk_kept_machine(run.environment.items, run.environment.len, &run.arena);
	rc = stk_baseline_find(call->store, &query, &found, err);
	if (rc == 0) {
		struct stk_buf text = STK_BUF_EMPTY;

		stk_units_format_rfc3339(&text, found.key.measured_ns);
		fprintf(call->env->out, "%s  %s  %s\n", found.key.revision, text.ptr, found.why);
		stk_buf_release(&text);
	}
	stk_baseline_found_release(&found);
	stk_run_release(&run);
	return rc;
}

static int save(struct stk_baseline_call *call, struct stk_err *err)
{
	const char *word = call->word ? call->word : "last";
	struct stk_kept kept;
	char *folder = NULL;
	int rc = stk_run_store_find(call->opts->runs, word, &folder, err);

	stk_kept_init(&kept);
	if (rc == 0)
		rc = stk_kept_record_read(folder, call->opts->rev, &kept, err);
	if (rc == 0)
		rc = stk_baseline_save(call->store, &kept, err);
	if (rc == 0)
		fprintf(call->env->out, "kept %s as the baseline of %s in %s\n", kept.run,
			kept.revision, call->store->where);
	stk_kept_release(&kept);
	free(folder);
	return rc;
}

static const struct {
	const char *name;
	int (*run)(struct stk_baseline_call *call, struct stk_err *err);
	bool needs_no_store;
} verbs[] = {{"list", list_all, false}, {"show", show, false}, {"find", find, false},
	{"save", save, false}, {"fetch", fetch, false}, {"push", push, false},
	{"prune", prune, false}, {"accept", stk_baseline_accept, true}};

static int unknown_verb(struct stk_env *env, const char *word)
{
	const char *names[STK_ARRAY_LEN(verbs)];
	struct stk_err err = STK_ERR_INIT;
	const char *nearest;

	for (size_t i = 0; i < STK_ARRAY_LEN(verbs); i++)
		names[i] = verbs[i].name;
	stk_err_set(&err, STK_E_INVAL,
		"baseline: '%s' is none of list, show, find, save, fetch, push, prune, accept",
		word);
	nearest = stk_str_nearest(stk_str_of(word), names, STK_ARRAY_LEN(names));
	if (nearest)
		stk_err_hint(&err, "did you mean '%s'?", nearest);
	return stk_opts_fail(env, &err);
}

static int open_store(struct stk_baseline_call *call, struct stk_err *err)
{
	const struct stk_baseline_settings *opts = call->opts;
	struct stk_baseline_s3_opts s3 = {.url = opts->s3,
		.endpoint = opts->endpoint,
		.region = opts->region,
		.style = opts->path_style ? STK_S3_STYLE_PATH : STK_S3_STYLE_DEFAULT,
		.env = call->env};

	if (opts->dir && opts->s3)
		return stk_err_set(err, STK_E_INVAL, "--dir and --s3 exclude each other");
	if (opts->s3)
		return stk_baseline_store_s3(&s3, &call->store, err);
	call->store = opts->dir ? stk_baseline_store_dir(opts->dir)
				: stk_baseline_store_notes(".", opts->remote);
	return 0;
}

static int call_verb(struct stk_env *env, const struct stk_baseline_settings *opts,
	const struct stk_opts_args *args)
{
	const char *verb = args->items.len > 0 ? args->items.items[0] : "list";
	struct stk_baseline_call call = {.env = env,
		.opts = opts,
		.word = args->items.len > 1 ? args->items.items[1] : NULL,
		.second = args->items.len > 2 ? args->items.items[2] : NULL};
	struct stk_err err = STK_ERR_INIT;
	size_t i = 0;
	int rc;

	while (i < STK_ARRAY_LEN(verbs) && strcmp(verbs[i].name, verb) != 0)
		i++;
	if (i == STK_ARRAY_LEN(verbs))
		return unknown_verb(env, verb);
	rc = verbs[i].needs_no_store ? 0 : open_store(&call, &err);
	if (rc == 0)
		rc = verbs[i].run(&call, &err);
	stk_baseline_store_free(call.store);
	return rc < 0 ? stk_opts_fail(env, &err) : STK_EXIT_OK;
}

static int baseline_run(struct stk_env *env, int argc, char **argv)
{
	struct stk_baseline_settings opts = {.runs = STK_RUN_STORE_ROOT,
		.older_ns = 90 * 24 * 3600 * STK_NS_PER_S,
		.for_ns = 30 * 24 * 3600 * STK_NS_PER_S};
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
	.synopsis = "[options] [VERB [ARGUMENT]]",
	.about = "A run in mode baseline keeps what it measured beside its commit, in git notes "
		 "(refs/notes/stoker), a folder or a bucket, and compares with what was kept of "
		 "the merge base or a commit before it.\n\n"
		 "VERB is list (the default), show [REVISION], find [REVISION]: what a run here "
		 "would be compared with, save [RUN]: keep a saved run, fetch and push: share the "
		 "notes with a remote, prune: remove old ones, or accept FUNCTION [RUN]: write a "
		 "regression into .stoker/accepted.json, so that it crosses no gate any more once "
		 "that file is on the base branch, until its last day.",
	.examples = "stoker baseline\nstoker baseline show 8f3a1c2\nstoker baseline push\n"
		    "stoker baseline save last --s3 s3://ci/stoker\n"
		    "stoker baseline accept json.Marshal --reason 'new field' --for 30d",
	.options = baseline_rows,
	.run = baseline_run,
};
