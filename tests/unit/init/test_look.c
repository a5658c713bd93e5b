/* test_look: repositories of each language, as they are walked, recognised and drafted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/fs.h"
#include "core/init/draft.h"
#include "core/init/look.h"
#include "core/init/walk.h"

struct repo {
	char *root;
	struct stk_look look;
};

static int repo_setup(void **state)
{
	struct repo *repo = stk_xcalloc(1, sizeof *repo);
	struct stk_err err = STK_ERR_INIT;

	assert_int_equal(stk_fs_mkdtemp("stk-init", &repo->root, &err), 0);
	stk_look_init(&repo->look);
	*state = repo;
	return 0;
}

static int repo_teardown(void **state)
{
	struct repo *repo = *state;

	stk_look_release(&repo->look);
	assert_int_equal(stk_fs_remove_tree(repo->root, NULL), 0);
	free(repo->root);
	free(repo);
	return 0;
}

static void put(struct repo *repo, const char *path, const char *text)
{
	char *full = stk_fs_join(repo->root, path), *folder = stk_fs_dirname(full);

	assert_int_equal(stk_fs_mkdirs(folder, NULL), 0);
	assert_int_equal(stk_fs_write(full, stk_str_of(text), NULL), 0);
	free(folder);
	free(full);
}

static const struct stk_look_service *look(struct repo *repo)
{
	struct stk_err err = STK_ERR_INIT;

	assert_int_equal(stk_look_at(&repo->look, repo->root, &err), 0);
	assert_non_null(repo->look.service);
	return repo->look.service;
}

static void look_at__knows_a_go_service_and_its_k6_script(void **state)
{
	struct repo *repo = *state;
	struct stk_buf seen = STK_BUF_EMPTY;

	put(repo, "go.mod", "module example.com/order-service\n\ngo 1.22\n");
	put(repo, "cmd/migrate/main.go", "package main\n\nfunc main() {}\n");
	put(repo, "cmd/order/main.go",
		"package main\nimport (\n\t_ \"net/http/pprof\"\n)\nfunc main() {\n"
		"\taddr := flag.String(\"listen\", \":8080\", \"\")\n"
		"\thttp.HandleFunc(\"GET /orders/{id}\", f)\n\thttp.HandleFunc(\"/healthz\", f)\n"
		"\thttp.ListenAndServe(*addr, nil)\n}\n");
	put(repo, "load/checkout.js",
		"import http from 'k6/http';\nhttp.get(`${BASE}/cart?x=1`);\n");
	const struct stk_look_service *service = look(repo);
	assert_string_equal(service->name, "order-service");
	assert_string_equal(service->build, "go build -o {out}/order ./cmd/order");
	assert_string_equal(service->start, "{out}/order -listen 127.0.0.1:{port}");
	assert_int_equal(service->profiler, STK_LOOK_PPROF);
	assert_string_equal(service->routes.items[0].path, "/orders/1");
	assert_string_equal(repo->look.k6_routes.items[0].path, "/cart");
	stk_draft_seen(&repo->look, &seen);
	assert_string_equal(seen.ptr, "go.mod (module order-service), cmd/order, net/http/pprof "
				      "imported, load/checkout.js (k6)");
	stk_buf_release(&seen);
}

static void look_at__knows_node_python_java_rust_and_c(void **state)
{
	static const struct {
		const char *manifest, *text, *source, *code, *start;
	} rows[] = {{"package.json",
			    "{\"name\":\"web\",\"scripts\":{\"start\":\"node server.js\"},"
			    "\"dependencies\":{\"express\":\"4\",\"@pyroscope/nodejs\":\"0\"}}",
			    "server.js", "app.get('/a', f); app.listen(process.env.PORT)",
			    "node server.js"},
		{"requirements.txt", "fastapi\npyroscope-io==1\n", "src/main.py",
			"api = FastAPI()\n@api.get('/a')\n",
			"{out}/venv/bin/uvicorn src.main:api --host 127.0.0.1 --port {port}"},
		{"Cargo.toml", "[package]\nname = \"shop\"\n[dependencies]\naxum = \"0.7\"\n",
			"src/main.rs", "fn main() { env::var(\"PORT\"); }", "{out}/release/shop"},
		{"CMakeLists.txt", "add_executable(shop main.c)\n", "main.c",
			"listen(fd, 5); accept(fd, 0, 0);", "{out}/shop"},
		{"pom.xml",
			"<parent><artifactId>spring-boot-starter-parent</artifactId></parent>"
			"<artifactId>shop</artifactId>",
			"src/main/java/A.java", "@GetMapping(\"/a\")",
			"exec java -jar $(ls target/*.jar | grep -v -e plain -e sources -e "
			"original | head -1) --server.address=127.0.0.1 --server.port={port}"}};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct repo *repo;
		void *inner;

		(void)state;
		assert_int_equal(repo_setup(&inner), 0);
		repo = inner;
		put(repo, rows[i].manifest, rows[i].text);
		put(repo, rows[i].source, rows[i].code);
		assert_string_equal(look(repo)->start, rows[i].start);
		assert_int_equal(repo_teardown(&inner), 0);
	}
}

/* Each as its ecosystem has it: a start that would have failed, or a type that never comes. */
static void look_at__writes_what_would_run(void **state)
{
	static const struct {
		const char *manifest, *text, *source, *code, *build, *start, *profiles;
	} rows[] = {
		{"go.mod", "module example.com/shop/v2\n", "main.go",
			"package main\nfunc main() {\nflag.StringVar(&addr, \"addr\", \":80\", "
			"\"\")\nhttp.ListenAndServe(addr, nil)\n}\n",
			"go build -o {out}/shop .", "{out}/shop -addr 127.0.0.1:{port}",
			"\"cpu\", \"alloc_space\""},
		{"requirements.txt", "Flask\ngunicorn\n", "shop/__init__.py",
			"def create_app():\n    app = Flask(__name__)\n    return app\n",
			"python3 -m venv {out}/venv && {out}/venv/bin/pip install -q -r "
			"requirements.txt",
			"{out}/venv/bin/gunicorn -b 127.0.0.1:{port} 'shop:create_app()'",
			"\"cpu\""},
		{"pyproject.toml", "[project]\nname = \"shop\"\ndependencies = [\"fastapi\"]\n",
			"src/shop/main.py", "app = FastAPI()\n",
			"python3 -m venv {out}/venv && {out}/venv/bin/pip install -q -e . uvicorn",
			"{out}/venv/bin/uvicorn shop.main:app --host 127.0.0.1 --port {port}",
			"\"cpu\""},
		{"pom.xml", "<artifactId>shop</artifactId>", "src/main/java/shop/Main.java",
			"package shop;\npublic class Main { public static void main(String[] a) {} "
			"}\n",
			"mvn -q -B -DskipTests package dependency:copy-dependencies "
			"-DoutputDirectory=target/lib",
			"exec java -cp 'target/classes:target/lib/*' shop.Main", "\"cpu\""},
		{"pom.xml", "<artifactId>shop</artifactId> quarkus", "src/A.java", "class A {}",
			"mvn -q -B -DskipTests package",
			"exec java -Dquarkus.http.host=127.0.0.1 -Dquarkus.http.port={port} -jar "
			"target/quarkus-app/quarkus-run.jar",
			"\"cpu\""},
		{"CMakeLists.txt", "project(kv C)\nadd_executable(${PROJECT_NAME} main.c)\n",
			"main.c", "getenv(\"PORT\"); listen(fd, 5); accept(fd, 0, 0);",
			"cmake -S . -B {out} -DCMAKE_BUILD_TYPE=RelWithDebInfo && cmake --build "
			"{out}",
			"{out}/kv", "\"cpu\""},
		{"package.json",
			"{\"name\":\"web\",\"scripts\":{\"start\":\"node a.js\"},"
			"\"dependencies\":{\"@pyroscope/nodejs\":\"0\"}}",
			"a.js", "app.listen(process.env.PORT)", "npm install --no-audit --no-fund",
			"node a.js", "\"wall\""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct stk_look_service *service;
		void *inner;

		assert_int_equal(repo_setup(&inner), 0);
		put(inner, rows[i].manifest, rows[i].text);
		put(inner, rows[i].source, rows[i].code);
		service = look(inner);
		assert_string_equal(service->build, rows[i].build);
		assert_string_equal(service->start, rows[i].start);
		assert_string_equal(service->profiles, rows[i].profiles);
		assert_int_equal(repo_teardown(&inner), 0);
	}
}

static void draft_init__says_how_a_k6_script_is_kept(void **state)
{
	struct repo *repo = *state;
	struct stk_draft_source source = {0};
	struct stk_draft draft;

	put(repo, "go.mod", "module a\n");
	put(repo, "main.go", "package main\nfunc main() {}\n");
	put(repo, "load/checkout.js", "import http from 'k6/http';\nhttp.get('/cart');\n");
	(void)look(repo);
	stk_draft_init(&draft, &repo->look, &source);
	assert_string_equal(draft.files.items[1].path, "load/checkout.lua");
	assert_string_equal(draft.files.items[1].about,
		"load script to start from (or keep load/checkout.js: load = { k6 = "
		"\"load/checkout.js\" })");
	assert_non_null(strstr(draft.files.items[1].text.ptr, "http.get(\"/cart\")"));
	stk_draft_release(&draft);
}

static void look_at__leaves_out_what_is_ignored_or_linked(void **state)
{
	struct repo *repo = *state;
	char *link = stk_fs_join(repo->root, "linked");
	struct stk_err err = STK_ERR_INIT;

	put(repo, ".gitignore", "/old\n");
	put(repo, "old/go.mod", "module a\n");
	put(repo, "old/main.go", "package main\nfunc main() {}\n");
	put(repo, "vendor/x/go.mod", "module b\n");
	assert_int_equal(symlink("old", link), 0);
	assert_int_equal(stk_look_at(&repo->look, repo->root, &err), 0);
	assert_null(repo->look.service);
	assert_false(repo->look.cut);
	free(link);
}

static void look_at__finds_ci_and_default_branch(void **state)
{
	struct repo *repo = *state;

	put(repo, "go.mod", "module a\n");
	put(repo, "main.go", "package main\nfunc main() {}\n");
	put(repo, ".gitlab-ci.yml", "test: {}\n");
	put(repo, ".git/HEAD", "ref: refs/heads/feature\n");
	put(repo, ".git/refs/remotes/origin/HEAD", "ref: refs/remotes/origin/trunk\n");
	(void)look(repo);
	assert_int_equal(repo->look.ci, STK_LOOK_GITLAB);
	assert_string_equal(repo->look.branch, "trunk");
}

static void draft_write__keeps_what_is_there_unless_forced(void **state)
{
	struct repo *repo = *state;
	struct stk_err err = STK_ERR_INIT;
	struct stk_draft draft;
	struct stk_draft_source source = {0};

	put(repo, "go.mod", "module a\"b\0331\n");
	put(repo, "main.go", "package main\nfunc main() {}\n");
	put(repo, "stoker.lua", "mine");
	(void)look(repo);
	stk_draft_init(&draft, &repo->look, &source);
	assert_non_null(strstr(draft.files.items[0].text.ptr, "name = \"a\\\"b\\0271\""));
	assert_int_equal(stk_draft_write(&draft, repo->root, false, &err), 0);
	assert_int_equal(draft.files.items[0].state, STK_DRAFT_KEPT);
	assert_int_equal(draft.files.items[1].state, STK_DRAFT_WRITTEN);
	assert_int_equal(stk_draft_write(&draft, repo->root, true, &err), 0);
	assert_int_equal(draft.files.items[0].state, STK_DRAFT_WRITTEN);
	stk_draft_release(&draft);
}

static const char *ci_text(const struct stk_draft *draft, const char *path)
{
	for (size_t i = 0; i < draft->files.len; i++)
		if (strcmp(draft->files.items[i].path, path) == 0)
			return draft->files.items[i].text.ptr;
	fail_msg("no file %s", path);
	return "";
}

#define SHA "0123456789abcdef0123456789abcdef01234567"

static void draft_source_parse__wants_a_server_and_a_whole_commit(void **state)
{
	static const char *const bad[] = {"", "@", "https://github.com/acme/stoker",
		"https://github.com/acme/stoker@main", "http://github.com/acme/stoker@" SHA,
		"https://github.com/stoker@" SHA, "https://github.com/a/b/c@" SHA,
		"https://github.com/acme/st oker@" SHA, "https://github.com/acme/st$(x)@" SHA,
		"https://user@github.com/acme/stoker@" SHA, "https:///acme/stoker@" SHA,
		"https://github.com/acme/stoker@" SHA "0"};
	struct stk_draft_source source;
	struct stk_err err = STK_ERR_INIT;

	(void)state;
	for (size_t i = 0; i < STK_ARRAY_LEN(bad); i++) {
		assert_int_equal(stk_draft_source_parse(bad[i], &source, &err), STK_E_INVAL);
		assert_int_equal(source.path.len, 0);
	}
	assert_int_equal(
		stk_draft_source_parse("https://github.com/acme/stoker@" SHA, &source, &err), 0);
	assert_true(stk_str_is(source.host, "github.com"));
	assert_true(stk_str_is(source.path, "acme/stoker"));
	assert_true(stk_str_is(source.commit, SHA));
}

static void draft_init__names_where_stoker_is_kept(void **state)
{
	static const struct {
		enum stk_look_ci ci;
		const char *source, *path, *line;
	} rows[] = {
		{STK_LOOK_GITHUB, "https://github.com/acme/stoker@" SHA,
			".github/workflows/stoker.yml",
			"- uses: acme/stoker/ci-templates/github@" SHA "\n"},
		{STK_LOOK_GITHUB, "https://github.com/acme/stoker@" SHA,
			".github/workflows/stoker-post.yml",
			"- uses: acme/stoker/ci-templates/github@" SHA "\n"},
		/* a path of one server may be a stranger's on another */
		{STK_LOOK_GITHUB, "https://codeberg.org/acme/stoker@" SHA,
			".github/workflows/stoker.yml",
			"- uses: OWNER/stoker/ci-templates/github@COMMIT\n"},
		{STK_LOOK_GITEA, "https://codeberg.org/acme/stoker@" SHA,
			".gitea/workflows/stoker.yml",
			"- uses: https://codeberg.org/acme/stoker/ci-templates/github@" SHA "\n"},
		{STK_LOOK_GITLAB, "https://gitlab.com/acme/stoker@" SHA, ".gitlab-ci.yml",
			"STOKER_SOURCE: https://gitlab.com/acme/stoker\n    STOKER_COMMIT: " SHA
			"\n"},
	};
	struct repo *repo = *state;
	struct stk_err err = STK_ERR_INIT;

	put(repo, "go.mod", "module shop\n");
	put(repo, "main.go", "package main\nfunc main() {}\n");
	(void)look(repo);
	for (size_t i = 0; i < STK_ARRAY_LEN(rows); i++) {
		struct stk_draft_source source;
		struct stk_draft draft;

		repo->look.ci = rows[i].ci;
		assert_int_equal(stk_draft_source_parse(rows[i].source, &source, &err), 0);
		stk_draft_init(&draft, &repo->look, &source);
		const char *text = ci_text(&draft, rows[i].path);
		if (!strstr(text, rows[i].line))
			fail_msg("row %zu: %s", i, text);
		stk_draft_release(&draft);
	}
}

static void draft_init__says_what_is_open(void **state)
{
	struct repo *repo = *state;
	struct stk_draft_source source = {0};
	struct stk_draft draft;

	put(repo, "go.mod", "module shop\n");
	put(repo, "main.go", "package main\nfunc main() {}\n");
	(void)look(repo);
	stk_draft_init(&draft, &repo->look, &source);
	assert_non_null(strstr(ci_text(&draft, ".github/workflows/stoker.yml"), "OWNER/stoker"));
	assert_string_equal(draft.files.items[2].about,
		"put in where stoker is kept: OWNER and COMMIT (docs/ci.md)");
	stk_draft_release(&draft);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, repo_setup, repo_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(look_at__knows_a_go_service_and_its_k6_script),
		cmocka_unit_test(look_at__knows_node_python_java_rust_and_c),
		cmocka_unit_test(look_at__writes_what_would_run),
		CASE(draft_init__says_how_a_k6_script_is_kept),
		CASE(look_at__leaves_out_what_is_ignored_or_linked),
		CASE(look_at__finds_ci_and_default_branch),
		CASE(draft_write__keeps_what_is_there_unless_forced),
		cmocka_unit_test(draft_source_parse__wants_a_server_and_a_whole_commit),
		CASE(draft_init__names_where_stoker_is_kept),
		CASE(draft_init__says_what_is_open),
	};
	return cmocka_run_group_tests_name("look", tests, NULL, NULL);
}
