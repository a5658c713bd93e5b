/* check_profiles: what the profiles of a check's load say: where from, how long, how fine, labels.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/units.h"
#include "core/flow/check_priv.h"
#include "core/flow/drive_priv.h"
#include "core/flow/slices.h"
#include "core/profile/labels.h"
#include "core/profile/profile.h"
#include "core/pyroscope/types.h"

/* What the baggage header becomes in a profile (reference pyroscope 6.2). */
#define RUN_LABEL    "k6_test_run_id"
#define LABEL_PREFIX "k6_"

/* Overlap with the load that samples per second are told from. */
#define OVERLAP_MIN_S 3.0

/* --- which, from where, how long -------------------------------------------------------------- */

static void add_origin(const struct stk_checking *checking, struct stk_buf *text)
{
	const struct stk_session_side *head = &checking->session.sides[STK_SIDE_HEAD];
	const struct stk_source_spec *source = &checking->workflow.source;
	const char *agent = checking->run.sides[STK_SIDE_HEAD].agent;

	if (source->kind == STK_SOURCE_PYROSCOPE)
		stk_buf_addf(text, "%s %s", source->url, head->selector);
	else if (source->kind == STK_SOURCE_FILES)
		stk_buf_add_text(text, "files");
	else if (head->spec->profile.via == STK_VIA_SCRAPE)
		stk_buf_addf(text, "scrape %s",
			head->spec->profile.path ? head->spec->profile.path : "/debug/pprof");
	else
		stk_buf_addf(text, "pushed by %s", agent ? agent : "the service");
}

static int64_t slice_of(const struct stk_session_type *type)
{
	int64_t base = type->info[STK_SIDE_BASE].interval_ns;
	int64_t head = type->info[STK_SIDE_HEAD].interval_ns;

	return base > head ? base : head;
}

static void say_types(struct stk_checking *checking)
{
	const struct stk_session *session = &checking->session;
	int64_t longest = stk_slices_longest_ns(session);
	struct stk_buf text = STK_BUF_EMPTY;

	add_origin(checking, &text);
	for (size_t i = 0; i < session->types.len; i++) {
		int64_t slice_ns = slice_of(&session->types.items[i]);

		stk_buf_addf(&text, "%s%s", i ? ", " : ": ", session->types.items[i].asked);
		if (slice_ns == longest)
			continue;
		stk_buf_add_text(&text, " (");
		stk_units_format_duration(&text, slice_ns);
		stk_buf_add_text(&text, ")");
	}
	if (longest > 0) {
		stk_buf_add_text(&text, " · slices of ");
		stk_units_format_duration(&text, longest);
	}
	checking->check->seen.slice_ns = longest;
	stk_checking_say(checking, STK_CHECK_OK, "profiles", "%s", text.ptr);
	stk_buf_release(&text);
}

/* --- what is in them -------------------------------------------------------------------------- */

static void tell_waiting(const char *what_for, void *ctx)
{
	struct stk_checking *checking = ctx;

	stk_session_line(&checking->session,
		&(struct stk_flow_line){.label = "slices", .fraction = -1, .detail = what_for});
}

/* The slices of a type that have some of the load in them; waits for the last one. */
static int fetch(struct stk_checking *checking, const struct stk_session_type *type,
	struct stk_source_slices *out, struct stk_err *err)
{
	const struct stk_source_info *info = &type->info[STK_SIDE_HEAD];
	struct stk_source *source = checking->session.sides[STK_SIDE_HEAD].source;
	struct stk_source_waiting waiting = {
		tell_waiting, checking, checking->flow.env->interrupts, 0};
	struct stk_source_query query = {.type_id = type->type_id,
		.selector = checking->session.sides[STK_SIDE_HEAD].selector,
		.from_ns = checking->load_start_ns - info->interval_ns,
		.to_ns = checking->load_end_ns + 2 * info->interval_ns};
	int rc = stk_source_wait(source, &query, info, checking->load_end_ns, &waiting, err);

	return rc < 0 ? rc : stk_source_fetch(source, &query, info, out, err);
}

static double overlap_s(const struct stk_checking *checking, const struct stk_source_slice *slice)
{
	int64_t from = slice->start_ns > checking->load_start_ns ? slice->start_ns
								 : checking->load_start_ns;
	int64_t to = slice->end_ns < checking->load_end_ns ? slice->end_ns : checking->load_end_ns;

	return to > from ? (double)(to - from) / 1e9 : 0;
}

/* Functions that have a share worth a test. */
static double count_functions(const struct stk_profile *profile, size_t type)
{
	struct stk_function_sum *sums = stk_profile_sums(profile, type);
	double least = STK_CHECK_SHARE_TESTED * (double)stk_profile_total(profile, type);
	double count = 0;

	for (size_t i = 0; i < profile->functions.len; i++)
		count += sums[i].self > 0 && (double)sums[i].self >= least;
	free(sums);
	return count;
}

static bool has_label(const struct stk_profile *profile)
{
	for (size_t i = 0; i < profile->labels.len; i++) {
		struct stk_str key = stk_profile_string(profile, profile->labels.items[i].key);

		if (stk_str_starts(key, LABEL_PREFIX))
			return true;
	}
	return false;
}

/* Samples of time: the first type that has a period in ns. Several instances add up. */
static void measure(struct stk_checking *checking, const struct stk_session_type *type,
	const struct stk_source_slices *slices)
{
	struct stk_check_seen *seen = &checking->check->seen;
	double samples = 0, seconds = 0, most = 0;
	const char *instance = NULL;

	for (size_t i = 0; i < slices->len; i++) {
		const struct stk_source_slice *slice = &slices->items[i];
		double inside_s = overlap_s(checking, slice);
		double total = (double)stk_profile_total(slice->profile, slice->sample_type);

		seen->labelled = seen->labelled || has_label(slice->profile);
		if (inside_s <= 0 || slice->profile->period <= 0)
			continue;
		seen->hz = 1e9 / (double)slice->profile->period;
		samples += total / (double)slice->profile->period;
		if (!instance)
			instance = slice->instance;
		seconds += strcmp(instance, slice->instance) == 0 ? inside_s : 0;
		if (total >= most)
			seen->functions = count_functions(slice->profile, slice->sample_type);
		most = fmax(most, total);
	}
	checking->cpu_asked = type->asked;
	seen->cpu_type = stk_arena_dup(&checking->check->arena, type->type_id);
	if (seconds >= OVERLAP_MIN_S)
		seen->samples_per_s = samples / seconds;
	else if (!isnan(seen->cores) && !isnan(seen->hz))
		seen->samples_per_s = seen->cores * seen->hz;
}

static bool is_time(const struct stk_session_type *type)
{
	struct stk_types_id id;

	return stk_types_parse(stk_str_of(type->type_id), &id, NULL) == 0 &&
	       stk_str_is(id.sample_unit, "nanoseconds") &&
	       stk_str_is(id.period_unit, "nanoseconds");
}

/* --- labels ----------------------------------------------------------------------------------- */

/* Stores keep labels in their series: is there one of this run? */
static int find_series(struct stk_checking *checking, struct stk_err *err)
{
	struct stk_session_side *head = &checking->session.sides[STK_SIDE_HEAD];
	struct stk_label label = {STK_STR(RUN_LABEL), stk_str_of(checking->run.id)};
	struct stk_source_names names = {0};
	struct stk_buf selector = STK_BUF_EMPTY;
	struct stk_source_query query = {
		.from_ns = checking->load_start_ns - stk_slices_longest_ns(&checking->session),
		.to_ns = stk_clock_wall(checking->session.clock)};
	int rc;

	stk_selector_narrow(&selector, stk_str_of(head->selector), &label);
	query.selector = selector.ptr;
	rc = stk_source_types(head->source, &query, &names, err);
	if (rc == 0 && names.len > 0)
		checking->check->seen.labelled = true;
	stk_source_names_release(&names);
	stk_buf_release(&selector);
	return rc;
}

static void say_labels(struct stk_checking *checking)
{
	static const struct stk_check_line none = {.state = STK_CHECK_WARN,
		.name = "baggage",
		.text = "the service does not label requests: no per-endpoint cuts",
		.hint = "docs/sources.md#labels says how it does"};

	if (checking->no_labels)
		return; /* labels = false */
	checking->check->seen.labels_known = true;
	if (checking->check->seen.labelled)
		stk_checking_say(checking, STK_CHECK_OK, "baggage",
			"the service labels requests by the baggage header");
	else
		stk_checking_add(checking, &none);
}

/* --- the whole -------------------------------------------------------------------------------- */

static int look_into(struct stk_checking *checking, struct stk_err *err)
{
	const struct stk_session *session = &checking->session;
	bool scraped = session->sides[STK_SIDE_HEAD].spec->profile.via == STK_VIA_SCRAPE;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < session->types.len; i++) {
		const struct stk_session_type *type = &session->types.items[i];
		struct stk_source_slices slices = STK_VEC_INIT;

		if (!is_time(type) || !isnan(checking->check->seen.hz))
			continue;
		rc = fetch(checking, type, &slices, err);
		if (rc == 0)
			measure(checking, type, &slices);
		stk_source_slices_release(&slices);
	}
	if (rc == 0 && !scraped && !checking->check->seen.labelled)
		rc = find_series(checking, err);
	return rc;
}

int stk_check_profiles(struct stk_checking *checking)
{
	struct stk_err err = STK_ERR_INIT;
	int rc;

	checking->step = "profiles";
	if (checking->session.types.len == 0) {
		stk_checking_say(checking, STK_CHECK_WARN, "profiles",
			"the workflow asks for none: profiles = { \"cpu\" }");
		return 0;
	}
	say_types(checking);
	if (checking->workflow.source.kind == STK_SOURCE_FILES || checking->load_end_ns == 0)
		return 0;
	rc = look_into(checking, &err);
	if (rc < 0 && rc != STK_E_ABORTED)
		stk_checking_fail(checking, "profiles", &err);
	else if (rc == 0 && checking->check->seen.requests > 0)
		say_labels(checking);
	return rc;
}
