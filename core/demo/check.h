/* check: what a run found beside what was planted. */
#ifndef STK_CORE_DEMO_CHECK_H
#define STK_CORE_DEMO_CHECK_H

#include <stdbool.h>

#include "core/base/buf.h"
#include "core/demo/plants.h"
#include "core/record/run.h"

struct stk_demo_check {
	int planted;       /* plants that cost something (renames do not count) */
	int found;         /* of them, a regression of that function in its profile type */
	int wrong;         /* rows called a regression that are no plant's own function */
	int renames;       /* planted renames */
	int renames_found; /* that came out as moved, from the old name to the new */
	bool judged;       /* the run came to its end and could tell */
	bool ok;           /* all found, none wrong */
};

/* Judge the comparisons of run (base against head) by what was planted in head. */
struct stk_demo_check stk_demo_check(
	const struct stk_run *run, const struct stk_demo_plants *plants);
/* Append "planted 2, found 2, wrongly accused 0.", and what was missed or wrong, by name, and why
 * the run was not judged if it was not. */
void stk_demo_check_format(
	const struct stk_run *run, const struct stk_demo_plants *plants, struct stk_buf *buf);

#endif
