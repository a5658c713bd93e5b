/* vu_tags: the tags that a script gives to all samples of a VU. */
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/load/load_priv.h"

static void free_tag(struct stk_tag *tag)
{
	free((char *)(uintptr_t)tag->key);
	free((char *)(uintptr_t)tag->value);
}

void stk_vu_clear_tags(struct stk_vu *vu)
{
	for (size_t i = 0; i < vu->tags.len; i++)
		free_tag(&vu->tags.items[i]);
	stk_vec_clear(&vu->tags);
}

static struct stk_tag *find_tag(const struct stk_vu *vu, const char *key)
{
	for (size_t i = 0; i < vu->tags.len; i++)
		if (strcmp(vu->tags.items[i].key, key) == 0)
			return &vu->tags.items[i];
	return NULL;
}

const char *stk_vu_tag(const struct stk_vu *vu, const char *key)
{
	const struct stk_tag *tag = find_tag(vu, key);

	return tag ? tag->value : NULL;
}

bool stk_vu_set_tag(struct stk_vu *vu, const char *key, const char *value)
{
	struct stk_tag *tag = find_tag(vu, key);

	if (tag) {
		free_tag(tag);
		*tag = vu->tags.items[--vu->tags.len];
	}
	if (!value)
		return true;
	if (vu->tags.len == STK_VU_TAGS_MAX)
		return false;
	stk_vec_push(&vu->tags, (struct stk_tag){stk_xstrdup(key), stk_xstrdup(value)});
	return true;
}
