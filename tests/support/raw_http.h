/* raw_http: a server that answers with raw bytes and bad manners: cuts, resets, hangs, drips. */
#ifndef STK_TESTS_SUPPORT_RAW_HTTP_H
#define STK_TESTS_SUPPORT_RAW_HTTP_H

#include <stdint.h>

enum raw_http_end {
	RAW_KEEP,   /* wait for the next request */
	RAW_CLOSE,  /* after the bytes */
	RAW_RESET,  /* with an RST */
	RAW_HANG,   /* say nothing more */
	RAW_ENDLESS /* the last byte again and again until the peer goes */
};

struct raw_http_row {
	const char *path;  /* of the request line */
	const char *bytes; /* sent as they are */
	enum raw_http_end end;
	int from; /* only from this request of a connection on (from 0) */
};

struct raw_http;

/* On a free port of 127.0.0.1; rows are borrowed, the first that fits answers, else it closes. */
struct raw_http *raw_http_start(const struct raw_http_row *rows, int len);
uint16_t raw_http_port(const struct raw_http *raw);
/* Requests and connections so far. */
int raw_http_requests(struct raw_http *raw);
int raw_http_connections(struct raw_http *raw);
void raw_http_stop(struct raw_http *raw);

#endif
