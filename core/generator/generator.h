/* generator: k6 or any other command as load: one call of it, from its start to what it found. */
#ifndef STK_CORE_GENERATOR_GENERATOR_H
#define STK_CORE_GENERATOR_GENERATOR_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/clock.h"
#include "core/base/err.h"
#include "core/generator/generated.h"
#include "core/generator/results.h"

/* What to call. Either k6 (a script's path) or a command: shell, or argv with NULL at its end;
 * placeholders of a command: {url} {side} {run} {seconds} {results} {dir}. All borrowed. */
struct stk_generator_spec {
	const char *k6;
	const char *k6_program; /* NULL: k6 from PATH */
	const char *shell;
	const char *const *argv;
	enum stk_results_form form; /* of a command */
	const char *const *args;    /* of k6, further ones; may be NULL */
	int64_t vus;                /* of k6, with the turn's duration; 0: as the script says */
	const char *dir;            /* of the workflow: where a command runs */
};

/* One call: at which side, for how long. All borrowed until it is freed. */
struct stk_generator_turn {
	int side;
	const char *side_name;
	const char *url; /* NULL: the script's own */
	const char *run;
	int64_t duration_ns;    /* 0: unknown */
	const char *const *env; /* NAME=VALUE, NULL at the end; may be NULL */
	const char *log_path;   /* what it prints goes behind its end */
	int64_t grace_ns;       /* from our signal to SIGKILL */
	const struct stk_clock *clock;
};

struct stk_generator;

/* Is what the spec calls there, and which version: "k6 v2.2.0", in the arena; NULL for a command,
 * which is not asked. STK_E_NOT_FOUND with what to do. */
int stk_generator_identify(const struct stk_generator_spec *spec, struct stk_arena *arena,
	const char **out, struct stk_err *err) STK_MUST_CHECK;

int stk_generator_start(const struct stk_generator_spec *spec,
	const struct stk_generator_turn *turn, struct stk_generator **out,
	struct stk_err *err) STK_MUST_CHECK;
/* Wait until the monotonic time or its end; true = ended. */
bool stk_generator_wait_until(struct stk_generator *generator, int64_t mono_ns);
/* Ask it once to stop; it is killed when it has not after the grace. */
void stk_generator_stop(struct stk_generator *generator);
void stk_generator_kill(struct stk_generator *generator);
/* Requests so far, and how many of them failed; 0 for a command, which tells at its end. */
void stk_generator_count(
	struct stk_generator *generator, int64_t *requests_out, int64_t *failed_out);
/* After its end (wait_until said true): read what it found. Also after an error the result holds
 * what was counted. STK_E_SCRIPT, STK_E_IO, STK_E_FORMAT, STK_E_TIMEOUT (it had to be killed). */
int stk_generator_finish(struct stk_generator *generator, struct stk_err *err) STK_MUST_CHECK;
/* Borrowed; complete after finish. */
const struct stk_generated *stk_generator_result(const struct stk_generator *generator);
/* Kills what still runs. NULL is fine. */
void stk_generator_free(struct stk_generator *generator);

#endif
