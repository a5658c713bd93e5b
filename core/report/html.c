/* html: puts the page together: policy, style, sections, data, scripts. */
#include "core/report/html.h"

#include <string.h>

#include "core/base/base64.h"
#include "core/base/crypto.h"
#include "core/base/gzip.h"
#include "core/base/units.h"
#include "core/report/html_priv.h"
#include "core/report/html_text.h"
#include "core/report/page_files.h"

/* Data above this is packed. */
#define PACK_BYTES ((size_t)1 << 20)
/* Named in one command. */
enum { COMMAND_FILES_MAX = 60 };

/* --- the document's sections ------------------------------------------------------------- */

static const char *tone_class(enum stk_doc_tone tone)
{
	static const char *const classes[] = {"", "strong", "bad", "good", "warn", "info", "dim"};

	return classes[tone];
}

static void add_cell(
	const struct stk_doc_column *column, const struct stk_doc_cell *cell, struct stk_buf *buf)
{
	stk_buf_addf(buf, "<td class=\"%s %s\">%s", column->align == STK_DOC_RIGHT ? "n" : "",
		tone_class(cell->tone), column->is_code ? "<bdi class=\"fn\">" : "");
	if (cell->hi)
		stk_buf_add_byte(buf, '[');
	stk_html_add_text(buf, stk_str_of(cell->text));
	if (cell->hi) {
		stk_buf_add_text(buf, ", ");
		stk_html_add_text(buf, stk_str_of(cell->hi));
		stk_buf_add_byte(buf, ']');
	}
	stk_buf_addf(buf, "%s</td>", column->is_code ? "</bdi>" : "");
}

static void add_table(const struct stk_doc_table *table, struct stk_buf *buf)
{
	stk_buf_add_text(buf, "<div class=\"scroll\" tabindex=\"0\"><table><thead><tr>");
	for (size_t i = 0; i < table->columns_len; i++) {
		const char *title = table->columns[i].title;
		bool is_right = table->columns[i].align == STK_DOC_RIGHT;

		stk_buf_addf(buf, title[0] ? "<th scope=\"col\"%s>" : "<td%s>",
			is_right ? " class=\"n\"" : "");
		stk_html_add_text(buf, stk_str_of(title));
		stk_buf_add_text(buf, title[0] ? "</th>" : "</td>");
	}
	stk_buf_add_text(buf, "</tr></thead><tbody>\n");
	for (size_t i = 0; i < table->rows.len; i++) {
		stk_buf_add_text(buf, "<tr>");
		for (size_t j = 0; j < table->columns_len; j++)
			add_cell(&table->columns[j], &table->rows.items[i].cells[j], buf);
		stk_buf_add_text(buf, "</tr>\n");
	}
	stk_buf_add_text(buf, "</tbody></table></div>\n");
}

/* A figure and its "%" stay on one line. */
static void add_words(struct stk_buf *buf, struct stk_str text)
{
	for (ptrdiff_t at; (at = stk_str_find(text, STK_STR(" %"))) >= 0;) {
		stk_html_add_text(buf, stk_str_sub(text, 0, (size_t)at));
		stk_buf_add_text(buf, "&nbsp;%");
		text = stk_str_skip(text, (size_t)at + 2);
	}
	stk_html_add_text(buf, text);
}

/* A label that says what the title above it says is left out. */
static void add_line(const char *title, const struct stk_doc_line *line, struct stk_buf *buf)
{
	bool is_said = title && strcmp(title, line->label) == 0;

	stk_buf_addf(buf, "<div class=\"line%s\"><b class=\"%s\">", line->is_under ? " under" : "",
		tone_class(line->label_tone));
	stk_html_add_text(buf, stk_str_of(is_said ? "" : line->label));
	stk_buf_addf(buf, "</b><span class=\"%s%s\">", tone_class(line->text_tone),
		line->is_fixed ? " fixed" : "");
	if (line->url)
		stk_buf_add_text(buf, "<a rel=\"noreferrer noopener\" href=\"");
	stk_html_add_text(buf, stk_str_of(line->url));
	if (line->url)
		stk_buf_add_text(buf, "\">");
	add_words(buf, stk_str_of(line->text));
	stk_buf_add_text(buf, line->url ? "</a></span></div>\n" : "</span></div>\n");
}

void stk_html_add_section(const struct stk_doc_section *section, size_t first, struct stk_buf *buf)
{
	for (size_t i = first; i < section->blocks.len; i++) {
		const struct stk_doc_block *block = &section->blocks.items[i];
		if (block->kind == STK_DOC_TABLE)
			add_table(&block->table, buf);
		else
			add_line(section->title, &block->line, buf);
	}
}

/* A threshold that was crossed is part of the verdict. */
static bool is_crossed(const struct stk_doc_section *section)
{
	return strcmp(section->id, "thresholds") == 0 && !section->is_detail;
}

/* Sections that the page shows in a form or at a place of its own. */
static bool is_own(const struct stk_doc *doc, const struct stk_doc_section *section)
{
	const struct stk_run *run = doc->run;

	if (strcmp(section->id, "verdict") == 0 || strcmp(section->id, "renamed") == 0 ||
		strcmp(section->id, "unseen") == 0 || is_crossed(section) ||
		strncmp(section->id, "hotspots-", 9) == 0)
		return true;
	for (size_t i = 0; i < run->comparisons.len; i++)
		if (strcmp(section->id, run->comparisons.items[i].short_name) == 0)
			return true;
	return false;
}

static void add_titled(const struct stk_doc_section *section, struct stk_buf *buf)
{
	bool details = section->is_detail;

	stk_buf_add_text(buf, details ? "<details><summary>" : "<section><h2>");
	stk_html_add_text(buf, stk_str_of(section->title ? section->title : section->id));
	stk_buf_add_text(buf, details ? "</summary>" : "</h2>");
	stk_html_add_section(section, 0, buf);
	stk_buf_add_text(buf, details ? "</details>\n" : "</section>\n");
}

static void add_sections(const struct stk_doc *doc, bool details, struct stk_buf *buf)
{
	for (size_t i = 1; i < doc->sections.len; i++) {
		const struct stk_doc_section *section = &doc->sections.items[i];
		if (section->blocks.len > 0 && !is_own(doc, section) &&
			section->is_detail == details)
			add_titled(section, buf);
	}
}

static void add_crossed(const struct stk_doc *doc, struct stk_buf *buf)
{
	for (size_t i = 1; i < doc->sections.len; i++)
		if (is_crossed(&doc->sections.items[i]))
			add_titled(&doc->sections.items[i], buf);
}

static void add_unseen(const struct stk_doc *doc, struct stk_buf *buf)
{
	for (size_t i = 0; i < doc->sections.len; i++)
		if (strcmp(doc->sections.items[i].id, "unseen") == 0)
			stk_html_add_section(&doc->sections.items[i], 0, buf);
}

/* --- scripts and data --------------------------------------------------------------------- */

static void add_files(const char *suffix, struct stk_buf *buf)
{
	for (const struct stk_embedded_file *file = stk_page_files; file->path; file++)
		if (stk_str_ends(stk_str_of(file->path), suffix))
			stk_buf_add(buf, file->text, file->len);
}

static void add_hash(struct stk_str text, struct stk_buf *buf)
{
	unsigned char digest[STK_SHA256_BYTES];

	stk_crypto_digest(STK_DIGEST_SHA256, text, digest);
	stk_buf_add_text(buf, "'sha256-");
	stk_base64_add(buf, stk_str_n((const char *)digest, sizeof digest));
	stk_buf_add_byte(buf, '\'');
}

static void add_policy(struct stk_str style, struct stk_str script, struct stk_buf *buf)
{
	stk_buf_add_text(buf, "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src "
			      "'none'; base-uri 'none'; form-action 'none'; img-src data:; "
			      "style-src ");
	add_hash(style, buf);
	stk_buf_add_text(buf, "; script-src ");
	add_hash(script, buf);
	stk_buf_add_text(buf, "\">\n");
}

/* Takes the value over. */
static void add_data(const char *id, struct stk_json *value, struct stk_buf *buf)
{
	struct stk_buf text = STK_BUF_EMPTY, packed = STK_BUF_EMPTY;

	stk_html_add_json(&text, value);
	stk_json_free(value);
	bool pack =
		text.len > PACK_BYTES && stk_gzip_pack(stk_buf_str(&text), 9, &packed, NULL) == 0;
	stk_buf_addf(buf, "<script type=\"application/json\" id=\"%s\"%s>", id,
		pack ? " data-packed=\"gzip\"" : "");
	if (pack)
		stk_base64_add(buf, stk_buf_str(&packed));
	else
		stk_buf_add_str(buf, stk_buf_str(&text));
	stk_buf_add_text(buf, "</script>\n");
	stk_buf_release(&text);
	stk_buf_release(&packed);
}

/* --- the page ----------------------------------------------------------------------------- */

/* "2026-11-22 14:38 UTC" */
static void add_time(int64_t wall_ns, struct stk_buf *buf)
{
	struct stk_buf text = STK_BUF_EMPTY;

	stk_units_format_rfc3339(&text, wall_ns);
	stk_html_add_text(buf, stk_str_sub(stk_buf_str(&text), 0, 10));
	stk_buf_add_byte(buf, ' ');
	stk_html_add_text(buf, stk_str_sub(stk_buf_str(&text), 11, 5));
	stk_buf_add_text(buf, " UTC");
	stk_buf_release(&text);
}

static void add_top(
	struct stk_doc *doc, struct stk_str style, struct stk_str script, struct stk_buf *buf)
{
	stk_buf_add_text(
		buf, "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
	add_policy(style, script, buf);
	stk_buf_add_text(buf,
		"<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
		"<meta name=\"color-scheme\" content=\"light dark\">\n<title>");
	stk_html_add_text(buf, stk_str_of(doc->headline));
	stk_buf_add_text(buf, " · ");
	stk_html_add_text(buf, stk_str_of(doc->run->name));
	stk_buf_add_text(buf, " · stoker</title>\n<style>");
	stk_buf_add_str(buf, style);
	stk_buf_add_text(
		buf, "</style>\n</head>\n<body>\n<header><p class=\"brand\"><b>stoker</b> ");
	stk_html_add_text(buf, stk_str_of(doc->run->name));
	stk_buf_add_text(buf, " · ");
	add_time(doc->run->start_ns, buf);
	stk_buf_add_text(buf, "</p>\n");
	stk_html_add_verdict(doc, buf);
	stk_buf_add_text(buf, "</header>\n<main>\n");
}

static void add_functions(struct stk_doc *doc, struct stk_buf *buf)
{
	const struct stk_run *run = doc->run;

	if (run->comparisons.len + run->hotspots.len == 0)
		return;
	stk_buf_add_text(buf, "<section id=\"functions\"><h2>Functions</h2>\n"
			      "<div class=\"tools\" id=\"table-tools\" hidden></div>\n");
	for (size_t i = 0; i < run->comparisons.len; i++)
		stk_html_add_functions(doc, &run->comparisons.items[i], buf);
	for (size_t i = 0; i < run->hotspots.len; i++)
		stk_html_add_hotspots(doc, &run->hotspots.items[i], buf);
	add_unseen(doc, buf);
	stk_buf_add_text(buf, "</section>\n");
}

/* Files of one side that end with a number: the shell adds the others. */
static void add_pattern(const char *name, struct stk_buf *buf)
{
	struct stk_str file = stk_str_of(name);
	ptrdiff_t dash = stk_str_rfind_byte(file, '-');

	stk_html_add_text(buf, stk_str_sub(file, 0, dash < 0 ? 0 : (size_t)dash));
	stk_buf_add_text(buf, "-*.pb.gz");
}

/* Both sides beside each other. */
static void add_difference(
	const struct stk_run *run, const struct stk_comparison *one, struct stk_buf *buf)
{
	const char *sides[] = {NULL, NULL};

	for (size_t i = 0; i < run->slices.len; i++) {
		const struct stk_slice *slice = &run->slices.items[i];
		if (slice->side >= 0 && slice->counted && slice->file &&
			strcmp(slice->type_id, one->type_id) == 0 && !sides[slice->side])
			sides[slice->side] = slice->file;
	}
	if (!sides[STK_SIDE_BASE] || !sides[STK_SIDE_HEAD])
		return;
	stk_buf_add_text(buf, "<pre>go tool pprof -http=: $(printf ' -diff_base=%s' ");
	add_pattern(sides[STK_SIDE_BASE], buf);
	stk_buf_add_text(buf, ") ");
	add_pattern(sides[STK_SIDE_HEAD], buf);
	stk_buf_add_text(buf, "</pre>\n");
}

/* True of a slice that lies in a window in which requests were sent. */
static bool is_under_load(const struct stk_run *run, const struct stk_slice *slice)
{
	for (size_t i = 0; i < run->windows.len; i++) {
		const struct stk_window *window = &run->windows.items[i];
		if (window->kind == STK_WINDOW_LOAD && slice->start_ns >= window->start_ns &&
			slice->end_ns <= window->end_ns)
			return true;
	}
	return false;
}

/* The slices that the hotspots are of, by name: those of the idle window have the same pattern. */
static void add_spots(
	const struct stk_run *run, const struct stk_hotspots *one, struct stk_buf *buf)
{
	size_t len = buf->len;
	int named = 0;

	stk_buf_add_text(buf, "<pre>go tool pprof -http=:");
	for (size_t i = 0; i < run->slices.len && named < COMMAND_FILES_MAX; i++) {
		const struct stk_slice *slice = &run->slices.items[i];
		if (!slice->counted || !slice->file || strcmp(slice->type_id, one->type_id) != 0 ||
			!is_under_load(run, slice))
			continue;
		stk_buf_add_byte(buf, ' ');
		stk_html_add_text(buf, stk_str_of(slice->file));
		named++;
	}
	stk_buf_add_text(buf, "</pre>\n");
	if (named == 0)
		stk_buf_truncate(buf, len);
}

static void add_commands(const struct stk_run *run, struct stk_buf *buf)
{
	bool is_compared = run->comparisons.len > 0;
	size_t len;

	stk_buf_add_text(buf, "<details><summary>Open it elsewhere</summary>"
			      "<div id=\"exports\"></div>");
	len = buf->len;
	for (size_t i = 0; i < run->comparisons.len; i++)
		add_difference(run, &run->comparisons.items[i], buf);
	for (size_t i = 0; i < run->hotspots.len && !is_compared; i++)
		add_spots(run, &run->hotspots.items[i], buf);
	if (is_compared || buf->len > len)
		stk_buf_addf(buf, "<p class=\"dim\">In the folder of the record; %s</p>",
			is_compared ? "all slices of a side together, also those of the warm-up."
				    : "the slices of the load, idle cost included.");
	stk_buf_add_text(buf, "</details>\n");
}

void stk_html_format(struct stk_doc *doc, const struct stk_flames *flames, struct stk_buf *buf)
{
	struct stk_buf style = STK_BUF_EMPTY, script = STK_BUF_EMPTY;

	add_files(".css", &style);
	add_files(".js", &script);
	add_top(doc, stk_buf_str(&style), stk_buf_str(&script), buf);
	add_crossed(doc, buf);
	if (doc->run->windows.len > 0) {
		stk_buf_add_text(
			buf, "<section id=\"time\"><h2>Time</h2><div id=\"time-chart\"></div>\n");
		stk_html_add_windows(doc->run, buf);
		stk_buf_add_text(buf, "</section>\n");
	}
	add_functions(doc, buf);
	if (flames && flames->len > 0)
		stk_buf_add_text(buf, "<section id=\"flame\"><h2>Flame graph</h2><div "
				      "id=\"flame-view\"><p class=\"dim\">Drawn by a script, which "
				      "does not run here. The table above has the same "
				      "functions.</p></div></section>\n");
	add_sections(doc, false, buf);
	add_sections(doc, true, buf);
	if (doc->run->comparisons.len + doc->run->hotspots.len > 0)
		add_commands(doc->run, buf);
	stk_buf_add_text(buf, "</main>\n");
	add_data("data", stk_html_data(doc), buf);
	add_data("flames", stk_html_flames(doc->run, flames), buf);
	stk_buf_add_text(buf, "<script>");
	stk_buf_add_str(buf, stk_buf_str(&script));
	stk_buf_add_text(buf, "</script>\n</body>\n</html>\n");
	stk_buf_release(&style);
	stk_buf_release(&script);
}
