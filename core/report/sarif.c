/* sarif: regressions as results of a static analysis, one rule per kind. */
#include "core/report/sarif.h"

#include <string.h>

#include "core/base/json.h"
#include "core/base/map.h"
#include "core/base/version.h"
#include "core/report/finding.h"
#include "core/report/parts.h"
#include "core/report/repo_path.h"

enum { RESULTS_MAX = 1000, NAME_WIDTH = 60 };

static struct stk_json *write_message(struct stk_str text)
{
	struct stk_json *object = stk_json_new_object();

	stk_json_put(object, "text", stk_json_new_str(text));
	return object;
}

/* "perf/cpu-regression" */
static void add_rule_id(struct stk_buf *buf, const struct stk_comparison *comparison)
{
	stk_buf_add_text(buf, "perf/");
	stk_finding_add_clean(buf, comparison->short_name, NAME_WIDTH);
	stk_buf_add_text(buf, "-regression");
}

static struct stk_json *write_rule(const struct stk_comparison *comparison)
{
	struct stk_json *rule = stk_json_new_object(), *level = stk_json_new_object();
	struct stk_json *properties = stk_json_new_object(), *tags = stk_json_new_array();
	struct stk_buf text = STK_BUF_EMPTY;

	add_rule_id(&text, comparison);
	stk_json_put(rule, "id", stk_json_new_str(stk_buf_str(&text)));
	stk_buf_clear(&text);
	stk_finding_add_clean(&text, stk_parts_type_words(comparison), NAME_WIDTH);
	stk_buf_add_text(&text, " grew");
	stk_json_put(rule, "shortDescription", write_message(stk_buf_str(&text)));
	stk_buf_add_text(&text,
		" between base and head under the same load, by more than chance and the smallest "
		"change that counts allow");
	stk_json_put(rule, "fullDescription", write_message(stk_buf_str(&text)));
	stk_json_put(rule, "help",
		write_message(
			STK_STR("Open the report of the run: it has interval, flame graph and "
				"the changed lines.")));
	stk_json_put(level, "level", stk_json_new_text("warning"));
	stk_json_put(rule, "defaultConfiguration", level);
	stk_json_push(tags, stk_json_new_text("performance"));
	stk_json_put(properties, "tags", tags);
	stk_json_put(rule, "properties", properties);
	stk_buf_release(&text);
	return rule;
}

static struct stk_json *write_location(const struct stk_finding_place *place)
{
	struct stk_json *location = stk_json_new_object(), *physical = stk_json_new_object();
	struct stk_json *artifact = stk_json_new_object(), *region = stk_json_new_object();
	struct stk_buf url = STK_BUF_EMPTY;

	stk_repo_path_add_url(&url, place->path);
	stk_json_put(artifact, "uri", stk_json_new_str(stk_buf_str(&url)));
	stk_json_put(region, "startLine", stk_json_new_int(place->line));
	stk_json_put(physical, "artifactLocation", artifact);
	stk_json_put(physical, "region", region);
	stk_json_put(location, "physicalLocation", physical);
	stk_buf_release(&url);
	return location;
}

static struct stk_json *write_result(
	const struct stk_doc_finding *finding, const struct stk_finding_place *place)
{
	struct stk_json *result = stk_json_new_object(), *prints = stk_json_new_object();
	struct stk_json *locations = stk_json_new_array();
	struct stk_buf text = STK_BUF_EMPTY;

	add_rule_id(&text, finding->comparison);
	stk_json_put(result, "ruleId", stk_json_new_str(stk_buf_str(&text)));
	stk_json_put(result, "level", stk_json_new_text("warning"));
	stk_buf_clear(&text);
	stk_finding_add_text(finding, &text);
	stk_json_put(result, "message", write_message(stk_buf_str(&text)));
	stk_json_push(locations, write_location(place));
	stk_json_put(result, "locations", locations);
	stk_buf_clear(&text);
	stk_finding_add_print(finding, &text);
	stk_json_put(prints, "stokerFunction/v1", stk_json_new_str(stk_buf_str(&text)));
	stk_json_put(result, "partialFingerprints", prints);
	stk_buf_release(&text);
	return result;
}

static struct stk_json *write_results(const struct stk_doc *doc)
{
	struct stk_json *array = stk_json_new_array();
	struct stk_finding_place place;

	for (size_t i = 0; i < doc->findings.len && stk_json_len(array) < RESULTS_MAX; i++)
		if (stk_finding_is_open(&doc->findings.items[i]) &&
			stk_finding_place(doc->findings.items[i].row, &place))
			stk_json_push(array, write_result(&doc->findings.items[i], &place));
	return array;
}

static struct stk_json *write_tool(const struct stk_run *run)
{
	struct stk_json *tool = stk_json_new_object(), *driver = stk_json_new_object();
	struct stk_json *rules = stk_json_new_array();
	struct stk_map seen = STK_MAP_INIT;

	for (size_t i = 0; i < run->comparisons.len; i++) {
		const struct stk_comparison *comparison = &run->comparisons.items[i];
		bool is_new;
		(void)stk_map_put(&seen, stk_str_of(comparison->short_name), &is_new);
		if (is_new)
			stk_json_push(rules, write_rule(comparison));
	}
	stk_map_release(&seen);
	stk_json_put(driver, "name", stk_json_new_text("stoker"));
	stk_json_put(driver, "version", stk_json_new_text(stk_version()));
	stk_json_put(driver, "rules", rules);
	stk_json_put(tool, "driver", driver);
	return tool;
}

static struct stk_json *write_invocations(const struct stk_run *run)
{
	struct stk_json *array = stk_json_new_array(), *one = stk_json_new_object();
	bool could_tell = run->verdict != STK_VERDICT_INCONCLUSIVE && !run->partial.is_partial;

	stk_json_put(one, "executionSuccessful", stk_json_new_bool(could_tell));
	stk_json_push(array, one);
	return array;
}

void stk_sarif_format(const struct stk_doc *doc, struct stk_buf *buf)
{
	struct stk_json *log = stk_json_new_object(), *runs = stk_json_new_array();
	struct stk_json *one = stk_json_new_object(), *details = stk_json_new_object();
	struct stk_buf id = STK_BUF_EMPTY;

	stk_buf_add_text(&id, "stoker/");
	stk_finding_add_clean(&id, doc->run->name, NAME_WIDTH);
	stk_buf_add_byte(&id, '/');
	stk_json_put(details, "id", stk_json_new_str(stk_buf_str(&id)));
	stk_json_put(one, "tool", write_tool(doc->run));
	stk_json_put(one, "automationDetails", details);
	stk_json_put(one, "invocations", write_invocations(doc->run));
	stk_json_put(one, "results", write_results(doc));
	stk_json_push(runs, one);
	stk_json_put(
		log, "$schema", stk_json_new_text("https://json.schemastore.org/sarif-2.1.0.json"));
	stk_json_put(log, "version", stk_json_new_text("2.1.0"));
	stk_json_put(log, "runs", runs);
	stk_json_format(log, STK_JSON_INDENT, buf);
	stk_buf_add_byte(buf, '\n');
	stk_json_free(log);
	stk_buf_release(&id);
}
