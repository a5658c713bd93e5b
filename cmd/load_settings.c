/* load_settings: "30s:100", "name=text" and "200/s" taken apart. */
#include "cmd/load_settings.h"

#include <math.h>
#include <stdlib.h>

#include "core/base/units.h"

static int bad(struct stk_err *err, const char *option, const char *text, const char *wanted)
{
	stk_err_set(err, STK_E_INVAL, "%s '%s'", option, text);
	stk_err_hint(err, "it is written %s", wanted);
	return STK_E_INVAL;
}

static int read_stage(struct stk_load_changes *out, const char *text, struct stk_err *err)
{
	struct stk_str whole = stk_str_of(text);
	ptrdiff_t colon = stk_str_find_byte(whole, ':');
	struct stk_stage stage;

	if (colon < 0 ||
		stk_units_parse_duration(
			stk_str_sub(whole, 0, (size_t)colon), &stage.duration_ns, NULL) < 0 ||
		stk_str_to_i64(stk_str_skip(whole, (size_t)colon + 1), &stage.target, NULL) < 0 ||
		stage.target < 0 || stage.target > STK_PLAN_VUS_MAX)
		return bad(err, "--stage", text, "TIME:N, such as 30s:100");
	stk_vec_push(&out->shortcuts.stages, stage);
	return 0;
}

static int read_tag(struct stk_load_changes *out, const char *text, struct stk_err *err)
{
	struct stk_str whole = stk_str_of(text);
	ptrdiff_t at = stk_str_find_byte(whole, '=');

	if (at <= 0)
		return bad(err, "--tag", text, "NAME=TEXT");
	struct stk_tag tag = {stk_arena_str(&out->arena, stk_str_sub(whole, 0, (size_t)at)),
		stk_arena_str(&out->arena, stk_str_skip(whole, (size_t)at + 1))};
	stk_vec_push(&out->tags, tag);
	return 0;
}

static int read_rate(struct stk_load_changes *out, const char *text, struct stk_err *err)
{
	struct stk_scenario scenario = {0};
	int64_t unit_ns;
	double events;

	if (stk_units_parse_rate(stk_str_of(text), &events, &unit_ns, NULL) < 0 ||
		stk_scenario_set_rate(&scenario, events, unit_ns, NULL) < 0)
		return bad(err, "--rate", text, "200, 200/s or 3000/m");
	out->shortcuts.rate = scenario.rate;
	out->shortcuts.rate_unit_ns = scenario.time_unit_ns;
	return 0;
}

int stk_load_changes_read(
	const struct stk_load_settings *settings, struct stk_load_changes *out, struct stk_err *err)
{
	int rc = 0;

	stk_shortcuts_init(&out->shortcuts);
	out->shortcuts.vus = settings->vus;
	out->shortcuts.iterations = settings->iterations;
	out->shortcuts.duration_ns = settings->duration_ns;
	out->shortcuts.max_vus = settings->max_vus;
	for (size_t i = 0; rc == 0 && i < settings->stages.texts.len; i++)
		rc = read_stage(out, settings->stages.texts.items[i], err);
	for (size_t i = 0; rc == 0 && i < settings->tags.texts.len; i++)
		rc = read_tag(out, settings->tags.texts.items[i], err);
	if (rc == 0 && settings->system_tags &&
		stk_system_tags_parse(settings->system_tags, &out->system_tags, err) < 0)
		rc = stk_err_wrap(err, "--system-tags");
	if (rc == 0 && settings->rate)
		rc = read_rate(out, settings->rate, err);
	return rc;
}

void stk_load_changes_release(struct stk_load_changes *changes)
{
	stk_vec_release(&changes->shortcuts.stages);
	stk_vec_release(&changes->tags);
	stk_arena_release(&changes->arena);
}
