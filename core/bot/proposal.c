/* proposal: which regressions are meant, and the proposal to take them. */
#include "core/bot/proposal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/base64.h"
#include "core/base/mem.h"
#include "core/baseline/accept.h"
#include "core/bot/explain.h"
#include "core/http/url.h"
#include "core/report/markdown.h"

#define DAY_NS (24 * 3600 * STK_NS_PER_S)

enum { FUNCTION_MAX = 1000, NAME_WIDTH = 100 };

void stk_proposal_init(struct stk_proposal *proposal)
{
	stk_accepted_init(&proposal->entries);
	proposal->left_out = 0;
}

void stk_proposal_release(struct stk_proposal *proposal)
{
	stk_accepted_release(&proposal->entries);
}

/* --- what is meant ------------------------------------------------------------------------- */

/* The first moment after the last whole day that lies within for_ns. */
static int64_t until_of(const struct stk_proposal_opts *opts)
{
	return (opts->now_ns + opts->order->for_ns) / DAY_NS * DAY_NS + DAY_NS;
}

/* What goes into a proposal, on the walk through a run. */
struct taking {
	struct stk_proposal *proposal;
	const struct stk_run *run;
	const struct stk_proposal_opts *opts;
};

/* By its name or the end of it; what is exact also by its own: "p95". */
static bool is_meant(const struct stk_proposal_opts *opts, const struct stk_accept_row *row)
{
	struct stk_str wanted = stk_str_of(opts->order->function);

	return !wanted.len || stk_explain_means(wanted, stk_str_of(row->function)) ||
	       (strcmp(row->function, "total") == 0 && stk_str_is(wanted, row->profile));
}

/* A little more than was seen is the same regression, twice as much is not: the limit is the one
 * that `stoker baseline accept` sets. */
static int take_row(const struct stk_accept_row *row, void *ctx, struct stk_err *err)
{
	struct taking *taking = ctx;
	struct stk_proposal *proposal = taking->proposal;
	struct stk_accept_opts accept = {.reason = taking->opts->order->reason,
		.author = taking->opts->login,
		.limit = NAN,
		.until_ns = until_of(taking->opts)};
	bool is_open = row->row->verdict == STK_VERDICT_REGRESSION && !row->row->accepted.reason;

	if (!is_open || !is_meant(taking->opts, row))
		return 0;
	if (proposal->entries.entries.len >= STK_PROPOSAL_MAX ||
		strlen(row->function) > FUNCTION_MAX) {
		proposal->left_out++;
		return 0;
	}
	return stk_accept_take(&proposal->entries, taking->run, row, &accept, err);
}

int stk_proposal_add(struct stk_proposal *proposal, const struct stk_run *run,
	const struct stk_proposal_opts *opts, struct stk_err *err)
{
	struct taking taking = {proposal, run, opts};

	return stk_accept_each(run, take_row, &taking, err);
}

/* --- the proposal -------------------------------------------------------------------------- */

struct proposing {
	struct stk_hub *hub;
	const struct stk_proposal_spec *given;
	char *branch;
	char *title, *body; /* of commit and pull request */
};

static int send(struct proposing *p, const char *method, const struct stk_buf *path,
	const struct stk_json *body, struct stk_rest_answer *answer, struct stk_err *err)
{
	struct stk_rest_request request = {.method = method,
		.path = path->ptr,
		.body = body,
		.permission = "contents: write, pull-requests: write"};

	return stk_rest_send(stk_hub_rest(p->hub), &request, answer, err);
}

/* The commit that the base branch is at. */
static int read_base(struct proposing *p, struct stk_rest_answer *answer, const char **sha_out,
	struct stk_err *err)
{
	struct stk_buf path = STK_BUF_EMPTY;
	struct stk_json *object = NULL;
	int rc;

	stk_hub_path(p->hub, &path, "/git/ref/heads%%2F");
	stk_url_escape(&path, stk_str_of(p->given->pull->base_ref));
	rc = send(p, "GET", &path, NULL, answer, err);
	if (rc == 0)
		rc = stk_json_need_object(answer->json, "object", &object, err);
	if (rc == 0)
		rc = stk_json_need_text(object, "sha", sha_out, err);
	stk_buf_release(&path);
	return rc;
}

/* The branch of the proposal; it may be there from an earlier try. */
static int make_branch(struct proposing *p, struct stk_err *err)
{
	struct stk_rest_answer base = STK_REST_ANSWER_INIT, made = STK_REST_ANSWER_INIT;
	struct stk_json *body = stk_json_new_object();
	struct stk_buf path = STK_BUF_EMPTY, ref = STK_BUF_EMPTY, why = STK_BUF_EMPTY;
	const char *sha = NULL;
	int rc = read_base(p, &base, &sha, err);

	if (rc < 0)
		goto out;
	stk_buf_addf(&ref, "refs/heads/%s", p->branch);
	stk_json_put(body, "ref", stk_json_new_text(ref.ptr));
	stk_json_put(body, "sha", stk_json_new_text(sha));
	stk_hub_path(p->hub, &path, "/git/refs");
	rc = send(p, "POST", &path, body, &made, err);
	stk_rest_explain(made.json, stk_str_n("", 0), &why);
	if (rc < 0 && made.status == 422 &&
		stk_str_contains(stk_buf_str(&why), STK_STR("already exists")))
		rc = 0;
	else if (rc < 0 && made.is_lost)
		rc = STK_E_NET; /* the next try finds it */
out:
	stk_rest_answer_release(&base);
	stk_rest_answer_release(&made);
	stk_json_free(body);
	stk_buf_release(&path);
	stk_buf_release(&ref);
	stk_buf_release(&why);
	return rc;
}

/* GitHub wraps base64 at 60 characters. */
static int unpack_content(const struct stk_json *json, struct stk_buf *out, struct stk_err *err)
{
	struct stk_str content = stk_json_str(stk_json_get(json, "content"));
	struct stk_buf plain = STK_BUF_EMPTY;
	int rc;

	if (!stk_str_is(stk_json_str(stk_json_get(json, "encoding")), "base64"))
		return stk_err_set(
			err, STK_E_FORMAT, STK_ACCEPTED_PATH ": GitHub does not give its content");
	for (size_t i = 0; i < content.len; i++)
		if (content.ptr[i] != '\n' && content.ptr[i] != '\r')
			stk_buf_add_byte(&plain, content.ptr[i]);
	rc = stk_base64_parse(stk_buf_str(&plain), out, err);
	stk_buf_release(&plain);
	return rc;
}

static void add_path(const struct proposing *p, struct stk_buf *path)
{
	stk_hub_path(p->hub, path, "/contents/");
	stk_url_escape(path, stk_str_of(STK_ACCEPTED_PATH));
}

/* The file as it stands on the branch; *blob_out NULL: there is none. */
static int read_file(
	struct proposing *p, struct stk_buf *text, char **blob_out, struct stk_err *err)
{
	struct stk_rest_answer answer = STK_REST_ANSWER_INIT;
	struct stk_buf path = STK_BUF_EMPTY;
	const char *sha = NULL;
	int rc;

	add_path(p, &path);
	stk_buf_add_text(&path, "?ref=");
	stk_url_escape(&path, stk_str_of(p->branch));
	rc = send(p, "GET", &path, NULL, &answer, err);
	if (rc == STK_E_NOT_FOUND && answer.status == 404) {
		rc = 0;
	} else if (rc == 0) {
		rc = stk_json_need_text(answer.json, "sha", &sha, err);
		if (rc == 0)
			rc = unpack_content(answer.json, text, err);
		if (rc == 0)
			*blob_out = stk_xstrdup(sha);
	}
	stk_rest_answer_release(&answer);
	stk_buf_release(&path);
	return rc;
}

static int write_file(
	struct proposing *p, struct stk_str text, const char *blob, struct stk_err *err)
{
	struct stk_rest_answer answer = STK_REST_ANSWER_INIT;
	struct stk_json *body = stk_json_new_object();
	struct stk_buf path = STK_BUF_EMPTY, packed = STK_BUF_EMPTY;
	char *message = stk_xasprintf("%s\n\n%s\n", p->title, p->given->opts->order->reason);
	int rc;

	stk_base64_add(&packed, text);
	stk_json_put(body, "message", stk_json_new_text(message));
	stk_json_put(body, "content", stk_json_new_text(packed.ptr));
	stk_json_put(body, "branch", stk_json_new_text(p->branch));
	if (blob)
		stk_json_put(body, "sha", stk_json_new_text(blob));
	add_path(p, &path);
	rc = send(p, "PUT", &path, body, &answer, err);
	stk_rest_answer_release(&answer);
	stk_json_free(body);
	stk_buf_release(&path);
	stk_buf_release(&packed);
	free(message);
	return rc;
}

/* The file with the new entries. A file that a try before this one wrote stays as it is. */
static int change_file(struct proposing *p, struct stk_err *err)
{
	struct stk_buf old = STK_BUF_INIT(STK_ACCEPTED_BYTES_MAX), text = STK_BUF_EMPTY;
	const struct stk_accepted *added = &p->given->proposal->entries;
	struct stk_accepted all;
	char *blob = NULL;
	int rc;

	stk_accepted_init(&all);
	rc = read_file(p, &old, &blob, err);
	if (rc == 0 && blob)
		rc = stk_accepted_parse(stk_buf_str(&old), &all, err);
	for (size_t i = 0; rc == 0 && i < added->entries.len; i++)
		rc = stk_accepted_add(&all, &added->entries.items[i], err);
	if (rc == 0) {
		stk_accepted_sort(&all);
		stk_accepted_format(&all, &text);
		if (!blob || !stk_str_eq(stk_buf_str(&text), stk_buf_str(&old)))
			rc = write_file(p, stk_buf_str(&text), blob, err);
	}
	stk_accepted_release(&all);
	stk_buf_release(&old);
	stk_buf_release(&text);
	free(blob);
	return rc;
}

/* The pull request of an earlier try. *number_out 0: none. */
static int find_proposal(struct proposing *p, int64_t *number_out, struct stk_err *err)
{
	struct stk_rest_answer answer = STK_REST_ANSWER_INIT;
	struct stk_str name = stk_str_of(stk_hub_repository(p->hub));
	struct stk_buf path = STK_BUF_EMPTY;
	struct stk_json *first;
	int rc;

	stk_hub_path(p->hub, &path, "/pulls?state=all&head=");
	stk_url_escape(&path, stk_str_sub(name, 0, (size_t)stk_str_find_byte(name, '/')));
	stk_buf_add_text(&path, "%3A");
	stk_url_escape(&path, stk_str_of(p->branch));
	rc = send(p, "GET", &path, NULL, &answer, err);
	first = stk_json_at(answer.json, 0);
	/* a server that passes the filter over gives all of them */
	if (rc == 0 &&
		stk_str_is(stk_json_str(stk_json_pointer(first, STK_STR("/head/ref"))), p->branch))
		*number_out = stk_json_int(stk_json_get(first, "number"), 0);
	stk_rest_answer_release(&answer);
	stk_buf_release(&path);
	return rc;
}

static int make_proposal(struct proposing *p, int64_t *number_out, struct stk_err *err)
{
	struct stk_rest_answer answer = STK_REST_ANSWER_INIT;
	struct stk_json *body = stk_json_new_object();
	struct stk_buf path = STK_BUF_EMPTY;
	int rc;

	stk_json_put(body, "title", stk_json_new_text(p->title));
	stk_json_put(body, "head", stk_json_new_text(p->branch));
	stk_json_put(body, "base", stk_json_new_text(p->given->pull->base_ref));
	stk_json_put(body, "body", stk_json_new_text(p->body));
	stk_hub_path(p->hub, &path, "/pulls");
	rc = send(p, "POST", &path, body, &answer, err);
	if (rc == 0)
		rc = stk_json_need_int(answer.json, "number", number_out, err);
	else if (answer.is_lost)
		rc = STK_E_NET;
	stk_rest_answer_release(&answer);
	stk_json_free(body);
	stk_buf_release(&path);
	return rc;
}

static void describe(struct proposing *p)
{
	const struct stk_accepted *added = &p->given->proposal->entries;
	struct stk_buf body = STK_BUF_EMPTY, day = STK_BUF_EMPTY;

	stk_accepted_format_day(&day, until_of(p->given->opts));
	p->title = stk_xasprintf("stoker: accept %zu regression%s of #%lld until %s",
		added->entries.len, added->entries.len == 1 ? "" : "s",
		(long long)p->given->pull->number, day.ptr);
	stk_buf_addf(&body, "Asked for by ");
	stk_markdown_add_code(&body, stk_str_of(p->given->opts->login));
	stk_buf_addf(&body, " in #%lld: ", (long long)p->given->pull->number);
	stk_markdown_add_text(&body, stk_str_of(p->given->opts->order->reason));
	stk_buf_add_text(&body, "\n\n");
	for (size_t i = 0; i < added->entries.len; i++) {
		const struct stk_accepted_entry *entry = &added->entries.items[i];

		stk_buf_add_text(&body, "- ");
		stk_markdown_add_name(&body, entry->function, NAME_WIDTH);
		stk_buf_add_text(&body, ", ");
		stk_markdown_add_name(&body, entry->profile, NAME_WIDTH);
		if (!isnan(entry->limit))
			stk_buf_addf(&body, ", up to +%.0f %%", entry->limit * 100.0);
		stk_buf_add_byte(&body, '\n');
	}
	p->body = stk_buf_take(&body, NULL);
	stk_buf_release(&day);
}

int stk_proposal_send(struct stk_hub *hub, const struct stk_proposal_spec *spec,
	int64_t *number_out, struct stk_err *err)
{
	struct proposing p = {.hub = hub, .given = spec};
	int rc;

	p.branch = stk_xasprintf("stoker/accept-%lld-%lld", (long long)spec->pull->number,
		(long long)spec->comment_id);
	describe(&p);
	*number_out = 0;
	rc = find_proposal(&p, number_out, err);
	if (rc == 0 && !*number_out) {
		rc = make_branch(&p, err);
		if (rc == 0)
			rc = change_file(&p, err);
		if (rc == 0)
			rc = make_proposal(&p, number_out, err);
	}
	free(p.branch);
	free(p.title);
	free(p.body);
	return rc;
}
