/* ledger: what the bot remembers: the last records of pull requests, and the runs it was asked for.
 */
#ifndef STK_CORE_BOT_LEDGER_H
#define STK_CORE_BOT_LEDGER_H

#include <stddef.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/base/err.h"
#include "core/bot/parcel.h"

/* 0 takes the default. */
struct stk_ledger_opts {
	const char *path; /* of the database */
	const struct stk_clock *clock;
	size_t max_records; /* default 500; the oldest go */
	size_t max_bytes;   /* of all records, packed; default 256 MiB */
};

/* Several threads may use one. */
struct stk_ledger;

int stk_ledger_open(const struct stk_ledger_opts *opts, struct stk_ledger **out,
	struct stk_err *err) STK_MUST_CHECK;
void stk_ledger_close(struct stk_ledger *ledger); /* NULL is fine */

/* A pull request; views. Repositories are told apart whatever their case. */
struct stk_ledger_pull {
	const char *repository; /* owner/name */
	int64_t number;
};

/* Keep a record and its flame graphs in place of the one of that workflow's name. One that is
 * larger than all that may be kept is passed over. */
int stk_ledger_put(struct stk_ledger *ledger, const struct stk_ledger_pull *pull, const char *name,
	const struct stk_parcel_record *record, struct stk_err *err) STK_MUST_CHECK;

/* The records of a pull request, the newest first, at most STK_PARCEL_RECORDS_MAX. */
int stk_ledger_get(struct stk_ledger *ledger, const struct stk_ledger_pull *pull,
	struct stk_parcel *out, struct stk_err *err) STK_MUST_CHECK;

enum { STK_LEDGER_TOKEN_BYTES = 24 };

/* A run that somebody asked for. */
struct stk_ledger_request {
	char token[STK_LEDGER_TOKEN_BYTES + 1]; /* hex; stands in the run's title */
	char *repository, *login, *head_sha;    /* owned */
	int64_t number, comment_id;
};
void stk_ledger_request_release(struct stk_ledger_request *request);

/* The token of a delivery: always the same, so that a second try finds the first one's run. */
void stk_ledger_token(struct stk_str delivery, char out[STK_LEDGER_TOKEN_BYTES + 1]);

/* Write a request down; 1: it was there already. */
int stk_ledger_ask(struct stk_ledger *ledger, const struct stk_ledger_request *request,
	struct stk_err *err) STK_MUST_CHECK;
/* The open request whose token stands in a run's title. 1: found, 0: none. */
int stk_ledger_find(struct stk_ledger *ledger, const char *repository, const char *title,
	struct stk_ledger_request *out, struct stk_err *err) STK_MUST_CHECK;
/* It was answered. */
int stk_ledger_close_request(
	struct stk_ledger *ledger, const char *token, struct stk_err *err) STK_MUST_CHECK;

#endif
