/* pprof_priv: what the two parts of the pprof decoder share. */
#ifndef STK_CORE_PROFILE_PPROF_PRIV_H
#define STK_CORE_PROFILE_PPROF_PRIV_H

#include "core/base/err.h"
#include "core/base/str.h"
#include "core/base/vec.h"
#include "core/profile/profile.h"

/* Ids to numbers. Ids are 1, 2, 3 … as a rule; others are sorted and searched. */
struct stk_pprof_ids {
	STK_VEC(uint64_t) ids;
	uint32_t *order; /* numbers sorted by id; NULL while ids are dense */
};

/* A profile on its way: its records, and the references of them as ids. */
struct stk_pprof_decoding {
	struct stk_profile *profile;
	struct stk_pprof_ids mappings, functions, locations;
	STK_VEC(uint64_t) sample_locations;  /* as ids, parallel to profile->stacks */
	STK_VEC(uint64_t) location_mappings; /* as ids, parallel to locations */
	STK_VEC(uint64_t) line_functions;    /* as ids, parallel to lines */
	STK_VEC(uint32_t) sample_values;     /* how many values each sample had */
	struct stk_err *err;
};

/* Read all fields of a Profile message into dec->profile and the id lists beside it. The texts are
 * views into bytes. A negative code when the message is broken or holds more records than pprof.h
 * allows. */
int stk_pprof_decode_fields(struct stk_pprof_decoding *dec, struct stk_str bytes);

#endif
