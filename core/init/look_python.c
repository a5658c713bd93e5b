/* look_python: a Python service: its framework and application, how it is started and profiled. */
#include <string.h>

#include "core/init/look_priv.h"
#include "core/init/scan.h"

static void read_project(
	struct stk_look *look, struct stk_look_service *service, const struct stk_look_file *file)
{
	struct stk_str name;

	if (stk_look_manifest(look, service, file, "pyproject.toml") &&
		(stk_scan_value(file->text, "[project]", "name", &name) ||
			stk_scan_value(file->text, "[tool.poetry]", "name", &name)))
		service->name = stk_arena_str(&look->arena, name);
	else if (stk_look_manifest(look, service, file, "requirements.txt"))
		service->has_lock = true;
	if (strcmp(file->name, "requirements.txt") == 0 ||
		strcmp(file->name, "pyproject.toml") == 0) {
		if (stk_scan_has(file->text, "gunicorn"))
			service->has_wrapper = true;
		if (stk_scan_has(file->text, "uvicorn") ||
			stk_str_contains(file->text, STK_STR("fastapi[")))
			service->has_build_script = true;
		if (stk_scan_has(file->text, "pyroscope-io") ||
			stk_scan_has(file->text, "pyroscope_io"))
			stk_look_profiler_seen(service, STK_LOOK_SDK, "pyroscope-io");
	}
}

/* "app = FastAPI(" at the start of a line: the name before it. Where it is made within a function
 * that gives it back, "create_app": *is_factory_out. */
static struct stk_str variable_before(struct stk_str text, const char *call, bool *is_factory_out)
{
	struct stk_str line, within = STK_STR("");

	while (stk_str_cut(&text, '\n', &line)) {
		ptrdiff_t at = stk_str_find(line, stk_str_of(call));
		ptrdiff_t equals = stk_str_find_byte(line, '=');

		if (stk_str_starts(line, "def ") && stk_str_find_byte(line, '(') > 4)
			within = stk_str_sub(line, 4, (size_t)stk_str_find_byte(line, '(') - 4);
		if (at < 0 || equals <= 0 || equals > at)
			continue;
		*is_factory_out = line.ptr[0] == ' ' || line.ptr[0] == '\t';
		if (!*is_factory_out)
			return stk_str_trim(stk_str_sub(line, 0, (size_t)equals));
		if (within.len > 0)
			return within;
	}
	*is_factory_out = false;
	return STK_STR("app");
}

/* "shop/main.py" as seen from the manifest's folder: "shop.main", "shop/__init__.py": "shop". Of
 * a package that is installed, src/ is no part. */
static const char *module_of(
	struct stk_look *look, const struct stk_look_service *service, const char *path)
{
	const char *below = stk_look_below(service, path);
	struct stk_str stem = stk_str_n(below, strlen(below) - 3);

	if (stk_str_ends(stem, "/__init__"))
		stem.len -= strlen("/__init__");
	if (!service->has_lock && stk_str_starts(stem, "src/"))
		stem = stk_str_skip(stem, 4);
	char *module = stk_arena_str(&look->arena, stem);
	for (char *at = module; *at; at++)
		if (*at == '/')
			*at = '.';
	return module;
}

static void read_application(
	struct stk_look *look, struct stk_look_service *service, const struct stk_look_file *file)
{
	static const struct {
		const char *call, *name;
	} frameworks[] = {
		{"FastAPI(", "fastapi"}, {"Starlette(", "starlette"}, {"Flask(", "flask"}};

	if (strcmp(file->name, "manage.py") == 0 && !service->framework) {
		service->framework = "django";
		service->main = stk_arena_dup(&look->arena, file->path);
	}
	for (size_t i = 0; i < STK_ARRAY_LEN(frameworks); i++) {
		if (service->framework ||
			!stk_str_contains(file->text, stk_str_of(frameworks[i].call)))
			continue;
		struct stk_str variable =
			variable_before(file->text, frameworks[i].call, &service->is_factory);

		service->framework = frameworks[i].name;
		service->main = stk_arena_printf(&look->arena, "%s:%.*s",
			module_of(look, service, file->path), STK_STR_ARG(variable));
	}
	if (!service->framework && !service->main &&
		(stk_str_contains(file->text, STK_STR("HTTPServer")) ||
			stk_str_contains(file->text, STK_STR("web.run_app(")))) {
		service->listens = true;
		service->main = stk_arena_dup(&look->arena, file->path);
	}
}

static const struct stk_look_call calls[] = {{".get(", "GET"}, {".post(", "POST"}, {".put(", "PUT"},
	{".delete(", "DELETE"}, {".route(", NULL}, {".add_get(", "GET"}, {NULL, NULL}};
static const char *const receivers[] = {"app", "router", "api", "bp", NULL};
static const struct stk_look_group groups[] = {{"Blueprint(", STK_LOOK_GROUP_KEYED, "url_prefix="},
	{"APIRouter(", STK_LOOK_GROUP_KEYED, "prefix="}, {NULL, STK_LOOK_GROUP_NAMED, NULL}};
static const struct stk_look_routing routing = {
	.calls = calls, .receivers = receivers, .groups = groups};

static void take(
	struct stk_look *look, struct stk_look_service *service, const struct stk_look_file *file)
{
	static const char *const variables[] = {
		"os.environ[", "os.environ.get(", "os.getenv(", "getenv(", NULL};

	if (!stk_str_ends(stk_str_of(file->name), ".py")) {
		read_project(look, service, file);
		return;
	}
	read_application(look, service, file);
	if (stk_scan_has(file->text, "import pyroscope"))
		stk_look_profiler_seen(service, STK_LOOK_SDK, "pyroscope-io");
	stk_look_variables(look, service, file->text, variables);
	stk_look_routes(look, service, file->text, &routing);
}

static const char *start_of(struct stk_look *look, const struct stk_look_service *service)
{
	const char *main = stk_look_below(service, service->main);
	struct stk_arena *arena = &look->arena;

	if (!service->framework)
		return stk_arena_printf(arena, "{out}/venv/bin/python %s", main);
	if (strcmp(service->framework, "django") == 0)
		return stk_arena_printf(arena,
			"{out}/venv/bin/python %s runserver --noreload 127.0.0.1:{port}", main);
	if (strcmp(service->framework, "flask") != 0)
		return stk_arena_printf(arena,
			"{out}/venv/bin/uvicorn %s%s --host 127.0.0.1 --port {port}",
			service->is_factory ? "--factory " : "", main);
	if (service->has_wrapper)
		return stk_arena_printf(arena, "{out}/venv/bin/gunicorn -b 127.0.0.1:{port} '%s%s'",
			main, service->is_factory ? "()" : "");
	return stk_arena_printf(arena, "{out}/venv/bin/flask --app %s run --port {port}", main);
}

/* What the start needs and the project does not name. */
static const char *missing_of(const struct stk_look_service *service)
{
	bool is_asgi = service->framework && (strcmp(service->framework, "fastapi") == 0 ||
						     strcmp(service->framework, "starlette") == 0);

	return is_asgi && !service->has_build_script ? " uvicorn" : "";
}

static void finish(struct stk_look *look, struct stk_look_service *service)
{
	stk_look_evidence(look, service, "%s%s%s%s", service->manifest, service->name ? " (" : "",
		service->name ? service->name : "", service->name ? ")" : "");
	if (!service->main)
		return;
	stk_look_evidence(look, service, "%s%s%s", service->framework ? service->framework : "",
		service->framework ? " " : "", service->main);
	/* -e: what is profiled are the files of the work tree, and they link to a change */
	service->build = stk_arena_printf(&look->arena,
		"python3 -m venv {out}/venv && {out}/venv/bin/pip install -q %s%s",
		service->has_lock ? "-r requirements.txt" : "-e .", missing_of(service));
	service->profiles = "\"cpu\"";
	service->start = start_of(look, service);
}

static const char *const manifests[] = {"pyproject.toml", "requirements.txt", NULL};
static const char *const extensions[] = {".py", NULL};
const struct stk_look_language stk_look_python = {"Python", manifests, extensions, take, finish};
