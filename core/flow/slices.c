/* slices: from what the source has to slices in the record: discover, wait, fetch. */
#include "core/flow/slices.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/units.h"
#include "core/flow/blocks.h"
#include "core/profile/pprof.h"
#include "core/pyroscope/types.h"
#include "core/record/run_store.h"
#include "core/source/gaps.h"
#include "core/source/source.h"

/* How far back the points that show an agent's grid may lie. */
#define LOOK_BACK_NS (10 * 60 * STK_NS_PER_S)
/* And those of one that has been idle since: what it sent before tells its grid as well. */
#define LOOK_FAR_BACK_NS (24 * 3600 * STK_NS_PER_S)

struct stk_session_type *stk_slices_type(struct stk_session *session, const char *asked)
{
	struct stk_session_type *type;

	for (size_t i = 0; i < session->types.len; i++)
		if (strcmp(session->types.items[i].asked, asked) == 0)
			return &session->types.items[i];
	type = stk_vec_push_new(&session->types);
	type->asked = stk_run_text(session->run, asked);
	return type;
}

static struct stk_source_query query_since(
	const struct stk_session *session, int side, const char *type_id, int64_t look_back_ns)
{
	int64_t now = stk_clock_wall(session->clock);

	return (struct stk_source_query){.type_id = type_id,
		.selector = session->sides[side].selector,
		.from_ns = now - look_back_ns,
		.to_ns = now + STK_NS_PER_S};
}

static struct stk_source_query query_for(
	const struct stk_session *session, int side, const char *type_id)
{
	return query_since(session, side, type_id, LOOK_BACK_NS);
}

/* The full id that `asked` means on this side: 1 found, 0 not there yet. */
static int find_type(struct stk_session *session, struct stk_session_type *type, int side,
	int64_t look_back_ns, struct stk_err *err)
{
	struct stk_source_query query = query_since(session, side, NULL, look_back_ns);
	STK_VEC(struct stk_str) ids = STK_VEC_INIT;
	struct stk_source_names names = {0};
	ptrdiff_t found = -1;
	int rc = stk_source_types(session->sides[side].source, &query, &names, err);

	for (size_t i = 0; rc == 0 && i < names.len; i++)
		stk_vec_push(&ids, stk_str_of(names.items[i]));
	if (rc == 0)
		found = stk_types_find(stk_str_of(type->asked), ids.items, ids.len);
	if (found >= 0) {
		free(type->type_id);
		type->type_id = stk_xstrdup(names.items[found]);
	}
	stk_vec_release(&ids);
	stk_source_names_release(&names);
	return rc < 0 ? rc : found >= 0;
}

/* 1 known, 0 not yet. */
static int discover_side(struct stk_session *session, struct stk_session_type *type, int side,
	int64_t look_back_ns, struct stk_err *err)
{
	struct stk_source_info *info = &type->info[side], now = {0};
	struct stk_source_query query;
	int rc = 1;

	/* a first slice may be cut short by the service's start: three tell its true length */
	if (info->interval_ns > 0 && info->points >= 3)
		return 1;
	if (!type->type_id)
		rc = find_type(session, type, side, look_back_ns, err);
	if (rc <= 0)
		return rc;
	query = query_since(session, side, type->type_id, look_back_ns);
	rc = stk_source_describe(session->sides[side].source, &query, &now, err);
	if (rc < 0)
		return rc;
	/* what was found further back stays when nothing newer is there */
	if (now.interval_ns > 0)
		*info = now;
	if (info->interval_ns <= 0)
		return 0;
	if (info->agent[0] && !session->run->sides[side].agent)
		session->run->sides[side].agent = stk_run_text(session->run, info->agent);
	return 1;
}

static const char *const side_names[STK_SIDES] = {"base", "head"};

int stk_slices_discover(struct stk_session *session, const char **missing_out, struct stk_err *err)
{
	bool all = true;

	for (size_t i = 0; i < session->workflow->profiles.len; i++)
		(void)stk_slices_type(session, session->workflow->profiles.items[i]); /* added */
	for (size_t i = 0; i < session->types.len; i++)
		for (int side = 0; side < STK_SIDES; side++) {
			int rc = 1;
			if (stk_session_has_side(session, side))
				rc = discover_side(
					session, &session->types.items[i], side, LOOK_BACK_NS, err);
			if (rc < 0)
				return rc;
			if (rc == 0 && all && missing_out)
				*missing_out = stk_arena_printf(&session->run->arena,
					"waiting for %s of %s (%s)", session->types.items[i].asked,
					side_names[side], session->sides[side].selector);
			all = all && rc > 0;
		}
	return all;
}

/* "cpu of head" for what is still unknown, and why the run goes on all the same. */
static void tell_quiet(struct stk_session *session, const struct stk_session_type *type, int side,
	int64_t waited_ns)
{
	struct stk_buf length = STK_BUF_EMPTY;

	stk_units_format_duration(&length, type->info[side].interval_ns > 0
						   ? type->info[side].interval_ns
						   : stk_slices_longest_ns(session));
	stk_session_warn(session,
		"%s of %s: nothing came in %d s, an idle service may send none; %s %s", type->asked,
		side_names[side], (int)(waited_ns / STK_NS_PER_S),
		type->info[side].interval_ns > 0 ? "its slices were of"
						 : "its slices are taken to be like the others, of",
		length.ptr);
	stk_buf_release(&length);
}

int stk_slices_settle(struct stk_session *session, int64_t waited_ns, struct stk_err *err)
{
	for (size_t i = 0; i < session->types.len; i++)
		for (int side = 0; side < STK_SIDES; side++) {
			struct stk_session_type *type = &session->types.items[i];
			int rc;
			if (!stk_session_has_side(session, side) ||
				type->info[side].interval_ns > 0)
				continue;
			rc = discover_side(session, type, side, LOOK_FAR_BACK_NS, err);
			if (rc < 0)
				return rc;
			if (stk_slices_longest_ns(session) == 0)
				return 0;
			tell_quiet(session, type, side, waited_ns);
		}
	return 1;
}

/* Where the profiles of a workflow come from, as advice. */
static const char *advice(const struct stk_session *session)
{
	switch (session->workflow->source.kind) {
	case STK_SOURCE_PYROSCOPE:
		return "does the service push there under these labels, and these profile types? "
		       "Longer slices than usual want --profiles-timeout";
	case STK_SOURCE_FILES:
		return "do the files hold this profile type?";
	default:
		return session->server ? "does the service push to {push_url}, and these profile "
					 "types? Its log is in the record's folder"
				       : "is this profile type served under the scraped address?";
	}
}

/* The types that a side did send, for the one who asked for another. */
static void add_types(struct stk_session *session, int side, struct stk_buf *text)
{
	struct stk_source_query query = query_for(session, side, NULL);
	struct stk_source_names names = {0};

	if (stk_source_types(session->sides[side].source, &query, &names, NULL) == 0)
		for (size_t i = 0; i < names.len; i++)
			stk_buf_addf(text, "%s%s", i ? ", " : "; it has ", names.items[i]);
	stk_source_names_release(&names);
}

int stk_slices_refuse_missing(
	struct stk_session *session, int64_t waited_ns, const char *missing, struct stk_err *err)
{
	struct stk_buf types = STK_BUF_EMPTY;

	for (size_t i = 0; i < session->types.len && types.len == 0; i++)
		for (int side = 0; side < STK_SIDES && types.len == 0; side++)
			if (stk_session_has_side(session, side) &&
				session->types.items[i].info[side].interval_ns == 0)
				add_types(session, side, &types);
	stk_err_set(err, STK_E_TIMEOUT, "no profiles in %d s: %s%s",
		(int)(waited_ns / STK_NS_PER_S), missing ? missing : "nothing came",
		types.len ? types.ptr : "");
	stk_err_hint(err, "%s", advice(session));
	stk_buf_release(&types);
	return STK_E_TIMEOUT;
}

int64_t stk_slices_longest_ns(const struct stk_session *session)
{
	int64_t longest = 0;

	for (size_t i = 0; i < session->types.len; i++)
		for (int side = 0; side < STK_SIDES; side++)
			if (session->types.items[i].info[side].interval_ns > longest)
				longest = session->types.items[i].info[side].interval_ns;
	return longest;
}

int64_t stk_slices_align_ns(const struct stk_session *session, int64_t wall_ns)
{
	int64_t longest = stk_slices_longest_ns(session);

	for (size_t i = 0; i < session->types.len; i++)
		for (int side = 0; side < STK_SIDES; side++) {
			const struct stk_source_info *info = &session->types.items[i].info[side];
			if (longest == 0 || info->interval_ns != longest)
				continue;
			int64_t past = (wall_ns - info->phase_ns) % longest;
			return past == 0 ? wall_ns : wall_ns + longest - past;
		}
	return wall_ns;
}

/* --- collecting --------------------------------------------------------------------------- */

static void tell_waiting(const char *what_for, void *ctx)
{
	stk_session_line(ctx,
		&(struct stk_flow_line){.label = "slices", .fraction = -1, .detail = what_for});
}

/* Up to when a side's slices are wanted: afterwards it is idle, and may send nothing more. */
static int64_t last_window_ns(const struct stk_run *run, int side)
{
	int64_t last = 0;

	for (size_t i = 0; i < run->windows.len; i++)
		if (run->windows.items[i].side == side && run->windows.items[i].end_ns > last)
			last = run->windows.items[i].end_ns;
	return last;
}

/* From the first window on, so that a slice on the border is seen and judged. */
static int64_t first_window_ns(const struct stk_run *run)
{
	int64_t first = INT64_MAX;

	for (size_t i = 0; i < run->windows.len; i++)
		if (run->windows.items[i].start_ns < first)
			first = run->windows.items[i].start_ns;
	return first;
}

/* Events behind a slice: value / period, where the profile has one. */
static int64_t samples_of(const struct stk_profile *profile, int64_t total)
{
	int column = stk_profile_find_type(profile, STK_STR("samples"));

	if (column >= 0)
		return stk_profile_total(profile, (size_t)column);
	return profile->period > 0 ? total / profile->period : 0;
}

static int keep_slice(struct stk_session *session, struct stk_session_type *type, int side,
	struct stk_source_slice *from, struct stk_err *err)
{
	struct stk_run *run = session->run;
	struct stk_session_profile kept = {run->slices.len, from->sample_type, from->profile};
	struct stk_slice *slice = stk_vec_push_new(&run->slices);
	struct stk_buf bytes = STK_BUF_EMPTY;
	int rc;

	slice->type_id = stk_run_text(run, type->type_id);
	slice->side = side;
	slice->instance = stk_run_text(run, from->instance);
	slice->start_ns = from->start_ns;
	slice->end_ns = from->end_ns;
	slice->pair = -1;
	slice->total = stk_profile_total(from->profile, from->sample_type);
	slice->samples = samples_of(from->profile, slice->total);
	stk_vec_push(&session->profiles, kept);
	from->profile = NULL;
	rc = stk_pprof_encode_gzip(kept.profile, &bytes, err);
	if (rc == 0)
		rc = stk_run_store_write_slice(
			session->folder, run, slice, stk_buf_str(&bytes), &slice->file, err);
	stk_buf_release(&bytes);
	return rc;
}

/* A slice on the border of two windows comes with both. */
static bool is_kept(const struct stk_run *run, const struct stk_session_type *type, int side,
	const struct stk_source_slice *from)
{
	for (size_t i = run->slices.len; i-- > 0;) {
		const struct stk_slice *slice = &run->slices.items[i];

		if (slice->side == side && slice->start_ns == from->start_ns &&
			slice->end_ns == from->end_ns &&
			strcmp(slice->type_id, type->type_id) == 0 &&
			strcmp(slice->instance, from->instance ? from->instance : "") == 0)
			return true;
	}
	return false;
}

/* The whole run shows the grid better than the warm-up did. */
static int look_again(struct stk_session *session, const struct stk_source_query *query, int side,
	struct stk_source_info *info, struct stk_err *err)
{
	struct stk_source_info now;
	int rc = stk_source_describe(session->sides[side].source, query, &now, err);

	if (rc == 0 && now.interval_ns > 0)
		*info = now;
	return rc;
}

/* Where a side had load and its agent's grid promises slices that did not come. */
static void tell_gaps(struct stk_session *session, const struct stk_session_type *type, int side,
	const struct stk_source_slices *slices)
{
	struct stk_gap_spans spans = STK_VEC_INIT;
	struct stk_gaps gaps = STK_VEC_INIT;
	struct stk_buf text = STK_BUF_EMPTY;

	for (size_t i = 0; i < session->run->windows.len; i++) {
		const struct stk_window *window = &session->run->windows.items[i];
		if (window->side == side && window->requests > 0 &&
			window->end_ns > type->fetched_ns[side])
			stk_vec_push(
				&spans, (struct stk_gap_span){window->start_ns, window->end_ns});
	}
	stk_gaps_find(slices, &type->info[side], &spans, &gaps);
	for (size_t i = 0; i < gaps.len; i++) {
		const struct stk_gap *gap = &gaps.items[i];

		stk_units_format_clock(&text, gap->start_ns);
		stk_buf_add_text(&text, " to ");
		stk_units_format_clock(&text, gap->end_ns);
		stk_session_warn(session, "%s of %s%s%s: %d %s missing, %s UTC", type->asked,
			side_names[side], gap->instance[0] ? " on " : "", gap->instance,
			gap->slices, gap->slices == 1 ? "slice is" : "slices are", text.ptr);
		stk_buf_clear(&text);
	}
	stk_buf_release(&text);
	stk_vec_release(&spans);
	stk_vec_release(&gaps);
}

static int collect_side(
	struct stk_session *session, struct stk_session_type *type, int side, struct stk_err *err)
{
	struct stk_source_info *info = &type->info[side];
	struct stk_source_waiting waiting = {
		tell_waiting, session, session->env->interrupts, session->interrupts_heeded};
	struct stk_source_slices slices = STK_VEC_INIT;
	struct stk_source_query query = query_for(session, side, type->type_id);
	int64_t until_ns = last_window_ns(session->run, side);
	int rc;

	query.from_ns = first_window_ns(session->run) - info->interval_ns;
	query.to_ns = until_ns + info->interval_ns + 60 * STK_NS_PER_S;
	rc = look_again(session, &query, side, info, err);
	if (rc < 0)
		return rc;
	rc = session->takes_what_is_there ? 1
					  : stk_source_wait(session->sides[side].source, &query,
						    info, until_ns, &waiting, err);
	if (rc == STK_E_ABORTED && stk_session_interrupts(session) == 1) {
		stk_session_heed_interrupt(session);
		session->takes_what_is_there = true;
		stk_session_say(session, "taking the profiles that are there; again to stop now");
		stk_err_clear(err);
		rc = 1;
	}
	if (rc == 0)
		stk_session_warn(session, "%s of %s: the last slice did not come", type->asked,
			side_names[side]);
	query.to_ns = until_ns + info->interval_ns;
	if (rc >= 0)
		rc = stk_source_fetch(session->sides[side].source, &query, info, &slices, err);
	if (rc >= 0)
		tell_gaps(session, type, side, &slices);
	for (size_t i = 0; rc >= 0 && i < slices.len; i++)
		if (!is_kept(session->run, type, side, &slices.items[i]))
			rc = keep_slice(session, type, side, &slices.items[i], err);
	stk_source_slices_release(&slices);
	type->fetched_ns[side] = until_ns;
	return rc < 0 ? rc : 0;
}

static void show_collected(struct stk_session *session)
{
	int counted[STK_SIDES] = {0, 0}, all[STK_SIDES] = {0, 0};
	struct stk_buf state = STK_BUF_EMPTY;

	for (size_t i = 0; i < session->run->slices.len; i++) {
		const struct stk_slice *slice = &session->run->slices.items[i];
		if (slice->side < 0)
			continue;
		all[slice->side]++;
		counted[slice->side] += slice->counted;
	}
	for (int side = 0; side < STK_SIDES; side++)
		if (stk_session_has_side(session, side))
			stk_buf_addf(&state, "%s%s %d", state.len ? "  " : "", side_names[side],
				all[side]);
	if (counted[STK_SIDE_BASE] + counted[STK_SIDE_HEAD] > 0)
		stk_buf_addf(&state, "   counted %d + %d", counted[STK_SIDE_BASE],
			counted[STK_SIDE_HEAD]);
	stk_session_line(session,
		&(struct stk_flow_line){.label = "slices", .fraction = -1, .state = state.ptr});
	stk_buf_release(&state);
}

int stk_slices_collect(struct stk_session *session, const char *asked, struct stk_err *err)
{
	struct stk_session_type *type = stk_slices_type(session, asked);
	size_t first = session->run->slices.len;
	const char *missing = NULL;
	int rc;

	session->phase = "slices";
	rc = stk_slices_discover(session, &missing, err);
	if (rc < 0)
		return rc;
	if (!type->type_id)
		return stk_err_set(err, STK_E_NOT_FOUND,
			"no profile type '%s' among what the service sent", asked);
	for (int side = 0; side < STK_SIDES; side++) {
		if (!stk_session_has_side(session, side) ||
			last_window_ns(session->run, side) <= type->fetched_ns[side])
			continue;
		rc = collect_side(session, type, side, err);
		if (rc < 0)
			return rc;
	}
	if (session->run->slices.len == first)
		return 0;
	stk_blocks_place_slices(session->run, first);
	show_collected(session);
	return stk_session_save(session, err);
}
