/* input: what a comparison is made of: slices with cost per function, told apart by side and pair.
 *
 * Plain data: it does not matter whether it came from a store, a file or a test. Slices and
 * blocks stay apart, and counts stand beside values, because the error of a cost comes from
 * how many samples it rests on, not from its nanoseconds. */
#ifndef STK_CORE_DIFF_INPUT_H
#define STK_CORE_DIFF_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/arena.h"
#include "core/base/err.h"
#include "core/base/map.h"
#include "core/base/vec.h"
#include "core/record/run.h"

struct stk_changes;
struct stk_profile;

/* More functions than this in one comparison is refused (STK_E_TOO_LARGE). */
#define STK_DIFF_FUNCTIONS_MAX 2000000u

/* Keyed by (normalised name, file); the line is a display matter and differs between sides. */
struct stk_diff_function {
	const char *name;
	const char *file;            /* "" if unknown */
	int64_t line[STK_SIDES];     /* 0 if unknown or not on that side */
	const char *path[STK_SIDES]; /* in the repository at that commit; NULL = not of it */
};

/* Cost of one function in one slice. n_*: samples behind the value, as a double: value/period,
 * or for a type whose samples weigh differently the effective number x^2/sum(w*x). */
struct stk_diff_value {
	uint32_t function;
	int64_t self, total;
	double n_self, n_total;
};

/* One uploaded profile that counts. requests: completed by its side in exactly its time. */
struct stk_diff_slice {
	int side;
	int pair;
	int instance; /* pods 0, 1, …: their costs add up, the side's requests are counted once */
	double requests;
	int64_t total;  /* of everything, also of what has no function */
	double samples; /* behind total */
	STK_VEC(struct stk_diff_value) values;
};

/* Cost of callee and below, when called from caller, over all slices of a side. */
struct stk_diff_edge {
	uint32_t caller, callee;
	int64_t value[STK_SIDES];
};

/* A profile that was added while the changes were known; numbers: of its functions. */
struct stk_diff_profile {
	const struct stk_profile *profile; /* borrowed until the comparison was made */
	size_t type;
	int side;
	uint32_t *numbers;
};

struct stk_diff_input {
	struct stk_arena arena;
	struct stk_map function_index, edge_index;
	const char *type_id, *short_name, *unit; /* as in struct stk_comparison */
	bool is_level;                           /* inuse_*: a level, never per request */
	double period;                           /* in the type's unit, 0 if unknown */
	double hz;                               /* 0 if unknown */
	double tick_ns;          /* clock tick that the samples wait for, 0 = for none */
	double other[STK_SIDES]; /* value in nodes that a server cut off */
	STK_VEC(struct stk_diff_function) functions;
	STK_VEC(struct stk_diff_slice) slices;
	STK_VEC(struct stk_diff_edge) edges;
	/* What differs between the commits of base and head; NULL = unknown. Set by the caller
	 * before the first profile, lent to the input; profiles added then must stay until the
	 * comparison was made, whose rows are linked to changed lines. */
	struct stk_changes *changes;
	bool is_one_build; /* all profiles are of head's commit, whatever their side */
	STK_VEC(struct stk_diff_profile) profiles;
};

/* Empty, for one profile type. short_name and unit may be NULL: taken from the type id. */
void stk_diff_input_init(struct stk_diff_input *input, const char *type_id, const char *short_name,
	const char *unit);
void stk_diff_input_release(struct stk_diff_input *input);

/* Number of a function, added if new. The name is normalised here; line 0 = unknown. */
int stk_diff_input_function(struct stk_diff_input *input, const struct stk_function *function,
	int side, uint32_t *out, struct stk_err *err) STK_MUST_CHECK;

/* A function as the record has it, with the line of this side (else of the other). */
struct stk_function stk_diff_input_describe(
	const struct stk_diff_input *input, uint32_t number, int side, struct stk_run *run);

/* A new empty slice; the pointer is valid until the next one. */
struct stk_diff_slice *stk_diff_input_slice(
	struct stk_diff_input *input, int side, int pair, double requests);

/* Add cost to a function of a slice (a second call for one function adds up). Does not touch
 * the slice's total and samples. */
void stk_diff_slice_add(struct stk_diff_slice *slice, const struct stk_diff_value *value);

void stk_diff_input_edge(
	struct stk_diff_input *input, uint32_t caller, uint32_t callee, int side, int64_t value);

/* Where a profile belongs. */
struct stk_diff_place {
	int side;
	int pair;
	int instance;
	double requests;
};

/* Add one profile as one slice: self is the leaf after inline expansion, total counts every
 * distinct function of a stack once. sample_type is a number in the profile's list of types.
 * Samples behind a value: value/period for CPU, an events column when there is no period, and
 * for allocations bytes over bytes per sample from the objects beside them (reference
 * regression 6.14). Frames "other" (cut off by a server) count only into the total. */
int stk_diff_input_add_profile(struct stk_diff_input *input, const struct stk_profile *profile,
	size_t sample_type, const struct stk_diff_place *place, struct stk_err *err) STK_MUST_CHECK;

/* Which commit a profile of this side is of. */
int stk_diff_input_commit(const struct stk_diff_input *input, int side);

/* True if the leaf's own address has a function: only then anybody's self grows. */
bool stk_diff_input_has_leaf(const struct stk_profile *profile, size_t sample);
/* A server that cut the tree off puts the rest under one node of this name. */
bool stk_diff_input_is_other(const struct stk_diff_input *input, uint32_t number);

#endif
