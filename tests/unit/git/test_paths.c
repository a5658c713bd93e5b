/* test_paths: which file of a commit a profile means. */
#include "core/base/buf.h"
#include "core/git/paths.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void add_all(struct stk_paths *paths, const char *const *files)
{
	stk_paths_init(paths);
	for (size_t i = 0; files[i]; i++)
		stk_paths_add(paths, stk_str_of(files[i]));
}

/* want NULL: no file of the commit. */
static void check(struct stk_paths *paths, const char *file, const char *function, const char *want)
{
	const char *found = stk_paths_find(paths, stk_str_of(file), stk_str_of(function));

	if ((found == NULL) != (want == NULL) || (want && strcmp(found, want) != 0))
		fail_msg("%s in %s: %s, expected %s", function, file, found ? found : "none",
			want ? want : "none");
}

static void paths_find__the_longest_end_decides(void **state)
{
	struct stk_paths paths;

	(void)state;
	add_all(&paths, (const char *const[]){"main.py", "shop/a.py", "shop/cart/a.py",
				"lib/util/text.js", "web/src/page.ts", NULL});
	check(&paths, "/tmp/x/work/abc/shop/cart/a.py", "total", "shop/cart/a.py");
	check(&paths, "/tmp/x/work/abc/shop/a.py", "total", "shop/a.py");
	check(&paths, "/app/main.py", "<module>", "main.py");
	check(&paths, "./main.py", "f", "main.py");
	check(&paths, "shop/../main.py", "f", "main.py");
	check(&paths, "webpack:///./web/src/page.ts?1f2e", "render", "web/src/page.ts");
	check(&paths, "webpack://site/./src/page.ts", "render", "web/src/page.ts");
	check(&paths, "file:///srv/web/src/page.ts", "render", "web/src/page.ts");
	check(&paths, "C:\\build\\lib\\util\\text.js", "trim", "lib/util/text.js");
	stk_paths_release(&paths);
}

static void paths_find__what_fits_two_files_fits_none(void **state)
{
	struct stk_paths paths;

	(void)state;
	add_all(&paths, (const char *const[]){"a/src/lib.rs", "my-shop/src/lib.rs", "x/util.py",
				"y/util.py", NULL});
	check(&paths, "src/lib.rs", "main", NULL);
	check(&paths, "src/lib.rs", "my_shop::cart::total", "my-shop/src/lib.rs");
	check(&paths, "/srv/util.py", "f", NULL);
	check(&paths, "/srv/y/util.py", "f", "y/util.py");
	stk_paths_release(&paths);
}

static void paths_find__an_equal_path_beats_a_longer_one(void **state)
{
	struct stk_paths paths;

	(void)state;
	add_all(&paths,
		(const char *const[]){"src/main.rs", "tool/src/main.rs", "a.py", "b/a.py", NULL});
	check(&paths, "src/main.rs", "shop::main", "src/main.rs");
	check(&paths, "./a.py", "f", "a.py");
	check(&paths, "/build/abc/a.py", "f", "a.py");
	stk_paths_release(&paths);
}

static void paths_find__java_goes_by_its_package(void **state)
{
	struct stk_paths paths;

	(void)state;
	add_all(&paths, (const char *const[]){"src/main/java/com/acme/order/Handler.java",
				"src/main/java/com/acme/cart/Handler.java",
				"src/main/java/com/acme/Main.java", NULL});
	check(&paths, "Handler.java", "com.acme.order.Handler.run",
		"src/main/java/com/acme/order/Handler.java");
	check(&paths, "Handler.java", "com/acme/cart/Handler.run",
		"src/main/java/com/acme/cart/Handler.java");
	check(&paths, "Handler.java", "org.eclipse.jetty.server.Handler.handle", NULL);
	check(&paths, "Main.java", "com.acme.Main.main", "src/main/java/com/acme/Main.java");
	check(&paths, "HashMap.java", "java.util.HashMap.get", NULL);
	stk_paths_release(&paths);
}

static void add_shop(struct stk_paths *paths)
{
	add_all(paths, (const char *const[]){"go.mod", "server.go", "http/server.go",
			       "internal/order/encode.go", "cmd/shop/main.go", "tools/go.mod",
			       "tools/gen/main.go", "vendor/github.com/x/y/z.go", NULL});
	stk_paths_add_go_mod(paths, STK_STR(""),
		STK_STR("// the shop\nmodule example.com/shop // all of it\n\ngo 1.22\n"));
	stk_paths_add_go_mod(
		paths, STK_STR("tools/"), STK_STR("module \"example.com/shop/tools\"\n"));
}

static void paths_find__go_goes_by_its_modules(void **state)
{
	struct stk_paths paths;

	(void)state;
	add_shop(&paths);
	/* built as it is, and with -trimpath */
	check(&paths, "/b/1/internal/order/encode.go", "example.com/shop/internal/order.Encode",
		"internal/order/encode.go");
	check(&paths, "example.com/shop/internal/order/encode.go",
		"example.com/shop/internal/order.(*Repo).Find", "internal/order/encode.go");
	check(&paths, "/b/1/cmd/shop/main.go", "main.main", "cmd/shop/main.go");
	check(&paths, "example.com/shop/tools/gen/main.go", "main.main", "tools/gen/main.go");
	check(&paths, "/b/1/server.go", "example.com/shop.Serve[go.shape.string]", "server.go");
	/* other people's, though the end of the name would fit */
	check(&paths, "/usr/local/go/src/net/http/server.go", "net/http.(*conn).serve", NULL);
	check(&paths, "/opt/go/src/net/http/server.go", "net/http.(*conn).serve", NULL);
	check(&paths, "net/http/server.go", "net/http.(*conn).serve", NULL);
	check(&paths, "github.com/a/b@v1.2.3/http/server.go", "github.com/a/b/http.Serve", NULL);
	check(&paths, "example.com/shopping/server.go", "example.com/shopping.Serve", NULL);
	/* vendored: it is in the repository */
	check(&paths, "/b/1/vendor/github.com/x/y/z.go", "github.com/x/y.Z",
		"vendor/github.com/x/y/z.go");
	/* made by the build */
	check(&paths, "example.com/shop/internal/order/gen.go", "example.com/shop/internal/order.G",
		NULL);
	stk_paths_release(&paths);
}

static void paths_find__escaped_dots_of_go_symbols(void **state)
{
	struct stk_paths paths;

	(void)state;
	add_all(&paths, (const char *const[]){"go.mod", "yaml.v3/decode.go", NULL});
	stk_paths_add_go_mod(&paths, STK_STR(""), STK_STR("module example.com/x\n"));
	check(&paths, "/b/yaml.v3/decode.go", "example.com/x/yaml%2ev3.(*parser).parse",
		"yaml.v3/decode.go");
	stk_paths_release(&paths);
}

static void paths_find__libraries_only_where_the_repository_has_them(void **state)
{
	struct stk_paths paths;

	(void)state;
	add_all(&paths, (const char *const[]){"app.py", "express/lib/router.js",
				"node_modules/kept/index.js", "json/encoder.py", NULL});
	check(&paths, "/app/node_modules/express/lib/router.js", "handle", NULL);
	check(&paths, "./node_modules/kept/index.js", "f", "node_modules/kept/index.js");
	check(&paths, "/usr/lib/python3.11/json/encoder.py", "encode", NULL);
	check(&paths, "/opt/venv/lib/python3.11/site-packages/flask/app.py", "wsgi_app", NULL);
	check(&paths, "flask/app.py", "wsgi_app", NULL);
	check(&paths, "/usr/src/app/app.py", "handle", "app.py");
	check(&paths, "node:internal/app.py", "f", NULL);
	check(&paths, "<frozen app.py>", "f", NULL);
	check(&paths, "", "f", NULL);
	stk_paths_release(&paths);
}

static void paths_find__under_the_root_it_is_exact(void **state)
{
	struct stk_paths paths;

	(void)state;
	add_all(&paths, (const char *const[]){"lib/a.js", "a.js", NULL});
	stk_paths_set_root(&paths, "/tmp/b 1/");
	check(&paths, "/tmp/b 1/lib/a.js", "f", "lib/a.js");
	check(&paths, "/tmp/b 1/gen/a.js", "f", NULL); /* not a.js */
	assert_true(stk_str_is(stk_paths_trim(&paths, STK_STR("/tmp/b 1/gen/a.js")), "gen/a.js"));
	assert_true(
		stk_str_is(stk_paths_trim(&paths, STK_STR("/tmp/b 12/a.js")), "/tmp/b 12/a.js"));
	stk_paths_release(&paths);
}

static void paths_find__hostile_names_are_nobodys(void **state)
{
	struct stk_paths paths;
	struct stk_buf name = STK_BUF_EMPTY;

	(void)state;
	add_all(&paths, (const char *const[]){"a.py", NULL});
	for (int i = 0; i < 5000; i++)
		stk_buf_add_text(&name, "x/");
	stk_buf_add_text(&name, "a.py");
	check(&paths, name.ptr, "f", NULL);
	check(&paths, "../../../../etc/passwd", "f", NULL);
	check(&paths, "////", "f", NULL);
	check(&paths, "..", "f", NULL);
	stk_buf_release(&name);
	stk_paths_release(&paths);
}

static void paths_add_go_mod__without_a_module_adds_nothing(void **state)
{
	struct stk_paths paths;

	(void)state;
	stk_paths_init(&paths);
	stk_paths_add_go_mod(&paths, STK_STR(""), STK_STR("modulex y\nmodule\ngo 1.22"));
	stk_paths_add_go_mod(&paths, STK_STR(""), STK_STR(""));
	stk_paths_add_go_mod(&paths, STK_STR(""), STK_STR("module  \n"));
	assert_int_equal(paths.modules.len, 0);
	stk_paths_release(&paths);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(paths_find__the_longest_end_decides),
		cmocka_unit_test(paths_find__what_fits_two_files_fits_none),
		cmocka_unit_test(paths_find__an_equal_path_beats_a_longer_one),
		cmocka_unit_test(paths_find__java_goes_by_its_package),
		cmocka_unit_test(paths_find__go_goes_by_its_modules),
		cmocka_unit_test(paths_find__escaped_dots_of_go_symbols),
		cmocka_unit_test(paths_find__libraries_only_where_the_repository_has_them),
		cmocka_unit_test(paths_find__under_the_root_it_is_exact),
		cmocka_unit_test(paths_find__hostile_names_are_nobodys),
		cmocka_unit_test(paths_add_go_mod__without_a_module_adds_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
