/* pprof: the codec of profile.proto, gzip'd or plain; hostile input bounded. */
#ifndef STK_CORE_PROFILE_PPROF_H
#define STK_CORE_PROFILE_PPROF_H

#include "core/base/buf.h"
#include "core/profile/profile.h"

#define STK_PPROF_MAX_BYTES   ((size_t)256 << 20) /* unpacked */
#define STK_PPROF_MAX_TYPES   64
#define STK_PPROF_MAX_STACK   ((size_t)65536)
#define STK_PPROF_MAX_RECORDS ((size_t)16 << 20)

/* Decode. STK_E_FORMAT with the place for bytes that are no profile (text number out of range,
 * a count of values that is not that of the types, string table not starting with ""),
 * STK_E_TOO_LARGE over a limit. Ids need be neither dense nor ordered; a sample that refers to
 * a location or function that is not there is left out. */
int stk_pprof_decode(
	struct stk_str bytes, struct stk_profile **out, struct stk_err *err) STK_MUST_CHECK;
int stk_pprof_read_file(
	const char *path, struct stk_profile **out, struct stk_err *err) STK_MUST_CHECK;

/* Append the profile as plain protobuf. */
void stk_pprof_encode(const struct stk_profile *profile, struct stk_buf *out);
/* Append it gzip'd, as files and pushes want it. */
int stk_pprof_encode_gzip(
	const struct stk_profile *profile, struct stk_buf *out, struct stk_err *err) STK_MUST_CHECK;

#endif
