/* draft_text: the texts of the workflow and of the load script. */
#include <string.h>

#include "core/init/draft_priv.h"

/* Names and paths come from files of the repository: as a Lua string they stay text. */
static void add_quoted(struct stk_buf *buf, const char *text)
{
	stk_buf_add_byte(buf, '"');
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			stk_buf_addf(buf, "\\%c", *text);
		else if ((unsigned char)*text < 0x20)
			stk_buf_addf(buf, "\\%03d", *text); /* a digit may follow */
		else
			stk_buf_add_byte(buf, *text);
	}
	stk_buf_add_byte(buf, '"');
}

static void add_field(struct stk_buf *buf, const char *key, const char *value, const char *why)
{
	stk_buf_addf(buf, "    %s = ", key);
	add_quoted(buf, value);
	stk_buf_addf(buf, ",%s%s\n", why ? " -- " : "", why ? why : "");
}

/* A word fit for a file name and a label. */
static void add_word(struct stk_buf *buf, const char *text)
{
	for (; *text; text++) {
		char c = *text;
		bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			     (c >= '0' && c <= '9') || c == '-' || c == '_';

		stk_buf_add_byte(buf, plain ? c : '-');
	}
}

static const char *name_of(const struct stk_look *look)
{
	const char *name = look->service->name;

	return name && name[0] ? name : look->folder;
}

const char *stk_draft_load_path(struct stk_draft *draft, const struct stk_look *look)
{
	struct stk_buf path = STK_BUF_EMPTY;
	const char *kept;

	if (look->k6) {
		stk_buf_add(&path, look->k6, strlen(look->k6) - 3);
	} else {
		stk_buf_add_text(&path, "load/");
		add_word(&path, name_of(look));
	}
	stk_buf_add_text(&path, ".lua");
	kept = stk_arena_str(&draft->arena, stk_buf_str(&path));
	stk_buf_release(&path);
	return kept;
}

static bool is_placed(const struct stk_look_service *service)
{
	return strstr(service->start, "{port}") || service->port_var;
}

static void add_env(const struct stk_look_service *service, struct stk_buf *buf)
{
	bool is_sdk = service->profiler == STK_LOOK_SDK;
	bool has_port = service->port_var && !strstr(service->start, "{port}");

	if (!has_port && !is_sdk && !service->profile_var)
		return;
	stk_buf_add_text(buf, "    env = {\n");
	if (has_port)
		stk_buf_addf(buf, "      %s = \"%s{port}\",\n", service->port_var,
			service->port_is_address ? "127.0.0.1:" : "");
	if (service->profile_var)
		stk_buf_addf(buf, "      %s = \"127.0.0.1:{port2}\",\n", service->profile_var);
	if (is_sdk)
		stk_buf_addf(buf,
			"      %s = \"{push_url}\", -- stoker's own server, one for "
			"each side%s\n",
			service->push_var ? service->push_var : "PYROSCOPE_SERVER_ADDRESS",
			service->push_var ? "" : "; the program must read it");
	stk_buf_add_text(buf, "    },\n");
}

/* The first route that sounds like a health check. */
static const char *ready_of(const struct stk_look_service *service)
{
	static const char *const names[] = {"/healthz", "/readyz", "/ready", "/health", "/livez",
		"/actuator/health", "/ping", "/status"};

	for (size_t i = 0; i < STK_ARRAY_LEN(names); i++)
		for (size_t k = 0; k < service->routes.len; k++)
			if (strcmp(service->routes.items[k].path, names[i]) == 0)
				return names[i];
	return service->health;
}

static void add_profile(const struct stk_look_service *service, struct stk_buf *buf)
{
	if (service->profiler == STK_LOOK_SDK) {
		stk_buf_add_text(buf, "    profile = stoker.sdk {}, -- the service pushes its "
				      "profiles to {push_url}\n");
	} else if (service->profiler == STK_LOOK_PPROF) {
		stk_buf_addf(buf,
			"    profile = stoker.scrape { \"http://127.0.0.1:{port%s}\", "
			"slice = \"5s\" }, -- /debug/pprof\n",
			service->profile_var ? "2" : "");
		if (service->pprof_port > 0 && !service->profile_var)
			stk_buf_addf(buf,
				"    -- the program serves /debug/pprof on the fixed port "
				"%lld: let it take that from the environment\n",
				(long long)service->pprof_port);
	} else {
		stk_buf_add_text(buf,
			"    -- no profiler was found in the program: it must serve "
			"/debug/pprof, profile = stoker.scrape { "
			"\"http://127.0.0.1:{port}\" },\n    -- or push to {push_url} by "
			"a Pyroscope SDK, profile = stoker.sdk {}\n");
	}
}

static void add_service(const struct stk_look_service *service, struct stk_buf *buf)
{
	const char *ready = ready_of(service);

	stk_buf_add_text(buf, "  service = stoker.service {\n");
	if (service->build)
		add_field(buf, "build", service->build,
			strstr(service->build, "{out}") ? "what it makes goes to {out}" : NULL);
	add_field(buf, "start", service->start, NULL);
	if (!is_placed(service))
		stk_buf_addf(buf,
			"    -- two sides run at once: the program must listen on {port}, not "
			"on a fixed %lld\n",
			(long long)(service->port > 0 ? service->port : 8080));
	if (service->folder[0]) {
		struct stk_buf cwd = STK_BUF_EMPTY;

		stk_buf_addf(&cwd, "{dir}/%.*s", (int)strlen(service->folder) - 1, service->folder);
		add_field(buf, "cwd", cwd.ptr, NULL);
		stk_buf_release(&cwd);
	}
	add_env(service, buf);
	add_field(buf, "ready", ready ? ready : "tcp", ready ? NULL : "or a path that answers 200");
	add_profile(service, buf);
	stk_buf_add_text(buf, "  },\n");
}

void stk_draft_workflow(const struct stk_look *look, const char *load, struct stk_buf *buf)
{
	stk_buf_add_text(buf,
		"-- What `stoker run stoker.lua` does. Keys and defaults: "
		"docs/workflows.md. Written by stoker init.\n"
		"local stoker = require \"stoker\"\n\nreturn stoker.workflow {\n  name = ");
	add_quoted(buf, name_of(look));
	stk_buf_add_text(buf, ",\n");
	add_service(look->service, buf);
	stk_buf_add_text(buf, "  load = { script = ");
	add_quoted(buf, load);
	stk_buf_addf(buf,
		", rate = \"200/s\", pairs = 6 }, -- half of what the service can take is a good "
		"rate\n  profiles = { %s },\n",
		look->service->profiles);
	stk_buf_add_text(buf, "  gate = { cpu = \"+5%\", p95 = \"+20%\", errors = \"0.5pt\" }, -- "
			      "crossed: exit code 10\n}\n");
}

/* GET routes are asked for; others want a body that nobody can guess. */
static size_t add_routes(const struct stk_look_route_list *routes, struct stk_buf *buf)
{
	size_t asked = 0;

	for (size_t i = 0; i < routes->len; i++) {
		const struct stk_look_route *route = &routes->items[i];
		bool is_get = strcmp(route->method, "GET") == 0;

		if (strstr(route->path, "health") || strstr(route->path, "debug") ||
			strstr(route->path, "ready") || strstr(route->path, "metrics"))
			continue;
		asked += is_get;
		if (is_get)
			stk_buf_addf(buf, "    check(http.get(\"%s\"), { status = 200 })\n",
				route->path);
		else
			stk_buf_addf(buf,
				"    -- check(http.request(\"%s\", \"%s\", { json = {} }), "
				"{ status = 200 })\n",
				route->method, route->path);
	}
	return asked;
}

void stk_draft_load(const struct stk_look *look, struct stk_buf *buf)
{
	const struct stk_look_service *service = look->service;
	int64_t port = service->port ? service->port : look->exposed ? look->exposed : 8080;

	stk_buf_addf(buf,
		"-- What one virtual user does, again and again. Everything: docs/lua-api.md.\n"
		"local stoker = require \"stoker\"\n"
		"local http, check = stoker.http, stoker.check\n\n"
		"return stoker.load {\n"
		"  base_url = stoker.env(\"BASE_URL\", \"http://127.0.0.1:%lld\"), -- a workflow "
		"puts its own in place of it\n"
		"  vus = 10,\n  duration = \"30s\",\n"
		"  default = function() -- the routes that were found; 1 stands for a parameter\n",
		(long long)port);
	size_t asked = add_routes(look->k6_routes.len ? &look->k6_routes : &service->routes, buf);
	if (asked == 0)
		stk_buf_add_text(buf, "    check(http.get(\"/\"), { status = 200 })\n");
	stk_buf_add_text(buf, "  end,\n  thresholds = { checks = \"rate>0.99\", http_req_failed = "
			      "\"rate<0.01\" },\n}\n");
}
