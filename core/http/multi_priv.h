/* multi_priv: what the loop (multi.c) and one exchange's libcurl handle (multi_handle.c) share. */
#ifndef STK_CORE_HTTP_MULTI_PRIV_H
#define STK_CORE_HTTP_MULTI_PRIV_H

#include <curl/curl.h>

#include "core/base/vec.h"
#include "core/http/multi.h"
#include "core/http/proxy.h"

/* What epoll watches for a descriptor, and what libcurl wants of it. */
struct stk_multi_fd {
	unsigned char watched, wanted;
};

struct stk_multi_handle {
	CURL *easy;
	struct stk_multi *multi;
	struct stk_multi_job *job; /* NULL: idle */
	struct stk_multi_handle *next_idle;
	size_t place; /* in multi->handles */
	STK_VEC(struct curl_slist) lines;
	STK_VEC(size_t) offsets;
	struct stk_buf text;          /* of the lines */
	int64_t started_ns, asked_ns; /* handed to libcurl; just before it sends */
	struct stk_buf place_text;    /* of place_line: where a mapped name is */
	struct curl_slist place_line;
	const struct stk_net_certificate *certificate; /* the one that is set */
	struct stk_buf url;             /* the one that is set, with what depends on its host */
	bool is_get;                    /* set to a GET without a body */
	bool has_user;                  /* a user is set */
	enum stk_multi_fault own_fault; /* for which a callback of ours ended it */
	bool has_length;                /* Content-Length of this answer, which is */
	uint64_t length;
	bool is_proxied; /* the URL that is set goes through a proxy */
	bool blocked;    /* by stk_net_blocks_address */
	bool head_over;  /* the empty line came */
	char error[CURL_ERROR_SIZE];
};

struct stk_multi {
	CURLM *curl;
	struct stk_multi_opts opts;
	struct stk_proxies proxies;
	int epoll_fd, timer_fd, wake_fd;
	int64_t curl_ns;  /* when libcurl wants to be called; INT64_MAX: not */
	int64_t armed_ns; /* what timer_fd is set to */
	size_t done;      /* jobs ended within this poll */
	struct stk_multi_handle *idle;
	STK_VEC(struct stk_multi_handle *) handles;
	STK_VEC(struct stk_multi_fd) fds; /* by descriptor */
};

struct stk_multi_handle *stk_multi_handle_new(struct stk_multi *multi);
void stk_multi_handle_free(struct stk_multi_handle *handle);
/* Ready the handle for job. */
void stk_multi_handle_set(struct stk_multi_handle *handle, struct stk_multi_job *job);
/* Write the outcome into its job. */
void stk_multi_handle_collect(struct stk_multi_handle *handle, CURLcode code);
/* A descriptor is about to be closed. */
void stk_multi_forget_fd(struct stk_multi *multi, int fd);

#endif
