/* help: --help texts, docs/cli.md and man pages from the tables of commands and options. */
#include "cmd/help.h"

#include <string.h>

#include "cmd/exit.h"
#include "core/base/mem.h"

enum { HELP_WIDTH = 80, OPTION_COLUMN = 30, COMMAND_COLUMN = 12 };

void stk_help_format_wrapped(struct stk_buf *buf, const char *text, size_t indent, size_t width)
{
	struct stk_str rest = stk_str_of(text), word;
	size_t used = 0;

	while (stk_str_cut(&rest, ' ', &word)) {
		if (word.len == 0)
			continue;
		if (used > 0 && used + 1 + word.len > width) {
			stk_buf_add_byte(buf, '\n');
			used = 0;
		}
		if (used == 0) {
			stk_buf_add_fill(buf, ' ', indent);
			used = indent;
		} else {
			stk_buf_add_byte(buf, ' ');
			used++;
		}
		stk_buf_add_str(buf, word);
		used += word.len;
	}
	stk_buf_add_byte(buf, '\n');
}

/* "-u, --vus N" */
static void add_option_name(const struct stk_opts_row *row, struct stk_buf *buf)
{
	if (row->letter)
		stk_buf_addf(buf, "-%c, ", row->letter);
	stk_buf_addf(buf, "--%s", row->name);
	if (row->word)
		stk_buf_addf(buf, " %s", row->word);
}

/* The row's sentence with allowed values, default and whether it may be repeated. */
static void add_option_text(const struct stk_opts_row *row, struct stk_buf *buf)
{
	stk_buf_add_text(buf, row->help);
	if (row->type == STK_OPTS_CHOICE && row->values) {
		struct stk_str rest = stk_str_of(row->values), word;
		const char *before = ": ";
		while (stk_str_cut(&rest, '|', &word)) {
			stk_buf_addf(buf, "%s%.*s", before, STK_STR_ARG(word));
			before = ", ";
		}
	}
	if (row->type == STK_OPTS_LIST)
		stk_buf_add_text(buf, " (may be repeated)");
	if (row->standard)
		stk_buf_addf(buf, " [%s]", row->standard);
}

void stk_opts_format_help(const struct stk_opts_row *rows, struct stk_buf *buf)
{
	static const struct stk_opts_row help = {
		.name = "help", .letter = 'h', .help = "show this text"};
	const struct stk_opts_row *row = rows;
	struct stk_buf text = STK_BUF_EMPTY;

	for (bool last = false; !last;) {
		last = !row || !row->name;
		const struct stk_opts_row *shown = last ? &help : row++;
		if (shown->hidden)
			continue;
		size_t start = buf->len;
		stk_buf_add_text(buf, shown->letter ? "  " : "      ");
		add_option_name(shown, buf);
		size_t used = buf->len - start;
		stk_buf_clear(&text);
		add_option_text(shown, &text);
		if (used + 2 > OPTION_COLUMN)
			stk_buf_add_byte(buf, '\n');
		size_t from = buf->len;
		stk_help_format_wrapped(buf, text.ptr, OPTION_COLUMN, HELP_WIDTH);
		/* The first line of the text shares the line of the name. */
		if (used + 2 <= OPTION_COLUMN && buf->len >= from + used) {
			memmove(buf->ptr + from, buf->ptr + from + used, buf->len - from - used);
			stk_buf_truncate(buf, buf->len - used);
		}
	}
	stk_buf_release(&text);
}

/* Paragraphs, blank lines between. */
static void add_paragraphs(struct stk_buf *buf, const char *text, size_t indent, size_t width)
{
	struct stk_str rest = stk_str_of(text), line;

	while (text && stk_str_cut(&rest, '\n', &line)) {
		char *copy = stk_str_dup(line);
		if (line.len > 0)
			stk_help_format_wrapped(buf, copy, indent, width);
		else
			stk_buf_add_byte(buf, '\n');
		free(copy);
	}
}

/* "command  # what it does": what it does stands above, so that lines stay short. */
static void add_examples(struct stk_buf *buf, const char *examples)
{
	struct stk_str rest = stk_str_of(examples), line;

	stk_buf_add_text(buf, "\nExamples:\n");
	while (stk_str_cut(&rest, '\n', &line)) {
		ptrdiff_t at = stk_str_find(line, STK_STR("  # "));
		if (at >= 0) {
			struct stk_str why = stk_str_skip(line, (size_t)at + 2);
			stk_buf_addf(buf, "  %.*s\n", STK_STR_ARG(why));
			line = stk_str_sub(line, 0, (size_t)at);
		}
		stk_buf_addf(buf, "  %.*s\n", STK_STR_ARG(line));
	}
}

void stk_cmd_format_help(const struct stk_command *command, struct stk_buf *buf)
{
	stk_buf_addf(buf, "Usage: stoker %s %s\n\n", command->name, command->synopsis);
	if (command->about) {
		add_paragraphs(buf, command->about, 0, HELP_WIDTH);
	} else {
		stk_buf_addf(buf, "%s\n", command->summary);
	}
	stk_buf_add_text(buf, "\nOptions:\n");
	stk_opts_format_help(command->options, buf);
	if (command->examples)
		add_examples(buf, command->examples);
}

static void add_exit_codes(struct stk_buf *buf, const char *format)
{
	for (const struct stk_exit_row *row = stk_exit_rows; row->meaning; row++) {
		char code[16];
		(void)snprintf(code, sizeof code, "%d", row->code);
		if (strcmp(format, "man") == 0)
			stk_buf_addf(buf, ".TP\n%s\n%s\n", code, row->meaning);
		else if (strcmp(format, "markdown") == 0)
			stk_buf_addf(buf, "| %s | %s |\n", code, row->meaning);
		else
			stk_buf_addf(buf, "  %-4s %s\n", code, row->meaning);
	}
}

void stk_help_format_list(struct stk_buf *buf)
{
	stk_buf_add_text(buf, "Usage: stoker COMMAND [options]\n\n"
			      "Load-tests a service, reads its profiler, and says which functions "
			      "got dearer\nper request, by how much, and how sure it is.\n\n"
			      "Commands:\n");
	for (size_t i = 0; stk_cmd_table[i]; i++)
		if (!stk_cmd_table[i]->hidden)
			stk_buf_addf(buf, "  %-*s%s\n", COMMAND_COLUMN, stk_cmd_table[i]->name,
				stk_cmd_table[i]->summary);
	stk_buf_add_text(buf, "\nstoker COMMAND --help shows the options of one.\n"
			      "\nExit codes, the highest line wins:\n");
	add_exit_codes(buf, "text");
}

/* A cell of a Markdown table: | would end it, < would start HTML. */
static void add_cell(struct stk_buf *buf, const char *text)
{
	for (const char *at = text; *at; at++) {
		if (*at == '|')
			stk_buf_add_text(buf, "\\|");
		else if (*at == '<')
			stk_buf_add_text(buf, "&lt;");
		else
			stk_buf_add_byte(buf, *at);
	}
}

static void add_markdown_command(const struct stk_command *command, struct stk_buf *buf)
{
	struct stk_buf text = STK_BUF_EMPTY;

	stk_buf_addf(buf, "\n## stoker %s\n\n", command->name);
	stk_buf_addf(buf, "```\nstoker %s %s\n```\n\n", command->name, command->synopsis);
	if (command->about)
		stk_buf_addf(buf, "%s\n", command->about);
	else
		stk_buf_addf(buf, "%s.\n", command->summary);
	if (command->options && command->options->name) {
		stk_buf_add_text(buf, "\n| option | meaning |\n|---|---|\n");
		for (const struct stk_opts_row *row = command->options; row->name; row++) {
			if (row->hidden)
				continue;
			stk_buf_add_text(buf, "| `");
			add_option_name(row, buf);
			stk_buf_add_text(buf, "` | ");
			stk_buf_clear(&text);
			add_option_text(row, &text);
			add_cell(buf, text.ptr);
			stk_buf_add_text(buf, " |\n");
		}
	}
	if (command->examples)
		stk_buf_addf(buf, "\n```\n%s\n```\n", command->examples);
	stk_buf_release(&text);
}

void stk_help_format_markdown(struct stk_buf *buf)
{
	stk_buf_add_text(buf, "# Commands\n\n<!-- Written by `make docs` from the option tables in "
			      "cmd/; edit those. -->\n\nWhat is asked for goes to stdout, talk and "
			      "progress to stderr. `-` is stdin where a file is read.\n\n"
			      "| command | does |\n|---|---|\n");
	for (size_t i = 0; stk_cmd_table[i]; i++)
		if (!stk_cmd_table[i]->hidden)
			stk_buf_addf(buf, "| [`%s`](#stoker-%s) | %s |\n", stk_cmd_table[i]->name,
				stk_cmd_table[i]->name, stk_cmd_table[i]->summary);
	stk_buf_add_text(buf, "\n## Exit codes\n\nThe highest line wins.\n\n"
			      "| code | meaning |\n|--:|---|\n");
	add_exit_codes(buf, "markdown");
	for (size_t i = 0; stk_cmd_table[i]; i++)
		if (!stk_cmd_table[i]->hidden)
			add_markdown_command(stk_cmd_table[i], buf);
}

/* roff: a backslash is \e, a line must not start with a dot or quote, - is a hyphen. */
static void add_roff(struct stk_buf *buf, const char *text)
{
	bool line_start = true;

	for (const char *at = text; at && *at; at++) {
		if (line_start && (*at == '.' || *at == '\''))
			stk_buf_add_text(buf, "\\&");
		if (*at == '\\')
			stk_buf_add_text(buf, "\\e");
		else if (*at == '-')
			stk_buf_add_text(buf, "\\-");
		else if (*at == '\n' && at[1] == '\n')
			stk_buf_add_text(buf, "\n.PP"), line_start = false;
		else
			stk_buf_add_byte(buf, *at);
		line_start = *at == '\n';
	}
}

static void add_man_options(const struct stk_opts_row *rows, struct stk_buf *buf)
{
	struct stk_buf text = STK_BUF_EMPTY;

	for (const struct stk_opts_row *row = rows; row && row->name; row++) {
		if (row->hidden)
			continue;
		stk_buf_add_text(buf, ".TP\n.B ");
		stk_buf_clear(&text);
		add_option_name(row, &text);
		add_roff(buf, text.ptr);
		stk_buf_add_byte(buf, '\n');
		stk_buf_clear(&text);
		add_option_text(row, &text);
		add_roff(buf, text.ptr);
		stk_buf_add_byte(buf, '\n');
	}
	stk_buf_release(&text);
}

static void add_man_command(const struct stk_command *command, struct stk_buf *buf)
{
	stk_buf_addf(
		buf, ".TH STOKER\\-%s 1\n.SH NAME\nstoker\\-%s \\- ", command->name, command->name);
	add_roff(buf, command->summary);
	stk_buf_addf(buf, "\n.SH SYNOPSIS\n.B stoker %s\n", command->name);
	add_roff(buf, command->synopsis);
	stk_buf_add_text(buf, "\n.SH DESCRIPTION\n");
	add_roff(buf, command->about ? command->about : command->summary);
	stk_buf_add_text(buf, "\n.SH OPTIONS\n");
	add_man_options(command->options, buf);
	if (command->examples) {
		stk_buf_add_text(buf, ".SH EXAMPLES\n.nf\n");
		add_roff(buf, command->examples);
		stk_buf_add_text(buf, "\n.fi\n");
	}
	stk_buf_add_text(buf, ".SH EXIT STATUS\n");
	add_exit_codes(buf, "man");
	stk_buf_add_text(buf, ".SH SEE ALSO\n.BR stoker (1)\n");
}

void stk_help_format_man(const struct stk_command *command, struct stk_buf *buf)
{
	if (command) {
		add_man_command(command, buf);
		return;
	}
	stk_buf_add_text(buf,
		".TH STOKER 1\n.SH NAME\nstoker \\- load test, profile, verdict\n"
		".SH SYNOPSIS\n.B stoker\n.I COMMAND\n[options]\n.SH DESCRIPTION\n"
		"Load\\-tests a service, reads its profiler, and says which functions "
		"got dearer per request, by how much, and how sure it is.\n"
		".SH COMMANDS\n");
	for (size_t i = 0; stk_cmd_table[i]; i++) {
		if (stk_cmd_table[i]->hidden)
			continue;
		stk_buf_addf(buf, ".TP\n.BR stoker\\-%s (1)\n", stk_cmd_table[i]->name);
		add_roff(buf, stk_cmd_table[i]->summary);
		stk_buf_add_byte(buf, '\n');
	}
	stk_buf_add_text(buf, ".SH EXIT STATUS\nThe highest line wins.\n");
	add_exit_codes(buf, "man");
}

/* --- the command --------------------------------------------------------------- */

struct help_opts {
	bool markdown, man;
};

/* clang-format off */
static const struct stk_opts_row help_rows[] = {
	{ "markdown", 0, STK_OPTS_FLAG, offsetof(struct help_opts, markdown), NULL, "print docs/cli.md", NULL, NULL, 0, 0, false, NULL },
	{ "man", 0, STK_OPTS_FLAG, offsetof(struct help_opts, man), NULL, "print a man page", NULL, NULL, 0, 0, false, NULL },
	{ .name = NULL },
};
/* clang-format on */

extern const struct stk_command stk_cmd_help;

static int help_print(
	struct stk_env *env, const struct help_opts *opts, const struct stk_opts_args *args)
{
	const struct stk_command *command = NULL;
	struct stk_buf buf = STK_BUF_EMPTY;
	struct stk_err err = STK_ERR_INIT;

	if (args->items.len > 0 && !(command = stk_cmd_find(args->items.items[0]))) {
		stk_err_set(&err, STK_E_INVAL, "unknown command '%s'", args->items.items[0]);
		return stk_opts_fail(env, &err);
	}
	if (opts->markdown)
		stk_help_format_markdown(&buf);
	else if (opts->man)
		stk_help_format_man(command, &buf);
	else if (command)
		stk_cmd_format_help(command, &buf);
	else
		stk_help_format_list(&buf);
	fputs(buf.ptr, env->out);
	stk_buf_release(&buf);
	return STK_EXIT_OK;
}

static int help_run(struct stk_env *env, int argc, char **argv)
{
	struct help_opts opts = {false, false};
	struct stk_opts_args args = {STK_VEC_INIT};

	int code = stk_opts_read(env, &stk_cmd_help, argc, argv, &opts, &args);
	if (code < 0)
		code = help_print(env, &opts, &args);
	stk_opts_release(help_rows, &opts, &args);
	return code;
}

const struct stk_command stk_cmd_help = {
	.name = "help",
	.summary = "this text, the options of a command, the manual",
	.synopsis = "[options] [COMMAND]",
	.options = help_rows,
	.run = help_run,
};
