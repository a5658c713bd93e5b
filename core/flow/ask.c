/* ask: a question to a Pyroscope over a stretch of time. */
#include "core/flow/ask.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/units.h"
#include "core/profile/profile.h"
#include "core/pyroscope/types.h"
#include "core/report/text.h"
#include "core/source/pyroscope.h"

/* Names in a hint; the others are counted. */
enum { NAMES_MAX = 10 };

static struct stk_source_query query_of(const struct stk_ask *ask, const char *selector)
{
	return (struct stk_source_query){
		.selector = selector, .from_ns = ask->from_ns, .to_ns = ask->to_ns};
}

/* "cpu in {service_name="x"} from 2026-11-22T14:00:00.000Z to …". Names come from a server. */
static void add_question(const struct stk_ask *ask, struct stk_buf *buf)
{
	stk_text_add_plain(buf, ask->expr.type);
	stk_buf_add_text(buf, " in ");
	stk_text_add_plain(buf, stk_str_sub(ask->expr.selector, 0, 200));
	stk_buf_add_text(buf, " from ");
	stk_units_format_rfc3339(buf, ask->from_ns);
	stk_buf_add_text(buf, " to ");
	stk_units_format_rfc3339(buf, ask->to_ns);
}

static void add_names(const struct stk_source_names *names, struct stk_buf *buf)
{
	for (size_t i = 0; i < names->len && i < NAMES_MAX; i++) {
		stk_buf_add_text(buf, i ? ", " : "");
		stk_text_add_plain(buf, stk_str_sub(stk_str_of(names->items[i]), 0, 80));
	}
	if (names->len > NAMES_MAX)
		stk_buf_addf(buf, " and %zu more", names->len - NAMES_MAX);
}

/* Nothing matches the selector: which services sent something in that time? */
static void hint_services(const struct stk_ask *ask, struct stk_err *err)
{
	struct stk_source_query query = query_of(ask, "{}");
	struct stk_source_names names = {0};
	struct stk_buf text = STK_BUF_EMPTY;

	if (stk_source_pyroscope_values(ask->source, &query, "service_name", &names, NULL) == 0) {
		add_names(&names, &text);
		stk_err_hint(err, "%s%s",
			names.len ? "services that sent something then: "
				  : "nothing at all was sent to it in that time",
			text.ptr);
	}
	stk_source_names_release(&names);
	stk_buf_release(&text);
}

static int refuse(
	const struct stk_ask *ask, const struct stk_source_names *types, struct stk_err *err)
{
	struct stk_buf text = STK_BUF_EMPTY;

	add_question(ask, &text);
	stk_err_set(err, STK_E_NOT_FOUND, "there is nothing: %s", text.ptr);
	stk_buf_clear(&text);
	add_names(types, &text);
	if (types->len > 0)
		stk_err_hint(err, "it has: %s", text.ptr);
	else
		hint_services(ask, err);
	stk_buf_release(&text);
	return STK_E_NOT_FOUND;
}

int stk_ask_type(const struct stk_ask *ask, char **type_id_out, struct stk_err *err)
{
	char *selector = stk_str_dup(ask->expr.selector);
	struct stk_source_query query = query_of(ask, selector);
	STK_VEC(struct stk_str) ids = STK_VEC_INIT;
	struct stk_source_names names = {0};
	ptrdiff_t found = -1;
	int rc = stk_source_types(ask->source, &query, &names, err);

	for (size_t i = 0; rc == 0 && i < names.len; i++)
		stk_vec_push(&ids, stk_str_of(names.items[i]));
	if (rc == 0)
		found = stk_types_find(ask->expr.type, ids.items, ids.len);
	if (found >= 0)
		*type_id_out = stk_xstrdup(names.items[found]);
	else if (rc == 0)
		rc = refuse(ask, &names, err);
	stk_vec_release(&ids);
	stk_source_names_release(&names);
	free(selector);
	return rc;
}

int stk_ask_profile(const struct stk_ask *ask, struct stk_profile **out, char **type_id_out,
	struct stk_err *err)
{
	char *selector = stk_str_dup(ask->expr.selector), *type_id = NULL;
	struct stk_source_query query = query_of(ask, selector);
	struct stk_source_names none = {0};
	struct stk_profile *profile = NULL;
	int rc = stk_ask_type(ask, &type_id, err);

	query.type_id = type_id;
	if (rc == 0)
		rc = stk_source_pyroscope_merge(ask->source, &query, &profile, err);
	if (rc == 0 && !profile)
		rc = refuse(ask, &none, err);
	if (rc == 0) {
		*out = profile;
		*type_id_out = type_id;
		type_id = NULL;
	}
	free(type_id);
	free(selector);
	return rc;
}
