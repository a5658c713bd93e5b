/* map: byte-string keys to one machine word; open addressing, seeded hash. */
#include "core/base/map.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/index.h"
#include "core/base/mem.h"
#include "core/base/rand.h"

void stk_map_release(struct stk_map *map)
{
	for (size_t i = 0; i < map->len; i++)
		free(map->entries[i].key);
	free(map->entries);
	free(map->index);
	*map = (struct stk_map)STK_MAP_INIT;
}

static bool is_key(const struct stk_map_slot *slot, struct stk_str key, uint64_t hash)
{
	return slot->hash == hash && slot->key_len == key.len &&
	       (key.len == 0 || memcmp(slot->key, key.ptr, key.len) == 0);
}

/* Place in the index: that of the key, or the free one where it belongs. */
static size_t probe(const struct stk_map *map, struct stk_str key, uint64_t hash)
{
	size_t mask = map->index_cap - 1;
	size_t at = (size_t)hash & mask;

	while (map->index[at] && !is_key(&map->entries[map->index[at] - 1], key, hash))
		at = (at + 1) & mask;
	return at;
}

static void rehash(struct stk_map *map, size_t index_cap)
{
	free(map->index);
	map->index = stk_xcalloc(index_cap, sizeof *map->index);
	map->index_cap = index_cap;
	for (size_t i = 0; i < map->len; i++) {
		size_t at = (size_t)map->entries[i].hash & (index_cap - 1);
		while (map->index[at])
			at = (at + 1) & (index_cap - 1);
		map->index[at] = (uint32_t)(i + 1);
	}
}

union stk_map_value *stk_map_find(const struct stk_map *map, struct stk_str key)
{
	size_t at;

	if (map->len == 0)
		return NULL;
	at = probe(map, key, stk_index_hash(key.ptr, key.len, map->seed));
	return map->index[at] ? &map->entries[map->index[at] - 1].value : NULL;
}

static void grow(struct stk_map *map)
{
	if (map->index_cap == 0) {
		map->seed = stk_rand_system();
		rehash(map, 16);
	} else if (map->len * 4 >= map->index_cap * 3) {
		rehash(map, map->index_cap * 2);
	}
	if (map->len == map->cap) {
		map->cap = map->cap ? map->cap * 2 : 8;
		map->entries = stk_xreallocarray(map->entries, map->cap, sizeof *map->entries);
	}
}

union stk_map_value *stk_map_put(struct stk_map *map, struct stk_str key, bool *added_out)
{
	struct stk_map_slot *slot;
	uint64_t hash;
	size_t at;

	if (map->len >= UINT32_MAX - 1)
		STK_BUG("a map of %zu keys", map->len);
	grow(map);
	hash = stk_index_hash(key.ptr, key.len, map->seed);
	at = probe(map, key, hash);
	if (added_out)
		*added_out = map->index[at] == 0;
	if (map->index[at])
		return &map->entries[map->index[at] - 1].value;
	slot = &map->entries[map->len];
	slot->key = stk_xmalloc(key.len + 1);
	if (key.len > 0)
		memcpy(slot->key, key.ptr, key.len);
	slot->key[key.len] = '\0';
	slot->key_len = key.len;
	slot->hash = hash;
	slot->value.num = 0;
	map->index[at] = (uint32_t)++map->len;
	return &slot->value;
}
