/* package: which package a function belongs to. */
#include "core/diff/package.h"

struct stk_str stk_package_of(const char *name, const char *file)
{
	bool by_file = file[0] != '\0';
	struct stk_str text = stk_str_of(by_file ? file : name);
	ptrdiff_t cut = stk_str_rfind_byte(text, by_file ? '/' : '.');

	return stk_str_sub(text, 0, cut < 0 ? 0 : (size_t)cut);
}
