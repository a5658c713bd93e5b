/* ingest: POST /ingest: pprof (raw, gzip'd, multipart), folded text and lines. */
#include <string.h>

#include "core/base/json.h"
#include "core/http/form.h"
#include "core/server/app_name.h"
#include "core/server/folded_push.h"
#include "core/server/handlers.h"
#include "core/server/when.h"

#define DEFAULT_RATE 100

/* One ingest while it is worked on. */
struct ingest {
	struct stk_call *call;
	struct stk_app_name name;
	int64_t from_ns;
	struct stk_json *config;
	struct stk_label labels[STK_APP_NAME_MAX_LABELS + 16];
	size_t labels_len;
};

static struct stk_str param(const struct ingest *in, const char *key)
{
	return stk_url_query_get(&in->call->request->query, key);
}

static bool in_side(const struct ingest *in, struct stk_str name)
{
	const struct stk_call_side *side = in->call->side;

	for (size_t i = 0; side && i < side->labels_len; i++)
		if (stk_str_eq(side->labels[i].name, name))
			return true;
	return false;
}

static void add_label(struct ingest *in, const char *name, struct stk_str value)
{
	if (value.len && !in_side(in, stk_str_of(name)))
		in->labels[in->labels_len++] = (struct stk_label){stk_str_of(name), value};
}

/* The labels of the name and those that /ingest adds. app is the name that is left. */
static void make_labels(struct ingest *in, struct stk_str app, bool folded)
{
	const struct stk_call_side *side = in->call->side;
	struct stk_str spy = param(in, "spyName");
	struct stk_str service = stk_app_name_get(&in->name, "service_name");

	for (size_t i = 0; i < in->name.labels.len; i++) {
		const struct stk_app_name_label *label = &in->name.labels.items[i];

		if (!stk_str_is(label->key, "service_name") &&
			!stk_str_is(label->key, "pyroscope_spy") && !in_side(in, label->key))
			in->labels[in->labels_len++] = (struct stk_label){label->key, label->value};
	}
	add_label(in, "service_name", service.len ? service : app);
	if (folded && service.len && !stk_app_name_get(&in->name, "app_name").len)
		add_label(in, "app_name", app);
	add_label(in, "pyroscope_spy", spy.len ? spy : STK_STR("unknown"));
	add_label(in, "__delta__", STK_STR("false"));
	/* the session of the agent tells its instances apart; it is not shown */
	for (size_t i = 0; side && i < side->labels_len; i++)
		in->labels[in->labels_len++] = side->labels[i];
}

static int store_pprof(
	struct ingest *in, struct stk_str pprof, const char *name, struct stk_err *err)
{
	struct stk_store_push push = {.labels = in->labels,
		.pprof = pprof,
		.fallback_ns = in->from_ns,
		.name_of = name ? NULL : stk_ingest_name,
		.name_ctx = in->config};
	struct stk_store_item item;
	int rc;

	if (name)
		add_label(in, "__name__", stk_str_of(name));
	push.labels_len = in->labels_len;
	rc = stk_store_prepare(&push, &item, err);
	if (rc == 0) {
		rc = stk_store_commit(in->call->store, &item, 1, err);
		in->call->code = rc < 0 ? STK_CONNECT_UNAVAILABLE : STK_CONNECT_OK;
	}
	stk_store_item_release(&item);
	return rc;
}

/* A pprof that cannot be taken is 422 unknown here, whatever is wrong with it. */
static void fail_422(struct stk_call *call, enum stk_connect_code code, const char *message)
{
	stk_call_fail(call, code, message);
	call->reply->status = 422;
}

static void ingest_pprof(struct ingest *in, struct stk_str pprof)
{
	struct stk_err err = STK_ERR_INIT;

	make_labels(in, in->name.app, false);
	if (store_pprof(in, pprof, NULL, &err) == 0)
		return;
	if (in->call->code)
		stk_call_fail_err(in->call, &err);
	else
		fail_422(in->call, STK_CONNECT_UNKNOWN, err.msg);
}

static void ingest_multipart(struct ingest *in)
{
	const struct stk_server_request *request = in->call->request;
	const struct stk_form_part *part;
	struct stk_err err = STK_ERR_INIT;
	struct stk_form form;

	if (stk_form_parse(&form, stk_server_request_header(request, "content-type"), request->body,
		    &err) < 0) {
		fail_422(in->call, STK_CONNECT_UNKNOWN, err.msg);
		goto out;
	}
	if (stk_form_find(&form, "prev_profile")) {
		fail_422(in->call, STK_CONNECT_UNKNOWN,
			"prev_profile is not supported: the client is too old");
		goto out;
	}
	part = stk_form_find(&form, "sample_type_config");
	if (part && stk_json_parse(part->data, &in->config, &err) < 0) {
		(void)stk_err_wrap(&err, "sample_type_config");
		fail_422(in->call, STK_CONNECT_UNKNOWN, err.msg);
		goto out;
	}
	part = stk_form_find(&form, "profile");
	if (part && part->has_filename && part->data.len)
		ingest_pprof(in, part->data);
out:
	stk_form_release(&form);
}

static void ingest_text(struct ingest *in, bool lines)
{
	struct stk_folded_push push = {.text = in->call->request->body,
		.lines = lines,
		.sample_rate = DEFAULT_RATE,
		.time_ns = in->from_ns};
	struct stk_buf pprof = STK_BUF_EMPTY;
	struct stk_err err = STK_ERR_INIT;
	struct stk_str app = {NULL, 0};

	/* unreadable rates are the default, 0 keeps counts */
	if (stk_str_to_i64(param(in, "sampleRate"), &push.sample_rate, NULL) < 0)
		push.sample_rate = DEFAULT_RATE;
	if (stk_ingest_suffix_find(in->name.app, &app, &push.suffix, &err) < 0) {
		stk_call_fail_err(in->call, &err);
		return;
	}
	/* upstream drops these without a word */
	if (stk_app_name_get(&in->name, "profile_id").len)
		return;
	make_labels(in, app, true);
	if (stk_folded_push_encode(&push, &pprof, &err) < 0)
		fail_422(in->call, STK_CONNECT_UNKNOWN, err.msg);
	else if (store_pprof(in, stk_buf_str(&pprof), push.suffix->name, &err) < 0)
		stk_call_fail_err(in->call, &err);
	stk_buf_release(&pprof);
}

static bool is_known_missing(struct stk_call *call, struct stk_str format, struct stk_str type)
{
	const char *what = NULL;

	if (stk_str_is(format, "jfr"))
		what = "JFR is not read here; use an agent that sends pprof, or a Pyroscope server";
	else if (stk_str_is(format, "speedscope"))
		what = "speedscope JSON is not read here; send pprof or folded text";
	else if (stk_str_is(format, "trie") || stk_str_contains(type, STK_STR("+trie")))
		what = "the trie format is not read here; send pprof or folded text";
	else if (stk_str_is(format, "tree") || stk_str_contains(type, STK_STR("+tree")))
		what = "the tree format is not read here; send pprof or folded text";
	if (what)
		/* 422, not 501: the Java agent repeats 5xx up to eight times */
		fail_422(call, STK_CONNECT_UNIMPLEMENTED, what);
	return what != NULL;
}

void stk_handlers_ingest(struct stk_call *call)
{
	struct ingest in = {.call = call};
	struct stk_str format = stk_url_query_get(&call->request->query, "format");
	struct stk_str type = stk_server_request_header(call->request, "content-type");
	int64_t now_ns = stk_clock_wall(call->clock);
	struct stk_err err = STK_ERR_INIT;

	if (stk_app_name_parse(&in.name, stk_url_query_get(&call->request->query, "name"), &err) <
		0) {
		stk_call_fail_err(call, &err);
		goto out;
	}
	in.from_ns = stk_when_parse(param(&in, "from"), now_ns);
	if (!in.from_ns)
		in.from_ns = now_ns;
	if (is_known_missing(call, format, type))
		goto out;
	if (stk_str_is(format, "pprof"))
		ingest_pprof(&in, call->request->body);
	else if (stk_str_is(format, "lines"))
		ingest_text(&in, true);
	else if (stk_str_contains(type, STK_STR("multipart/form-data")))
		ingest_multipart(&in);
	else
		ingest_text(&in, false);
out:
	stk_app_name_release(&in.name);
	stk_json_free(in.config);
}

void stk_handlers_otlp(struct stk_call *call)
{
	stk_call_fail(call, STK_CONNECT_UNIMPLEMENTED,
		"OTLP profiles are not read here: the format still changes; use a Pyroscope "
		"server");
}
