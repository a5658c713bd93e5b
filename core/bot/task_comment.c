/* task_comment: a command in a comment: may they, a reaction at once, the work, the answer. */
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/bot/artifact.h"
#include "core/bot/explain.h"
#include "core/bot/order.h"
#include "core/bot/proposal.h"
#include "core/bot/task_priv.h"
#include "core/report/markdown.h"

/* A command under way. */
struct command {
	struct stk_task *task;
	struct stk_order order;
	struct stk_hub_pull pull;
	struct stk_buf answer; /* Markdown; empty: there is none (yet) */
};

static void add_help(struct stk_buf *buf)
{
	stk_buf_add_text(buf, "| command | does |\n|---|---|\n"
			      "| `/stoker run` | runs the comparison of this pull request again; "
			      "`/stoker run 2d91e07` only if that is still its head |\n"
			      "| `/stoker explain FUNCTION` | numbers, changed line, callers and "
			      "callees of a function in the last record |\n"
			      "| `/stoker accept \"reason\" 30d` | proposes to accept the open "
			      "regressions that long; with a FUNCTION behind it only that one |\n"
			      "| `/stoker help` | this table |\n");
}

/* --- run ----------------------------------------------------------------------------------- */

static struct stk_json *inputs_of(const struct command *c, const char *token)
{
	struct stk_json *inputs = stk_json_new_object();
	char *number = stk_xasprintf("%lld", (long long)c->pull.number);

	stk_json_put(inputs, "pull_request", stk_json_new_text(number));
	stk_json_put(inputs, "head_sha", stk_json_new_text(c->pull.head_sha));
	stk_json_put(inputs, "request", stk_json_new_text(token));
	free(number);
	return inputs;
}

/* The workflow file is that of the base branch: a pull request does not change what runs. */
static int dispatch(struct command *c, const char *token, struct stk_err *err)
{
	struct stk_json *inputs = inputs_of(c, token);
	struct stk_hub_dispatch dispatch = {
		.workflow = c->task->settings->workflow, .ref = c->pull.base_ref, .inputs = inputs};
	int rc = stk_hub_dispatch(c->task->hub, &dispatch, err);

	if (rc == STK_E_NOT_FOUND)
		stk_err_hint(err,
			"is there a .github/workflows/%s on %s, and may the bot write "
			"actions?",
			dispatch.workflow, dispatch.ref);
	stk_json_free(inputs);
	return rc;
}

static int do_run(struct command *c, struct stk_err *err)
{
	struct stk_ledger_request request = {.repository = (char *)c->task->delivery->repository,
		.login = (char *)c->task->delivery->login,
		.head_sha = c->pull.head_sha,
		.number = c->pull.number,
		.comment_id = c->task->delivery->comment_id};
	int rc;

	if (!c->pull.is_open) {
		stk_buf_add_text(&c->answer, "This pull request is closed.\n");
		return 0;
	}
	if (c->order.sha && !stk_str_starts(stk_str_of(c->pull.head_sha), c->order.sha)) {
		stk_buf_addf(&c->answer, "The head is `%.12s` now, not `%.12s`: nothing was run.\n",
			c->pull.head_sha, c->order.sha);
		return 0;
	}
	stk_ledger_token(stk_str_of(c->task->id), request.token);
	rc = stk_ledger_ask(c->task->ledger, &request, err);
	/* 1: an earlier try wrote it down; it may have started the run, too */
	if (rc == 1)
		rc = stk_hub_was_dispatched(
			c->task->hub, c->task->settings->workflow, request.token, err);
	return rc == 0 ? dispatch(c, request.token, err) : rc < 0 ? rc : 0;
}

/* --- the last records ---------------------------------------------------------------------- */

/* What the bot kept, else what lies with GitHub for the head. STK_E_NOT_FOUND: nothing. */
static int find_records(struct command *c, struct stk_parcel *out, struct stk_err *err)
{
	struct stk_ledger_pull pull = {c->task->delivery->repository, c->pull.number};
	struct stk_buf zip = STK_BUF_EMPTY;
	struct stk_artifact artifact;
	int rc = stk_ledger_get(c->task->ledger, &pull, out, err);

	if (rc < 0 || out->records.len > 0)
		return rc;
	rc = stk_artifact_of_commit(
		c->task->hub, c->pull.head_sha, c->task->settings->artifact, &artifact, err);
	if (rc == 0)
		rc = stk_artifact_fetch(c->task->hub, &artifact, &zip, err);
	if (rc == 0)
		rc = stk_parcel_unpack(stk_buf_str(&zip), out, err);
	stk_buf_release(&zip);
	return rc;
}

/* Called with each record that can be read; not 0 ends the walk with that value. */
typedef int (*record_fn)(struct command *c, const struct stk_run *run,
	const struct stk_parcel_record *record, void *ctx, struct stk_err *err);

/* 1: fn ended the walk, 0: it went through; *len_out counts what could be read. */
static int each_record(
	struct command *c, record_fn fn, void *ctx, size_t *len_out, struct stk_err *err)
{
	struct stk_parcel parcel = {STK_VEC_INIT};
	struct stk_err why = STK_ERR_INIT;
	int rc = find_records(c, &parcel, err);

	*len_out = 0;
	if (rc == STK_E_NOT_FOUND || rc == STK_E_FORMAT || rc == STK_E_TOO_LARGE)
		rc = 0; /* no record, or none that can be read */
	for (size_t i = 0; rc == 0 && i < parcel.records.len; i++) {
		struct stk_run run;

		stk_run_init(&run);
		if (stk_parcel_read(&parcel.records.items[i], &run, &why) == 0) {
			(*len_out)++;
			rc = fn(c, &run, &parcel.records.items[i], ctx, err);
		} else {
			stk_task_say(c->task, "a record is passed over: %s", why.msg);
		}
		stk_run_release(&run);
	}
	stk_parcel_release(&parcel);
	return rc;
}

static void say_no_record(struct command *c)
{
	stk_buf_addf(&c->answer,
		"There is no record of this pull request yet. `/stoker run` makes one.\n");
}

/* --- explain ------------------------------------------------------------------------------- */

static int explain_one(struct command *c, const struct stk_run *run,
	const struct stk_parcel_record *record, void *ctx, struct stk_err *err)
{
	struct stk_buf blob = STK_BUF_EMPTY;
	struct stk_explain_opts opts = {.function = c->order.function};
	enum stk_explain_found found;

	(void)ctx;
	(void)err;
	stk_hub_page(c->task->hub, &blob, "/blob/%s/", c->pull.head_sha);
	/* lines are those of the commit that was measured */
	if (blob.len && run->sides[STK_SIDE_HEAD].revision &&
		strcmp(run->sides[STK_SIDE_HEAD].revision, c->pull.head_sha) == 0)
		opts.blob = blob.ptr;
	found = stk_explain_format(run, record, &opts, &c->answer);
	stk_buf_release(&blob);
	return found == STK_EXPLAIN_NONE ? 0 : 1;
}

static int do_explain(struct command *c, struct stk_err *err)
{
	size_t len;
	int rc = each_record(c, explain_one, NULL, &len, err);

	if (rc != 0)
		return rc < 0 ? rc : 0;
	if (len == 0) {
		say_no_record(c);
		return 0;
	}
	stk_buf_add_text(&c->answer, "No function of that name is in the last record: ");
	stk_markdown_add_name(&c->answer, c->order.function, 100);
	stk_buf_add_text(&c->answer, ". It may be too rare to have been compared.\n");
	return 0;
}

/* --- accept -------------------------------------------------------------------------------- */

struct accepting {
	struct stk_proposal proposal;
	struct stk_proposal_opts opts;
};

static int accept_one(struct command *c, const struct stk_run *run,
	const struct stk_parcel_record *record, void *ctx, struct stk_err *err)
{
	struct accepting *a = ctx;

	(void)c;
	(void)record;
	return stk_proposal_add(&a->proposal, run, &a->opts, err);
}

static int propose(struct command *c, const struct accepting *a, struct stk_err *err)
{
	struct stk_proposal_spec spec = {.proposal = &a->proposal,
		.opts = &a->opts,
		.pull = &c->pull,
		.comment_id = c->task->delivery->comment_id};
	int64_t number = 0;
	int rc = stk_proposal_send(c->task->hub, &spec, &number, err);

	if (rc < 0)
		return rc;
	stk_buf_addf(&c->answer,
		"#%lld proposes to accept %zu regression%s. Once it is merged into ",
		(long long)number, a->proposal.entries.entries.len,
		a->proposal.entries.entries.len == 1 ? "" : "s");
	stk_markdown_add_code(&c->answer, stk_str_of(c->pull.base_ref));
	stk_buf_add_text(&c->answer, ", it holds from the next push or `/stoker run` on.\n");
	if (a->proposal.left_out)
		stk_buf_addf(&c->answer,
			"\n%zu more were left out (at most %d at once): name one behind the "
			"time.\n",
			a->proposal.left_out, STK_PROPOSAL_MAX);
	return 0;
}

static int do_accept(struct command *c, struct stk_err *err)
{
	struct accepting a = {.opts = {.order = &c->order,
				      .login = c->task->delivery->login,
				      /* a later try proposes the same day */
				      .now_ns = c->task->delivery->at_ns}};
	size_t len;
	int rc;

	stk_proposal_init(&a.proposal);
	rc = each_record(c, accept_one, &a, &len, err);
	if (rc == 0 && len == 0) {
		say_no_record(c);
	} else if (rc == 0 && a.proposal.entries.entries.len == 0) {
		stk_buf_add_text(&c->answer, c->order.function
						     ? "The last record has no open regression of "
						       "that name.\n"
						     : "The last record has no open regression.\n");
	} else if (rc == 0) {
		rc = propose(c, &a, err);
	}
	stk_proposal_release(&a.proposal);
	return rc;
}

/* --- from comment to answer ---------------------------------------------------------------- */

static int carry_out(struct command *c, struct stk_err *err)
{
	int rc = 0;

	if (c->order.wrong) {
		stk_buf_addf(&c->answer, "Not understood: %s\n\n", c->order.wrong);
		add_help(&c->answer);
		return 0;
	}
	if (c->order.kind == STK_ORDER_UNKNOWN) {
		stk_buf_add_text(&c->answer, "I do not know ");
		stk_markdown_add_code(&c->answer, stk_str_of(c->order.word));
		stk_buf_add_text(&c->answer, ". `/stoker help` shows what I do.\n");
		return 0;
	}
	if (c->order.kind == STK_ORDER_HELP) {
		add_help(&c->answer);
		return 0;
	}
	rc = stk_hub_get_pull(c->task->hub, c->task->delivery->number, &c->pull, err);
	if (rc < 0)
		return rc;
	if (c->order.kind == STK_ORDER_RUN)
		return do_run(c, err);
	return c->order.kind == STK_ORDER_ACCEPT ? do_accept(c, err) : do_explain(c, err);
}

/* It will not work, or not this time: who asked is told once, and why. */
static int tell_failure(struct command *c, const struct stk_err *why, struct stk_err *err)
{
	stk_buf_clear(&c->answer);
	stk_buf_add_text(&c->answer, "That did not work: ");
	stk_markdown_add_text(&c->answer, stk_str_of(why->msg));
	if (why->hint[0]) {
		stk_buf_add_text(&c->answer, " (");
		stk_markdown_add_text(&c->answer, stk_str_of(why->hint));
		stk_buf_add_byte(&c->answer, ')');
	}
	stk_buf_add_byte(&c->answer, '\n');
	return stk_task_answer(c->task, c->task->delivery->number, &c->answer, err);
}

/* One comment, one command: the reaction, the proposal and the run belong to it. */
static void add_more(struct command *c)
{
	if (c->order.has_more)
		stk_buf_addf(&c->answer,
			"%sOnly the first command of a comment is carried out: the others need "
			"comments of their own.\n",
			c->answer.len ? "\n" : "");
}

static int handle(struct command *c, struct stk_err *err)
{
	const struct stk_delivery *delivery = c->task->delivery;
	struct stk_err why = STK_ERR_INIT;
	int rc = stk_hub_react(c->task->hub, delivery->comment_id, "eyes", err);

	if (rc < 0)
		return rc;
	rc = carry_out(c, &why);
	add_more(c);
	if (rc == 0)
		return c->answer.len ? stk_task_answer(c->task, delivery->number, &c->answer, err)
				     : 0;
	if (rc != STK_E_ABORTED && (c->task->is_last || !stk_task_may_pass(c->task, rc))) {
		stk_task_say(c->task, "/stoker %s on %s#%lld: %s", stk_order_name(c->order.kind),
			delivery->repository, (long long)delivery->number, why.msg);
		return tell_failure(c, &why, err);
	}
	*err = why;
	return rc;
}

int stk_task_comment(struct stk_task *task, struct stk_err *err)
{
	const struct stk_delivery *delivery = task->delivery;
	struct command c = {.task = task, .answer = STK_BUF_EMPTY};
	int rc = stk_hub_may_write(task->hub, delivery->login, err);

	if (rc == 0) {
		stk_task_count(task, STK_TASK_REFUSED, NULL);
		stk_task_say(task, "%s#%lld: %s may not write to the repository",
			delivery->repository, (long long)delivery->number, delivery->login);
		return stk_hub_react(task->hub, delivery->comment_id, "confused", err);
	}
	if (rc < 0)
		return rc;
	stk_order_parse(stk_str_of(delivery->text), &c.order);
	if (!task->is_again)
		stk_task_count(task, STK_TASK_COMMAND, stk_order_name(c.order.kind));
	rc = handle(&c, err);
	stk_order_release(&c.order);
	stk_hub_pull_release(&c.pull);
	stk_buf_release(&c.answer);
	return rc;
}
