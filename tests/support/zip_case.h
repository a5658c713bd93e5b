/* zip_case: archives made by hand, also unfit ones. */
#ifndef STK_TESTS_SUPPORT_ZIP_CASE_H
#define STK_TESTS_SUPPORT_ZIP_CASE_H

#include "core/base/buf.h"

struct zip_case {
	struct stk_buf bytes, directory;
	unsigned entries;
};

#define ZIP_CASE_INIT                                                                              \
	{                                                                                          \
		STK_BUF_EMPTY, STK_BUF_EMPTY, 0                                                    \
	}

/* An entry that is stored as it is. */
void zip_case_add(struct zip_case *made, const char *name, struct stk_str bytes);
/* One that says of itself what flags and method say (APPNOTE 4.4.4, 4.4.5). */
void zip_case_add_unfit(struct zip_case *made, const char *name, struct stk_str bytes,
	unsigned flags, unsigned method);
/* Directory and end; the end claims so many entries. */
void zip_case_finish(struct zip_case *made, unsigned claimed);
void zip_case_release(struct zip_case *made);

#endif
