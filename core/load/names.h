/* names: the request names of a run, at most STK_LABELS_NAMES_MAX; what comes after is "other". */
#ifndef STK_CORE_LOAD_NAMES_H
#define STK_CORE_LOAD_NAMES_H

#include <pthread.h>
#include <stdbool.h>

#include "core/base/map.h"

struct stk_name {
	char *text;  /* the tag's value */
	char *label; /* as it may stand in the baggage header */
};

/* Shared by all workers; every call is safe from any thread. */
struct stk_names {
	pthread_mutex_t mutex;
	struct stk_map map; /* text -> struct stk_name */
	struct stk_name *other;
	bool is_full, has_replaced; /* said once */
};

enum stk_names_note { STK_NAMES_FULL = 1, STK_NAMES_REPLACED = 2 };

void stk_names_init(struct stk_names *names);
void stk_names_release(struct stk_names *names);
/* The name for text, valid as long as names; "other" when there are too many. Notes in *notes_out
 * what just happened for the first time: the limit was passed, a label had to be changed. */
const struct stk_name *stk_names_get(struct stk_names *names, struct stk_str text, int *notes_out);

#endif
