/* sources: the source of each side's profiles: embedded server, a Pyroscope, a scrape, files. */
#include <stdlib.h>
#include <string.h>

#include "core/base/fs.h"
#include "core/flow/access.h"
#include "core/flow/session_priv.h"
#include "core/profile/labels.h"
#include "core/server/serve.h"
#include "core/source/files.h"
#include "core/source/scrape.h"
#include "core/source/source.h"
#include "core/source/store.h"

static const char *const side_names[STK_SIDES] = {"base", "head"};

static struct stk_source *keep(struct stk_session *session, struct stk_source *source)
{
	stk_vec_push(&session->sources, source);
	return source;
}

/* What a side's profiles are found by: service name and labels that the workflow gives. */
static char *selector_of(const struct stk_profile_spec *spec)
{
	STK_VEC(struct stk_label) labels = STK_VEC_INIT;
	struct stk_buf text = STK_BUF_EMPTY;

	if (spec->service)
		stk_vec_push(&labels,
			(struct stk_label){STK_STR("service_name"), stk_str_of(spec->service)});
	for (size_t i = 0; i < spec->labels.len; i++)
		stk_vec_push(&labels, (struct stk_label){stk_str_of(spec->labels.items[i].name),
					      stk_str_of(spec->labels.items[i].value)});
	stk_labels_sort(labels.items, labels.len);
	stk_selector_format(&text, labels.items, labels.len);
	stk_vec_release(&labels);
	return stk_buf_take(&text, NULL);
}

/* --- the embedded server ---------------------------------------------------------------- */

/* A port of its own per side: what comes in there is that side's, whatever its labels say. */
static int open_side_port(struct stk_session *session, int side, struct stk_err *err)
{
	struct stk_session_side *at = &session->sides[side];
	struct stk_label labels[] = {{STK_STR("stoker_run"), stk_str_of(session->run->id)},
		{STK_STR("stoker_side"), stk_str_of(side_names[side])}};
	struct stk_buf selector = STK_BUF_EMPTY;
	uint16_t port;
	int rc = stk_serve_add_side(session->server, labels, STK_ARRAY_LEN(labels), &port, err);

	if (rc < 0)
		return rc;
	at->push_url = stk_xasprintf("http://127.0.0.1:%u", port);
	stk_selector_format(&selector, labels, STK_ARRAY_LEN(labels));
	at->selector = stk_buf_take(&selector, NULL);
	return 0;
}

static int open_embedded(struct stk_session *session, struct stk_err *err)
{
	char *dir = stk_fs_join(session->folder, "store");
	struct stk_source *source;
	int rc = stk_store_open(&(struct stk_store_opts){.dir = dir}, &session->store, err);

	free(dir);
	if (rc < 0)
		return rc;
	rc = stk_serve_start(&(struct stk_serve_opts){.store = session->store,
				     .clock = session->clock,
				     .version = session->opts->version},
		&session->server, err);
	if (rc < 0)
		return rc;
	source = keep(session, stk_source_store_new(session->store, session->clock));
	for (int side = 0; rc == 0 && side < STK_SIDES; side++) {
		if (!stk_session_has_side(session, side))
			continue;
		session->sides[side].source = source;
		rc = open_side_port(session, side, err);
	}
	return rc;
}

/* --- an outside Pyroscope --------------------------------------------------------------- */

static const char *label_of(const struct stk_profile_spec *spec, const char *name)
{
	if (strcmp(name, "service_name") == 0 && spec->service)
		return spec->service;
	for (size_t i = 0; i < spec->labels.len; i++)
		if (strcmp(spec->labels.items[i].name, name) == 0)
			return spec->labels.items[i].value;
	return NULL;
}

/* No series can match both: some label has to have two values. */
static bool is_told_apart(const struct stk_profile_spec *base, const struct stk_profile_spec *head)
{
	const char *other = label_of(head, "service_name");

	if (base->service && other && strcmp(base->service, other) != 0)
		return true;
	for (size_t i = 0; i < base->labels.len; i++) {
		other = label_of(head, base->labels.items[i].name);
		if (other && strcmp(base->labels.items[i].value, other) != 0)
			return true;
	}
	return false;
}

/* Two sides that one selector matches could not be told apart. */
static int refuse_same_selectors(struct stk_session *session, struct stk_err *err)
{
	const struct stk_session_side *base = &session->sides[STK_SIDE_BASE];
	const struct stk_session_side *head = &session->sides[STK_SIDE_HEAD];

	if (!base->selector || !head->selector ||
		is_told_apart(&base->spec->profile, &head->spec->profile))
		return 0;
	stk_err_set(err, STK_E_SCRIPT,
		"profiles of base and head cannot be told apart: base is %s, head is %s",
		base->selector, head->selector);
	stk_err_hint(err, "give each side labels of its own: profile = stoker.sdk { labels = { "
			  "version = \"1.1\" } }");
	return STK_E_SCRIPT;
}

static int open_pyroscope(struct stk_session *session, struct stk_err *err)
{
	const struct stk_source_spec *spec = &session->workflow->source;
	struct stk_source *source = NULL;
	int rc = stk_access_open(spec, session->env, 1, &source, err);

	if (rc < 0)
		return rc;
	keep(session, source);
	for (int side = 0; side < STK_SIDES; side++) {
		if (!stk_session_has_side(session, side))
			continue;
		session->sides[side].source = source;
		session->sides[side].push_url = stk_xstrdup(spec->url);
		session->sides[side].selector = selector_of(&session->sides[side].spec->profile);
	}
	return refuse_same_selectors(session, err);
}

/* --- scrape and files -------------------------------------------------------------------- */

bool stk_session_scrapes(const struct stk_session *session, int side)
{
	return stk_session_has_side(session, side) &&
	       session->sides[side].spec->profile.via == STK_VIA_SCRAPE;
}

int stk_session_open_scrape(
	struct stk_session *session, int side, const char *url, struct stk_err *err)
{
	const struct stk_profile_spec *spec = &session->sides[side].spec->profile;
	struct stk_source *source = NULL;
	int rc = stk_source_scrape_new(&(struct stk_source_scrape_opts){.url = url,
					       .path = spec->path,
					       .slice_ns = spec->slice_ns,
					       .interrupts = session->env->interrupts},
		&source, err);

	if (rc < 0)
		return rc;
	session->sides[side].source = keep(session, source);
	session->sides[side].selector = stk_xstrdup("{}");
	return 0;
}

static int open_files(struct stk_session *session, struct stk_err *err)
{
	for (int side = 0; side < STK_SIDES; side++) {
		struct stk_source *source = NULL;
		int rc = stk_source_files_new(session->workflow->source.files[side], &source, err);

		if (rc < 0) {
			stk_err_wrap(err, "files of %s", side_names[side]);
			return rc;
		}
		session->sides[side].source = keep(session, source);
		session->sides[side].selector = stk_xstrdup("{}");
	}
	return 0;
}

int stk_session_open_sources(struct stk_session *session, struct stk_err *err)
{
	bool all_scraped = true;

	for (int side = 0; side < STK_SIDES; side++)
		if (stk_session_has_side(session, side) && !stk_session_scrapes(session, side))
			all_scraped = false;
	if (session->workflow->source.kind == STK_SOURCE_PYROSCOPE)
		return open_pyroscope(session, err);
	if (session->workflow->source.kind == STK_SOURCE_FILES)
		return open_files(session, err);
	return all_scraped ? 0 : open_embedded(session, err);
}
