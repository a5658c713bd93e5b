/* look: what a repository is: its service, how it is built, started and profiled, its load, its CI.
 */
#ifndef STK_CORE_INIT_LOOK_H
#define STK_CORE_INIT_LOOK_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/arena.h"
#include "core/base/err.h"
#include "core/base/str.h"
#include "core/base/vec.h"

/* Routes kept of one service. */
#define STK_LOOK_ROUTES_MAX 64

enum stk_look_profiler { STK_LOOK_NO_PROFILER, STK_LOOK_PPROF, STK_LOOK_SDK };

struct stk_look_route {
	const char *method; /* GET */
	const char *path;   /* "/orders/1": parameters are filled with 1 */
};
STK_VEC_TYPE(stk_look_route_list, struct stk_look_route);

/* What the files of one language say. Text is the look's; NULL: not seen. */
struct stk_look_service {
	const char *manifest; /* go.mod */
	const char *folder;   /* of the manifest: "" or "backend/" */
	const char *name;     /* order-service */
	const char *main;     /* what is started: cmd/order, app:app, server.js */
	const char *framework;
	enum stk_look_profiler profiler;
	const char *profiler_name;                  /* net/http/pprof, @pyroscope/nodejs */
	const char *port_var, *push_var, *name_var; /* environment variables the program reads */
	const char *profile_var;                    /* … for the address of /debug/pprof */
	const char *port_flag;                      /* a flag of the program: "listen" */
	bool port_is_address;                       /* it wants host:port, not a number */
	int64_t port;              /* where it listens when nobody says, 0 unknown */
	int64_t pprof_port;        /* a second address, 0 none */
	const char *health;        /* a path that its framework adds; static */
	const char *build, *start; /* for the workflow, by finish() */
	const char *profiles;      /* "\"cpu\"": what its profiler has, for the workflow */
	int mains;                 /* programs found */
	bool listens;              /* seen to serve HTTP */
	bool is_factory;           /* main names a function that makes the application */
	const char *install;       /* of its dependencies, by the lock file; static */
	bool has_lock, has_build_script, has_wrapper;
	STK_VEC(const char *) evidence; /* for people, in the order of the first line of output */
	struct stk_look_route_list routes;
};

enum stk_look_ci { STK_LOOK_GITHUB, STK_LOOK_GITLAB, STK_LOOK_GITEA };

struct stk_look {
	struct stk_arena arena;
	STK_VEC(struct stk_look_service) services; /* one per known language */
	const struct stk_look_service *service;    /* the one that counts; NULL: none */
	const char *k6;                            /* path of a k6 script */
	struct stk_look_route_list k6_routes;
	bool has_dockerfile;
	int64_t exposed; /* port of the Dockerfile, 0 none */
	enum stk_look_ci ci;
	const char *ci_seen; /* ".github/workflows", "origin is on gitlab.com"; NULL: guessed */
	bool has_gitlab_file;
	const char *folder; /* its own name: of a service that has none */
	bool is_git;
	const char *branch; /* default branch; "main" when nothing says */
	bool cut;           /* the repository is larger than a look goes */
};

void stk_look_init(struct stk_look *look);
void stk_look_release(struct stk_look *look);

/* Look at the repository at root. Nothing is executed and nothing outside of it is read. STK_E_IO
 * when it cannot be read. */
int stk_look_at(struct stk_look *look, const char *root, struct stk_err *err) STK_MUST_CHECK;

#endif
