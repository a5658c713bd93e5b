/* test_ask: questions to an embedded server over HTTP: types, sums, and what there is instead. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/flow/ask.h"
#include "core/profile/profile.h"
#include "core/source/pyroscope.h"
#include "tests/support/serve_case.h"

#define S   STK_NS_PER_S
#define T0  (SERVE_CASE_NOW - 3600 * S)
#define CPU "process_cpu:cpu:nanoseconds:cpu:nanoseconds"

/* One second of a service's profile, offset seconds after T0. */
static void push(struct serve_case *sc, const char *name, int offset_s, const char *folded)
{
	long long from = (T0 + offset_s * S) / S;
	char *path = stk_xasprintf(
		"/ingest?name=%s&from=%lld&until=%lld&format=folded&sampleRate=100&spyName=t", name,
		from, from + 1);

	assert_int_equal(serve_case_send(sc, "POST", path, NULL, stk_str_of(folded)), 200);
	free(path);
}

static struct stk_source *open_source(struct serve_case *sc)
{
	struct stk_source *source = NULL;

	assert_int_equal(
		stk_source_pyroscope_new(
			&(struct stk_source_pyroscope_opts){
				.url = stk_serve_url(sc->serve), .clock = &sc->clock.clock},
			&source, NULL),
		0);
	return source;
}

static struct stk_ask ask_of(struct stk_source *source, const char *query)
{
	struct stk_ask ask = {.source = source, .from_ns = T0, .to_ns = SERVE_CASE_NOW};

	assert_int_equal(stk_expr_parse(stk_str_of(query), &ask.expr, NULL), 0);
	return ask;
}

static void ask_profile__adds_everything_up(void **state)
{
	struct serve_case *sc = *state;
	struct stk_source *source = open_source(sc);
	struct stk_ask ask = ask_of(source, "cpu{service_name=\"shop\"}");
	struct stk_profile *profile = NULL;
	struct stk_err err = STK_ERR_INIT;
	char *type_id = NULL;

	push(sc, "shop", 10, "main;a 3\nmain;b 4");
	push(sc, "shop", 20, "main;a 5");
	push(sc, "other", 20, "main;a 100");
	if (stk_ask_profile(&ask, &profile, &type_id, &err) < 0)
		fail_msg("%s", err.msg);
	assert_string_equal(type_id, CPU);
	assert_int_equal(stk_profile_total(profile, 0), 12 * S / 100);
	stk_profile_free(profile);
	free(type_id);
	ask.to_ns = T0 + 15 * S; /* the first one only */
	assert_int_equal(stk_ask_profile(&ask, &profile, &type_id, &err), 0);
	assert_int_equal(stk_profile_total(profile, 0), 7 * S / 100);
	stk_profile_free(profile);
	free(type_id);
	stk_source_close(source);
}

static void ask_type__says_which_types_there_are(void **state)
{
	struct serve_case *sc = *state;
	struct stk_source *source = open_source(sc);
	struct stk_ask ask = ask_of(source, "alloc_space{service_name=\"shop\"}");
	struct stk_err err = STK_ERR_INIT;
	char *type_id = NULL;

	push(sc, "shop", 10, "main;a 3");
	assert_int_equal(stk_ask_type(&ask, &type_id, &err), STK_E_NOT_FOUND);
	assert_null(type_id);
	assert_non_null(strstr(err.msg, "alloc_space in {service_name=\"shop\"} from 20"));
	assert_string_equal(err.hint, "it has: " CPU);
	stk_source_close(source);
}

static void ask_type__says_which_services_there_are(void **state)
{
	struct serve_case *sc = *state;
	struct stk_source *source = open_source(sc);
	struct stk_ask ask = ask_of(source, "cpu{service_name=\"shopp\"}");
	struct stk_err err = STK_ERR_INIT;
	char *type_id = NULL;

	assert_int_equal(stk_ask_type(&ask, &type_id, &err), STK_E_NOT_FOUND);
	assert_string_equal(err.hint, "nothing at all was sent to it in that time");
	push(sc, "shop", 10, "main;a 3");
	push(sc, "cart", 10, "main;a 3");
	assert_int_equal(stk_ask_type(&ask, &type_id, &err), STK_E_NOT_FOUND);
	assert_non_null(strstr(err.hint, "services that sent something then: "));
	assert_non_null(strstr(err.hint, "cart, shop"));
	stk_source_close(source);
}

static void ask_profile__an_empty_time_has_a_hint_too(void **state)
{
	struct serve_case *sc = *state;
	struct stk_source *source = open_source(sc);
	struct stk_ask ask = ask_of(source, "{service_name=\"shop\"}");
	struct stk_profile *profile = NULL;
	struct stk_err err = STK_ERR_INIT;
	char *type_id = NULL;

	push(sc, "shop", 10, "main;a 3");
	ask.from_ns = T0 + 20 * S;
	assert_int_equal(stk_ask_profile(&ask, &profile, &type_id, &err), STK_E_NOT_FOUND);
	assert_true(err.hint[0] != '\0');
	stk_source_close(source);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, serve_case_setup, serve_case_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(ask_profile__adds_everything_up),
		CASE(ask_type__says_which_types_there_are),
		CASE(ask_type__says_which_services_there_are),
		CASE(ask_profile__an_empty_time_has_a_hint_too),
	};
	return cmocka_run_group_tests_name("ask", tests, NULL, NULL);
}
