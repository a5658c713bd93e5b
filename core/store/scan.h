/* scan: one pass over a raw pprof that checks it and adds up its samples, without building a model.
 */
#ifndef STK_CORE_STORE_SCAN_H
#define STK_CORE_STORE_SCAN_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/arena.h"
#include "core/base/vec.h"
#include "core/profile/labels.h"

#define STK_SCAN_MAX_BYTES         ((size_t)64 * 1024 * 1024) /* unpacked */
#define STK_SCAN_MAX_SAMPLES       1000000
#define STK_SCAN_MAX_TYPES         64
#define STK_SCAN_MAX_SAMPLE_LABELS 100
#define STK_SCAN_MAX_SPLITS        10000

/* What one set of string sample labels sums up to. labels: sorted, without those that the series
 * names itself and without span_id, trace_id, profile_id. */
struct stk_scan_split {
	uint64_t hash; /* 0 for no labels */
	const struct stk_label *labels;
	size_t labels_len;
	int64_t totals[STK_SCAN_MAX_TYPES];
};

struct stk_scan_type {
	struct stk_str type;
	struct stk_str unit;
};

/* Views into the pprof; splits and their labels live in arena. */
struct stk_scan {
	struct stk_scan_type types[STK_SCAN_MAX_TYPES];
	size_t types_len;
	struct stk_scan_type period;
	int64_t time_ns;
	int64_t duration_ns;
	STK_VEC(struct stk_scan_split *) splits;
	struct stk_arena arena;
};

/* Scan raw (not gzip'd) pprof bytes. base are the sorted labels of the series: a sample label of
 * the same name is ignored. Samples that refer to locations or functions that are not there are
 * left out, as are those with a negative value and those that are zero throughout. STK_E_FORMAT:
 * not protobuf; STK_E_INVAL: no valid profile. Release in any case. */
int stk_scan_read(struct stk_scan *scan, struct stk_str pprof, const struct stk_label *base,
	size_t base_len, struct stk_err *err) STK_MUST_CHECK;
void stk_scan_release(struct stk_scan *scan);

/* The hash of a set of sample labels, sorted by name; 0 for none, never 0 else. */
uint64_t stk_scan_hash(const struct stk_label *labels, size_t len);
/* Whether a sample label is kept aside and never becomes a series label. */
bool stk_scan_is_aside(struct stk_str name);

#endif
