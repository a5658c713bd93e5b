/* objects: the other column of a heap type: numbers of objects beside bytes, and the reverse. */
#include "core/source/objects.h"

#include <string.h>

#include "core/base/buf.h"
#include "core/profile/profile.h"

/* One end of a type id, and what stands there for the partner. */
static const struct {
	const char *word, *other;
} swaps[] = {
	{"alloc_space:bytes", "alloc_objects:count"},
	{"alloc_objects:count", "alloc_space:bytes"},
	{"inuse_space:bytes", "inuse_objects:count"},
	{"inuse_objects:count", "inuse_space:bytes"},
};

char *stk_objects_type_id(const char *type_id)
{
	struct stk_str id = stk_str_of(type_id);

	for (size_t i = 0; i < STK_ARRAY_LEN(swaps); i++) {
		ptrdiff_t at = stk_str_find(id, stk_str_of(swaps[i].word));
		struct stk_buf out = STK_BUF_EMPTY;

		if (at < 0)
			continue;
		stk_buf_add_str(&out, stk_str_sub(id, 0, (size_t)at));
		stk_buf_add_text(&out, swaps[i].other);
		stk_buf_add_str(&out, stk_str_skip(id, (size_t)at + strlen(swaps[i].word)));
		return stk_buf_take(&out, NULL);
	}
	return NULL;
}

static const struct stk_source_slice *find_partner(
	const struct stk_source_slices *others, const struct stk_source_slice *slice)
{
	for (size_t i = 0; i < others->len; i++) {
		const struct stk_source_slice *other = &others->items[i];

		if (other->start_ns == slice->start_ns && other->end_ns == slice->end_ns &&
			strcmp(other->instance, slice->instance) == 0)
			return other;
	}
	return NULL;
}

void stk_objects_join(struct stk_source_slices *slices, const struct stk_source_slices *others)
{
	for (size_t i = 0; i < slices->len; i++) {
		struct stk_source_slice *slice = &slices->items[i];
		const struct stk_source_slice *other = find_partner(others, slice);
		struct stk_profile *joined;

		if (!other || slice->profile->types.len != 1 || other->profile->types.len != 1)
			continue;
		joined = stk_profile_join(slice->profile, other->profile);
		stk_profile_free(slice->profile);
		slice->profile = joined;
		slice->sample_type = 0;
	}
}
