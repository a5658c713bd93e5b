/* section: what each scenario, and each group in it, counted: for a summary in full. */
#ifndef STK_CORE_RECORD_SECTION_H
#define STK_CORE_RECORD_SECTION_H

#include "core/base/vec.h"
#include "core/record/metric.h"

/* Sections of a run; what comes behind is counted in the whole only. */
#define STK_SECTIONS_MAX 500
/* Different checks that a section lists. */
#define STK_SECTION_CHECKS_MAX 200

/* Owned text. A scenario's own section has the group "" and holds what its groups counted, too;
 * that of "::outer" does not hold what "::outer::inner" counted. */
struct stk_section {
	char *scenario, *group;
	struct stk_metrics metrics;
};

struct stk_sections {
	STK_VEC(struct stk_section) items;
};

void stk_sections_init(struct stk_sections *sections);
void stk_sections_release(struct stk_sections *sections);
/* NULL: there is none. Valid until one is added. */
struct stk_section *stk_sections_find(
	const struct stk_sections *sections, const char *scenario, const char *group);
/* The same, added empty if it is new; NULL: there are too many. */
struct stk_section *stk_sections_put(
	struct stk_sections *sections, const char *scenario, const char *group);
/* Count one check; nothing beyond STK_SECTION_CHECKS_MAX different ones. */
void stk_section_check(
	struct stk_section *section, const char *group, const char *name, bool passed);
/* Add what from counted, and put all in order: scenarios by name, groups behind their parents. */
void stk_sections_merge(struct stk_sections *into, const struct stk_sections *from);

#endif
