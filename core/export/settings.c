/* settings: variables with one prefix as text, flags, durations, header lines. */
#include "core/export/settings.h"

#include <string.h>

#include "core/base/buf.h"
#include "core/base/units.h"

const char *stk_settings_text(struct stk_settings *settings, const char *name, const char *standard)
{
	const char *full = stk_arena_printf(&settings->arena, "%s%s", settings->prefix, name);
	const char *text = stk_env_get(settings->env, full);

	return text && *text ? text : standard;
}

static void refuse(struct stk_settings *settings, const char *name, const char *wanted)
{
	if (settings->err.code != 0)
		return;
	(void)stk_err_set(&settings->err, STK_E_INVAL, "variable %s%s is not %s", settings->prefix,
		name, wanted);
}

bool stk_settings_flag(struct stk_settings *settings, const char *name, bool standard)
{
	static const char *const yes[] = {"true", "TRUE", "True", "1", "t", "T"};
	static const char *const no[] = {"false", "FALSE", "False", "0", "f", "F"};
	const char *text = stk_settings_text(settings, name, NULL);

	for (size_t i = 0; text && i < STK_ARRAY_LEN(yes); i++) {
		if (strcmp(text, yes[i]) == 0)
			return true;
		if (strcmp(text, no[i]) == 0)
			return false;
	}
	if (text)
		refuse(settings, name, "true or false");
	return standard;
}

int64_t stk_settings_duration(struct stk_settings *settings, const char *name, int64_t standard_ns)
{
	const char *text = stk_settings_text(settings, name, NULL);
	int64_t ns = standard_ns;

	if (text && (stk_units_parse_duration(stk_str_of(text), &ns, NULL) < 0 || ns <= 0)) {
		refuse(settings, name, "a duration above zero, such as 5s");
		ns = standard_ns;
	}
	return ns;
}

void stk_settings_secret(struct stk_settings *settings, const char *name, struct stk_secret *out)
{
	const char *text = stk_settings_text(settings, name, NULL);

	if (text)
		stk_secret_init(out, stk_str_of(text));
}

/* A name is a token, and no value can start a line of its own. */
static bool is_header(struct stk_str name, struct stk_str value)
{
	for (size_t i = 0; i < name.len; i++)
		if ((unsigned char)name.ptr[i] <= ' ' ||
			strchr(":\x7f\"(),/;<=>?@[\\]{}", name.ptr[i]))
			return false;
	for (size_t i = 0; i < value.len; i++)
		if (strchr("\r\n", value.ptr[i]))
			return false;
	return name.len > 0;
}

static void add_header(struct stk_settings *settings, const char *variable, struct stk_str name,
	struct stk_str value, struct stk_settings_headers *out)
{
	if (!is_header(name, value)) {
		refuse(settings, variable, "made of Name=value");
		return;
	}
	stk_vec_push(&out->items, (struct stk_http_header){name, value});
}

void stk_settings_headers(
	struct stk_settings *settings, const char *name, struct stk_settings_headers *out)
{
	struct stk_str rest = stk_str_of(stk_settings_text(settings, name, NULL)), word;

	while (rest.len > 0 && stk_str_cut(&rest, ',', &word)) {
		ptrdiff_t equals = stk_str_find_byte(word, '='), at = equals;
		ptrdiff_t colon = stk_str_find_byte(word, ':');

		if (colon >= 0 && (at < 0 || colon < at))
			at = colon;
		if (stk_str_trim(word).len == 0)
			continue;
		if (at < 0)
			refuse(settings, name, "made of Name=value");
		else
			add_header(settings, name, stk_str_trim(stk_str_sub(word, 0, (size_t)at)),
				stk_str_trim(stk_str_skip(word, (size_t)at + 1)), out);
	}
}

void stk_settings_headers_each(
	struct stk_settings *settings, const char *start, struct stk_settings_headers *out)
{
	const char *full = stk_arena_printf(&settings->arena, "%s%s", settings->prefix, start);

	for (const char *const *at = settings->env->environ_; at && *at; at++) {
		struct stk_str line = stk_str_of(*at);
		ptrdiff_t equals = stk_str_find_byte(line, '=');

		if (equals < 0 || !stk_str_starts(line, full))
			continue;
		add_header(settings, start,
			stk_str_sub(line, strlen(full), (size_t)equals - strlen(full)),
			stk_str_skip(line, (size_t)equals + 1), out);
	}
}
