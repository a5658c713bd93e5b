/* calibrate: `stoker calibrate FILE`: A/A runs, so that the false-alarm rate is measured. */
#include <stdlib.h>

#include "cmd/calibrate_story.h"
#include "cmd/cmd.h"
#include "cmd/exit.h"
#include "core/baseline/calibrated.h"

extern const struct stk_command stk_cmd_calibrate;

struct calibrate_settings {
	struct stk_run_settings run;
	int64_t runs;
	bool fresh;
};

#define AT(member) offsetof(struct calibrate_settings, member)
/* clang-format off */
static const struct stk_opts_row rows[] = {
	{ .name = "runs", .letter = 'n', .type = STK_OPTS_INT, .offset = AT(runs), .word = "N", .min = 2, .max = 1000, .help = "A/A runs in all, with those of earlier calls", .standard = "20" },
	{ .name = "fresh", .type = STK_OPTS_FLAG, .offset = AT(fresh), .help = "runs of earlier calls do not count" },
	{ .name = "mode", .type = STK_OPTS_CHOICE, .offset = AT(run.mode), .word = "MODE", .values = "paired|baseline", .help = "which comparison is calibrated", .standard = "the workflow's" },
	{ .name = "base-cmd", .type = STK_OPTS_TEXT, .offset = AT(run.base_cmd), .word = "CMD", .help = "as in run; the base is then started with --head-cmd too" },
	{ .name = "head-cmd", .type = STK_OPTS_TEXT, .offset = AT(run.head_cmd), .word = "CMD", .help = "as in run" },
	{ .name = "ready", .type = STK_OPTS_TEXT, .offset = AT(run.ready), .word = "/PATH", .help = "as in run" },
	{ .name = "pyroscope", .type = STK_OPTS_TEXT, .offset = AT(run.pyroscope), .word = "URL", .help = "read profiles from this Pyroscope" },
	{ .name = "pprof", .type = STK_OPTS_TEXT, .offset = AT(run.pprof), .word = "URL", .help = "scrape profiles from URL/debug/pprof" },
	{ .name = "service", .type = STK_OPTS_TEXT, .offset = AT(run.service), .word = "NAME", .help = "service_name of the profiles" },
	{ .name = "profile", .type = STK_OPTS_LIST, .offset = AT(run.profiles), .word = "TYPE", .help = "cpu, alloc_space, … or a full id; repeat for more", .standard = "the workflow's" },
	{ .name = "rate", .type = STK_OPTS_TEXT, .offset = AT(run.rate), .word = "RATE", .help = "iterations such as 200/s, in place of the scenarios" },
	{ .name = "vus", .letter = 'u', .type = STK_OPTS_INT, .offset = AT(run.vus), .word = "N", .min = 1, .max = 1000000, .help = "virtual users, in place of the scenarios" },
	{ .name = "scenario", .type = STK_OPTS_TEXT, .offset = AT(run.scenario), .word = "NAME", .help = "whose function --rate or --vus drives" },
	{ .name = "pairs", .type = STK_OPTS_INT, .offset = AT(run.pairs), .word = "N", .min = 1, .max = 1000, .help = "pairs of blocks" },
	{ .name = "block", .type = STK_OPTS_DURATION, .offset = AT(run.block_ns), .word = "TIME", .help = "length of a block" },
	{ .name = "warmup", .type = STK_OPTS_DURATION, .offset = AT(run.warmup_ns), .word = "TIME", .help = "load that does not count" },
	{ .name = "duration", .letter = 'd', .type = STK_OPTS_DURATION, .offset = AT(run.duration_ns), .word = "TIME", .help = "of the load in mode baseline" },
	{ .name = "env", .letter = 'e', .type = STK_OPTS_LIST, .offset = AT(run.vars), .word = "NAME=TEXT", .help = "a variable for stoker.env; NAME alone passes one on" },
	{ .name = "allow-host", .type = STK_OPTS_LIST, .offset = AT(run.allow_hosts), .word = "HOST", .help = "a further host that the script may call" },
	{ .name = "seed", .type = STK_OPTS_INT, .offset = AT(run.seed), .word = "N", .min = 0, .max = INT64_MAX, .help = "of the first run" },
	{ .name = "quiet", .letter = 'q', .type = STK_OPTS_FLAG, .offset = AT(run.quiet), .help = "no progress" },
	{ .name = NULL },
};
/* clang-format on */

static int run(struct stk_env *env, int argc, char **argv)
{
	struct calibrate_settings settings = {
		.run = {.warmup_ns = -1}, .runs = STK_CALIBRATED_RUNS_MIN};
	struct stk_opts_args args = {STK_VEC_INIT};
	struct stk_err err = STK_ERR_INIT;
	int code = stk_opts_read(env, &stk_cmd_calibrate, argc, argv, &settings, &args);

	if (code < 0 && args.items.len != 1) {
		stk_err_set(&err, STK_E_INVAL, "one workflow or load script is wanted, not %zu",
			args.items.len);
		stk_err_hint(&err, "stoker calibrate FILE.lua   (see: stoker calibrate --help)");
		code = stk_opts_fail(env, &err);
	}
	if (code < 0) {
		char *command = stk_run_command_line(argc, argv);
		struct stk_calibrate_story story = {.path = args.items.items[0],
			.command = command,
			.settings = &settings.run,
			.runs = settings.runs,
			.fresh = settings.fresh};

		code = stk_calibrate_story(env, &story);
		free(command);
	}
	stk_opts_release(rows, &settings, &args);
	return code;
}

const struct stk_command stk_cmd_calibrate = {
	.name = "calibrate",
	.summary = "A/A runs, so that the false-alarm rate is measured",
	.synopsis = "[options] FILE",
	.about =
		"Runs the workflow with one build on both sides, again and again, and measures how "
		"often it raises an alarm though nothing has changed, and how far apart two "
		"windows of one build lie (docs/calibration.md). In mode baseline gates can only "
		"fail a run once that is known.\n\n"
		"The outcome is written to .stoker/calibration.json after each run; on the base "
		"branch it counts for everybody. An interrupted call goes on where it stopped.",
	.examples = "stoker calibrate stoker.lua\nstoker calibrate stoker.lua --runs 60",
	.options = rows,
	.run = run,
};
