/* http1: an answer read piece by piece: status, header, body by length, chunks or close. */
#include "core/load/http1.h"

#include <string.h>

/* From here on bytes of a body go straight to their place; so many at once. */
enum { DIRECT_MIN = 16 << 10, DIRECT_MAX = 1 << 20 };

/* More digits than a length that fits has; 2^62 bytes are enough for anybody. */
#define LENGTH_MAX ((uint64_t)1 << 62)

const char *stk_http1_fault_text(enum stk_http1_fault fault)
{
	static const char *const texts[STK_HTTP1_FAULTS] = {
		[STK_HTTP1_OK] = "",
		[STK_HTTP1_EMPTY] = "EOF",
		[STK_HTTP1_CUT] = "unexpected EOF",
		[STK_HTTP1_NOT_HTTP] = "the answer does not begin with HTTP/",
		[STK_HTTP1_VERSION] = "the answer is neither HTTP/1.1 nor HTTP/1.0",
		[STK_HTTP1_STATUS] = "the answer's status is not a number of three digits",
		[STK_HTTP1_HEADER] = "a header line of the answer has no name",
		[STK_HTTP1_LENGTH] =
			"the answer's Content-Length is not one number, or there are two",
		[STK_HTTP1_TRANSFER] = "the answer's Transfer-Encoding is not chunked",
		[STK_HTTP1_CHUNK] = "a chunk of the answer has no size or no end",
		[STK_HTTP1_SWITCH] = "the answer switches protocols, and nobody asked for it",
		[STK_HTTP1_HEAD_SIZE] = "the answer's header is larger than 256 KiB or 1000 lines",
		[STK_HTTP1_BODY_SIZE] = "the body is larger than max_body",
	};

	return texts[fault];
}

void stk_http1_init(struct stk_http1 *http)
{
	memset(http, 0, sizeof *http);
	stk_buf_init(&http->part, STK_HTTP1_HEAD_MAX + 1);
}

void stk_http1_release(struct stk_http1 *http)
{
	stk_buf_release(&http->part);
}

void stk_http1_begin(
	struct stk_http1 *http, struct stk_buf *head, struct stk_buf *body, bool to_head)
{
	http->head = head;
	http->body = body;
	http->to_head = to_head;
	http->state = STK_HTTP1_AT_STATUS;
	http->status = 0;
	http->http10 = http->keeps_alive = http->is_coded = http->sets_cookies = false;
	http->has_length = http->is_chunked = http->last_is_framing = false;
	http->left = 0;
	http->head_bytes = http->lines = 0;
	if (http->part.len > 0)
		stk_buf_clear(&http->part);
}

/* --- lines ------------------------------------------------------------------------ */

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static enum stk_http1_fault read_status(struct stk_http1 *http, struct stk_str line)
{
	if (!stk_str_starts(line, "HTTP/"))
		return STK_HTTP1_NOT_HTTP;
	if (line.len < 8 || line.ptr[5] != '1' || line.ptr[6] != '.' ||
		(line.ptr[7] != '1' && line.ptr[7] != '0'))
		return STK_HTTP1_VERSION;
	if (line.len < 12 || line.ptr[8] != ' ' || !is_digit(line.ptr[9]) ||
		!is_digit(line.ptr[10]) || !is_digit(line.ptr[11]) || line.ptr[9] == '0' ||
		(line.len > 12 && line.ptr[12] != ' '))
		return STK_HTTP1_STATUS;
	http->http10 = line.ptr[7] == '0';
	http->status = (line.ptr[9] - '0') * 100 + (line.ptr[10] - '0') * 10 + line.ptr[11] - '0';
	if (http->status == 101)
		return STK_HTTP1_SWITCH;
	http->keeps_alive = !http->http10;
	http->has_length = http->is_chunked = http->last_is_framing = false;
	http->is_coded = http->sets_cookies = false;
	stk_buf_clear(http->head); /* that of an interim answer */
	http->state = STK_HTTP1_AT_HEADER;
	return STK_HTTP1_OK;
}

static enum stk_http1_fault read_length(struct stk_http1 *http, struct stk_str value)
{
	uint64_t length = 0;

	if (value.len == 0)
		return STK_HTTP1_LENGTH;
	for (size_t i = 0; i < value.len; i++) {
		if (!is_digit(value.ptr[i]) || length > LENGTH_MAX / 10)
			return STK_HTTP1_LENGTH;
		length = length * 10 + (uint64_t)(value.ptr[i] - '0');
	}
	if (http->has_length && length != http->left)
		return STK_HTTP1_LENGTH;
	http->has_length = true;
	http->left = length;
	return STK_HTTP1_OK;
}

static void read_connection(struct stk_http1 *http, struct stk_str value)
{
	struct stk_str word;

	while (stk_str_cut(&value, ',', &word)) {
		word = stk_str_trim(word);
		if (stk_str_eq_nocase(word, STK_STR("close")))
			http->keeps_alive = false;
		else if (http->http10 && stk_str_eq_nocase(word, STK_STR("keep-alive")))
			http->keeps_alive = true;
	}
}

/* Lines that say where the answer ends: what they say must be known when they are read, so they
 * may not go on in a further line. */
static enum stk_http1_fault read_framing(
	struct stk_http1 *http, struct stk_str name, struct stk_str value)
{
	http->last_is_framing = true;
	if (name.len == 14 && stk_str_eq_nocase(name, STK_STR("content-length")))
		return read_length(http, value);
	if (name.len == 10 && stk_str_eq_nocase(name, STK_STR("connection"))) {
		read_connection(http, value);
		return STK_HTTP1_OK;
	}
	if (name.len == 17 && stk_str_eq_nocase(name, STK_STR("transfer-encoding"))) {
		if (http->is_chunked || !stk_str_eq_nocase(value, STK_STR("chunked")))
			return STK_HTTP1_TRANSFER;
		http->is_chunked = true;
		return STK_HTTP1_OK;
	}
	http->last_is_framing = false;
	if (name.len == 10 && stk_str_eq_nocase(name, STK_STR("set-cookie")))
		http->sets_cookies = true;
	else if (name.len == 16 && stk_str_eq_nocase(name, STK_STR("content-encoding")))
		http->is_coded = true;
	return STK_HTTP1_OK;
}

static void add_line(struct stk_buf *head, struct stk_str name, struct stk_str value)
{
	char *at = stk_buf_reserve(head, name.len + value.len + 3);

	if (!at)
		return;
	memcpy(at, name.ptr, name.len);
	at += name.len;
	*at++ = ':';
	*at++ = ' ';
	if (value.len > 0)
		memcpy(at, value.ptr, value.len);
	at[value.len] = '\n';
	stk_buf_commit(head, name.len + value.len + 3);
}

/* A line that begins with a blank belongs to the one before it. */
static enum stk_http1_fault read_folded(struct stk_http1 *http, struct stk_str line)
{
	if (http->head->len == 0)
		return STK_HTTP1_HEADER;
	if (http->last_is_framing)
		return STK_HTTP1_LENGTH;
	stk_buf_truncate(http->head, http->head->len - 1);
	stk_buf_add_byte(http->head, ' ');
	stk_buf_add_str(http->head, stk_str_trim(line));
	stk_buf_add_byte(http->head, '\n');
	return STK_HTTP1_OK;
}

static enum stk_http1_fault read_field(struct stk_http1 *http, struct stk_str line)
{
	ptrdiff_t colon = stk_str_find_byte(line, ':');
	struct stk_str name, value;

	if (line.ptr[0] == ' ' || line.ptr[0] == '\t')
		return read_folded(http, line);
	if (colon <= 0)
		return STK_HTTP1_HEADER;
	name = stk_str_trim(stk_str_sub(line, 0, (size_t)colon));
	value = stk_str_trim(stk_str_skip(line, (size_t)colon + 1));
	if (name.len == 0 || memchr(line.ptr, '\0', line.len) || memchr(line.ptr, '\r', line.len))
		return STK_HTTP1_HEADER;
	add_line(http->head, name, value);
	return read_framing(http, name, value);
}

/* The empty line: what follows? */
static enum stk_http1_fault end_head(struct stk_http1 *http)
{
	if (http->status < 200) { /* interim: another one comes */
		http->state = STK_HTTP1_AT_STATUS;
		return STK_HTTP1_OK;
	}
	if (http->head->failed)
		return STK_HTTP1_HEAD_SIZE;
	if (http->to_head || http->status == 204 || http->status == 304) {
		http->state = STK_HTTP1_AT_END;
	} else if (http->is_chunked) {
		/* a length beside it is a trap: chunks win, and nothing more comes this way */
		http->keeps_alive &= !http->has_length;
		http->state = STK_HTTP1_AT_CHUNK_SIZE;
	} else if (http->has_length) {
		if (http->body && http->left > http->body->limit && http->body->limit > 0)
			return STK_HTTP1_BODY_SIZE;
		http->state = http->left > 0 ? STK_HTTP1_AT_LENGTH : STK_HTTP1_AT_END;
	} else {
		http->keeps_alive = false;
		http->state = STK_HTTP1_AT_CLOSE;
	}
	return STK_HTTP1_OK;
}

static int hex_value(char c)
{
	if (is_digit(c))
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static enum stk_http1_fault read_chunk_size(struct stk_http1 *http, struct stk_str line)
{
	uint64_t size = 0;
	size_t i = 0;

	while (i < line.len && hex_value(line.ptr[i]) >= 0) {
		if (size > LENGTH_MAX / 16)
			return STK_HTTP1_CHUNK;
		size = size * 16 + (uint64_t)hex_value(line.ptr[i++]);
	}
	if (i == 0 || (i < line.len && !strchr("; \t", line.ptr[i])) ||
		memchr(line.ptr, '\0', line.len))
		return STK_HTTP1_CHUNK;
	http->left = size;
	http->state = size > 0 ? STK_HTTP1_AT_CHUNK : STK_HTTP1_AT_TRAILER;
	return STK_HTTP1_OK;
}

static enum stk_http1_fault count_line(struct stk_http1 *http, size_t bytes)
{
	http->head_bytes += bytes;
	http->lines++;
	return http->head_bytes > STK_HTTP1_HEAD_MAX || http->lines > STK_HTTP1_LINES_MAX
		       ? STK_HTTP1_HEAD_SIZE
		       : STK_HTTP1_OK;
}

/* One whole line, without its end. */
static enum stk_http1_fault read_line(struct stk_http1 *http, struct stk_str line)
{
	if (http->state == STK_HTTP1_AT_CHUNK_SIZE)
		return line.len > STK_HTTP1_CHUNK_MAX ? STK_HTTP1_CHUNK
						      : read_chunk_size(http, line);
	if (http->state == STK_HTTP1_AT_CHUNK_END) {
		http->state = STK_HTTP1_AT_CHUNK_SIZE;
		return line.len > 0 ? STK_HTTP1_CHUNK : STK_HTTP1_OK;
	}
	if (count_line(http, line.len) != STK_HTTP1_OK)
		return STK_HTTP1_HEAD_SIZE;
	if (http->state == STK_HTTP1_AT_STATUS)
		return read_status(http, line);
	if (http->state == STK_HTTP1_AT_TRAILER) {
		if (line.len == 0)
			http->state = STK_HTTP1_AT_END;
		return STK_HTTP1_OK;
	}
	return line.len == 0 ? end_head(http) : read_field(http, line);
}

/* Most bytes that the line under way may have: endless lines end here. */
static size_t line_max(const struct stk_http1 *http)
{
	switch (http->state) {
	case STK_HTTP1_AT_CHUNK_SIZE:
		return STK_HTTP1_CHUNK_MAX;
	case STK_HTTP1_AT_CHUNK_END:
		return 1;
	default:
		return STK_HTTP1_HEAD_MAX;
	}
}

static struct stk_str without_cr(struct stk_str line)
{
	if (line.len > 0 && line.ptr[line.len - 1] == '\r')
		line.len--;
	return line;
}

/* Something that is no HTTP is told from an answer by its first bytes, not by its first line. */
static bool may_be_status(struct stk_str bytes)
{
	size_t len = bytes.len < 5 ? bytes.len : 5;

	return len == 0 || memcmp(bytes.ptr, "HTTP/", len) == 0;
}

/* Keep the beginning of a line for the next piece. */
static enum stk_http1_fault keep_part(struct stk_http1 *http, struct stk_str bytes)
{
	if (http->part.len + bytes.len > line_max(http))
		return http->state == STK_HTTP1_AT_CHUNK_SIZE ||
				       http->state == STK_HTTP1_AT_CHUNK_END
			       ? STK_HTTP1_CHUNK
			       : STK_HTTP1_HEAD_SIZE;
	stk_buf_add_str(&http->part, bytes);
	if (http->state == STK_HTTP1_AT_STATUS && !may_be_status(stk_buf_str(&http->part)))
		return STK_HTTP1_NOT_HTTP;
	return STK_HTTP1_OK;
}

/* Take a line off bytes, joined with the part that came earlier. */
static enum stk_http1_fault take_line(struct stk_http1 *http, struct stk_str bytes, size_t *used)
{
	const char *end = memchr(bytes.ptr, '\n', bytes.len);
	struct stk_str line = bytes;
	enum stk_http1_fault fault;

	*used = end ? (size_t)(end - bytes.ptr) + 1 : bytes.len;
	if (!end)
		return keep_part(http, bytes);
	line.len = *used - 1;
	if (http->part.len == 0)
		return read_line(http, without_cr(line));
	fault = keep_part(http, line);
	if (fault != STK_HTTP1_OK)
		return fault;
	fault = read_line(http, without_cr(stk_buf_str(&http->part)));
	stk_buf_clear(&http->part);
	return fault;
}

/* --- body ------------------------------------------------------------------------- */

static enum stk_http1_fault take_body(struct stk_http1 *http, struct stk_str bytes, size_t *used)
{
	bool counted = http->state != STK_HTTP1_AT_CLOSE;

	*used = counted && bytes.len > http->left ? (size_t)http->left : bytes.len;
	if (http->body) {
		stk_buf_add(http->body, bytes.ptr, *used);
		if (http->body->failed)
			return STK_HTTP1_BODY_SIZE;
	}
	if (!counted)
		return STK_HTTP1_OK;
	http->left -= *used;
	if (http->left == 0)
		http->state = http->state == STK_HTTP1_AT_LENGTH ? STK_HTTP1_AT_END
								 : STK_HTTP1_AT_CHUNK_END;
	return STK_HTTP1_OK;
}

static bool is_in_body(const struct stk_http1 *http)
{
	return http->state == STK_HTTP1_AT_LENGTH || http->state == STK_HTTP1_AT_CLOSE ||
	       http->state == STK_HTTP1_AT_CHUNK;
}

/* Nothing of this answer came yet. */
static bool is_new(const struct stk_http1 *http)
{
	return http->state == STK_HTTP1_AT_STATUS && http->lines == 0 && http->part.len == 0;
}

static bool is_in_head(const struct stk_http1 *http)
{
	return http->state == STK_HTTP1_AT_STATUS || http->state == STK_HTTP1_AT_HEADER;
}

/* The head, or as much of it as is there. */
static enum stk_http1_fault read_head(
	struct stk_http1 *http, struct stk_str bytes, struct stk_str *rest)
{
	enum stk_http1_fault fault = STK_HTTP1_OK;
	bool whole = http->memo && is_new(http);
	size_t used = whole ? stk_http1_memo_recall(http->memo, http, bytes) : 0;

	*rest = stk_str_skip(bytes, used);
	if (used > 0)
		return STK_HTTP1_OK;
	while (rest->len > 0 && fault == STK_HTTP1_OK && is_in_head(http)) {
		fault = take_line(http, *rest, &used);
		*rest = stk_str_skip(*rest, used);
	}
	if (whole && fault == STK_HTTP1_OK && !is_in_head(http))
		stk_http1_memo_keep(http->memo, http, stk_str_sub(bytes, 0, bytes.len - rest->len));
	return fault;
}

enum stk_http1_fault stk_http1_read(struct stk_http1 *http, struct stk_str bytes, size_t *used_out)
{
	enum stk_http1_fault fault = STK_HTTP1_OK;
	struct stk_str rest = bytes;

	if (is_in_head(http))
		fault = read_head(http, bytes, &rest);
	while (rest.len > 0 && fault == STK_HTTP1_OK && http->state != STK_HTTP1_AT_END) {
		size_t used;

		fault = is_in_body(http) ? take_body(http, rest, &used)
					 : take_line(http, rest, &used);
		rest = stk_str_skip(rest, used);
	}
	*used_out = bytes.len - rest.len;
	return fault;
}

size_t stk_http1_room(struct stk_http1 *http, char **at_out)
{
	size_t len = http->left > DIRECT_MAX ? DIRECT_MAX : (size_t)http->left;

	if (http->state != STK_HTTP1_AT_LENGTH || http->left < DIRECT_MIN)
		return 0;
	*at_out = NULL;
	if (!http->body)
		return len;
	*at_out = stk_buf_reserve(http->body, len);
	return *at_out ? len : 0;
}

void stk_http1_took(struct stk_http1 *http, size_t len)
{
	if (http->body)
		stk_buf_commit(http->body, len);
	http->left -= len;
	if (http->left == 0)
		http->state = STK_HTTP1_AT_END;
}

enum stk_http1_fault stk_http1_read_end(struct stk_http1 *http)
{
	if (http->state == STK_HTTP1_AT_END)
		return STK_HTTP1_OK;
	if (http->state == STK_HTTP1_AT_CLOSE) {
		http->state = STK_HTTP1_AT_END;
		return STK_HTTP1_OK;
	}
	if (http->state == STK_HTTP1_AT_STATUS && http->part.len == 0 && http->lines == 0)
		return STK_HTTP1_EMPTY;
	return STK_HTTP1_CUT;
}
