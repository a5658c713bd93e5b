/* parts_trust: what the verdict rests on: the measurement, the generator, A/A runs; where to look.
 */
#include <math.h>

#include "core/base/units.h"
#include "core/record/generator.h"
#include "core/report/parts.h"

/* "in 34 A/A runs of this service 0 raised an alarm (so fewer than 8.4 % do)". */
static void add_calibration(struct stk_buf *buf, const struct stk_run *run)
{
	const struct stk_calibration_info *info = &run->calibration;

	if (info->plan && info->runs > 0 && isfinite(info->alarms_below))
		stk_buf_addf(buf,
			" · in %d A/A run%s of this service %d raised an alarm (so fewer than "
			"%.1f %% do)",
			info->runs, info->runs == 1 ? "" : "s", info->alarms,
			100.0 * info->alarms_below);
	if (info->plan && info->why_not)
		stk_buf_addf(buf, " · not calibrated: %s", info->why_not);
	else if (!info->plan && run->mode == STK_MODE_BASELINE && run->comparisons.len > 0)
		stk_buf_add_text(buf, " · not calibrated: no A/A runs (stoker calibrate)");
}

static void add_kept(struct stk_buf *buf, const struct stk_baseline_info *baseline)
{
	stk_buf_add_text(buf, "two windows apart in time · base kept");
	if (baseline->where)
		stk_buf_addf(buf, " in %s", baseline->where);
	if (baseline->measured_ns > 0) {
		struct stk_buf day = STK_BUF_EMPTY;

		stk_units_format_rfc3339(&day, baseline->measured_ns);
		stk_buf_addf(buf, ", measured %.10s", day.ptr);
		stk_buf_release(&day);
	}
}

void stk_parts_add_trust(struct stk_doc *doc, struct stk_doc_section *section)
{
	const struct stk_run *run = doc->run;
	const struct stk_generator_info *generator = &run->generator;
	struct stk_buf buf = STK_BUF_EMPTY;

	if (run->mode == STK_MODE_PAIRED)
		stk_buf_add_text(&buf, "paired in one run · both builds on this machine");
	else if (run->mode == STK_MODE_BASELINE && run->baseline.revision)
		add_kept(&buf, &run->baseline);
	else
		stk_buf_addf(&buf, "one build, mode %s", stk_mode_name(run->mode));
	if (isfinite(generator->busy))
		stk_buf_addf(&buf, " · generator %.0f %% busy", generator->busy * 100);
	if (isfinite(generator->late_p99_ms) && generator->rate_planned > 0)
		stk_buf_addf(&buf, ", starts late p99 %.1f ms", generator->late_p99_ms);
	if (isfinite(generator->lag_p99_ms) && generator->lag_p99_ms >= STK_GENERATOR_LAG_MS)
		stk_buf_addf(&buf, ", loop lag p99 %.1f ms", generator->lag_p99_ms);
	if (generator->dropped > 0)
		stk_buf_addf(&buf, ", %lld iterations dropped", (long long)generator->dropped);
	add_calibration(&buf, run);
	stk_doc_add_line(section, "Trust", stk_doc_take(doc, &buf));
	stk_buf_release(&buf);
}

void stk_parts_add_links(struct stk_doc *doc)
{
	struct stk_doc_section *section = stk_doc_add_section(doc, "links", "Look there", false);

	section->has_gap = false;
	for (size_t i = 0; i < doc->run->links.len; i++) {
		const struct stk_report_link *link = &doc->run->links.items[i];
		struct stk_doc_line *line;

		if (!stk_doc_is_url(link->url))
			continue;
		line = stk_doc_add_line(section, link->name, link->text);
		line->url = link->url;
	}
}
