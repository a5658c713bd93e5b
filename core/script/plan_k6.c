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
#define REFUSED(name) { .key = name, .type = STK_FIELD_READ, .offset = SIZE_MAX, .read = refuse }
const struct stk_table_row stk_plan_k6_rows[] = {
	REFUSED("address"),
	REFUSED("cloud"),
	REFUSED("compatibility_mode"),
	REFUSED("config"),
	REFUSED("console_output"),
	REFUSED("ext"),
	REFUSED("features"),
	REFUSED("handle_summary"),
	REFUSED("handle_summary_timeout"),
	REFUSED("http_debug"),
	REFUSED("include_system_env_vars"),
	REFUSED("linger"),
	REFUSED("local_ips"),
	REFUSED("log_format"),
	REFUSED("log_output"),
	REFUSED("metric_samples_buffer_size"),
	REFUSED("new_machine_readable_summary"),
	REFUSED("no_color"),
	REFUSED("no_summary"),
	REFUSED("no_usage_report"),
	REFUSED("paused"),
	REFUSED("profiling_enabled"),
	REFUSED("secret_source"),
	REFUSED("summary_mode"),
	REFUSED("summary_time_unit"),
	REFUSED("throw"),
	REFUSED("traces_output"),
	REFUSED("type"),
};
const size_t stk_plan_k6_rows_len = STK_ARRAY_LEN(stk_plan_k6_rows);

/* In the order of the rows. */
static const char *const instead[] = {
	"signals do it: SIGUSR1 pauses and goes on, SIGINT ends",
	"nothing leaves the machine: leave it out",
	"scripts are Lua: leave it out",
	"options stand in the script and on the command line",
	"what a script prints goes to stderr: 2>FILE",
	"there are no extensions: leave it out",
	"leave it out",
	"summary = function(data) ... end (docs/lua-api.md)",
	"summary_timeout",
	"print(r.status, r.url, r.body) in the script, or --out json=FILE",
	"stoker.env sees the environment without what looks like a credential; -e NAME passes that on",
	"leave it out: the summary and the outputs are complete at the end",
	"the system chooses the address that requests come from",
	"leave it out: lines on stderr are plain text",
	"talk goes to stderr: 2>FILE",
	"leave it out: what outputs cannot take is bounded and counted",
	"--format json, or --summary-export FILE",
	"set the variable NO_COLOR",
	"summary = function() return {} end, and -q for the progress",
	"leave it out: nothing is reported",
	"SIGUSR1 pauses a load that runs",
	"leave it out",
	"stoker.secret \"NAME\", from the environment or a file",
	"--summary full",
	"data of summary, and all files, have milliseconds",
	"requests never raise: assert(r.ok, r.error) ends the iteration",
	"leave it out: there are no traces",
	"leave it out: a script is a file",
};
_Static_assert(STK_ARRAY_LEN(instead) == STK_ARRAY_LEN(stk_plan_k6_rows), "one for each");
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
