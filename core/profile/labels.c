/* labels: label sets, and selectors such as {service_name="x",pod=~"a-.*"} that match them. */
#include "core/profile/labels.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdlib.h>

#include "core/base/mem.h"
#include "core/base/vec.h"

/* Against patterns that would take for ever; RE2 needs no such limits. */
#define MATCH_LIMIT 100000
#define DEPTH_LIMIT 1000

enum op { OP_EQ, OP_NE, OP_RE, OP_NOT_RE };

struct matcher {
	char *name, *value;
	struct stk_str name_view, value_view;
	enum op op;
	pcre2_code *code;
};

struct stk_selector {
	STK_VEC(struct matcher) matchers;
};

struct parser {
	struct stk_str text;
	size_t at;
	struct stk_err *err;
};

static int by_name(const void *a, const void *b)
{
	const struct stk_label *x = a, *y = b;
	int order = stk_str_cmp(x->name, y->name);

	return order ? order : stk_str_cmp(x->value, y->value);
}

void stk_labels_sort(struct stk_label *labels, size_t len)
{
	if (len > 1)
		qsort(labels, len, sizeof *labels, by_name);
}

struct stk_str stk_labels_find(const struct stk_label *labels, size_t len, struct stk_str name)
{
	size_t low = 0, high = len;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (stk_str_cmp(labels[middle].name, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < len && stk_str_eq(labels[low].name, name))
		return labels[low].value;
	return STK_STR("");
}

static int fail_at(struct parser *parser, const char *wanted)
{
	struct stk_str rest = stk_str_sub(parser->text, parser->at, 20);

	if (rest.len == 0)
		return stk_err_set(
			parser->err, STK_E_INVAL, "selector: %s is wanted at the end", wanted);
	return stk_err_set(parser->err, STK_E_INVAL,
		"selector: %s is wanted at position %zu, before '%.*s'", wanted, parser->at + 1,
		STK_STR_ARG(rest));
}

static char peek(const struct parser *parser)
{
	return parser->at < parser->text.len ? parser->text.ptr[parser->at] : '\0';
}

static void skip_blanks(struct parser *parser)
{
	while (peek(parser) == ' ' || peek(parser) == '\t' || peek(parser) == '\n' ||
		peek(parser) == '\r')
		parser->at++;
}

static bool take(struct parser *parser, char c)
{
	if (parser->at >= parser->text.len || parser->text.ptr[parser->at] != c)
		return false;
	parser->at++;
	return true;
}

static bool is_name_byte(char c, bool first)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
	       (!first && c >= '0' && c <= '9');
}

/* An identifier; metric names may hold colons. Empty if there is none. */
static struct stk_str take_name(struct parser *parser, bool colons)
{
	size_t start = parser->at;

	while (parser->at < parser->text.len && (is_name_byte(peek(parser), parser->at == start) ||
							(colons && peek(parser) == ':')))
		parser->at++;
	return stk_str_sub(parser->text, start, parser->at - start);
}

/* UTF-8 of a code point. */
static void add_rune(struct stk_buf *out, uint32_t rune)
{
	if (rune < 0x80) {
		stk_buf_add_byte(out, (char)rune);
	} else if (rune < 0x800) {
		stk_buf_add_byte(out, (char)(0xc0 | rune >> 6));
		stk_buf_add_byte(out, (char)(0x80 | (rune & 63)));
	} else if (rune < 0x10000) {
		stk_buf_add_byte(out, (char)(0xe0 | rune >> 12));
		stk_buf_add_byte(out, (char)(0x80 | (rune >> 6 & 63)));
		stk_buf_add_byte(out, (char)(0x80 | (rune & 63)));
	} else {
		stk_buf_add_byte(out, (char)(0xf0 | rune >> 18));
		stk_buf_add_byte(out, (char)(0x80 | (rune >> 12 & 63)));
		stk_buf_add_byte(out, (char)(0x80 | (rune >> 6 & 63)));
		stk_buf_add_byte(out, (char)(0x80 | (rune & 63)));
	}
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static bool take_digits(struct parser *parser, int count, int base, uint32_t *out)
{
	uint32_t value = 0;

	for (int i = 0; i < count; i++) {
		int digit = hex_value(peek(parser));
		if (digit < 0 || digit >= base)
			return false;
		value = value * (uint32_t)base + (uint32_t)digit;
		parser->at++;
	}
	*out = value;
	return true;
}

/* What stands behind a backslash, as in Go's strings. */
static bool take_escape(struct parser *parser, char quote, struct stk_buf *out)
{
	static const char letters[] = "abfnrtv\\", bytes[] = "\a\b\f\n\r\t\v\\";
	char c = peek(parser);
	uint32_t rune;

	for (size_t i = 0; i + 1 < sizeof letters; i++)
		if (c == letters[i]) {
			parser->at++;
			stk_buf_add_byte(out, bytes[i]);
			return true;
		}
	if (c == quote) {
		parser->at++;
		stk_buf_add_byte(out, c);
		return true;
	}
	if (c == 'x' || c == 'u' || c == 'U') {
		parser->at++;
		if (!take_digits(parser, c == 'x' ? 2 : c == 'u' ? 4 : 8, 16, &rune))
			return false;
		if (c == 'x')
			stk_buf_add_byte(out, (char)rune);
		else if (rune > 0x10ffff || (rune >= 0xd800 && rune < 0xe000))
			return false;
		else
			add_rune(out, rune);
		return true;
	}
	if (c < '0' || c > '7' || !take_digits(parser, 3, 8, &rune) || rune > 255)
		return false;
	stk_buf_add_byte(out, (char)rune);
	return true;
}

static int take_string(struct parser *parser, struct stk_buf *out)
{
	char quote = peek(parser);

	if (quote != '"' && quote != '\'' && quote != '`')
		return fail_at(parser, "a quoted text");
	parser->at++;
	while (parser->at < parser->text.len) {
		char c = parser->text.ptr[parser->at++];
		if (c == quote)
			return 0;
		if (c == '\n' && quote != '`')
			break;
		if (c != '\\' || quote == '`')
			stk_buf_add_byte(out, c);
		else if (!take_escape(parser, quote, out))
			return fail_at(parser, "a known escape");
	}
	return fail_at(parser, "a closing quote");
}

/* RE2 knows neither look-around nor references back; PCRE2 would run them. */
static bool is_beyond_re2(struct stk_str pattern)
{
	bool in_class = false;

	for (size_t i = 0; i < pattern.len; i++) {
		char c = pattern.ptr[i], next = i + 1 < pattern.len ? pattern.ptr[i + 1] : '\0';
		char third = i + 2 < pattern.len ? pattern.ptr[i + 2] : '\0';
		char fourth = i + 3 < pattern.len ? pattern.ptr[i + 3] : '\0';

		if (c == '\\') {
			if ((next >= '1' && next <= '9') || next == 'k' || next == 'g' ||
				next == 'G' || next == 'K' || next == 'R' || next == 'X')
				return true;
			i++;
			continue;
		}
		if (in_class) {
			in_class = c != ']';
			continue;
		}
		in_class = c == '[';
		if (in_class && (next == ']' || (next == '^' && third == ']')))
			i += next == ']' ? 1 : 2; /* a bracket that is first stands for itself */
		if (c == '(' && next == '*')
			return true;
		if (c == '(' && next == '?' &&
			(third == '=' || third == '!' || third == '>' || third == '|' ||
				third == '(' || third == '&' || third == 'R' || third == '+' ||
				third == '#' || (third >= '0' && third <= '9') ||
				(third == '<' && (fourth == '=' || fourth == '!')) ||
				(third == 'P' && fourth != '<')))
			return true;
	}
	return false;
}

static int compile(struct parser *parser, struct matcher *matcher)
{
	struct stk_buf anchored = STK_BUF_EMPTY;
	PCRE2_UCHAR why[120];
	PCRE2_SIZE where;
	int number, rc = 0;

	if (is_beyond_re2(matcher->value_view))
		return stk_err_set(parser->err, STK_E_INVAL,
			"selector: '%s': look-around and references back are not supported",
			matcher->value);
	stk_buf_addf(&anchored, "^(?s:");
	stk_buf_add_str(&anchored, matcher->value_view);
	stk_buf_add_text(&anchored, ")$");
	matcher->code = pcre2_compile((PCRE2_SPTR)anchored.ptr, anchored.len,
		PCRE2_UTF | PCRE2_DOLLAR_ENDONLY | PCRE2_NO_AUTO_CAPTURE, &number, &where, NULL);
	if (!matcher->code) {
		(void)pcre2_get_error_message(number, why, sizeof why); /* fits */
		rc = stk_err_set(parser->err, STK_E_INVAL, "selector: '%s': %s", matcher->value,
			(const char *)why);
	}
	stk_buf_release(&anchored);
	return rc;
}

static int take_op(struct parser *parser, enum op *out)
{
	if (take(parser, '=')) {
		*out = take(parser, '~') ? OP_RE : OP_EQ;
		return 0;
	}
	if (take(parser, '!')) {
		if (take(parser, '=')) {
			*out = OP_NE;
			return 0;
		}
		if (take(parser, '~')) {
			*out = OP_NOT_RE;
			return 0;
		}
	}
	return fail_at(parser, "one of = != =~ !~");
}

static int add_matcher(struct parser *parser, struct stk_selector *selector, struct stk_str name,
	enum op op, struct stk_str value)
{
	struct matcher *matcher;

	if (selector->matchers.len >= STK_SELECTOR_MAX_MATCHERS)
		return stk_err_set(parser->err, STK_E_TOO_LARGE, "selector: more than %d matchers",
			STK_SELECTOR_MAX_MATCHERS);
	matcher = stk_vec_push_new(&selector->matchers);
	matcher->name = stk_str_dup(name);
	matcher->value = stk_str_dup(value);
	matcher->name_view = stk_str_n(matcher->name, name.len);
	matcher->value_view = stk_str_n(matcher->value, value.len);
	matcher->op = op;
	return op == OP_RE || op == OP_NOT_RE ? compile(parser, matcher) : 0;
}

/* name="value", "quoted name"="value", or a quoted metric name alone. */
static int parse_matcher(struct parser *parser, struct stk_selector *selector)
{
	struct stk_buf name = STK_BUF_EMPTY, value = STK_BUF_EMPTY;
	bool quoted = peek(parser) == '"' || peek(parser) == '\'' || peek(parser) == '`';
	enum op op = OP_EQ;
	int rc = 0;

	if (quoted)
		rc = take_string(parser, &name);
	else
		stk_buf_add_str(&name, take_name(parser, false));
	if (rc == 0 && name.len == 0)
		rc = fail_at(parser, "a label name");
	skip_blanks(parser);
	if (rc == 0 && quoted && (peek(parser) == ',' || peek(parser) == '}')) {
		rc = add_matcher(parser, selector, STK_STR("__name__"), OP_EQ, stk_buf_str(&name));
		goto out;
	}
	if (rc == 0)
		rc = take_op(parser, &op);
	skip_blanks(parser);
	if (rc == 0)
		rc = take_string(parser, &value);
	if (rc == 0 && !stk_str_is_utf8(stk_buf_str(&value)))
		rc = stk_err_set(parser->err, STK_E_INVAL, "selector: a value is not UTF-8");
	if (rc == 0)
		rc = add_matcher(parser, selector, stk_buf_str(&name), op, stk_buf_str(&value));
out:
	stk_buf_release(&name);
	stk_buf_release(&value);
	return rc;
}

static int parse_braces(struct parser *parser, struct stk_selector *selector)
{
	int rc = 0;

	skip_blanks(parser);
	while (rc == 0 && !take(parser, '}')) {
		rc = parse_matcher(parser, selector);
		skip_blanks(parser);
		if (rc == 0 && !take(parser, ',') && peek(parser) != '}')
			rc = fail_at(parser, "',' or '}'");
		skip_blanks(parser);
	}
	return rc;
}

static int parse(struct parser *parser, struct stk_selector *selector)
{
	struct stk_str metric;
	int rc = 0;

	skip_blanks(parser);
	metric = take_name(parser, true);
	if (metric.len > 0)
		rc = add_matcher(parser, selector, STK_STR("__name__"), OP_EQ, metric);
	skip_blanks(parser);
	if (rc == 0 && take(parser, '{'))
		rc = parse_braces(parser, selector);
	else if (rc == 0 && metric.len == 0)
		rc = fail_at(parser, "'{'");
	skip_blanks(parser);
	if (rc == 0 && parser->at < parser->text.len)
		rc = fail_at(parser, "the end");
	return rc;
}

int stk_selector_parse(struct stk_str text, struct stk_selector **out, struct stk_err *err)
{
	struct parser parser = {text, 0, err};
	struct stk_selector *selector;
	int rc;

	if (text.len > STK_SELECTOR_MAX_BYTES)
		return stk_err_set(err, STK_E_TOO_LARGE, "selector: more than %zu bytes",
			STK_SELECTOR_MAX_BYTES);
	selector = stk_xcalloc(1, sizeof *selector);
	rc = parse(&parser, selector);
	if (rc < 0)
		stk_selector_free(selector);
	else
		*out = selector;
	return rc;
}

void stk_selector_free(struct stk_selector *selector)
{
	if (!selector)
		return;
	for (size_t i = 0; i < selector->matchers.len; i++) {
		free(selector->matchers.items[i].name);
		free(selector->matchers.items[i].value);
		pcre2_code_free(selector->matchers.items[i].code);
	}
	stk_vec_release(&selector->matchers);
	free(selector);
}

/* A subject that runs into the limits does not match. */
static bool match_pattern(const pcre2_code *code, struct stk_str subject)
{
	pcre2_match_context *limits = pcre2_match_context_create(NULL);
	pcre2_match_data *data = pcre2_match_data_create_from_pattern(code, NULL);
	int rc;

	if (!limits || !data)
		STK_BUG("no memory for a match");
	pcre2_set_match_limit(limits, MATCH_LIMIT);
	pcre2_set_depth_limit(limits, DEPTH_LIMIT);
	rc = pcre2_match(code, (PCRE2_SPTR)(subject.ptr ? subject.ptr : ""), subject.len, 0, 0,
		data, limits);
	pcre2_match_data_free(data);
	pcre2_match_context_free(limits);
	return rc >= 0;
}

static bool holds(const struct matcher *matcher, struct stk_str value)
{
	switch (matcher->op) {
	case OP_EQ:
		return stk_str_eq(value, matcher->value_view);
	case OP_NE:
		return !stk_str_eq(value, matcher->value_view);
	case OP_RE:
		return match_pattern(matcher->code, value);
	case OP_NOT_RE:
		return !match_pattern(matcher->code, value);
	}
	return false;
}

bool stk_selector_match(
	const struct stk_selector *selector, const struct stk_label *labels, size_t len)
{
	for (size_t i = 0; i < selector->matchers.len; i++) {
		const struct matcher *matcher = &selector->matchers.items[i];
		if (!holds(matcher, stk_labels_find(labels, len, matcher->name_view)))
			return false;
	}
	return true;
}

static void add_quoted(struct stk_buf *buf, struct stk_str text)
{
	stk_buf_add_byte(buf, '"');
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];
		if (c == '\n') {
			stk_buf_add_text(buf, "\\n");
			continue;
		}
		if (c == '"' || c == '\\')
			stk_buf_add_byte(buf, '\\');
		stk_buf_add_byte(buf, c);
	}
	stk_buf_add_byte(buf, '"');
}

static bool is_plain_name(struct stk_str name)
{
	for (size_t i = 0; i < name.len; i++)
		if (!is_name_byte(name.ptr[i], i == 0))
			return false;
	return name.len > 0;
}

void stk_selector_format(struct stk_buf *buf, const struct stk_label *labels, size_t len)
{
	stk_buf_add_byte(buf, '{');
	for (size_t i = 0; i < len; i++) {
		if (i > 0)
			stk_buf_add_byte(buf, ',');
		if (is_plain_name(labels[i].name))
			stk_buf_add_str(buf, labels[i].name);
		else
			add_quoted(buf, labels[i].name);
		stk_buf_add_byte(buf, '=');
		add_quoted(buf, labels[i].value);
	}
	stk_buf_add_byte(buf, '}');
}

void stk_selector_narrow(
	struct stk_buf *buf, struct stk_str selector, const struct stk_label *label)
{
	struct stk_str text = stk_str_trim(selector), body;
	ptrdiff_t brace = stk_str_rfind_byte(text, '}');
	struct stk_buf more = STK_BUF_EMPTY;

	if (brace < 0) {
		stk_buf_add_str(buf, text);
		return;
	}
	stk_selector_format(&more, label, 1);
	body = stk_str_trim(stk_str_sub(text, 0, (size_t)brace));
	stk_buf_add_str(buf, body);
	if (!stk_str_ends(body, "{") && !stk_str_ends(body, ","))
		stk_buf_add_byte(buf, ',');
	stk_buf_add(buf, more.ptr + 1, more.len - 1); /* without its opening brace */
	stk_buf_release(&more);
}
