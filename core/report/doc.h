/* doc: one report as a document: lines and tables with tones, made once, rendered many ways. */
#ifndef STK_CORE_REPORT_DOC_H
#define STK_CORE_REPORT_DOC_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/arena.h"
#include "core/base/buf.h"
#include "core/base/vec.h"
#include "core/record/run.h"

/* What a text means, not what colour it has. */
enum stk_doc_tone {
	STK_DOC_PLAIN,
	STK_DOC_STRONG,
	STK_DOC_BAD,
	STK_DOC_GOOD,
	STK_DOC_WARN,
	STK_DOC_INFO, /* moved, renamed */
	STK_DOC_DIM
};

/* Texts are UTF-8 and may hold anything a profile or a script named: a renderer escapes. */
struct stk_doc_cell {
	const char *text; /* never NULL */
	const char *hi;   /* an interval: text is its lower limit; else NULL */
	enum stk_doc_tone tone;
};

enum stk_doc_align { STK_DOC_LEFT, STK_DOC_RIGHT };

struct stk_doc_column {
	const char *title;
	enum stk_doc_align align;
	int drop;     /* 0 stays; else on narrow screens the highest goes first, below its row */
	bool is_code; /* a name of a program: cut in the middle if it must, quoted in Markdown */
};

enum { STK_DOC_COLUMNS_MAX = 8 };

struct stk_doc_row {
	struct stk_doc_cell cells[STK_DOC_COLUMNS_MAX];
};

struct stk_doc_table {
	struct stk_doc_column columns[STK_DOC_COLUMNS_MAX];
	size_t columns_len;
	STK_VEC(struct stk_doc_row) rows;
	bool is_indented; /* below the verdict, in line with its text */
	bool has_head;    /* column titles are shown */
};

/* A label at the left ("Latency") and text behind it. Both may be "". */
struct stk_doc_line {
	const char *label;
	const char *text;
	const char *url;   /* where text leads (stk_doc_is_url); NULL */
	const char *aside; /* to the right where there is room, else below; or NULL */
	enum stk_doc_tone label_tone, text_tone;
	bool is_under; /* belongs to the labelled line above */
	bool is_fixed; /* not to be wrapped (a drawing) */
};

enum stk_doc_kind { STK_DOC_LINE, STK_DOC_TABLE };

struct stk_doc_block {
	enum stk_doc_kind kind;
	struct stk_doc_line line;
	struct stk_doc_table table;
};

struct stk_doc_section {
	const char *id;    /* verdict, cpu, memory, load, trust, … */
	const char *title; /* for renderers with headings; NULL = none */
	bool is_detail;    /* folded where folding exists */
	bool has_gap;      /* a blank line before it on the terminal */
	STK_VEC(struct stk_doc_block) blocks;
};

/* A row that was judged, for machines: points into the run. */
struct stk_doc_finding {
	const struct stk_comparison *comparison;
	const struct stk_row *row;
};

/* The same for what is more than one function. */
struct stk_doc_group {
	struct stk_doc_finding finding;
	bool is_package; /* else a function with all it calls */
};

struct stk_doc {
	struct stk_arena arena;
	const struct stk_run *run; /* borrowed, must outlive the document */
	const char *headline;      /* REGRESSION, CANNOT TELL: …, … */
	enum stk_doc_tone tone;    /* of the headline */
	STK_VEC(struct stk_doc_section) sections;
	STK_VEC(struct stk_doc_finding) findings; /* regressions first, as in the tables */
	STK_VEC(struct stk_doc_group) groups;     /* what the findings do not explain */
};

/* The report of a run. */
void stk_doc_init(struct stk_doc *doc, const struct stk_run *run);
void stk_doc_release(struct stk_doc *doc);

/* --- for what fills a document; pointers are valid until the next one of its kind --- */
struct stk_doc_section *stk_doc_add_section(
	struct stk_doc *doc, const char *id, const char *title, bool is_detail);
struct stk_doc_line *stk_doc_add_line(
	struct stk_doc_section *section, const char *label, const char *text);
struct stk_doc_table *stk_doc_add_table(struct stk_doc_section *section);
void stk_doc_add_column(
	struct stk_doc_table *table, const char *title, enum stk_doc_align align, int drop);
/* A new row, all cells "". */
struct stk_doc_row *stk_doc_add_row(struct stk_doc_table *table);
/* Whether a record's text may be a link: http or https, and nothing that could end one. */
bool stk_doc_is_url(const char *text);
/* The buffer's text in the document's arena; empties the buffer. */
const char *stk_doc_take(struct stk_doc *doc, struct stk_buf *buf);
const char *stk_doc_textf(struct stk_doc *doc, const char *fmt, ...) STK_PRINTF(2, 3);

#endif
