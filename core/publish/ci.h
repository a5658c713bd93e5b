/* ci: which CI this is, and what it runs for: repository, pull request, commit, files to write. */
#ifndef STK_CORE_PUBLISH_CI_H
#define STK_CORE_PUBLISH_CI_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/arena.h"
#include "core/base/env.h"

enum stk_forge { STK_FORGE_NONE, STK_FORGE_GITHUB, STK_FORGE_GITEA, STK_FORGE_GITLAB };

/* Text lives in the arena; NULL = unknown. Names of branches and repositories come from strangers.
 */
struct stk_ci {
	struct stk_arena arena;
	enum stk_forge forge;
	bool is_ci;             /* runs in that forge's CI; false: told by hand, or nothing */
	const char *repository; /* owner/name; GitLab: path with namespace, or its number */
	const char *api_url;    /* with its path, without '/' at the end */
	const char *server_url; /* for people */
	const char *event;      /* pull_request, push, workflow_run, … */
	int64_t number;         /* of the pull or merge request; 0 = none */
	const char *head_sha;   /* of the pull request's head, never of the merge commit */
	const char *merge_sha;  /* the merge commit that Actions checks out; NULL if it is none */
	const char *base_sha, *base_ref, *head_ref;
	const char *head_repository; /* where the head's branch lives; NULL when it is gone */
	const char *head_owner;      /* owner of that one, for the search by branch */
	/* A pull request of a fork (or of Dependabot): the job's token may only read. */
	bool is_read_only;
	const char *why_read_only; /* "fork pull request" */
	int64_t run_number, run_attempt;
	const char *run_url;       /* page of the job or workflow run */
	const char *summary_path;  /* GITHUB_STEP_SUMMARY */
	const char *output_path;   /* GITHUB_OUTPUT */
	const char *event_trouble; /* why the event file told nothing; NULL if it did or there is
				      none */
};

/* Look at the environment and at the event file (at most 25 MiB). Never fails: what cannot be read
 * stays unknown, and event_trouble says why. Release it in any case. */
void stk_ci_init(struct stk_ci *ci, const struct stk_env *env);
void stk_ci_release(struct stk_ci *ci);

/* What the command line says in place of the environment; NULL and 0 leave what is there. */
struct stk_ci_given {
	const char *repository, *api_url, *sha;
	int64_t number;
	const char *server_url; /* for people */
	const char *run_url;    /* page of the workflow run */
	const char *remote; /* of the run's repository: tells repository and server outside of CI */
};

/* Lay this over what the environment said. STK_E_INVAL: no owner/name, no URL, no commit. */
int stk_ci_override(
	struct stk_ci *ci, const struct stk_ci_given *given, struct stk_err *err) STK_MUST_CHECK;

/* "owner/name" of letters, digits and ._- as GitHub allows; anything else would change a path. */
bool stk_ci_is_repository(struct stk_str text);
/* "https://host/o/r.git", "git@host:o/r.git" -> views of host and o/r; false for anything else. */
bool stk_ci_split_remote(struct stk_str remote, struct stk_str *host, struct stk_str *path);
/* 7 to 64 hex digits. */
bool stk_ci_is_sha(struct stk_str text);

/* "GitHub", "GitLab", "Gitea", "none"; static text. */
const char *stk_forge_name(enum stk_forge forge);

#endif
