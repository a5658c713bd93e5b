/* queue: deliveries on disk from the moment they are acknowledged until they are handled. */
#ifndef STK_CORE_BOT_QUEUE_H
#define STK_CORE_BOT_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/clock.h"
#include "core/base/err.h"
#include "core/base/str.h"

/* 0 takes the default. */
struct stk_queue_opts {
	const char *path; /* of the database */
	const struct stk_clock *clock;
	size_t max_waiting;     /* deliveries that wait; default 1,000 */
	size_t max_bytes;       /* of their bodies; default 64 MiB */
	size_t max_dead;        /* that are kept with their body; default 1,000 */
	int max_tries;          /* default 14: some five hours, the longest outages and limits */
	int64_t first_pause_ns; /* before the second try, then doubled up to an hour; default 10 s
				 */
	int64_t keep_ns;        /* how long a handled one is known; default 7 days */
};

/* Several threads may use one. */
struct stk_queue;

/* What stopped in the middle when the last process ended waits again. */
int stk_queue_open(const struct stk_queue_opts *opts, struct stk_queue **out,
	struct stk_err *err) STK_MUST_CHECK;
void stk_queue_close(struct stk_queue *queue); /* NULL is fine */

struct stk_queue_item {
	struct stk_str id;    /* X-GitHub-Delivery */
	struct stk_str event; /* X-GitHub-Event */
	struct stk_str body;  /* as sent */
};

enum stk_queue_added {
	STK_QUEUE_ADDED,   /* it is on disk */
	STK_QUEUE_SEEN,    /* this id or this body came before: nothing is done again */
	STK_QUEUE_REVIVED, /* it was given up, and was sent again on purpose: it waits again */
	STK_QUEUE_FULL     /* nothing was taken */
};

/* Take a delivery in; 0 only when the disk has it. The body counts as well as the id: a recorded
 * request can be sent again under another id, which is not signed. */
int stk_queue_add(struct stk_queue *queue, const struct stk_queue_item *item,
	enum stk_queue_added *out, struct stk_err *err) STK_MUST_CHECK;

/* A delivery in somebody's hands. */
struct stk_queue_job {
	int64_t number;
	char *id, *event; /* owned */
	char *body;
	size_t body_len;
	int tries; /* this one included */
	bool is_last;
};
void stk_queue_job_release(struct stk_queue_job *job);

/* Take the one that waits longest of those that are due. 1: there is one, 0: none. */
int stk_queue_take(
	struct stk_queue *queue, struct stk_queue_job *job, struct stk_err *err) STK_MUST_CHECK;

enum stk_queue_end {
	STK_QUEUE_DONE,
	STK_QUEUE_RETRY, /* after a pause, or given up after max_tries */
	STK_QUEUE_BURY,  /* given up: another try would end the same */
	STK_QUEUE_BACK   /* was not begun or was interrupted: this try does not count */
};
/* Say how a job ended; why (may be NULL) is kept with it for people. */
int stk_queue_end(struct stk_queue *queue, const struct stk_queue_job *job, enum stk_queue_end how,
	const char *why, struct stk_err *err) STK_MUST_CHECK;

struct stk_queue_counts {
	int64_t waiting, running, dead;
	int64_t known;     /* deliveries that would be seen again as such */
	int64_t oldest_ns; /* how long the longest one waits or runs; 0 for none */
};
int stk_queue_count(
	struct stk_queue *queue, struct stk_queue_counts *out, struct stk_err *err) STK_MUST_CHECK;

/* Forget handled ones older than keep_ns, and the oldest given-up ones over max_dead. */
int stk_queue_sweep(struct stk_queue *queue, struct stk_err *err) STK_MUST_CHECK;

#endif
