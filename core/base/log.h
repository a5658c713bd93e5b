/* log: lines for people who debug stoker; off unless asked for by STK_LOG. */
#ifndef STK_CORE_BASE_LOG_H
#define STK_CORE_BASE_LOG_H

#include <stdbool.h>

enum stk_log_level { STK_LOG_ERROR, STK_LOG_WARN, STK_LOG_INFO, STK_LOG_DEBUG };

/* Where lines go: component, level, one line without a newline. Called from any thread. */
typedef void (*stk_log_sink_fn)(
	const char *component, enum stk_log_level level, const char *line, void *ctx);

/* Filter as in "http=debug,all=warn"; sink NULL = silent. Call once, before threads start. */
void stk_log_set(const char *filter, stk_log_sink_fn sink, void *ctx);
bool stk_log_on(const char *component, enum stk_log_level level);
/* One event per line, key=value words. */
void stk_log(const char *component, enum stk_log_level level, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

#endif
