/* look_routes: the routes that a source file declares, with the prefix of the group they stand in.
 */
#include <string.h>

#include "core/base/buf.h"
#include "core/init/look_priv.h"
#include "core/init/scan.h"

enum { GROUPS_MAX = 16 };

/* A group of one file: `v1 := r.Group("/v1")`, or the block of chi's `r.Route("/v1", func …{ … })`.
 */
struct group {
	struct stk_str name;   /* empty: a block */
	const char *from, *to; /* of a block */
	const char *prefix;
};

struct file {
	struct stk_look *look;
	struct stk_str text;
	struct group groups[GROUPS_MAX];
	size_t len;
	const char *prefix; /* of the whole file: "" or that of its class */
};

/* --- paths --------------------------------------------------------------------------------------
 */

/* "{id}", ":id", "<int:id>", "*": a parameter; 1 stands for it. */
static bool add_part(struct stk_buf *out, struct stk_str part)
{
	bool is_param = part.len > 0 && strchr("{:<*[$", part.ptr[0]) != NULL;

	if (is_param) {
		stk_buf_add_text(out, "/1");
		return true;
	}
	for (size_t i = 0; i < part.len; i++)
		if (!((part.ptr[i] >= 'a' && part.ptr[i] <= 'z') ||
			    (part.ptr[i] >= 'A' && part.ptr[i] <= 'Z') ||
			    (part.ptr[i] >= '0' && part.ptr[i] <= '9') ||
			    strchr("-._~", part.ptr[i])))
			return false;
	stk_buf_addf(out, "/%.*s", STK_STR_ARG(part));
	return true;
}

/* A route as a path that can be asked for; NULL if it is none. A slash at the end stays: some
 * frameworks answer the other form with a redirect. */
static const char *path_of(struct stk_look *look, struct stk_str route)
{
	struct stk_buf out = STK_BUF_EMPTY;
	const char *path = NULL;
	struct stk_str part;
	bool ok = route.len > 0 && route.len < 200 && route.ptr[0] == '/';
	bool has_end = ok && route.len > 1 && stk_str_ends(route, "/");

	route = stk_str_skip(route, 1);
	while (ok && stk_str_cut(&route, '/', &part))
		if (part.len > 0 && !stk_str_is(part, "{$}"))
			ok = add_part(&out, part);
	if (ok && (has_end || out.len == 0))
		stk_buf_add_byte(&out, '/');
	if (ok)
		path = stk_arena_str(&look->arena, stk_buf_str(&out));
	stk_buf_release(&out);
	return path;
}

void stk_look_route_add(struct stk_look *look, struct stk_look_route_list *routes,
	const char *method, struct stk_str route)
{
	const char *path = path_of(look, route);

	if (!path || routes->len >= STK_LOOK_ROUTES_MAX)
		return;
	for (size_t i = 0; i < routes->len; i++)
		if (strcmp(routes->items[i].method, method) == 0 &&
			strcmp(routes->items[i].path, path) == 0)
			return;
	stk_vec_push(routes, (struct stk_look_route){method, path});
}

/* "/api/" and "/orders" as "/api/orders". */
static struct stk_str join(struct file *file, const char *prefix, struct stk_str route)
{
	size_t len = strlen(prefix);

	while (len > 0 && prefix[len - 1] == '/')
		len--;
	if (len == 0)
		return route;
	return stk_str_of(stk_arena_printf(&file->look->arena, "%.*s%s%.*s", (int)len, prefix,
		route.len > 0 && route.ptr[0] != '/' ? "/" : "", STK_STR_ARG(route)));
}

/* --- what stands around a call -------------------------------------------------------------------
 */

static bool is_name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_' || c == '$';
}

/* Where the call of a literal begins: its quote stands behind the token and blanks. */
static const char *begin_of(const struct file *file, struct stk_str literal, const char *token)
{
	const char *at = literal.ptr - 1;

	while (at > file->text.ptr && (at[-1] == ' ' || at[-1] == '\t'))
		at--;
	return at - strlen(token);
}

/* The name that ends before `at`: "v1" before ".GET(". */
static struct stk_str name_before(const struct file *file, const char *at)
{
	const char *from = at;

	while (from > file->text.ptr && is_name_char(from[-1]))
		from--;
	return stk_str_n(from, (size_t)(at - from));
}

/* The name that a line assigns to: "v1" in `v1 := r.Group(`, "bp" in `const bp = …`. */
static struct stk_str assigned_on_line(const struct file *file, const char *at)
{
	const char *line = at, *equals;

	while (line > file->text.ptr && line[-1] != '\n')
		line--;
	equals = memchr(line, '=', (size_t)(at - line));
	if (!equals)
		return STK_STR("");
	while (equals > line && strchr(": \t", equals[-1]))
		equals--;
	return name_before(file, equals);
}

/* The rest of the line behind a literal, with the next one if the call goes on there. */
static struct stk_str tail_of(const struct file *file, struct stk_str literal)
{
	const char *from = literal.ptr + literal.len + 1, *end = file->text.ptr + file->text.len;
	ptrdiff_t line;
	struct stk_str tail;

	if (from >= end)
		return STK_STR("");
	tail = stk_str_n(from, (size_t)(end - from));
	line = stk_str_find_byte(tail, '\n');
	return stk_str_sub(tail, 0, line < 0 || line > 200 ? 200 : (size_t)line);
}

static const char *const methods[] = {"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"};

/* `, post(create)`, `, web::post()`, `methods=["POST"]`, `.Methods("POST")`: which method a
 * call without one is for. */
static const char *method_in(struct stk_str tail)
{
	static const char *const forms[][STK_ARRAY_LEN(methods)] = {
		{"get(", "post(", "put(", "patch(", "delete(", "head("},
		{"\"GET\"", "\"POST\"", "\"PUT\"", "\"PATCH\"", "\"DELETE\"", "\"HEAD\""},
		{"'GET'", "'POST'", "'PUT'", "'PATCH'", "'DELETE'", "'HEAD'"},
		{"MethodGet", "MethodPost", "MethodPut", "MethodPatch", "MethodDelete",
			"MethodHead"},
	};

	for (size_t m = 0; m < STK_ARRAY_LEN(methods); m++)
		for (size_t f = 0; f < STK_ARRAY_LEN(forms); f++)
			if (stk_scan_has(tail, forms[f][m]))
				return methods[m];
	return "GET";
}

/* "GET /orders" of Go's ServeMux; a host before the path is left out. */
static const char *take_method(struct stk_str *route)
{
	for (size_t i = 0; i < STK_ARRAY_LEN(methods); i++) {
		size_t len = strlen(methods[i]);

		if (!stk_str_starts(*route, methods[i]) || route->len <= len ||
			route->ptr[len] != ' ')
			continue;
		*route = stk_str_trim(stk_str_skip(*route, len));
		return methods[i];
	}
	return NULL;
}

/* --- groups --------------------------------------------------------------------------------------
 */

/* The prefix that holds for a call: of the innermost block around it, or of the name it is made on.
 */
static const char *prefix_of(const struct file *file, const char *at, struct stk_str name)
{
	for (size_t i = file->len; i-- > 0;) {
		const struct group *group = &file->groups[i];

		if (group->name.len > 0 ? stk_str_eq(group->name, name)
					: at > group->from && at < group->to)
			return group->prefix;
	}
	return file->prefix;
}

/* The end of the block whose first brace is the next one behind `from`. */
static const char *end_of_block(const struct file *file, const char *from)
{
	const char *end = file->text.ptr + file->text.len;
	int depth = 0;

	for (const char *at = from; at < end; at++) {
		depth += *at == '{';
		if (*at == '}' && --depth <= 0)
			return at;
	}
	return end;
}

/* The literal behind a key within the call: url_prefix="/orders". */
static bool find_keyed(
	const struct file *file, const char *from, const char *key, struct stk_str *out)
{
	const char *end = file->text.ptr + file->text.len;
	struct stk_str call = stk_str_n(from, (size_t)(end - from));
	ptrdiff_t close = stk_str_find_byte(call, ')');

	/* __name__ and the like hold no bracket; a call in a call ends the search early */
	call = stk_str_sub(call, 0, close < 0 ? call.len : (size_t)close);
	return stk_scan_literal(&call, key, out);
}

static void add_group(
	struct file *file, const struct stk_look_group *row, const char *at, struct stk_str literal)
{
	struct group *group = &file->groups[file->len];
	struct stk_str outer = name_before(file, at), name = STK_STR(""), rest;

	if (file->len >= GROUPS_MAX || literal.len == 0 || literal.ptr[0] != '/')
		return;
	*group = (struct group){.name = name};
	if (row->kind == STK_LOOK_GROUP_BLOCK) {
		group->from = at;
		group->to = end_of_block(file, literal.ptr + literal.len);
	} else if (row->kind == STK_LOOK_GROUP_MOUNT) {
		rest = tail_of(file, literal);
		if (!stk_scan_word(&rest, ", ", &group->name))
			return;
	} else {
		group->name = assigned_on_line(file, at);
		if (group->name.len == 0)
			return;
	}
	literal = join(file, prefix_of(file, at, outer), literal);
	group->prefix = stk_arena_str(&file->look->arena, literal);
	file->len++;
}

static void find_groups(struct file *file, const struct stk_look_group *rows)
{
	for (; rows && rows->token; rows++) {
		struct stk_str rest = file->text, literal;
		size_t skip = strlen(rows->token);

		if (rows->kind != STK_LOOK_GROUP_KEYED) {
			while (stk_scan_literal(&rest, rows->token, &literal))
				add_group(
					file, rows, begin_of(file, literal, rows->token), literal);
			continue;
		}
		for (ptrdiff_t at; (at = stk_str_find(rest, stk_str_of(rows->token))) >= 0;) {
			rest = stk_str_skip(rest, (size_t)at + skip);
			if (find_keyed(file, rest.ptr, rows->key, &literal))
				add_group(file, rows, rest.ptr - skip, literal);
		}
	}
}

/* @RequestMapping("/api") or @Path("/api") before the class: every route of the file begins with
 * it. */
static void find_class(struct file *file, const char *const *tokens)
{
	ptrdiff_t at = stk_str_find(file->text, STK_STR("class "));
	struct stk_str head = stk_str_sub(file->text, 0, at < 0 ? 0 : (size_t)at), literal;

	for (; tokens && *tokens; tokens++) {
		struct stk_str rest = head;

		if (stk_scan_literal(&rest, *tokens, &literal))
			file->prefix = stk_arena_printf(&file->look->arena, "%s%.*s",
				stk_str_starts(literal, "/") ? "" : "/", STK_STR_ARG(literal));
	}
	if (file->prefix[0])
		file->text = stk_str_skip(file->text, (size_t)at);
}

/* --- routes --------------------------------------------------------------------------------------
 */

/* A call counts for everybody, for the names of the language, and for the groups of the file. */
static bool is_receiver(
	const struct file *file, const struct stk_look_routing *routing, struct stk_str name)
{
	const char *before = name.ptr > file->text.ptr ? name.ptr - 1 : NULL;

	if (!routing->receivers || (before && *before == '@'))
		return true;
	for (size_t i = 0; i < file->len; i++)
		if (file->groups[i].name.len > 0 && stk_str_eq(file->groups[i].name, name))
			return true;
	for (const char *const *known = routing->receivers; *known; known++)
		if (stk_str_is(name, *known))
			return true;
	return false;
}

static void find_calls(
	struct file *file, struct stk_look_service *service, const struct stk_look_routing *routing)
{
	for (const struct stk_look_call *call = routing->calls; call->token; call++) {
		struct stk_str rest = file->text, route;

		while (stk_scan_literal(&rest, call->token, &route)) {
			const char *at = begin_of(file, route, call->token);
			struct stk_str name = name_before(file, at);
			struct stk_str tail = tail_of(file, route);
			const char *method = take_method(&route);

			if (call->token[0] == '.' && !is_receiver(file, routing, name))
				continue;
			if (!method)
				method = call->method ? call->method : method_in(tail);
			stk_look_route_add(file->look, &service->routes, method,
				join(file, prefix_of(file, at, name), route));
		}
	}
}

/* @GetMapping without a path: the class's own. */
static void find_bare(
	struct file *file, struct stk_look_service *service, const struct stk_look_call *calls)
{
	for (; calls && calls->token && file->prefix[0]; calls++)
		if (stk_scan_has(file->text, calls->token))
			stk_look_route_add(file->look, &service->routes, calls->method,
				stk_str_of(file->prefix));
}

void stk_look_routes(struct stk_look *look, struct stk_look_service *service, struct stk_str text,
	const struct stk_look_routing *routing)
{
	struct file file = {.look = look, .text = text, .prefix = ""};

	find_class(&file, routing->classes);
	find_groups(&file, routing->groups);
	find_bare(&file, service, routing->bare);
	find_calls(&file, service, routing);
}
