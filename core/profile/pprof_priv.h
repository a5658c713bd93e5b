/* pprof_priv: what the parts of the pprof decoder share. */
#ifndef STK_CORE_PROFILE_PPROF_PRIV_H
#define STK_CORE_PROFILE_PPROF_PRIV_H

#include "core/base/err.h"
#include "core/base/proto.h"
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
	STK_VEC(uint64_t) location_mappings; /* as ids, parallel to locations */
	STK_VEC(uint64_t) line_functions;    /* as ids, parallel to lines */
	STK_VEC(uint64_t) unpacked;          /* numbers of the last packed field */
	size_t samples;                      /* in the message */
	struct stk_err *err;
};

/* STK_E_TOO_LARGE: more than STK_PPROF_MAX_RECORDS of what. */
int stk_pprof_too_many(const struct stk_pprof_decoding *dec, const char *what);
/* Text numbers are checked against the table at the end; here only that they fit. */
static inline uint32_t stk_pprof_text(uint64_t value)
{
	return value > UINT32_MAX ? UINT32_MAX : (uint32_t)value;
}
/* A repeated integer, packed in one field or one field each: its numbers into dec->unpacked. */
int stk_pprof_unpack(struct stk_pprof_decoding *dec, const struct stk_proto_field *field);
/* Number of the record with this id, STK_PROFILE_NONE if there is none. */
uint32_t stk_pprof_find_id(const struct stk_pprof_ids *list, uint64_t id);

/* Read all fields of a Profile message but the samples, which are counted, into dec->profile and
 * the id lists beside it. The texts are views into bytes. A negative code when the message is
 * broken or holds more records than pprof.h allows. */
int stk_pprof_decode_fields(struct stk_pprof_decoding *dec, struct stk_str bytes);
/* Read the samples of a message whose other fields are read and whose ids are known: locations
 * become numbers at once; a sample that refers to one that is not there is left out. */
int stk_pprof_decode_samples(struct stk_pprof_decoding *dec, struct stk_str bytes);

#endif
