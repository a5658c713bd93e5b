/* units: durations, rates, sizes and counts as people write and read them. */
#include "core/base/units.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "core/base/clock.h"
#include "core/base/mem.h"

/* Long enough for any plan, short enough that ns never overflow. */
#define DURATION_MAX_S 1e9

static const struct unit {
	const char *name;
	double ns;
} duration_units[] = {
	{"ns", 1},
	{"us", 1e3},
	{"µs", 1e3},
	{"ms", 1e6},
	{"s", 1e9},
	{"m", 60e9},
	{"h", 3600e9},
	{"d", 86400e9},
};

static bool is_number_byte(char c)
{
	return (c >= '0' && c <= '9') || c == '.';
}

/* Cut "1.5h" off the front of *rest. */
static bool cut_part(struct stk_str *rest, double *ns_out)
{
	size_t digits = 0, letters;
	double value;

	while (digits < rest->len && is_number_byte(rest->ptr[digits]))
		digits++;
	for (letters = digits; letters < rest->len && !is_number_byte(rest->ptr[letters]);)
		letters++;
	if (stk_str_to_f64(stk_str_sub(*rest, 0, digits), &value, NULL) < 0)
		return false;
	struct stk_str name = stk_str_sub(*rest, digits, letters - digits);
	for (size_t i = 0; i < STK_ARRAY_LEN(duration_units); i++)
		if (stk_str_is(name, duration_units[i].name)) {
			*ns_out = value * duration_units[i].ns;
			*rest = stk_str_skip(*rest, letters);
			return true;
		}
	return false;
}

int stk_units_parse_duration(struct stk_str text, int64_t *ns_out, struct stk_err *err)
{
	struct stk_str rest = text;
	double ns = 0, part;

	if (stk_str_to_f64(text, &ns, NULL) == 0) {
		ns *= 1e9;
	} else {
		if (rest.len == 0)
			goto bad;
		while (rest.len > 0) {
			if (!cut_part(&rest, &part))
				goto bad;
			ns += part;
		}
	}
	if (ns < 0 || ns > DURATION_MAX_S * 1e9)
		return stk_err_set(err, STK_E_TOO_LARGE, "the duration '%.*s' is out of range",
			STK_STR_ARG(stk_str_sub(text, 0, 40)));
	*ns_out = (int64_t)llround(ns);
	return 0;
bad:
	stk_err_set(
		err, STK_E_FORMAT, "'%.*s' is no duration", STK_STR_ARG(stk_str_sub(text, 0, 40)));
	stk_err_hint(err, "write it as 30s, 1m30s, 500ms or a number of seconds");
	return STK_E_FORMAT;
}

int stk_units_parse_rate(
	struct stk_str text, double *events_out, int64_t *unit_ns_out, struct stk_err *err)
{
	static const struct unit units[] = {{"ms", 1e6}, {"s", 1e9}, {"m", 60e9}, {"h", 3600e9}};
	struct stk_str rest = text, number;
	double events;

	(void)stk_str_cut(&rest, '/', &number); /* an empty text fails below */
	if (stk_str_to_f64(stk_str_trim(number), &events, NULL) < 0 || events < 0)
		goto bad;
	for (size_t i = 0; i < STK_ARRAY_LEN(units); i++)
		if (!rest.ptr ? i == 1 : stk_str_is(stk_str_trim(rest), units[i].name)) {
			*events_out = events;
			*unit_ns_out = (int64_t)units[i].ns;
			return 0;
		}
bad:
	stk_err_set(err, STK_E_FORMAT, "'%.*s' is no rate", STK_STR_ARG(stk_str_sub(text, 0, 40)));
	stk_err_hint(err, "write it as 200, 200/s or 3000/m");
	return STK_E_FORMAT;
}

/* A number without zeros at the end of its fraction. */
static void add_short(struct stk_buf *buf, double value, int digits)
{
	size_t before = buf->len;

	stk_buf_addf(buf, "%.*f", digits, value);
	if (!stk_str_contains(stk_str_skip(stk_buf_str(buf), before), STK_STR(".")))
		return;
	while (buf->len > before && buf->ptr[buf->len - 1] == '0')
		stk_buf_truncate(buf, buf->len - 1);
	if (buf->len > before && buf->ptr[buf->len - 1] == '.')
		stk_buf_truncate(buf, buf->len - 1);
}

void stk_units_format_duration(struct stk_buf *buf, int64_t ns)
{
	if (ns < 0) {
		stk_buf_add_byte(buf, '-');
		ns = -ns;
	}
	if (ns < STK_NS_PER_US) {
		stk_buf_addf(buf, "%" PRId64 "ns", ns);
	} else if (ns < STK_NS_PER_MS) {
		add_short(buf, (double)ns / 1e3, 2);
		stk_buf_add_text(buf, "µs");
	} else if (ns < STK_NS_PER_S) {
		add_short(buf, (double)ns / 1e6, 2);
		stk_buf_add_text(buf, "ms");
	} else if (ns < 60 * STK_NS_PER_S) {
		add_short(buf, (double)ns / 1e9, 2);
		stk_buf_add_byte(buf, 's');
	} else {
		int64_t s = (ns + STK_NS_PER_S / 2) / STK_NS_PER_S;
		if (s >= 3600)
			stk_buf_addf(buf, "%" PRId64 "h", s / 3600);
		stk_buf_addf(buf, s >= 3600 ? "%02" PRId64 "m" : "%" PRId64 "m", s / 60 % 60);
		stk_buf_addf(buf, "%02" PRId64 "s", s % 60);
	}
}

/* Three significant digits. */
static void add_three(struct stk_buf *buf, double value)
{
	double size = fabs(value);
	int digits = size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2;

	stk_buf_addf(buf, "%.*f", digits, value);
}

/* The first unit of which value is less than its successor. */
static void format_scaled(struct stk_buf *buf, double value, const struct unit *units, size_t len)
{
	size_t i = len - 1;

	while (i > 0 && fabs(value) < units[i].ns * 0.9995)
		i--;
	add_three(buf, value / units[i].ns);
	stk_buf_addf(buf, " %s", units[i].name);
}

void stk_units_format_ns(struct stk_buf *buf, double ns)
{
	/* 0.44 ms reads better than 440 µs beside 1.63 ms, hence 0.1 ms */
	static const struct unit units[] = {{"ns", 1}, {"µs", 1e3}, {"ms", 1e6}, {"s", 1e9}};

	if (fabs(ns) >= 1e5 && fabs(ns) < 1e6)
		stk_buf_addf(buf, "%.2f ms", ns / 1e6);
	else
		format_scaled(buf, ns, units, STK_ARRAY_LEN(units));
}

void stk_units_format_bytes(struct stk_buf *buf, double bytes)
{
	static const struct unit units[] = {{"B", 1}, {"KiB", 1024}, {"MiB", 1048576},
		{"GiB", 1073741824}, {"TiB", 1099511627776}};

	format_scaled(buf, bytes, units, STK_ARRAY_LEN(units));
}

void stk_units_format_count(struct stk_buf *buf, int64_t count)
{
	char digits[24];
	int len = snprintf(digits, sizeof digits, "%" PRIu64,
		count < 0 ? 0 - (uint64_t)count : (uint64_t)count);

	if (count < 0)
		stk_buf_add_byte(buf, '-');
	for (int i = 0; i < len; i++) {
		if (i > 0 && (len - i) % 3 == 0)
			stk_buf_add_byte(buf, ' ');
		stk_buf_add_byte(buf, digits[i]);
	}
}

void stk_units_format_percent(struct stk_buf *buf, double fraction, int digits)
{
	stk_buf_addf(buf, "%+.*f %%", digits, fraction * 100);
}

/* UTC; fails only past the year 2^31. */
static struct tm time_parts(int64_t wall_ns)
{
	time_t seconds = (time_t)(wall_ns / STK_NS_PER_S);
	struct tm parts = {0};

	(void)gmtime_r(&seconds, &parts);
	return parts;
}

void stk_units_format_stamp(struct stk_buf *buf, int64_t wall_ns)
{
	struct tm parts = time_parts(wall_ns);
	char text[40];

	(void)strftime(text, sizeof text, "%Y%m%d-%H%M%S", &parts); /* fits */
	stk_buf_add_text(buf, text);
}

void stk_units_format_clock(struct stk_buf *buf, int64_t wall_ns)
{
	struct tm parts = time_parts(wall_ns);

	stk_buf_addf(buf, "%02d:%02d:%02d", parts.tm_hour, parts.tm_min, parts.tm_sec);
}

void stk_units_format_rfc3339(struct stk_buf *buf, int64_t wall_ns)
{
	struct tm parts = time_parts(wall_ns);
	char text[40];

	(void)strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts); /* fits */
	stk_buf_add_text(buf, text);
	stk_buf_addf(buf, ".%03dZ", (int)(wall_ns / STK_NS_PER_MS % 1000));
}

/* The digits of one part, with the byte behind them checked ('\0' = any, nothing taken). */
static bool take_part(struct stk_str *rest, size_t digits, char behind, int *out)
{
	uint64_t value = 0;

	if (rest->len < digits || stk_str_to_u64(stk_str_sub(*rest, 0, digits), &value, NULL) < 0)
		return false;
	*rest = stk_str_skip(*rest, digits);
	*out = (int)value;
	if (!behind)
		return true;
	if (!rest->len || rest->ptr[0] != behind)
		return false;
	*rest = stk_str_skip(*rest, 1);
	return true;
}

/* ".123" -> ns; nothing there is 0. */
static bool take_fraction(struct stk_str *rest, int64_t *ns_out)
{
	int64_t unit = STK_NS_PER_S;
	size_t used = 1;

	*ns_out = 0;
	if (!rest->len || rest->ptr[0] != '.')
		return true;
	for (; used < rest->len && used <= 9; used++) {
		char c = rest->ptr[used];

		if (c < '0' || c > '9')
			break;
		unit /= 10;
		*ns_out += (c - '0') * unit;
	}
	*rest = stk_str_skip(*rest, used);
	return used > 1;
}

/* "Z" or "+02:00", to the end. */
static bool take_zone(struct stk_str rest, int64_t *seconds_out)
{
	int sign = rest.len && rest.ptr[0] == '-' ? -1 : 1, hours = 0, minutes = 0;

	*seconds_out = 0;
	if (stk_str_is(rest, "Z") || stk_str_is(rest, "z"))
		return true;
	if (!stk_str_starts(rest, "+") && !stk_str_starts(rest, "-"))
		return false;
	rest = stk_str_skip(rest, 1);
	if (!take_part(&rest, 2, ':', &hours) || !take_part(&rest, 2, '\0', &minutes) || rest.len ||
		hours > 23 || minutes > 59)
		return false;
	*seconds_out = sign * (int64_t)(hours * 60 + minutes) * 60;
	return true;
}

int stk_units_parse_rfc3339(struct stk_str text, int64_t *wall_ns_out, struct stk_err *err)
{
	struct stk_str rest = text;
	int64_t fraction = 0, zone = 0;
	struct tm parts = {0}, again;
	time_t seconds;

	bool is_whole = take_part(&rest, 4, '-', &parts.tm_year) &&
			take_part(&rest, 2, '-', &parts.tm_mon) &&
			take_part(&rest, 2, 'T', &parts.tm_mday) &&
			take_part(&rest, 2, ':', &parts.tm_hour) &&
			take_part(&rest, 2, ':', &parts.tm_min) &&
			take_part(&rest, 2, '\0', &parts.tm_sec) &&
			take_fraction(&rest, &fraction) && take_zone(rest, &zone);
	if (is_whole && parts.tm_year >= 1970 && parts.tm_year <= 2200) {
		parts.tm_year -= 1900;
		parts.tm_mon -= 1;
		again = parts;
		seconds = timegm(&again);
		/* timegm mends the 31st of June; then it is another day */
		if (again.tm_mon == parts.tm_mon && again.tm_mday == parts.tm_mday &&
			again.tm_hour == parts.tm_hour && again.tm_min == parts.tm_min &&
			seconds >= zone) {
			*wall_ns_out = ((int64_t)seconds - zone) * STK_NS_PER_S + fraction;
			return 0;
		}
	}
	return stk_err_set(err, STK_E_FORMAT, "'%.*s': not a time such as 2026-11-22T14:38:05Z",
		STK_STR_ARG(text));
}
