/* settings: an output's variables, read with their checks; the first fault is kept. */
#ifndef STK_CORE_EXPORT_SETTINGS_H
#define STK_CORE_EXPORT_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/arena.h"
#include "core/base/env.h"
#include "core/base/err.h"
#include "core/base/secret.h"
#include "core/base/vec.h"
#include "core/http/client.h"

/* Text is the environment's or the arena's. err: of the first variable that cannot be. */
struct stk_settings {
	const struct stk_env *env;
	const char *prefix; /* "K6_OTEL_" */
	struct stk_arena arena;
	struct stk_err err;
};

const char *stk_settings_text(
	struct stk_settings *settings, const char *name, const char *standard);
bool stk_settings_flag(struct stk_settings *settings, const char *name, bool standard);
int64_t stk_settings_duration(struct stk_settings *settings, const char *name, int64_t standard_ns);
void stk_settings_secret(struct stk_settings *settings, const char *name, struct stk_secret *out);

struct stk_settings_headers {
	STK_VEC(struct stk_http_header) items;
};
/* "Name=value,Name:value" of one variable, as k6's outputs take it. */
void stk_settings_headers(
	struct stk_settings *settings, const char *name, struct stk_settings_headers *out);
/* HEADERS_<NAME>=value, each a header of its own. */
void stk_settings_headers_each(
	struct stk_settings *settings, const char *start, struct stk_settings_headers *out);

#endif
