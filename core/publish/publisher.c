/* publisher: the table of publishers. */
#include "core/publish/publisher.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/publish/publishers.h"

const struct stk_publisher *const stk_publishers[] = {
	&stk_publisher_summary,
	&stk_publisher_outputs,
	&stk_publisher_comment,
	&stk_publisher_check,
	&stk_publisher_status,
	NULL,
};

const struct stk_publisher *stk_publisher_find(struct stk_str name, enum stk_forge forge)
{
	for (size_t i = 0; stk_publishers[i]; i++)
		if (stk_str_is(name, stk_publishers[i]->name) &&
			(stk_publishers[i]->forges & STK_FORGE_BIT(forge)))
			return stk_publishers[i];
	return NULL;
}

bool stk_publisher_is_name(struct stk_str name)
{
	for (size_t i = 0; stk_publishers[i]; i++)
		if (stk_str_is(name, stk_publishers[i]->name))
			return true;
	return false;
}

void stk_post_say(
	struct stk_post_result *result, enum stk_post_outcome outcome, const char *fmt, ...)
{
	va_list args;

	result->outcome = outcome;
	va_start(args, fmt);
	(void)vsnprintf(result->text, sizeof result->text, fmt, args); /* cut if long */
	va_end(args);
}
