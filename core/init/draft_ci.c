/* draft_ci: the CI files, with the place that their jobs get stoker from. */
#include <stdlib.h>
#include <string.h>

#include "core/init/ci_file.h"
#include "core/init/draft_priv.h"

/* What the templates say where nobody knows better. */
#define ACTION "OWNER/stoker/ci-templates/github@COMMIT"
#define SOURCE "https://HOST/OWNER/stoker"
#define COMMIT "STOKER_COMMIT: COMMIT"

/* It goes into YAML and into a shell: nothing but what addresses are made of. */
static bool is_plain(struct stk_str text)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
			    strchr("._~-", c)) ||
			!c)
			return false;
	}
	return text.len > 0;
}

static bool is_commit(struct stk_str text)
{
	for (size_t i = 0; i < text.len; i++)
		if (!strchr("0123456789abcdef", text.ptr[i]) || !text.ptr[i])
			return false;
	return text.len == 40 || text.len == 64;
}

int stk_draft_source_parse(const char *text, struct stk_draft_source *out, struct stk_err *err)
{
	struct stk_str rest = stk_str_of(text), host, owner, name;

	*out = (struct stk_draft_source){0};
	if (!stk_str_starts(rest, "https://"))
		goto bad;
	rest = stk_str_skip(rest, strlen("https://"));
	if (!stk_str_cut(&rest, '/', &host) || !stk_str_cut(&rest, '/', &owner) ||
		!stk_str_cut(&rest, '@', &name) || !is_commit(rest))
		goto bad;
	if (!is_plain(host) || !is_plain(owner) || !is_plain(name))
		goto bad;
	out->host = host;
	out->path = stk_str_n(owner.ptr, owner.len + 1 + name.len);
	out->commit = rest;
	return 0;
bad:
	return stk_err_set(
		err, STK_E_INVAL, "'%.200s': https://HOST/OWNER/NAME@COMMIT is wanted", text);
}

/* An action is named by its path on the same server, elsewhere by its whole address. Of another
 * server's repository the path alone might be a stranger's here. */
static bool add_action(
	struct stk_buf *buf, enum stk_look_ci ci, const struct stk_draft_source *source)
{
	if (source->path.len == 0 ||
		(ci == STK_LOOK_GITHUB && !stk_str_contains(source->host, STK_STR("github"))))
		return false;
	if (ci != STK_LOOK_GITHUB)
		stk_buf_addf(buf, "https://%.*s/", (int)source->host.len, source->host.ptr);
	stk_buf_addf(buf, "%.*s/ci-templates/github@%.*s", (int)source->path.len, source->path.ptr,
		(int)source->commit.len, source->commit.ptr);
	return true;
}

static void replace(struct stk_buf *buf, const char *what, struct stk_str with)
{
	struct stk_buf made = STK_BUF_EMPTY;
	struct stk_str rest = stk_buf_str(buf);

	for (ptrdiff_t at; (at = stk_str_find(rest, stk_str_of(what))) >= 0;) {
		stk_buf_add_str(&made, stk_str_sub(rest, 0, (size_t)at));
		stk_buf_add_str(&made, with);
		rest = stk_str_skip(rest, (size_t)at + strlen(what));
	}
	stk_buf_add_str(&made, rest);
	stk_buf_release(buf);
	*buf = made;
}

/* Whether all that was open is filled in. */
static bool fill_in(
	struct stk_buf *text, enum stk_look_ci ci, const struct stk_draft_source *source)
{
	struct stk_buf word = STK_BUF_EMPTY;
	bool known = source->path.len > 0;

	if (ci == STK_LOOK_GITLAB && known) {
		stk_buf_addf(&word, "https://%.*s/%.*s", (int)source->host.len, source->host.ptr,
			(int)source->path.len, source->path.ptr);
		replace(text, SOURCE, stk_buf_str(&word));
		stk_buf_clear(&word);
		stk_buf_addf(
			&word, "STOKER_COMMIT: %.*s", (int)source->commit.len, source->commit.ptr);
		replace(text, COMMIT, stk_buf_str(&word));
	} else if (ci != STK_LOOK_GITLAB) {
		known = add_action(&word, ci, source);
		if (known)
			replace(text, ACTION, stk_buf_str(&word));
	}
	stk_buf_release(&word);
	return known;
}

static void add_template(struct stk_buf *buf, const char *path)
{
	for (const struct stk_embedded_file *file = stk_ci_files; file->path; file++)
		if (strcmp(file->path, path) == 0)
			stk_buf_add(buf, file->text, file->len);
}

static void add_one(struct stk_draft *draft, const struct stk_look *look, const char *template,
	const char *path, const char *about)
{
	struct stk_draft_file *file = stk_draft_add(draft, path, about);

	add_template(&file->text, template);
	if (!fill_in(&file->text, look->ci, &draft->source))
		file->about = stk_arena_printf(&draft->arena,
			"%s%sput in where stoker is kept: %s (docs/ci.md)", about,
			about[0] ? "; " : "",
			look->ci == STK_LOOK_GITLAB ? "STOKER_SOURCE" : "OWNER and COMMIT");
}

void stk_draft_add_ci(struct stk_draft *draft, const struct stk_look *look)
{
	switch (look->ci) {
	case STK_LOOK_GITHUB:
		add_one(draft, look, "ci-templates/github/paired.yml",
			".github/workflows/stoker.yml", "");
		add_one(draft, look, "ci-templates/github/post.yml",
			".github/workflows/stoker-post.yml",
			"the comment on a fork's pull request");
		break;
	case STK_LOOK_GITLAB:
		if (look->has_gitlab_file)
			add_one(draft, look, "ci-templates/gitlab/stoker.yml", ".gitlab/stoker.yml",
				"add to .gitlab-ci.yml: include: { local: .gitlab/stoker.yml }");
		else
			add_one(draft, look, "ci-templates/gitlab/stoker.yml", ".gitlab-ci.yml",
				"");
		break;
	case STK_LOOK_GITEA:
		add_one(draft, look, "ci-templates/github/paired.yml",
			".gitea/workflows/stoker.yml", "");
		break;
	}
}
