/* folded: "main;parse 30" text, one stack per line, root first. */
#ifndef STK_CORE_PROFILE_FOLDED_H
#define STK_CORE_PROFILE_FOLDED_H

#include "core/base/buf.h"
#include "core/profile/profile.h"

#define STK_FOLDED_MAX_BYTES ((size_t)64 << 20)
#define STK_FOLDED_MAX_STACK 4096 /* frames of one line */

/* What the profile that is read becomes; NULL parts: "samples", "count". */
struct stk_folded_opts {
	const char *type, *unit;
	const char *period_type, *period_unit;
	int64_t period; /* 0: none */
	int64_t scale;  /* each value is multiplied by it; 0 means 1 */
	bool is_lines; /* no number at the end: every line counts 1, and blanks are part of names */
};

#define STK_FOLDED_OPTS_INIT                                                                       \
	{                                                                                          \
		NULL, NULL, NULL, NULL, 0, 0, false                                                \
	}

/* Read lines "a;b;c 12" ("\r" and blanks at the end, empty lines are skipped; the number is behind
 * the last blank). STK_E_FORMAT with the line number: no number, negative, over 63 bits in sum, too
 * many frames. *out is the caller's; an empty text gives a profile without samples. */
int stk_folded_read(struct stk_str text, const struct stk_folded_opts *opts,
	struct stk_profile **out, struct stk_err *err) STK_MUST_CHECK;

/* Append one sample type as folded text, equal stacks as one line, sorted by bytes. ';' and line
 * breaks in names become ':' and ' '. A frame without a function reads as its address, 0x1f2e. */
void stk_folded_write(const struct stk_profile *profile, size_t type, struct stk_buf *buf);
/* The same with the first sample type of two profiles, NULL is an empty one: "main;parse 30 45", as
 * difffolded.pl writes it and flamegraph.pl reads it. */
void stk_folded_write_pair(
	const struct stk_profile *base, const struct stk_profile *head, struct stk_buf *buf);

#endif
