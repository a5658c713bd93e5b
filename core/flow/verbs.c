/* verbs: what a flow's Lua asks for, done by the session. */
#include "core/flow/verbs.h"

#include <string.h>

#include "core/base/units.h"
#include "core/flow/blocks.h"
#include "core/flow/compare.h"
#include "core/flow/drive.h"
#include "core/flow/kept.h"
#include "core/flow/slices.h"
#include "core/profile/profile.h"

/* Two slices of the usual agents and some time for the last one to arrive: what has not come
 * without load by then will not come. */
#define IDLE_WAIT_NS (45 * STK_NS_PER_S)

static int verb_slices(int count, int64_t *ns_out, void *ctx, struct stk_err *err)
{
	struct stk_session *session = ctx;
	int64_t start = stk_clock_mono(session->clock);
	int64_t limit = start + session->workflow->profiles_timeout_ns;
	int64_t settle_at = start + IDLE_WAIT_NS;
	const char *missing = NULL;
	int rc;

	while ((rc = stk_slices_discover(session, &missing, err)) == 0) {
		if (stk_session_interrupts(session) > 0)
			return stk_err_set(err, STK_E_ABORTED, "interrupted");
		if (stk_clock_mono(session->clock) >= limit)
			break;
		if (stk_clock_mono(session->clock) >= settle_at) {
			rc = stk_slices_settle(session, IDLE_WAIT_NS, err);
			if (rc != 0)
				break;
			settle_at = INT64_MAX;
		}
		stk_session_line(
			session, &(struct stk_flow_line){
					 .label = "slices", .fraction = -1, .detail = missing});
		stk_clock_sleep_until(
			session->clock, stk_clock_mono(session->clock) + 250 * STK_NS_PER_MS);
	}
	if (rc < 0)
		return rc;
	if (stk_slices_longest_ns(session) == 0)
		return stk_slices_refuse_missing(
			session, stk_clock_mono(session->clock) - start, missing, err);
	*ns_out = (count + 1) * stk_slices_longest_ns(session); /* one is cut by the borders */
	return 0;
}

static int verb_window(const char *name, int64_t ns, size_t *out, void *ctx, struct stk_err *err)
{
	return stk_drive_wait(ctx, name, ns, out, err);
}

static int verb_load(const char *name, const struct stk_load_spec *spec, size_t *out, void *ctx,
	struct stk_err *err)
{
	return stk_drive_load(ctx, name, spec, out, err);
}

static int verb_abba(const struct stk_load_spec *spec, struct stk_abba_result *out, void *ctx,
	struct stk_err *err)
{
	struct stk_session *session = ctx;

	if (!stk_session_has_side(session, STK_SIDE_BASE) ||
		!stk_session_has_side(session, STK_SIDE_HEAD)) {
		stk_err_set(err, STK_E_SCRIPT, "abba needs a base and a head");
		stk_err_hint(err, "give sides = { base = ..., head = ... }");
		return STK_E_SCRIPT;
	}
	return stk_drive_abba(session, spec, out, err);
}

static int verb_compare(
	const char *profile, size_t base, size_t head, size_t *out, void *ctx, struct stk_err *err)
{
	if (base == STK_KEPT_BASE && head < STK_KEPT_BASE)
		return stk_session_compare_kept(ctx, profile, head, out, err);
	if (base != STK_ALL_BLOCKS || head != STK_ALL_BLOCKS)
		return stk_err_set(err, STK_E_SCRIPT,
			"compare wants the base and head that abba gave: windows one after the "
			"other cannot be judged without calibration");
	return stk_session_compare(ctx, profile, out, err);
}

static int verb_hotspots(
	const char *profile, size_t idle, size_t load, size_t *out, void *ctx, struct stk_err *err)
{
	const size_t windows[2] = {idle, load};

	return stk_session_hotspots(ctx, profile, windows, out, err);
}

static bool is_pulled(const struct stk_session *session, const struct stk_slice *slice,
	const struct stk_pull_query *query)
{
	if (slice->side != query->side)
		return false;
	if (query->window == STK_ALL_BLOCKS)
		return slice->counted;
	return stk_blocks_in_window(slice, &session->run->windows.items[query->window]);
}

/* A sample that has every label asked for. */
static bool has_labels(const struct stk_profile *from, size_t sample, void *ctx)
{
	const struct stk_pairs_text *labels = ctx;

	for (size_t i = 0; i < labels->len; i++) {
		struct stk_str text =
			stk_profile_sample_label(from, sample, stk_str_of(labels->items[i].name));
		if (!stk_str_is(text, labels->items[i].value))
			return false;
	}
	return true;
}

/* What is left when only some samples were taken. */
static void count_taken(struct stk_pulled *out)
{
	out->total = stk_profile_total(out->profile, 0);
	out->samples = out->profile->period > 0 ? out->total / out->profile->period : 0;
}

static int verb_pull(
	const struct stk_pull_query *query, struct stk_pulled *out, void *ctx, struct stk_err *err)
{
	struct stk_session *session = ctx;
	struct stk_merge_opts opts = STK_MERGE_OPTS_ALL;
	struct stk_merger *merger;
	struct stk_session_type *type;
	int rc = stk_slices_collect(session, query->profile, err);

	if (rc < 0)
		return rc;
	type = stk_slices_type(session, query->profile);
	if (query->labels.len > 0) {
		opts.keep = has_labels;
		opts.ctx = (void *)&query->labels;
	}
	merger = stk_merger_new();
	for (size_t i = 0; rc == 0 && i < session->profiles.len; i++) {
		const struct stk_session_profile *kept = &session->profiles.items[i];
		const struct stk_slice *slice = &session->run->slices.items[kept->slice];

		if (strcmp(slice->type_id, type->type_id) != 0 || !is_pulled(session, slice, query))
			continue;
		opts.type = (int)kept->sample_type;
		rc = stk_merger_add(merger, kept->profile, &opts, err);
		out->slices++;
		out->total += slice->total;
		out->samples += slice->samples;
	}
	if (rc == 0)
		out->profile = stk_merger_take(merger);
	if (out->profile && query->labels.len > 0)
		count_taken(out);
	if (rc == 0 && !out->profile)
		rc = stk_err_set(
			err, STK_E_NOT_FOUND, "no slice of %s lies in that window", query->profile);
	stk_merger_free(merger);
	return rc;
}

static int verb_baseline(const char *rev, void *ctx, struct stk_err *err)
{
	return stk_session_find_baseline(ctx, rev, err);
}

static int verb_save_baseline(
	size_t window, const char **revision_out, void *ctx, struct stk_err *err)
{
	return stk_session_save_baseline(ctx, window, revision_out, err);
}

static int verb_start(int side, void *ctx, struct stk_err *err)
{
	return stk_session_start_side(ctx, side, err);
}

static int verb_stop(int side, void *ctx, struct stk_err *err)
{
	return stk_session_stop_side(ctx, side, err);
}

struct stk_verbs stk_session_verbs(struct stk_session *session)
{
	return (struct stk_verbs){.run = session->run,
		.workflow = session->workflow,
		.slices = verb_slices,
		.window = verb_window,
		.load = verb_load,
		.abba = verb_abba,
		.pull = verb_pull,
		.hotspots = verb_hotspots,
		.compare = verb_compare,
		.baseline = verb_baseline,
		.save_baseline = verb_save_baseline,
		.start = verb_start,
		.stop = verb_stop,
		.ctx = session};
}
