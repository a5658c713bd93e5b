/* publisher: what a report is published with, and the table of places it can go to. */
#ifndef STK_CORE_PUBLISH_PUBLISHER_H
#define STK_CORE_PUBLISH_PUBLISHER_H

#include <stdbool.h>

#include "core/publish/ci.h"
#include "core/publish/rest.h"
#include "core/report/doc.h"

struct stk_post_opts {
	const char *key; /* tells several reports of one pull request apart; NULL: the workflow */
	const char *author;      /* login that our comments have; NULL: found out */
	const char *report_url;  /* of the page, for the links; NULL: the CI's run page */
	const char *webhook_url; /* NULL: none */
	const char *folder;      /* the record's, or its run.json, for outputs; NULL: unknown */
	bool always;             /* a comment even where there is nothing to say */
	bool has_bot;            /* somebody answers to "/stoker run": the comment says so */
};

/* What a publisher works with. All borrowed. */
struct stk_post {
	const struct stk_doc *doc;
	const struct stk_ci *ci;
	const struct stk_post_opts *opts;
	const struct stk_env *env;
	struct stk_rest *rest; /* NULL: there is no token; only local publishers are called then */
	bool is_bot_token;     /* of Actions or an App: cannot ask who it is */
	struct stk_buf *dry;   /* not NULL: append what would be written to files; write nothing */
};

enum stk_post_outcome { STK_POST_DONE, STK_POST_PASSED_OVER };

struct stk_post_result {
	enum stk_post_outcome outcome;
	char text[256]; /* one line: "comment 123 updated", or why nothing was to do */
	char url[512];  /* of what was written; "" = none */
};

/* One place. There may be several of a name, each for other forges. */
struct stk_publisher {
	const char *name;       /* comment, check, status, summary, outputs, webhook */
	unsigned forges;        /* bits 1u << enum stk_forge */
	bool is_remote;         /* needs a token that may write */
	bool needs_number;      /* needs a pull request */
	bool needs_sha;         /* needs a commit */
	const char *permission; /* of GitHub's token: "pull-requests: write"; NULL if none */
	int (*post)(
		const struct stk_post *post, struct stk_post_result *result, struct stk_err *err);
};

#define STK_FORGE_BIT(forge) (1u << (forge))
#define STK_FORGES_ALL       (~0u)

/* All of them; NULL at the end. */
extern const struct stk_publisher *const stk_publishers[];

/* The publisher of that name for that forge; NULL if there is none. */
const struct stk_publisher *stk_publisher_find(struct stk_str name, enum stk_forge forge);
/* Whether any forge has a publisher of that name. */
bool stk_publisher_is_name(struct stk_str name);

/* Fill in a result. */
void stk_post_say(struct stk_post_result *result, enum stk_post_outcome outcome, const char *fmt,
	...) STK_PRINTF(3, 4);

#endif
