/* load: only the engine: a load script, driven as k6 users expect. */
#include "cmd/cmd.h"
#include "cmd/exit.h"
#include "cmd/load_run.h"
#include "core/script/plan_k6.h"

extern const struct stk_command stk_cmd_load;

#define AT(member) offsetof(struct stk_load_settings, member)
/* clang-format off */
static const struct stk_opts_row rows[] = {
	{ .name = "vus", .letter = 'u', .type = STK_OPTS_INT, .offset = AT(vus), .word = "N", .min = 1, .max = STK_PLAN_VUS_MAX, .help = "virtual users" },
	{ .name = "duration", .letter = 'd', .type = STK_OPTS_DURATION, .offset = AT(duration_ns), .word = "TIME", .help = "how long they run, such as 30s or 1m30s" },
	{ .name = "iterations", .letter = 'i', .type = STK_OPTS_INT, .offset = AT(iterations), .word = "N", .min = 1, .max = INT64_C(1000000000000000), .help = "iterations in all, shared by the virtual users" },
	{ .name = "stage", .letter = 's', .type = STK_OPTS_LIST, .offset = AT(stages), .word = "TIME:N", .help = "ramp to N virtual users in TIME; repeat for more" },
	{ .name = "rate", .type = STK_OPTS_TEXT, .offset = AT(rate), .word = "RATE", .help = "start so many iterations, such as 200/s, whatever they take" },
	{ .name = "max-vus", .type = STK_OPTS_INT, .offset = AT(max_vus), .word = "N", .min = 1, .max = STK_PLAN_VUS_MAX, .help = "most virtual users for --rate", .standard = "10 for each start per second" },
	{ .name = "env", .letter = 'e', .type = STK_OPTS_LIST, .offset = AT(vars), .word = "NAME=TEXT", .help = "a variable for stoker.env; NAME alone passes one on" },
	{ .name = "tag", .type = STK_OPTS_LIST, .offset = AT(tags), .word = "NAME=TEXT", .help = "a tag of every sample" },
	{ .name = "base-url", .type = STK_OPTS_TEXT, .offset = AT(base_url), .word = "URL", .help = "in place of the script's base_url" },
	{ .name = "allow-host", .type = STK_OPTS_LIST, .offset = AT(allow_hosts), .word = "HOST", .help = "a further host that the script may call; * for all" },
	{ .name = "seed", .type = STK_OPTS_INT, .offset = AT(seed), .word = "N", .min = 0, .max = INT64_MAX, .help = "of stoker.random and sleep(a, b)" },
	{ .name = "rps", .type = STK_OPTS_INT, .offset = AT(rps), .word = "N", .min = 0, .max = STK_PLAN_RPS_MAX, .help = "most requests per second of this process; 0 for no limit" },
	{ .name = "execution-segment", .type = STK_OPTS_TEXT, .offset = AT(segment), .word = "A:B", .help = "run only this part of the plan, such as 1/3:2/3" },
	{ .name = "execution-segment-sequence", .type = STK_OPTS_TEXT, .offset = AT(segment_sequence), .word = "LIST", .help = "the borders of all parts: 0,1/3,2/3,1" },
	{ .name = "workers", .type = STK_OPTS_INT, .offset = AT(workers), .word = "N", .min = 1, .max = 256, .help = "threads of the engine", .standard = "by the processors" },
	{ .name = "min-iteration-duration", .type = STK_OPTS_DURATION, .offset = AT(min_iteration_ns), .word = "TIME", .help = "a virtual user rests until that long after it began an iteration" },
	{ .name = "system-tags", .type = STK_OPTS_TEXT, .offset = AT(system_tags), .word = "LIST", .help = "tags that samples carry, such as status,name,scenario", .standard = "k6's" },
	{ .name = "no-setup", .type = STK_OPTS_FLAG, .offset = AT(no_setup), .help = "leave setup out" },
	{ .name = "no-teardown", .type = STK_OPTS_FLAG, .offset = AT(no_teardown), .help = "leave teardown out" },
	{ .name = "no-thresholds", .type = STK_OPTS_FLAG, .offset = AT(no_thresholds), .help = "leave the script's thresholds out" },
	{ .name = "out", .letter = 'o', .type = STK_OPTS_LIST, .offset = AT(outs), .word = "KIND=ARG", .help = "send samples while it runs (docs/outputs.md); repeat for more" },
	{ .name = "grafana", .type = STK_OPTS_TEXT, .offset = AT(grafana), .word = "URL", .help = "mark the run there; token in GRAFANA_TOKEN" },
	{ .name = "summary-export", .type = STK_OPTS_TEXT, .offset = AT(summary_export), .word = "FILE", .help = "write the end as k6's JSON" },
	{ .name = "summary-trend-stats", .type = STK_OPTS_TEXT, .offset = AT(trend_stats), .word = "LIST", .help = "columns of trends", .standard = "avg,min,med,max,p(90),p(95)" },
	{ .name = "junit", .type = STK_OPTS_TEXT, .offset = AT(junit), .word = "FILE", .help = "write thresholds and checks as JUnit XML" },
	{ .name = "summary", .type = STK_OPTS_CHOICE, .offset = AT(summary), .word = "HOW", .values = "compact|full", .help = "how much the end shows", .standard = "compact" },
	{ .name = "format", .type = STK_OPTS_CHOICE, .offset = AT(format), .word = "FORMAT", .values = "text|json", .help = "of the result on stdout", .standard = "text" },
	{ .name = "strict", .type = STK_OPTS_FLAG, .offset = AT(strict), .help = "a threshold whose metric has no value is crossed" },
	{ .name = "quiet", .letter = 'q', .type = STK_OPTS_FLAG, .offset = AT(quiet), .help = "no progress" },
	{ .name = NULL, .instead = stk_plan_k6_instead },
};
/* clang-format on */

static int run(struct stk_env *env, int argc, char **argv)
{
	struct stk_load_settings settings = {.vus = STK_UNSET,
		.iterations = STK_UNSET,
		.duration_ns = STK_UNSET,
		.max_vus = STK_UNSET,
		.rps = STK_UNSET,
		.min_iteration_ns = STK_UNSET,
		.seed = STK_UNSET,
		.format = "text",
		.summary = "compact"};
	struct stk_opts_args args = {STK_VEC_INIT};
	struct stk_err err = STK_ERR_INIT;
	int code = stk_opts_read(env, &stk_cmd_load, argc, argv, &settings, &args);

	if (code < 0 && args.items.len != 1) {
		stk_err_set(
			&err, STK_E_INVAL, "one load script is wanted, not %zu", args.items.len);
		stk_err_hint(&err, "stoker load SCRIPT.lua   (see: stoker load --help)");
		code = stk_opts_fail(env, &err);
	}
	if (code < 0)
		code = stk_load_run(env, args.items.items[0], &settings);
	stk_opts_release(rows, &settings, &args);
	return code;
}

const struct stk_command stk_cmd_load = {
	.name = "load",
	.summary = "run a load script and show what it measured",
	.synopsis = "[options] SCRIPT",
	.about = "Runs the virtual users of a load script (docs/lua-api.md) against its target. "
		 "SCRIPT "
		 "may be - for standard input.\n\n"
		 "-u, -d, -i, -s and --rate replace the script's scenarios, as in k6. The summary "
		 "goes "
		 "to stdout, everything else to stderr. Interrupted once, running iterations may "
		 "end "
		 "and teardown runs; interrupted twice, everything stops.",
	.examples = "stoker load shop.lua  # as the script says\n"
		    "stoker load -u 50 -d 3m shop.lua  # 50 virtual users for three minutes\n"
		    "stoker load --rate 200/s -d 1m shop.lua  # 200 iterations per second\n"
		    "stoker load -o json=samples.ndjson.gz shop.lua  # with every sample\n"
		    "stoker load -e BASE_URL=http://127.0.0.1:8080 shop.lua  # with a variable",
	.options = rows,
	.run = run,
};
