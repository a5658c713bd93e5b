/* check_run: GitHub's check run of a commit, with annotations on changed lines. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/base/units.h"
#include "core/http/url.h"
#include "core/publish/annotations.h"
#include "core/publish/links.h"
#include "core/publish/publishers.h"
#include "core/publish/status.h"
#include "core/report/comment_marker.h"

#define PERMISSION  "checks: write"
#define SUMMARY_MAX ((size_t)60000) /* GitHub: 65,535 characters */
#define TITLE_MAX   200
#define ROUNDS      3

struct check {
	const struct stk_post *post;
	char *repository, *name;
	struct stk_comment_marker marker;
	struct stk_buf title, summary;
	struct stk_json *wanted; /* annotations */
	int64_t id;              /* of the check run; 0 = none yet */
	char url[512];
};

/* An inconclusive run passes a required check: it is no finding. */
static const char *conclusion_of(const struct stk_run *run)
{
	if (run->exit_code == 10 || run->exit_code == 99 || run->exit_code == 11)
		return "failure";
	if (run->exit_code == 130 || run->exit_code == 143)
		return "cancelled";
	if (run->exit_code != 0 || run->partial.is_partial ||
		run->verdict == STK_VERDICT_INCONCLUSIVE || run->verdict == STK_VERDICT_REGRESSION)
		return "neutral";
	return "success";
}

static void put_time(struct stk_json *json, const char *key, int64_t wall_ns)
{
	struct stk_buf text = STK_BUF_EMPTY;

	if (wall_ns > 0) {
		stk_units_format_rfc3339(&text, wall_ns);
		stk_json_put(json, key, stk_json_new_str(stk_buf_str(&text)));
	}
	stk_buf_release(&text);
}

static struct stk_json *output_of(const struct check *c, struct stk_json *annotations_take)
{
	struct stk_json *output = stk_json_new_object();

	stk_json_put(output, "title", stk_json_new_str(stk_buf_str(&c->title)));
	stk_json_put(output, "summary", stk_json_new_str(stk_buf_str(&c->summary)));
	if (annotations_take)
		stk_json_put(output, "annotations", annotations_take);
	return output;
}

/* The whole check run, without annotations: they follow in batches. */
static struct stk_json *body_of(const struct check *c, bool is_new)
{
	const struct stk_run *run = c->post->doc->run;
	const char *details =
		c->post->opts->report_url ? c->post->opts->report_url : c->post->ci->run_url;
	struct stk_json *json = stk_json_new_object();

	stk_json_put(json, "name", stk_json_new_text(c->name));
	if (is_new)
		stk_json_put(json, "head_sha", stk_json_new_text(c->post->ci->head_sha));
	stk_json_put(json, "external_id", stk_json_new_text(c->marker.run));
	stk_json_put(json, "status", stk_json_new_text("completed"));
	stk_json_put(json, "conclusion", stk_json_new_text(conclusion_of(run)));
	put_time(json, "started_at", run->start_ns);
	put_time(json, "completed_at", run->end_ns);
	if (details)
		stk_json_put(json, "details_url", stk_json_new_text(details));
	stk_json_put(json, "output", output_of(c, NULL));
	return json;
}

static void take_run(struct check *c, const struct stk_json *json)
{
	struct stk_str url = stk_json_str(stk_json_get(json, "html_url"));

	c->id = stk_json_int(stk_json_get(json, "id"), 0);
	(void)snprintf(c->url, sizeof c->url, "%.*s", STK_STR_ARG(url));
}

static int look_for_run(struct stk_json *item, void *ctx)
{
	struct check *c = ctx;

	if (!stk_str_is(stk_json_str(stk_json_get(item, "external_id")), c->marker.run) ||
		!stk_str_is(stk_json_str(stk_json_get(item, "name")), c->name))
		return 0;
	take_run(c, item);
	return 1;
}

/* The check run that this run made before, by its external_id. */
static int find_run(struct check *c, struct stk_err *err)
{
	struct stk_buf path = STK_BUF_EMPTY;
	struct stk_rest_list list = {.member = "check_runs", .permission = PERMISSION};
	int rc;

	stk_buf_addf(&path, "%s/commits/%s/check-runs?check_name=", c->repository,
		c->post->ci->head_sha);
	stk_url_escape(&path, stk_str_of(c->name));
	stk_buf_add_text(&path, "&filter=all&per_page=100");
	list.path = path.ptr;
	rc = stk_rest_each(c->post->rest, &list, look_for_run, c, err);
	stk_buf_release(&path);
	return rc;
}

static int patch(struct check *c, const struct stk_json *body, struct stk_err *err)
{
	struct stk_rest_answer answer = STK_REST_ANSWER_INIT;
	char *path = stk_xasprintf("%s/check-runs/%lld", c->repository, (long long)c->id);
	struct stk_rest_request request = {
		.method = "PATCH", .path = path, .body = body, .permission = PERMISSION};
	int rc = stk_rest_send(c->post->rest, &request, &answer, err);

	stk_rest_answer_release(&answer);
	free(path);
	return rc;
}

static int create(struct check *c, struct stk_err *err)
{
	struct stk_rest_answer answer = STK_REST_ANSWER_INIT;
	char *path = stk_xasprintf("%s/check-runs", c->repository);
	struct stk_json *body = body_of(c, true);
	struct stk_rest_request request = {
		.method = "POST", .path = path, .body = body, .permission = PERMISSION};
	int rc = STK_E_INTERNAL;

	for (int round = 0; round < ROUNDS; round++) {
		rc = stk_rest_send(c->post->rest, &request, &answer, err);
		if (rc == 0)
			take_run(c, answer.json);
		if (rc == 0 || !answer.is_lost)
			break;
		/* lost: it may be there */
		if (find_run(c, NULL) == 0 && c->id > 0) {
			rc = 0;
			break;
		}
	}
	stk_rest_answer_release(&answer);
	stk_json_free(body);
	free(path);
	return rc;
}

struct seen {
	const struct stk_json *wanted;
	bool *is_there;
};

static int mark_there(struct stk_json *item, void *ctx)
{
	struct seen *seen = ctx;

	for (size_t i = 0; i < stk_json_len(seen->wanted); i++)
		if (stk_annotations_is_same(stk_json_at(seen->wanted, i), item))
			seen->is_there[i] = true;
	return 0;
}

/* The first annotations that the check run does not have yet, at most a batch. */
static int next_batch(struct check *c, struct stk_json **out, struct stk_err *err)
{
	char *path = stk_xasprintf(
		"%s/check-runs/%lld/annotations?per_page=100", c->repository, (long long)c->id);
	struct stk_rest_list list = {.path = path, .permission = PERMISSION};
	struct seen seen = {.wanted = c->wanted};
	int rc;

	seen.is_there = stk_xcalloc(stk_json_len(c->wanted) + 1, sizeof *seen.is_there);
	rc = stk_rest_each(c->post->rest, &list, mark_there, &seen, err);
	*out = stk_json_new_array();
	for (size_t i = 0; rc == 0 && i < stk_json_len(c->wanted); i++)
		if (!seen.is_there[i] && stk_json_len(*out) < STK_ANNOTATIONS_BATCH)
			stk_json_push(*out, stk_json_ref(stk_json_at(c->wanted, i)));
	free(seen.is_there);
	free(path);
	return rc;
}

/* A PATCH appends, and a repeated one would double: each batch is what a look found missing, and a
 * lost answer only leads to another look. */
static int annotate(struct check *c, struct stk_err *err)
{
	size_t most = stk_json_len(c->wanted) / STK_ANNOTATIONS_BATCH + ROUNDS + 1;
	int rc = 0;

	for (size_t round = 0; rc == 0 && round < most && stk_json_len(c->wanted) > 0; round++) {
		struct stk_rest_answer answer = STK_REST_ANSWER_INIT;
		struct stk_json *body, *batch = NULL;
		char *path;

		rc = next_batch(c, &batch, err);
		if (rc < 0 || stk_json_len(batch) == 0) {
			stk_json_free(batch);
			break;
		}
		body = stk_json_new_object();
		stk_json_put(body, "output", output_of(c, batch));
		path = stk_xasprintf("%s/check-runs/%lld", c->repository, (long long)c->id);
		struct stk_rest_request request = {.method = "PATCH",
			.path = path,
			.body = body,
			.is_once = true,
			.permission = PERMISSION};
		rc = stk_rest_send(c->post->rest, &request, &answer, err);
		if (rc < 0 && answer.is_lost && round + 1 < most)
			rc = 0;
		stk_rest_answer_release(&answer);
		stk_json_free(body);
		free(path);
		if (stk_rest_is_dry(c->post->rest))
			break;
	}
	return rc;
}

static int write_run(struct check *c, struct stk_err *err)
{
	struct stk_json *body;
	int rc = find_run(c, err);

	if (rc < 0)
		return rc;
	if (c->id > 0) {
		body = body_of(c, false);
		rc = patch(c, body, err);
		stk_json_free(body);
	} else {
		rc = create(c, err);
	}
	return rc < 0 ? rc : annotate(c, err);
}

static void fill(struct check *c)
{
	struct stk_buf repository = STK_BUF_EMPTY, title = STK_BUF_EMPTY;
	struct stk_arena arena = STK_ARENA_INIT;
	struct stk_comment_opts opts = {
		.key = c->post->opts->key, .no_marker = true, .limit = SUMMARY_MAX};

	stk_links_add_repository(&repository, c->post->ci);
	c->repository = stk_buf_take(&repository, NULL);
	stk_comment_marker_of_run(&c->marker, c->post->doc->run, c->post->opts->key);
	c->name = stk_xasprintf("stoker/%s", c->marker.key);
	stk_comment_format_title(c->post->doc, &title);
	stk_status_cut(&c->title, stk_buf_str(&title), TITLE_MAX);
	stk_links_of(c->post, &arena, &opts.links);
	stk_comment_format(c->post->doc, &opts, &c->summary);
	c->wanted = stk_annotations_of(c->post->doc);
	stk_arena_release(&arena);
	stk_buf_release(&title);
}

static int post_check(
	const struct stk_post *post, struct stk_post_result *result, struct stk_err *err)
{
	struct check c = {.post = post, .title = STK_BUF_EMPTY, .summary = STK_BUF_EMPTY};
	int rc;

	fill(&c);
	rc = write_run(&c, err);
	if (rc == 0) {
		stk_post_say(result, STK_POST_DONE, "check %s of %.12s, %zu annotations", c.name,
			post->ci->head_sha, stk_json_len(c.wanted));
		memcpy(result->url, c.url, sizeof result->url);
	}
	stk_json_free(c.wanted);
	stk_buf_release(&c.title);
	stk_buf_release(&c.summary);
	free(c.repository);
	free(c.name);
	return rc;
}

const struct stk_publisher stk_publisher_check = {
	.name = "check",
	.forges = STK_FORGE_BIT(STK_FORGE_GITHUB),
	.is_remote = true,
	.needs_sha = true,
	.permission = PERMISSION,
	.post = post_check,
};
