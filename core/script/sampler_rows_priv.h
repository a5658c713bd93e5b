/* sampler_rows: the sampler's tables: names of functions, places in code, stacks and their cost. */
#ifndef STK_CORE_SCRIPT_SAMPLER_ROWS_PRIV_H
#define STK_CORE_SCRIPT_SAMPLER_ROWS_PRIV_H

#include "core/base/buf.h"
#include "core/base/map.h"
#include "core/script/sampler.h"

#define STK_SAMPLER_LABEL_SETS_MAX 300
#define STK_SAMPLER_PLACES_MAX     20000

struct stk_sampler_cost {
	uint32_t labels;
	size_t frames_at, frames_len;
	int64_t ticks;
	double alloc_objects, alloc_bytes;
	double live_objects, live_bytes;     /* now */
	double marked_objects, marked_bytes; /* at the last mark */
};

struct stk_sampler_label_set {
	struct stk_sampler_label *items; /* owned, as their text is */
	size_t len;
};

struct stk_sampler_rows {
	struct stk_map sources; /* chunk -> its text, owned */
	struct stk_map places;  /* chunk, line of definition, line -> number in frames */
	STK_VEC(struct stk_sampler_frame) frames;
	struct stk_map sets;
	STK_VEC(struct stk_sampler_label_set) label_sets; /* 0 is the empty one */
	struct stk_map stacks; /* label set and places -> number in costs */
	STK_VEC(uint32_t) stack_frames;
	STK_VEC(struct stk_sampler_cost) costs; /* 0 is [native], 1 is [gc] */
};

enum { STK_SAMPLER_ROW_NATIVE = 0, STK_SAMPLER_ROW_GC = 1 };

void stk_sampler_rows_init(struct stk_sampler_rows *rows);
void stk_sampler_rows_release(struct stk_sampler_rows *rows);

void stk_sampler_rows_source(struct stk_sampler_rows *rows, const char *chunk, struct stk_str text);
/* The number of a place; chunk without its '@'. */
uint32_t stk_sampler_rows_place(
	struct stk_sampler_rows *rows, struct stk_str chunk, int start_line, int line);
/* The number of a set of labels, 0 for none and when there are too many. */
uint32_t stk_sampler_rows_label(
	struct stk_sampler_rows *rows, const struct stk_sampler_label *labels, size_t len);
/* The row of a stack (places, leaf first); the one of [native] when there are too many. */
size_t stk_sampler_rows_find(
	struct stk_sampler_rows *rows, uint32_t labels, const uint32_t *places, size_t len);
/* Copy the live heap to what the next slices show. */
void stk_sampler_rows_mark(struct stk_sampler_rows *rows);
/* Fill a slice and start the flows again. */
void stk_sampler_rows_take(struct stk_sampler_rows *rows, struct stk_sampler_slice *out);

/* The name of the function that begins on a line of a chunk's text: module.function. Appends. */
void stk_sampler_rows_name(
	struct stk_str chunk, struct stk_str text, int start_line, struct stk_buf *out);

#endif
