/* workflow: what a workflow file says, as plain C values. */
#ifndef STK_CORE_SCRIPT_WORKFLOW_H
#define STK_CORE_SCRIPT_WORKFLOW_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/arena.h"
#include "core/base/err.h"
#include "core/base/vec.h"
#include "core/record/run.h"

struct stk_script;

struct stk_pair_text { /* a label, a header, a variable */
	const char *name, *value;
};
STK_VEC_TYPE(stk_pairs_text, struct stk_pair_text);

/* What to run: one text for /bin/sh -c, or a list of words. */
struct stk_command_spec {
	const char *shell; /* NULL if argv is used */
	STK_VEC(const char *) argv;
};

/* How a service or target is profiled. */
enum stk_profile_via { STK_VIA_DEFAULT, STK_VIA_SDK, STK_VIA_SCRAPE };
struct stk_profile_spec {
	enum stk_profile_via via;
	const char *service; /* sdk: service_name; NULL = whatever the side pushes */
	struct stk_pairs_text labels;
	const char *url;  /* scrape: may hold placeholders */
	const char *path; /* scrape: /debug/pprof */
	int64_t slice_ns; /* scrape */
};

/* A further process of a service: started before it, stopped after it, measured with it. */
struct stk_process_spec {
	const char *name; /* letters, digits, - and _ */
	struct stk_command_spec start, stop, pids;
	struct stk_pairs_text env; /* in addition to the service's */
	const char *cwd;
	const char *ready; /* "/path", "tcp", "tcp:PORT"; NULL: it need only be started */
	int ready_fn;
	int64_t ready_timeout_ns;
	const char *url;
};

/* ready_fn: zero if ready is not a function; else the number to call it by. */
struct stk_side_spec {
	bool is_set;
	bool is_service;   /* started by us; else a target that runs already */
	const char *where; /* "stoker.lua:7"; NULL if it is from the command line */
	struct stk_command_spec build, start, stop, pids;
	STK_VEC(struct stk_process_spec) processes;
	struct stk_pairs_text env;
	const char *cwd;
	const char *ready; /* "/path", "tcp", "tcp:PORT" or NULL (tcp) */
	int ready_fn;
	int64_t ready_timeout_ns, stop_timeout_ns;
	const char *stop_signal;
	const char *url; /* of both kinds; a service's may hold placeholders */
	struct stk_profile_spec profile;
	const char *title; /* for the report; NULL = revision, command or URL */
};

enum stk_source_kind {
	STK_SOURCE_EMBEDDED,
	STK_SOURCE_PYROSCOPE,
	STK_SOURCE_SCRAPE,
	STK_SOURCE_FILES
};
struct stk_source_spec {
	enum stk_source_kind kind;
	const char *url, *tenant, *user;
	const char *grafana, *datasource;     /* for links: its URL, the uid in it; NULL unknown */
	const char *password_env, *token_env; /* names of variables, never the values */
	struct stk_pairs_text headers;
	int concurrency;
	const char *files[STK_SIDES]; /* globs */
	double file_requests[STK_SIDES];
};

/* Where kept runs of the base are looked for, and kept. */
enum stk_baselines_kind {
	STK_BASELINES_NONE,
	STK_BASELINES_NOTES,
	STK_BASELINES_DIR,
	STK_BASELINES_S3
};
struct stk_baselines_spec {
	enum stk_baselines_kind kind;
	const char *remote;            /* notes: "origin" */
	const char *path;              /* dir */
	const char *url;               /* s3://bucket/prefix */
	const char *endpoint, *region; /* s3; NULL: from the environment */
	bool path_style, path_style_given;
};

/* Load by another program; texts and lists in the workflow's arena, lists with NULL at the end. */
struct stk_load_program {
	const char *k6;          /* a k6 script, beside the workflow; NULL: none */
	const char *const *args; /* of k6; NULL: none */
	const char *shell;       /* a command: for /bin/sh -c, */
	const char *const *argv; /* or its words */
	const char *results;     /* of a command: the form of what it writes */
};

struct stk_load_spec {
	struct stk_load_program program; /* in place of a load script */
	const char *script; /* path beside the workflow; NULL if the file itself is a load script */
	const char *scenario; /* whose function a rate or vus replaces */
	double rate;          /* iterations per rate_unit_ns; 0 = not given */
	int64_t rate_unit_ns;
	int64_t vus;         /* 0 = not given */
	int64_t duration_ns; /* 0 = not given */
	int64_t warmup_ns;
	int64_t idle_ns;
	int64_t block_ns; /* 0 = from the slices */
	int64_t pairs;
	struct stk_pairs_text env;
};

/* Limits; NaN = not set. Fractions, except errors in points of the rate (0.005). */
struct stk_gate_spec {
	bool is_set;
	double cpu, alloc_space, alloc_objects, inuse_space, p50, p95, p99, throughput, errors;
	bool functions, thresholds;
};

struct stk_workflow {
	struct stk_arena arena;
	const char *name;
	const char *dir; /* of the file, for scripts beside it */
	bool mode_given;
	enum stk_mode mode;
	struct stk_side_spec sides[STK_SIDES]; /* mode idle: HEAD only */
	/* Both sides are the one service of the file, built from two commits: stk_workflow_pair. */
	bool from_git;
	const char
		*base; /* "merge-base:main", a revision, in mode baseline a name; NULL: found out */
	const char *head;     /* a revision; NULL: found out */
	const char *base_key; /* how base was given: "--base" or "base ="; for messages */
	bool rebuild;         /* what earlier runs built does not count */
	bool shares_service;  /* memory of the sides is one */
	struct stk_source_spec source;
	struct stk_load_spec load;
	STK_VEC(const char *) profiles; /* short names or full ids */
	int64_t profiles_timeout_ns;    /* for the first ones to come, beyond the warm-up */
	struct stk_baselines_spec baselines;
	struct stk_gate_spec gate;
	struct stk_pairs_text tags;   /* of every sample of the load, over its script's */
	STK_VEC(const char *) out;    /* KIND[=ARG]: where samples of the load go while it is on */
	STK_VEC(const char *) report; /* term html markdown json */
	STK_VEC(const char *) post; /* where to publish: comment check status summary outputs … */
	int run_fn; /* registry reference of its own run = function(w); 0 = the flow of its mode */
};

void stk_workflow_init(struct stk_workflow *workflow); /* the defaults of the API */
void stk_workflow_release(struct stk_workflow *workflow);

/* Does another program make the load? */
bool stk_load_is_program(const struct stk_load_spec *spec);

/* Make the service of mode idle both sides, to be built from two commits, or take that back: the
 * service is then the one side again. Nothing happens where it is so already. */
void stk_workflow_pair(struct stk_workflow *workflow);
void stk_workflow_unpair(struct stk_workflow *workflow);

/* Make both sides of a paired workflow the service that head is: an A/A run. */
void stk_workflow_same(struct stk_workflow *workflow);

/* Read the table that script returned by stoker.workflow{}. STK_E_SCRIPT with file, line
 * and the nearest known key. The script must outlive calls of its functions. */
int stk_workflow_read(
	struct stk_script *script, struct stk_workflow *out, struct stk_err *err) STK_MUST_CHECK;

#endif
