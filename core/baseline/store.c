/* store: what is the same for every kind of store: names, save, load, prune. */
#include "core/baseline/store.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

void stk_baseline_items_release(struct stk_baseline_items *items)
{
	stk_vec_release(&items->list);
	stk_arena_release(&items->arena);
}

void stk_baseline_store_free(struct stk_baseline_store *store)
{
	if (!store)
		return;
	if (store->ops->release)
		store->ops->release(store);
	free(store->where);
	free(store->path);
	free(store->remote);
	free(store);
}

const char *stk_baseline_word(struct stk_arena *arena, const char *text)
{
	char *word = stk_arena_dup(arena, text[0] ? text : "-");

	for (char *at = word; *at; at++) {
		if (!isalnum((unsigned char)*at) && *at != '_' && *at != '.')
			*at = '-';
	}
	if (word[0] == '.')
		word[0] = '-';
	return word;
}

void stk_baseline_format_name(struct stk_buf *buf, const struct stk_baseline_key *key)
{
	stk_buf_addf(buf, "%s-%" PRId64, key->machine, key->measured_ns);
}

/* As file names and keys have it: what others put there may be anything. */
static bool is_machine(struct stk_str text)
{
	for (size_t i = 0; i < text.len; i++)
		if ((unsigned char)text.ptr[i] <= ' ' || text.ptr[i] == 0x7f || text.ptr[i] == '/')
			return false;
	return text.len > 0;
}

int stk_baseline_parse_name(struct stk_str name, struct stk_arena *arena,
	struct stk_baseline_key *out, struct stk_err *err)
{
	ptrdiff_t dash = stk_str_rfind_byte(name, '-');
	struct stk_baseline_key key = *out;

	if (dash <= 0 || !is_machine(stk_str_sub(name, 0, (size_t)dash)) ||
		stk_str_to_i64(stk_str_skip(name, (size_t)dash + 1), &key.measured_ns, NULL) < 0 ||
		key.measured_ns < 0)
		return stk_err_set(err, STK_E_FORMAT, "'%.*s' is no name of a baseline",
			STK_STR_ARG(stk_str_sub(name, 0, 100)));
	key.machine = stk_arena_str(arena, stk_str_sub(name, 0, (size_t)dash));
	*out = key;
	return 0;
}

static int remove_earlier(
	struct stk_baseline_store *store, const struct stk_baseline_key *key, struct stk_err *err)
{
	struct stk_baseline_items items = {.arena = STK_ARENA_INIT};
	int rc = store->ops->list(store, key->workflow, key->revision, &items, err);

	for (size_t i = 0; rc == 0 && i < items.list.len; i++) {
		const struct stk_baseline_key *other = &items.list.items[i].key;

		if (strcmp(other->machine, key->machine) == 0 &&
			other->measured_ns != key->measured_ns)
			rc = store->ops->remove(store, other, err);
	}
	stk_baseline_items_release(&items);
	return rc;
}

int stk_baseline_save(
	struct stk_baseline_store *store, const struct stk_kept *kept, struct stk_err *err)
{
	struct stk_arena arena = STK_ARENA_INIT;
	struct stk_baseline_key key = {.workflow = stk_baseline_word(&arena, kept->workflow),
		.revision = stk_baseline_word(&arena, kept->revision),
		.machine = stk_kept_machine(kept->environment.items, kept->environment.len, &arena),
		.measured_ns = kept->measured_ns};
	struct stk_buf packed = STK_BUF_EMPTY;
	int rc = stk_kept_format(kept, &packed, err);

	if (rc == 0)
		rc = store->ops->write(store, &key, stk_buf_str(&packed), err);
	if (rc == 0)
		rc = remove_earlier(store, &key, err);
	stk_buf_release(&packed);
	stk_arena_release(&arena);
	return rc;
}

int stk_baseline_load(struct stk_baseline_store *store, const struct stk_baseline_key *key,
	struct stk_kept *out, struct stk_err *err)
{
	struct stk_buf packed = STK_BUF_INIT(STK_KEPT_PACKED_MAX);
	int rc = store->ops->read(store, key, &packed, err);

	if (rc == 0)
		rc = stk_kept_parse(stk_buf_str(&packed), out, err);
	stk_buf_release(&packed);
	return rc;
}

int stk_baseline_prune(struct stk_baseline_store *store, const char *workflow, int64_t before_ns,
	size_t *removed_out, struct stk_err *err)
{
	struct stk_baseline_items items = {.arena = STK_ARENA_INIT};
	int rc = store->ops->list(store, workflow, NULL, &items, err);
	size_t removed = 0;

	for (size_t i = 0; rc == 0 && i < items.list.len; i++) {
		if (items.list.items[i].key.measured_ns >= before_ns)
			continue;
		rc = store->ops->remove(store, &items.list.items[i].key, err);
		removed += rc == 0;
	}
	if (removed_out)
		*removed_out = removed;
	stk_baseline_items_release(&items);
	return rc;
}
