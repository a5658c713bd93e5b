/* sticky: find our comment, write it, and agree with others who do the same at this moment. */
#include "core/publish/sticky.h"

#include <stdio.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/base/vec.h"

#define FUTURE_NS      (600 * STK_NS_PER_S) /* clocks of machines may differ by so much */
#define ROUNDS         3
#define PATH_MAX_BYTES 512

/* One comment of ours. */
struct own {
	int64_t id;
	struct stk_comment_marker marker;
	char url[512];
};

/* What a look through all comments found: ours with this key, oldest first. */
struct found {
	const struct stk_sticky_api *api;
	const char *login; /* ours; learned from the first comment that we made */
	const char *key;
	STK_VEC(struct own) own;
};

struct sticky {
	const struct stk_post *post;
	const struct stk_sticky_api *api;
	const struct stk_sticky_text *text;
	struct found found;
	char login[128];
	int64_t created; /* id of the comment that we made just now; 0 = none */
};

bool stk_sticky_is_newer(const struct stk_comment_marker *other,
	const struct stk_comment_marker *ours, const char *head_sha, int64_t now_ns)
{
	int64_t at = other->at_ns > now_ns + FUTURE_NS ? 0 : other->at_ns;

	if (head_sha && strcmp(other->sha, ours->sha) != 0) {
		if (strcmp(other->sha, head_sha) == 0)
			return true;
		if (strcmp(ours->sha, head_sha) == 0)
			return false;
	}
	if (at != ours->at_ns)
		return at > ours->at_ns;
	/* of the same second: any order that both see alike */
	return strcmp(other->run, ours->run) > 0;
}

static void own_of(struct own *own, const struct stk_sticky_api *api, const struct stk_json *item)
{
	struct stk_str url = stk_json_str(stk_json_get(item, "html_url"));

	own->id = stk_json_int(stk_json_get(item, "id"), 0);
	if (api->url)
		(void)snprintf(own->url, sizeof own->url, "%s%lld", api->url, (long long)own->id);
	else
		(void)snprintf(own->url, sizeof own->url, "%.*s", STK_STR_ARG(url));
}

static int look(struct stk_json *item, void *ctx)
{
	struct found *found = ctx;
	struct own own = {.id = 0};
	struct stk_str author =
		stk_json_str(stk_json_pointer(item, stk_str_of(found->api->author)));

	if (!stk_str_eq_nocase(author, stk_str_of(found->login)) ||
		!stk_comment_marker_parse(stk_json_str(stk_json_get(item, "body")), &own.marker) ||
		strcmp(own.marker.key, found->key) != 0)
		return 0;
	own_of(&own, found->api, item);
	/* a list that shifts while it is read, or a forge that ignores pages, names one twice */
	for (size_t i = 0; i < found->own.len; i++)
		if (found->own.items[i].id == own.id)
			return 0;
	if (own.id > 0)
		stk_vec_push(&found->own, own);
	return 0;
}

static int find(struct sticky *s, struct stk_err *err)
{
	struct stk_rest_list list = {.path = s->api->list, .permission = s->api->permission};

	stk_vec_clear(&s->found.own);
	return stk_rest_each(s->post->rest, &list, look, &s->found, err);
}

/* POST or PATCH a body; too long: the short form, once. */
static int write_body(struct sticky *s, const char *method, const char *path,
	struct stk_rest_answer *answer, struct stk_err *err)
{
	struct stk_rest_request request = {
		.method = method, .path = path, .permission = s->api->permission};
	struct stk_str body = stk_buf_str(&s->text->body);
	int rc = 0;

	for (int form = 0; form < 2; form++) {
		struct stk_json *json = stk_json_new_object();
		struct stk_buf why = STK_BUF_EMPTY;
		bool is_too_long;

		stk_json_put(json, "body", stk_json_new_str(body));
		request.body = json;
		rc = stk_rest_send(s->post->rest, &request, answer, err);
		stk_json_free(json);
		stk_rest_explain(answer->json, stk_str_n("", 0), &why);
		is_too_long = answer->status == 413 ||
			      (answer->status == 422 &&
				      stk_str_contains(stk_buf_str(&why), STK_STR("too long")));
		stk_buf_release(&why);
		if (rc == 0 || !is_too_long)
			break;
		body = stk_buf_str(&s->text->short_body);
	}
	return rc;
}

static int update(struct sticky *s, const struct own *own, struct stk_err *err)
{
	struct stk_rest_answer answer = STK_REST_ANSWER_INIT;
	char path[PATH_MAX_BYTES];
	int rc;

	(void)snprintf(path, sizeof path, "%s/%lld", s->api->item, (long long)own->id);
	rc = write_body(s, s->api->update_method, path, &answer, err);
	stk_rest_answer_release(&answer);
	return rc;
}

static int remove_own(struct sticky *s, int64_t id, struct stk_err *err)
{
	struct stk_rest_answer answer = STK_REST_ANSWER_INIT;
	struct stk_rest_request request = {.method = "DELETE", .permission = s->api->permission};
	char path[PATH_MAX_BYTES];
	int rc;

	(void)snprintf(path, sizeof path, "%s/%lld", s->api->item, (long long)id);
	request.path = path;
	rc = stk_rest_send(s->post->rest, &request, &answer, err);
	if (rc == STK_E_NOT_FOUND) /* somebody was faster */
		rc = 0;
	stk_rest_answer_release(&answer);
	return rc;
}

/* A comment of ours that is not the one: a line that leads there, without a marker. */
static void point_to(struct sticky *s, int64_t id, const struct own *to)
{
	struct stk_rest_answer answer = STK_REST_ANSWER_INIT;
	struct stk_json *json = stk_json_new_object();
	struct stk_rest_request request = {.method = s->api->update_method, .body = json};
	char path[PATH_MAX_BYTES];
	char *body = stk_xasprintf("The report is in [another comment](%s).", to->url);

	(void)snprintf(path, sizeof path, "%s/%lld", s->api->item, (long long)id);
	request.path = path;
	stk_json_put(json, "body", stk_json_new_text(body));
	/* only for tidiness: the one comment is right already */
	if (stk_rest_send(s->post->rest, &request, &answer, NULL) < 0)
		answer.is_lost = false;
	stk_rest_answer_release(&answer);
	stk_json_free(json);
	free(body);
}

/* Make the comment. A lost answer: look for it before it is made again. 1: it is there now, found
 * or made; learn from the answer what our login is. */
static int create(struct sticky *s, struct stk_err *err)
{
	struct stk_rest_answer answer = STK_REST_ANSWER_INIT;
	int rc = STK_E_INTERNAL;

	for (int round = 0; round < ROUNDS; round++) {
		struct stk_str login;

		rc = write_body(s, "POST", s->api->create, &answer, err);
		if (rc == 0) {
			login = stk_json_str(
				stk_json_pointer(answer.json, stk_str_of(s->api->author)));
			s->created = stk_json_int(stk_json_get(answer.json, "id"), 0);
			if (login.len && login.len < sizeof s->login)
				(void)snprintf(
					s->login, sizeof s->login, "%.*s", STK_STR_ARG(login));
			break;
		}
		if (!answer.is_lost)
			break;
		if (find(s, NULL) == 0 && s->found.own.len > 0) {
			rc = 0; /* it, or that of somebody else: the next look compares them */
			break;
		}
	}
	stk_rest_answer_release(&answer);
	return rc;
}

static int64_t now_ns(const struct sticky *s)
{
	return stk_clock_wall(s->post->env->clock ? s->post->env->clock : stk_clock_system());
}

static bool is_newer(const struct sticky *s, const struct stk_comment_marker *other)
{
	return stk_sticky_is_newer(other, &s->text->marker, s->api->head_sha, now_ns(s));
}

static bool is_same_run(const struct stk_comment_marker *a, const struct stk_comment_marker *b)
{
	return a->at_ns == b->at_ns && strcmp(a->run, b->run) == 0 && strcmp(a->sha, b->sha) == 0;
}

/* After a write: the oldest of ours is the comment. It gets our text unless a newer run's is in it,
 * the one we made beside it goes, others lead to it. 0: all is well, 1: look again. */
static int settle(struct sticky *s, struct stk_err *err)
{
	const struct own *first;
	int rc = find(s, err);

	if (rc < 0 || s->found.own.len == 0)
		return rc;
	first = &s->found.own.items[0];
	if (!is_same_run(&first->marker, &s->text->marker) && !is_newer(s, &first->marker)) {
		rc = update(s, first, err);
		return rc < 0 ? rc : 1;
	}
	for (size_t i = 1; i < s->found.own.len && rc == 0; i++) {
		int64_t id = s->found.own.items[i].id;

		if (id == s->created)
			rc = remove_own(s, id, err);
		else if (!is_newer(s, &s->found.own.items[i].marker))
			point_to(s, id, first);
	}
	return rc;
}

/* Write until a look shows nothing left to do. */
static int write_and_settle(struct sticky *s, const struct own *old, struct stk_err *err)
{
	int rc = old ? update(s, old, err) : create(s, err);

	if (stk_rest_is_dry(s->post->rest))
		return rc;
	for (int round = 0; rc == 0 && round < ROUNDS; round++) {
		rc = settle(s, err);
		if (rc == 0)
			return 0;
		if (rc == 1)
			rc = 0;
	}
	return rc;
}

static void tell(const struct sticky *s, const char *what, struct stk_post_result *result)
{
	const struct own *first = s->found.own.len ? &s->found.own.items[0] : NULL;

	stk_post_say(result, STK_POST_DONE, "comment %s", what);
	if (first)
		(void)snprintf(result->url, sizeof result->url, "%s", first->url);
}

int stk_sticky_post(const struct stk_post *post, const struct stk_sticky_api *api,
	struct stk_post_result *result, struct stk_err *err)
{
	struct stk_sticky_text text;
	struct sticky s = {.post = post, .api = api, .text = &text};
	struct own old = {.id = 0};
	int rc;

	stk_sticky_text_format(post, api->flavour, "", &text);

	(void)snprintf(s.login, sizeof s.login, "%s", api->login);
	s.found = (struct found){.api = api, .login = s.login, .key = text.marker.key};
	rc = find(&s, err);
	if (rc < 0)
		goto out;
	if (s.found.own.len > 0) {
		old = s.found.own.items[0];
		stk_sticky_text_release(&text);
		stk_sticky_text_format(post, api->flavour, old.marker.history, &text);
	}
	if (!old.id && text.only_update) {
		stk_post_say(result, STK_POST_PASSED_OVER,
			"nothing to say and no comment to bring up to date (--always writes one)");
	} else if (old.id && is_newer(&s, &old.marker)) {
		stk_post_say(result, STK_POST_PASSED_OVER,
			"the comment shows a newer run (%s), so it stays", old.marker.run);
	} else {
		rc = write_and_settle(&s, old.id ? &old : NULL, err);
		if (rc == 0)
			tell(&s, old.id ? "updated" : "written", result);
	}
out:
	stk_vec_release(&s.found.own);
	stk_sticky_text_release(&text);
	return rc;
}
