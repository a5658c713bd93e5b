/* plan_k6: the options of k6 that are left out, by name. */
#include "core/script/plan_k6.h"

#include <string.h>

static int refuse(
	struct stk_table *table, const char *key, void *field, void *ctx, struct stk_err *err)
{
	(void)field;
	(void)ctx;
	(void)stk_table_fail(table, key, err, "this option of k6 is not there");
	stk_err_hint(err, "instead: %s", stk_plan_k6_instead(stk_str_of(key)));
	return STK_E_SCRIPT;
}

/* clang-format off */
/* Each with what to use instead. */
#define REFUSED(X) \
	X("address", "signals do it: SIGUSR1 pauses and goes on, SIGINT ends") \
	X("cloud", "nothing leaves the machine: leave it out") \
	X("compatibility_mode", "scripts are Lua: leave it out") \
	X("config", "options stand in the script and on the command line") \
	X("console_output", "what a script prints goes to stderr: 2>FILE") \
	X("ext", "there are no extensions: leave it out") \
	X("features", "leave it out") \
	X("handle_summary", "summary = function(data) ... end (docs/lua-api.md)") \
	X("handle_summary_timeout", "summary_timeout") \
	X("http_debug", "print(r.status, r.url, r.body) in the script, or --out json=FILE") \
	X("include_system_env_vars", "stoker.env sees the environment without what looks like a credential; -e NAME passes that on") \
	X("linger", "leave it out: the summary and the outputs are complete at the end") \
	X("local_ips", "the system chooses the address that requests come from") \
	X("log_format", "leave it out: lines on stderr are plain text") \
	X("log_output", "talk goes to stderr: 2>FILE") \
	X("metric_samples_buffer_size", "leave it out: what outputs cannot take is bounded and counted") \
	X("new_machine_readable_summary", "--format json, or --summary-export FILE") \
	X("no_color", "set the variable NO_COLOR") \
	X("no_summary", "summary = function() return {} end, and -q for the progress") \
	X("no_usage_report", "leave it out: nothing is reported") \
	X("paused", "SIGUSR1 pauses a load that runs") \
	X("profiling_enabled", "leave it out") \
	X("secret_source", "stoker.secret \"NAME\", from the environment or a file") \
	X("summary_mode", "--summary full") \
	X("summary_time_unit", "data of summary, and all files, have milliseconds") \
	X("throw", "requests never raise: assert(r.ok, r.error) ends the iteration") \
	X("traces_output", "leave it out: there are no traces") \
	X("type", "leave it out: a script is a file")

#define ROW(name, text) { .key = name, .type = STK_FIELD_READ, .offset = SIZE_MAX, .read = refuse },
#define INSTEAD(name, text) text,
const struct stk_table_row stk_plan_k6_rows[] = { REFUSED(ROW) };
const size_t stk_plan_k6_rows_len = STK_ARRAY_LEN(stk_plan_k6_rows);
static const char *const instead[] = { REFUSED(INSTEAD) };
/* clang-format on */

/* "http-debug" is "http_debug". */
static bool is_name(struct stk_str name, const char *key)
{
	if (name.len != strlen(key))
		return false;
	for (size_t i = 0; i < name.len; i++)
		if ((name.ptr[i] == '-' ? '_' : name.ptr[i]) != key[i])
			return false;
	return true;
}

const char *stk_plan_k6_instead(struct stk_str name)
{
	for (size_t i = 0; i < stk_plan_k6_rows_len; i++)
		if (is_name(name, stk_plan_k6_rows[i].key))
			return instead[i];
	return NULL;
}
