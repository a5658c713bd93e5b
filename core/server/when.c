/* when: the time syntax of /ingest and /pyroscope/render. */
#include "core/server/when.h"

#include <stdbool.h>
#include <stddef.h>

#include "core/base/clock.h"
#include "core/base/mem.h"

#define TEXT_MAX 64
#define DAY_S    86400
/* A hundred years, so that nothing overflows around any plausible now. */
#define OFFSET_MAX_S (INT64_C(36500) * DAY_S)

/* Units with all their spellings that matter; the first letter alone is not enough ("m", "M"). */
static const struct {
	const char *name;
	int64_t seconds;
} units[] = {
	{"s", 1},
	{"sec", 1},
	{"secs", 1},
	{"second", 1},
	{"seconds", 1},
	{"m", 60},
	{"min", 60},
	{"mins", 60},
	{"minute", 60},
	{"minutes", 60},
	{"h", 3600},
	{"hr", 3600},
	{"hour", 3600},
	{"hours", 3600},
	{"d", DAY_S},
	{"day", DAY_S},
	{"days", DAY_S},
	{"w", 7 * DAY_S},
	{"week", 7 * DAY_S},
	{"weeks", 7 * DAY_S},
	{"M", 30 * DAY_S},
	{"mon", 30 * DAY_S},
	{"month", 30 * DAY_S},
	{"months", 30 * DAY_S},
	{"y", 365 * DAY_S},
	{"year", 365 * DAY_S},
	{"years", 365 * DAY_S},
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static size_t digits_at(struct stk_str s)
{
	size_t n = 0;

	while (n < s.len && is_digit(s.ptr[n]))
		n++;
	return n;
}

/* Seconds of "90s", "1h30m" (the first number and unit); false for garbage. */
static bool parse_offset(struct stk_str text, int64_t *seconds)
{
	size_t n = digits_at(text), end = n;
	int64_t count = 0;
	struct stk_str unit;

	while (end < text.len && !is_digit(text.ptr[end]) && text.ptr[end] != '+' &&
		text.ptr[end] != '-')
		end++;
	unit = stk_str_sub(text, n, end - n);
	if (!n || n > 9 || stk_str_to_i64(stk_str_sub(text, 0, n), &count, NULL) < 0)
		return false;
	for (size_t i = 0; i < STK_ARRAY_LEN(units); i++)
		if (stk_str_is(unit, units[i].name)) {
			*seconds = count * units[i].seconds;
			return true;
		}
	return false;
}

/* Days since 1970 of a date of the Gregorian calendar. */
static int64_t days_of(int64_t year, int64_t month, int64_t day)
{
	int64_t era, yoe, doy;

	year -= month <= 2;
	era = year / 400;
	yoe = year - era * 400;
	doy = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

static bool parse_date(struct stk_str text, int64_t *ns)
{
	int64_t n = 0, year, month, day;

	if (text.len != 8 || stk_str_to_i64(text, &n, NULL) < 0)
		return false;
	year = n / 10000;
	month = n / 100 % 100;
	day = n % 100;
	if (year < 1970 || year > 2200 || month < 1 || month > 12 || day < 1 || day > 31)
		return false;
	*ns = days_of(year, month, day) * DAY_S * STK_NS_PER_S;
	return true;
}

static int64_t parse_digits(struct stk_str text, int64_t now_ns)
{
	int64_t n = 0, ns = 0, unit = STK_NS_PER_S;

	if (parse_date(text, &ns))
		return ns;
	if (stk_str_to_i64(text, &n, NULL) < 0)
		return now_ns;
	if (text.len == 19)
		return n;
	if (text.len == 16)
		unit = STK_NS_PER_US;
	else if (text.len == 13)
		unit = STK_NS_PER_MS;
	return __builtin_mul_overflow(n, unit, &ns) ? now_ns : ns;
}

int64_t stk_when_parse(struct stk_str text, int64_t now_ns)
{
	char bytes[TEXT_MAX];
	struct stk_str s = {bytes, 0};
	int64_t seconds = 0;

	for (size_t i = 0; i < text.len && s.len < TEXT_MAX; i++) {
		char c = text.ptr[i];

		if (c != ' ' && c != ',' && c != '_')
			bytes[s.len++] = c;
	}
	if (s.len && digits_at(s) == s.len)
		return parse_digits(s, now_ns);
	for (size_t i = 0; i < s.len; i++) {
		if (s.ptr[i] != '+' && s.ptr[i] != '-')
			continue;
		if (!parse_offset(stk_str_skip(s, i + 1), &seconds))
			return now_ns;
		if (seconds > OFFSET_MAX_S)
			return now_ns;
		return s.ptr[i] == '-' ? now_ns - seconds * STK_NS_PER_S
				       : now_ns + seconds * STK_NS_PER_S;
	}
	return now_ns;
}
