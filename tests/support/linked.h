/* linked: hand-made changes and profiles of a made-up repository, compared and linked. */
#ifndef STK_TESTS_SUPPORT_LINKED_H
#define STK_TESTS_SUPPORT_LINKED_H

#include "core/diff/compare.h"
#include "core/diff/hotspots.h"
#include "core/git/changes.h"

enum { LINKED_PAIRS = 6, LINKED_STACK_MAX = 8 };

/* One frame, leaf first in a stack; name NULL ends it. */
struct linked_frame {
	const char *name, *file;
	int64_t start_line, line;
	bool is_inlined; /* into the next frame: one location with it */
};

/* A stack and how many samples each side has of it in each pair. */
struct linked_stack {
	struct linked_frame frames[LINKED_STACK_MAX];
	int64_t samples[STK_SIDES];
};

struct linked {
	struct stk_changes *changes;
	struct stk_run run;
	struct stk_comparison result;
};

/* No files and nothing changed yet. */
void linked_init(struct linked *linked);
void linked_release(struct linked *linked);
/* A file of both commits that did not change. */
void linked_add_file(struct linked *linked, const char *path);
/* A file that changed: old and new path (NULL = not there), text of both sides (may be ""). */
struct stk_changes_file *linked_change(
	struct linked *linked, const char *old_path, const char *new_path, const char *text);
/* Lines that differ: first and number of base, first and number of head. */
void linked_hunk(struct stk_changes_file *file, int64_t old_first, int64_t old_len,
	int64_t new_first, int64_t new_len);
/* Compare: LINKED_PAIRS pairs of the same stacks, a little unlike from pair to pair. */
void linked_compare(struct linked *linked, const struct linked_stack *stacks, size_t len);
/* The same stacks as idle (base's samples) and load (head's) of one build: its hotspots, whose rows
 * the caller releases. */
void linked_hotspots(struct linked *linked, const struct linked_stack *stacks, size_t len,
	struct stk_hotspots *out);
/* The row of a function; fails the test if there is none. */
const struct stk_row *linked_row(const struct linked *linked, const char *name);

#endif
