/* scrape: a target's /debug/pprof as a source: its types, grid and slices from the collected dumps.
 */
#include "core/source/scrape.h"

#include <stdlib.h>
#include <string.h>

#include "core/http/url.h"
#include "core/profile/pprof.h"
#include "core/source/grid.h"
#include "core/source/scrape_priv.h"

#define SLICE_DEFAULT_NS (5 * STK_NS_PER_S)
#define SLICE_MAX_NS     (60 * STK_NS_PER_S)
/* Go ends a CPU profile up to 0.2 s late: the next slice begins that much after it. */
#define PAUSE_MIN_NS (250 * STK_NS_PER_MS)

static struct stk_scrape *of(struct stk_source *source)
{
	return (struct stk_scrape *)source;
}

static void type_id(
	const struct stk_profile *profile, size_t type, const char *name, struct stk_buf *out)
{
	const struct stk_value_type *at = &profile->types.items[type];

	stk_buf_clear(out);
	stk_buf_addf(out, "%s:%.*s:%.*s:%.*s:%.*s", name,
		STK_STR_ARG(stk_profile_string(profile, at->type)),
		STK_STR_ARG(stk_profile_string(profile, at->unit)),
		STK_STR_ARG(stk_profile_string(profile, profile->period_type.type)),
		STK_STR_ARG(stk_profile_string(profile, profile->period_type.unit)));
}

/* Number of the sample type with that id in a profile, -1 if it is another one's. */
static int find_type(const struct stk_profile *profile, const char *name, const char *wanted)
{
	struct stk_buf id = STK_BUF_EMPTY;
	int found = -1;

	for (size_t i = 0; found < 0 && i < profile->types.len; i++) {
		type_id(profile, i, name, &id);
		if (strcmp(id.ptr, wanted) == 0)
			found = (int)i;
	}
	stk_buf_release(&id);
	return found;
}

/* Which endpoint has a type: that of its name. */
static int endpoint_of(const char *id)
{
	for (int i = 0; i < STK_SCRAPE_ENDPOINTS; i++) {
		size_t len = strlen(stk_scrape_endpoints[i].name);
		if (strncmp(id, stk_scrape_endpoints[i].name, len) == 0 && id[len] == ':')
			return i;
	}
	return -1;
}

/* --- ops ----------------------------------------------------------------------------------- */

/* The heap says whether this is a Go target at all; CPU profiles take a slice to come, but their
 * types are known. */
static int scrape_types(struct stk_source *source, const struct stk_source_query *query,
	struct stk_source_names *out, struct stk_err *err)
{
	static const char *const known[] = {"process_cpu:cpu:nanoseconds:cpu:nanoseconds",
		"process_cpu:samples:count:cpu:nanoseconds",
		"goroutines:goroutine:count:goroutine:count",
		"mutex:contentions:count:contentions:count",
		"mutex:delay:nanoseconds:contentions:count",
		"block:contentions:count:contentions:count",
		"block:delay:nanoseconds:contentions:count",
		"memory:alloc_objects:count:space:bytes", "memory:alloc_space:bytes:space:bytes",
		"memory:inuse_objects:count:space:bytes", "memory:inuse_space:bytes:space:bytes"};
	int rc = stk_scrape_start(of(source), err);

	(void)query; /* the target is the selection */
	if (rc <= 0)
		return rc;
	for (size_t i = 0; i < STK_ARRAY_LEN(known); i++)
		stk_vec_push(out, stk_xstrdup(known[i]));
	return 0;
}

static int scrape_describe(struct stk_source *source, const struct stk_source_query *query,
	struct stk_source_info *out, struct stk_err *err)
{
	struct stk_scrape *scrape = of(source);
	int endpoint = endpoint_of(query->type_id);

	if (endpoint < 0)
		return stk_err_set(err, STK_E_NOT_FOUND, "%s: '%s' is not among its profiles",
			scrape->url, query->type_id);
	stk_scrape_want(scrape, endpoint);
	int rc = stk_scrape_start(scrape, err);
	if (rc < 0)
		return rc;
	out->interval_ns = scrape->interval_ns;
	out->instances = 1;
	memcpy(out->agent, "go pprof", sizeof "go pprof");
	out->samples_by_tick = stk_grid_is_by_tick(query->type_id, out->agent);
	pthread_mutex_lock(&scrape->lock);
	out->points = (int)scrape->dumps[endpoint].len;
	pthread_mutex_unlock(&scrape->lock);
	return 0;
}

/* Whether a slice begins with dump i: two dumps make one only at neighbouring borders, which the
 * look before the first border is not; another kind of answer is a slice by itself. */
static bool is_slice(const struct stk_scrape_dumps *dumps, size_t i, bool is_dump)
{
	if (!is_dump)
		return true;
	return i + 1 < dumps->len && dumps->items[i + 1].border == dumps->items[i].border + 1;
}

/* The start of the newest slice that is complete. */
static int scrape_newest(struct stk_source *source, const struct stk_source_query *query,
	int64_t *stamp_out, struct stk_err *err)
{
	struct stk_scrape *scrape = of(source);
	int endpoint = endpoint_of(query->type_id);

	(void)err; /* nothing is asked of the target here */
	*stamp_out = 0;
	if (endpoint < 0)
		return 0;
	pthread_mutex_lock(&scrape->lock);
	const struct stk_scrape_dumps *dumps = &scrape->dumps[endpoint];
	bool is_dump = stk_scrape_endpoints[endpoint].is_dump;
	for (size_t i = dumps->len; *stamp_out == 0 && i-- > 0;)
		if (is_slice(dumps, i, is_dump))
			*stamp_out = dumps->items[i].start_ns;
	pthread_mutex_unlock(&scrape->lock);
	return 0;
}

/* --- slices -------------------------------------------------------------------------------- */

static bool is_level(const struct stk_profile *profile, size_t type)
{
	struct stk_str name = stk_profile_string(profile, profile->types.items[type].type);

	return stk_str_starts(name, "inuse_") || stk_str_is(name, "goroutine");
}

/* What came in between two dumps: flows are subtracted, levels are those of the later one. */
static int subtract(struct stk_profile *before, const struct stk_profile *after,
	struct stk_profile **out, struct stk_err *err)
{
	struct stk_merger *merger;
	size_t types = before->types.len;
	int rc;

	for (size_t t = 0; t < types; t++)
		for (size_t i = 0; i < before->samples.len; i++) {
			int64_t *value = &before->values.items[i * types + t];
			*value = is_level(before, t) || *value == INT64_MIN ? 0 : -*value;
		}
	merger = stk_merger_new();
	rc = stk_merger_add(merger, after, NULL, err);
	if (rc == 0)
		rc = stk_merger_add(merger, before, NULL, err);
	if (rc == 0)
		*out = stk_merger_take(merger);
	stk_merger_free(merger);
	return rc;
}

/* A counter that went back: the process was started again in between. */
static bool is_restarted(const struct stk_profile *delta, size_t type)
{
	return !is_level(delta, type) && stk_profile_total(delta, type) < 0;
}

static void add_slice(struct stk_source_slices *out, struct stk_profile *profile, size_t type,
	int64_t start_ns, int64_t end_ns)
{
	struct stk_source_slice *slice = stk_vec_push_new(out);

	slice->instance = stk_xstrdup("");
	slice->start_ns = start_ns;
	slice->end_ns = end_ns;
	slice->profile = profile;
	slice->sample_type = type;
	profile->time_ns = start_ns;
	profile->duration_ns = end_ns - start_ns;
}

/* A CPU profile is a slice as it is. */
static int take_profile(const struct stk_scrape_dump *dump, const char *name, const char *id,
	struct stk_source_slices *out, struct stk_err *err)
{
	struct stk_profile *profile = NULL;
	int rc = stk_pprof_decode(dump->pprof, &profile, err), type;

	if (rc < 0)
		return rc;
	type = find_type(profile, name, id);
	if (type < 0)
		stk_profile_free(profile);
	else
		add_slice(out, profile, (size_t)type, dump->start_ns, dump->end_ns);
	return 0;
}

/* Two dumps at neighbouring borders are one slice. */
static int take_pair(const struct stk_scrape_dump *pair, const char *name, const char *id,
	struct stk_source_slices *out, struct stk_err *err)
{
	struct stk_profile *before = NULL, *after = NULL, *delta = NULL;
	int rc = stk_pprof_decode(pair[0].pprof, &before, err), type;

	if (rc == 0)
		rc = stk_pprof_decode(pair[1].pprof, &after, err);
	if (rc < 0)
		goto out;
	type = find_type(after, name, id);
	if (type < 0)
		goto out;
	rc = subtract(before, after, &delta, err);
	if (rc < 0 || is_restarted(delta, (size_t)type))
		goto out;
	add_slice(out, delta, (size_t)type, pair[0].start_ns, pair[1].start_ns);
	delta = NULL;
out:
	stk_profile_free(before);
	stk_profile_free(after);
	stk_profile_free(delta);
	return rc;
}

static int scrape_fetch(struct stk_source *source, const struct stk_source_query *query,
	const struct stk_source_info *info, struct stk_source_slices *out, struct stk_err *err)
{
	struct stk_scrape *scrape = of(source);
	int endpoint = endpoint_of(query->type_id), rc = 0;

	(void)info; /* the borders are known exactly */
	if (endpoint < 0)
		return 0;
	const char *name = stk_scrape_endpoints[endpoint].name;
	bool is_dump = stk_scrape_endpoints[endpoint].is_dump;
	pthread_mutex_lock(&scrape->lock);
	struct stk_scrape_dumps *dumps = &scrape->dumps[endpoint];
	for (size_t i = 0; rc == 0 && i < dumps->len; i++) {
		const struct stk_scrape_dump *dump = &dumps->items[i];
		if (dump->start_ns < query->from_ns || dump->start_ns > query->to_ns)
			continue;
		if (!is_slice(dumps, i, is_dump))
			continue;
		rc = (is_dump ? take_pair : take_profile)(dump, name, query->type_id, out, err);
	}
	if (rc == 0 && out->len == 0 && dumps->len == 0 && scrape->last.code != 0) {
		rc = scrape->last.code;
		if (err)
			*err = scrape->last;
	}
	pthread_mutex_unlock(&scrape->lock);
	return rc;
}

static void scrape_close(struct stk_source *source)
{
	struct stk_scrape *scrape = of(source);

	stk_scrape_stop(scrape);
	for (int i = 0; i < STK_SCRAPE_ENDPOINTS; i++) {
		for (size_t d = 0; d < scrape->dumps[i].len; d++)
			free((char *)scrape->dumps[i].items[d].pprof.ptr);
		stk_vec_release(&scrape->dumps[i]);
	}
	pthread_mutex_destroy(&scrape->lock);
	pthread_cond_destroy(&scrape->wake);
	free(scrape->url);
	free(scrape);
}

static const struct stk_source_ops scrape_ops = {
	.types = scrape_types,
	.describe = scrape_describe,
	.fetch = scrape_fetch,
	.newest = scrape_newest,
	.close = scrape_close,
};

int stk_source_scrape_new(
	const struct stk_source_scrape_opts *opts, struct stk_source **out, struct stk_err *err)
{
	int64_t slice_ns = opts->slice_ns ? opts->slice_ns : SLICE_DEFAULT_NS;
	struct stk_buf url = STK_BUF_EMPTY;
	struct stk_scrape *scrape;
	struct stk_url parsed;
	int rc = stk_url_parse(stk_str_of(opts->url), &parsed, err);

	if (rc < 0) {
		stk_err_wrap(err, "scrape");
		return rc;
	}
	if (slice_ns < STK_NS_PER_S || slice_ns > SLICE_MAX_NS || slice_ns % STK_NS_PER_S != 0)
		return stk_err_set(err, STK_E_INVAL,
			"scrape: a slice of %g s, expected whole seconds from 1 to 60",
			(double)slice_ns / (double)STK_NS_PER_S);
	scrape = stk_xcalloc(1, sizeof *scrape);
	scrape->base = (struct stk_source){&scrape_ops, stk_clock_system()};
	stk_url_join(
		&url, stk_str_of(opts->url), stk_str_of(opts->path ? opts->path : "/debug/pprof"));
	scrape->url = stk_buf_take(&url, NULL);
	scrape->slice_ns = slice_ns;
	scrape->interval_ns =
		slice_ns + (slice_ns / 20 > PAUSE_MIN_NS ? slice_ns / 20 : PAUSE_MIN_NS);
	scrape->wanted[STK_SCRAPE_HEAP] = true;
	pthread_mutex_init(&scrape->lock, NULL);
	pthread_cond_init(&scrape->wake, NULL);
	*out = &scrape->base;
	return 0;
}
