/* names: a bounded set of names, so that URLs with numbers in them cannot fill the record. */
#include "core/load/names.h"

#include <stdlib.h>

#include "core/base/buf.h"
#include "core/base/mem.h"
#include "core/load/labels.h"

static struct stk_name *name_new(struct stk_str text, bool *replaced_out)
{
	struct stk_name *name = stk_xcalloc(1, sizeof *name);
	struct stk_buf label = STK_BUF_EMPTY;

	*replaced_out = stk_labels_sanitize(&label, text);
	name->text = stk_str_dup(text);
	name->label = stk_buf_take(&label, NULL);
	return name;
}

static void name_free(struct stk_name *name)
{
	if (!name)
		return;
	free(name->text);
	free(name->label);
	free(name);
}

void stk_names_init(struct stk_names *names)
{
	bool replaced;

	*names = (struct stk_names){.map = STK_MAP_INIT};
	(void)pthread_mutex_init(&names->mutex, NULL);
	names->other = name_new(STK_STR("other"), &replaced);
}

void stk_names_release(struct stk_names *names)
{
	for (size_t i = 0; i < names->map.len; i++)
		name_free(names->map.entries[i].value.ptr);
	stk_map_release(&names->map);
	name_free(names->other);
	names->other = NULL;
	(void)pthread_mutex_destroy(&names->mutex);
}

const struct stk_name *stk_names_get(struct stk_names *names, struct stk_str text, int *notes_out)
{
	const struct stk_name *out = names->other;
	union stk_map_value *value;
	bool replaced = false;

	*notes_out = 0;
	(void)pthread_mutex_lock(&names->mutex);
	value = stk_map_find(&names->map, text);
	if (value) {
		out = value->ptr;
	} else if (names->map.len < STK_LABELS_NAMES_MAX) {
		value = stk_map_put(&names->map, text, NULL);
		value->ptr = name_new(text, &replaced);
		out = value->ptr;
	} else if (!names->is_full) {
		names->is_full = true;
		*notes_out |= STK_NAMES_FULL;
	}
	if (replaced && !names->has_replaced) {
		names->has_replaced = true;
		*notes_out |= STK_NAMES_REPLACED;
	}
	(void)pthread_mutex_unlock(&names->mutex);
	return out;
}
