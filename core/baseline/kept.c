/* kept: what is kept of a measured run for later ones. */
#include "core/baseline/kept.h"

#include <math.h>
#include <string.h>

void stk_kept_init(struct stk_kept *kept)
{
	*kept = (struct stk_kept){.arena = STK_ARENA_INIT,
		.load = {.p50_ms = NAN, .p95_ms = NAN, .p99_ms = NAN, .cpu_ns = -1}};
}

static void release_type(struct stk_kept_type *type)
{
	for (size_t i = 0; i < type->slices.len; i++)
		stk_vec_release(&type->slices.items[i].values);
	stk_vec_release(&type->slices);
	stk_vec_release(&type->functions);
	stk_vec_release(&type->edges);
}

void stk_kept_release(struct stk_kept *kept)
{
	for (size_t i = 0; i < kept->types.len; i++)
		release_type(&kept->types.items[i]);
	stk_vec_release(&kept->types);
	stk_vec_release(&kept->environment);
	stk_vec_release(&kept->load.endpoints);
	stk_arena_release(&kept->arena);
	stk_kept_init(kept);
}

const struct stk_kept_type *stk_kept_find(const struct stk_kept *kept, const char *type)
{
	for (size_t i = 0; i < kept->types.len; i++) {
		const struct stk_kept_type *one = &kept->types.items[i];

		if (strcmp(one->type_id, type) == 0 || strcmp(one->short_name, type) == 0)
			return one;
	}
	return NULL;
}

/* "Linux 6.1.0-18-amd64 x86_64": the last word; a kernel update is no other machine. */
static struct stk_str architecture(const char *kernel)
{
	struct stk_str text = stk_str_of(kernel);
	ptrdiff_t blank = stk_str_rfind_byte(text, ' ');

	return blank < 0 ? text : stk_str_skip(text, (size_t)blank + 1);
}

static struct stk_str machine_part(const struct stk_fact *facts, size_t len, const char *key)
{
	for (size_t i = 0; i < len; i++) {
		if (strcmp(facts[i].key, key) != 0)
			continue;
		return strcmp(key, "kernel") == 0 ? architecture(facts[i].value)
						  : stk_str_of(facts[i].value);
	}
	return STK_STR("");
}

const char *stk_kept_machine(const struct stk_fact *facts, size_t len, struct stk_arena *arena)
{
	static const char *const keys[] = {"processor", "cores", "cpu limit", "kernel"};
	struct stk_buf text = STK_BUF_EMPTY;
	const char *word;

	for (size_t i = 0; i < STK_ARRAY_LEN(keys); i++) {
		stk_buf_add_str(&text, machine_part(facts, len, keys[i]));
		stk_buf_add_byte(&text, '\n');
	}
	word = stk_arena_printf(
		arena, "%08x", (unsigned)(stk_str_hash(stk_buf_str(&text), 0) & 0xffffffffu));
	stk_buf_release(&text);
	return word;
}
