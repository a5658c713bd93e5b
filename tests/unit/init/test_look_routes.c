/* test_look_routes: routes as frameworks declare them, with the prefix of their group. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/fs.h"
#include "core/init/look_priv.h"

/* What a look at one source beside its manifest finds, as "GET /a, POST /b". */
static char *routes_of(const char *manifest, const char *text, const char *source, const char *code)
{
	struct stk_buf seen = STK_BUF_EMPTY;
	struct stk_look look;
	char *root, *path, *folder;

	assert_int_equal(stk_fs_mkdtemp("stk-routes", &root, NULL), 0);
	path = stk_fs_join(root, manifest);
	assert_int_equal(stk_fs_write(path, stk_str_of(text), NULL), 0);
	free(path);
	path = stk_fs_join(root, source);
	folder = stk_fs_dirname(path);
	assert_int_equal(stk_fs_mkdirs(folder, NULL), 0);
	assert_int_equal(stk_fs_write(path, stk_str_of(code), NULL), 0);
	free(folder);
	free(path);
	stk_look_init(&look);
	assert_int_equal(stk_look_at(&look, root, NULL), 0);
	assert_non_null(look.service);
	for (size_t i = 0; i < look.service->routes.len; i++)
		stk_buf_addf(&seen, "%s%s %s", i ? ", " : "", look.service->routes.items[i].method,
			look.service->routes.items[i].path);
	stk_look_release(&look);
	assert_int_equal(stk_fs_remove_tree(root, NULL), 0);
	free(root);
	return seen.ptr;
}

static void check(const char *manifest, const char *text, const char *source, const char *code,
	const char *wanted)
{
	char *seen = routes_of(manifest, text, source, code);

	assert_string_equal(seen, wanted);
	free(seen);
}

#define GO(code, wanted)                                                                           \
	check("go.mod", "module a\n", "main.go",                                                   \
		"package main\nfunc main() { http.ListenAndServe(a, nil) }\n" code, wanted)

static void look_routes__have_the_prefix_of_go_groups(void **state)
{
	(void)state;
	GO("v1 := r.Group(\"/v1\")\nadmin := v1.Group(\"/admin\")\nv1.GET(\"/a\", f)\n"
	   "admin.GET(\"/b\", f)\nr.GET(\"/c\", f)\n",
		"GET /v1/a, GET /v1/admin/b, GET /c");
	GO("r.Route(\"/api\", func(r chi.Router) {\n\tr.Get(\"/a\", f)\n\tr.Route(\"/in\", func(r "
	   "chi.Router) { r.Get(\"/b\", f) })\n})\nr.Get(\"/c\", f)\n",
		"GET /api/a, GET /api/in/b, GET /c");
	GO("mux.HandleFunc(\"POST /a\", f)\nr.HandleFunc(\"/b\", f).Methods(\"DELETE\")\n"
	   "mux.Handle(\"/tree/\", f)\n",
		"POST /a, DELETE /b, GET /tree/");
}

static void look_routes__of_java_begin_with_the_class(void **state)
{
	(void)state;
	check("pom.xml", "<artifactId>a</artifactId>", "src/A.java",
		"@RequestMapping(\"/api/orders\")\nclass A {\n@GetMapping\nx();\n"
		"@GetMapping(\"/{id}\")\ny();\n@PostMapping\nz();\n}\n",
		"GET /api/orders, POST /api/orders, GET /api/orders/1");
	check("pom.xml", "<artifactId>a</artifactId>", "src/A.java",
		"class A {\n@GetMapping(path = \"/b\")\nx();\n}\n", "GET /b");
}

static void look_routes__of_python_have_methods_and_prefixes(void **state)
{
	(void)state;
	check("requirements.txt", "flask\n", "app.py",
		"app = Flask(__name__)\nbp = Blueprint(\"o\", __name__, url_prefix=\"/orders\")\n"
		"@bp.route(\"/<int:id>\")\n@bp.route(\"/\", methods=[\"POST\"])\n"
		"@app.route(\"/a\", methods=[\"GET\", \"POST\"])\n",
		"GET /orders/1, POST /orders/, GET /a");
	check("requirements.txt", "fastapi\n", "app.py",
		"items = APIRouter(tags=[\"x\"], prefix=\"/items\")\napp = FastAPI()\n"
		"@items.get(\"/{id}\")\n@app.get(\"/a\")\ncache.get(\"/no\")\n",
		"GET /items/1, GET /a");
}

static void look_routes__of_node_and_rust(void **state)
{
	(void)state;
	check("package.json", "{\"scripts\":{\"start\":\"node a.js\"}}", "a.js",
		"app.listen(1)\nconst users = Router()\napp.use('/api', users)\nusers.get('/:id', "
		"f)\n"
		"app.get('/a', f)\naxios.get('/no')\n",
		"GET /api/1, GET /a");
	check("Cargo.toml", "[package]\nname = \"a\"\n", "src/main.rs",
		"TcpListener::bind; .route(\"/a\", get(x)).route(\"/b\", post(y))\n"
		".route(\"/c\", web::delete().to(z))\n",
		"GET /a, POST /b, DELETE /c");
}

static void look_routes__end_in_text_that_ends_anywhere(void **state)
{
	(void)state;
	GO("r.Route(\"/api\", func(r chi.Router) {\n\tr.Get(\"/a\", f", "GET /api/a");
	GO("x = .Group(\"/a\")\n.GET(\"/b\")\nr.Route(\"/}\", }}", "GET /b");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(look_routes__have_the_prefix_of_go_groups),
		cmocka_unit_test(look_routes__of_java_begin_with_the_class),
		cmocka_unit_test(look_routes__of_python_have_methods_and_prefixes),
		cmocka_unit_test(look_routes__of_node_and_rust),
		cmocka_unit_test(look_routes__end_in_text_that_ends_anywhere),
	};
	return cmocka_run_group_tests_name("look_routes", tests, NULL, NULL);
}
