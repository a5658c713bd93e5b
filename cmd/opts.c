/* opts: reads argv by a table of options. */
#include "cmd/opts.h"

#include <stdlib.h>
#include <string.h>

#include "cmd/cmd.h"
#include "cmd/exit.h"
#include "core/base/mem.h"
#include "core/base/units.h"
#include "core/report/text.h"

/* Names of one table, for the nearest one. */
enum { NAMES_MAX = 128 };

struct reader {
	const struct stk_opts_row *rows;
	char *base; /* the struct that is filled */
	int argc, at;
	char **argv;
	struct stk_opts_args *args;
};

static const struct stk_opts_row *find_long(const struct stk_opts_row *rows, struct stk_str name)
{
	for (const struct stk_opts_row *row = rows; row && row->name; row++)
		if (stk_str_is(name, row->name))
			return row;
	return NULL;
}

static const struct stk_opts_row *find_letter(const struct stk_opts_row *rows, char letter)
{
	for (const struct stk_opts_row *row = rows; row && row->name; row++)
		if (row->letter == letter)
			return row;
	return NULL;
}

static int unknown_option(const struct stk_opts_row *rows, struct stk_str name, struct stk_err *err)
{
	const struct stk_opts_row *last = rows;
	const char *names[NAMES_MAX];
	size_t len = 0;

	names[len++] = "help";
	for (; last && last->name; last++)
		if (!last->hidden && len < NAMES_MAX)
			names[len++] = last->name;
	stk_err_set(err, STK_E_INVAL, "unknown option '--%.*s'", STK_STR_ARG(name));
	const char *nearest = stk_str_nearest(name, names, len);
	const char *instead = last && last->instead ? last->instead(name) : NULL;
	if (instead)
		stk_err_hint(err, "instead: %s", instead);
	else if (nearest)
		stk_err_hint(err, "did you mean '--%s'?", nearest);
	return STK_E_INVAL;
}

static bool is_choice(const char *values, struct stk_str text)
{
	struct stk_str rest = stk_str_of(values), word;

	while (stk_str_cut(&rest, '|', &word))
		if (stk_str_eq(word, text))
			return true;
	return false;
}

static int put_int(const struct stk_opts_row *row, const char *text, void *at, struct stk_err *err)
{
	int64_t number = 0;
	int rc = stk_str_to_i64(stk_str_of(text), &number, err);

	if (rc < 0)
		return stk_err_set(err, STK_E_INVAL, "not a whole number: '%s'", text);
	if ((row->min != 0 || row->max != 0) && (number < row->min || number > row->max))
		return stk_err_set(err, STK_E_INVAL, "%s is not within %lld to %lld", text,
			(long long)row->min, (long long)row->max);
	*(int64_t *)at = number;
	return 0;
}

static int put_value(
	const struct stk_opts_row *row, const char *text, char *base, struct stk_err *err)
{
	void *at = base + row->offset;

	switch (row->type) {
	case STK_OPTS_FLAG:
		return stk_err_set(err, STK_E_INVAL, "takes no value");
	case STK_OPTS_INT:
		return put_int(row, text, at, err);
	case STK_OPTS_REAL:
		if (stk_str_to_f64(stk_str_of(text), at, err) < 0)
			return stk_err_set(err, STK_E_INVAL, "not a number: '%s'", text);
		return 0;
	case STK_OPTS_DURATION:
		if (stk_units_parse_duration(stk_str_of(text), at, err) < 0)
			return stk_err_set(
				err, STK_E_INVAL, "not a duration like 30s or 1m30s: '%s'", text);
		return 0;
	case STK_OPTS_LIST:
		stk_vec_push(&((struct stk_opts_list *)at)->texts, text);
		return 0;
	case STK_OPTS_CHOICE:
		if (!is_choice(row->values, stk_str_of(text)))
			return stk_err_set(
				err, STK_E_INVAL, "'%s' is none of %s", text, row->values);
		*(const char **)at = text;
		return 0;
	case STK_OPTS_TEXT:
		*(const char **)at = text;
		return 0;
	}
	STK_BUG("option '%s' has no type", row->name);
}

/* The value behind an option: what stands in the same word, else the next word. */
static int take_value(struct reader *reader, const struct stk_opts_row *row, const char *inside,
	struct stk_err *err)
{
	const char *text = inside;
	int rc;

	if (!text && reader->at + 1 < reader->argc)
		text = reader->argv[++reader->at];
	if (!text)
		rc = stk_err_set(err, STK_E_INVAL, "needs a value (%s)", row->word);
	else
		rc = put_value(row, text, reader->base, err);
	if (rc < 0)
		stk_err_wrap(err, "option '--%s'", row->name);
	return rc;
}

static int read_long(struct reader *reader, const char *word, struct stk_err *err)
{
	const char *equals = strchr(word, '=');
	struct stk_str name = equals ? stk_str_n(word, (size_t)(equals - word)) : stk_str_of(word);
	const struct stk_opts_row *row = find_long(reader->rows, name);

	if (!row && stk_str_is(name, "help"))
		return stk_err_set(err, STK_E_ABORTED, "%s", "");
	if (!row && stk_str_starts(name, "no-")) {
		row = find_long(reader->rows, stk_str_skip(name, 3));
		if (row && row->type == STK_OPTS_FLAG && !equals) {
			*(bool *)(reader->base + row->offset) = false;
			return 0;
		}
		row = NULL;
	}
	if (!row)
		return unknown_option(reader->rows, name, err);
	if (row->type == STK_OPTS_FLAG && !equals) {
		*(bool *)(reader->base + row->offset) = true;
		return 0;
	}
	return take_value(reader, row, equals ? equals + 1 : NULL, err);
}

static int read_letters(struct reader *reader, const char *letters, struct stk_err *err)
{
	for (const char *at = letters; *at; at++) {
		const struct stk_opts_row *row = find_letter(reader->rows, *at);
		if (!row && *at == 'h')
			return stk_err_set(err, STK_E_ABORTED, "%s", "");
		if (!row)
			return stk_err_set(err, STK_E_INVAL, "unknown option '-%c'", *at);
		if (row->type != STK_OPTS_FLAG)
			return take_value(reader, row, at[1] ? at + 1 : NULL, err);
		*(bool *)(reader->base + row->offset) = true;
	}
	return 0;
}

int stk_opts_parse(const struct stk_opts_row *rows, int argc, char **argv, void *into,
	struct stk_opts_args *args, struct stk_err *err)
{
	struct reader reader = {
		.rows = rows, .base = into, .argc = argc, .argv = argv, .args = args};
	bool ended = false;
	int rc = 0;

	for (reader.at = 1; reader.at < argc && rc == 0; reader.at++) {
		const char *word = argv[reader.at];
		if (ended || word[0] != '-' || word[1] == '\0')
			stk_vec_push(&args->items, word);
		else if (strcmp(word, "--") == 0)
			ended = true;
		else if (word[1] == '-')
			rc = read_long(&reader, word + 2, err);
		else
			rc = read_letters(&reader, word + 1, err);
	}
	return rc;
}

int stk_opts_read(struct stk_env *env, const struct stk_command *command, int argc, char **argv,
	void *into, struct stk_opts_args *args)
{
	struct stk_opts_args none = {STK_VEC_INIT};
	struct stk_err err = STK_ERR_INIT;
	struct stk_buf help = STK_BUF_EMPTY;
	int code = -1;

	int rc = stk_opts_parse(command->options, argc, argv, into, args ? args : &none, &err);
	if (rc == 0 && !args && none.items.len > 0)
		rc = stk_err_set(
			&err, STK_E_INVAL, "unexpected argument '%s'", none.items.items[0]);
	if (rc == STK_E_ABORTED) {
		stk_cmd_format_help(command, &help);
		fputs(help.ptr, env->out);
		code = STK_EXIT_OK;
	} else if (rc < 0) {
		if (err.hint[0] == '\0')
			stk_err_hint(&err, "see: stoker %s --help", command->name);
		code = stk_opts_fail(env, &err);
	}
	stk_buf_release(&help);
	stk_vec_release(&none.items);
	return code;
}

void stk_opts_release(const struct stk_opts_row *rows, void *into, struct stk_opts_args *args)
{
	for (const struct stk_opts_row *row = rows; row && row->name; row++) {
		if (row->type == STK_OPTS_LIST) {
			struct stk_opts_list *list = (void *)((char *)into + row->offset);
			stk_vec_release(&list->texts);
		}
	}
	if (args)
		stk_vec_release(&args->items);
}

/* Messages quote what files, servers and profiles say: nothing of it may drive the terminal. */
static void print_message(FILE *to, const char *before, const char *text)
{
	struct stk_str rest = stk_str_of(text), line;
	struct stk_buf plain = STK_BUF_EMPTY;

	while (stk_str_cut(&rest, '\n', &line)) {
		stk_text_add_plain(&plain, line);
		if (rest.ptr)
			stk_buf_add_byte(&plain, '\n');
	}
	fprintf(to, "%s%s\n", before, plain.ptr);
	stk_buf_release(&plain);
}

int stk_opts_fail(struct stk_env *env, const struct stk_err *err)
{
	int code = stk_exit_of_error(err->code);

	print_message(env->err, "stoker: ", err->msg[0] ? err->msg : stk_errc_name(err->code));
	if (err->hint[0])
		print_message(env->err, "        ", err->hint);
	if (code == STK_EXIT_INTERRUPTED && env->signal_no && *env->signal_no == 15)
		code = STK_EXIT_TERMINATED;
	return code;
}
