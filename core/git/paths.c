/* paths: the files of one commit, and which of them a profile means by a file name. */
#include "core/git/paths.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/git/paths_priv.h"

void stk_paths_init(struct stk_paths *paths)
{
	*paths = (struct stk_paths){
		.arena = STK_ARENA_INIT, .by_name = STK_MAP_INIT, .answers = STK_MAP_INIT};
}

void stk_paths_release(struct stk_paths *paths)
{
	stk_vec_release(&paths->files);
	stk_vec_release(&paths->modules);
	stk_map_release(&paths->by_name);
	stk_map_release(&paths->answers);
	stk_arena_release(&paths->arena);
	*paths = (struct stk_paths){0};
}

void stk_paths_set_root(struct stk_paths *paths, const char *root)
{
	struct stk_str text = stk_str_of(root);

	while (stk_str_ends(text, "/"))
		text.len--;
	paths->root = text.len > 0 ? stk_arena_str(&paths->arena, text) : NULL;
}

struct stk_str stk_paths_base_name(struct stk_str path)
{
	return stk_str_skip(path, (size_t)(stk_str_rfind_byte(path, '/') + 1));
}

void stk_paths_add(struct stk_paths *paths, struct stk_str path)
{
	union stk_map_value *slot;

	if (path.len == 0 || path.len > STK_PATHS_NAME_MAX)
		return;
	slot = stk_map_put(&paths->by_name, stk_paths_base_name(path), NULL);
	stk_vec_push(&paths->files,
		(struct stk_paths_file){stk_arena_str(&paths->arena, path), (uint32_t)slot->num});
	slot->num = paths->files.len;
}

/* "module example.com/shop // why", the name may stand in quotes. */
static struct stk_str module_name(struct stk_str text)
{
	struct stk_str line, word;

	while (stk_str_cut(&text, '\n', &line)) {
		line = stk_str_trim(line);
		if (!stk_str_starts(line, "module ") && !stk_str_starts(line, "module\t"))
			continue;
		line = stk_str_trim(stk_str_skip(line, strlen("module ")));
		word = line;
		for (size_t i = 0; i < line.len; i++) {
			if (strchr(" \t\r", line.ptr[i])) {
				word = stk_str_sub(line, 0, i);
				break;
			}
		}
		if (word.len >= 2 && strchr("\"`", word.ptr[0]))
			word = stk_str_sub(word, 1, word.len - 2);
		return word;
	}
	return STK_STR("");
}

void stk_paths_add_go_mod(struct stk_paths *paths, struct stk_str dir, struct stk_str text)
{
	struct stk_str name = module_name(text);

	while (stk_str_ends(dir, "/"))
		dir.len--;
	if (name.len > 0)
		stk_vec_push(&paths->modules,
			(struct stk_paths_module){stk_arena_str(&paths->arena, name),
				stk_arena_str(&paths->arena, dir)});
}

const char *stk_paths_get(const struct stk_paths *paths, struct stk_str path)
{
	const union stk_map_value *slot = stk_map_find(&paths->by_name, stk_paths_base_name(path));

	for (uint64_t at = slot ? slot->num : 0; at > 0; at = paths->files.items[at - 1].next) {
		if (stk_str_is(path, paths->files.items[at - 1].path))
			return paths->files.items[at - 1].path;
	}
	return NULL;
}

struct stk_str stk_paths_trim(const struct stk_paths *paths, struct stk_str file)
{
	size_t len = paths->root ? strlen(paths->root) : 0;

	if (len > 0 && file.len > len + 1 && stk_str_starts(file, paths->root) &&
		file.ptr[len] == '/')
		return stk_str_skip(file, len + 1);
	return file;
}

const char *stk_paths_find(struct stk_paths *paths, struct stk_str file, struct stk_str function)
{
	struct stk_buf key = STK_BUF_EMPTY;
	union stk_map_value *slot;
	bool added;

	stk_buf_add_str(&key, file);
	stk_buf_add_byte(&key, '\0');
	stk_buf_add_str(&key, function);
	slot = stk_map_put(&paths->answers, stk_buf_str(&key), &added);
	if (added) {
		const char *found = stk_paths_look_up(paths, file, function);

		slot->ptr = (void *)(uintptr_t)found;
	}
	stk_buf_release(&key);
	return slot->ptr;
}
