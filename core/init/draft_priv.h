/* draft_priv: the texts of the single files. */
#ifndef STK_CORE_INIT_DRAFT_PRIV_H
#define STK_CORE_INIT_DRAFT_PRIV_H

#include "core/init/draft.h"

/* "load/checkout.lua" beside load/checkout.js, else by the service's name. In draft's arena. */
const char *stk_draft_load_path(struct stk_draft *draft, const struct stk_look *look);
void stk_draft_workflow(const struct stk_look *look, const char *load, struct stk_buf *buf);
void stk_draft_load(const struct stk_look *look, struct stk_buf *buf);
/* The CI's files, with draft's source in them. */
void stk_draft_add_ci(struct stk_draft *draft, const struct stk_look *look);

/* A new file without text; it moves with the next one. path and about are copied. */
struct stk_draft_file *stk_draft_add(struct stk_draft *draft, const char *path, const char *about);

#endif
