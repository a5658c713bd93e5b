/* notes: text kept beside commits under refs/notes/stoker, shared with others by fetch and push.
 *
 * All of it by the git command: notes of a filtered clone are fetched when they are read. A note is
 * lines; notes of two clones are joined line by line, so that concurrent pushes lose nothing. */
#ifndef STK_CORE_GIT_NOTES_H
#define STK_CORE_GIT_NOTES_H

#include "core/base/buf.h"
#include "core/base/err.h"

#define STK_NOTES_REF "refs/notes/stoker"

/* Append the note of a commit. STK_E_NOT_FOUND when it has none. */
int stk_notes_read(const char *dir, const char *commit, struct stk_buf *out,
	struct stk_err *err) STK_MUST_CHECK;
/* Make lines the note of a commit, in place of what it had. */
int stk_notes_write(const char *dir, const char *commit, struct stk_str lines,
	struct stk_err *err) STK_MUST_CHECK;
/* Take the note of a commit away; none is fine. */
int stk_notes_remove(const char *dir, const char *commit, struct stk_err *err) STK_MUST_CHECK;
/* Append the commits that have notes, one to a line. */
int stk_notes_list(const char *dir, struct stk_buf *out, struct stk_err *err) STK_MUST_CHECK;

/* Take the notes of a remote in. A remote without any is fine. */
int stk_notes_fetch(const char *dir, const char *remote, struct stk_err *err) STK_MUST_CHECK;
/* Give ours to a remote; when another was quicker, take theirs in and try again. */
int stk_notes_push(const char *dir, const char *remote, struct stk_err *err) STK_MUST_CHECK;

#endif
