/* fuzz_cookie: Set-Cookie lines of any server into a jar, and out again. */
#include <stdlib.h>
#include <string.h>

#include "core/load/cookies.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct stk_str rest = {(const char *)data, size}, line;
	struct stk_buf out = STK_BUF_EMPTY;
	struct stk_cookies jar;
	struct stk_url url;

	if (stk_url_parse(STK_STR("http://www.shop.test:80/a/b?c"), &url, NULL) < 0)
		abort();
	stk_cookies_init(&jar);
	while (stk_str_cut(&rest, '\n', &line))
		(void)stk_cookies_put(&jar, &url, line, 1);
	if (jar.items.len > STK_COOKIES_MAX)
		abort();
	stk_cookies_format(&jar, &url, 1, &out);
	if (memchr(out.ptr, '\n', out.len))
		abort();
	stk_buf_release(&out);
	stk_cookies_release(&jar);
	return 0;
}
