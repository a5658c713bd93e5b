/* abba_written: the scenarios as the script has them, once per block, scaled to its length. */
#include "core/flow/abba_priv.h"
#include "core/flow/blocks.h"

/* One engine run at one side, about length_ns long; its result goes into the run. */
static int run_once(struct stk_abba *abba, struct stk_drive *drive, struct stk_side_entry entry,
	int64_t length_ns, struct stk_err *err)
{
	int rc;

	stk_drive_init(drive, abba->session, abba->spec);
	drive->skip_setup = abba->engines++ > 0;
	drive->skip_teardown = !abba->last_engine;
	rc = stk_drive_plan(drive, length_ns, err);
	if (rc < 0)
		return rc;
	abba->drive = drive;
	return stk_drive_start(drive, &entry, 1, err);
}

static void tick_written(struct stk_drive *drive)
{
	struct stk_abba *abba = drive->tick_ctx;

	stk_abba_show_block(abba, abba->now_block);
	if (stk_abba_asked_to_stop(abba)) {
		abba->blocks = abba->now_block + 1;
		stk_engine_keep_teardown(drive->engine);
	}
}

/* Turns at base and head until both are warm and their slices are known. */
static int warm_up(struct stk_abba *abba, struct stk_err *err)
{
	int rc = 0;

	abba->warm_start_mono_ns = stk_clock_mono(abba->session->clock);
	for (int turn = 0; rc == 0; turn++) {
		struct stk_side_entry entry = {0, turn % 2 ? STK_SIDE_HEAD : STK_SIDE_BASE, false};
		struct stk_drive drive;
		int64_t end;

		rc = run_once(abba, &drive, entry, abba->turn_ns, err);
		end = stk_clock_mono(abba->session->clock) + abba->turn_ns;
		while (rc == 0 && stk_clock_mono(abba->session->clock) < end) {
			rc = stk_drive_until(&drive,
				stk_clock_mono(abba->session->clock) + 250 * STK_NS_PER_MS, NULL,
				err);
			if (rc >= 0)
				rc = stk_abba_warm(abba, err);
		}
		if (rc >= 0 && turn == 0)
			rc = 0;             /* both sides get a turn */
		if (drive.engine && rc < 0) /* no other engine follows */
			stk_engine_keep_teardown(drive.engine);
		if (drive.engine)
			stk_engine_stop(drive.engine, STK_STOP_CANCEL);
		int finished = drive.engine ? stk_drive_finish(&drive, rc < 0 ? NULL : err) : 0;
		rc = rc < 0 || finished >= 0 ? rc : finished;
		abba->drive = NULL;
		stk_drive_release(&drive);
	}
	return rc;
}

static int run_block(struct stk_abba *abba, int block, struct stk_err *err)
{
	struct stk_session *session = abba->session;
	struct stk_side_entry entry = {0, stk_blocks_side(block), true};
	int64_t end = abba->start_mono_ns + (block + 1) * abba->block_ns;
	struct stk_drive drive;
	int rc;

	stk_clock_sleep_until(session->clock, abba->start_mono_ns + block * abba->block_ns);
	abba->now_block = block;
	abba->last_engine = block + 1 == abba->blocks;
	stk_abba_open_block(abba, block);
	rc = run_once(abba, &drive, entry, abba->block_ns, err);
	drive.tick_ctx = abba;
	if (rc == 0)
		rc = stk_drive_until(&drive, end, tick_written, err);
	if (rc >= 0)
		stk_engine_stop(drive.engine, STK_STOP_GRACEFUL);
	int finished = drive.engine ? stk_drive_finish(&drive, rc < 0 ? NULL : err) : 0;
	rc = rc < 0 ? rc : finished;
	int saved = stk_abba_close_block(abba, block, rc < 0 ? NULL : err);
	rc = rc < 0 ? rc : saved;
	if (drive.result.entries.len > 0)
		stk_drive_fill_window(
			&session->run->windows.items[abba->first_block + (size_t)block],
			&drive.result.entries.items[0]);
	abba->drive = NULL;
	stk_drive_release(&drive);
	return rc;
}

const struct stk_abba_ops stk_abba_as_written = {warm_up, run_block};
