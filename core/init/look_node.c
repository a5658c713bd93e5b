/* look_node: a Node service: package.json, its framework, how it listens and is profiled. */
#include <string.h>

#include "core/base/json.h"
#include "core/init/look_priv.h"
#include "core/init/scan.h"

static bool depends_on(struct stk_json *package, const char *name)
{
	return stk_json_get(stk_json_get(package, "dependencies"), name) != NULL;
}

static void read_dependencies(struct stk_look_service *service, struct stk_json *package)
{
	static const char *const frameworks[] = {"express", "fastify", "koa", "@nestjs/core",
		"@hapi/hapi", "next", "hono", "restify"};

	service->framework = NULL;
	for (size_t i = 0; i < STK_ARRAY_LEN(frameworks) && !service->framework; i++)
		if (depends_on(package, frameworks[i]))
			service->framework = frameworks[i];
	if (depends_on(package, "@pyroscope/nodejs"))
		stk_look_profiler_seen(service, STK_LOOK_SDK, "@pyroscope/nodejs");
}

/* "node server.js" is started as it is, so that its process is the service's first one. */
static void read_scripts(
	struct stk_look *look, struct stk_look_service *service, struct stk_json *package)
{
	struct stk_json *scripts = stk_json_get(package, "scripts");
	const char *start = stk_json_text(stk_json_get(scripts, "start"), NULL);
	const char *main = stk_json_text(stk_json_get(package, "main"), NULL);

	service->has_build_script = stk_json_get(scripts, "build") != NULL;
	service->start = NULL;
	if (start && strncmp(start, "node ", 5) == 0 && !strpbrk(start, "{}\n"))
		service->start = stk_arena_dup(&look->arena, start);
	else if (start)
		service->start = "npm start";
	else if (main && !strpbrk(main, "{}\n"))
		service->start = stk_arena_printf(&look->arena, "node %s", main);
	service->main = start ? "scripts.start" : main ? stk_arena_dup(&look->arena, main) : NULL;
}

static void read_package(
	struct stk_look *look, struct stk_look_service *service, const struct stk_look_file *file)
{
	struct stk_json *package = NULL;
	const char *name;

	if (!stk_look_manifest(look, service, file, "package.json") ||
		stk_json_parse(file->text, &package, NULL) < 0)
		return;
	name = stk_json_text(stk_json_get(package, "name"), NULL);
	if (name && strrchr(name, '/'))
		name = strrchr(name, '/') + 1;
	service->name = stk_arena_dup(&look->arena, name);
	read_dependencies(service, package);
	read_scripts(look, service, package);
	stk_json_free(package);
}

static const struct {
	const char *file, *install;
} locks[] = {{"package-lock.json", "npm ci"}, {"pnpm-lock.yaml", "pnpm install --frozen-lockfile"},
	{"yarn.lock", "yarn install --frozen-lockfile"}};

static const struct stk_look_call calls[] = {{".get(", "GET"}, {".post(", "POST"}, {".put(", "PUT"},
	{".patch(", "PATCH"}, {".delete(", "DELETE"}, {"@Get(", "GET"}, {"@Post(", "POST"},
	{NULL, NULL}};
static const struct stk_look_call bare[] = {{"@Get()", "GET"}, {"@Post()", "POST"}, {NULL, NULL}};
static const char *const receivers[] = {"app", "router", "fastify", "server", "api", NULL};
static const char *const classes[] = {"@Controller(", NULL};
static const struct stk_look_group groups[] = {
	{".use(", STK_LOOK_GROUP_MOUNT, NULL}, {NULL, STK_LOOK_GROUP_NAMED, NULL}};
static const struct stk_look_routing routing = {calls, receivers, groups, classes, bare};

/* Where the program listens when nobody says: listen(3000), listen({ port: 3000 }), PORT || 3000.
 */
static int64_t port_of(struct stk_str text)
{
	static const char *const places[] = {".listen(", "process.env.PORT ||",
		"process.env.PORT ??", ".listen({ port:", ".listen({port:"};
	int64_t port;

	for (size_t i = 0; i < STK_ARRAY_LEN(places); i++) {
		struct stk_str rest = text;

		if (stk_scan_number(&rest, places[i], &port) && port > 0 && port < 65536)
			return port;
	}
	return 0;
}

static void take(
	struct stk_look *look, struct stk_look_service *service, const struct stk_look_file *file)
{
	static const char *const variables[] = {"process.env.", "process.env[", NULL};
	struct stk_str text = file->text;
	int64_t port;

	for (size_t i = 0; i < STK_ARRAY_LEN(locks); i++)
		if (strcmp(file->name, locks[i].file) == 0) {
			service->install = locks[i].install;
			return;
		}
	if (strcmp(file->name, "package.json") == 0) {
		read_package(look, service, file);
		return;
	}
	port = port_of(text);
	service->port = port > 0 ? port : service->port;
	if (stk_str_contains(text, STK_STR("collectCpuTime: true")))
		service->profiles = "\"cpu\"";
	service->listens = service->listens || stk_str_contains(file->text, STK_STR(".listen("));
	stk_look_variables(look, service, file->text, variables);
	stk_look_routes(look, service, file->text, &routing);
}

static void finish(struct stk_look *look, struct stk_look_service *service)
{
	stk_look_evidence(look, service, "%s (%s%s)", service->manifest,
		service->name ? service->name : "no name",
		service->main && strcmp(service->main, "scripts.start") == 0 ? ", scripts.start"
									     : "");
	if (service->framework)
		stk_look_evidence(look, service, "%s", service->framework);
	service->build = stk_arena_printf(&look->arena, "%s%s",
		service->install ? service->install : "npm install --no-audit --no-fund",
		service->has_build_script ? " && npm run build" : "");
	/* the SDK has CPU time only when it is asked for, and of the heap what lives */
	if (!service->profiles)
		service->profiles = service->profiler == STK_LOOK_SDK ? "\"wall\"" : "\"cpu\"";
	/* a package without a server is somebody's tooling */
	if (!service->listens && !service->framework)
		service->start = NULL;
}

static const char *const manifests[] = {
	"package.json", "package-lock.json", "pnpm-lock.yaml", "yarn.lock", NULL};
static const char *const extensions[] = {".js", ".mjs", ".cjs", ".ts", NULL};
const struct stk_look_language stk_look_node = {"Node", manifests, extensions, take, finish};
