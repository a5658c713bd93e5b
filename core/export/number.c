/* number: formats that are written some hundred thousand times a second. */
#include "core/export/number.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/base/clock.h"
#include "core/base/units.h"

/* digits of fraction, without the zeros at its end, behind a point */
static void add_fraction(struct stk_buf *buf, uint64_t fraction, int digits)
{
	char text[16];
	int len = digits;

	if (fraction == 0)
		return;
	for (int i = digits - 1; i >= 0; i--, fraction /= 10)
		text[i] = (char)('0' + fraction % 10);
	while (text[len - 1] == '0')
		len--;
	stk_buf_add_byte(buf, '.');
	stk_buf_add(buf, text, (size_t)len);
}

void stk_number_add(struct stk_buf *buf, double value)
{
	double size = fabs(value), scaled = size * 1e6;
	char text[40];

	if (!isfinite(value))
		value = size = scaled = 0;
	/* nanoseconds as ms, and whole numbers: nearly all of them */
	if (scaled < 9e15 && rint(scaled) / 1e6 == size) {
		uint64_t all = (uint64_t)rint(scaled);

		if (value < 0)
			stk_buf_add_byte(buf, '-');
		stk_buf_addf(buf, "%" PRIu64, all / 1000000);
		add_fraction(buf, all % 1000000, 6);
		return;
	}
	for (int digits = 15; digits <= 17; digits++) {
		double back = 0;

		(void)snprintf(text, sizeof text, "%.*g", digits, value);
		if (stk_str_to_f64(stk_str_of(text), &back, NULL) == 0 && back == value)
			break;
	}
	stk_buf_add_text(buf, text);
}

void stk_number_add_time(struct stk_buf *buf, int64_t wall_ns)
{
	size_t from = buf->len;

	stk_units_format_rfc3339(buf, wall_ns); /* "…:05.123Z" */
	stk_buf_truncate(buf, from + sizeof "2026-11-22T14:38:05" - 1);
	add_fraction(buf, (uint64_t)(wall_ns % STK_NS_PER_S), 9);
	stk_buf_add_byte(buf, 'Z');
}
