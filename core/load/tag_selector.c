/* tag_selector: metric{tag:value,…} of a threshold, read and put into one form (k6 3.3). */
#include <string.h>

#include "core/base/buf.h"
#include "core/load/threshold.h"

#define TAGS_MAX 32

static struct stk_str unquote(struct stk_str text)
{
	text = stk_str_trim(text);
	if (text.len >= 2 && (text.ptr[0] == '"' || text.ptr[0] == '\'') &&
		text.ptr[text.len - 1] == text.ptr[0])
		return stk_str_sub(text, 1, text.len - 2);
	return text;
}

static int parse_tag(struct stk_str word, struct stk_arena *arena, struct stk_tag_selector *out,
	struct stk_err *err)
{
	ptrdiff_t colon = stk_str_find_byte(word, ':');
	struct stk_str key, raw;
	struct stk_tag tag;

	if (colon < 0)
		return stk_err_set(err, STK_E_INVAL, "'%.*s' is not tag:value", STK_STR_ARG(word));
	key = unquote(stk_str_sub(word, 0, (size_t)colon));
	raw = stk_str_trim(stk_str_skip(word, (size_t)colon + 1));
	if (key.len == 0 || raw.len == 0) {
		(void)stk_err_set(
			err, STK_E_INVAL, "'%.*s' lacks a tag or a value", STK_STR_ARG(word));
		stk_err_hint(err, "the empty value is written {group:\"\"}");
		return STK_E_INVAL;
	}
	if (out->tags.len == TAGS_MAX)
		return stk_err_set(err, STK_E_TOO_LARGE, "more than %d tags", TAGS_MAX);
	tag.key = stk_arena_str(arena, key);
	tag.value = stk_arena_str(arena, unquote(raw));
	stk_vec_push(&out->tags, tag);
	return 0;
}

/* Insertion: a handful of tags. */
static void sort_tags(struct stk_tags *tags)
{
	for (size_t i = 1; i < tags->len; i++) {
		struct stk_tag tag = tags->items[i];
		size_t j = i;

		for (; j > 0 && strcmp(tags->items[j - 1].key, tag.key) > 0; j--)
			tags->items[j] = tags->items[j - 1];
		tags->items[j] = tag;
	}
}

static const char *canonical_of(const struct stk_tags *tags, struct stk_arena *arena)
{
	struct stk_buf text = STK_BUF_EMPTY;
	const char *out;

	for (size_t i = 0; i < tags->len; i++) {
		const struct stk_tag *tag = &tags->items[i];

		stk_buf_addf(&text, i > 0 ? ",%s:" : "%s:", tag->key);
		stk_buf_add_text(&text, *tag->value ? tag->value : "\"\"");
	}
	out = stk_arena_str(arena, stk_buf_str(&text));
	stk_buf_release(&text);
	return out;
}

static int parse_tags(struct stk_str inner, struct stk_arena *arena, struct stk_tag_selector *out,
	struct stk_err *err)
{
	struct stk_str word;
	int rc;

	while (stk_str_cut(&inner, ',', &word)) {
		rc = parse_tag(stk_str_trim(word), arena, out, err);
		if (rc < 0)
			return rc;
	}
	sort_tags(&out->tags);
	for (size_t i = 1; i < out->tags.len; i++)
		if (strcmp(out->tags.items[i - 1].key, out->tags.items[i].key) == 0)
			return stk_err_set(err, STK_E_INVAL, "tag '%s' is there twice",
				out->tags.items[i].key);
	return 0;
}

int stk_tag_selector_parse(struct stk_str text, struct stk_arena *arena,
	struct stk_tag_selector *out, struct stk_err *err)
{
	ptrdiff_t brace = stk_str_find_byte(text, '{');
	struct stk_tag_selector selector = {NULL, STK_VEC_INIT, ""};
	struct stk_str name = text, inner;
	int rc = 0;

	if (brace >= 0) {
		name = stk_str_sub(text, 0, (size_t)brace);
		inner = stk_str_trim(stk_str_skip(text, (size_t)brace));
		if (!stk_str_ends(inner, "}"))
			return stk_err_set(err, STK_E_INVAL, "the closing } is missing");
		rc = parse_tags(stk_str_sub(inner, 1, inner.len - 2), arena, &selector, err);
	}
	name = stk_str_trim(name);
	if (rc == 0 && name.len == 0)
		rc = stk_err_set(err, STK_E_INVAL, "the metric's name is missing");
	if (rc < 0) {
		stk_vec_release(&selector.tags);
		return rc;
	}
	selector.metric = stk_arena_str(arena, name);
	if (selector.tags.len > 0)
		selector.canonical = canonical_of(&selector.tags, arena);
	*out = selector;
	return 0;
}

const char *stk_tag_selector_format(
	const struct stk_tag_selector *selector, struct stk_arena *arena)
{
	if (selector->tags.len == 0)
		return selector->metric;
	return stk_arena_printf(arena, "%s{%s}", selector->metric, selector->canonical);
}
