/* load_settings: texts of the command line as changes of a plan: stages, tags, rate. */
#ifndef STK_CMD_LOAD_SETTINGS_H
#define STK_CMD_LOAD_SETTINGS_H

#include "cmd/load_run.h"

/* Holds what the changes of a plan borrow. */
struct stk_load_changes {
	struct stk_shortcuts shortcuts;
	struct stk_tags tags;
	stk_system_tags system_tags; /* if the command line says which */
	struct stk_arena arena;
};

/* STK_E_INVAL names the option and the text. Release in any case. */
int stk_load_changes_read(const struct stk_load_settings *settings, struct stk_load_changes *out,
	struct stk_err *err) STK_MUST_CHECK;
void stk_load_changes_release(struct stk_load_changes *changes);

#endif
