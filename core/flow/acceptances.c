/* acceptances: which regressions of a run the base has accepted. */
#include "core/flow/acceptances.h"

#include "core/baseline/accepted.h"
#include "core/flow/trusted_file.h"

void stk_session_apply_accepted(struct stk_session *session)
{
	struct stk_buf text = STK_BUF_INIT(STK_ACCEPTED_BYTES_MAX);
	struct stk_accepted accepted;
	struct stk_err err = STK_ERR_INIT;
	int rc;

	if (session->run->comparisons.len == 0)
		return;
	stk_accepted_init(&accepted);
	rc = stk_trusted_file_read(session, STK_ACCEPTED_PATH, &text, &err);
	if (rc == 1)
		rc = stk_accepted_parse(stk_buf_str(&text), &accepted, &err);
	if (rc < 0)
		stk_session_warn(session, "nothing is accepted: %s", err.msg);
	else
		stk_accepted_apply(&accepted, session->run, stk_clock_wall(session->clock));
	stk_accepted_release(&accepted);
	stk_buf_release(&text);
}
