/* changes: which lines of which files differ between two commits, renames followed.
 *
 * Lines are told for both sides: those that the old commit has and the new one has not, and the
 * reverse. What only differs in blanks at the end of lines (CRLF) or in empty lines is no change;
 * indentation is one. */
#ifndef STK_CORE_GIT_CHANGES_H
#define STK_CORE_GIT_CHANGES_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/err.h"
#include "core/git/paths.h"
#include "core/git/repo.h"

enum { STK_CHANGES_OLD = 0, STK_CHANGES_NEW = 1, STK_CHANGES_SIDES = 2 };

/* Of more, the lines are not looked at: files that differ, lines that differ in them together,
 * bytes of one file, files of a commit. */
#define STK_CHANGES_FILES_MAX   ((size_t)10000)
#define STK_CHANGES_LINES_MAX   ((int64_t)1000000)
#define STK_CHANGES_BYTES_MAX   ((size_t)4 << 20)
#define STK_CHANGES_TRACKED_MAX ((size_t)1000000)

/* len lines from first on, per side. len 0: nothing on that side; first is the line before. */
struct stk_changes_hunk {
	int64_t first[STK_CHANGES_SIDES], len[STK_CHANGES_SIDES];
};

struct stk_changes_file {
	const char *path[STK_CHANGES_SIDES]; /* NULL: not there on that side */
	/* of a text file of moderate size, else empty; bytes as committed */
	struct stk_str text[STK_CHANGES_SIDES];
	STK_VEC(struct stk_changes_hunk) hunks; /* in order */
	bool is_unknown;                        /* it differs, nobody knows where: binary, cut */
};

/* Without a file: equal on both sides. Everything is of this struct's arena. */
struct stk_changes {
	struct stk_arena arena;
	struct stk_paths paths[STK_CHANGES_SIDES]; /* all files of the two commits */
	STK_VEC(struct stk_changes_file) files;
	struct stk_map by_path[STK_CHANGES_SIDES]; /* to number in files */
	int64_t files_len, lines;                  /* that differ, also those not looked at */
	/* Files that decide what is built or run beside the code: go.sum, Dockerfile, submodules.
	 */
	STK_VEC(const char *) settings;
	const char *cut; /* what was left out, as a sentence; NULL = nothing */
};

/* Which two commits, by any name, and the folders that they were built in (NULL = unknown). */
struct stk_changes_spec {
	const char *revision[STK_CHANGES_SIDES];
	const char *root[STK_CHANGES_SIDES];
};

/* Compare two commits. STK_E_NOT_FOUND when one of them is not here. *out is the caller's. */
int stk_changes_read(struct stk_repo *repo, const struct stk_changes_spec *spec,
	struct stk_changes **out, struct stk_err *err) STK_MUST_CHECK;
void stk_changes_free(struct stk_changes *changes); /* NULL is fine */

/* The file of this path on that side, NULL if it did not change. */
const struct stk_changes_file *stk_changes_find(
	const struct stk_changes *changes, int side, struct stk_str path);

/* The first hunk that touches the lines first to last of that side, NULL if none does. */
const struct stk_changes_hunk *stk_changes_touch(
	const struct stk_changes_file *file, int side, int64_t first, int64_t last);

/* The line of the new side at which to show a hunk; for lines that only went, the one before. */
int64_t stk_changes_shown_line(const struct stk_changes_hunk *hunk);

#endif
