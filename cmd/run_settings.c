/* run_settings: the command line of run laid over a workflow, or wrapped round a load script. */
#include <string.h>

#include "cmd/run_story.h"
#include "core/base/units.h"

/* "load/checkout.lua" -> "checkout". */
static const char *name_of(struct stk_workflow *workflow, const char *path)
{
	struct stk_str name = stk_str_of(path);
	ptrdiff_t slash = stk_str_rfind_byte(name, '/');

	if (slash >= 0)
		name = stk_str_skip(name, (size_t)slash + 1);
	ptrdiff_t dot = stk_str_rfind_byte(name, '.');
	if (dot > 0)
		name = stk_str_sub(name, 0, (size_t)dot);
	return stk_arena_str(&workflow->arena, stk_str_is(name, "-") ? STK_STR("stdin") : name);
}

static void set_service(struct stk_side_spec *side, const char *command, const char *ready)
{
	side->is_set = side->is_service = true;
	side->start.shell = command;
	side->title = NULL;
	if (ready)
		side->ready = ready;
}

static void set_target(struct stk_side_spec *side, const char *url)
{
	side->is_set = true;
	side->is_service = false;
	side->url = url;
}

static int both(const char *base, const char *head, const char *options, struct stk_err *err)
{
	if (!base == !head)
		return 0;
	stk_err_set(err, STK_E_INVAL, "one side is missing: %s go together", options);
	stk_err_hint(err, "a comparison has a base and a head");
	return STK_E_INVAL;
}

static int apply_sides(
	const struct stk_run_settings *settings, struct stk_workflow *workflow, struct stk_err *err)
{
	struct stk_side_spec *base = &workflow->sides[STK_SIDE_BASE];
	struct stk_side_spec *head = &workflow->sides[STK_SIDE_HEAD];
	int rc = both(settings->base_cmd, settings->head_cmd, "--base-cmd and --head-cmd", err);

	if (rc == 0)
		rc = both(settings->base_url, settings->head_url, "--base-url and --head-url", err);
	if (rc == 0 && settings->base_cmd && settings->base_url)
		rc = stk_err_set(err, STK_E_INVAL, "--base-cmd and --base-url exclude each other");
	if (rc < 0)
		return rc;
	if (settings->base_cmd || settings->base_url)
		workflow->from_git = false; /* both by hand now */
	if (settings->base_cmd) {
		set_service(base, settings->base_cmd, settings->ready);
		set_service(head, settings->head_cmd, settings->ready);
	} else if (settings->base_url) {
		set_target(base, settings->base_url);
		set_target(head, settings->head_url);
	}
	if (settings->base_cmd || settings->base_url)
		workflow->mode = STK_MODE_PAIRED;
	return 0;
}

/* --base, --head and --rebuild speak of a service that is built from git. */
static int apply_commits(
	const struct stk_run_settings *settings, struct stk_workflow *workflow, struct stk_err *err)
{
	bool any = settings->base || settings->head || settings->rebuild;

	if (any && !workflow->from_git && workflow->sides[STK_SIDE_HEAD].is_service &&
		!workflow->sides[STK_SIDE_BASE].is_set)
		stk_workflow_pair(workflow); /* a flow of its own, or mode = "idle" in the file */
	if (any && !workflow->from_git) {
		stk_err_set(err, STK_E_INVAL,
			"--base, --head and --rebuild are for a service that is built from git");
		stk_err_hint(
			err, "write a workflow with service = stoker.service { build, start }");
		return STK_E_INVAL;
	}
	if (settings->base) {
		workflow->base = settings->base;
		workflow->base_key = "--base";
	}
	workflow->head = settings->head;
	workflow->rebuild = settings->rebuild;
	return 0;
}

static int apply_mode(
	const struct stk_run_settings *settings, struct stk_workflow *workflow, struct stk_err *err)
{
	bool idle = settings->mode && strcmp(settings->mode, "idle") == 0;

	if (idle && (settings->base || settings->head))
		return stk_err_set(
			err, STK_E_INVAL, "--mode idle looks at one side: no --base and no --head");
	bool paired = settings->mode && strcmp(settings->mode, "paired") == 0;

	if (settings->mode && !paired)
		stk_workflow_unpair(workflow);
	else if (paired && workflow->sides[STK_SIDE_HEAD].is_service &&
		 !workflow->sides[STK_SIDE_BASE].is_set)
		stk_workflow_pair(workflow);
	if (settings->mode)
		workflow->mode = idle     ? STK_MODE_IDLE
				 : paired ? STK_MODE_PAIRED
					  : STK_MODE_BASELINE;
	if (workflow->mode != STK_MODE_PAIRED || workflow->sides[STK_SIDE_BASE].is_set)
		return 0;
	stk_err_set(err, STK_E_INVAL, "mode paired needs a base and a head");
	stk_err_hint(err, "give --base-cmd CMD --head-cmd CMD, or --base-url URL --head-url URL");
	return STK_E_INVAL;
}

/* NAME=TEXT into the workflow's arena; -1: it is not written so. */
static int read_pair(const char *written, struct stk_workflow *workflow, struct stk_pair_text *out)
{
	struct stk_str text = stk_str_of(written), name;

	if (!stk_str_cut(&text, '=', &name) || name.len == 0 || !text.ptr || text.len == 0)
		return -1;
	*out = (struct stk_pair_text){
		stk_arena_str(&workflow->arena, name), stk_arena_str(&workflow->arena, text)};
	return 0;
}

/* NAME=TEXT, in addition to those of the file. */
static int apply_labels(const struct stk_opts_list *list, struct stk_workflow *workflow, int side,
	struct stk_err *err)
{
	for (size_t i = 0; i < list->texts.len; i++) {
		struct stk_pair_text label;

		if (read_pair(list->texts.items[i], workflow, &label) < 0) {
			stk_err_set(err, STK_E_INVAL, "a label is NAME=TEXT, not '%s'",
				list->texts.items[i]);
			return STK_E_INVAL;
		}
		stk_vec_push(&workflow->sides[side].profile.labels, label);
	}
	return 0;
}

static int apply_source(
	const struct stk_run_settings *settings, struct stk_workflow *workflow, struct stk_err *err)
{
	struct stk_side_spec *head = &workflow->sides[STK_SIDE_HEAD];

	if (settings->pyroscope && settings->pprof)
		return stk_err_set(err, STK_E_INVAL, "--pyroscope and --pprof exclude each other");
	if (settings->pyroscope) {
		workflow->source.kind = STK_SOURCE_PYROSCOPE;
		workflow->source.url = settings->pyroscope;
	}
	if (settings->pprof && workflow->mode == STK_MODE_PAIRED) {
		stk_err_set(err, STK_E_INVAL, "--pprof names one service, a comparison has two");
		stk_err_hint(
			err, "write a workflow with profile = stoker.scrape { url } for each side");
		return STK_E_INVAL;
	}
	if (settings->pprof) {
		head->profile.via = STK_VIA_SCRAPE;
		head->profile.url = settings->pprof;
	}
	if (apply_labels(&settings->base_labels, workflow, STK_SIDE_BASE, err) < 0 ||
		apply_labels(&settings->head_labels, workflow, STK_SIDE_HEAD, err) < 0)
		return err->code;
	if (settings->service)
		for (int side = 0; side < STK_SIDES; side++)
			workflow->sides[side].profile.service = settings->service;
	return 0;
}

/* The command line's outputs replace those of the file; its tags are more. */
static int apply_outputs(
	const struct stk_run_settings *settings, struct stk_workflow *workflow, struct stk_err *err)
{
	if (settings->outs.texts.len > 0)
		workflow->out.len = 0;
	for (size_t i = 0; i < settings->outs.texts.len; i++)
		stk_vec_push(&workflow->out, settings->outs.texts.items[i]);
	for (size_t i = 0; i < settings->tags.texts.len; i++) {
		struct stk_pair_text tag;

		if (read_pair(settings->tags.texts.items[i], workflow, &tag) < 0) {
			stk_err_set(err, STK_E_INVAL, "a tag is NAME=TEXT, not '%s'",
				settings->tags.texts.items[i]);
			return STK_E_INVAL;
		}
		stk_vec_push(&workflow->tags, tag);
	}
	return 0;
}

static int apply_load(
	const struct stk_run_settings *settings, struct stk_workflow *workflow, struct stk_err *err)
{
	struct stk_load_spec *load = &workflow->load;

	if ((settings->rate || settings->scenario) && stk_load_is_program(load)) {
		stk_err_set(err, STK_E_INVAL,
			"--rate and --scenario are for load scripts in Lua, not for another "
			"program");
		stk_err_hint(err, "give --vus, or write constant-arrival-rate into the k6 script");
		return STK_E_INVAL;
	}
	if (settings->rate && stk_units_parse_rate(stk_str_of(settings->rate), &load->rate,
				      &load->rate_unit_ns, err) < 0) {
		stk_err_wrap(err, "--rate");
		err->code = STK_E_INVAL; /* the command line is wrong, not a format */
		return STK_E_INVAL;
	}
	if (settings->vus > 0)
		load->vus = settings->vus;
	if (settings->pairs > 0)
		load->pairs = settings->pairs;
	if (settings->block_ns > 0)
		load->block_ns = settings->block_ns;
	if (settings->warmup_ns >= 0)
		load->warmup_ns = settings->warmup_ns;
	if (settings->duration_ns > 0)
		load->duration_ns = settings->duration_ns;
	if (settings->profiles_timeout_ns > 0)
		workflow->profiles_timeout_ns = settings->profiles_timeout_ns;
	if (settings->idle_ns > 0)
		load->idle_ns = settings->idle_ns;
	if (settings->scenario)
		load->scenario = settings->scenario;
	if (settings->profiles.texts.len > 0)
		workflow->profiles.len = 0;
	for (size_t i = 0; i < settings->profiles.texts.len; i++)
		stk_vec_push(&workflow->profiles, settings->profiles.texts.items[i]);
	return 0;
}

int stk_run_settings_apply(const struct stk_run_settings *settings, const struct stk_script *script,
	struct stk_workflow *workflow, struct stk_err *err)
{
	const char *path = stk_script_path(script);
	bool is_load = stk_script_kind(script) == STK_SCRIPT_LOAD;
	int rc;

	if (path[0] == '@' && workflow->load.program.k6) {
		path = workflow->load.program.k6;
		workflow->dir = "."; /* the path is the command line's */
		workflow->mode = STK_MODE_IDLE;
		workflow->sides[STK_SIDE_HEAD].is_set = true;
	}
	if (!workflow->name)
		workflow->name = name_of(workflow, path);
	if (is_load) {
		workflow->mode = STK_MODE_IDLE;
		workflow->sides[STK_SIDE_HEAD].is_set = true; /* the script's own base_url */
		stk_vec_push(&workflow->profiles, "cpu");
		stk_vec_push(&workflow->profiles, "alloc_space");
	}
	rc = apply_sides(settings, workflow, err);
	if (rc == 0)
		rc = apply_commits(settings, workflow, err);
	if (rc == 0)
		rc = apply_mode(settings, workflow, err);
	if (rc == 0)
		rc = apply_source(settings, workflow, err);
	if (rc == 0)
		rc = apply_outputs(settings, workflow, err);
	return rc < 0 ? rc : apply_load(settings, workflow, err);
}

char *stk_run_command_line(int argc, char **argv)
{
	struct stk_buf line = STK_BUF_EMPTY;

	stk_buf_add_text(&line, "stoker");
	for (int i = 0; i < argc; i++) {
		bool plain = argv[i][0] && !strpbrk(argv[i], " \t\n\"'$\\;&|<>(){}*?");
		stk_buf_addf(&line, plain ? " %s" : " '%s'", argv[i]);
	}
	return stk_buf_take(&line, NULL);
}
