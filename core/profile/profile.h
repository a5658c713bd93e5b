/* profile: the model: sample types, functions, locations with inlined lines, samples with labels.
 *
 * Everything is an array, and what refers to something does so by its number there: cheap to
 * decode, merge and walk. Text is interned: one number per text, 0 is "". */
#ifndef STK_CORE_PROFILE_PROFILE_H
#define STK_CORE_PROFILE_PROFILE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/arena.h"
#include "core/base/index.h"
#include "core/base/map.h"
#include "core/base/str.h"
#include "core/base/vec.h"

#define STK_PROFILE_NONE UINT32_MAX /* no mapping, no function */

struct stk_value_type { /* texts */
	uint32_t type, unit;
};

struct stk_mapping {
	uint64_t start, limit, offset;
	uint32_t file, build_id;
	bool has_functions, has_filenames, has_line_numbers, has_inline_frames;
};

struct stk_profile_function {
	uint32_t name, system_name, file;
	int64_t start_line;
};

struct stk_profile_line {
	uint32_t function; /* STK_PROFILE_NONE: the profile names none */
	int64_t line;
};

/* lines: innermost (inlined) first, caller last. None: only an address. */
struct stk_profile_location {
	uint64_t address;
	uint32_t mapping;
	uint32_t first_line, lines_len; /* into lines */
	bool is_folded;
};

struct stk_profile_label {
	uint32_t key, text; /* text 0 and num used: a numeric label */
	int64_t num;
	uint32_t num_unit;
};

/* Locations leaf first. Values: one per sample type, at sample number × types. */
struct stk_profile_sample {
	uint32_t first_location, locations_len; /* into stacks */
	uint32_t first_label, labels_len;       /* into labels */
};

struct stk_profile {
	struct stk_arena arena;
	char *message; /* owned; texts of a decoded profile are views into it. NULL = none */
	STK_VEC(struct stk_str) strings;
	STK_VEC(struct stk_value_type) types;
	STK_VEC(struct stk_mapping) mappings;
	STK_VEC(struct stk_profile_function) functions;
	STK_VEC(struct stk_profile_line) lines;
	STK_VEC(struct stk_profile_location) locations;
	STK_VEC(struct stk_profile_sample) samples;
	STK_VEC(uint32_t) stacks;
	STK_VEC(int64_t) values;
	STK_VEC(struct stk_profile_label) labels;
	STK_VEC(uint32_t) comments;
	struct stk_value_type period_type;
	int64_t period;
	int64_t time_ns, duration_ns;
	uint32_t default_type; /* text, 0 = none */
	uint32_t drop_frames, keep_frames;
	/* built when something is added: text and records to their numbers */
	struct stk_index string_index, function_index, location_index;
	uint64_t seed; /* of their hashes; 0 = not drawn yet */
};

/* a + b, stopped at the ends of the type: values come from outside. */
static inline int64_t stk_profile_plus(int64_t a, int64_t b)
{
	int64_t sum;

	if (!__builtin_add_overflow(a, b, &sum))
		return sum;
	return a < 0 ? INT64_MIN : INT64_MAX;
}

struct stk_profile *stk_profile_new(void);
void stk_profile_free(struct stk_profile *profile); /* NULL is fine */

/* --- building ---------------------------------------------------------------------------- */

/* Secret start of this profile's hashes: input cannot be made to collide. */
uint64_t stk_profile_seed(struct stk_profile *profile);

/* Number of a text, added if new (copied). */
uint32_t stk_profile_intern(struct stk_profile *profile, struct stk_str text);
/* Number of a sample type; add all of them before the first sample. */
uint32_t stk_profile_add_type(struct stk_profile *profile, const char *type, const char *unit);
/* Number of a function, added if no equal one is there. */
uint32_t stk_profile_add_function(
	struct stk_profile *profile, const struct stk_profile_function *function);
/* Number of a location, added if no equal one is there. lines are copied. */
uint32_t stk_profile_add_location(struct stk_profile *profile, uint64_t address, uint32_t mapping,
	const struct stk_profile_line *lines, size_t len);

/* A frame as samplers and folded text know it; file may be "". */
struct stk_frame {
	struct stk_str name, file;
	int64_t start_line, line; /* 0 if unknown */
};
/* Number of a location with this one frame, added if new. */
uint32_t stk_profile_add_frame(struct stk_profile *profile, const struct stk_frame *frame);

/* Add a sample: locations leaf first, one value per type. Equal stacks are not folded here:
 * that is stk_profile_merge's work. Returns its number. */
size_t stk_profile_add_sample(
	struct stk_profile *profile, const uint32_t *locations, size_t len, const int64_t *values);
/* Add a label to the sample added last. */
void stk_profile_add_label(struct stk_profile *profile, struct stk_str key, struct stk_str text);
void stk_profile_add_num_label(
	struct stk_profile *profile, struct stk_str key, int64_t num, struct stk_str unit);

/* --- reading ----------------------------------------------------------------------------- */

struct stk_str stk_profile_string(const struct stk_profile *profile, uint32_t text);
/* Number of the sample type of this name, -1 if there is none. */
int stk_profile_find_type(const struct stk_profile *profile, struct stk_str type);
int64_t stk_profile_value(const struct stk_profile *profile, size_t sample, size_t type);
/* Text of a sample's string label; empty view if absent. */
struct stk_str stk_profile_sample_label(
	const struct stk_profile *profile, size_t sample, struct stk_str key);

/* One function on a stack. */
struct stk_stack_entry {
	uint32_t function; /* never STK_PROFILE_NONE: lines without a function are left out */
	int64_t line;
};
STK_VEC_TYPE(stk_stack, struct stk_stack_entry);

/* The stack of a sample, leaf first, inlined functions as entries of their own; stack is
 * emptied first (its memory is reused: release it with stk_vec_release at the end). A location
 * without functions gives no entry. */
void stk_profile_stack(const struct stk_profile *profile, size_t sample, struct stk_stack *stack);

/* Sum of a type's values over all samples. */
int64_t stk_profile_total(const struct stk_profile *profile, size_t type);

/* Per function: self = it is the innermost function of the leaf, total = it is on the stack,
 * counted once per sample. Array of functions.len entries, the caller's to free. */
struct stk_function_sum {
	int64_t self, total;
	uint32_t samples; /* in which it is on the stack with a non-zero value */
};
struct stk_function_sum *stk_profile_sums(const struct stk_profile *profile, size_t type);

/* --- changing ---------------------------------------------------------------------------- */

/* Which samples and which values a merge takes. */
struct stk_merge_opts {
	/* false leaves the sample out; NULL takes all */
	bool (*keep)(const struct stk_profile *from, size_t sample, void *ctx);
	void *ctx;
	int type; /* only this sample type of from (into has one type); -1 all, same order */
	bool drop_labels;   /* samples that differ only in labels become one */
	bool drop_negative; /* leave out samples with a negative value, or all zero */
};
#define STK_MERGE_OPTS_ALL                                                                         \
	{                                                                                          \
		NULL, NULL, -1, false, false                                                       \
	}

/* Adds many profiles up: equal stacks (and labels) become one sample. Sample types, period
 * type, period come from the first; time is the earliest, duration the sum. */
struct stk_merger;
struct stk_merger *stk_merger_new(void);
void stk_merger_free(struct stk_merger *merger);
/* STK_E_INVAL when sample types differ from those of the first. */
int stk_merger_add(struct stk_merger *merger, const struct stk_profile *from,
	const struct stk_merge_opts *opts, struct stk_err *err) STK_MUST_CHECK;
/* The sum, the caller's; NULL if nothing was added. The merger can only be freed afterwards. */
struct stk_profile *stk_merger_take(struct stk_merger *merger);

/* Two profiles of the same stacks under different sample types as one with the types of both,
 * left's first; a stack that one of them lacks has zeros there. All but the samples comes from
 * left. The caller's. */
struct stk_profile *stk_profile_join(
	const struct stk_profile *left, const struct stk_profile *right);

/* Multiply all values (a base by -1 for a difference). */
void stk_profile_scale(struct stk_profile *profile, double factor);

#endif
