/* log: lines for people who debug stoker; off unless asked for by STK_LOG. */
#include "core/base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/base/str.h"

#define LINE_MAX_BYTES 2048
#define FILTER_MAX     256

/* Set once before threads start, only read afterwards. */
static struct {
	char filter[FILTER_MAX];
	stk_log_sink_fn sink;
	void *ctx;
} sink;

void stk_log_set(const char *filter, stk_log_sink_fn fn, void *ctx)
{
	(void)snprintf(
		sink.filter, sizeof sink.filter, "%s", filter ? filter : ""); /* cut is fine */
	sink.sink = fn;
	sink.ctx = ctx;
}

static int level_of(struct stk_str word)
{
	static const char *const names[] = {"error", "warn", "info", "debug"};

	for (int i = 0; i < 4; i++)
		if (stk_str_is(word, names[i]))
			return i;
	return -1;
}

bool stk_log_on(const char *component, enum stk_log_level level)
{
	struct stk_str rest = stk_str_of(sink.filter), word;
	int wanted = -1;

	if (!sink.sink)
		return false;
	while (stk_str_cut(&rest, ',', &word)) {
		ptrdiff_t at = stk_str_find_byte(word, '=');
		struct stk_str name = at < 0 ? word : stk_str_sub(word, 0, (size_t)at);
		if (stk_str_is(name, "all") && wanted < 0)
			wanted = level_of(
				at < 0 ? STK_STR("debug") : stk_str_skip(word, (size_t)at + 1));
		if (stk_str_is(name, component))
			wanted = level_of(
				at < 0 ? STK_STR("debug") : stk_str_skip(word, (size_t)at + 1));
	}
	return (int)level <= wanted;
}

void stk_log(const char *component, enum stk_log_level level, const char *fmt, ...)
{
	char line[LINE_MAX_BYTES];
	va_list args;

	if (!stk_log_on(component, level))
		return;
	va_start(args, fmt);
	(void)vsnprintf(line, sizeof line, fmt, args); /* cut where too long */
	va_end(args);
	sink.sink(component, level, line, sink.ctx);
}
