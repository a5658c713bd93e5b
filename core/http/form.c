/* form: multipart/form-data, read from and written to whole bodies. */
#include "core/http/form.h"

#include <string.h>

#define BOUNDARY_MAX 200

/* The value of a parameter "; key=value" or "; key="value"" in a header; false if absent. Quoted
 * values end at the next quote: escapes within are not undone (file names are not used). */
static bool find_param(struct stk_str header, const char *key, struct stk_str *out)
{
	struct stk_str rest = header, word;

	while (stk_str_cut(&rest, ';', &word)) {
		ptrdiff_t eq;

		word = stk_str_trim(word);
		eq = stk_str_find_byte(word, '=');
		if (eq < 0 || !stk_str_eq_nocase(stk_str_sub(word, 0, (size_t)eq), stk_str_of(key)))
			continue;
		word = stk_str_skip(word, (size_t)eq + 1);
		if (word.len && word.ptr[0] == '"') {
			/* a ';' may stand inside the quotes: look in the whole header */
			const char *end = header.ptr + header.len;
			struct stk_str tail = {word.ptr + 1, (size_t)(end - word.ptr - 1)};
			ptrdiff_t quote = stk_str_find_byte(tail, '"');

			if (quote < 0)
				return false;
			*out = stk_str_sub(tail, 0, (size_t)quote);
		} else {
			*out = word;
		}
		return true;
	}
	return false;
}

static int read_boundary(struct stk_str content_type, struct stk_buf *mark, struct stk_err *err)
{
	struct stk_str boundary;

	if (content_type.len < 19 || !stk_str_eq_nocase(stk_str_sub(content_type, 0, 19),
					     STK_STR("multipart/form-data")))
		return stk_err_set(err, STK_E_FORMAT, "content type is not multipart/form-data");
	if (!find_param(content_type, "boundary", &boundary) || !boundary.len ||
		boundary.len > BOUNDARY_MAX)
		return stk_err_set(err, STK_E_FORMAT, "multipart without a usable boundary");
	stk_buf_add_text(mark, "\r\n--");
	stk_buf_add_str(mark, boundary);
	return stk_buf_check(mark, err);
}

/* The next line up to LF, without CR LF; false at the end of text without one. */
static bool cut_line(struct stk_str *rest, struct stk_str *line)
{
	ptrdiff_t at = stk_str_find_byte(*rest, '\n');

	if (at < 0)
		return false;
	*line = stk_str_sub(*rest, 0, (size_t)at);
	if (line->len && line->ptr[line->len - 1] == '\r')
		line->len--;
	*rest = stk_str_skip(*rest, (size_t)at + 1);
	return true;
}

static void read_header(struct stk_str line, struct stk_form_part *part)
{
	ptrdiff_t colon = stk_str_find_byte(line, ':');
	struct stk_str name, value;

	if (colon < 0)
		return;
	name = stk_str_trim(stk_str_sub(line, 0, (size_t)colon));
	value = stk_str_trim(stk_str_skip(line, (size_t)colon + 1));
	if (stk_str_eq_nocase(name, STK_STR("content-type"))) {
		part->content_type = value;
	} else if (stk_str_eq_nocase(name, STK_STR("content-disposition"))) {
		(void)find_param(value, "name", &part->name);
		part->has_filename = find_param(value, "filename", &part->filename);
	}
}

/* Headers, blank line, data up to the next mark; *rest is behind that mark then. */
static int read_part(
	struct stk_str *rest, struct stk_str mark, struct stk_form_part *part, struct stk_err *err)
{
	struct stk_str line;
	ptrdiff_t end;

	for (;;) {
		if (!cut_line(rest, &line))
			return stk_err_set(err, STK_E_FORMAT, "multipart part: headers are cut");
		if (!line.len)
			break;
		read_header(line, part);
	}
	end = stk_str_find(*rest, mark);
	if (end < 0 && stk_str_starts(*rest, mark.ptr + 2)) {
		/* no data at all: the delimiter follows the blank line at once */
		part->data = stk_str_sub(*rest, 0, 0);
		*rest = stk_str_skip(*rest, mark.len - 2);
		return 0;
	}
	if (end < 0)
		return stk_err_set(err, STK_E_FORMAT, "multipart: the closing boundary is missing");
	part->data = stk_str_sub(*rest, 0, (size_t)end);
	*rest = stk_str_skip(*rest, (size_t)end + mark.len);
	return 0;
}

static int read_parts(
	struct stk_form *form, struct stk_str body, struct stk_str mark, struct stk_err *err)
{
	struct stk_str first = stk_str_skip(mark, 2), rest = body, line;
	ptrdiff_t at = stk_str_starts(body, first.ptr) ? 0 : stk_str_find(body, mark);

	if (at < 0)
		return stk_err_set(err, STK_E_FORMAT, "multipart: the boundary does not occur");
	rest = stk_str_skip(body, at == 0 ? first.len : (size_t)at + mark.len);
	for (;;) {
		struct stk_form_part part = {0};
		int rc;

		if (stk_str_starts(rest, "--"))
			return 0;
		if (!cut_line(&rest, &line) || stk_str_trim(line).len)
			return stk_err_set(
				err, STK_E_FORMAT, "multipart: unexpected bytes behind a boundary");
		if (form->parts.len >= STK_FORM_MAX_PARTS)
			return stk_err_set(err, STK_E_TOO_LARGE, "multipart: more than %d parts",
				STK_FORM_MAX_PARTS);
		rc = read_part(&rest, mark, &part, err);
		if (rc < 0)
			return rc;
		stk_vec_push(&form->parts, part);
	}
}

int stk_form_parse(struct stk_form *form, struct stk_str content_type, struct stk_str body,
	struct stk_err *err)
{
	struct stk_buf mark = STK_BUF_INIT(BOUNDARY_MAX + 8);
	int rc;

	memset(form, 0, sizeof *form);
	rc = read_boundary(content_type, &mark, err);
	if (rc == 0)
		rc = read_parts(form, body, stk_buf_str(&mark), err);
	stk_buf_release(&mark);
	return rc;
}

void stk_form_release(struct stk_form *form)
{
	stk_vec_release(&form->parts);
}

const struct stk_form_part *stk_form_find(const struct stk_form *form, const char *name)
{
	for (size_t i = 0; i < form->parts.len; i++)
		if (stk_str_is(form->parts.items[i].name, name))
			return &form->parts.items[i];
	return NULL;
}

void stk_form_add(struct stk_buf *body, struct stk_str boundary, const struct stk_form_part *part)
{
	stk_buf_addf(body, "--%.*s\r\nContent-Disposition: form-data; name=\"%.*s\"",
		STK_STR_ARG(boundary), STK_STR_ARG(part->name));
	if (part->has_filename)
		stk_buf_addf(body, "; filename=\"%.*s\"", STK_STR_ARG(part->filename));
	if (part->content_type.len)
		stk_buf_addf(body, "\r\nContent-Type: %.*s", STK_STR_ARG(part->content_type));
	stk_buf_add_text(body, "\r\n\r\n");
	stk_buf_add_str(body, part->data);
	stk_buf_add_text(body, "\r\n");
}

void stk_form_end(struct stk_buf *body, struct stk_str boundary)
{
	stk_buf_addf(body, "--%.*s--\r\n", STK_STR_ARG(boundary));
}
