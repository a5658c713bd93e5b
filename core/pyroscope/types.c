/* types: profile type ids and their short names. */
#include "core/pyroscope/types.h"

#include <stdlib.h>

#include "core/base/mem.h"

/* Short names and what they mean, best first (reference: who sends what). */
static const struct {
	const char *name;
	const char *wants[5]; /* "name:sample_type" */
} shorts[] = {
	{"cpu", {"process_cpu:cpu", "wall:cpu", "process_cpu:samples", NULL}},
	{"wall", {"wall:wall", NULL}},
	{"alloc_space", {"memory:alloc_space", "memory:alloc_in_new_tlab_bytes",
				"memory:alloc_sample_bytes", "memory:alloc_size", NULL}},
	{"alloc_objects", {"memory:alloc_objects", "memory:alloc_in_new_tlab_objects",
				  "memory:alloc_sample_objects", "memory:alloc_samples", NULL}},
	{"inuse_space", {"memory:inuse_space", "memory:live", "memory:space", NULL}},
	{"inuse_objects", {"memory:inuse_objects", "memory:live", "memory:objects", NULL}},
	{"goroutine", {"goroutines:goroutine", "goroutine:goroutine", NULL}},
	{"mutex", {"mutex:delay", "lock:lock_time", NULL}},
	{"block", {"block:delay", NULL}},
};

int stk_types_parse(struct stk_str text, struct stk_types_id *out, struct stk_err *err)
{
	struct stk_str rest = text, part[6] = {{NULL, 0}}, word;
	size_t len = 0;

	while (stk_str_cut(&rest, ':', &word)) {
		if (len < 6)
			part[len] = word;
		len++;
	}
	if (len != 5 && len != 6)
		return stk_err_set(err, STK_E_INVAL,
			"profile type '%.*s': not of the form "
			"name:sample_type:sample_unit:period_type:period_unit",
			STK_STR_ARG(text));
	*out = (struct stk_types_id){part[0], part[1], part[2], part[3], part[4]};
	return 0;
}

void stk_types_format(struct stk_buf *buf, const struct stk_types_id *id)
{
	const struct stk_str part[] = {
		id->name, id->sample_type, id->sample_unit, id->period_type, id->period_unit};

	for (size_t i = 0; i < STK_ARRAY_LEN(part); i++) {
		if (i)
			stk_buf_add_byte(buf, ':');
		stk_buf_add_str(buf, part[i]);
	}
}

/* The first id that begins with "name:sample_type:", or -1. */
static ptrdiff_t find_pair(const char *want, const struct stk_str *ids, size_t ids_len)
{
	struct stk_str prefix = stk_str_of(want);

	for (size_t i = 0; i < ids_len; i++)
		if (stk_str_eq(stk_str_sub(ids[i], 0, prefix.len), prefix) &&
			ids[i].len > prefix.len && ids[i].ptr[prefix.len] == ':')
			return (ptrdiff_t)i;
	return -1;
}

/* By the sample type alone. */
static ptrdiff_t find_sample_type(struct stk_str name, const struct stk_str *ids, size_t ids_len)
{
	struct stk_types_id id;

	for (size_t i = 0; i < ids_len; i++)
		if (stk_types_parse(ids[i], &id, NULL) == 0 && stk_str_eq(id.sample_type, name))
			return (ptrdiff_t)i;
	return -1;
}

ptrdiff_t stk_types_find(struct stk_str name, const struct stk_str *ids, size_t ids_len)
{
	char *want;
	ptrdiff_t at = -1;

	for (size_t i = 0; i < STK_ARRAY_LEN(shorts); i++) {
		if (!stk_str_is(name, shorts[i].name))
			continue;
		for (size_t w = 0; shorts[i].wants[w]; w++) {
			at = find_pair(shorts[i].wants[w], ids, ids_len);
			if (at >= 0)
				return at;
		}
	}
	for (size_t i = 0; i < ids_len; i++)
		if (stk_str_eq(ids[i], name))
			return (ptrdiff_t)i;
	if (stk_str_find_byte(name, ':') < 0)
		return find_sample_type(name, ids, ids_len);
	want = stk_str_dup(name);
	at = find_pair(want, ids, ids_len);
	free(want);
	return at;
}

bool stk_types_is_flow(const struct stk_types_id *id)
{
	static const char *const levels[] = {"inuse_space", "inuse_objects", "goroutine",
		"goroutines", "live", "space", "objects"};

	for (size_t i = 0; i < STK_ARRAY_LEN(levels); i++)
		if (stk_str_is(id->sample_type, levels[i]))
			return false;
	return true;
}
