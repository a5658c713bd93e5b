/* ignore: the rules of .gitignore files, as far as a look at a repository needs them. */
#ifndef STK_CORE_INIT_IGNORE_H
#define STK_CORE_INIT_IGNORE_H

#include <stdbool.h>

#include "core/base/arena.h"
#include "core/base/str.h"
#include "core/base/vec.h"

/* More rules than this in one repository: the rest is not read. */
#define STK_IGNORE_RULES_MAX 20000

struct stk_ignore_rule {
	const char *folder;  /* of its .gitignore: "" or "web/" */
	const char *pattern; /* without "!", slashes at the ends */
	bool negated, folders_only;
	bool anchored; /* holds a slash: the whole path below folder, else the last part of it */
};

/* In the order of reading; the last one that matches decides. */
struct stk_ignore {
	struct stk_arena arena;
	STK_VEC(struct stk_ignore_rule) rules;
};

#define STK_IGNORE_INIT                                                                            \
	{                                                                                          \
		STK_ARENA_INIT, STK_VEC_INIT                                                       \
	}

void stk_ignore_release(struct stk_ignore *ignore);

/* Add the rules of one .gitignore; folder is where it lies, "" or ending in a slash. The format is
 * that of gitignore(5). */
void stk_ignore_read(struct stk_ignore *ignore, const char *folder, struct stk_str text);

/* Is a path (relative to the top, no slash at the end) left out? Its folders are asked first by
 * whoever walks: what lies in an ignored folder is never reached. */
bool stk_ignore_has(const struct stk_ignore *ignore, const char *path, bool is_folder);

/* One pattern against one text: "?", "[a-z]", "[!a]", "\" before what is meant as it is, "*" within
 * a part of a path, a part "**" for any number of them. Linear in the length of both for each "*";
 * no recursion. */
bool stk_ignore_match(const char *pattern, const char *text);

#endif
