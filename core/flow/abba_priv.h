/* abba_priv: the state of alternating blocks, shared by abba.c and abba_written.c. */
#ifndef STK_CORE_FLOW_ABBA_PRIV_H
#define STK_CORE_FLOW_ABBA_PRIV_H

#include "core/flow/drive_priv.h"

struct stk_abba {
	struct stk_session *session;
	const struct stk_load_spec *spec;
	struct stk_drive *drive; /* that runs now; NULL between engines */
	int64_t warmup_ns, turn_ns, block_ns;
	int64_t warm_start_mono_ns, last_turn_mono_ns;
	int64_t start_mono_ns, start_wall_ns, end_mono_ns; /* of the blocks */
	int blocks, now_block;
	size_t warm_window, first_block; /* in run->windows */
	STK_VEC(size_t) entries;         /* of the engine's schedule, per block */
	bool stopping;
	int engines;              /* started so far: setup runs in the first */
	bool last_engine;         /* teardown runs in the last */
	int64_t requests, failed; /* of another program's load, as they are shown */
};

/* Load that begins anew for each block; `run_block` opens and closes the block's window. */
struct stk_abba_ops {
	int (*warm_up)(struct stk_abba *abba, struct stk_err *err);
	int (*run_block)(struct stk_abba *abba, int block, struct stk_err *err);
};
/* The scenarios as the script has them: an engine run each. */
extern const struct stk_abba_ops stk_abba_as_written;
/* Load by another program. */
extern const struct stk_abba_ops stk_abba_by_program;

/* 1 the slices are known and the warm-up is over, 0 go on, or an error. */
int stk_abba_warm(struct stk_abba *abba, struct stk_err *err) STK_MUST_CHECK;
/* Length of a block, from the slices or as the workflow says. STK_E_SCRIPT when that is too short
 * for a whole slice wherever the agents cut theirs. */
int stk_abba_choose_block(struct stk_abba *abba, struct stk_err *err) STK_MUST_CHECK;
/* True once, at the first interrupt. */
bool stk_abba_asked_to_stop(struct stk_abba *abba);
void stk_abba_open_block(struct stk_abba *abba, int block);
/* Its planned end, its exact totals, and the record as it is now. */
int stk_abba_close_block(struct stk_abba *abba, int block, struct stk_err *err) STK_MUST_CHECK;
void stk_abba_show_warmup(struct stk_abba *abba, const char *missing);
void stk_abba_show_block(struct stk_abba *abba, int block);

#endif
