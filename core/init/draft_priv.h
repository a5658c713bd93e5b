/* draft_priv: the texts of the workflow and of the load script. */
#ifndef STK_CORE_INIT_DRAFT_PRIV_H
#define STK_CORE_INIT_DRAFT_PRIV_H

#include "core/init/draft.h"

/* "load/checkout.lua" beside load/checkout.js, else by the service's name. In draft's arena. */
const char *stk_draft_load_path(struct stk_draft *draft, const struct stk_look *look);
void stk_draft_workflow(const struct stk_look *look, const char *load, struct stk_buf *buf);
void stk_draft_load(const struct stk_look *look, struct stk_buf *buf);

#endif
