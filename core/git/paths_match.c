/* paths_match: which file of a commit fits a profile's name for it. */
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/git/paths_priv.h"

enum { COMPONENTS_MAX = 256 };

/* --- a name taken apart ------------------------------------------------------------------- */

/* A file name of a profile, cleaned: components in order, "." and ".." gone. */
struct name {
	struct stk_buf text; /* what the components are views into */
	struct stk_str parts[COMPONENTS_MAX];
	size_t len;
	bool is_absolute;
};

/* "webpack://app/./src/a.ts" gives "app/./src/a.ts"; "node:fs" and "<frozen x>" are no files. */
static struct stk_str cut_scheme(struct stk_str file)
{
	ptrdiff_t at = stk_str_find(file, STK_STR("://"));

	if (at > 0 && stk_str_find_byte(stk_str_sub(file, 0, (size_t)at), '/') < 0)
		return stk_str_skip(file, (size_t)at + 3);
	return file;
}

static void add_part(struct name *name, struct stk_str part)
{
	if (part.len == 0 || stk_str_is(part, "."))
		return;
	if (stk_str_is(part, "..")) {
		name->len -= name->len > 0;
		return;
	}
	name->parts[name->len++] = part;
}

/* False for what is no file of anybody's repository. */
static bool name_init(struct name *name, struct stk_str file)
{
	struct stk_str rest = cut_scheme(file), part;
	bool had_scheme = rest.len < file.len;

	*name = (struct name){.text = STK_BUF_INIT(STK_PATHS_NAME_MAX + 1)};
	if (file.len == 0 || file.len > STK_PATHS_NAME_MAX || file.ptr[0] == '<' ||
		stk_str_starts(file, "node:"))
		return false;
	if (had_scheme && stk_str_find_byte(rest, '?') > 0)
		rest = stk_str_sub(rest, 0, (size_t)stk_str_find_byte(rest, '?'));
	stk_buf_add_str(&name->text, rest);
	if (stk_str_find_byte(rest, '/') < 0) {
		for (size_t i = 0; i < name->text.len; i++) {
			if (name->text.ptr[i] == '\\')
				name->text.ptr[i] = '/';
		}
	}
	rest = stk_buf_str(&name->text);
	name->is_absolute = had_scheme || stk_str_starts(rest, "/") ||
			    (rest.len > 2 && rest.ptr[1] == ':' && rest.ptr[2] == '/');
	while (stk_str_cut(&rest, '/', &part)) {
		if (name->len == COMPONENTS_MAX)
			return false;
		add_part(name, part);
	}
	return name->len > 0;
}

static struct stk_str last_part(const struct name *name)
{
	return name->parts[name->len - 1];
}

/* Equal components at the ends of a name and of a path. */
static size_t common_end(const struct name *name, const char *path)
{
	struct stk_str rest = stk_str_of(path);
	size_t count = 0;

	while (count < name->len && rest.len > 0) {
		if (!stk_str_eq(stk_paths_base_name(rest), name->parts[name->len - 1 - count]))
			break;
		count++;
		ptrdiff_t cut = stk_str_rfind_byte(rest, '/');
		rest = stk_str_sub(rest, 0, cut < 0 ? 0 : (size_t)cut);
	}
	return count;
}

static size_t count_parts(const char *path)
{
	size_t count = 1;

	for (; *path; path++)
		count += *path == '/';
	return count;
}

/* --- libraries -------------------------------------------------------------------------------- */

/* A folder that holds other people's code, wherever it stands. */
static bool is_library_folder(struct stk_str part)
{
	static const char *const names[] = {
		"node_modules", "site-packages", "dist-packages", ".cargo", ".rustup", ".m2"};

	for (size_t i = 0; i < STK_ARRAY_LEN(names); i++) {
		if (stk_str_is(part, names[i]))
			return true;
	}
	/* module@v1.2.3 of Go's module cache and of -trimpath */
	return stk_str_find(part, STK_STR("@v")) > 0;
}

/* Where a toolchain or the system keeps its sources. */
static bool is_system(const struct name *name)
{
	static const char *const folders[] = {"usr/lib", "usr/lib64", "usr/include", "usr/share",
		"usr/local/lib", "usr/local/go", "rustc"};

	if (!name->is_absolute)
		return false;
	for (size_t i = 0; i < STK_ARRAY_LEN(folders); i++) {
		struct stk_str rest = stk_str_of(folders[i]), part;
		size_t at = 0;

		while (at < name->len && stk_str_cut(&rest, '/', &part) &&
			stk_str_eq(part, name->parts[at]))
			at++;
		if (!rest.ptr && at == count_parts(folders[i]))
			return true;
	}
	return false;
}

/* How many components at the end must agree: all behind (and with) a library's folder. */
static size_t least_common(const struct name *name)
{
	for (size_t i = 0; i < name->len; i++) {
		if (is_library_folder(name->parts[i]))
			return name->len - i;
	}
	if (is_system(name))
		return name->len;
	/* "lib/a.js" is not src/a.js; "/app/a.js" may well be */
	return name->len > 1 && !name->is_absolute ? 2 : 1;
}

/* --- Go ------------------------------------------------------------------------------------- */

/* "example.com/shop/order" of "example.com/shop/order.(*Repo).Find"; dots behind the last slash
 * stand as %2e in symbols. */
static void add_package(struct stk_buf *out, struct stk_str function)
{
	size_t slash = (size_t)(stk_str_rfind_byte(function, '/') + 1);
	ptrdiff_t dot;

	/* a slash in type arguments or a receiver is none of the package's */
	for (size_t i = 0; i < function.len; i++) {
		if (function.ptr[i] == '[' || function.ptr[i] == '(') {
			slash = (size_t)(stk_str_rfind_byte(stk_str_sub(function, 0, i), '/') + 1);
			break;
		}
	}
	dot = stk_str_find_byte(stk_str_skip(function, slash), '.');
	function = stk_str_sub(function, 0, dot < 0 ? 0 : slash + (size_t)dot);
	while (function.len > 0) {
		if (stk_str_starts(function, "%2e")) {
			stk_buf_add_byte(out, '.');
			function = stk_str_skip(function, 3);
			continue;
		}
		stk_buf_add_byte(out, function.ptr[0]);
		function = stk_str_skip(function, 1);
	}
}

/* The rest of `text` behind the module's name ("" for the name itself); false if it is not in it.
 */
static bool cut_module(struct stk_str text, const char *module, struct stk_str *rest)
{
	size_t len = strlen(module);

	if (!stk_str_starts(text, module) || (text.len > len && text.ptr[len] != '/'))
		return false;
	*rest = stk_str_skip(text, len + 1);
	return true;
}

/* The module with the longest name that text lies in. */
static const struct stk_paths_module *module_of(
	const struct stk_paths *paths, struct stk_str text, struct stk_str *rest)
{
	const struct stk_paths_module *best = NULL;
	struct stk_str behind;

	for (size_t i = 0; i < paths->modules.len; i++) {
		const struct stk_paths_module *module = &paths->modules.items[i];

		if (cut_module(text, module->name, &behind) &&
			(!best || strlen(module->name) > strlen(best->name))) {
			best = module;
			*rest = behind;
		}
	}
	return best;
}

/* dir/inner/name, where any but the name may be "". */
static const char *get_joined(
	const struct stk_paths *paths, const char *dir, struct stk_str inner, struct stk_str name)
{
	struct stk_buf path = STK_BUF_EMPTY;
	const char *found;

	if (dir[0])
		stk_buf_addf(&path, "%s/", dir);
	if (inner.len > 0)
		stk_buf_addf(&path, "%.*s/", STK_STR_ARG(inner));
	stk_buf_add_str(&path, name);
	found = stk_paths_get(paths, stk_buf_str(&path));
	stk_buf_release(&path);
	return found;
}

static const char *find_vendored(
	const struct stk_paths *paths, struct stk_str package, struct stk_str name)
{
	for (size_t i = 0; i < paths->modules.len; i++) {
		const char *dir = paths->modules.items[i].dir, *found;
		struct stk_buf vendor = STK_BUF_EMPTY;

		stk_buf_addf(&vendor, "%s%svendor", dir, dir[0] ? "/" : "");
		found = get_joined(paths, vendor.ptr, package, name);
		stk_buf_release(&vendor);
		if (found)
			return found;
	}
	return NULL;
}

/* By the modules of the commit. True when that settles it, with or without a file. */
static bool find_go(const struct stk_paths *paths, const struct name *name, struct stk_str file,
	struct stk_str function, const char **out)
{
	const struct stk_paths_module *module;
	struct stk_buf package = STK_BUF_EMPTY;
	struct stk_str rest;
	bool is_settled;

	if (paths->modules.len == 0 ||
		(!stk_str_ends(last_part(name), ".go") && !stk_str_ends(last_part(name), ".s")))
		return false;
	module = name->is_absolute ? NULL : module_of(paths, file, &rest);
	if (module) {
		*out = get_joined(paths, module->dir, STK_STR(""), rest);
		return true;
	}
	add_package(&package, function);
	/* a program's own package is called main wherever it lies */
	is_settled = package.len > 0 && strcmp(package.ptr, "main") != 0;
	if (is_settled) {
		module = module_of(paths, stk_buf_str(&package), &rest);
		*out = module ? get_joined(paths, module->dir, rest, last_part(name))
			      : find_vendored(paths, stk_buf_str(&package), last_part(name));
	}
	stk_buf_release(&package);
	return is_settled;
}

/* --- by the end of the name ------------------------------------------------------------------- */

static bool is_word_byte(char byte)
{
	return byte == '_' || byte == '-' || (byte >= '0' && byte <= '9') ||
	       (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

/* Equal but for '-' and '_': Rust's crate my-shop has the path my_shop. */
static bool same_word(struct stk_str a, struct stk_str b)
{
	if (a.len != b.len)
		return false;
	for (size_t i = 0; i < a.len; i++) {
		char x = a.ptr[i] == '-' ? '_' : a.ptr[i], y = b.ptr[i] == '-' ? '_' : b.ptr[i];

		if (x != y)
			return false;
	}
	return true;
}

/* True if the function's name has this word in its package or class. */
static bool has_word(struct stk_str function, struct stk_str word)
{
	size_t start = 0;

	for (size_t i = 0; i <= function.len; i++) {
		if (i < function.len && is_word_byte(function.ptr[i]))
			continue;
		if (same_word(stk_str_sub(function, start, i - start), word))
			return true;
		start = i + 1;
	}
	return false;
}

/* How many folders of a path, its last `skip` components left out, the function's name knows. */
static size_t count_words(const char *path, size_t skip, struct stk_str function)
{
	size_t len = count_parts(path), count = 0, at = 0;
	struct stk_str rest = stk_str_of(path), part;

	while (stk_str_cut(&rest, '/', &part) && at++ + skip < len)
		count += has_word(function, part);
	return count;
}

/* How well a file of the commit fits; compared from top to bottom. */
struct fit {
	size_t common;
	bool is_same;  /* nothing is left over on either side */
	bool is_whole; /* nothing of the file's path is left over */
	size_t words;
};

static int compare_fits(const struct fit *a, const struct fit *b)
{
	if (a->common != b->common)
		return a->common > b->common ? 1 : -1;
	if (a->is_same != b->is_same)
		return a->is_same ? 1 : -1;
	if (a->words != b->words)
		return a->words > b->words ? 1 : -1;
	return (int)a->is_whole - (int)b->is_whole;
}

/* Java and its kin name files without folders: the package must agree, or any library's
 * Handler.java would be ours. */
static bool is_contradicted(
	const struct name *name, const char *path, const struct fit *fit, struct stk_str function)
{
	static const char *const endings[] = {".java", ".kt", ".scala", ".groovy", ".clj"};
	struct stk_str file = last_part(name);
	bool is_jvm = false;

	for (size_t i = 0; i < STK_ARRAY_LEN(endings); i++)
		is_jvm = is_jvm || stk_str_ends(file, endings[i]);
	if (!is_jvm || name->len > 1 || fit->words > 0 || !strchr(path, '/'))
		return false;
	return stk_str_find_byte(function, '.') > 0 || stk_str_find_byte(function, '/') > 0;
}

static uint64_t find_by_end(
	const struct stk_paths *paths, const struct name *name, struct stk_str function)
{
	const union stk_map_value *slot = stk_map_find(&paths->by_name, last_part(name));
	size_t least = least_common(name);
	struct fit best = {0, false, false, 0};
	uint64_t found = 0;
	bool is_tie = false;

	for (uint64_t at = slot ? slot->num : 0; at > 0; at = paths->files.items[at - 1].next) {
		const char *path = paths->files.items[at - 1].path;
		struct fit fit = {.common = common_end(name, path)};
		size_t parts = count_parts(path);
		int order;

		fit.is_whole = fit.common == parts;
		fit.is_same = fit.is_whole && fit.common == name->len;
		fit.words = count_words(path, fit.common, function);
		if (fit.common < least || is_contradicted(name, path, &fit, function))
			continue;
		order = compare_fits(&fit, &best);
		is_tie = order == 0 || (is_tie && order < 0);
		if (order > 0) {
			best = fit;
			found = at;
		}
	}
	return is_tie ? 0 : found;
}

/* Under the root the place is known; what is not there was made by the build. */
static bool find_under_root(struct stk_paths *paths, struct stk_str file, const char **out)
{
	struct stk_str inner = stk_paths_trim(paths, file);

	if (inner.len == file.len)
		return false;
	*out = stk_paths_get(paths, inner);
	return true;
}

const char *stk_paths_look_up(struct stk_paths *paths, struct stk_str file, struct stk_str function)
{
	const char *found = NULL;
	struct name name;
	uint64_t at;

	if (find_under_root(paths, file, &found))
		return found;
	if (name_init(&name, file) && !find_go(paths, &name, file, function, &found)) {
		at = find_by_end(paths, &name, function);
		found = at > 0 ? paths->files.items[at - 1].path : NULL;
	}
	stk_buf_release(&name.text);
	return found;
}
