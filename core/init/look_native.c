/* look_native: a C or C++ service: CMake, Meson or make, and the program that comes out. */
#include <string.h>

#include "core/init/look_priv.h"
#include "core/init/scan.h"

/* The first word behind `token`, up to a blank or bracket: add_executable(shop main.c). */
static struct stk_str word_behind(struct stk_str text, const char *token)
{
	ptrdiff_t at = stk_str_find(text, stk_str_of(token));
	size_t len = 0;

	if (at < 0)
		return STK_STR("");
	text = stk_str_trim(stk_str_skip(text, (size_t)at + strlen(token)));
	if (stk_str_starts(text, "'"))
		text = stk_str_skip(text, 1);
	while (len < text.len && !strchr(" \t\r\n()',$", text.ptr[len]))
		len++;
	return stk_str_sub(text, 0, len);
}

/* Of a Makefile: what PROG, TARGET, BIN or NAME is set to. */
static bool program_of(struct stk_str text, struct stk_str *out)
{
	static const char *const names[] = {"PROG", "PROGRAM", "TARGET", "BIN", "NAME"};

	for (size_t i = 0; i < STK_ARRAY_LEN(names); i++)
		if (stk_scan_value(text, NULL, names[i], out) && stk_str_find_byte(*out, '$') < 0 &&
			stk_str_find_byte(*out, ' ') < 0)
			return true;
	return false;
}

static void read_cmake(
	struct stk_look *look, struct stk_look_service *service, const struct stk_look_file *file)
{
	struct stk_str program = word_behind(file->text, "add_executable(");

	if (stk_str_contains(file->text, STK_STR("add_executable(${PROJECT_NAME}")) ||
		stk_str_contains(file->text, STK_STR("add_executable(${CMAKE_PROJECT_NAME}")))
		program = word_behind(file->text, "project(");
	if (stk_look_manifest(look, service, file, "CMakeLists.txt") || !service->main)
		service->main =
			program.len > 0 ? stk_arena_str(&look->arena, program) : service->main;
	service->framework = NULL;
	service->build = "cmake -S . -B {out} -DCMAKE_BUILD_TYPE=RelWithDebInfo && "
			 "cmake --build {out}";
}

static void take(
	struct stk_look *look, struct stk_look_service *service, const struct stk_look_file *file)
{
	static const char *const variables[] = {"getenv(", "secure_getenv(", NULL};
	struct stk_str program;

	stk_look_variables(look, service, file->text, variables);
	if (strcmp(file->name, "CMakeLists.txt") == 0) {
		read_cmake(look, service, file);
	} else if (stk_look_manifest(look, service, file, "meson.build")) {
		program = word_behind(file->text, "executable(");
		service->build = "meson setup --buildtype=debugoptimized {out} && ninja -C {out}";
		if (program.len > 0)
			service->main = stk_arena_str(&look->arena, program);
	} else if (stk_look_manifest(look, service, file, "Makefile") && !service->build) {
		if (program_of(file->text, &program))
			service->main = stk_arena_str(&look->arena, program);
	} else if (stk_str_contains(file->text, STK_STR("listen(")) &&
		   (stk_str_contains(file->text, STK_STR("accept(")) ||
			   stk_str_contains(file->text, STK_STR("accept4(")))) {
		service->listens = true;
	}
}

static void finish(struct stk_look *look, struct stk_look_service *service)
{
	stk_look_evidence(look, service, "%s", service->manifest);
	/* a Makefile stands in projects of every language */
	if (!service->main)
		return;
	stk_look_evidence(look, service, "program %s", service->main);
	service->name =
		strrchr(service->main, '/') ? strrchr(service->main, '/') + 1 : service->main;
	service->profiles = "\"cpu\"";
	service->start =
		stk_arena_printf(&look->arena, service->build ? "{out}/%s" : "./%s", service->main);
	if (!service->build)
		service->build = "make";
}

static const char *const manifests[] = {"CMakeLists.txt", "meson.build", "Makefile", NULL};
static const char *const extensions[] = {".c", ".cc", ".cpp", NULL};
const struct stk_look_language stk_look_native = {"C", manifests, extensions, take, finish};
