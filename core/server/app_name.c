/* app_name: the name parameter of /ingest. */
#include "core/server/app_name.h"

#include <string.h>

static bool is_word(char c, const char *more)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       (c && strchr(more, c) != NULL);
}

static int check_word(struct stk_str word, const char *more, const char *what, struct stk_err *err)
{
	for (size_t i = 0; i < word.len; i++)
		if (!is_word(word.ptr[i], more))
			return stk_err_set(err, STK_E_INVAL,
				"name: character 0x%02x is not allowed in %s '%.*s'",
				(unsigned char)word.ptr[i], what, STK_STR_ARG(word));
	return 0;
}

static int add_label(struct stk_app_name *name, struct stk_str pair, struct stk_err *err)
{
	ptrdiff_t eq = stk_str_find_byte(pair, '=');
	struct stk_app_name_label label;
	int rc;

	if (eq <= 0)
		return 0;
	label.key = stk_str_trim(stk_str_sub(pair, 0, (size_t)eq));
	label.value = stk_str_trim(stk_str_skip(pair, (size_t)eq + 1));
	if (!label.key.len || !label.value.len || stk_str_starts(label.key, "__"))
		return 0;
	rc = check_word(label.key, "_.", "label", err);
	if (rc < 0)
		return rc;
	for (size_t i = 0; i < name->labels.len; i++)
		if (stk_str_eq(name->labels.items[i].key, label.key)) {
			name->labels.items[i] = label;
			return 0;
		}
	if (name->labels.len >= STK_APP_NAME_MAX_LABELS)
		return stk_err_set(
			err, STK_E_INVAL, "name: more than %d labels", STK_APP_NAME_MAX_LABELS);
	stk_vec_push(&name->labels, label);
	return 0;
}

int stk_app_name_parse(struct stk_app_name *name, struct stk_str text, struct stk_err *err)
{
	ptrdiff_t open = stk_str_find_byte(text, '{'), close;
	struct stk_str rest, pair;
	int rc;

	memset(name, 0, sizeof *name);
	name->app = stk_str_trim(open < 0 ? text : stk_str_sub(text, 0, (size_t)open));
	if (!name->app.len)
		return stk_err_set(err, STK_E_INVAL, "name: service name is required");
	rc = check_word(name->app, "_./-", "the application", err);
	if (rc < 0 || open < 0)
		return rc;
	rest = stk_str_skip(text, (size_t)open + 1);
	close = stk_str_find_byte(rest, '}');
	if (close < 0)
		return 0;
	rest = stk_str_sub(rest, 0, (size_t)close);
	while (stk_str_cut(&rest, ',', &pair)) {
		rc = add_label(name, pair, err);
		if (rc < 0)
			return rc;
	}
	return 0;
}

void stk_app_name_release(struct stk_app_name *name)
{
	stk_vec_release(&name->labels);
}

struct stk_str stk_app_name_get(const struct stk_app_name *name, const char *key)
{
	for (size_t i = 0; i < name->labels.len; i++)
		if (stk_str_is(name->labels.items[i].key, key))
			return name->labels.items[i].value;
	return stk_str_n("", 0);
}
