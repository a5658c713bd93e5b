/* parts: the sections of a report, each from one part of the run. */
#ifndef STK_CORE_REPORT_PARTS_H
#define STK_CORE_REPORT_PARTS_H

#include "core/report/doc.h"

/* Headline, what was compared, totals with intervals, why it is partial or cannot tell. */
void stk_parts_add_verdict(struct stk_doc *doc);
/* Thresholds of the load script, if any: a table when one was crossed. */
void stk_parts_add_thresholds(struct stk_doc *doc);
/* One profile type: the functions that were found. */
void stk_parts_add_comparison(struct stk_doc *doc, const struct stk_comparison *comparison);
/* Packages and callers that changed beyond the functions that were found, of all types. */
void stk_parts_add_groups(struct stk_doc *doc);
/* Renamed and moved functions of all types. */
void stk_parts_add_renames(struct stk_doc *doc);
/* How many functions showed nothing, and what this run would have noticed. */
void stk_parts_add_unseen(struct stk_doc *doc);
/* Where load costs, beside the idle window. */
void stk_parts_add_hotspots(struct stk_doc *doc, const struct stk_hotspots *hotspots);
/* Latency, throughput, errors, gates, trust. */
void stk_parts_add_load(struct stk_doc *doc);
/* What the verdict rests on, as a line of a section. */
void stk_parts_add_trust(struct stk_doc *doc, struct stk_doc_section *section);
/* Where the same slices can be looked at. */
void stk_parts_add_links(struct stk_doc *doc);
/* Preconditions, slices, time line of the windows. */
void stk_parts_add_coverage(struct stk_doc *doc);
/* The machine, both sides, warnings. */
void stk_parts_add_environment(struct stk_doc *doc);

/* "CPU per request", "Allocated per request", "Live heap". */
const char *stk_parts_type_title(struct stk_doc *doc, const struct stk_comparison *comparison);
/* The same without " per request" behind a name that is not ours. Static text, or the short name.
 */
const char *stk_parts_type_words(const struct stk_comparison *comparison);
/* "allocated", "live heap": a total in the middle of a line. Static text, or the short name. */
const char *stk_parts_total_name(const struct stk_comparison *comparison);
/* The least level of the intervals of the rows that are shown, NaN without any. */
double stk_parts_level(const struct stk_comparison *comparison);
/* Requests of blocks and load windows. */
void stk_parts_sum_requests(const struct stk_run *run, int64_t *requests_out, int64_t *failed_out);
/* "demo/pricing.lua:41", or "". */
const char *stk_parts_place(struct stk_doc *doc, const struct stk_function *function);
/* "changed here", "called from encode.go:58", "calls encode.go:58", "not in this change", or "". */
const char *stk_parts_link(struct stk_doc *doc, const struct stk_row *row);
/* The same of a hotspot. */
const char *stk_parts_spot_place_and_link(struct stk_doc *doc, const struct stk_hotspot *spot);
/* Both; of a library's function that changed code calls only the latter. */
const char *stk_parts_place_and_link(struct stk_doc *doc, const struct stk_row *row);
/* "accepted by ada until 2026-12-31"; NULL: it was not. */
const char *stk_parts_accepted(struct stk_doc *doc, const struct stk_row *row);
/* What stands where no change could be computed: "new", "gone", "too rare". */
const char *stk_parts_no_change(const struct stk_row *row);
/* "87 % of the increase runs through lines that this change touched."; NULL if unknown. */
const char *stk_parts_changed_share(struct stk_doc *doc, const struct stk_comparison *comparison);

#endif
