/* prepare: a pushed pprof checked, its label sets found, packed for the disk. */
#include <string.h>

#include "core/base/gzip.h"
#include "core/store/scan.h"
#include "core/store/store_priv.h"

/* Limits of what upstream takes, so that nobody grows used to more. */
#define LABEL_NAME_MAX  1024
#define LABEL_VALUE_MAX 2048
#define LABELS_MAX      64
/* Level of libdeflate for profiles that come in plain: the fastest already halves them. */
#define PACK_LEVEL 1
#define YEAR_NS    (INT64_C(365) * 86400 * 1000000000)

static int check_label(const struct stk_label *label, struct stk_err *err)
{
	if (!label->name.len || label->name.len > LABEL_NAME_MAX || !stk_str_is_utf8(label->name))
		return stk_err_set(err, STK_E_INVAL,
			"label name '%.*s': not 1 to %d bytes of UTF-8", STK_STR_ARG(label->name),
			LABEL_NAME_MAX);
	if (label->value.len > LABEL_VALUE_MAX || !stk_str_is_utf8(label->value))
		return stk_err_set(err, STK_E_INVAL,
			"label '%.*s': its value is not at most %d bytes of UTF-8",
			STK_STR_ARG(label->name), LABEL_VALUE_MAX);
	return 0;
}

/* Sorted copy of the push's labels; an empty value is no label. */
static int copy_labels(const struct stk_store_push *push, struct stk_label *out, size_t *len_out,
	struct stk_err *err)
{
	size_t len = 0;

	if (push->labels_len > LABELS_MAX)
		return stk_err_set(err, STK_E_INVAL, "%zu labels, at most %d are taken",
			push->labels_len, LABELS_MAX);
	for (size_t i = 0; i < push->labels_len; i++) {
		int rc = check_label(&push->labels[i], err);

		if (rc < 0)
			return rc;
		out[len++] = push->labels[i];
	}
	stk_labels_sort(out, len);
	for (size_t i = 1; i < len; i++)
		if (stk_str_eq(out[i - 1].name, out[i].name))
			return stk_err_set(err, STK_E_INVAL, "duplicate label name: '%.*s'",
				STK_STR_ARG(out[i].name));
	if (!push->name_of && !stk_labels_find(out, len, STK_STR("__name__")).len)
		return stk_err_set(err, STK_E_INVAL, "invalid labels: __name__ is missing");
	*len_out = 0;
	for (size_t i = 0; i < len; i++)
		if (out[i].value.len)
			out[(*len_out)++] = out[i];
	return 0;
}

/* Let the caller name the profile by its sample types. */
static void add_name(const struct stk_store_push *push, const struct stk_scan *scan,
	struct stk_arena *arena, struct stk_label *base, size_t *len)
{
	struct stk_str types[STK_SCAN_MAX_TYPES];
	struct stk_buf name = STK_BUF_EMPTY;
	size_t at = 0;

	if (!push->name_of)
		return;
	for (size_t i = 0; i < scan->types_len; i++)
		types[i] = scan->types[i].type;
	push->name_of(types, scan->types_len, &name, push->name_ctx);
	while (at < *len && !stk_str_is(base[at].name, "__name__"))
		at++;
	base[at].name = STK_STR("__name__");
	base[at].value = stk_str_n(stk_arena_str(arena, stk_buf_str(&name)), name.len);
	if (at == *len)
		++*len;
	stk_labels_sort(base, *len);
	stk_buf_release(&name);
}

/* Labels that the store makes from the profile replace pushed ones of their names. */
static bool is_made(struct stk_str name)
{
	static const char *const made[] = {"__period_type__", "__period_unit__", "__profile_type__",
		"__type__", "__unit__", "__service_name__"};

	for (size_t i = 0; i < sizeof made / sizeof made[0]; i++)
		if (stk_str_is(name, made[i]))
			return true;
	return false;
}

struct row_writer {
	const struct stk_scan *scan;
	const struct stk_label *base;
	size_t base_len;
	struct stk_arena *arena;
};

static struct stk_str make_type_id(
	const struct row_writer *w, struct stk_str name, const struct stk_scan_type *type)
{
	const struct stk_scan_type *period = &w->scan->period;

	return stk_str_of(stk_arena_printf(w->arena, "%.*s:%.*s:%.*s:%.*s:%.*s", STK_STR_ARG(name),
		STK_STR_ARG(type->type), STK_STR_ARG(type->unit), STK_STR_ARG(period->type),
		STK_STR_ARG(period->unit)));
}

/* The whole label set of one sample type and split, as canonical bytes. */
static struct stk_str make_series(
	const struct row_writer *w, const struct stk_scan_split *split, size_t column)
{
	const struct stk_scan_type *type = &w->scan->types[column];
	struct stk_label all[LABELS_MAX + 1 + STK_SCAN_MAX_SAMPLE_LABELS + 6];
	struct stk_buf key = STK_BUF_EMPTY;
	struct stk_str name = stk_labels_find(w->base, w->base_len, STK_STR("__name__"));
	struct stk_str service = stk_labels_find(w->base, w->base_len, STK_STR("service_name"));
	struct stk_str out;
	size_t len = 0;

	all[len++] = (struct stk_label){STK_STR("__profile_type__"), make_type_id(w, name, type)};
	all[len++] = (struct stk_label){STK_STR("__type__"), type->type};
	all[len++] = (struct stk_label){STK_STR("__unit__"), type->unit};
	all[len++] = (struct stk_label){STK_STR("__period_type__"), w->scan->period.type};
	all[len++] = (struct stk_label){STK_STR("__period_unit__"), w->scan->period.unit};
	all[len++] = (struct stk_label){STK_STR("__service_name__"), service};
	for (size_t i = 0; i < w->base_len; i++)
		if (!is_made(w->base[i].name))
			all[len++] = w->base[i];
	for (size_t i = 0; i < split->labels_len; i++)
		if (!is_made(split->labels[i].name))
			all[len++] = split->labels[i];
	stk_labels_sort(all, len);
	stk_store_key_add(&key, all, len);
	out = stk_str_n(stk_arena_str(w->arena, stk_buf_str(&key)), key.len);
	stk_buf_release(&key);
	return out;
}

static void make_rows(const struct row_writer *w, struct stk_store_item *item)
{
	size_t most = w->scan->splits.len * w->scan->types_len, len = 0;
	struct stk_store_point_row *rows =
		stk_arena_zalloc(w->arena, most ? most : 1, sizeof *rows);

	for (size_t s = 0; s < w->scan->splits.len; s++) {
		const struct stk_scan_split *split = w->scan->splits.items[s];

		for (size_t t = 0; t < w->scan->types_len; t++)
			if (split->totals[t] > 0)
				rows[len++] = (struct stk_store_point_row){make_series(w, split, t),
					(uint32_t)t, split->hash, split->totals[t]};
	}
	item->rows = rows;
	item->rows_len = len;
}

/* The bytes that are kept: as they came when they are gzip'd, else packed. */
static int keep_bytes(struct stk_store_item *item, struct stk_str pprof, struct stk_err *err)
{
	struct stk_buf packed = STK_BUF_EMPTY;
	int rc;

	if (stk_gzip_is(pprof)) {
		item->bytes = stk_str_n(stk_arena_str(&item->arena, pprof), pprof.len);
		return 0;
	}
	rc = stk_gzip_pack(pprof, PACK_LEVEL, &packed, err);
	if (rc == 0)
		item->bytes =
			stk_str_n(stk_arena_str(&item->arena, stk_buf_str(&packed)), packed.len);
	stk_buf_release(&packed);
	return rc;
}

int stk_store_prepare(
	const struct stk_store_push *push, struct stk_store_item *item, struct stk_err *err)
{
	struct stk_label base[LABELS_MAX + 1];
	struct stk_buf plain = STK_BUF_INIT(STK_SCAN_MAX_BYTES), names = STK_BUF_EMPTY;
	struct stk_scan scan = {0};
	struct row_writer w = {.scan = &scan, .base = base, .arena = &item->arena};
	struct stk_str raw = push->pprof;
	int rc;

	memset(item, 0, sizeof *item);
	rc = copy_labels(push, base, &w.base_len, err);
	if (rc == 0 && stk_gzip_is(push->pprof)) {
		rc = stk_gzip_unpack(push->pprof, &plain, err);
		raw = stk_buf_str(&plain);
	}
	if (rc == 0)
		rc = stk_scan_read(&scan, raw, base, w.base_len, err);
	if (rc < 0)
		goto out;
	add_name(push, &scan, &item->arena, base, &w.base_len);
	item->time_ns = scan.time_ns >= YEAR_NS ? scan.time_ns : push->fallback_ns;
	item->duration_ns = scan.duration_ns > 0 ? scan.duration_ns : 0;
	make_rows(&w, item);
	if (!item->rows_len)
		goto out;
	for (size_t i = 0; i < w.base_len; i++)
		stk_store_key_add(&names, &(struct stk_label){base[i].name, {"", 0}}, 1);
	item->names = stk_str_n(stk_arena_str(&item->arena, stk_buf_str(&names)), names.len);
	rc = keep_bytes(item, push->pprof, err);
out:
	stk_scan_release(&scan);
	stk_buf_release(&names);
	stk_buf_release(&plain);
	return rc;
}

void stk_store_item_release(struct stk_store_item *item)
{
	stk_arena_release(&item->arena);
	memset(item, 0, sizeof *item);
}
