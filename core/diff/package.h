/* package: which package a function belongs to. */
#ifndef STK_CORE_DIFF_PACKAGE_H
#define STK_CORE_DIFF_PACKAGE_H

#include "core/base/str.h"

/* Folder of the file, or without a file what stands before the last dot of the name; empty when
 * there is none. Borrows its arguments. */
struct stk_str stk_package_of(const char *name, const char *file);

#endif
