/* sender: posts an output's bodies on a thread of its own, so that no server delays the feed. */
#ifndef STK_CORE_EXPORT_SENDER_H
#define STK_CORE_EXPORT_SENDER_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/http/client.h"

struct stk_sender; /* used by one thread, the feed's */

/* Everything is borrowed until the sender is stopped. */
struct stk_sender_opts {
	const char *kind; /* in sentences: "prometheus" */
	const char *url;
	const char *user; /* basic authentication; without it password is a bearer token */
	const struct stk_secret *password;
	const struct stk_http_header *headers;
	size_t headers_len;
	bool insecure_tls;
	int64_t timeout_ms; /* of one request */
	int64_t finish_ns;  /* the last round may take so long in all, with its repetitions */
};

struct stk_sender *stk_sender_start(const struct stk_sender_opts *opts);
/* Nothing is under way. */
bool stk_sender_is_idle(struct stk_sender *sender);
/* Every body of the last round was taken (true before the first). */
bool stk_sender_is_well(struct stk_sender *sender);
/* Post a round of bodies, in order, once; ends at the first that is refused. Only when idle; takes
 * the bodies over and leaves *bodies empty. */
struct stk_sender_round {
	STK_VEC(struct stk_buf) bodies;
};
void stk_sender_post(struct stk_sender *sender, struct stk_sender_round *round_take);
/* Wait until idle, at most as long as one request may take, else give up what is under way. */
void stk_sender_settle(struct stk_sender *sender);
/* The last round: repeated while its failure may pass; returns when over. */
void stk_sender_finish(struct stk_sender *sender, struct stk_sender_round *round_take);
/* End the thread, free. Appends a line to said if rounds failed. NULL is fine. */
void stk_sender_stop(struct stk_sender *sender, struct stk_buf *said);

#endif
