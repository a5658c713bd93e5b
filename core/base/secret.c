/* secret: text that prints as *** wherever it is shown. */
#include "core/base/secret.h"

#include <stdlib.h>
#include <string.h>

void stk_secret_init(struct stk_secret *secret, struct stk_str text)
{
	secret->text = stk_str_dup(text);
	secret->len = text.len;
}

void stk_secret_release(struct stk_secret *secret)
{
	if (secret->text)
		explicit_bzero(secret->text, secret->len);
	free(secret->text);
	*secret = (struct stk_secret)STK_SECRET_INIT;
}

bool stk_secret_is_set(const struct stk_secret *secret)
{
	return secret->len > 0;
}

struct stk_str stk_secret_reveal(const struct stk_secret *secret)
{
	return stk_str_n(secret->text, secret->len);
}

bool stk_secret_is_name(struct stk_str name)
{
	static const char *const words[] = {
		"TOKEN", "SECRET", "PASSWORD", "PASSWD", "KEY", "CREDENTIAL", "AUTHORIZATION"};

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		for (size_t at = 0, len = strlen(words[i]); at + len <= name.len; at++)
			if (stk_str_eq_nocase(stk_str_sub(name, at, len), stk_str_of(words[i])))
				return true;
	return false;
}
