/* system_tags: names to bits, and what is left of a sample's tags. */
#include "core/load/system_tags.h"

#include <string.h>

#include "core/load/plan.h"

enum kind { ON, OFF, NEVER };

/* NEVER: k6 keeps them as metadata that nothing can be asked for by. */
static const struct {
	const char *name;
	enum kind kind;
} names[] = {
	{"proto", ON},
	{"subproto", ON},
	{"status", ON},
	{"method", ON},
	{"url", ON},
	{"name", ON},
	{"group", ON},
	{"check", ON},
	{"error", ON},
	{"error_code", ON},
	{"tls_version", ON},
	{"scenario", ON},
	{"service", ON},
	{"expected_response", ON},
	{"ip", OFF},
	{"ocsp_status", OFF},
	{"vu", NEVER},
	{"iter", NEVER},
};

stk_system_tags stk_system_tags_default(void)
{
	stk_system_tags tags = 0;

	for (size_t i = 0; i < STK_ARRAY_LEN(names); i++)
		if (names[i].kind == ON)
			tags |= (stk_system_tags)1 << i;
	return tags;
}

static int unknown(struct stk_str name, struct stk_err *err)
{
	const char *words[STK_ARRAY_LEN(names)], *near;

	for (size_t i = 0; i < STK_ARRAY_LEN(names); i++)
		words[i] = names[i].name;
	near = stk_str_nearest(name, words, STK_ARRAY_LEN(words));
	(void)stk_err_set(err, STK_E_INVAL, "there is no system tag '%.*s'", STK_STR_ARG(name));
	stk_err_hint(err,
		near ? "did you mean '%s'?" : "there are proto, status, method, url ...%s",
		near ? near : "");
	return STK_E_INVAL;
}

int stk_system_tags_add(stk_system_tags *tags, struct stk_str name, struct stk_err *err)
{
	size_t i = 0;

	while (i < STK_ARRAY_LEN(names) && !stk_str_is(name, names[i].name))
		i++;
	if (i == STK_ARRAY_LEN(names))
		return unknown(name, err);
	if (names[i].kind == NEVER) {
		(void)stk_err_set(err, STK_E_INVAL,
			"system tag '%s' would have a value of its own for each %s", names[i].name,
			strcmp(names[i].name, "vu") == 0 ? "virtual user" : "iteration");
		stk_err_hint(err, "put it on the samples that need it: tags = { vu = "
				  "tostring(stoker.vu.id) }");
		return STK_E_INVAL;
	}
	*tags |= (stk_system_tags)1 << i;
	return 0;
}

int stk_system_tags_parse(const char *list, stk_system_tags *out, struct stk_err *err)
{
	struct stk_str rest = stk_str_of(list), word;
	stk_system_tags tags = 0;
	int rc = 0;

	while (rc == 0 && rest.len > 0 && stk_str_cut(&rest, ',', &word))
		if (stk_str_trim(word).len > 0)
			rc = stk_system_tags_add(&tags, stk_str_trim(word), err);
	if (rc == 0)
		*out = tags;
	return rc;
}

bool stk_system_tags_has(stk_system_tags tags, const char *name)
{
	for (size_t i = 0; i < STK_ARRAY_LEN(names); i++)
		if (strcmp(names[i].name, name) == 0)
			return (tags >> i & 1) || names[i].kind == NEVER;
	return true;
}

size_t stk_system_tags_filter(
	stk_system_tags tags, const struct stk_tag *items, size_t len, struct stk_tag *out)
{
	size_t kept = 0;

	for (size_t i = 0; i < len; i++)
		if (stk_system_tags_has(tags, items[i].key))
			out[kept++] = items[i];
	return kept;
}
