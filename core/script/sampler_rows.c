/* sampler_rows: places, label sets, stacks and what they cost, as tables that only grow. */
#include "core/script/sampler_rows_priv.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"

static uint32_t add_place(struct stk_sampler_rows *rows, char *name_take, struct stk_str chunk,
	int start_line, int line)
{
	struct stk_sampler_frame frame = {name_take, stk_str_dup(chunk), line, start_line};

	stk_vec_push(&rows->frames, frame);
	return (uint32_t)(rows->frames.len - 1);
}

void stk_sampler_rows_init(struct stk_sampler_rows *rows)
{
	const struct stk_str nowhere = STK_STR("");
	uint32_t native, gc;

	*rows = (struct stk_sampler_rows){0};
	(void)stk_vec_push_new(&rows->label_sets);
	native = add_place(rows, stk_xstrdup(STK_SAMPLER_NATIVE), nowhere, 0, 0);
	gc = add_place(rows, stk_xstrdup(STK_SAMPLER_GC), nowhere, 0, 0);
	(void)stk_sampler_rows_find(rows, 0, &native, 1);
	(void)stk_sampler_rows_find(rows, 0, &gc, 1);
}

void stk_sampler_rows_release(struct stk_sampler_rows *rows)
{
	for (size_t i = 0; i < rows->sources.len; i++)
		free(rows->sources.entries[i].value.ptr);
	for (size_t i = 0; i < rows->frames.len; i++) {
		free((char *)rows->frames.items[i].name);
		free((char *)rows->frames.items[i].file);
	}
	for (size_t i = 0; i < rows->label_sets.len; i++) {
		struct stk_sampler_label_set *set = &rows->label_sets.items[i];

		for (size_t k = 0; k < set->len; k++) {
			free((char *)set->items[k].key.ptr);
			free((char *)set->items[k].value.ptr);
		}
		free(set->items);
	}
	stk_map_release(&rows->sources);
	stk_map_release(&rows->places);
	stk_map_release(&rows->sets);
	stk_map_release(&rows->stacks);
	stk_vec_release(&rows->frames);
	stk_vec_release(&rows->label_sets);
	stk_vec_release(&rows->stack_frames);
	stk_vec_release(&rows->costs);
}

void stk_sampler_rows_source(struct stk_sampler_rows *rows, const char *chunk, struct stk_str text)
{
	union stk_map_value *value = stk_map_put(&rows->sources, stk_str_of(chunk), NULL);

	free(value->ptr);
	value->ptr = stk_str_dup(text);
}

uint32_t stk_sampler_rows_place(
	struct stk_sampler_rows *rows, struct stk_str chunk, int start_line, int line)
{
	struct stk_buf key = STK_BUF_INIT(4096), name = STK_BUF_INIT(1024);
	const union stk_map_value *text, *known;
	uint32_t place = 0;

	chunk = stk_str_sub(chunk, 0, 512);
	stk_buf_add_str(&key, chunk);
	stk_buf_addf(&key, "\n%d\n%d", start_line, line);
	known = stk_map_find(&rows->places, stk_buf_str(&key));
	if (known) {
		place = (uint32_t)known->num;
	} else if (rows->frames.len < STK_SAMPLER_PLACES_MAX) {
		text = stk_map_find(&rows->sources, chunk);
		stk_sampler_rows_name(
			chunk, stk_str_of(text ? text->ptr : NULL), start_line, &name);
		place = add_place(rows, stk_buf_take(&name, NULL), chunk, start_line, line);
		stk_map_put(&rows->places, stk_buf_str(&key), NULL)->num = place;
	}
	stk_buf_release(&key);
	stk_buf_release(&name);
	return place;
}

static uint32_t add_labels(
	struct stk_sampler_rows *rows, const struct stk_sampler_label *labels, size_t len)
{
	struct stk_sampler_label_set *set = stk_vec_push_new(&rows->label_sets);

	set->items = stk_xcalloc(len, sizeof *set->items);
	set->len = len;
	for (size_t i = 0; i < len; i++) {
		set->items[i].key = (struct stk_str){stk_str_dup(labels[i].key), labels[i].key.len};
		set->items[i].value =
			(struct stk_str){stk_str_dup(labels[i].value), labels[i].value.len};
	}
	return (uint32_t)(rows->label_sets.len - 1);
}

uint32_t stk_sampler_rows_label(
	struct stk_sampler_rows *rows, const struct stk_sampler_label *labels, size_t len)
{
	struct stk_buf key = STK_BUF_INIT(64 << 10);
	const union stk_map_value *known;
	uint32_t set = 0;

	if (len == 0)
		return 0;
	for (size_t i = 0; i < len; i++) {
		stk_buf_add_str(&key, labels[i].key);
		stk_buf_add_byte(&key, '\n');
		stk_buf_add_str(&key, labels[i].value);
		stk_buf_add_byte(&key, '\n');
	}
	known = stk_map_find(&rows->sets, stk_buf_str(&key));
	if (known) {
		set = (uint32_t)known->num;
	} else if (!key.failed && rows->label_sets.len <= STK_SAMPLER_LABEL_SETS_MAX) {
		set = add_labels(rows, labels, len);
		stk_map_put(&rows->sets, stk_buf_str(&key), NULL)->num = set;
	}
	stk_buf_release(&key);
	return set;
}

size_t stk_sampler_rows_find(
	struct stk_sampler_rows *rows, uint32_t labels, const uint32_t *places, size_t len)
{
	uint32_t key[STK_SAMPLER_DEPTH_MAX + 1];
	struct stk_str bytes = {(const char *)key, (len + 1) * sizeof *key};
	const union stk_map_value *known;
	struct stk_sampler_cost *cost;

	key[0] = labels;
	memcpy(key + 1, places, len * sizeof *places);
	known = stk_map_find(&rows->stacks, bytes);
	if (known)
		return (size_t)known->num;
	if (rows->costs.len >= STK_SAMPLER_ROWS_MAX)
		return STK_SAMPLER_ROW_NATIVE;
	cost = stk_vec_push_new(&rows->costs);
	cost->labels = labels;
	cost->frames_at = rows->stack_frames.len;
	cost->frames_len = len;
	for (size_t i = 0; i < len; i++)
		stk_vec_push(&rows->stack_frames, places[i]);
	stk_map_put(&rows->stacks, bytes, NULL)->num = rows->costs.len - 1;
	return rows->costs.len - 1;
}

void stk_sampler_rows_mark(struct stk_sampler_rows *rows)
{
	for (size_t i = 0; i < rows->costs.len; i++) {
		rows->costs.items[i].marked_objects = rows->costs.items[i].live_objects;
		rows->costs.items[i].marked_bytes = rows->costs.items[i].live_bytes;
	}
}

/* Live sums of doubles that were added and taken away again: what is left of nothing is 0. */
static double settled(double value)
{
	return value < 0.5 ? 0 : value;
}

static void take_row(
	struct stk_sampler_rows *rows, struct stk_sampler_cost *cost, struct stk_sampler_slice *out)
{
	const struct stk_sampler_label_set *set = &rows->label_sets.items[cost->labels];
	struct stk_sampler_row row = {
		.labels = set->items,
		.labels_len = set->len,
		.frames_at = out->frames.len,
		.frames_len = cost->frames_len,
		.ticks = cost->ticks,
		.alloc_objects = cost->alloc_objects,
		.alloc_bytes = cost->alloc_bytes,
		.live_objects = settled(cost->marked_objects),
		.live_bytes = settled(cost->marked_bytes),
	};

	cost->ticks = 0;
	cost->alloc_objects = cost->alloc_bytes = 0;
	if (row.ticks == 0 && row.alloc_bytes <= 0 && row.alloc_objects <= 0 && row.live_bytes <= 0)
		return;
	for (size_t i = 0; i < cost->frames_len; i++)
		stk_vec_push(&out->frames, rows->stack_frames.items[cost->frames_at + i]);
	out->ticks += row.ticks;
	stk_vec_push(&out->rows, row);
}

void stk_sampler_rows_take(struct stk_sampler_rows *rows, struct stk_sampler_slice *out)
{
	stk_vec_clear(&out->locations);
	stk_vec_clear(&out->frames);
	stk_vec_clear(&out->rows);
	out->ticks = 0;
	for (size_t i = 0; i < rows->frames.len; i++)
		stk_vec_push(&out->locations, rows->frames.items[i]);
	for (size_t i = 0; i < rows->costs.len; i++)
		take_row(rows, &rows->costs.items[i], out);
}
