/* http1: HTTP/1.1 on the wire: an answer read piece by piece, a request's head written.
 *
 * RFC 9112, as strict as Go's client (and so k6) where that protects, as lenient where servers
 * need it: a bare LF ends a line, folded lines are joined by one blank, trailers are read and
 * dropped; two lengths that differ, a length that is no number, a coding of the transfer other
 * than chunked, and anything over a limit are faults. */
#ifndef STK_CORE_LOAD_HTTP1_H
#define STK_CORE_LOAD_HTTP1_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/http/url.h"
#include "core/load/driver.h"
#include "core/load/http1_memo.h"

#define STK_HTTP1_HEAD_MAX  ((size_t)256 << 10) /* all header lines, interim answers, trailers */
#define STK_HTTP1_LINES_MAX 1000                /* of the same */
#define STK_HTTP1_CHUNK_MAX 4096                /* the line before a chunk, extensions included */

enum stk_http1_fault {
	STK_HTTP1_OK,
	STK_HTTP1_EMPTY, /* closed before the first byte */
	STK_HTTP1_CUT,   /* closed in the middle */
	STK_HTTP1_NOT_HTTP,
	STK_HTTP1_VERSION,
	STK_HTTP1_STATUS,
	STK_HTTP1_HEADER,   /* a line without a name */
	STK_HTTP1_LENGTH,   /* Content-Length is no number, or there are two */
	STK_HTTP1_TRANSFER, /* Transfer-Encoding is not chunked */
	STK_HTTP1_CHUNK,
	STK_HTTP1_SWITCH,    /* 101: nobody asked for it */
	STK_HTTP1_HEAD_SIZE, /* over STK_HTTP1_HEAD_MAX or _LINES_MAX */
	STK_HTTP1_BODY_SIZE, /* over the limit of body */
	STK_HTTP1_FAULTS
};

/* What a person reads; static. */
const char *stk_http1_fault_text(enum stk_http1_fault fault);

enum stk_http1_state {
	STK_HTTP1_AT_STATUS,
	STK_HTTP1_AT_HEADER,
	STK_HTTP1_AT_LENGTH, /* so many bytes of the body are left */
	STK_HTTP1_AT_CLOSE,  /* the body lasts until the peer closes */
	STK_HTTP1_AT_CHUNK_SIZE,
	STK_HTTP1_AT_CHUNK,
	STK_HTTP1_AT_CHUNK_END,
	STK_HTTP1_AT_TRAILER,
	STK_HTTP1_AT_END
};

/* One answer under way. */
struct stk_http1 {
	/* in: borrowed until the end */
	struct stk_buf *head; /* gets "Name: value\n" of each line of the final answer */
	struct stk_buf *body; /* as sent, without its chunks; NULL: dropped */
	bool to_head;         /* the request was HEAD: no body, whatever the header says */
	/* out */
	enum stk_http1_state state;
	int status;
	bool http10;
	bool keeps_alive; /* the connection may be used again after the end */
	bool sets_cookies;
	bool is_coded; /* there is a Content-Encoding */
	/* its own */
	bool has_length, is_chunked, last_is_framing;
	uint64_t left; /* of the body or of a chunk */
	size_t head_bytes;
	unsigned lines;
	struct stk_buf part;         /* of a line that lies in two pieces */
	struct stk_http1_memo *memo; /* borrowed; NULL: every head is read */
};

void stk_http1_init(struct stk_http1 *http);
void stk_http1_release(struct stk_http1 *http);
/* Ready for the next answer; memory is kept. head and body are emptied by the caller. */
void stk_http1_begin(
	struct stk_http1 *http, struct stk_buf *head, struct stk_buf *body, bool to_head);
/* Read on. *used_out tells how many bytes belong to this answer: fewer than given only at its end
 * (state is STK_HTTP1_AT_END) or after a fault. */
enum stk_http1_fault stk_http1_read(struct stk_http1 *http, struct stk_str bytes, size_t *used_out);
/* While much of a body with a known length is to come: where its bytes may be put straight from
 * the socket (NULL: they are to be dropped), and how many at most; 0: give them to stk_http1_read.
 * Then stk_http1_took says how many came. */
size_t stk_http1_room(struct stk_http1 *http, char **at_out);
void stk_http1_took(struct stk_http1 *http, size_t len);
/* The peer closed: OK if that is how the body ends. */
enum stk_http1_fault stk_http1_read_end(struct stk_http1 *http);

/* What the head of a request is made of. */
struct stk_http1_request {
	const char *method;
	const struct stk_url *url;
	const char *user_agent; /* NULL: none, unless headers hold one */
	const struct stk_name_value *headers;
	size_t headers_len;
	bool has_body;
	size_t body_len;
};

/* Append request line and header lines up to the empty one. Host, User-Agent and the length are
 * made here unless headers say otherwise; Content-Length and Transfer-Encoding of headers are
 * left out. Control bytes become blanks: one line stays one line. *closes_out: headers ask for
 * Connection: close. */
void stk_http1_write(
	const struct stk_http1_request *request, struct stk_buf *buf, bool *closes_out);

#endif
