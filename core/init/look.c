/* look: what a repository is: its service, how it is built, started and profiled, its load, its CI.
 */
#include "core/init/look.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/init/look_priv.h"
#include "core/init/scan.h"
#include "core/init/walk.h"

/* The first one wins a tie. */
static const struct stk_look_language *const languages[] = {
	&stk_look_go,
	&stk_look_java,
	&stk_look_rust,
	&stk_look_python,
	&stk_look_node,
	&stk_look_native,
};

void stk_look_init(struct stk_look *look)
{
	memset(look, 0, sizeof *look);
	look->branch = "main";
	look->folder = "service";
	for (size_t i = 0; i < STK_ARRAY_LEN(languages); i++)
		(void)stk_vec_push_new(&look->services);
}

void stk_look_release(struct stk_look *look)
{
	for (size_t i = 0; i < look->services.len; i++) {
		stk_vec_release(&look->services.items[i].evidence);
		stk_vec_release(&look->services.items[i].routes);
	}
	stk_vec_release(&look->services);
	stk_vec_release(&look->k6_routes);
	stk_arena_release(&look->arena);
}

/* --- what the languages share -------------------------------------------------------------- */

const char *stk_look_folder(struct stk_look *look, const char *path)
{
	struct stk_str text = stk_str_of(path);
	ptrdiff_t slash = stk_str_rfind_byte(text, '/');

	return stk_arena_str(&look->arena, stk_str_sub(text, 0, slash < 0 ? 0 : (size_t)slash));
}

const char *stk_look_below(const struct stk_look_service *service, const char *path)
{
	size_t len = service->folder ? strlen(service->folder) : 0;

	return len > 0 && strncmp(path, service->folder, len) == 0 ? path + len : path;
}

static size_t depth_of(const char *path)
{
	size_t depth = 0;

	for (; *path; path++)
		depth += *path == '/';
	return depth;
}

bool stk_look_manifest(struct stk_look *look, struct stk_look_service *service,
	const struct stk_look_file *file, const char *name)
{
	if (strcmp(file->name, name) != 0)
		return false;
	if (service->manifest && depth_of(service->manifest) <= depth_of(file->path))
		return false;
	size_t len = strlen(file->path) - strlen(file->name);
	service->manifest = stk_arena_dup(&look->arena, file->path);
	service->folder = stk_arena_str(&look->arena, stk_str_n(file->path, len));
	service->name = NULL;
	return true;
}

void stk_look_evidence(
	struct stk_look *look, struct stk_look_service *service, const char *fmt, ...)
{
	struct stk_buf text = STK_BUF_EMPTY;
	va_list args;

	va_start(args, fmt);
	stk_buf_vaddf(&text, fmt, args);
	va_end(args);
	stk_vec_push(&service->evidence, stk_arena_str(&look->arena, stk_buf_str(&text)));
	stk_buf_release(&text);
}

static bool is_one_of(struct stk_str text, const char *const *words)
{
	for (; *words; words++)
		if (stk_str_is(text, *words))
			return true;
	return false;
}

static bool is_address(struct stk_str name)
{
	return stk_str_contains(name, STK_STR("ADDR")) || stk_str_contains(name, STK_STR("LISTEN"));
}

/* What a variable is for, by its name alone. */
static void sort_variable(
	struct stk_look *look, struct stk_look_service *service, struct stk_str name)
{
	static const char *const ports[] = {"PORT", "HTTP_PORT", "SERVER_PORT", "APP_PORT",
		"LISTEN", "LISTEN_ADDR", "LISTEN_ADDRESS", "ADDR", "ADDRESS", "HTTP_ADDR",
		"SERVER_ADDR", "SERVER_ADDRESS", "BIND", NULL};
	const char **place = NULL;

	if (name.len > 100)
		return;
	if (stk_str_contains(name, STK_STR("PYROSCOPE"))) {
		if (stk_str_ends(name, "URL") || stk_str_contains(name, STK_STR("ADDR")) ||
			stk_str_ends(name, "SERVER"))
			place = &service->push_var;
		else if (stk_str_contains(name, STK_STR("APP")) || stk_str_ends(name, "NAME"))
			place = &service->name_var;
	} else if (stk_str_contains(name, STK_STR("PPROF"))) {
		place = &service->profile_var;
	} else if (is_one_of(name, ports)) {
		place = &service->port_var;
	}
	if (!place || *place)
		return;
	*place = stk_arena_str(&look->arena, name);
	if (place == &service->port_var)
		service->port_is_address = is_address(name) || stk_str_is(name, "BIND");
}

void stk_look_variables(struct stk_look *look, struct stk_look_service *service,
	struct stk_str text, const char *const *tokens)
{
	for (; *tokens; tokens++) {
		bool is_word = (*tokens)[strlen(*tokens) - 1] == '.';
		struct stk_str rest = text, name;

		while (is_word ? stk_scan_word(&rest, *tokens, &name)
			       : stk_scan_literal(&rest, *tokens, &name))
			sort_variable(look, service, name);
	}
}

void stk_look_profiler_seen(
	struct stk_look_service *service, enum stk_look_profiler profiler, const char *name)
{
	if (service->profiler != STK_LOOK_NO_PROFILER)
		return;
	service->profiler = profiler;
	service->profiler_name = name;
}

bool stk_look_is_test(const struct stk_look_file *file)
{
	struct stk_str path = stk_str_of(file->path), name = stk_str_of(file->name);

	return stk_str_contains(name, STK_STR("_test.")) ||
	       stk_str_contains(name, STK_STR(".test.")) ||
	       stk_str_contains(name, STK_STR(".spec.")) || stk_str_starts(name, "test_") ||
	       stk_str_starts(path, "test/") || stk_str_starts(path, "tests/") ||
	       stk_str_contains(path, STK_STR("/test/")) ||
	       stk_str_contains(path, STK_STR("/tests/"));
}

/* --- k6, containers ------------------------------------------------------------------------ */

static bool is_k6(struct stk_str text)
{
	return stk_str_contains(text, STK_STR("'k6/http'")) ||
	       stk_str_contains(text, STK_STR("\"k6/http\"")) ||
	       stk_str_contains(text, STK_STR("from 'k6'")) ||
	       stk_str_contains(text, STK_STR("from \"k6\""));
}

/* "${BASE}/orders", "http://host:80/orders" and "/orders?x=1" as /orders. */
static struct stk_str path_in_url(struct stk_str url)
{
	ptrdiff_t at = stk_str_find(url, STK_STR("://"));

	if (at >= 0)
		url = stk_str_skip(url, (size_t)at + 3);
	at = stk_str_starts(url, "${") ? stk_str_find_byte(url, '}') : at >= 0 ? 0 : -1;
	if (at >= 0)
		url = stk_str_skip(url, (size_t)at + 1);
	at = stk_str_find_byte(url, '/');
	url = at < 0 ? STK_STR("/") : stk_str_skip(url, (size_t)at);
	at = stk_str_find_byte(url, '?');
	return at < 0 ? url : stk_str_sub(url, 0, (size_t)at);
}

static void read_k6(struct stk_look *look, const struct stk_look_file *file)
{
	static const struct stk_look_call calls[] = {{"http.get(", "GET"}, {"http.post(", "POST"},
		{"http.put(", "PUT"}, {"http.patch(", "PATCH"}, {"http.del(", "DELETE"}};

	if (look->k6 || !is_k6(file->text))
		return;
	look->k6 = stk_arena_dup(&look->arena, file->path);
	for (size_t i = 0; i < STK_ARRAY_LEN(calls); i++) {
		struct stk_str rest = file->text, url;

		while (stk_scan_literal(&rest, calls[i].token, &url))
			stk_look_route_add(
				look, &look->k6_routes, calls[i].method, path_in_url(url));
	}
}

static void read_dockerfile(struct stk_look *look, struct stk_str text)
{
	int64_t port;

	look->has_dockerfile = true;
	if (look->exposed == 0 && stk_scan_number(&text, "EXPOSE", &port) && port < 65536)
		look->exposed = port;
}

/* --- the walk ------------------------------------------------------------------------------ */

static bool is_manifest(const struct stk_look_language *language, const char *name)
{
	return is_one_of(stk_str_of(name), language->manifests);
}

static bool is_source(const struct stk_look_language *language, const char *name)
{
	for (const char *const *at = language->extensions; *at; at++)
		if (stk_str_ends(stk_str_of(name), *at))
			return true;
	return false;
}

static const char *name_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static bool is_container(const char *name)
{
	return strncmp(name, "Dockerfile", 10) == 0 || strcmp(name, "Containerfile") == 0;
}

static bool is_wanted(const char *path, void *ctx)
{
	const char *name = name_of(path);

	(void)ctx;
	for (size_t i = 0; i < STK_ARRAY_LEN(languages); i++)
		if (is_manifest(languages[i], name) || is_source(languages[i], name))
			return true;
	return is_container(name);
}

static void take_file(const char *path, struct stk_str text, void *ctx)
{
	struct stk_look_file file = {path, name_of(path), text};
	struct stk_look *look = ctx;

	if (is_container(file.name))
		read_dockerfile(look, text);
	if (stk_str_ends(stk_str_of(path), ".js") || stk_str_ends(stk_str_of(path), ".ts"))
		read_k6(look, &file);
	if (is_k6(text))
		return;
	for (size_t i = 0; i < STK_ARRAY_LEN(languages); i++)
		if (is_manifest(languages[i], file.name) ||
			(is_source(languages[i], file.name) && !stk_look_is_test(&file)))
			languages[i]->file(look, &look->services.items[i], &file);
}

/* Which language is that of the service: what serves HTTP before what is only there. */
static int score_of(const struct stk_look_service *service)
{
	if (!service->manifest)
		return -1;
	int score = 10 - 2 * (int)depth_of(service->manifest);

	score = score < 1 ? 1 : score;
	score += service->listens || service->framework ? 8 : 0;
	score += service->profiler != STK_LOOK_NO_PROFILER ? 4 : 0;
	return score + (service->main ? 2 : 0);
}

static void choose(struct stk_look *look)
{
	int best = -1;

	for (size_t i = 0; i < look->services.len; i++) {
		struct stk_look_service *service = &look->services.items[i];
		int score = score_of(service);

		if (service->manifest)
			languages[i]->finish(look, service);
		if (score > best && service->start) {
			best = score;
			look->service = service;
		}
	}
}

/* "shop" for /home/me/shop and for "." in it. */
static void name_folder(struct stk_look *look, const char *root)
{
	char *real = realpath(root, NULL);

	if (real && name_of(real)[0])
		look->folder = stk_arena_dup(&look->arena, name_of(real));
	free(real);
}

int stk_look_at(struct stk_look *look, const char *root, struct stk_err *err)
{
	struct stk_walk_opts opts = {is_wanted, take_file, look};
	int rc = stk_walk_files(root, &opts, &look->cut, err);

	if (rc < 0)
		return rc;
	name_folder(look, root);
	choose(look);
	stk_look_ci(look, root);
	return 0;
}
