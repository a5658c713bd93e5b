/* scan: one pass over a raw pprof that checks it and adds up its samples. */
#include "core/store/scan.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/map.h"
#include "core/base/mem.h"
#include "core/base/proto.h"

#define HASH_SEED UINT64_C(0x73746f6b65720001) /* kept in databases: never change */

/* Ids of a table; they are 1, 2, 3 … as a rule, then nothing is searched. */
struct id_table {
	STK_VEC(uint64_t) ids;
	STK_VEC(bool) usable; /* beside ids, before sorting */
	bool dense;
};

struct scanner {
	struct stk_scan *scan;
	const struct stk_label *base;
	size_t base_len;
	STK_VEC(struct stk_str) strings;
	STK_VEC(struct stk_str) samples;
	STK_VEC(struct stk_str) locations;
	STK_VEC(struct stk_str) type_messages;
	struct stk_str period;
	struct id_table functions;
	struct id_table places;
	struct stk_map by_hash;
	struct stk_scan_split *last;
};

static void id_add(struct id_table *table, uint64_t id, bool usable)
{
	if (id != table->ids.len + 1)
		table->dense = false;
	stk_vec_push(&table->ids, id);
	stk_vec_push(&table->usable, usable);
}

struct id_pair {
	uint64_t id;
	bool usable;
};

static int cmp_pair(const void *a, const void *b)
{
	const struct id_pair *x = a, *y = b;

	return x->id < y->id ? -1 : x->id > y->id;
}

/* Sort a table whose ids are not 1 to n. */
static void id_sort(struct id_table *table)
{
	size_t len = table->ids.len;
	struct id_pair *pairs;

	if (table->dense || !len)
		return;
	pairs = stk_xcalloc(len, sizeof *pairs);
	for (size_t i = 0; i < len; i++)
		pairs[i] = (struct id_pair){table->ids.items[i], table->usable.items[i]};
	qsort(pairs, len, sizeof *pairs, cmp_pair);
	for (size_t i = 0; i < len; i++) {
		table->ids.items[i] = pairs[i].id;
		table->usable.items[i] = pairs[i].usable;
	}
	free(pairs);
}

static bool id_usable(const struct id_table *table, uint64_t id)
{
	size_t low = 0, high = table->ids.len;

	if (table->dense)
		return id >= 1 && id <= high && table->usable.items[id - 1];
	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (table->ids.items[mid] < id)
			low = mid + 1;
		else
			high = mid;
	}
	return low < table->ids.len && table->ids.items[low] == id && table->usable.items[low];
}

static void id_release(struct id_table *table)
{
	stk_vec_release(&table->ids);
	stk_vec_release(&table->usable);
}

static int string_at(
	const struct scanner *s, uint64_t index, struct stk_str *out, struct stk_err *err)
{
	if (index >= s->strings.len)
		return stk_err_set(err, STK_E_INVAL, "string index %llu, the table has %zu",
			(unsigned long long)index, s->strings.len);
	*out = s->strings.items[index];
	return 0;
}

/* The id of a function or location message, 0 is refused. */
static int read_id(struct stk_str message, const char *what, uint64_t *out, struct stk_err *err)
{
	struct stk_proto_cursor cur = stk_proto_cursor(message);
	struct stk_proto_field field;
	uint64_t id = 0;
	int rc;

	while ((rc = stk_proto_next(&cur, &field, err)) > 0)
		if (field.number == 1 && field.wire == STK_PROTO_VARINT)
			id = field.value;
	if (rc < 0)
		return rc;
	if (!id)
		return stk_err_set(err, STK_E_INVAL, "a %s has id 0", what);
	*out = id;
	return 0;
}

static int add_string(struct scanner *s, struct stk_str text, struct stk_err *err)
{
	if (!s->strings.len && text.len)
		return stk_err_set(err, STK_E_INVAL, "the first string is not empty");
	if (!stk_str_is_utf8(text))
		return stk_err_set(err, STK_E_INVAL, "string %zu is not UTF-8", s->strings.len);
	stk_vec_push(&s->strings, text);
	return 0;
}

/* First pass: what is there, in which order ever. */
static int read_top(struct scanner *s, const struct stk_proto_field *field, struct stk_err *err)
{
	uint64_t id = 0;
	int rc = 0;

	if (field->wire == STK_PROTO_VARINT) {
		if (field->number == 9)
			s->scan->time_ns = (int64_t)field->value;
		else if (field->number == 10)
			s->scan->duration_ns = (int64_t)field->value;
		return 0;
	}
	if (field->wire != STK_PROTO_LEN)
		return 0;
	switch (field->number) {
	case 1:
		stk_vec_push(&s->type_messages, field->bytes);
		break;
	case 2:
		if (s->samples.len >= STK_SCAN_MAX_SAMPLES)
			return stk_err_set(
				err, STK_E_INVAL, "more than %d samples", STK_SCAN_MAX_SAMPLES);
		stk_vec_push(&s->samples, field->bytes);
		break;
	case 4:
		stk_vec_push(&s->locations, field->bytes);
		break;
	case 5:
		rc = read_id(field->bytes, "function", &id, err);
		if (rc == 0)
			id_add(&s->functions, id, true);
		break;
	case 6:
		return add_string(s, field->bytes, err);
	case 11:
		s->period = field->bytes;
		break;
	default:
		break;
	}
	return rc;
}

/* A ValueType message. */
static int read_type(const struct scanner *s, struct stk_str message, struct stk_scan_type *out,
	struct stk_err *err)
{
	struct stk_proto_cursor cur = stk_proto_cursor(message);
	struct stk_proto_field field;
	int rc;

	*out = (struct stk_scan_type){{"", 0}, {"", 0}};
	while ((rc = stk_proto_next(&cur, &field, err)) > 0) {
		if (field.wire != STK_PROTO_VARINT)
			continue;
		if (field.number == 1)
			rc = string_at(s, field.value, &out->type, err);
		else if (field.number == 2)
			rc = string_at(s, field.value, &out->unit, err);
		if (rc < 0)
			return rc;
	}
	return rc;
}

static int read_types(struct scanner *s, struct stk_err *err)
{
	struct stk_scan *scan = s->scan;
	int rc = 0;

	if (!s->type_messages.len)
		return stk_err_set(err, STK_E_INVAL, "empty profile: no sample type");
	if (s->type_messages.len > STK_SCAN_MAX_TYPES)
		return stk_err_set(
			err, STK_E_INVAL, "more than %d sample types", STK_SCAN_MAX_TYPES);
	for (size_t i = 0; i < s->type_messages.len; i++) {
		rc = read_type(s, s->type_messages.items[i], &scan->types[i], err);
		if (rc < 0)
			return rc;
		if (stk_str_find_byte(scan->types[i].type, '-') >= 0)
			return stk_err_set(err, STK_E_INVAL, "sample type '%.*s' contains '-'",
				STK_STR_ARG(scan->types[i].type));
	}
	scan->types_len = s->type_messages.len;
	return read_type(s, s->period, &scan->period, err);
}

/* A location is usable when every line's function is there. */
static int read_location(struct scanner *s, struct stk_str message, struct stk_err *err)
{
	struct stk_proto_cursor cur = stk_proto_cursor(message);
	struct stk_proto_field field;
	bool usable = true;
	uint64_t id = 0;
	int rc;

	while ((rc = stk_proto_next(&cur, &field, err)) > 0) {
		struct stk_proto_cursor line;
		struct stk_proto_field part;
		uint64_t function = 0;

		if (field.number == 1 && field.wire == STK_PROTO_VARINT)
			id = field.value;
		if (field.number != 4 || field.wire != STK_PROTO_LEN)
			continue;
		line = stk_proto_cursor(field.bytes);
		while ((rc = stk_proto_next(&line, &part, err)) > 0)
			if (part.number == 1 && part.wire == STK_PROTO_VARINT)
				function = part.value;
		if (rc < 0)
			return rc;
		usable = usable && id_usable(&s->functions, function);
	}
	if (rc < 0)
		return rc;
	if (!id)
		return stk_err_set(err, STK_E_INVAL, "a location has id 0");
	id_add(&s->places, id, usable);
	return 0;
}

/* One sample while it is read. */
struct sample {
	bool usable;
	int64_t values[STK_SCAN_MAX_TYPES];
	size_t values_len;
	struct stk_label labels[STK_SCAN_MAX_SAMPLE_LABELS];
	size_t labels_len;
};

static void add_value(struct sample *sample, uint64_t value)
{
	if (sample->values_len < STK_SCAN_MAX_TYPES)
		sample->values[sample->values_len] = (int64_t)value;
	sample->values_len++;
}

/* Field 1 or 2 of a sample, packed or not. */
static int read_numbers(const struct scanner *s, const struct stk_proto_field *field,
	struct sample *sample, struct stk_err *err)
{
	struct stk_proto_cursor cur;
	uint64_t value = field->value;
	int rc = 1;

	if (field->wire == STK_PROTO_LEN) {
		cur = stk_proto_cursor(field->bytes);
		while ((rc = stk_proto_varint(&cur, &value, err)) > 0) {
			if (field->number == 2)
				add_value(sample, value);
			else if (!id_usable(&s->places, value))
				sample->usable = false;
		}
		return rc;
	}
	if (field->number == 2)
		add_value(sample, value);
	else if (!id_usable(&s->places, value))
		sample->usable = false;
	return 0;
}

bool stk_scan_is_aside(struct stk_str name)
{
	return stk_str_is(name, "span_id") || stk_str_is(name, "trace_id") ||
	       stk_str_is(name, "profile_id");
}

static bool has_label(const struct stk_label *labels, size_t len, struct stk_str name)
{
	for (size_t i = 0; i < len; i++)
		if (stk_str_eq(labels[i].name, name))
			return true;
	return false;
}

static int read_label(
	const struct scanner *s, struct stk_str message, struct sample *sample, struct stk_err *err)
{
	struct stk_proto_cursor cur = stk_proto_cursor(message);
	struct stk_proto_field field;
	struct stk_label label = {{"", 0}, {"", 0}};
	int rc;

	while ((rc = stk_proto_next(&cur, &field, err)) > 0) {
		if (field.wire != STK_PROTO_VARINT)
			continue;
		if (field.number == 1)
			rc = string_at(s, field.value, &label.name, err);
		else if (field.number == 2)
			rc = string_at(s, field.value, &label.value, err);
		if (rc < 0)
			return rc;
	}
	if (rc < 0 || !label.name.len || !label.value.len || stk_scan_is_aside(label.name) ||
		has_label(s->base, s->base_len, label.name) ||
		has_label(sample->labels, sample->labels_len, label.name))
		return rc;
	if (sample->labels_len == STK_SCAN_MAX_SAMPLE_LABELS)
		return stk_err_set(err, STK_E_INVAL, "a sample has more than %d labels",
			STK_SCAN_MAX_SAMPLE_LABELS);
	sample->labels[sample->labels_len++] = label;
	return 0;
}

uint64_t stk_scan_hash(const struct stk_label *labels, size_t len)
{
	uint64_t hash = HASH_SEED;

	if (!len)
		return 0;
	for (size_t i = 0; i < len; i++) {
		hash = stk_str_hash(labels[i].name, hash);
		hash = stk_str_hash(labels[i].value, hash ^ 0xff);
	}
	return hash ? hash : 1;
}

static int find_split(
	struct scanner *s, struct sample *sample, struct stk_scan_split **out, struct stk_err *err)
{
	struct stk_scan *scan = s->scan;
	union stk_map_value *at;
	struct stk_scan_split *split;
	struct stk_label *copy;
	uint64_t hash;
	bool added = false;

	if (sample->labels_len > 1)
		stk_labels_sort(sample->labels, sample->labels_len);
	hash = stk_scan_hash(sample->labels, sample->labels_len);
	if (s->last && s->last->hash == hash) {
		*out = s->last;
		return 0;
	}
	at = stk_map_put(&s->by_hash, stk_str_n((const char *)&hash, sizeof hash), &added);
	if (!added) {
		*out = s->last = at->ptr;
		return 0;
	}
	if (scan->splits.len >= STK_SCAN_MAX_SPLITS)
		return stk_err_set(err, STK_E_INVAL, "more than %d different sets of sample labels",
			STK_SCAN_MAX_SPLITS);
	split = stk_arena_zalloc(&scan->arena, 1, sizeof *split);
	split->hash = hash;
	copy = stk_arena_alloc(&scan->arena, (sample->labels_len + 1) * sizeof *copy);
	memcpy(copy, sample->labels, sample->labels_len * sizeof *copy);
	split->labels = copy;
	split->labels_len = sample->labels_len;
	at->ptr = split;
	stk_vec_push(&scan->splits, split);
	*out = s->last = split;
	return 0;
}

/* Whether a sample counts: nothing negative, something above zero. */
static bool counts(const struct sample *sample)
{
	bool some = false;

	for (size_t i = 0; i < sample->values_len; i++) {
		if (sample->values[i] < 0)
			return false;
		some = some || sample->values[i] > 0;
	}
	return sample->usable && some;
}

static int read_sample(struct scanner *s, struct stk_str message, struct stk_err *err)
{
	struct stk_proto_cursor cur = stk_proto_cursor(message);
	struct stk_proto_field field;
	struct stk_scan_split *split = NULL;
	struct sample sample;
	int rc;

	sample.usable = true;
	sample.values_len = sample.labels_len = 0;
	while ((rc = stk_proto_next(&cur, &field, err)) > 0) {
		if (field.number == 1 || field.number == 2)
			rc = read_numbers(s, &field, &sample, err);
		else if (field.number == 3 && field.wire == STK_PROTO_LEN)
			rc = read_label(s, field.bytes, &sample, err);
		if (rc < 0)
			break;
	}
	if (rc < 0)
		return rc;
	if (sample.values_len != s->scan->types_len)
		return stk_err_set(err, STK_E_INVAL, "a sample has %zu values, there are %zu types",
			sample.values_len, s->scan->types_len);
	if (!counts(&sample))
		return 0;
	rc = find_split(s, &sample, &split, err);
	for (size_t i = 0; rc == 0 && i < sample.values_len; i++)
		if (__builtin_add_overflow(split->totals[i], sample.values[i], &split->totals[i]))
			rc = stk_err_set(err, STK_E_INVAL, "the sum of the samples overflows");
	return rc;
}

static int scan_all(struct scanner *s, struct stk_str pprof, struct stk_err *err)
{
	struct stk_proto_cursor cur = stk_proto_cursor(pprof);
	struct stk_proto_field field;
	int rc;

	if (!pprof.len)
		return stk_err_set(err, STK_E_FORMAT, "an empty profile");
	while ((rc = stk_proto_next(&cur, &field, err)) > 0) {
		rc = read_top(s, &field, err);
		if (rc < 0)
			break;
	}
	if (rc == 0)
		rc = read_types(s, err);
	id_sort(&s->functions);
	for (size_t i = 0; rc == 0 && i < s->locations.len; i++)
		rc = read_location(s, s->locations.items[i], err);
	id_sort(&s->places);
	for (size_t i = 0; rc == 0 && i < s->samples.len; i++)
		rc = read_sample(s, s->samples.items[i], err);
	return rc;
}

int stk_scan_read(struct stk_scan *scan, struct stk_str pprof, const struct stk_label *base,
	size_t base_len, struct stk_err *err)
{
	struct scanner s = {.scan = scan, .base = base, .base_len = base_len};
	int rc;

	memset(scan, 0, sizeof *scan);
	s.functions.dense = s.places.dense = true;
	rc = scan_all(&s, pprof, err);
	stk_vec_release(&s.strings);
	stk_vec_release(&s.samples);
	stk_vec_release(&s.locations);
	stk_vec_release(&s.type_messages);
	id_release(&s.functions);
	id_release(&s.places);
	stk_map_release(&s.by_hash);
	if (rc < 0)
		stk_err_wrap(err, "pprof");
	return rc;
}

void stk_scan_release(struct stk_scan *scan)
{
	stk_vec_release(&scan->splits);
	stk_arena_release(&scan->arena);
}
