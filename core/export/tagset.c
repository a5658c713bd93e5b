/* tagset: records' tags taken apart, sorted, and found again by their bytes. */
#include "core/export/tagset.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/json.h"

void stk_tagsets_release(struct stk_tagsets *sets)
{
	stk_map_release(&sets->map);
	stk_arena_release(&sets->arena);
	stk_arena_release(&sets->scratch_arena);
}

static int compare_tags(const void *a, const void *b)
{
	const struct stk_tag *x = a, *y = b;

	return strcmp(x->key, y->key);
}

/* The text up to the next NUL; false at the end of the record. */
static bool take_text(struct stk_str *rest, const char **out)
{
	ptrdiff_t end = stk_str_find_byte(*rest, '\0');

	if (end < 0)
		return false;
	*out = rest->ptr;
	*rest = stk_str_skip(*rest, (size_t)end + 1);
	return true;
}

static bool has_key(const struct stk_tagset *set, const char *key)
{
	for (size_t i = 0; i < set->len; i++)
		if (strcmp(set->items[i].key, key) == 0)
			return true;
	return false;
}

static void format_json(struct stk_tagset *set, struct stk_arena *arena)
{
	struct stk_json *object = stk_json_new_object();
	struct stk_buf text = STK_BUF_EMPTY;

	for (size_t i = 0; i < set->len; i++)
		stk_json_put(object, set->items[i].key, stk_json_new_text(set->items[i].value));
	stk_json_format(object, STK_JSON_SORTED, &text);
	set->json = stk_str_of(stk_arena_str(arena, stk_buf_str(&text)));
	stk_buf_release(&text);
	stk_json_free(object);
}

static void fill(struct stk_tagset *set, struct stk_arena *arena, struct stk_str tags)
{
	struct stk_str copy = stk_str_n(stk_arena_str(arena, tags), tags.len);
	const char *key, *value;
	size_t texts = 0;

	for (size_t i = 0; i < copy.len; i++)
		texts += copy.ptr[i] == '\0';
	set->items = stk_arena_alloc(arena, (texts / 2 + 1) * sizeof *set->items);
	set->len = 0;
	while (take_text(&copy, &key) && take_text(&copy, &value))
		if (!has_key(set, key))
			set->items[set->len++] = (struct stk_tag){key, value};
	qsort(set->items, set->len, sizeof *set->items, compare_tags);
	format_json(set, arena);
}

const struct stk_tagset *stk_tagsets_get(struct stk_tagsets *sets, struct stk_str tags)
{
	union stk_map_value *found = stk_map_find(&sets->map, tags);
	struct stk_tagset *set;

	if (found)
		return found->ptr;
	if (sets->map.len >= STK_TAGSETS_MAX) {
		stk_arena_release(&sets->scratch_arena);
		sets->scratch.number = STK_TAGSETS_MAX;
		fill(&sets->scratch, &sets->scratch_arena, tags);
		return &sets->scratch;
	}
	set = stk_arena_alloc(&sets->arena, sizeof *set);
	set->number = sets->map.len;
	fill(set, &sets->arena, tags);
	stk_map_put(&sets->map, tags, NULL)->ptr = set;
	return set;
}

const char *stk_tagset_value(const struct stk_tagset *set, const char *key)
{
	const struct stk_tag want = {key, NULL};
	const struct stk_tag *found =
		bsearch(&want, set->items, set->len, sizeof want, compare_tags);

	return found ? found->value : NULL;
}
