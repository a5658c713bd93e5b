/* profile: SelectMergeProfile: the merged samples of a query as a pprof. */
#include <string.h>

#include "core/profile/pprof.h"
#include "core/pyroscope/pprof_json.h"
#include "core/pyroscope/types.h"
#include "core/server/handlers.h"

/* Upstream's guesses by profile name; readers must not rely on them. */
static int64_t period_of(struct stk_str name)
{
	if (stk_str_is(name, "process_cpu"))
		return 1000000000;
	return stk_str_is(name, "memory") ? 524288 : 1;
}

/* The head of the answer: one sample type, its period, the end of the query. */
static void set_head(struct stk_profile *profile, struct stk_str type_id, int64_t end_ns)
{
	struct stk_types_id id;

	if (stk_types_parse(type_id, &id, NULL) < 0)
		return;
	profile->period_type.type = stk_profile_intern(profile, id.period_type);
	profile->period_type.unit = stk_profile_intern(profile, id.period_unit);
	profile->period = period_of(id.name);
	profile->default_type = stk_profile_intern(profile, id.sample_type);
	profile->time_ns = end_ns;
	profile->duration_ns = 0;
}

static int answer_profile(
	struct stk_call *call, const struct stk_profile *profile, struct stk_err *err)
{
	struct stk_buf plain = STK_BUF_EMPTY;
	int rc = 0;

	if (profile)
		stk_pprof_encode(profile, &plain);
	call->reply->status = 200;
	if (call->codec == STK_CONNECT_PROTO) {
		call->reply->content_type = STK_CONNECT_TYPE_PROTO;
		call->reply->body = plain;
		stk_call_pack(call);
		return 0;
	}
	call->reply->content_type = STK_CONNECT_TYPE_JSON;
	if (profile)
		rc = stk_pprof_json_write(stk_buf_str(&plain), &call->reply->body, err);
	else
		stk_buf_add_text(&call->reply->body, "{}");
	if (rc == 0)
		stk_call_pack(call);
	stk_buf_release(&plain);
	return rc;
}

int stk_handlers_profile(struct stk_call *call, const void *message, struct stk_err *err)
{
	const struct stk_query_profile_request *request = message;
	struct stk_store_query query = {0};
	struct stk_store_points points = {0};
	struct stk_profile *profile = NULL;
	int rc;

	if (request->stack_selector || request->profile_ids.len || request->trace_ids.len)
		return stk_err_set(err, STK_E_UNIMPLEMENTED,
			"SelectMergeProfile: selectors of stacks, profiles and traces are not "
			"there");
	rc = stk_call_window(request->start, request->end, &query, err);
	if (rc == 0)
		rc = stk_call_query(call, request->type_id, request->selector, &query, err);
	if (rc == 0)
		rc = stk_store_select(call->store, &query, &points, err);
	if (rc == 0)
		rc = stk_store_merge(call->store, &points, &profile, err);
	if (rc == 0 && profile)
		set_head(profile, query.type, query.to_ns);
	if (rc == 0)
		rc = answer_profile(call, profile, err);
	stk_profile_free(profile);
	stk_store_points_release(&points);
	stk_call_selectors_free(&query);
	return rc;
}
