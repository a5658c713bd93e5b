/* look_go: a Go service: its module, its commands, how it listens and is profiled. */
#include <string.h>

#include "core/init/look_priv.h"
#include "core/init/scan.h"

/* "example.com/shop/v2" is shop. */
static struct stk_str without_version(struct stk_str path)
{
	ptrdiff_t slash = stk_str_rfind_byte(path, '/');
	int64_t version;

	if (slash > 0 && stk_str_starts(stk_str_skip(path, (size_t)slash), "/v") &&
		stk_str_to_i64(stk_str_skip(path, (size_t)slash + 2), &version, NULL) == 0)
		return stk_str_sub(path, 0, (size_t)slash);
	return path;
}

static void read_module(
	struct stk_look *look, struct stk_look_service *service, const struct stk_look_file *file)
{
	struct stk_str line, text = file->text;

	if (!stk_look_manifest(look, service, file, "go.mod"))
		return;
	while (!service->name && stk_str_cut(&text, '\n', &line)) {
		struct stk_str path = stk_str_trim(line);

		if (!stk_str_starts(path, "module "))
			continue;
		path = without_version(stk_str_trim(stk_str_skip(path, 7)));
		ptrdiff_t slash = stk_str_rfind_byte(path, '/');
		service->name =
			stk_arena_str(&look->arena, stk_str_skip(path, (size_t)(slash + 1)));
	}
}

/* The next flag that is declared: flag.String("addr", …), flag.StringVar(&addr, "addr", …). */
static bool next_flag(struct stk_str *rest, const char *call, struct stk_str *out)
{
	ptrdiff_t at, comma;

	if (!stk_str_ends(stk_str_of(call), "Var("))
		return stk_scan_literal(rest, call, out);
	while ((at = stk_str_find(*rest, stk_str_of(call))) >= 0) {
		*rest = stk_str_skip(*rest, (size_t)at + strlen(call));
		comma = stk_str_find_byte(*rest, ',');
		struct stk_str behind = stk_str_skip(*rest, comma < 0 ? rest->len : (size_t)comma);

		if (stk_str_starts(behind, ",") && stk_scan_literal(&behind, ",", out))
			return true;
	}
	return false;
}

/* -listen, -addr, -port: the first flag of a usual name. */
static void read_flags(struct stk_look *look, struct stk_look_service *service, struct stk_str text)
{
	static const char *const known[] = {"listen", "addr", "address", "listen-addr", "http",
		"http-addr", "bind", "port", "http-port"};
	static const char *const calls[] = {"flag.String(", "flag.Int(", "flag.Uint(",
		"flag.StringVar(", "flag.IntVar(", "flag.UintVar("};

	for (size_t i = 0; i < STK_ARRAY_LEN(calls) && !service->port_flag; i++) {
		struct stk_str rest = text, name;

		while (!service->port_flag && next_flag(&rest, calls[i], &name))
			for (size_t k = 0; k < STK_ARRAY_LEN(known); k++)
				if (stk_str_is(name, known[k])) {
					service->port_flag = stk_arena_dup(&look->arena, known[k]);
					service->port_is_address = !stk_str_ends(name, "port");
				}
	}
}

static void read_listens(struct stk_look_service *service, struct stk_str text)
{
	static const char *const calls[] = {
		"ListenAndServe(", "net.Listen(\"tcp\",", "Addr:", ".Start(", ".Run(", ".Listen("};

	for (size_t i = 0; i < STK_ARRAY_LEN(calls); i++) {
		struct stk_str rest = text, address;

		while (stk_scan_literal(&rest, calls[i], &address)) {
			int64_t port = stk_scan_port(address);

			if (port == 0)
				continue;
			if (port == 6060 || (service->port > 0 && port != service->port))
				service->pprof_port = port;
			else
				service->port = port;
		}
	}
	if (stk_str_contains(text, STK_STR("ListenAndServe(")) ||
		stk_str_contains(text, STK_STR("http.Serve(")))
		service->listens = true;
}

static void read_imports(struct stk_look_service *service, struct stk_str text)
{
	static const struct {
		const char *import, *name;
	} frameworks[] = {{"\"github.com/gin-gonic/gin\"", "gin"},
		{"\"github.com/labstack/echo", "echo"}, {"\"github.com/go-chi/chi", "chi"},
		{"\"github.com/gofiber/fiber", "fiber"},
		{"\"github.com/gorilla/mux\"", "gorilla/mux"}};

	for (size_t i = 0; i < STK_ARRAY_LEN(frameworks) && !service->framework; i++)
		if (stk_str_contains(text, stk_str_of(frameworks[i].import)))
			service->framework = frameworks[i].name;
	/* both: the SDK labels by endpoint, a scrape cannot */
	if (stk_str_contains(text, STK_STR("\"github.com/grafana/pyroscope-go\""))) {
		service->profiler = STK_LOOK_SDK;
		service->profiler_name = "pyroscope-go";
	}
	if (stk_str_contains(text, STK_STR("\"net/http/pprof\"")) ||
		stk_str_contains(text, STK_STR("\"github.com/gin-contrib/pprof\"")))
		stk_look_profiler_seen(service, STK_LOOK_PPROF, "net/http/pprof");
}

/* A command that serves comes before one that does not, cmd/… before the rest. */
static void read_main(
	struct stk_look *look, struct stk_look_service *service, const struct stk_look_file *file)
{
	bool serves = stk_str_contains(file->text, STK_STR("ListenAndServe")) ||
		      stk_str_contains(file->text, STK_STR("http.Serve(")) ||
		      stk_str_contains(file->text, STK_STR(".Run("));

	if (!stk_str_starts(file->text, "package main") &&
		!stk_str_contains(file->text, STK_STR("\npackage main")))
		return;
	if (!stk_str_contains(file->text, STK_STR("func main()")))
		return;
	service->mains++;
	if (!service->main || (serves && !service->listens))
		service->main = stk_look_folder(look, file->path);
}

static const struct stk_look_call calls[] = {{".HandleFunc(", NULL}, {".Handle(", NULL},
	{".GET(", "GET"}, {".Get(", "GET"}, {".POST(", "POST"}, {".Post(", "POST"},
	{".PUT(", "PUT"}, {".Put(", "PUT"}, {".DELETE(", "DELETE"}, {".Delete(", "DELETE"},
	{NULL, NULL}};
static const struct stk_look_group groups[] = {{".Group(", STK_LOOK_GROUP_NAMED, NULL},
	{".Route(", STK_LOOK_GROUP_BLOCK, NULL}, {NULL, STK_LOOK_GROUP_NAMED, NULL}};
static const struct stk_look_routing routing = {.calls = calls, .groups = groups};

static void take(
	struct stk_look *look, struct stk_look_service *service, const struct stk_look_file *file)
{
	static const char *const variables[] = {"os.Getenv(", "os.LookupEnv(", "getenv(", "env(",
		"envOr(", "getEnv(", "`env:", "`envconfig:", " env:", " envconfig:", NULL};

	if (strcmp(file->name, "go.mod") == 0) {
		read_module(look, service, file);
		return;
	}
	read_main(look, service, file);
	read_imports(service, file->text);
	read_listens(service, file->text);
	read_flags(look, service, file->text);
	stk_look_variables(look, service, file->text, variables);
	stk_look_routes(look, service, file->text, &routing);
}

static void finish(struct stk_look *look, struct stk_look_service *service)
{
	const char *below = service->main ? stk_look_below(service, service->main) : "";
	const char *slash = strrchr(below, '/');
	const char *name = slash ? slash + 1 : below[0] ? below : service->name;

	stk_look_evidence(look, service, "%s (module %s)", service->manifest,
		service->name ? service->name : "without a name");
	if (!service->main)
		return;
	if (service->main[0])
		stk_look_evidence(look, service, "%s", service->main);
	if (service->framework)
		stk_look_evidence(look, service, "%s", service->framework);
	service->build = stk_arena_printf(&look->arena, "go build -o {out}/%s %s%s",
		name ? name : "service", below[0] ? "./" : ".", below);
	service->start = stk_arena_printf(&look->arena, "{out}/%s", name ? name : "service");
	service->profiles = "\"cpu\", \"alloc_space\"";
	if (service->port_flag)
		service->start = stk_arena_printf(&look->arena, "%s -%s %s{port}", service->start,
			service->port_flag, service->port_is_address ? "127.0.0.1:" : "");
}

static const char *const manifests[] = {"go.mod", NULL};
static const char *const extensions[] = {".go", NULL};
const struct stk_look_language stk_look_go = {"Go", manifests, extensions, take, finish};
