/* accepted: regressions that somebody took on purpose: read, write, apply. */
#include "core/baseline/accepted.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/base/clock.h"
#include "core/base/json.h"
#include "core/base/units.h"

#define ENTRIES_MAX 10000u
#define TEXT_MAX    2000u
#define NOTED_MAX   5u
#define DAY_NS      (24 * 3600 * STK_NS_PER_S)

void stk_accepted_init(struct stk_accepted *accepted)
{
	*accepted = (struct stk_accepted){.arena = STK_ARENA_INIT};
}

void stk_accepted_release(struct stk_accepted *accepted)
{
	stk_vec_release(&accepted->entries);
	stk_arena_release(&accepted->arena);
}

int stk_accepted_parse_day(struct stk_str text, int64_t *until_ns_out, struct stk_err *err)
{
	struct tm day = {0};
	char copy[11];
	const char *end;
	time_t start;

	if (text.len != 10)
		return stk_err_set(err, STK_E_FORMAT, "a day such as 2026-12-31 is wanted");
	memcpy(copy, text.ptr, 10);
	copy[10] = '\0';
	end = strptime(copy, "%Y-%m-%d", &day);
	start = end && *end == '\0' ? timegm(&day) : -1;
	/* strptime takes 2026-02-31; timegm makes another day of it */
	if (start < 0 || day.tm_mday != (copy[8] - '0') * 10 + copy[9] - '0')
		return stk_err_set(err, STK_E_FORMAT, "'%s': there is no such day", copy);
	/* "9999-12-31" is how people write for ever */
	*until_ns_out = start > (INT64_MAX - DAY_NS) / STK_NS_PER_S
				? INT64_MAX
				: (int64_t)start * STK_NS_PER_S + DAY_NS;
	return 0;
}

void stk_accepted_format_day(struct stk_buf *buf, int64_t until_ns)
{
	time_t seconds = (time_t)((until_ns - 1) / STK_NS_PER_S);
	struct tm day;
	char text[16];

	if (gmtime_r(&seconds, &day) && strftime(text, sizeof text, "%Y-%m-%d", &day) == 10)
		stk_buf_add_text(buf, text);
}

/* --- reading ------------------------------------------------------------------------------- */

static int read_text(struct stk_accepted *accepted, const struct stk_json *object, const char *key,
	const char **out, struct stk_err *err)
{
	const struct stk_json *value = stk_json_get(object, key);
	struct stk_str text = stk_json_str(value);

	if (!value || stk_json_type(value) == STK_JSON_NULL)
		return 0;
	if (stk_json_type(value) != STK_JSON_STRING || stk_str_find_byte(text, '\0') >= 0 ||
		text.len == 0 || text.len > TEXT_MAX)
		return stk_err_set(err, STK_E_FORMAT, "'%s': a text of at most %u bytes is wanted",
			key, TEXT_MAX);
	*out = stk_arena_str(&accepted->arena, text);
	return 0;
}

static int read_limit(const struct stk_json *object, double *out, struct stk_err *err)
{
	const struct stk_json *value = stk_json_get(object, "limit");

	*out = NAN;
	if (!value || stk_json_type(value) == STK_JSON_NULL)
		return 0;
	*out = stk_json_real(value, NAN);
	if (!(*out > 0.0 && *out <= 1e6))
		return stk_err_set(
			err, STK_E_FORMAT, "'limit': a fraction above 0 is wanted, 0.5 for +50 %%");
	return 0;
}

static int read_until(const struct stk_json *object, int64_t *out, struct stk_err *err)
{
	const struct stk_json *value = stk_json_get(object, "until");
	int rc = 0;

	if (!value || stk_json_type(value) == STK_JSON_NULL)
		return 0;
	rc = stk_accepted_parse_day(stk_json_str(value), out, err);
	if (rc < 0)
		stk_err_wrap(err, "'until'");
	return rc;
}

static int check_key(struct stk_str key, struct stk_json *value, void *ctx)
{
	static const char *const known[] = {
		"function", "profile", "workflow", "limit", "reason", "author", "until"};

	(void)value;
	for (size_t i = 0; i < STK_ARRAY_LEN(known); i++) {
		if (stk_str_is(key, known[i]))
			return 0;
	}
	return stk_err_set(
		ctx, STK_E_FORMAT, "unknown member '%.*s'", STK_STR_ARG(stk_str_sub(key, 0, 60)));
}

static int check_entry(const struct stk_accepted_entry *entry, int code, struct stk_err *err)
{
	const char *missing = !entry->function ? "function"
			      : !entry->reason ? "reason"
			      : !entry->author ? "author"
					       : NULL;

	return missing ? stk_err_set(err, code, "'%s' is missing", missing) : 0;
}

static int read_entry(struct stk_accepted *accepted, const struct stk_json *object,
	struct stk_accepted_entry *out, struct stk_err *err)
{
	const struct {
		const char *key;
		const char **text;
	} texts[] = {{"function", &out->function}, {"profile", &out->profile},
		{"workflow", &out->workflow}, {"reason", &out->reason}, {"author", &out->author}};
	int rc;

	if (stk_json_type(object) != STK_JSON_OBJECT)
		return stk_err_set(err, STK_E_FORMAT, "an object is wanted");
	/* a misspelt "workflow" would accept everywhere */
	rc = stk_json_each(object, check_key, err);
	for (size_t i = 0; rc == 0 && i < STK_ARRAY_LEN(texts); i++)
		rc = read_text(accepted, object, texts[i].key, texts[i].text, err);
	if (rc == 0)
		rc = read_limit(object, &out->limit, err);
	if (rc == 0)
		rc = read_until(object, &out->until_ns, err);
	return rc == 0 ? check_entry(out, STK_E_FORMAT, err) : rc;
}

static int read_document(
	struct stk_accepted *accepted, const struct stk_json *object, struct stk_err *err)
{
	struct stk_json *list = NULL;
	int64_t schema = 0;
	int rc = stk_json_need_int(object, "schema", &schema, err);

	if (rc == 0 && schema != 1)
		rc = stk_err_set(
			err, STK_E_FORMAT, "schema %lld, this stoker reads 1", (long long)schema);
	if (rc == 0)
		rc = stk_json_need_array(object, "accepted", &list, err);
	if (rc == 0 && stk_json_len(list) > ENTRIES_MAX)
		rc = stk_err_set(err, STK_E_TOO_LARGE, "more than %u entries", ENTRIES_MAX);
	for (size_t i = 0; rc == 0 && i < stk_json_len(list); i++) {
		rc = read_entry(
			accepted, stk_json_at(list, i), stk_vec_push_new(&accepted->entries), err);
		if (rc < 0)
			stk_err_wrap(err, "accepted[%zu]", i);
	}
	return rc;
}

int stk_accepted_parse(struct stk_str text, struct stk_accepted *accepted, struct stk_err *err)
{
	struct stk_json *object = NULL;
	int rc;

	if (text.len > STK_ACCEPTED_BYTES_MAX)
		return stk_err_set(err, STK_E_TOO_LARGE,
			STK_ACCEPTED_PATH ": %zu bytes, at most %zu", text.len,
			STK_ACCEPTED_BYTES_MAX);
	rc = stk_json_parse(text, &object, err);
	if (rc == 0)
		rc = read_document(accepted, object, err);
	stk_json_free(object);
	if (rc < 0)
		stk_err_wrap(err, STK_ACCEPTED_PATH);
	return rc;
}

/* --- writing ------------------------------------------------------------------------------- */

static struct stk_json *write_entry(const struct stk_accepted_entry *entry)
{
	struct stk_json *object = stk_json_new_object();
	struct stk_buf day = STK_BUF_EMPTY;

	stk_json_put(object, "function", stk_json_new_text(entry->function));
	if (entry->profile)
		stk_json_put(object, "profile", stk_json_new_text(entry->profile));
	if (entry->workflow)
		stk_json_put(object, "workflow", stk_json_new_text(entry->workflow));
	if (!isnan(entry->limit))
		stk_json_put(object, "limit", stk_json_new_real(entry->limit));
	stk_json_put(object, "reason", stk_json_new_text(entry->reason));
	stk_json_put(object, "author", stk_json_new_text(entry->author));
	if (entry->until_ns > 0) {
		stk_accepted_format_day(&day, entry->until_ns);
		stk_json_put(object, "until", stk_json_new_text(day.ptr));
	}
	stk_buf_release(&day);
	return object;
}

void stk_accepted_format(const struct stk_accepted *accepted, struct stk_buf *buf)
{
	stk_buf_add_text(buf, "{\n \"schema\": 1,\n \"accepted\": [");
	for (size_t i = 0; i < accepted->entries.len; i++) {
		struct stk_json *one = write_entry(&accepted->entries.items[i]);

		stk_buf_add_text(buf, i == 0 ? "\n  " : ",\n  ");
		stk_json_format(one, STK_JSON_SHORT, buf);
		stk_json_free(one);
	}
	stk_buf_add_text(buf, accepted->entries.len ? "\n ]\n}\n" : "]\n}\n");
}

static bool is_same(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

static struct stk_accepted_entry *find(
	const struct stk_accepted *accepted, const struct stk_accepted_entry *like)
{
	for (size_t i = 0; i < accepted->entries.len; i++) {
		struct stk_accepted_entry *known = &accepted->entries.items[i];

		if (is_same(known->function, like->function) &&
			is_same(known->profile, like->profile) &&
			is_same(known->workflow, like->workflow))
			return known;
	}
	return NULL;
}

const struct stk_accepted_entry *stk_accepted_find(
	const struct stk_accepted *accepted, const struct stk_accepted_entry *like)
{
	return find(accepted, like);
}

int stk_accepted_add(
	struct stk_accepted *accepted, const struct stk_accepted_entry *entry, struct stk_err *err)
{
	struct stk_arena *arena = &accepted->arena;
	struct stk_accepted_entry *at;
	int rc = check_entry(entry, STK_E_INVAL, err);

	if (rc < 0)
		return rc;
	at = find(accepted, entry);
	if (!at && accepted->entries.len >= ENTRIES_MAX)
		return stk_err_set(err, STK_E_TOO_LARGE, "more than %u entries", ENTRIES_MAX);
	if (!at)
		at = stk_vec_push_new(&accepted->entries);
	*at = *entry;
	at->function = stk_arena_dup(arena, entry->function);
	at->profile = stk_arena_dup(arena, entry->profile);
	at->workflow = stk_arena_dup(arena, entry->workflow);
	at->reason = stk_arena_dup(arena, entry->reason);
	at->author = stk_arena_dup(arena, entry->author);
	return 0;
}

static int compare_texts(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "");
}

static int by_name(const void *a, const void *b)
{
	const struct stk_accepted_entry *x = a, *y = b;
	int order = strcmp(x->function, y->function);

	if (order == 0)
		order = compare_texts(x->profile, y->profile);
	return order ? order : compare_texts(x->workflow, y->workflow);
}

void stk_accepted_sort(struct stk_accepted *accepted)
{
	if (accepted->entries.len > 1)
		qsort(accepted->entries.items, accepted->entries.len,
			sizeof *accepted->entries.items, by_name);
}

/* --- applying ------------------------------------------------------------------------------ */

/* What a row is called: of a type by short name and full id, of an exact total by its name. */
struct subject {
	const char *function, *profile, *type_id;
};

static bool is_meant(const struct stk_accepted_entry *entry, const struct stk_run *run,
	const struct subject *subject)
{
	if (!is_same(entry->function, subject->function))
		return false;
	if (entry->workflow && !is_same(entry->workflow, run->name))
		return false;
	return !entry->profile || is_same(entry->profile, subject->profile) ||
	       is_same(entry->profile, subject->type_id);
}

static void note_expired(const struct stk_accepted_entry *entry, struct stk_run *run)
{
	struct stk_buf day = STK_BUF_EMPTY;

	stk_accepted_format_day(&day, entry->until_ns);
	stk_run_note(run, STK_NOTE_WARN, "'%s' was accepted until %s by %s: no longer",
		entry->function, day.ptr, entry->author);
	stk_buf_release(&day);
}

static void note_beyond(const struct stk_accepted_entry *entry, double change, struct stk_run *run)
{
	struct stk_buf text = STK_BUF_EMPTY;

	stk_units_format_percent(&text, entry->limit, 0);
	stk_buf_add_text(&text, ", it is now ");
	if (isfinite(change))
		stk_units_format_percent(&text, change, 0);
	else
		stk_buf_add_text(&text, "new");
	stk_run_note(run, STK_NOTE_WARN, "'%s' is accepted up to %s", entry->function, text.ptr);
	stk_buf_release(&text);
}

/* By its size: throughput gets worse by getting less. */
static bool is_within(const struct stk_accepted_entry *entry, const struct stk_row *row)
{
	return isnan(entry->limit) || fabs(row->change) <= entry->limit;
}

static void apply_to(const struct stk_accepted *accepted, struct stk_run *run,
	const struct subject *subject, struct stk_row *row, int64_t now_ns)
{
	if (row->verdict != STK_VERDICT_REGRESSION || !subject->function)
		return;
	for (size_t i = 0; i < accepted->entries.len; i++) {
		const struct stk_accepted_entry *entry = &accepted->entries.items[i];

		if (!is_meant(entry, run, subject))
			continue;
		if (entry->until_ns > 0 && now_ns >= entry->until_ns) {
			note_expired(entry, run);
		} else if (!is_within(entry, row)) {
			note_beyond(entry, row->change, run);
		} else {
			row->accepted = (struct stk_acceptance){stk_run_text(run, entry->reason),
				stk_run_text(run, entry->author), entry->until_ns};
			return;
		}
	}
}

/* Has the run a row that the entry speaks of? */
static bool is_known(const struct stk_accepted_entry *entry, const struct stk_run *run)
{
	bool any_type = false;

	for (size_t i = 0; i < run->comparisons.len; i++) {
		const struct stk_comparison *one = &run->comparisons.items[i];

		if (entry->profile && !is_same(entry->profile, one->short_name) &&
			!is_same(entry->profile, one->type_id))
			continue;
		any_type = true;
		if (strcmp(entry->function, "total") == 0)
			return true;
		const struct stk_rows *lists[] = {&one->rows, &one->inclusive, &one->packages};
		for (size_t list = 0; list < STK_ARRAY_LEN(lists); list++)
			for (size_t k = 0; k < lists[list]->len; k++)
				if (is_same(lists[list]->items[k].function.name, entry->function))
					return true;
	}
	return !any_type; /* of a type that was not compared nothing is known */
}

/* Whether one of the rows that got dearer is meant; the function of like is set. */
static bool names_one(const struct stk_accepted_entry *entry, const struct stk_run *run,
	const struct stk_rows *rows, struct subject *like)
{
	for (size_t i = 0; i < rows->len; i++) {
		like->function = rows->items[i].function.name;
		if (rows->items[i].verdict == STK_VERDICT_REGRESSION && like->function &&
			is_meant(entry, run, like))
			return true;
	}
	return false;
}

/* That it has ended is said beside the regression that it covered. */
static bool is_said(const struct stk_accepted_entry *entry, const struct stk_run *run)
{
	for (size_t i = 0; i < run->comparisons.len; i++) {
		const struct stk_comparison *one = &run->comparisons.items[i];
		const struct stk_rows *lists[] = {&one->rows, &one->inclusive, &one->packages};
		struct subject subject = {"total", one->short_name, one->type_id};

		if (one->total.verdict == STK_VERDICT_REGRESSION && is_meant(entry, run, &subject))
			return true;
		for (size_t list = 0; list < STK_ARRAY_LEN(lists); list++)
			if (names_one(entry, run, lists[list], &subject))
				return true;
	}
	for (size_t i = 0; i < run->totals.len; i++) {
		const struct stk_total *total = &run->totals.items[i];
		struct subject subject = {"total", total->name, total->name};

		if (total->row.verdict == STK_VERDICT_REGRESSION && is_meant(entry, run, &subject))
			return true;
	}
	return false;
}

/* Entries of this workflow that do nothing any more: a list of them stays short when they are said.
 */
static void note_useless(const struct stk_accepted *accepted, struct stk_run *run, int64_t now_ns)
{
	struct stk_buf gone = STK_BUF_EMPTY, ended = STK_BUF_EMPTY;
	size_t gone_len = 0, ended_len = 0;

	for (size_t i = 0; i < accepted->entries.len; i++) {
		const struct stk_accepted_entry *entry = &accepted->entries.items[i];
		bool is_ended = entry->until_ns > 0 && now_ns >= entry->until_ns;
		struct stk_buf *list = is_ended ? &ended : &gone;
		size_t *len = is_ended ? &ended_len : &gone_len;

		if (!entry->workflow || !is_same(entry->workflow, run->name) ||
			(is_ended ? is_said(entry, run) : is_known(entry, run)))
			continue;
		if ((*len)++ < NOTED_MAX)
			stk_buf_addf(list, "%s'%s'", list->len ? ", " : "", entry->function);
	}
	if (gone_len > 0)
		stk_run_note(run, STK_NOTE_INFO,
			"accepted, but not in this run (renamed, removed?): %s%s", gone.ptr,
			gone_len > NOTED_MAX ? " and others" : "");
	if (ended_len > 0)
		stk_run_note(run, STK_NOTE_INFO, "accepted entries that have ended: %s%s",
			ended.ptr, ended_len > NOTED_MAX ? " and others" : "");
	stk_buf_release(&gone);
	stk_buf_release(&ended);
}

/* The total of the type that an exact total says the same of; NULL: there is none. */
static const struct stk_row *find_sampled(const struct stk_run *run, const struct stk_total *exact)
{
	for (size_t i = 0; i < run->comparisons.len; i++)
		if (is_same(exact->name, run->comparisons.items[i].short_name))
			return &run->comparisons.items[i].total;
	return NULL;
}

/* The exact CPU total goes with the sampled one; latency and the like have entries of their own. */
static void apply_to_totals(
	const struct stk_accepted *accepted, struct stk_run *run, int64_t now_ns)
{
	for (size_t i = 0; i < run->totals.len; i++) {
		struct stk_total *total = &run->totals.items[i];
		struct subject subject = {"total", total->name, total->name};
		const struct stk_row *sampled = find_sampled(run, total);

		if (!sampled || sampled->verdict != STK_VERDICT_REGRESSION)
			apply_to(accepted, run, &subject, &total->row, now_ns);
		else if (total->row.verdict == STK_VERDICT_REGRESSION)
			total->row.accepted = sampled->accepted;
	}
}

void stk_accepted_apply(const struct stk_accepted *accepted, struct stk_run *run, int64_t now_ns)
{
	for (size_t i = 0; i < run->comparisons.len; i++) {
		struct stk_comparison *one = &run->comparisons.items[i];
		struct stk_rows *lists[] = {&one->rows, &one->inclusive, &one->packages};
		struct subject subject = {"total", one->short_name, one->type_id};

		apply_to(accepted, run, &subject, &one->total, now_ns);
		for (size_t list = 0; list < STK_ARRAY_LEN(lists); list++)
			for (size_t k = 0; k < lists[list]->len; k++) {
				subject.function = lists[list]->items[k].function.name;
				apply_to(accepted, run, &subject, &lists[list]->items[k], now_ns);
			}
	}
	apply_to_totals(accepted, run, now_ns);
	note_useless(accepted, run, now_ns);
}
