/* demo_shop: the demo's service, started by the demo's workflow; not for people. */
#include <stdio.h>

#include "cmd/cmd.h"
#include "cmd/exit.h"
#include "core/demo/service.h"

extern const struct stk_command stk_cmd_demo_shop;

struct shop_settings {
	int64_t port, slice_s, seed;
	const char *push, *version, *plant, *service, *labels;
};

#define AT(member) offsetof(struct shop_settings, member)
/* clang-format off */
static const struct stk_opts_row rows[] = {
	{ .name = "port", .type = STK_OPTS_INT, .offset = AT(port), .word = "N", .min = 0, .max = 65535, .help = "to listen on, 0 = a free one" },
	{ .name = "push", .type = STK_OPTS_TEXT, .offset = AT(push), .word = "URL", .help = "where profiles go" },
	{ .name = "version", .type = STK_OPTS_TEXT, .offset = AT(version), .word = "TEXT", .help = "label of the profiles" },
	{ .name = "service", .type = STK_OPTS_TEXT, .offset = AT(service), .word = "NAME", .help = "service_name", .standard = "shop" },
	{ .name = "labels", .type = STK_OPTS_TEXT, .offset = AT(labels), .word = "A=B,…", .help = "more labels" },
	{ .name = "slice", .type = STK_OPTS_INT, .offset = AT(slice_s), .word = "N", .min = 1, .max = 60, .help = "seconds a profile covers" },
	{ .name = "plant", .type = STK_OPTS_TEXT, .offset = AT(plant), .word = "WHAT", .help = "fixed, random or none" },
	{ .name = "seed", .type = STK_OPTS_INT, .offset = AT(seed), .word = "N", .min = 0, .max = INT64_MAX, .help = "of --plant random" },
	{ .name = NULL },
};
/* clang-format on */

static int serve(struct stk_env *env, const struct shop_settings *settings)
{
	enum stk_demo_planting planting;
	struct stk_demo_plants plants;
	struct stk_err err = STK_ERR_INIT;
	int rc = stk_demo_planting_parse(stk_str_of(settings->plant), &planting, &err);

	if (rc == 0) {
		stk_demo_plants(planting, (uint64_t)settings->seed, &plants);
		rc = stk_demo_service_run(
			&(struct stk_demo_service_opts){.port = (uint16_t)settings->port,
				.version = settings->version,
				.plants = &plants,
				.push_url = settings->push,
				.service = settings->service,
				.labels = settings->labels,
				.slice_s = (int)settings->slice_s},
			&err);
	}
	return rc < 0 ? stk_opts_fail(env, &err) : STK_EXIT_OK;
}

static int run(struct stk_env *env, int argc, char **argv)
{
	struct shop_settings settings = {.version = "1.0", .plant = "none"};
	int code = stk_opts_read(env, &stk_cmd_demo_shop, argc, argv, &settings, NULL);

	if (code < 0)
		code = serve(env, &settings);
	stk_opts_release(rows, &settings, NULL);
	return code;
}

const struct stk_command stk_cmd_demo_shop = {
	.name = "demo-shop",
	.summary = "the demo's service",
	.synopsis = "[options]",
	.options = rows,
	.run = run,
	.hidden = true,
};
