/* store: where baselines are kept: one small table of functions, one file per kind of store. */
#ifndef STK_CORE_BASELINE_STORE_H
#define STK_CORE_BASELINE_STORE_H

#include <stdint.h>

#include "core/base/arena.h"
#include "core/base/buf.h"
#include "core/base/env.h"
#include "core/base/err.h"
#include "core/base/vec.h"
#include "core/baseline/kept.h"

/* Name of one kept run. Words are made of A-Za-z0-9._- and not empty. */
struct stk_baseline_key {
	const char *workflow;
	const char *revision; /* full commit, or a name where there is no repository */
	const char *machine;  /* stk_kept_machine */
	int64_t measured_ns;
};

struct stk_baseline_item {
	struct stk_baseline_key key;
	size_t bytes; /* packed */
};

/* Text belongs to the arena. */
struct stk_baseline_items {
	struct stk_arena arena;
	STK_VEC(struct stk_baseline_item) list;
};

void stk_baseline_items_release(struct stk_baseline_items *items);

struct stk_baseline_store;

struct stk_baseline_store_ops {
	/* Those of a workflow and a revision (NULL = all), appended. */
	int (*list)(struct stk_baseline_store *store, const char *workflow, const char *revision,
		struct stk_baseline_items *out, struct stk_err *err);
	int (*read)(struct stk_baseline_store *store, const struct stk_baseline_key *key,
		struct stk_buf *out, struct stk_err *err);
	int (*write)(struct stk_baseline_store *store, const struct stk_baseline_key *key,
		struct stk_str packed, struct stk_err *err);
	int (*remove)(struct stk_baseline_store *store, const struct stk_baseline_key *key,
		struct stk_err *err);
	/* What only this kind holds; NULL: nothing. */
	void (*release)(struct stk_baseline_store *store);
	/* NULL: the store is shared as it is. */
	int (*fetch)(struct stk_baseline_store *store, struct stk_err *err);
	int (*push)(struct stk_baseline_store *store, struct stk_err *err);
};

struct stk_baseline_store {
	const struct stk_baseline_store_ops *ops;
	char *where; /* for people: "git notes", a folder */
	char *path;  /* folder of the store, or of the repository */
	char *remote;
	bool lists_at_once; /* one list of everything is cheaper than one per revision */
};

/* Git notes of the repository that dir lies in, shared through remote ("origin"). */
struct stk_baseline_store *stk_baseline_store_notes(const char *dir, const char *remote);
/* A folder, which is made when something is written. */
struct stk_baseline_store *stk_baseline_store_dir(const char *path);

/* A bucket of S3, or of anything that speaks it. NULL takes what AWS's variables say: AWS_REGION
 * (AWS_DEFAULT_REGION, else us-east-1), AWS_ENDPOINT_URL_S3 (AWS_ENDPOINT_URL, else Amazon's). */
struct stk_baseline_s3_opts {
	const char *url; /* s3://bucket/prefix */
	const char *endpoint, *region;
	enum {
		STK_S3_STYLE_DEFAULT, /* path with an endpoint of one's own or dots in the name */
		STK_S3_STYLE_PATH,    /* https://endpoint/bucket/key */
		STK_S3_STYLE_HOST     /* https://bucket.endpoint/key */
	} style;
	const struct stk_env *env; /* the credentials are in it */
};

/* Credentials are AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and, for those that end,
 * AWS_SESSION_TOKEN; there are no profiles. STK_E_INVAL for a URL that is none, STK_E_AUTH without
 * credentials. Nothing is asked of the server yet. */
int stk_baseline_store_s3(const struct stk_baseline_s3_opts *opts, struct stk_baseline_store **out,
	struct stk_err *err) STK_MUST_CHECK;
void stk_baseline_store_free(struct stk_baseline_store *store); /* NULL is fine */

/* Keep a run: under its workflow, revision and machine, in place of an earlier one. */
int stk_baseline_save(struct stk_baseline_store *store, const struct stk_kept *kept,
	struct stk_err *err) STK_MUST_CHECK;
/* Read one; out is initialised. */
int stk_baseline_load(struct stk_baseline_store *store, const struct stk_baseline_key *key,
	struct stk_kept *out, struct stk_err *err) STK_MUST_CHECK;
/* Remove what was measured before before_ns. *removed_out may be NULL. */
int stk_baseline_prune(struct stk_baseline_store *store, const char *workflow, int64_t before_ns,
	size_t *removed_out, struct stk_err *err) STK_MUST_CHECK;

/* A word fit for a key: other characters become '-'. */
const char *stk_baseline_word(struct stk_arena *arena, const char *text);
/* "machine-measured" of a file's or line's name, and back. STK_E_FORMAT. */
void stk_baseline_format_name(struct stk_buf *buf, const struct stk_baseline_key *key);
int stk_baseline_parse_name(struct stk_str name, struct stk_arena *arena,
	struct stk_baseline_key *out, struct stk_err *err) STK_MUST_CHECK;

#endif
