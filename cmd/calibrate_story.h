/* calibrate_story: A/A runs of a workflow, one after the other, until there are enough. */
#ifndef STK_CMD_CALIBRATE_STORY_H
#define STK_CMD_CALIBRATE_STORY_H

#include "cmd/run_story.h"

struct stk_calibrate_story {
	const char *path, *command; /* as in struct stk_run_story */
	struct stk_run_settings *settings;
	int64_t runs; /* so many in all, with those of earlier calls */
	bool fresh;   /* those of earlier calls do not count */
};

/* Run them, keep each as soon as it is over, print what they have shown. Returns the exit code:
 * 130 when interrupted, and the same call goes on. */
int stk_calibrate_story(struct stk_env *env, const struct stk_calibrate_story *story);

#endif
