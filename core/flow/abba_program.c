/* abba_program: blocks whose load is another program's, called anew for each block. */
#include "core/flow/abba_priv.h"
#include "core/flow/blocks.h"
#include "core/flow/program.h"
#include "core/generator/generator.h"

/* With less than this left of a block a program that ended is not called again. */
#define AGAIN_NS (2 * STK_NS_PER_S)
#define LOOK_NS  (200 * STK_NS_PER_MS)

/* One turn at one side. */
struct turn {
	int side;
	bool counted;
	int64_t end_mono_ns;
	int block; /* shown and filled; -1 in the warm-up */
	bool warm; /* the warm-up has what it needs */
};

/* Ask every LOOK_NS what else is to be done. 1 = this turn is over before its time. */
static int look(struct stk_abba *abba, struct turn *turn, struct stk_err *err)
{
	struct stk_session *session = abba->session;
	int rc = stk_session_check_services(session, err);

	if (rc == 0 && stk_session_interrupts(session) >= 2) {
		stk_session_heed_interrupt(session);
		rc = stk_err_set(err, STK_E_ABORTED, "interrupted");
	}
	if (rc < 0)
		return rc;
	if (turn->block < 0) {
		rc = stk_abba_warm(abba, err);
		turn->warm = turn->warm || rc > 0;
		return rc;
	}
	stk_abba_show_block(abba, turn->block);
	if (stk_abba_asked_to_stop(abba))
		abba->blocks = turn->block + 1;
	return 0;
}

/* Until the program ends; it is asked to when the turn is over, killed after an error. */
static int wait_end(struct stk_abba *abba, struct turn *turn, struct stk_generator *generator,
	struct stk_err *err)
{
	const struct stk_clock *clock = abba->session->clock;
	int rc = 0;

	for (;;) {
		int64_t now = stk_clock_mono(clock), next = now + LOOK_NS;

		if (rc == 0 && next > turn->end_mono_ns && now < turn->end_mono_ns)
			next = turn->end_mono_ns;
		if (stk_generator_wait_until(generator, next))
			return rc < 0 ? rc : 0;
		stk_generator_count(generator, &abba->requests, &abba->failed);
		if (rc == 0)
			rc = look(abba, turn, err);
		if (rc < 0)
			stk_generator_kill(generator);
		else if (rc > 0 || stk_clock_mono(clock) >= turn->end_mono_ns)
			stk_generator_stop(generator);
	}
}

static void add_to_window(struct stk_window *window, const struct stk_generated *found)
{
	window->requests += found->requests;
	window->failed += found->failed;
	window->p50_ms = stk_generated_quantile(found, 0.50);
	window->p95_ms = stk_generated_quantile(found, 0.95);
	window->p99_ms = stk_generated_quantile(found, 0.99);
}

/* Call it, and again if it ends early, so that all of the turn is loaded. */
static int run_turn(struct stk_abba *abba, struct turn *turn, struct stk_err *err)
{
	struct stk_session *session = abba->session;
	int64_t left_ns = turn->end_mono_ns - stk_clock_mono(session->clock);
	int rc = 0;

	while (rc == 0 && !turn->warm && left_ns > AGAIN_NS) {
		struct stk_program_turn call = {turn->side, left_ns};
		struct stk_generator *generator = NULL;

		rc = stk_program_start(session, abba->spec, &call, &generator, err);
		if (rc < 0)
			break;
		rc = wait_end(abba, turn, generator, err);
		int finished = stk_generator_finish(generator, rc < 0 ? NULL : err);
		const struct stk_generated *found = stk_generator_result(generator);
		rc = rc < 0 ? rc : finished;
		stk_program_keep(session, found, turn->counted);
		if (turn->block >= 0)
			add_to_window(&session->run->windows
					       .items[abba->first_block + (size_t)turn->block],
				found);
		left_ns = turn->end_mono_ns - stk_clock_mono(session->clock);
		/* one that was stopped as it began says nothing */
		if (rc == 0 && left_ns > AGAIN_NS && !turn->warm)
			rc = stk_program_check_any(session, found, err);
		stk_generator_free(generator);
	}
	abba->requests = abba->failed = 0;
	return rc;
}

/* Turns at base and head until both are warm and their slices are known. */
static int warm_up(struct stk_abba *abba, struct stk_err *err)
{
	const struct stk_clock *clock = abba->session->clock;
	int rc = 0;

	abba->warm_start_mono_ns = stk_clock_mono(clock);
	for (int i = 0; rc == 0; i++) {
		struct turn turn = {.side = i % 2 ? STK_SIDE_HEAD : STK_SIDE_BASE,
			.end_mono_ns = stk_clock_mono(clock) + abba->turn_ns,
			.block = -1};

		rc = run_turn(abba, &turn, err);
		if (turn.warm && i > 0) /* both sides get a turn */
			break;
	}
	return rc;
}

static int run_block(struct stk_abba *abba, int block, struct stk_err *err)
{
	struct stk_session *session = abba->session;
	int64_t start = abba->start_mono_ns + block * abba->block_ns;
	struct turn turn = {.side = stk_blocks_side(block),
		.counted = true,
		.end_mono_ns = start + abba->block_ns,
		.block = block};
	int rc;

	stk_clock_sleep_until(session->clock, start);
	stk_abba_open_block(abba, block);
	rc = run_turn(abba, &turn, err);
	/* a program that ended a little early: the border is where it was planned */
	if (rc == 0)
		stk_clock_sleep_until(session->clock, turn.end_mono_ns);
	int saved = stk_abba_close_block(abba, block, rc < 0 ? NULL : err);
	return rc < 0 ? rc : saved;
}

const struct stk_abba_ops stk_abba_by_program = {warm_up, run_block};
