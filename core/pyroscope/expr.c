/* expr: a query as people paste it: a profile type and a selector. */
#include "core/pyroscope/expr.h"

#include "core/profile/labels.h"

#define TYPE_MAX 512

static int refuse(const char *what, struct stk_str text, struct stk_err *err)
{
	stk_err_set(err, STK_E_INVAL, "%s in the query '%.*s'", what,
		STK_STR_ARG(stk_str_sub(text, 0, 200)));
	stk_err_hint(err, "write cpu{service_name=\"x\"}, as Grafana's Explore shows it");
	return STK_E_INVAL;
}

/* Letters, digits and what ids are made of: a selector without its brace ends up here. */
static bool is_type(struct stk_str text)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];

		if (c <= ' ' || c == '"' || c == '=' || c == ',' || c == '}' || c == '\'')
			return false;
	}
	return text.len <= TYPE_MAX;
}

int stk_expr_parse(struct stk_str text, struct stk_expr *out, struct stk_err *err)
{
	struct stk_str whole = stk_str_trim(text);
	struct stk_expr expr = {STK_STR("cpu"), STK_STR("{}")};
	ptrdiff_t brace = stk_str_find_byte(whole, '{');
	struct stk_selector *selector = NULL;
	struct stk_str type = brace < 0 ? whole : stk_str_sub(whole, 0, (size_t)brace);
	int rc;

	if (whole.len == 0)
		return refuse("there is nothing", text, err);
	if (!is_type(stk_str_trim(type)))
		return refuse("the part before the brace is no profile type", text, err);
	if (stk_str_trim(type).len > 0)
		expr.type = stk_str_trim(type);
	if (brace >= 0)
		expr.selector = stk_str_skip(whole, (size_t)brace);
	rc = stk_selector_parse(expr.selector, &selector, err);
	if (rc < 0) {
		stk_err_wrap(err, "the query's selector");
		return rc;
	}
	stk_selector_free(selector);
	*out = expr;
	return 0;
}
