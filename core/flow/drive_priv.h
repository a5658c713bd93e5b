/* drive_priv: one engine run on its way, shared by drive.c and abba.c. */
#ifndef STK_CORE_FLOW_DRIVE_PRIV_H
#define STK_CORE_FLOW_DRIVE_PRIV_H

#include "core/flow/session.h"
#include "core/load/engine.h"
#include "core/script/plan.h"
#include "core/script/workflow.h"

struct stk_drive {
	struct stk_session *session;
	const struct stk_load_spec *spec;
	const char *label; /* of its progress line */
	struct stk_session_script script;
	struct stk_plan_changes changes;
	struct stk_plan *plan; /* outlives this while an output may read of it */
	struct stk_engine *engine;
	struct stk_load_result result;
	int64_t start_mono_ns, start_wall_ns;
	bool skip_setup, skip_teardown;
	void *tick_ctx;
};

typedef void (*stk_drive_tick_fn)(struct stk_drive *drive);

/* Nothing is read or started yet. */
void stk_drive_init(
	struct stk_drive *drive, struct stk_session *session, const struct stk_load_spec *spec);
/* Does spec replace the scenarios by one (a rate or a number of VUs)? */
bool stk_drive_replaces(const struct stk_load_spec *spec);
/* How long one window of load is: as spec says, a minute for a rate or VUs without a duration; 0:
 * as the scenarios are written. */
int64_t stk_drive_length_ns(const struct stk_load_spec *spec);
/* The plan of the load script, with this run's targets, to last duration_ns (0 = as written). */
int stk_drive_plan(
	struct stk_drive *drive, int64_t duration_ns, struct stk_err *err) STK_MUST_CHECK;
/* The plan before anything runs: a service has its address only once it is started, whatever the
 * script says without it. */
int stk_drive_foresee(struct stk_drive *drive, struct stk_err *err) STK_MUST_CHECK;
void stk_drive_release(struct stk_drive *drive);
/* Start the engine on the plan, wait for setup. */
int stk_drive_start(struct stk_drive *drive, const struct stk_side_entry *schedule, size_t len,
	struct stk_err *err) STK_MUST_CHECK;
/* Let it run until mono_ns: 0 the time came, 1 the load ended before, or an error. */
int stk_drive_until(struct stk_drive *drive, int64_t mono_ns, stk_drive_tick_fn tick,
	struct stk_err *err) STK_MUST_CHECK;
/* Wait for its end and take metrics, series and thresholds into the run. */
int stk_drive_finish(struct stk_drive *drive, struct stk_err *err) STK_MUST_CHECK;
void stk_drive_keep_result(struct stk_drive *drive);

/* A window that begins now; valid until the next one is opened. */
struct stk_window *stk_drive_open_window(
	struct stk_session *session, const char *name, enum stk_window_kind kind, int side);
/* It ends now: CPU time in it, memory at its end. */
void stk_drive_close_window(struct stk_session *session, struct stk_window *window);
/* STK_E_SCRIPT: a window of ns holds no three slices of the profiles. */
int stk_drive_refuse_short(const struct stk_session *session, const char *name, int64_t ns,
	struct stk_err *err) STK_MUST_CHECK;
/* Requests and latency of what the engine counted for it. */
void stk_drive_fill_window(struct stk_window *window, const struct stk_entry_stats *stats);

#endif
