/* look_rust: a Rust service: its package and binary, its framework, how it is profiled. */
#include <string.h>

#include "core/init/look_priv.h"
#include "core/init/scan.h"

static void read_package(
	struct stk_look *look, struct stk_look_service *service, const struct stk_look_file *file)
{
	static const char *const frameworks[] = {"axum", "actix-web", "rocket", "warp", "hyper"};
	struct stk_str name, version;

	/* a workspace's own Cargo.toml names no package: the one below counts */
	if (!stk_scan_value(file->text, "[package]", "name", &name) ||
		!stk_look_manifest(look, service, file, "Cargo.toml"))
		return;
	service->name = stk_arena_str(&look->arena, name);
	if (stk_scan_value(file->text, "[[bin]]", "name", &name))
		service->main = stk_arena_str(&look->arena, name);
	for (size_t i = 0; i < STK_ARRAY_LEN(frameworks) && !service->framework; i++)
		if (stk_scan_value(file->text, "[dependencies]", frameworks[i], &version))
			service->framework = frameworks[i];
	if (stk_scan_value(file->text, "[dependencies]", "pyroscope", &version))
		stk_look_profiler_seen(service, STK_LOOK_SDK, "pyroscope");
	if (stk_scan_value(file->text, "[dependencies]", "pprof", &version))
		stk_look_profiler_seen(service, STK_LOOK_PPROF, "pprof-rs");
}

static const struct stk_look_call calls[] = {{".route(", NULL}, {"#[get(", "GET"},
	{"#[post(", "POST"}, {"#[put(", "PUT"}, {"#[delete(", "DELETE"}, {NULL, NULL}};
static const struct stk_look_routing routing = {.calls = calls};

static void take(
	struct stk_look *look, struct stk_look_service *service, const struct stk_look_file *file)
{
	static const char *const variables[] = {"env::var(", NULL};
	static const char *const binds[] = {"bind(", "TcpListener::bind("};

	if (strcmp(file->name, "Cargo.toml") == 0) {
		read_package(look, service, file);
		return;
	}
	if (strcmp(file->name, "main.rs") == 0)
		service->mains++;
	for (size_t i = 0; i < STK_ARRAY_LEN(binds); i++) {
		struct stk_str rest = file->text, address;

		while (stk_scan_literal(&rest, binds[i], &address))
			if (stk_scan_port(address) > 0)
				service->port = stk_scan_port(address);
	}
	service->listens =
		service->listens || stk_str_contains(file->text, STK_STR("TcpListener::bind"));
	stk_look_variables(look, service, file->text, variables);
	stk_look_routes(look, service, file->text, &routing);
}

static void finish(struct stk_look *look, struct stk_look_service *service)
{
	stk_look_evidence(look, service, "%s (%s)", service->manifest, service->name);
	if (service->framework)
		stk_look_evidence(look, service, "%s", service->framework);
	if (service->mains == 0 && !service->main)
		return; /* a library */
	if (!service->main)
		service->main = service->name;
	/* without line tables a profile has names and no lines to link to a change */
	service->build = "CARGO_PROFILE_RELEASE_DEBUG=1 cargo build --release --target-dir {out}";
	service->profiles = "\"cpu\"";
	service->start = stk_arena_printf(&look->arena, "{out}/release/%s", service->main);
}

static const char *const manifests[] = {"Cargo.toml", NULL};
static const char *const extensions[] = {".rs", NULL};
const struct stk_look_language stk_look_rust = {"Rust", manifests, extensions, take, finish};
