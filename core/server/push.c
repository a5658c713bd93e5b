/* push: PusherService/Push: each series' profiles checked, the good ones committed together. */
#include <stdlib.h>
#include <string.h>

#include "core/base/vec.h"
#include "core/pyroscope/push.h"
#include "core/server/handlers.h"

STK_VEC_TYPE(item_list, struct stk_store_item);

static bool in_side(const struct stk_call *call, struct stk_str name)
{
	for (size_t i = 0; call->side && i < call->side->labels_len; i++)
		if (stk_str_eq(call->side->labels[i].name, name))
			return true;
	return false;
}

/* The labels of a series as they are stored: the side's own win, service_name is never missing. */
static int make_labels(struct stk_call *call, const struct stk_push_series *series,
	struct stk_label **out, size_t *len_out, struct stk_err *err)
{
	const struct stk_query_label *in = series->labels.items;
	size_t most = series->labels.len + 3 + (call->side ? call->side->labels_len : 0), len = 0;
	struct stk_label *labels = stk_arena_zalloc(&call->arena, most, sizeof *labels);
	bool service = false;

	for (size_t i = 0; i < series->labels.len; i++) {
		struct stk_label label = {in[i].name, in[i].value};

		if (in_side(call, label.name))
			continue;
		if (stk_str_is(label.name, "service_name")) {
			service = true;
			if (!label.value.len)
				return stk_err_set(
					err, STK_E_INVAL, "service name is not provided");
		}
		if (stk_str_is(label.name, "__name__") &&
			stk_str_is(label.value, "godeltaprof_memory")) {
			labels[len++] =
				(struct stk_label){STK_STR("__name_replaced__"), label.value};
			label.value = STK_STR("memory");
		}
		labels[len++] = label;
	}
	if (!service)
		labels[len++] =
			(struct stk_label){STK_STR("service_name"), STK_STR("unknown_service")};
	for (size_t i = 0; call->side && i < call->side->labels_len; i++)
		labels[len++] = call->side->labels[i];
	*out = labels;
	*len_out = len;
	return 0;
}

static int add_series(struct stk_call *call, const struct stk_push_series *series,
	struct item_list *items, struct stk_err *err)
{
	const struct stk_push_sample *samples = series->samples.items;
	struct stk_store_push push = {.fallback_ns = stk_clock_wall(call->clock)};
	struct stk_label *labels = NULL;
	int rc;

	rc = make_labels(call, series, &labels, &push.labels_len, err);
	push.labels = labels;
	for (size_t i = 0; rc == 0 && i < series->samples.len; i++) {
		struct stk_store_item item;

		push.pprof = samples[i].profile;
		rc = stk_store_prepare(&push, &item, err);
		if (rc == 0)
			stk_vec_push(items, item);
		else
			stk_store_item_release(&item);
	}
	return rc;
}

/* Upstream's answers: unreadable bytes are 500 unknown, refused ones 400. */
static enum stk_connect_code code_of(int rc)
{
	if (rc == STK_E_FORMAT)
		return STK_CONNECT_UNKNOWN;
	if (rc == STK_E_INVAL || rc == STK_E_TOO_LARGE)
		return STK_CONNECT_INVALID_ARGUMENT;
	return STK_CONNECT_UNAVAILABLE;
}

int stk_handlers_push(struct stk_call *call, const void *request, struct stk_err *err)
{
	static const struct stk_query_empty nothing = {0};
	const struct stk_push_request *push = request;
	const struct stk_push_series *series = push->series.items;
	struct item_list items = STK_VEC_INIT;
	struct stk_err own = STK_ERR_INIT;
	int rc = 0, bad = 0;

	if (!push->series.len)
		return stk_err_set(err, STK_E_INVAL, "no profiles received");
	/* one bad series fails the call, the good ones before and after it are kept */
	for (size_t i = 0; i < push->series.len; i++) {
		int one = add_series(call, &series[i], &items, bad ? NULL : &own);

		bad = bad ? bad : one;
	}
	rc = stk_store_commit(call->store, items.items, items.len, err);
	if (rc == 0 && bad) {
		rc = bad;
		*err = own;
	}
	if (rc == 0)
		stk_call_answer(call, &stk_query_empty_wire, &nothing);
	else
		call->code = code_of(rc);
	for (size_t i = 0; i < items.len; i++)
		stk_store_item_release(&items.items[i]);
	stk_vec_release(&items);
	return rc;
}
