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

static void take(
	struct stk_look *look, struct stk_look_service *service, const struct stk_look_file *file)
{
	static const char *const variables[] = {"System.getenv(", NULL};
	static const struct stk_look_call calls[] = {{"@GetMapping(", "GET"},
		{"@PostMapping(", "POST"}, {"@PutMapping(", "PUT"}, {"@DeleteMapping(", "DELETE"},
		{"@RequestMapping(", "GET"}, {"@Path(", "GET"}, {NULL, NULL}};
	struct stk_str value;

	if (strcmp(file->name, "mvnw") == 0 || strcmp(file->name, "gradlew") == 0) {
		service->has_wrapper = true;
		return;
	}
	if (stk_str_ends(stk_str_of(file->name), ".properties")) {
		if (stk_scan_value(file->text, NULL, "server.port", &value))
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
		service->mains++;
	stk_look_variables(look, service, file->text, variables);
	stk_look_routes(look, service, file->text, calls);
}

static void finish(struct stk_look *look, struct stk_look_service *service)
{
	const char *manifest = strrchr(service->manifest, '/');
	bool is_maven = strcmp(manifest ? manifest + 1 : service->manifest, "pom.xml") == 0;
	bool is_spring = service->framework && strcmp(service->framework, "spring-boot") == 0;
	const char *jars = is_maven ? "target/*.jar" : "build/libs/*.jar";

	stk_look_evidence(look, service, "%s%s%s%s", service->manifest, service->name ? " (" : "",
		service->name ? service->name : "", service->name ? ")" : "");
	if (service->framework)
		stk_look_evidence(look, service, "%s", service->framework);
	if (is_maven)
		service->build = service->has_wrapper ? "./mvnw -q -B -DskipTests package"
						      : "mvn -q -B -DskipTests package";
	else
		service->build = stk_arena_printf(&look->arena, "%s -q %s",
			service->has_wrapper ? "./gradlew" : "gradle",
			is_spring ? "bootJar" : "assemble");
	service->main = jars;
	service->start = stk_arena_printf(&look->arena,
		"exec java -jar $(ls %s | grep -v -e plain -e sources -e original | head -1)%s",
		jars, is_spring ? " --server.address=127.0.0.1 --server.port={port}" : "");
}

static const char *const manifests[] = {"pom.xml", "build.gradle", "build.gradle.kts",
	"settings.gradle", "settings.gradle.kts", "mvnw", "gradlew", "application.properties",
	NULL};
static const char *const extensions[] = {".java", ".kt", NULL};
const struct stk_look_language stk_look_java = {"Java", manifests, extensions, take, finish};
