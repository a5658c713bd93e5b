/* ingest_name: how /ingest names what it gets. */
#include "core/server/ingest_name.h"

#include <stdlib.h>

#include "core/base/mem.h"

/* clang-format off */
static const struct stk_ingest_suffix suffixes[] = {
	{"cpu",                      "process_cpu", "cpu",                      "nanoseconds", true},
	{"itimer",                   "process_cpu", "cpu",                      "nanoseconds", true},
	{"wall",                     "wall",        "wall",                     "nanoseconds", true},
	{"seconds",                  "wall",        "wall",                     "nanoseconds", true},
	{"milliseconds",             "wall",        "wall",                     "nanoseconds", true},
	{"microseconds",             "wall",        "wall",                     "nanoseconds", true},
	{"nanoseconds",              "wall",        "wall",                     "nanoseconds", true},
	{"inuse_space",              "memory",      "inuse_space",              "bytes", false},
	{"alloc_space",              "memory",      "alloc_space",              "bytes", false},
	{"inuse_objects",            "memory",      "inuse_objects",            "count", false},
	{"alloc_objects",            "memory",      "alloc_objects",            "count", false},
	{"alloc_in_new_tlab_bytes",  "memory",      "alloc_in_new_tlab_bytes",  "bytes", false},
	{"alloc_in_new_tlab_objects","memory",      "alloc_in_new_tlab_objects","count", false},
	{"alloc_outside_tlab_bytes", "memory",      "alloc_outside_tlab_bytes", "bytes", false},
	{"alloc_outside_tlab_objects","memory",     "alloc_outside_tlab_objects","count", false},
	{"live",                     "memory",      "live",                     "count", false},
	{"bytes",                    "memory",      "samples",                  "bytes", false},
	{"goroutines",               "goroutine",   "goroutines",               "count", false},
	{"mutex_count",              "mutex",       "contentions",              "count", false},
	{"mutex_duration",           "mutex",       "delay",                    "nanoseconds", false},
	{"block_count",              "block",       "contentions",              "count", false},
	{"lock_count",               "block",       "contentions",              "count", false},
	{"block_duration",           "block",       "delay",                    "nanoseconds", false},
	{"lock_duration",            "block",       "delay",                    "nanoseconds", false},
	{"exceptions",               "exceptions",  "samples",                  "count", false},
};

/* What sample types are called where no sample_type_config says it. */
static const char *const display_names[][2] = {
	{"samples", "cpu"}, {"goroutine", "goroutines"},
	{"contentions", "mutex_count"}, {"delay", "mutex_duration"},
};
/* clang-format on */

static struct stk_str display_name(struct stk_str type, const struct stk_json *config)
{
	char *key = stk_str_dup(type);
	const struct stk_json *row = stk_json_get(config, key);
	struct stk_str given = stk_json_str(stk_json_get(row, "display-name"));

	free(key);
	if (row)
		return given.len ? given : type;
	for (size_t i = 0; i < STK_ARRAY_LEN(display_names); i++)
		if (stk_str_is(type, display_names[i][0]))
			return stk_str_of(display_names[i][1]);
	return type;
}

static const char *name_of(struct stk_str shown)
{
	if (stk_str_contains(shown, STK_STR("cpu")))
		return "process_cpu";
	if (stk_str_starts(shown, "alloc_") || stk_str_starts(shown, "inuse_") ||
		stk_str_is(shown, "space") || stk_str_is(shown, "objects"))
		return "memory";
	if (stk_str_starts(shown, "mutex_"))
		return "mutex";
	if (stk_str_starts(shown, "block_"))
		return "block";
	if (stk_str_is(shown, "goroutines"))
		return "goroutines";
	return NULL;
}

void stk_ingest_name(const struct stk_str *types, size_t len, struct stk_buf *out, void *config)
{
	const char *name = NULL;

	for (size_t i = 0; i < len; i++)
		if (stk_str_is(types[i], "wall")) {
			stk_buf_add_text(out, "wall");
			return;
		}
	for (size_t i = 0; i < len && !name; i++)
		name = name_of(display_name(types[i], config));
	if (name)
		stk_buf_add_text(out, name);
	else if (len)
		stk_buf_add_str(out, types[0]);
}

int stk_ingest_suffix_find(struct stk_str name, struct stk_str *app_out,
	const struct stk_ingest_suffix **out, struct stk_err *err)
{
	ptrdiff_t dot = stk_str_rfind_byte(name, '.');
	struct stk_str suffix = dot < 0 ? STK_STR("cpu") : stk_str_skip(name, (size_t)dot + 1);

	for (size_t i = 0; i < STK_ARRAY_LEN(suffixes); i++)
		if (stk_str_is(suffix, suffixes[i].suffix)) {
			*app_out = dot < 0 ? name : stk_str_sub(name, 0, (size_t)dot);
			*out = &suffixes[i];
			return 0;
		}
	return stk_err_set(err, STK_E_INVAL, "unknown profile type: %.*s", STK_STR_ARG(suffix));
}
