/* run: the whole story: `stoker run FILE`. */
#include <stdlib.h>

#include "cmd/cmd.h"
#include "cmd/exit.h"
#include "cmd/run_story.h"
#include "core/record/run_store.h"

extern const struct stk_command stk_cmd_run;

#define AT(member) offsetof(struct stk_run_settings, member)
/* clang-format off */
static const struct stk_opts_row rows[] = {
	{ .name = "base", .type = STK_OPTS_TEXT, .offset = AT(base), .word = "REV", .help = "compare with this commit, or merge-base:BRANCH", .standard = "the merge base" },
	{ .name = "head", .type = STK_OPTS_TEXT, .offset = AT(head), .word = "REV", .help = "the commit to look at", .standard = "the working tree" },
	{ .name = "rebuild", .type = STK_OPTS_FLAG, .offset = AT(rebuild), .help = "build both, also what an earlier run has built" },
	{ .name = "base-cmd", .type = STK_OPTS_TEXT, .offset = AT(base_cmd), .word = "CMD", .help = "start the base with this; {port} {push_url} are filled in" },
	{ .name = "head-cmd", .type = STK_OPTS_TEXT, .offset = AT(head_cmd), .word = "CMD", .help = "start the head with this" },
	{ .name = "base-url", .type = STK_OPTS_TEXT, .offset = AT(base_url), .word = "URL", .help = "the base runs already, there" },
	{ .name = "head-url", .type = STK_OPTS_TEXT, .offset = AT(head_url), .word = "URL", .help = "the head runs already, there" },
	{ .name = "ready", .type = STK_OPTS_TEXT, .offset = AT(ready), .word = "/PATH", .help = "what a started service answers when it is ready", .standard = "its port" },
	{ .name = "pyroscope", .type = STK_OPTS_TEXT, .offset = AT(pyroscope), .word = "URL", .help = "read profiles from this Pyroscope" },
	{ .name = "pprof", .type = STK_OPTS_TEXT, .offset = AT(pprof), .word = "URL", .help = "scrape profiles from URL/debug/pprof" },
	{ .name = "service", .type = STK_OPTS_TEXT, .offset = AT(service), .word = "NAME", .help = "service_name of the profiles" },
	{ .name = "base-label", .type = STK_OPTS_LIST, .offset = AT(base_labels), .word = "NAME=TEXT", .help = "a label that only the base's profiles have; repeat for more" },
	{ .name = "head-label", .type = STK_OPTS_LIST, .offset = AT(head_labels), .word = "NAME=TEXT", .help = "a label that only the head's profiles have" },
	{ .name = "profile", .type = STK_OPTS_LIST, .offset = AT(profiles), .word = "TYPE", .help = "cpu, alloc_space, … or a full id; repeat for more", .standard = "cpu and alloc_space" },
	{ .name = "profiles-timeout", .type = STK_OPTS_DURATION, .offset = AT(profiles_timeout_ns), .word = "TIME", .help = "how long the first profiles may take, beyond the warm-up", .standard = "150s" },
	{ .name = "mode", .type = STK_OPTS_CHOICE, .offset = AT(mode), .word = "MODE", .values = "paired|idle|baseline", .help = "two sides in turn, one beside an idle window, or against a kept run" },
	{ .name = "rate", .type = STK_OPTS_TEXT, .offset = AT(rate), .word = "RATE", .help = "iterations such as 200/s, in place of the scenarios" },
	{ .name = "vus", .letter = 'u', .type = STK_OPTS_INT, .offset = AT(vus), .word = "N", .min = 1, .max = 1000000, .help = "virtual users, in place of the scenarios" },
	{ .name = "scenario", .type = STK_OPTS_TEXT, .offset = AT(scenario), .word = "NAME", .help = "whose function --rate or --vus drives" },
	{ .name = "pairs", .type = STK_OPTS_INT, .offset = AT(pairs), .word = "N", .min = 1, .max = 1000, .help = "pairs of blocks", .standard = "6" },
	{ .name = "block", .type = STK_OPTS_DURATION, .offset = AT(block_ns), .word = "TIME", .help = "length of a block", .standard = "from the profiles' slices" },
	{ .name = "warmup", .type = STK_OPTS_DURATION, .offset = AT(warmup_ns), .word = "TIME", .help = "load that does not count, at both sides", .standard = "10s" },
	{ .name = "duration", .letter = 'd', .type = STK_OPTS_DURATION, .offset = AT(duration_ns), .word = "TIME", .help = "of the load in mode idle" },
	{ .name = "idle", .type = STK_OPTS_DURATION, .offset = AT(idle_ns), .word = "TIME", .help = "of the idle window in mode idle" },
	{ .name = "env", .letter = 'e', .type = STK_OPTS_LIST, .offset = AT(vars), .word = "NAME=TEXT", .help = "a variable for stoker.env; NAME alone passes one on" },
	{ .name = "allow-host", .type = STK_OPTS_LIST, .offset = AT(allow_hosts), .word = "HOST", .help = "a further host that the script may call" },
	{ .name = "seed", .type = STK_OPTS_INT, .offset = AT(seed), .word = "N", .min = 0, .max = INT64_MAX, .help = "of stoker.random and sleep(a, b)" },
	{ .name = "out", .letter = 'o', .type = STK_OPTS_LIST, .offset = AT(outs), .word = "KIND=ARG", .help = "send samples of the load while it is on (docs/outputs.md); repeat for more", .standard = "out = {…} of the workflow" },
	{ .name = "tag", .type = STK_OPTS_LIST, .offset = AT(tags), .word = "NAME=TEXT", .help = "a tag of every sample of the load" },
	{ .name = "post", .type = STK_OPTS_FLAG, .offset = AT(post), .help = "publish the report (docs/publishing.md)", .standard = "in CI, where the workflow says post = {…}" },
	{ .name = "no-post", .type = STK_OPTS_FLAG, .offset = AT(no_post), .help = "publish nothing, whatever the workflow says" },
	{ .name = "require-post", .type = STK_OPTS_FLAG, .offset = AT(require_post), .help = "exit 3 when something could not be posted" },
	{ .name = "strict", .type = STK_OPTS_FLAG, .offset = AT(strict), .help = "exit 11 when nothing can be told" },
	{ .name = "format", .letter = 'f', .type = STK_OPTS_CHOICE, .offset = AT(format), .word = "WORD", .values = "term|markdown|json|comment|sarif|junit|codequality", .help = "of the report on stdout", .standard = "term" },
	{ .name = "runs", .type = STK_OPTS_TEXT, .offset = AT(runs), .word = "DIR", .help = "where records are kept", .standard = STK_RUN_STORE_ROOT },
	{ .name = "quiet", .letter = 'q', .type = STK_OPTS_FLAG, .offset = AT(quiet), .help = "no progress" },
	{ .name = NULL },
};
/* clang-format on */

static int run(struct stk_env *env, int argc, char **argv)
{
	struct stk_run_settings settings = {.warmup_ns = -1, .runs = STK_RUN_STORE_ROOT};
	struct stk_opts_args args = {STK_VEC_INIT};
	struct stk_err err = STK_ERR_INIT;
	int code = stk_opts_read(env, &stk_cmd_run, argc, argv, &settings, &args);

	if (code < 0 && args.items.len != 1) {
		stk_err_set(&err, STK_E_INVAL, "one workflow or load script is wanted, not %zu",
			args.items.len);
		stk_err_hint(&err, "stoker run FILE.lua   (see: stoker run --help)");
		code = stk_opts_fail(env, &err);
	}
	if (code < 0) {
		char *command = stk_run_command_line(argc, argv);
		struct stk_run_story story = {
			.path = args.items.items[0], .command = command, .settings = &settings};
		code = stk_run_story(env, &story);
		free(command);
	}
	stk_opts_release(rows, &settings, &args);
	return code;
}

const struct stk_command stk_cmd_run = {
	.name = "run",
	.summary = "load a service, read its profiler, say what got dearer",
	.synopsis = "[options] FILE",
	.about = "FILE is a workflow (docs/workflows.md), or a load script or a k6 script (.js, "
		 ".mjs, "
		 ".ts; docs/generators.md), which is wrapped in the standard workflow; - is "
		 "standard input. With a base and a head the load goes to "
		 "both in turn and the cost per request of every function is compared; with one "
		 "target the run shows what load costs beside an idle window. A service of a "
		 "workflow is built from two commits of its git repository (docs/workflows.md).\n\n"
		 "A workflow starts programs: treat it like a Makefile.",
	.examples = "stoker run stoker.lua  # what the workflow says\n"
		    "stoker run stoker.lua --base v1.2  # head against a tag\n"
		    "stoker run load.lua --rate 200/s \\\n"
		    "  --base-cmd './old -p {port}' --head-cmd './new -p {port}'\n"
		    "stoker run load.lua --pyroscope http://localhost:4040 --service orders\n"
		    "stoker run shop.js --pyroscope http://localhost:4040 --service orders",
	.options = rows,
	.run = run,
};
