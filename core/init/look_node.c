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

static void take(
	struct stk_look *look, struct stk_look_service *service, const struct stk_look_file *file)
{
	static const char *const variables[] = {"process.env.", "process.env[", NULL};
	static const struct stk_look_call calls[] = {{"app.get(", "GET"}, {"router.get(", "GET"},
		{"fastify.get(", "GET"}, {"server.get(", "GET"}, {"app.post(", "POST"},
		{"router.post(", "POST"}, {"fastify.post(", "POST"}, {"app.put(", "PUT"},
		{"app.delete(", "DELETE"}, {"@Get(", "GET"}, {"@Post(", "POST"}, {NULL, NULL}};
	struct stk_str text = file->text;
	int64_t port;

	if (strcmp(file->name, "package-lock.json") == 0) {
		service->has_lock = true;
		return;
	}
	if (strcmp(file->name, "package.json") == 0) {
		read_package(look, service, file);
		return;
	}
	if (stk_scan_number(&text, ".listen(", &port) && port > 0 && port < 65536)
		service->port = port;
	text = file->text;
	if (service->port == 0 && stk_scan_number(&text, "process.env.PORT ||", &port) &&
		port < 65536)
		service->port = port;
	service->listens = service->listens || stk_str_contains(file->text, STK_STR(".listen("));
	stk_look_variables(look, service, file->text, variables);
	stk_look_routes(look, service, file->text, calls);
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
		service->has_lock ? "npm ci" : "npm install --no-audit --no-fund",
		service->has_build_script ? " && npm run build" : "");
	/* a package without a server is somebody's tooling */
	if (!service->listens && !service->framework)
		service->start = NULL;
}

static const char *const manifests[] = {"package.json", "package-lock.json", NULL};
static const char *const extensions[] = {".js", ".mjs", ".cjs", ".ts", NULL};
const struct stk_look_language stk_look_node = {"Node", manifests, extensions, take, finish};
