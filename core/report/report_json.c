/* report_json: the document as JSON; costs in the type's unit, changes as fractions. */
#include "core/report/report_json.h"

#include "core/base/json.h"
#include "core/base/units.h"
#include "core/report/text.h"

static struct stk_json *write_function(const struct stk_function *function)
{
	struct stk_json *object = stk_json_new_object();

	stk_json_put(object, "name", stk_json_new_text(function->name));
	stk_json_put(object, "file", stk_json_new_text(function->file));
	stk_json_put(object, "line", stk_json_new_int(function->line));
	return object;
}

static struct stk_json *write_accepted(const struct stk_acceptance *accepted)
{
	struct stk_json *object = stk_json_new_object();
	struct stk_buf day = STK_BUF_EMPTY;

	stk_json_put(object, "reason", stk_json_new_text(accepted->reason));
	stk_json_put(object, "author", stk_json_new_text(accepted->author));
	if (accepted->until_ns > 0) /* the first moment after the last day */
		stk_units_format_rfc3339(&day, accepted->until_ns - 1);
	stk_json_put(object, "until",
		day.len ? stk_json_new_str(stk_str_sub(stk_buf_str(&day), 0, 10))
			: stk_json_new_null());
	stk_buf_release(&day);
	return object;
}

static struct stk_json *write_row(const struct stk_row *row, const char *unit)
{
	struct stk_json *object = write_function(&row->function);

	stk_json_put(object, "verdict", stk_json_new_text(stk_verdict_name(row->verdict)));
	stk_json_put(object, "reason", stk_json_new_text(row->reason));
	if (row->accepted.reason)
		stk_json_put(object, "accepted", write_accepted(&row->accepted));
	stk_json_put(object, "unit", stk_json_new_text(unit));
	stk_json_put(object, "base_cost", stk_json_new_real(row->base_cost));
	stk_json_put(object, "head_cost", stk_json_new_real(row->head_cost));
	stk_json_put(object, "change", stk_json_new_real(row->change));
	stk_json_put(object, "lo", stk_json_new_real(row->lo));
	stk_json_put(object, "hi", stk_json_new_real(row->hi));
	stk_json_put(object, "level", stk_json_new_real(row->level));
	stk_json_put(object, "q", stk_json_new_real(row->q));
	stk_json_put(object, "impact", stk_json_new_real(row->impact));
	stk_json_put(object, "n_base", stk_json_new_real(row->n_base));
	stk_json_put(object, "n_head", stk_json_new_real(row->n_head));
	return object;
}

static struct stk_json *write_findings(const struct stk_doc *doc)
{
	struct stk_json *array = stk_json_new_array();

	for (size_t i = 0; i < doc->findings.len; i++) {
		const struct stk_doc_finding *finding = &doc->findings.items[i];
		struct stk_json *object = write_row(finding->row, finding->comparison->unit);
		stk_json_put(object, "profile", stk_json_new_text(finding->comparison->short_name));
		stk_json_put(object, "partner",
			finding->row->partner.name ? write_function(&finding->row->partner)
						   : stk_json_new_null());
		stk_json_push(array, object);
	}
	return array;
}

static struct stk_json *write_groups(const struct stk_doc *doc)
{
	struct stk_json *array = stk_json_new_array();

	for (size_t i = 0; i < doc->groups.len; i++) {
		const struct stk_doc_group *group = &doc->groups.items[i];
		struct stk_json *object =
			write_row(group->finding.row, group->finding.comparison->unit);
		stk_json_put(object, "profile",
			stk_json_new_text(group->finding.comparison->short_name));
		stk_json_put(object, "kind",
			stk_json_new_text(group->is_package ? "package" : "inclusive"));
		stk_json_push(array, object);
	}
	return array;
}

static struct stk_json *write_totals(const struct stk_run *run)
{
	struct stk_json *array = stk_json_new_array();

	for (size_t i = 0; i < run->totals.len; i++) {
		struct stk_json *object =
			write_row(&run->totals.items[i].row, run->totals.items[i].unit);
		stk_json_put(object, "name", stk_json_new_text(run->totals.items[i].name));
		stk_json_push(array, object);
	}
	for (size_t i = 0; i < run->comparisons.len; i++) {
		const struct stk_comparison *comparison = &run->comparisons.items[i];
		struct stk_json *object = write_row(&comparison->total, comparison->unit);
		stk_json_put(object, "name", stk_json_new_text(comparison->short_name));
		stk_json_put(object, "sampled", stk_json_new_bool(true));
		stk_json_push(array, object);
	}
	return array;
}

static struct stk_json *write_table(const struct stk_doc_table *table)
{
	struct stk_json *object = stk_json_new_object();
	struct stk_json *columns = stk_json_new_array(), *rows = stk_json_new_array();

	for (size_t i = 0; i < table->columns_len; i++)
		stk_json_push(columns, stk_json_new_text(table->columns[i].title));
	for (size_t i = 0; i < table->rows.len; i++) {
		struct stk_json *row = stk_json_new_array();
		for (size_t j = 0; j < table->columns_len; j++) {
			const struct stk_doc_cell *cell = &table->rows.items[i].cells[j];
			struct stk_buf text = STK_BUF_EMPTY;
			if (cell->hi)
				stk_buf_addf(&text, "[%s, %s]", cell->text, cell->hi);
			else
				stk_buf_add_text(&text, cell->text);
			stk_json_push(row, stk_json_new_str(stk_buf_str(&text)));
			stk_buf_release(&text);
		}
		stk_json_push(rows, row);
	}
	stk_json_put(object, "columns", columns);
	stk_json_put(object, "rows", rows);
	return object;
}

static struct stk_json *write_section(const struct stk_doc_section *section)
{
	struct stk_json *object = stk_json_new_object();
	struct stk_json *lines = stk_json_new_array(), *tables = stk_json_new_array();

	for (size_t i = 0; i < section->blocks.len; i++) {
		const struct stk_doc_block *block = &section->blocks.items[i];
		if (block->kind == STK_DOC_TABLE) {
			stk_json_push(tables, write_table(&block->table));
			continue;
		}
		struct stk_json *line = stk_json_new_object();
		stk_json_put(line, "label", stk_json_new_text(block->line.label));
		stk_json_put(line, "text", stk_json_new_text(block->line.text));
		if (block->line.aside)
			stk_json_put(line, "aside", stk_json_new_text(block->line.aside));
		stk_json_push(lines, line);
	}
	stk_json_put(object, "id", stk_json_new_text(section->id));
	stk_json_put(object, "title", stk_json_new_text(section->title));
	stk_json_put(object, "lines", lines);
	stk_json_put(object, "tables", tables);
	return object;
}

void stk_report_json_format(const struct stk_doc *doc, struct stk_buf *buf)
{
	struct stk_buf text = STK_BUF_EMPTY;
	const struct stk_run *run = doc->run;
	struct stk_json *object = stk_json_new_object();
	struct stk_json *sections = stk_json_new_array();

	stk_json_put(object, "document", stk_json_new_text("stoker.report"));
	stk_json_put(object, "schema", stk_json_new_int(STK_REPORT_SCHEMA));
	stk_json_put(object, "run", stk_json_new_text(run->id));
	stk_json_put(object, "name", stk_json_new_text(run->name));
	stk_json_put(object, "mode", stk_json_new_text(stk_mode_name(run->mode)));
	stk_json_put(object, "verdict", stk_json_new_text(stk_verdict_name(run->verdict)));
	stk_json_put(object, "headline", stk_json_new_text(doc->headline));
	stk_json_put(object, "partial", stk_json_new_bool(run->partial.is_partial));
	stk_json_put(object, "exit_code", stk_json_new_int(run->exit_code));
	stk_json_put(object, "totals", write_totals(run));
	stk_json_put(object, "findings", write_findings(doc));
	stk_json_put(object, "groups", write_groups(doc));
	for (size_t i = 0; i < doc->sections.len; i++)
		if (doc->sections.items[i].blocks.len > 0)
			stk_json_push(sections, write_section(&doc->sections.items[i]));
	stk_json_put(object, "sections", sections);
	stk_json_format(object, STK_JSON_INDENT, &text);
	stk_text_add_json(buf, stk_buf_str(&text));
	stk_buf_release(&text);
	stk_buf_add_byte(buf, '\n');
	stk_json_free(object);
}
