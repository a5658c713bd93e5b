/* look_priv: one language as a look knows it, and what the languages share. */
#ifndef STK_CORE_INIT_LOOK_PRIV_H
#define STK_CORE_INIT_LOOK_PRIV_H

#include "core/init/look.h"

/* One file of the repository; borrowed for the call. */
struct stk_look_file {
	const char *path;    /* "cmd/order/main.go" */
	const char *name;    /* "main.go" */
	struct stk_str text; /* at most STK_WALK_FILE_MAX */
};

/* One language. A row of the table in look.c. */
struct stk_look_language {
	const char *name;
	const char *const *manifests;  /* names of files, NULL at the end */
	const char *const *extensions; /* of sources, ".go" */
	/* Take in one manifest or source. */
	void (*file)(struct stk_look *look, struct stk_look_service *service,
		const struct stk_look_file *file);
	/* All files are in: how it is built and started. Not called without a manifest. */
	void (*finish)(struct stk_look *look, struct stk_look_service *service);
};

extern const struct stk_look_language stk_look_go, stk_look_node, stk_look_python, stk_look_java,
	stk_look_rust, stk_look_native;

/* A call that names a route: `.get(` and its method. method NULL: the literal may begin with one
 * ("GET /orders"), or the line may name one (`.route("/a", post(f))`), else GET. */
struct stk_look_call {
	const char *token, *method;
};

/* What gives a number of routes a prefix. */
enum stk_look_group_kind {
	STK_LOOK_GROUP_NAMED, /* v1 := r.Group("/v1"): routes that are made on v1 */
	STK_LOOK_GROUP_KEYED, /* bp = Blueprint("x", __name__, url_prefix="/v1") */
	STK_LOOK_GROUP_MOUNT, /* app.use("/v1", router) */
	STK_LOOK_GROUP_BLOCK  /* r.Route("/v1", func(r chi.Router) { … }): routes within */
};

struct stk_look_group {
	const char *token;
	enum stk_look_group_kind kind;
	const char *key; /* of KEYED: `url_prefix=` */
};

/* How a language declares routes. Lists end with NULL; NULL: there is none. */
struct stk_look_routing {
	const struct stk_look_call *calls;
	const char *const *receivers; /* names that a call `.get(` counts on; NULL: any */
	const struct stk_look_group *groups;
	const char *const *classes;       /* before "class": the prefix of the whole file */
	const struct stk_look_call *bare; /* the class's path itself */
};

/* True for the manifest that counts: the first one, or one nearer to the top. Sets manifest and
 * folder; what an earlier one said is forgotten. */
bool stk_look_manifest(struct stk_look *look, struct stk_look_service *service,
	const struct stk_look_file *file, const char *name);
void stk_look_evidence(struct stk_look *look, struct stk_look_service *service, const char *fmt,
	...) STK_PRINTF(3, 4);
/* Environment variables that the text reads by one of these tokens (NULL at the end). */
void stk_look_variables(struct stk_look *look, struct stk_look_service *service,
	struct stk_str text, const char *const *tokens);
/* Routes that the text declares. */
void stk_look_routes(struct stk_look *look, struct stk_look_service *service, struct stk_str text,
	const struct stk_look_routing *routing);
/* One of them, if it can be asked for and is new. method is static. */
void stk_look_route_add(struct stk_look *look, struct stk_look_route_list *routes,
	const char *method, struct stk_str route);
/* A profiling library that the text names; the first one found stays. */
void stk_look_profiler_seen(
	struct stk_look_service *service, enum stk_look_profiler profiler, const char *name);
/* True if the file name or path is that of a test. */
bool stk_look_is_test(const struct stk_look_file *file);
/* The path's folder: "cmd/order" of "cmd/order/main.go", "" at the top. In the arena. */
const char *stk_look_folder(struct stk_look *look, const char *path);
/* A path as seen from the manifest's folder. */
const char *stk_look_below(const struct stk_look_service *service, const char *path);

/* CI and default branch, from .git and what was seen on the walk. */
void stk_look_ci(struct stk_look *look, const char *root);

#endif
