/* check_program: the short load of a check by k6 or another command, call after call. */
#include "core/flow/check_program.h"

#include <math.h>

#include "core/flow/program.h"
#include "core/generator/generator.h"

/* To a command that was told its seconds, and to k6, which has to start first. */
#define OVERRUN_NS (5 * STK_NS_PER_S)

void stk_check_program_init(
	struct stk_check_program *program, struct stk_session *session, int64_t call_ns)
{
	*program = (struct stk_check_program){.session = session,
		.call_ns = call_ns,
		.side = stk_session_has_side(session, STK_SIDE_BASE) ? STK_SIDE_BASE
								     : STK_SIDE_HEAD,
		.p95_ms = NAN};
	stk_hist_init(&program->duration_ms);
}

void stk_check_program_release(struct stk_check_program *program)
{
	stk_generator_free(program->generator);
	stk_hist_release(&program->duration_ms);
}

int stk_check_program_start(struct stk_check_program *program, struct stk_err *err)
{
	struct stk_program_turn turn = {program->side, program->call_ns};

	program->began_mono_ns = stk_clock_mono(program->session->clock);
	return stk_program_start(program->session, &program->session->workflow->load, &turn,
		&program->generator, err);
}

/* Into the sums. */
static void keep(struct stk_check_program *program, const struct stk_generated *found)
{
	double p95_ms = stk_generated_quantile(found, 0.95);

	program->requests += found->requests;
	program->failed += found->failed;
	stk_hist_merge(&program->duration_ms, &found->duration_ms);
	if (isnan(program->p95_ms) || p95_ms > program->p95_ms)
		program->p95_ms = p95_ms;
	if (found->start_ns <= 0 || found->end_ns <= found->start_ns)
		return;
	if (program->start_ns == 0)
		program->start_ns = found->start_ns;
	program->end_ns = found->end_ns;
	program->seconds += (double)(found->end_ns - found->start_ns) / 1e9;
}

/* Take in the call that has ended. */
static int finish(struct stk_check_program *program, struct stk_err *err)
{
	int rc = stk_generator_finish(program->generator, err);
	const struct stk_generated *found = stk_generator_result(program->generator);

	if (rc == 0)
		rc = stk_program_check_any(program->session, found, err);
	if (rc == 0)
		keep(program, found);
	stk_generator_free(program->generator);
	program->generator = NULL;
	program->ended++;
	return rc;
}

int stk_check_program_until(struct stk_check_program *program, int64_t mono_ns, struct stk_err *err)
{
	struct stk_session *session = program->session;
	bool is_over = stk_generator_wait_until(program->generator, mono_ns);
	int64_t limit_ns = program->call_ns;
	int rc;

	/* what was told how long to last ends by itself */
	if (!session->workflow->load.program.k6 || session->workflow->load.vus > 0)
		limit_ns += OVERRUN_NS;
	if (!is_over) {
		if (stk_clock_mono(session->clock) - program->began_mono_ns >= limit_ns)
			stk_generator_stop(program->generator);
		return stk_session_check_services(session, err);
	}
	rc = finish(program, err);
	if (rc < 0)
		return rc;
	if (stk_session_has_side(session, STK_SIDE_BASE))
		program->side = program->side == STK_SIDE_BASE ? STK_SIDE_HEAD : STK_SIDE_BASE;
	return stk_check_program_start(program, err);
}

bool stk_check_program_is_enough(const struct stk_check_program *program)
{
	return program->ended >=
	       (stk_session_has_side(program->session, STK_SIDE_BASE) ? STK_SIDES : 1);
}

void stk_check_program_count(
	const struct stk_check_program *program, int64_t *requests_out, int64_t *failed_out)
{
	int64_t requests = 0, failed = 0;

	if (program->generator)
		stk_generator_count(program->generator, &requests, &failed);
	*requests_out = program->requests + requests;
	*failed_out = program->failed + failed;
}

void stk_check_program_stop(struct stk_check_program *program)
{
	struct stk_err ignored = STK_ERR_INIT;

	if (!program->generator)
		return;
	/* a call cut short tells nothing that those before it did not */
	if (program->ended > 0)
		stk_generator_kill(program->generator);
	else
		stk_generator_stop(program->generator);
	while (!stk_generator_wait_until(
		program->generator, stk_clock_mono(program->session->clock) + STK_NS_PER_S / 4)) {
		if (stk_session_interrupts(program->session) > 1)
			stk_generator_kill(program->generator);
	}
	if (program->ended > 0) {
		stk_generator_free(program->generator);
		program->generator = NULL;
		return;
	}
	(void)finish(program, &ignored); /* the check ends with an error of its own */
}
