/* shop: opens the Lua shop, and visits it as the demo's load does. */
#include "core/demo/shop.h"

#include <stdio.h>
#include <time.h>

#include "core/demo/service.h"

int stk_demo_shop_new(const struct stk_demo_plants *plants, int hz, uint64_t seed,
	struct stk_app **out, struct stk_err *err)
{
	struct stk_app_tune tunes[STK_DEMO_PLANTS_MAX];
	struct stk_app_opts opts = {.folder = "demo",
		.main = "shop",
		.tunes = tunes,
		.sampler = {.hz = hz, .seed = seed}};

	for (size_t i = 0; plants && i < plants->len; i++) {
		const struct stk_demo_plant *plant = &plants->items[i];
		double scale = 1 + plant->size;

		tunes[opts.tunes_len++] = (struct stk_app_tune){.function = plant->function,
			.cpu = plant->kind == STK_DEMO_CPU ? scale : 1,
			.memory = plant->kind == STK_DEMO_MEMORY ? scale : 1,
			.rename = plant->rename};
	}
	return stk_app_new(&opts, out, err);
}

enum page { LIST, SHOW, SEARCH, ADD, VIEW, ORDER };

void stk_demo_shop_visit(struct stk_app *app, size_t n, struct stk_app_reply *reply)
{
	static const enum page mix[STK_DEMO_MIX_LEN] = {LIST, SHOW, SEARCH, ADD, LIST, ORDER,
		SEARCH, SHOW, LIST, ADD, LIST, SEARCH, VIEW, LIST, SHOW, ORDER, SEARCH, LIST, ADD,
		SHOW};
	enum page page = mix[n % STK_DEMO_MIX_LEN];
	char path[64] = "/products", value[24] = "round table", body[64] = "";
	struct stk_app_pair query = {STK_STR("q"), {NULL, 0}};
	struct stk_app_request request = {.query = &query};

	if (page == LIST) {
		snprintf(value, sizeof value, "%zu", n % 40);
		query.key = STK_STR("page");
	} else if (page == SHOW) {
		snprintf(path, sizeof path, "/products/%zu", n % 200 + 1);
	} else if (page == SEARCH) {
		snprintf(path, sizeof path, "/search");
	} else if (page == VIEW) {
		snprintf(path, sizeof path, "/cart/%zu", n % 150);
	} else if (page == ADD) {
		snprintf(path, sizeof path, "/cart");
		snprintf(body, sizeof body, "cart=%zu&product=%zu&count=%zu", n % 150, n % 200 + 1,
			n % 3 + 1);
	} else {
		snprintf(path, sizeof path, "/orders");
		snprintf(body, sizeof body, "cart=%zu", n % 150);
	}
	query.value = stk_str_of(value);
	request.method = *body ? STK_STR("POST") : STK_STR("GET");
	request.query_len = page == LIST || page == SEARCH;
	request.path = stk_str_of(path);
	request.body = stk_str_of(body);
	stk_app_call(app, &request, reply);
}

static int64_t thread_cpu_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

int stk_demo_service_measure(
	int64_t budget_ns, int64_t *cpu_per_request_ns_out, struct stk_err *err)
{
	struct stk_app_reply reply = STK_APP_REPLY_INIT;
	struct stk_app *app = NULL;
	int64_t start, used = 0;
	size_t done = 0;
	int rc = stk_demo_shop_new(NULL, 0, 1, &app, err);

	if (rc < 0)
		return rc;
	for (size_t n = 0; n < STK_DEMO_MIX_LEN; n++) /* first touches */
		stk_demo_shop_visit(app, n, &reply);
	start = thread_cpu_ns();
	while (used < budget_ns || done == 0) {
		for (size_t n = 0; n < STK_DEMO_MIX_LEN; n++)
			stk_demo_shop_visit(app, done++, &reply);
		used = thread_cpu_ns() - start;
	}
	*cpu_per_request_ns_out = used / (int64_t)done;
	stk_app_reply_release(&reply);
	stk_app_free(app);
	return 0;
}
