/* section: what each scenario, and each group in it, counted: for a summary in full. */
#include "core/record/section.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"

void stk_sections_init(struct stk_sections *sections)
{
	memset(sections, 0, sizeof *sections);
}

void stk_sections_release(struct stk_sections *sections)
{
	for (size_t i = 0; i < sections->items.len; i++) {
		free(sections->items.items[i].scenario);
		free(sections->items.items[i].group);
		stk_metrics_release(&sections->items.items[i].metrics);
	}
	stk_vec_release(&sections->items);
}

struct stk_section *stk_sections_find(
	const struct stk_sections *sections, const char *scenario, const char *group)
{
	for (size_t i = 0; i < sections->items.len; i++) {
		struct stk_section *section = &sections->items.items[i];

		if (strcmp(section->group, group) == 0 && strcmp(section->scenario, scenario) == 0)
			return section;
	}
	return NULL;
}

struct stk_section *stk_sections_put(
	struct stk_sections *sections, const char *scenario, const char *group)
{
	struct stk_section *section = stk_sections_find(sections, scenario, group);

	if (section || sections->items.len == STK_SECTIONS_MAX)
		return section;
	section = stk_vec_push_new(&sections->items);
	section->scenario = stk_xstrdup(scenario);
	section->group = stk_xstrdup(group);
	stk_metrics_init(&section->metrics);
	return section;
}

void stk_section_check(
	struct stk_section *section, const char *group, const char *name, bool passed)
{
	struct stk_check_count *check =
		stk_metrics_put_check(&section->metrics, group, name, STK_SECTION_CHECKS_MAX);

	if (!check)
		return;
	check->passes += passed;
	check->fails += !passed;
}

/* A group comes before all that is in it, and those before what only begins like it. */
static int by_place(const void *a, const void *b)
{
	const struct stk_section *left = a, *right = b;
	const char *x = left->group, *y = right->group;
	int order = strcmp(left->scenario, right->scenario);

	if (order != 0)
		return order;
	for (; *x && *x == *y; x++)
		y++;
	if (*x == ':' || *y == ':')
		return *x == ':' ? (*y ? -1 : 1) : (*x ? 1 : -1);
	return (unsigned char)*x - (unsigned char)*y;
}

void stk_sections_merge(struct stk_sections *into, const struct stk_sections *from)
{
	for (size_t i = 0; i < from->items.len; i++) {
		const struct stk_section *section = &from->items.items[i];
		struct stk_section *at = stk_sections_put(into, section->scenario, section->group);

		if (at)
			stk_metrics_merge(&at->metrics, &section->metrics);
	}
	if (into->items.len > 1)
		qsort(into->items.items, into->items.len, sizeof *into->items.items, by_place);
}
