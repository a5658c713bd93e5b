/* session: what one run holds on to while it goes on: sides, source, engine, folder. */
#ifndef STK_CORE_FLOW_SESSION_H
#define STK_CORE_FLOW_SESSION_H

#include "core/base/vec.h"
#include "core/export/outlets.h"
#include "core/flow/flow.h"
#include "core/load/failures.h"
#include "core/record/run.h"
#include "core/service/service.h"
#include "core/source/source.h"

struct stk_builds;
struct stk_changes;
struct stk_kept;
struct stk_plan;
struct stk_profile;
struct stk_script_driver;
struct stk_serve;
struct stk_store;
struct stk_trust;

/* One end of the comparison while it runs. */
struct stk_session_side {
	const struct stk_side_spec *spec;
	const char *name;                     /* base, head */
	struct stk_script *script;            /* the workflow, for ready = function(s) */
	struct stk_service *service;          /* NULL for a target */
	STK_VEC(struct stk_service *) others; /* its further processes, in the order of start */
	char *out; /* {out} of one that is not built from git: removed at the end */
	char *url;
	char *push_url;            /* where its SDK pushes to; NULL without the embedded server */
	char *selector;            /* what its profiles are found by, "{service_name=\"x\"}" */
	struct stk_source *source; /* borrowed from the session's list */
};

/* A profile type that the workflow asked for, as it was found. */
struct stk_session_type {
	const char *asked;                      /* "cpu" */
	char *type_id;                          /* NULL until found */
	struct stk_source_info info[STK_SIDES]; /* interval 0 = not yet known */
	int64_t fetched_ns[STK_SIDES]; /* slices of the windows up to here have been fetched */
};

/* A slice's profile, kept while the run goes on; number into run->slices. */
struct stk_session_profile {
	size_t slice;
	size_t sample_type; /* in the profile */
	struct stk_profile *profile;
};

/* A load script and what runs it in virtual users. */
struct stk_session_script {
	const char *name; /* as the workflow has it; NULL: the run's own file */
	struct stk_script *script;
	struct stk_script_driver *driver;
};

struct stk_session {
	const struct stk_flow_opts *opts;
	const struct stk_workflow *workflow;
	struct stk_env *env;
	const struct stk_clock *clock;
	struct stk_run *run;
	char *folder; /* of the record */
	struct stk_store *store;
	struct stk_serve *server;
	struct stk_session_side sides[STK_SIDES];
	STK_VEC(struct stk_source *) sources;
	STK_VEC(struct stk_session_type) types;
	STK_VEC(struct stk_session_profile) profiles;
	STK_VEC(struct stk_session_script) scripts; /* that were asked for, loaded once each */
	struct stk_builds *builds;                  /* both sides from git; NULL: not */
	struct stk_changes *changes;                /* see stk_session_changes */
	bool changes_asked;
	struct stk_changes *own_changes; /* see stk_session_own_changes */
	bool own_changes_asked;
	int64_t iterations, errors;            /* of the load so far; errors: those of the script */
	struct stk_outlets outlets;            /* out = {…}; zeroed: none */
	STK_VEC(struct stk_plan *) sent_plans; /* whose samples outputs may still hold */
	struct stk_failures failures;          /* why requests failed, of the load so far */
	const char *phase;                     /* for the record of a partial run */
	int interrupts_heeded;                 /* so many have marked the record as partial */
	bool takes_what_is_there; /* interrupted while waiting for slices: wait for no more */
	const char *rules; /* commit of the base branch whose .stoker/ counts; NULL: the base's */
	struct stk_kept *kept;   /* the base that the verb baseline found; NULL before */
	struct stk_trust *trust; /* what A/A runs say of this one; NULL before it was asked */
};

/* Make the folder of the record, the store, the server and the sources; read the machine. */
int stk_session_open(struct stk_session *session, struct stk_err *err) STK_MUST_CHECK;
/* Stop services in reverse order, then server, store, sources; free. */
void stk_session_close(struct stk_session *session);

/* The load script of this name, beside the workflow (NULL: the file that is run, if it is one),
 * loaded at the first time; the session's. STK_E_SCRIPT when there is none, or with its error. */
int stk_session_script(struct stk_session *session, const char *name,
	struct stk_session_script *out, struct stk_err *err) STK_MUST_CHECK;

bool stk_session_has_side(const struct stk_session *session, int side);

/* Placeholders and signals of a side's service: STK_E_SCRIPT with the place in the workflow, before
 * anything is built or started. */
int stk_session_check_side(
	struct stk_session *session, int side, struct stk_err *err) STK_MUST_CHECK;
/* Build, start and wait for the service of a side. A target only gets its URL; STK_E_NET if nobody
 * listens there. */
int stk_session_start_side(
	struct stk_session *session, int side, struct stk_err *err) STK_MUST_CHECK;
int stk_session_stop_side(
	struct stk_session *session, int side, struct stk_err *err) STK_MUST_CHECK;
/* STK_E_IO with exit status and last log lines when a service has died. */
int stk_session_check_services(struct stk_session *session, struct stk_err *err) STK_MUST_CHECK;
/* What all processes of a side have used so far; -1 for what cannot be had. */
void stk_session_usage(const struct stk_session *session, int side, struct stk_service_usage *out);

/* How often the person asked to stop: 0, 1 gently, 2 now. */
int stk_session_interrupts(const struct stk_session *session);
/* Mark the record as partial, once; the first reason stays. */
void stk_session_partial(struct stk_session *session, const char *reason);
/* The same because the person asked to stop: what comes later heeds only further interrupts. */
void stk_session_heed_interrupt(struct stk_session *session);

void stk_session_line(const struct stk_session *session, const struct stk_flow_line *line);
void stk_session_say(const struct stk_session *session, const char *fmt, ...) STK_PRINTF(2, 3);
/* To the person and into the record. */
void stk_session_warn(struct stk_session *session, const char *fmt, ...) STK_PRINTF(2, 3);

/* Write run.json as it is now. */
int stk_session_save(struct stk_session *session, struct stk_err *err) STK_MUST_CHECK;

#endif
