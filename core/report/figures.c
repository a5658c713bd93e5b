/* figures: formats costs, changes, shares and counts. */
#include "core/report/figures.h"

#include <math.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/base/mem.h"
#include "core/base/units.h"

struct scale {
	const char *name;
	double size; /* in the type's unit */
	double from; /* used from this value on */
};

/* 0.44 ms reads better than 440 µs beside 1.63 ms, hence from 0.1 ms on. */
static const struct scale times[] = {
	{"s", 1e9, 1e9}, {"ms", 1e6, 1e5}, {"µs", 1e3, 1e3}, {"ns", 1, 0}};
static const struct scale sizes[] = {{"TiB", 1099511627776.0, 1099511627776.0},
	{"GiB", 1073741824.0, 1073741824.0}, {"MiB", 1048576.0, 1048576.0}, {"KiB", 1024.0, 1024.0},
	{"B", 1, 0}};
static const struct scale millis[] = {{"ms", 1, 0}};
static const struct scale rates[] = {{"/s", 1, 0}};
static const struct scale plain[] = {{"", 1, 0}};

static const struct scale *scale_of(const char *unit, double value)
{
	const struct scale *scales = plain;
	size_t len = 1, i = 0;

	if (strcmp(unit, "nanoseconds") == 0) {
		scales = times;
		len = STK_ARRAY_LEN(times);
	} else if (strcmp(unit, "bytes") == 0) {
		scales = sizes;
		len = STK_ARRAY_LEN(sizes);
	} else if (strcmp(unit, "ms") == 0) {
		scales = millis;
	} else if (strcmp(unit, "per second") == 0) {
		scales = rates;
	}
	while (i + 1 < len && fabs(value) < scales[i].from * 0.9995)
		i++;
	return &scales[i];
}

/* Three significant digits; thousands in groups. */
static void add_three(struct stk_buf *buf, double value)
{
	double size = fabs(value);

	if (size >= 999.5)
		stk_figures_add_count(buf, value);
	else
		stk_buf_addf(buf, "%.*f", size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2, value);
}

static double larger(double a, double b)
{
	return isnan(b) || fabs(a) >= fabs(b) ? a : b;
}

void stk_figures_add_cost(struct stk_buf *buf, double value, double beside, const char *unit)
{
	const struct scale *scale = scale_of(unit, larger(value, beside));

	if (!isfinite(value)) {
		stk_buf_add_text(buf, "-");
		return;
	}
	add_three(buf, value / scale->size);
	if (scale->name[0])
		stk_buf_addf(buf, "%s%s", scale->name[0] == '/' ? "" : " ", scale->name);
}

void stk_figures_add_pair(struct stk_buf *buf, double base, double head, const char *unit)
{
	const struct scale *scale = scale_of(unit, larger(base, head));

	if (isfinite(base))
		add_three(buf, base / scale->size);
	else
		stk_buf_add_text(buf, "-");
	stk_buf_add_text(buf, " → ");
	stk_figures_add_cost(buf, head, base, unit);
}

/* What is shown as nothing has no sign of its own: +0.0, never -0.0. */
static double shown(double percent)
{
	return fabs(percent) < 0.05 ? 0.0 : percent;
}

void stk_figures_add_limit(struct stk_buf *buf, double fraction)
{
	if (!isfinite(fraction))
		stk_buf_add_text(buf, isnan(fraction) ? "-" : fraction > 0 ? "+∞" : "-∞");
	else
		stk_buf_addf(buf, "%+.*f", fabs(fraction) < 0.9995 ? 1 : 0, shown(fraction * 100));
}

void stk_figures_add_change(struct stk_buf *buf, double fraction)
{
	if (!isfinite(fraction))
		stk_buf_add_text(buf, "-");
	else
		stk_buf_addf(
			buf, "%+.*f %%", fabs(fraction) < 9.995 ? 1 : 0, shown(fraction * 100));
}

void stk_figures_add_points(struct stk_buf *buf, double fraction)
{
	if (!isfinite(fraction))
		stk_buf_add_text(buf, "-");
	else
		stk_buf_addf(buf, "%+.1f pt", shown(fraction * 100));
}

void stk_figures_add_share(struct stk_buf *buf, double fraction)
{
	if (!isfinite(fraction))
		stk_buf_add_text(buf, "-");
	else
		stk_buf_addf(buf, "%.*f %%", fabs(fraction) < 0.9995 ? 1 : 0, fraction * 100);
}

void stk_figures_add_count(struct stk_buf *buf, double count)
{
	if (!isfinite(count))
		stk_buf_add_text(buf, "-");
	else if (fabs(count) > 9e15)
		stk_buf_addf(buf, "%.3g", count);
	else
		stk_units_format_count(buf, (int64_t)llround(count));
}
