/* fuzz_export: what outputs parse: kinds, header lines, statistics, tags of a record. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/json.h"
#include "core/export/settings.h"
#include "core/export/summary_json.h"
#include "core/export/tagset.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* No header that was taken can end its line. */
static void try_headers(const char *text)
{
	struct stk_buf line = STK_BUF_EMPTY;
	struct stk_settings_headers headers = {STK_VEC_INIT};

	stk_buf_addf(&line, "X_H=%s", text);
	{
		const char *const variables[] = {line.ptr, NULL};
		const struct stk_env env = {.environ_ = variables};
		struct stk_settings settings = {.env = &env, .prefix = "X_"};

		stk_settings_headers(&settings, "H", &headers);
		(void)stk_settings_duration(&settings, "H", 1);
		(void)stk_settings_flag(&settings, "H", true);
		stk_arena_release(&settings.arena);
	}
	for (size_t i = 0; i < headers.items.len; i++) {
		struct stk_str name = headers.items.items[i].name;
		struct stk_str value = headers.items.items[i].value;

		if (name.len == 0 || stk_str_find_byte(value, '\n') >= 0 ||
			stk_str_find_byte(name, ':') >= 0)
			abort();
	}
	stk_vec_release(&headers.items);
	stk_buf_release(&line);
}

/* Sorted, each key once, and the JSON reads. */
static void try_tags(struct stk_str bytes)
{
	struct stk_tagsets sets = {.map = STK_MAP_INIT};
	const struct stk_tagset *set = stk_tagsets_get(&sets, bytes);
	struct stk_json *json = NULL;

	for (size_t i = 1; i < set->len; i++)
		if (strcmp(set->items[i - 1].key, set->items[i].key) >= 0)
			abort();
	if (stk_json_parse(set->json, &json, NULL) < 0)
		abort();
	stk_json_free(json);
	stk_tagsets_release(&sets);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct stk_str bytes = stk_str_n((const char *)data, size);
	struct stk_trend_stats stats = {STK_VEC_INIT};
	char *text = stk_str_dup(bytes);

	try_headers(text);
	try_tags(bytes);
	(void)!stk_trend_stats_parse(text, &stats, NULL); /* only that it stays inside the text */
	stk_trend_stats_release(&stats);
	free(text);
	return 0;
}
