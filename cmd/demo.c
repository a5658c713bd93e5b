/* demo: the whole story on a built-in service, with known differences planted in its head. */
#include <stdlib.h>
#include <string.h>

#include "cmd/cmd.h"
#include "cmd/exit.h"
#include "cmd/run_story.h"
#include "core/base/rand.h"
#include "core/demo/check.h"
#include "core/demo/plants.h"
#include "core/demo/service.h"
#include "core/record/run_store.h"

extern const struct stk_command stk_cmd_demo;

struct demo_settings {
	const char *plant, *pyroscope, *runs, *rate;
	int64_t seed, pairs;
	bool quiet;
};

#define AT(member) offsetof(struct demo_settings, member)
/* clang-format off */
static const struct stk_opts_row rows[] = {
	{ .name = "plant", .type = STK_OPTS_CHOICE, .offset = AT(plant), .word = "WHAT", .values = "fixed|random|none", .help = "differences planted in the head", .standard = "fixed" },
	{ .name = "seed", .type = STK_OPTS_INT, .offset = AT(seed), .word = "N", .min = 0, .max = INT64_MAX, .help = "which one --plant random draws", .standard = "from the clock" },
	{ .name = "pyroscope", .type = STK_OPTS_TEXT, .offset = AT(pyroscope), .word = "URL", .help = "send and read the profiles through this Pyroscope" },
	{ .name = "rate", .type = STK_OPTS_TEXT, .offset = AT(rate), .word = "RATE", .help = "requests", .standard = "400/s, less where the machine is slow" },
	{ .name = "pairs", .type = STK_OPTS_INT, .offset = AT(pairs), .word = "N", .min = 1, .max = 100, .help = "pairs of blocks", .standard = "6" },
	{ .name = "runs", .type = STK_OPTS_TEXT, .offset = AT(runs), .word = "DIR", .help = "where records are kept", .standard = STK_RUN_STORE_ROOT },
	{ .name = "quiet", .letter = 'q', .type = STK_OPTS_FLAG, .offset = AT(quiet), .help = "no progress" },
	{ .name = NULL },
};
/* clang-format on */

/* What was planted, what is said at the start, and what came of it. */
struct demo {
	const struct demo_settings *settings;
	struct stk_demo_plants plants;
	int64_t rate, cost_ns; /* chosen load, CPU time of a request; 0 = the rate was given */
	char *base;            /* "shop 1.0 (base) on :41801", until the head is up too */
	bool drawn_said;
	struct stk_demo_check check;
};

/* A shop serves one request at a time: at most RATE_MOST a second, and no more of its core than
 * BUSY_MOST, so that requests hardly wait for each other. */
#define RATE_MOST  400
#define RATE_LEAST 10
#define BUSY_MOST  0.65
#define MEASURE_NS (200 * STK_NS_PER_MS)

static int choose_rate(struct demo *demo, struct stk_err *err)
{
	double most;
	int rc = stk_demo_service_measure(MEASURE_NS, &demo->cost_ns, err);

	if (rc < 0)
		return rc;
	most = BUSY_MOST * (double)STK_NS_PER_S / (double)demo->cost_ns;
	demo->rate = most >= RATE_MOST ? RATE_MOST : (int64_t)most / 10 * 10;
	if (demo->rate < RATE_LEAST)
		demo->rate = RATE_LEAST;
	return 0;
}

/* What --plant random drew, so that anybody can have it again. */
static void say_drawn(struct stk_env *env, struct demo *demo)
{
	const struct stk_demo_plant *plant = demo->plants.items;

	if (demo->drawn_said || strcmp(demo->settings->plant, "random") != 0)
		return;
	demo->drawn_said = true;
	fprintf(env->out, "Drawn       %s %s %+.0f %%   (--plant random --seed %lld)\n",
		plant->function, plant->kind == STK_DEMO_CPU ? "CPU" : "memory", plant->size * 100,
		(long long)demo->settings->seed);
}

static void check_run(struct stk_env *env, const struct stk_run *run, void *ctx)
{
	struct demo *demo = ctx;
	struct stk_buf text = STK_BUF_EMPTY;

	say_drawn(env, demo);
	stk_demo_check_format(run, &demo->plants, &text);
	fprintf(env->out, "Demo check  %s\n", text.ptr);
	demo->check = stk_demo_check(run, &demo->plants);
	stk_buf_release(&text);
}

/* The inner verdict is a regression as it should be: what counts is whether it is right. */
static int code_of(const struct demo *demo, int code)
{
	if (code != STK_EXIT_OK && code != STK_EXIT_REGRESSION)
		return code;
	if (demo->check.wrong > 0 || (demo->check.judged && !demo->check.ok))
		return STK_EXIT_FAULT;
	return demo->check.judged ? STK_EXIT_OK : STK_EXIT_INCONCLUSIVE;
}

static const char *planted_text(const char *plant)
{
	static const struct {
		const char *plant, *text;
	} words[] = {
		{"fixed",
			"one function dearer in CPU, one in memory, one only renamed. Let us see."},
		{"random", "one function of ten, drawn by the seed. Let us see."},
		{"none", "nothing at all: nothing should be found. Let us see."},
	};

	for (size_t i = 0; i < STK_ARRAY_LEN(words); i++)
		if (strcmp(words[i].plant, plant) == 0)
			return words[i].text;
	return "";
}

/* Port of "http://127.0.0.1:41801". */
static const char *port_of(const char *url)
{
	const char *colon = url ? strrchr(url, ':') : NULL;

	return colon ? colon : "";
}

static const char *without_scheme(const char *url)
{
	const char *slashes = url ? strstr(url, "://") : NULL;

	return slashes ? slashes + 3 : url ? url : "?";
}

/* Once both shops are up: where they are, and what to expect. */
static void say_up(struct stk_env *env, const struct stk_flow_side *side, void *ctx)
{
	struct demo *demo = ctx;

	if (demo->settings->quiet)
		return;
	if (side->side == STK_SIDE_BASE) {
		free(demo->base);
		demo->base = stk_xasprintf("%s (base) on %s", side->title, port_of(side->url));
		return;
	}
	fprintf(env->err, "demo    %s, %s (head) on %s, profiles to %s\n",
		demo->base ? demo->base : "", side->title, port_of(side->url),
		without_scheme(side->push_url));
	if (demo->rate > 0 && demo->rate < RATE_MOST)
		fprintf(env->err,
			"        load: %lld req/s, because a request costs %.1f ms of CPU here\n",
			(long long)demo->rate, (double)demo->cost_ns / 1e6);
	fprintf(env->err, "        planted in head: %s\n\n", planted_text(demo->settings->plant));
	fflush(env->err);
}

static void add_var(struct stk_run_settings *run, char **texts, size_t at)
{
	stk_vec_push(&run->vars.texts, texts[at]);
}

static int run_demo(struct stk_env *env, struct demo *demo, const char *command)
{
	const struct demo_settings *settings = demo->settings;
	struct stk_run_settings run = {.warmup_ns = -1,
		.runs = settings->runs,
		.quiet = settings->quiet,
		.pairs = settings->pairs};
	struct stk_run_story story = {.path = "@demo/workflow.lua",
		.command = command,
		.settings = &run,
		.up = say_up,
		.after = check_run,
		.ctx = demo};
	char *texts[] = {stk_xasprintf("DEMO_EXE=%s", env->exe),
		stk_xasprintf("DEMO_PLANT=%s", settings->plant),
		stk_xasprintf("DEMO_SEED=%lld", (long long)settings->seed),
		demo->rate > 0 ? stk_xasprintf("DEMO_RATE=%lld/s", (long long)demo->rate)
			       : stk_xasprintf("DEMO_RATE=%s", settings->rate),
		stk_xasprintf("DEMO_RUN=%llx", (unsigned long long)stk_rand_system()),
		settings->pyroscope ? stk_xasprintf("DEMO_PYROSCOPE=%s", settings->pyroscope)
				    : NULL};
	int code;

	for (size_t i = 0; i < STK_ARRAY_LEN(texts); i++)
		if (texts[i])
			add_var(&run, texts, i);
	code = stk_run_story(env, &story);
	for (size_t i = 0; i < STK_ARRAY_LEN(texts); i++)
		free(texts[i]);
	stk_vec_release(&run.vars.texts);
	return code;
}

/* After a demo that was right: where to go from here. */
static void say_next(struct stk_env *env, const char *plant)
{
	fputs("next        stoker init                  write a workflow for your service\n",
		env->out);
	fputs(strcmp(plant, "none") == 0 ? "            stoker demo                  the same with "
					   "something to find\n"
					 : "            stoker demo --plant none     the same with "
					   "nothing planted: it "
					   "should find nothing\n",
		env->out);
}

static int run(struct stk_env *env, int argc, char **argv)
{
	struct demo_settings settings = {.plant = "fixed", .runs = STK_RUN_STORE_ROOT, .seed = -1};
	struct demo demo = {.settings = &settings};
	enum stk_demo_planting planting;
	int code = stk_opts_read(env, &stk_cmd_demo, argc, argv, &settings, NULL);
	struct stk_err err = STK_ERR_INIT;

	if (code >= 0)
		goto out;
	if (settings.seed < 0)
		settings.seed = (int64_t)(stk_rand_system() >> 40);
	if (stk_demo_planting_parse(stk_str_of(settings.plant), &planting, &err) < 0) {
		code = stk_opts_fail(env, &err);
		goto out;
	}
	if (!settings.rate && choose_rate(&demo, &err) < 0) {
		code = stk_opts_fail(env, &err);
		goto out;
	}
	stk_demo_plants(planting, (uint64_t)settings.seed, &demo.plants);
	char *command = stk_run_command_line(argc, argv);
	code = run_demo(env, &demo, command);
	free(command);
	say_drawn(env, &demo);
	code = code_of(&demo, code);
	if (code == STK_EXIT_OK)
		say_next(env, settings.plant);
out:
	free(demo.base);
	stk_opts_release(rows, &settings, NULL);
	return code;
}

const struct stk_command stk_cmd_demo = {
	.name = "demo",
	.summary = "the whole story on a built-in service, in three minutes",
	.synopsis = "[options]",
	.about =
		"Starts two builds of a small shop, one with differences planted in it, drives the "
		"same load at both in turn, reads their profiles and reports. The last line says "
		"whether the report is right: it exits 0 if every planted function was found and "
		"nothing else accused, 1 if not, and 11 if the machine was too busy to tell.",
	.examples = "stoker demo  # one function dearer in CPU, one in memory, one renamed\n"
		    "stoker demo --plant none  # the same with nothing planted: it should find "
		    "nothing\n"
		    "stoker demo --plant random --seed 7  # one of ten functions, drawn",
	.options = rows,
	.run = run,
};
