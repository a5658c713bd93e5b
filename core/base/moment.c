/* moment: a point in time as people type it: now-1h, RFC 3339, a date, seconds or ms since 1970. */
#include "core/base/moment.h"

#include <stdbool.h>

#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/base/mem.h"
#include "core/base/units.h"

#define TEXT_MAX  64
#define YEAR_MAX  INT64_C(7258118400) /* seconds of 2200 */
#define WEEK_DAYS 7

static int refuse(struct stk_str text, struct stk_err *err)
{
	stk_err_set(
		err, STK_E_INVAL, "'%.*s' is no time", STK_STR_ARG(stk_str_sub(text, 0, TEXT_MAX)));
	stk_err_hint(err, "write now-1h, 2026-11-22T14:38:05Z, 2026-11-22, or seconds or "
			  "milliseconds since 1970");
	return STK_E_INVAL;
}

/* "15m", "1h30m", "2w". */
static bool parse_offset(struct stk_str text, int64_t *ns)
{
	int64_t weeks;

	if (text.len == 0 || text.ptr[0] < '0' || text.ptr[0] > '9' ||
		text.ptr[text.len - 1] <= '9')
		return false; /* a bare number has no unit */
	if (!stk_str_ends(text, "w"))
		return stk_units_parse_duration(text, ns, NULL) == 0;
	if (stk_str_to_i64(stk_str_sub(text, 0, text.len - 1), &weeks, NULL) < 0 || weeks > 10000)
		return false;
	*ns = weeks * WEEK_DAYS * 24 * 3600 * STK_NS_PER_S;
	return true;
}

static bool parse_relative(struct stk_str text, int64_t now_ns, int64_t *ns)
{
	struct stk_str rest = stk_str_skip(text, 3);
	int64_t offset = 0;

	if (rest.len == 0) {
		*ns = now_ns;
		return true;
	}
	if ((rest.ptr[0] != '-' && rest.ptr[0] != '+') ||
		!parse_offset(stk_str_skip(rest, 1), &offset))
		return false;
	*ns = rest.ptr[0] == '-' ? now_ns - offset : now_ns + offset;
	return *ns > 0;
}

static bool parse_digits(struct stk_str text, int64_t *ns)
{
	int64_t unit = STK_NS_PER_S, count;

	if (stk_str_to_i64(text, &count, NULL) < 0 || count < 0)
		return false;
	if (text.len == 19)
		unit = 1;
	else if (text.len == 16)
		unit = STK_NS_PER_US;
	else if (text.len == 13)
		unit = STK_NS_PER_MS;
	else if (text.len > 10)
		return false;
	if (count > YEAR_MAX * (STK_NS_PER_S / unit))
		return false;
	*ns = count * unit;
	return true;
}

/* A date alone is its midnight; without a zone a time is UTC; a blank may stand for the T. */
static bool parse_date(struct stk_str text, int64_t *ns)
{
	struct stk_buf whole = STK_BUF_EMPTY;
	int rc;

	stk_buf_add_str(&whole, text);
	if (text.len == 10)
		stk_buf_add_text(&whole, "T00:00:00Z");
	else if (text.ptr[10] == ' ')
		whole.ptr[10] = 'T';
	if (text.len == 19)
		stk_buf_add_byte(&whole, 'Z');
	rc = stk_units_parse_rfc3339(stk_buf_str(&whole), ns, NULL);
	stk_buf_release(&whole);
	return rc == 0;
}

static bool all_digits(struct stk_str text)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.ptr[i] < '0' || text.ptr[i] > '9')
			return false;
	return text.len > 0;
}

int stk_moment_parse(struct stk_str text, int64_t now_ns, int64_t *ns_out, struct stk_err *err)
{
	struct stk_str trimmed = stk_str_trim(text);
	int64_t ns = 0;
	bool ok;

	if (trimmed.len == 0 || trimmed.len > TEXT_MAX)
		return refuse(text, err);
	if (stk_str_starts(trimmed, "now"))
		ok = parse_relative(trimmed, now_ns, &ns);
	else if (all_digits(trimmed))
		ok = parse_digits(trimmed, &ns);
	else
		ok = trimmed.len >= 10 && parse_date(trimmed, &ns);
	if (!ok)
		return refuse(text, err);
	*ns_out = ns;
	return 0;
}
