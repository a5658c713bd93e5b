/* test_html: the page as text: what stands in it, its policy, and what hostile names become. */
#include "core/report/html.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/base64.h"
#include "core/base/crypto.h"
#include "core/base/json.h"
#include "core/base/mem.h"
#include "core/record/run_store.h"
#include "core/report/html_text.h"
#include "tests/support/golden.h"

static void format_run(const char *name, const char *flames_dir, struct stk_buf *buf)
{
	char *path = stk_xasprintf("tests/fixtures/runs/%s", name);
	struct stk_flames flames = STK_VEC_INIT;
	struct stk_err err = STK_ERR_INIT;
	struct stk_run run;
	struct stk_doc doc;

	stk_run_init(&run);
	if (stk_run_store_read(path, &run, &err) < 0 ||
		(flames_dir && stk_flame_read_all(flames_dir, &run, &flames, &err) < 0))
		fail_msg("%s", err.msg);
	stk_doc_init(&doc, &run);
	stk_html_format(&doc, &flames, buf);
	stk_doc_release(&doc);
	stk_flames_release(&flames);
	stk_run_release(&run);
	free(path);
}

/* What stands between two marks, from *at on, which moves behind it. */
static struct stk_str between(struct stk_str page, size_t *at, const char *from, const char *to)
{
	struct stk_str rest = stk_str_skip(page, *at);
	ptrdiff_t start = stk_str_find(rest, stk_str_of(from)), end;

	if (start < 0)
		fail_msg("'%s' is not in the page", from);
	rest = stk_str_skip(rest, (size_t)start + strlen(from));
	end = stk_str_find(rest, stk_str_of(to));
	assert_true(end >= 0);
	*at = (size_t)(rest.ptr - page.ptr) + (size_t)end;
	return stk_str_sub(rest, 0, (size_t)end);
}

/* Style and scripts are the same in every page: goldens hold what is between them. */
static void cut_assets(struct stk_buf *page, struct stk_buf *out)
{
	struct stk_str whole = stk_buf_str(page);
	size_t at = 0;
	struct stk_str policy = between(whole, &at, "<meta http-equiv", ">\n");
	struct stk_str style = between(whole, &at, "<style>", "</style>");
	struct stk_str script = between(whole, &at, "<script>", "</script>");

	stk_buf_add(out, whole.ptr, (size_t)(policy.ptr - whole.ptr));
	stk_buf_add(out, policy.ptr + policy.len,
		(size_t)(style.ptr - policy.ptr - (ptrdiff_t)policy.len));
	stk_buf_add(out, style.ptr + style.len,
		(size_t)(script.ptr - style.ptr - (ptrdiff_t)style.len));
	stk_buf_add_str(out, stk_str_skip(whole, (size_t)(script.ptr - whole.ptr) + script.len));
}

static void html_format__prints_the_committed_pages(void **state)
{
	static const char *const runs[] = {
		"regression", "threshold", "partial", "hotspots", "hostile"};

	(void)state;
	for (size_t i = 0; i < STK_ARRAY_LEN(runs); i++) {
		char *file = stk_xasprintf("%s.json", runs[i]);
		char *name = stk_xasprintf("report/%s.html", runs[i]);
		struct stk_buf page = STK_BUF_EMPTY, text = STK_BUF_EMPTY;
		format_run(file, NULL, &page);
		cut_assets(&page, &text);
		stk_golden_check(name, stk_buf_str(&text));
		stk_buf_release(&page);
		stk_buf_release(&text);
		free(file);
		free(name);
	}
}

static void assert_allowed(struct stk_str policy, const char *rule, struct stk_str text)
{
	unsigned char digest[STK_SHA256_BYTES];
	struct stk_buf want = STK_BUF_EMPTY;

	stk_crypto_digest(STK_DIGEST_SHA256, text, digest);
	stk_buf_addf(&want, "%s 'sha256-", rule);
	stk_base64_add(&want, stk_str_n((const char *)digest, sizeof digest));
	stk_buf_add_byte(&want, '\'');
	if (!stk_str_contains(policy, stk_buf_str(&want)))
		fail_msg("%.*s: not %s", STK_STR_ARG(policy), want.ptr);
	stk_buf_release(&want);
}

static void html_format__allows_its_own_script_and_nothing_else(void **state)
{
	struct stk_buf page = STK_BUF_EMPTY;
	size_t at = 0;

	(void)state;
	format_run("regression.json", NULL, &page);
	struct stk_str whole = stk_buf_str(&page);
	struct stk_str policy = between(whole, &at, "Policy\" content=\"", "\">");
	assert_true(stk_str_starts(policy, "default-src 'none'; "));
	assert_false(stk_str_contains(policy, STK_STR("unsafe")));
	assert_allowed(policy, "style-src", between(whole, &at, "<style>", "</style>"));
	assert_allowed(policy, "script-src", between(whole, &at, "<script>", "</script>"));
	assert_null(strstr(page.ptr, " style=\""));
	assert_null(strstr(page.ptr, "http://"
				     "www.w3.org/1999"));
	stk_buf_release(&page);
}

static void html_format__carries_the_flame_graphs(void **state)
{
	struct stk_buf page = STK_BUF_EMPTY;
	struct stk_json *flames = NULL;
	struct stk_err err = STK_ERR_INIT;
	size_t at = 0;

	(void)state;
	format_run("page", "tests/fixtures/runs/page", &page);
	struct stk_str data = between(stk_buf_str(&page), &at, "id=\"flames\">", "</script>");
	if (stk_json_parse(data, &flames, &err) < 0)
		fail_msg("%s", err.msg);
	assert_int_equal(stk_json_len(flames), 2);
	struct stk_json *cpu = stk_json_at(flames, 0);
	size_t frames = stk_json_len(stk_json_get(cpu, "name"));
	assert_true(frames > 20);
	assert_int_equal(stk_json_len(stk_json_get(cpu, "head")), frames);
	/* names know their rows: that of the first row is in one of them */
	size_t found = 0;
	for (size_t i = 0; i < stk_json_len(stk_json_get(cpu, "rows")); i++)
		if (stk_json_int(stk_json_at(stk_json_get(cpu, "rows"), i), -1) == 0) {
			found++;
			assert_string_equal(
				stk_json_text(stk_json_at(stk_json_get(cpu, "names"), i), ""),
				"pricing.apply_rules");
		}
	assert_int_equal(found, 1);
	stk_json_free(flames);
	stk_buf_release(&page);
}

static void html_format__says_what_a_row_has_to_do_with_the_change(void **state)
{
	struct stk_buf page = STK_BUF_EMPTY;
	struct stk_err err = STK_ERR_INIT;
	struct stk_run run;
	struct stk_doc doc;

	(void)state;
	stk_run_init(&run);
	if (stk_run_store_read("tests/fixtures/runs/regression.json", &run, &err) < 0)
		fail_msg("%s", err.msg);
	struct stk_row *row = &run.comparisons.items[0].rows.items[0];
	row->link.kind = STK_LINK_CHANGED;
	row->accepted.reason = "worth <it>";
	stk_doc_init(&doc, &run);
	stk_html_format(&doc, NULL, &page);
	assert_non_null(strstr(page.ptr, "changed here</small>"));
	assert_non_null(strstr(page.ptr, "<small>accepted: worth &#60;it&#62;</small>"));
	stk_doc_release(&doc);
	stk_run_release(&run);
	stk_buf_release(&page);
}

static void html_format__hostile_names_open_no_element(void **state)
{
	struct stk_buf page = STK_BUF_EMPTY;
	size_t at = 0, scripts = 0;

	(void)state;
	format_run("hostile.json", NULL, &page);
	assert_null(strstr(page.ptr, "<img"));
	assert_null(strstr(page.ptr, "<iframe"));
	for (const char *rest = page.ptr; (rest = strstr(rest, "<script")); rest++)
		scripts++;
	assert_int_equal(scripts, 3);
	struct stk_str data = between(stk_buf_str(&page), &at, "id=\"data\">", "</script>");
	assert_int_equal(stk_str_find_byte(data, '<'), -1);
	stk_buf_release(&page);
}

static void html_text__is_what_it_says(void **state)
{
	static const char *const cases[][2] = {{"a<b>&\"'", "a&#60;b&#62;&#38;&#34;&#39;"},
		{"\xe2\x80\xaexe.\xe2\x80\xac", "?xe.?"}, {"a\x1b[1m\n\xff", "a?[1m??"},
		{"naïve 🔴", "naïve 🔴"}, {"", ""}};

	(void)state;
	for (size_t i = 0; i < STK_ARRAY_LEN(cases); i++) {
		struct stk_buf buf = STK_BUF_EMPTY;
		stk_html_add_text(&buf, stk_str_of(cases[i][0]));
		assert_string_equal(buf.ptr, cases[i][1]);
		stk_buf_release(&buf);
	}
}

static void html_add_json__cannot_end_its_script(void **state)
{
	struct stk_json *value = stk_html_new_text("</script><!--\xe2\x80\xa8");
	struct stk_json *again = NULL;
	struct stk_buf buf = STK_BUF_EMPTY;

	(void)state;
	stk_html_add_json(&buf, value);
	assert_null(strchr(buf.ptr, '<'));
	assert_null(strstr(buf.ptr, "\xe2\x80\xa8"));
	char *array = stk_xasprintf("[%s]", buf.ptr);
	assert_int_equal(stk_json_parse(stk_str_of(array), &again, NULL), 0);
	assert_string_equal(stk_json_text(stk_json_at(again, 0), ""), "</script><!--?");
	free(array);
	stk_json_free(again);
	stk_json_free(value);
	stk_buf_release(&buf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(html_format__prints_the_committed_pages),
		cmocka_unit_test(html_format__allows_its_own_script_and_nothing_else),
		cmocka_unit_test(html_format__carries_the_flame_graphs),
		cmocka_unit_test(html_format__says_what_a_row_has_to_do_with_the_change),
		cmocka_unit_test(html_format__hostile_names_open_no_element),
		cmocka_unit_test(html_text__is_what_it_says),
		cmocka_unit_test(html_add_json__cannot_end_its_script),
	};
	return cmocka_run_group_tests_name("html", tests, NULL, NULL);
}
