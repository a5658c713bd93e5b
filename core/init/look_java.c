/* look_java: a Java service: Maven or Gradle, Spring, the Pyroscope agent. */
#include <string.h>

#include "core/init/look_priv.h"
#include "core/init/scan.h"

/* The text of the first <artifactId> behind the <parent> part, if there is one. */
static struct stk_str own_artifact(struct stk_str text)
{
	ptrdiff_t parent = stk_str_find(text, STK_STR("</parent>")), from, to;

	if (parent >= 0)
		text = stk_str_skip(text, (size_t)parent);
	from = stk_str_find(text, STK_STR("<artifactId>"));
	if (from < 0)
		return STK_STR("");
	text = stk_str_skip(text, (size_t)from + 12);
	to = stk_str_find(text, STK_STR("</artifactId>"));
	return to < 0 ? STK_STR("") : stk_str_trim(stk_str_sub(text, 0, (size_t)to));
}

static void read_build(struct stk_look_service *service, struct stk_str text)
{
	if (stk_str_contains(text, STK_STR("spring-boot")) ||
		stk_str_contains(text, STK_STR("org.springframework.boot")))
		service->framework = "spring-boot";
	else if (stk_str_contains(text, STK_STR("quarkus")))
		service->framework = "quarkus";
	else if (stk_str_contains(text, STK_STR("micronaut")))
		service->framework = "micronaut";
	if (stk_str_contains(text, STK_STR("io.pyroscope")))
		stk_look_profiler_seen(service, STK_LOOK_SDK, "io.pyroscope:agent");
	if (stk_str_contains(text, STK_STR("spring-boot-starter-actuator")))
		service->health = "/actuator/health";
	/* a jar that `java -jar` can start, or Gradle's script that starts it */
	service->has_build_script = stk_str_contains(text, STK_STR("<mainClass>")) ||
				    stk_str_contains(text, STK_STR("mainClass")) ||
				    stk_str_contains(text, STK_STR("mainClassName"));
}

static void read_manifest(
	struct stk_look *look, struct stk_look_service *service, const struct stk_look_file *file)
{
	bool is_pom = stk_look_manifest(look, service, file, "pom.xml");
	struct stk_str name;

	if (is_pom) {
		name = own_artifact(file->text);
		service->name = name.len > 0 ? stk_arena_str(&look->arena, name) : NULL;
	}
	if (is_pom || stk_look_manifest(look, service, file, "build.gradle") ||
		stk_look_manifest(look, service, file, "build.gradle.kts"))
		read_build(service, file->text);
	if (stk_str_starts(stk_str_of(file->name), "settings.gradle") &&
		stk_scan_value(file->text, NULL, "rootProject.name", &name))
		service->name = stk_arena_str(&look->arena, name);
}

/* "src/main/java/shop/Main.java" with `package shop;` is shop.Main. */
static void read_main(
	struct stk_look *look, struct stk_look_service *service, const struct stk_look_file *file)
{
	struct stk_str rest = file->text, line, package = STK_STR("");
	const char *dot = strrchr(file->name, '.');

	while (package.len == 0 && stk_str_cut(&rest, '\n', &line))
		if (stk_str_starts(line, "package ") && stk_str_find_byte(line, ';') > 8)
			package = stk_str_trim(
				stk_str_sub(line, 8, (size_t)stk_str_find_byte(line, ';') - 8));
	if (!service->main)
		service->main = stk_arena_printf(&look->arena, "%.*s%s%.*s", STK_STR_ARG(package),
			package.len > 0 ? "." : "", (int)(dot - file->name), file->name);
	service->mains++;
}

static const struct stk_look_call calls[] = {{"@GetMapping(", "GET"},
	{"@GetMapping(value = ", "GET"}, {"@GetMapping(path = ", "GET"}, {"@PostMapping(", "POST"},
	{"@PutMapping(", "PUT"}, {"@DeleteMapping(", "DELETE"}, {"@RequestMapping(", "GET"},
	{"@Path(", "GET"}, {".createContext(", "GET"}, {NULL, NULL}};
static const struct stk_look_call bare[] = {{"@GetMapping\n", "GET"}, {"@GetMapping()", "GET"},
	{"@PostMapping\n", "POST"}, {"@PostMapping()", "POST"}, {"@GET\n", "GET"}, {NULL, NULL}};
static const char *const classes[] = {"@RequestMapping(",
	"@RequestMapping(value = ", "@RequestMapping(path = ", "@Path(", "@Controller(", NULL};
static const struct stk_look_routing routing = {calls, NULL, NULL, classes, bare};

static void take(
	struct stk_look *look, struct stk_look_service *service, const struct stk_look_file *file)
{
	static const char *const variables[] = {
		"System.getenv(", "getenv().getOrDefault(", "getenv().get(", NULL};
	struct stk_str value;

	if (strcmp(file->name, "mvnw") == 0 || strcmp(file->name, "gradlew") == 0) {
		service->has_wrapper = true;
		return;
	}
	if (stk_str_starts(stk_str_of(file->name), "application.")) {
		if (stk_scan_value(file->text, NULL, "server.port", &value) ||
			stk_scan_value(file->text, NULL, "quarkus.http.port", &value) ||
			stk_scan_value(file->text, NULL, "port", &value))
			service->port = stk_scan_port(value);
		return;
	}
	if (!stk_str_ends(stk_str_of(file->name), ".java") &&
		!stk_str_ends(stk_str_of(file->name), ".kt")) {
		read_manifest(look, service, file);
		return;
	}
	if (stk_str_contains(file->text, STK_STR("HttpServer.create(")))
		service->listens = true;
	if (stk_str_contains(file->text, STK_STR("io.pyroscope")))
		stk_look_profiler_seen(service, STK_LOOK_SDK, "io.pyroscope:agent");
	if (stk_str_contains(file->text, STK_STR("void main(String")))
		read_main(look, service, file);
	stk_look_variables(look, service, file->text, variables);
	stk_look_routes(look, service, file->text, &routing);
}

#define ONE_JAR "$(ls %s | grep -v -e plain -e sources -e original | head -1)"

static bool is_framework(const struct stk_look_service *service, const char *name)
{
	return service->framework && strcmp(service->framework, name) == 0;
}

static void finish_maven(struct stk_look *look, struct stk_look_service *service)
{
	const char *tool = service->has_wrapper ? "./mvnw" : "mvn";
	bool has_jar = service->framework || service->has_build_script || !service->main;

	service->build = stk_arena_printf(&look->arena, "%s -q -B -DskipTests package%s", tool,
		has_jar ? "" : " dependency:copy-dependencies -DoutputDirectory=target/lib");
	if (!has_jar)
		service->start = stk_arena_printf(&look->arena,
			"exec java -cp 'target/classes:target/lib/*' %s", service->main);
}

static void finish_gradle(struct stk_look *look, struct stk_look_service *service)
{
	const char *tool = service->has_wrapper ? "./gradlew" : "gradle";
	bool has_script = !service->framework && service->has_build_script && service->name;

	service->build = stk_arena_printf(&look->arena, "%s -q %s", tool,
		is_framework(service, "spring-boot") ? "bootJar"
		: is_framework(service, "quarkus")   ? "build -x test"
		: has_script                         ? "installDist"
						     : "assemble");
	if (has_script)
		service->start = stk_arena_printf(
			&look->arena, "exec build/install/%s/bin/%s", service->name, service->name);
}

static void finish_start(struct stk_look *look, struct stk_look_service *service, bool is_maven)
{
	struct stk_arena *arena = &look->arena;
	const char *jars = is_maven ? "target/*.jar" : "build/libs/*.jar";

	if (is_framework(service, "quarkus"))
		service->start = stk_arena_printf(arena,
			"exec java -Dquarkus.http.host=127.0.0.1 -Dquarkus.http.port={port} "
			"-jar %s/quarkus-app/quarkus-run.jar",
			is_maven ? "target" : "build");
	else if (is_framework(service, "micronaut"))
		service->start = stk_arena_printf(
			arena, "exec java -Dmicronaut.server.port={port} -jar " ONE_JAR, jars);
	else if (!service->start)
		service->start = stk_arena_printf(arena, "exec java -jar " ONE_JAR "%s", jars,
			is_framework(service, "spring-boot")
				? " --server.address=127.0.0.1 --server.port={port}"
				: "");
}

static void finish(struct stk_look *look, struct stk_look_service *service)
{
	const char *manifest = strrchr(service->manifest, '/');
	bool is_maven = strcmp(manifest ? manifest + 1 : service->manifest, "pom.xml") == 0;

	stk_look_evidence(look, service, "%s%s%s%s", service->manifest, service->name ? " (" : "",
		service->name ? service->name : "", service->name ? ")" : "");
	if (service->framework)
		stk_look_evidence(look, service, "%s", service->framework);
	if (is_maven)
		finish_maven(look, service);
	else
		finish_gradle(look, service);
	finish_start(look, service, is_maven);
	service->profiles = "\"cpu\"";
}

static const char *const manifests[] = {"pom.xml", "build.gradle", "build.gradle.kts",
	"settings.gradle", "settings.gradle.kts", "mvnw", "gradlew", "application.properties",
	"application.yml", "application.yaml", NULL};
static const char *const extensions[] = {".java", ".kt", NULL};
const struct stk_look_language stk_look_java = {"Java", manifests, extensions, take, finish};
