/* abba: alternating blocks at base and head from one engine and one plan. */
#include <math.h>
#include <string.h>

#include "core/base/units.h"
#include "core/flow/abba_priv.h"
#include "core/flow/blocks.h"
#include "core/flow/drive.h"
#include "core/flow/drive_priv.h"
#include "core/flow/slices.h"

#define TURN_MIN_NS (4 * STK_NS_PER_S)

/* Time left, as "1m35s left". */
static void add_left(struct stk_buf *buf, int64_t ns)
{
	stk_units_format_duration(buf, (ns + STK_NS_PER_S / 2) / STK_NS_PER_S * STK_NS_PER_S);
	stk_buf_add_text(buf, " left");
}

void stk_abba_show_warmup(struct stk_abba *abba, const char *missing)
{
	struct stk_session *session = abba->session;
	int64_t elapsed = stk_clock_mono(session->clock) - abba->warm_start_mono_ns;
	struct stk_buf right = STK_BUF_EMPTY;
	double fraction = (double)elapsed / (double)(abba->warmup_ns + 1);

	stk_units_format_duration(&right, elapsed / STK_NS_PER_S * STK_NS_PER_S);
	stk_session_line(
		session, &(struct stk_flow_line){.label = "warm-up",
				 .fraction = fraction < 1 ? fraction : 1,
				 .state = fraction < 1 || !missing ? "both sides" : missing,
				 .right = right.ptr});
	stk_buf_release(&right);
}

/* 1 the slices are known and the warm-up is over, 0 go on, or an error. */
int stk_abba_warm(struct stk_abba *abba, struct stk_err *err)
{
	struct stk_session *session = abba->session;
	int64_t elapsed = stk_clock_mono(session->clock) - abba->warm_start_mono_ns;
	const char *missing = NULL;
	int rc;

	if (stk_session_interrupts(session) > 0) {
		stk_session_heed_interrupt(session);
		return stk_err_set(err, STK_E_ABORTED,
			"interrupted in the warm-up, before anything was measured");
	}
	rc = stk_slices_discover(session, &missing, err);
	stk_abba_show_warmup(abba, missing);
	if (rc < 0 || (rc > 0 && elapsed >= abba->warmup_ns))
		return rc;
	if (rc == 0 && elapsed >= abba->warmup_ns + session->workflow->profiles_timeout_ns)
		return stk_slices_refuse_missing(session, elapsed, missing, err);
	return 0;
}

#define LOAD_ENDED 2 /* beside 0 and the errors */

/* Nobody said why: a threshold has an exit code of its own, all else was not asked for. */
static int explain_end(struct stk_abba *abba, struct stk_drive *drive, struct stk_err *err)
{
	abba->first_block = abba->session->run->windows.len;
	if (drive->result.reason == STK_END_THRESHOLD)
		return 0;
	return stk_err_set(err, STK_E_SCRIPT, "the load ended in the warm-up: %s",
		drive->result.message ? drive->result.message : "there was nothing to do");
}

static int warm_up(struct stk_abba *abba, struct stk_drive *drive, struct stk_err *err)
{
	struct stk_session *session = abba->session;
	int64_t next_turn = drive->start_mono_ns + 2 * abba->turn_ns;
	int side = STK_SIDE_BASE;
	int rc = 0;

	while (rc == 0) {
		int64_t now = stk_clock_mono(session->clock);
		rc = stk_drive_until(drive, now + 250 * STK_NS_PER_MS, NULL, err);
		if (rc == 1)
			return LOAD_ENDED;
		if (rc == 0)
			rc = stk_abba_warm(abba, err);
		if (rc == 0 && now + STK_NS_PER_S >= next_turn) {
			int added =
				stk_engine_schedule_add(drive->engine, next_turn, side, false, err);
			if (added < 0)
				return added;
			side = side == STK_SIDE_BASE ? STK_SIDE_HEAD : STK_SIDE_BASE;
			next_turn += abba->turn_ns;
		}
	}
	abba->last_turn_mono_ns = next_turn - abba->turn_ns;
	return rc;
}

static int refuse_block(int64_t block_ns, int64_t slice_ns, struct stk_err *err)
{
	struct stk_buf text = STK_BUF_EMPTY;

	stk_units_format_duration(&text, block_ns);
	stk_buf_add_text(&text, " is too short for slices of ");
	stk_units_format_duration(&text, slice_ns);
	stk_err_set(err, STK_E_SCRIPT, "a block of %s", text.ptr);
	stk_buf_clear(&text);
	stk_units_format_duration(&text, stk_blocks_length_ns(slice_ns));
	stk_err_hint(err, "give block = \"%s\", or leave it out", text.ptr);
	stk_buf_release(&text);
	return STK_E_SCRIPT;
}

int stk_abba_choose_block(struct stk_abba *abba, struct stk_err *err)
{
	int64_t slice_ns = stk_slices_longest_ns(abba->session);
	const struct stk_load_spec *spec = abba->spec;

	abba->block_ns = spec->block_ns > 0 ? spec->block_ns : stk_blocks_length_ns(slice_ns);
	abba->session->phase = "pairs";
	abba->session->run->planned_pairs = (int)spec->pairs;
	abba->session->run->block_ns = abba->block_ns;
	if (slice_ns > 0 && stk_blocks_whole_slices(abba->block_ns, slice_ns) == 0)
		return refuse_block(abba->block_ns, slice_ns, err);
	return 0;
}

/* The monotonic and wall time at which the first block begins: on the slices' grid. */
static int64_t first_start(struct stk_abba *abba, int64_t earliest_mono_ns, int64_t *wall_out)
{
	const struct stk_clock *clock = abba->session->clock;
	int64_t mono = stk_clock_mono(clock), wall = stk_clock_wall(clock);
	int64_t soon = mono + 300 * STK_NS_PER_MS;

	if (soon < earliest_mono_ns)
		soon = earliest_mono_ns;
	*wall_out = stk_slices_align_ns(abba->session, wall + (soon - mono));
	return mono + (*wall_out - wall);
}

void stk_abba_show_block(struct stk_abba *abba, int block)
{
	struct stk_session *session = abba->session;
	int64_t left = abba->end_mono_ns - stk_clock_mono(session->clock);
	int64_t whole = (int64_t)abba->blocks * abba->block_ns;
	struct stk_buf state = STK_BUF_EMPTY, detail = STK_BUF_EMPTY, right = STK_BUF_EMPTY;

	stk_buf_addf(&state, "%d of %d", block / 2, (int)abba->spec->pairs);
	stk_buf_addf(&detail, "now %s", stk_blocks_side(block) == STK_SIDE_BASE ? "base" : "head");
	if (abba->drive) {
		struct stk_load_progress progress;
		stk_engine_progress(abba->drive->engine, &progress);
		stk_buf_addf(&detail, "   %.0f req/s", progress.rate_per_s);
		if (!isnan(progress.p95_ms))
			stk_buf_addf(&detail, "   p95 %.1f ms", progress.p95_ms);
		stk_buf_addf(&detail, "   errors %lld", (long long)progress.failed);
	} else if (abba->requests > 0) {
		stk_buf_addf(&detail, "   %lld requests   errors %lld", (long long)abba->requests,
			(long long)abba->failed);
	}
	add_left(&right, left > 0 ? left : 0);
	stk_session_line(
		session, &(struct stk_flow_line){.label = "pairs",
				 .fraction = 1 - (double)(left > 0 ? left : 0) / (double)whole,
				 .state = state.ptr,
				 .detail = detail.ptr,
				 .right = right.ptr});
	stk_buf_release(&state);
	stk_buf_release(&detail);
	stk_buf_release(&right);
}

static void show_done(struct stk_abba *abba)
{
	struct stk_buf state = STK_BUF_EMPTY, right = STK_BUF_EMPTY;

	stk_buf_addf(&state, "%d of %d", abba->blocks / 2, (int)abba->spec->pairs);
	stk_units_format_duration(&right, abba->blocks * abba->block_ns);
	stk_session_line(abba->session,
		&(struct stk_flow_line){.label = "pairs",
			.fraction = (double)abba->blocks / (2.0 * (double)abba->spec->pairs),
			.state = state.ptr,
			.detail = "base and head in turn (ABBA)",
			.right = right.ptr});
	stk_buf_release(&state);
	stk_buf_release(&right);
}

/* A first interrupt: this block is the last one. */
bool stk_abba_asked_to_stop(struct stk_abba *abba)
{
	if (stk_session_interrupts(abba->session) == 0 || abba->stopping)
		return false;
	abba->stopping = true;
	stk_session_heed_interrupt(abba->session);
	stk_session_say(abba->session, "stopping after this block; again to stop now");
	return true;
}

static void tick_block(struct stk_drive *drive)
{
	struct stk_abba *abba = drive->tick_ctx;

	stk_abba_show_block(abba, abba->now_block);
	if (stk_abba_asked_to_stop(abba)) {
		abba->blocks = abba->now_block + 1;
		stk_engine_end_at(
			drive->engine, abba->start_mono_ns + abba->blocks * abba->block_ns);
	}
}

/* Number i as a window that began at its planned border. */
void stk_abba_open_block(struct stk_abba *abba, int block)
{
	struct stk_session *session = abba->session;
	struct stk_buf name = STK_BUF_EMPTY;
	struct stk_window *window;

	stk_buf_addf(&name, "block %d", block + 1);
	window = stk_drive_open_window(session, name.ptr, STK_WINDOW_BLOCK, stk_blocks_side(block));
	window->pair = block / 2;
	window->start_mono_ns = abba->start_mono_ns + block * abba->block_ns;
	window->start_ns = abba->start_wall_ns + block * abba->block_ns;
	stk_buf_release(&name);
}

int stk_abba_close_block(struct stk_abba *abba, int block, struct stk_err *err)
{
	struct stk_window *window =
		&abba->session->run->windows.items[abba->first_block + (size_t)block];

	stk_drive_close_window(abba->session, window);
	window->end_mono_ns = window->start_mono_ns + abba->block_ns;
	window->end_ns = window->start_ns + abba->block_ns;
	return stk_session_save(abba->session, err);
}

static int run_blocks(struct stk_abba *abba, struct stk_drive *drive, struct stk_err *err)
{
	struct stk_session *session = abba->session;
	int rc = 0;

	abba->start_mono_ns = first_start(abba, abba->last_turn_mono_ns, &abba->start_wall_ns);
	abba->end_mono_ns = abba->start_mono_ns + abba->blocks * abba->block_ns;
	for (int block = 0; block < abba->blocks; block++) {
		rc = stk_engine_schedule_add(drive->engine,
			abba->start_mono_ns + block * abba->block_ns, stk_blocks_side(block), true,
			err);
		if (rc < 0)
			return rc;
		stk_vec_push(&abba->entries, (size_t)rc);
	}
	stk_engine_end_at(drive->engine, abba->end_mono_ns);
	rc = stk_drive_until(drive, abba->start_mono_ns, NULL, err);
	stk_drive_close_window(session, &session->run->windows.items[abba->warm_window]);
	drive->tick_ctx = abba;
	abba->first_block = session->run->windows.len;
	for (int block = 0; rc == 0 && block < abba->blocks; block++) {
		abba->now_block = block;
		stk_abba_open_block(abba, block);
		rc = stk_drive_until(
			drive, abba->start_mono_ns + (block + 1) * abba->block_ns, tick_block, err);
		int saved = stk_abba_close_block(abba, block, rc < 0 ? NULL : err);
		if (rc == 1 && block + 1 == abba->blocks)
			rc = 0; /* nothing was running any more at the last border */
		rc = rc < 0 ? rc : saved < 0 ? saved : rc;
	}
	show_done(abba);
	return rc < 0 ? rc : 0;
}

static void fill_blocks(struct stk_abba *abba, const struct stk_drive *drive)
{
	struct stk_run *run = abba->session->run;

	for (size_t i = 0; i < abba->entries.len && abba->first_block + i < run->windows.len; i++)
		if (abba->entries.items[i] < drive->result.entries.len)
			stk_drive_fill_window(&run->windows.items[abba->first_block + i],
				&drive->result.entries.items[abba->entries.items[i]]);
}

/* One plan that never pauses: a rate or a number of VUs. */
static int run_continuous(struct stk_abba *abba, struct stk_err *err)
{
	struct stk_side_entry schedule[] = {
		{0, STK_SIDE_BASE, false}, {abba->turn_ns, STK_SIDE_HEAD, false}};
	struct stk_drive drive;
	int rc;

	stk_drive_init(&drive, abba->session, abba->spec);
	/* long enough for any warm-up and blocks; its real end is set when they are known */
	rc = stk_drive_plan(&drive, 24 * 3600 * STK_NS_PER_S, err);
	if (rc == 0)
		rc = stk_drive_start(&drive, schedule, STK_ARRAY_LEN(schedule), err);
	if (rc < 0)
		goto out;
	abba->drive = &drive;
	abba->warm_start_mono_ns = drive.start_mono_ns;
	rc = warm_up(abba, &drive, err);
	bool has_ended = rc == LOAD_ENDED;
	if (rc >= 0 && !has_ended)
		rc = stk_abba_choose_block(abba, err);
	if (rc >= 0 && !has_ended)
		rc = run_blocks(abba, &drive, err);
	if (rc < 0)
		stk_engine_stop(drive.engine, STK_STOP_NOW);
	/* also after a failure: what was counted belongs into the record; its error is the later */
	int finished = stk_drive_finish(&drive, rc < 0 ? NULL : err);
	rc = rc < 0 ? rc : finished;
	if (rc == 0 && has_ended)
		rc = explain_end(abba, &drive, err);
	fill_blocks(abba, &drive);
out:
	abba->drive = NULL;
	stk_drive_release(&drive);
	return rc;
}

/* One load after another: warm it up, then each block anew. */
static int run_anew(struct stk_abba *abba, const struct stk_abba_ops *ops, struct stk_err *err)
{
	struct stk_session *session = abba->session;
	int rc = ops->warm_up(abba, err);

	if (rc >= 0)
		rc = stk_abba_choose_block(abba, err);
	if (rc < 0)
		return rc;
	stk_drive_close_window(session, &session->run->windows.items[abba->warm_window]);
	abba->first_block = session->run->windows.len;
	abba->start_mono_ns = first_start(abba, 0, &abba->start_wall_ns);
	abba->end_mono_ns = abba->start_mono_ns + abba->blocks * abba->block_ns;
	for (int block = 0; rc >= 0 && block < abba->blocks; block++)
		rc = ops->run_block(abba, block, err);
	show_done(abba);
	return rc < 0 ? rc : 0;
}

int stk_drive_abba(struct stk_session *session, const struct stk_load_spec *spec,
	struct stk_abba_result *out, struct stk_err *err)
{
	struct stk_abba abba = {.session = session, .spec = spec, .warmup_ns = spec->warmup_ns};
	int rc;

	session->phase = "warm-up";
	abba.turn_ns = spec->warmup_ns / 2 > TURN_MIN_NS ? spec->warmup_ns / 2 : TURN_MIN_NS;
	abba.blocks = (int)spec->pairs * 2;
	abba.warm_window = session->run->windows.len;
	stk_drive_open_window(session, "warm-up", STK_WINDOW_WARMUP, STK_SIDE_NONE);
	rc = stk_load_is_program(spec)  ? run_anew(&abba, &stk_abba_by_program, err)
	     : stk_drive_replaces(spec) ? run_continuous(&abba, err)
					: run_anew(&abba, &stk_abba_as_written, err);
	if (abba.first_block == 0 || abba.first_block == session->run->windows.len)
		stk_drive_close_window(session, &session->run->windows.items[abba.warm_window]);
	*out = (struct stk_abba_result){
		abba.first_block, session->run->windows.len - abba.first_block};
	stk_vec_release(&abba.entries);
	return rc;
}
