/* progress: moving lines on a terminal, one plain line per change of state in a pipe. */
#include "cmd/progress.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/mem.h"
#include "core/base/vec.h"
#include "core/report/text.h"

enum { LABEL_WIDTH = 9, BAR_WIDTH = 20, BAR_WIDTH_NARROW = 10, WIDTH_NARROW = 60 };
static const int64_t redraw_ns = 100 * STK_NS_PER_MS;

struct line {
	char *label, *state, *detail, *right;
	char *printed; /* state of the last plain line */
	double fraction;
};

struct stk_progress {
	struct stk_env *env;
	bool quiet;
	bool pending; /* something changed since the last drawing */
	size_t first; /* lines before it are settled */
	size_t drawn; /* moving lines on the screen now */
	int64_t next_ns;
	STK_VEC(struct line) lines;
};

struct stk_progress *stk_progress_new(struct stk_env *env, bool quiet)
{
	struct stk_progress *progress = stk_xcalloc(1, sizeof *progress);

	progress->env = env;
	progress->quiet = quiet;
	return progress;
}

static void replace(char **at, const char *text)
{
	char *copy = text ? stk_xstrdup(text) : NULL;

	free(*at);
	*at = copy;
}

/* ━━━━━╸──── : half steps, so that slow bars are seen to move. */
static void add_bar(struct stk_buf *buf, double fraction, size_t width)
{
	double clipped = fraction < 0 ? 0 : fraction > 1 ? 1 : fraction;
	size_t halves = (size_t)floor(clipped * (double)width * 2 + 1e-9);

	for (size_t i = 0; i < width; i++)
		stk_buf_add_text(buf, 2 * i + 2 <= halves ? "━" : 2 * i + 1 == halves ? "╸" : "─");
}

/* One line as it stands on the screen, cut to the terminal. */
static void add_line(
	const struct stk_progress *progress, const struct line *line, struct stk_buf *buf)
{
	struct stk_buf text = STK_BUF_EMPTY;
	size_t width = (size_t)(progress->env->width > 8 ? progress->env->width - 1 : 7);
	size_t label = stk_text_width(stk_str_of(line->label));

	stk_buf_addf(&text, "  %s", line->label);
	stk_buf_add_fill(&text, ' ', label < LABEL_WIDTH ? LABEL_WIDTH - label : 1);
	if (line->fraction >= 0) {
		add_bar(&text, line->fraction,
			progress->env->width < WIDTH_NARROW ? BAR_WIDTH_NARROW : BAR_WIDTH);
		stk_buf_add_text(&text, "  ");
	}
	if (line->state)
		stk_buf_addf(&text, "%s", line->state);
	if (line->detail)
		stk_buf_addf(&text, "%s%s", line->state ? "   " : "", line->detail);
	size_t right = line->right ? stk_text_width(stk_str_of(line->right)) : 0;
	size_t room = right > 0 && right + 2 < width ? width - right - 2 : width;
	struct stk_str shown = stk_str_trim(stk_buf_str(&text));
	stk_buf_add_text(buf, "  ");
	size_t before = buf->len;
	stk_text_add_cut(buf, shown, room - 2);
	if (right > 0 && right + 2 < width) {
		size_t used = 2 + stk_text_width(stk_str_n(buf->ptr + before, buf->len - before));
		stk_buf_add_fill(buf, ' ', width - right - used);
		stk_buf_add_text(buf, line->right);
	}
	stk_buf_release(&text);
}

/* Put the cursor on the first moving line and clear from there down. */
static void rewind_lines(struct stk_progress *progress, struct stk_buf *buf)
{
	if (progress->drawn > 0)
		stk_buf_addf(buf, "\r\033[%zuA\033[J", progress->drawn);
	progress->drawn = 0;
}

static void draw_lines(struct stk_progress *progress, struct stk_buf *buf)
{
	for (size_t i = progress->first; i < progress->lines.len; i++) {
		add_line(progress, &progress->lines.items[i], buf);
		stk_buf_add_byte(buf, '\n');
		progress->drawn++;
	}
	progress->pending = false;
}

static void put_out(struct stk_progress *progress, const struct stk_buf *buf)
{
	fwrite(buf->ptr, 1, buf->len, progress->env->err);
	fflush(progress->env->err);
}

static void redraw(struct stk_progress *progress)
{
	struct stk_buf buf = STK_BUF_EMPTY;

	rewind_lines(progress, &buf);
	draw_lines(progress, &buf);
	put_out(progress, &buf);
	stk_buf_release(&buf);
}

/* A pipe: only what changed its state, and no detail that moves without end. */
static void print_plain(struct stk_progress *progress, struct line *line)
{
	if (!line->state || (line->printed && strcmp(line->printed, line->state) == 0))
		return;
	replace(&line->printed, line->state);
	fprintf(progress->env->err, "%s: %s%s%s\n", line->label, line->state,
		line->detail && line->detail[0] ? "  " : "", line->detail ? line->detail : "");
	fflush(progress->env->err);
}

static struct line *find_line(struct stk_progress *progress, const char *label)
{
	for (size_t i = progress->first; i < progress->lines.len; i++)
		if (strcmp(progress->lines.items[i].label, label) == 0)
			return &progress->lines.items[i];
	struct line *line = stk_vec_push_new(&progress->lines);
	line->label = stk_xstrdup(label);
	return line;
}

void stk_progress_set(struct stk_progress *progress, const struct stk_progress_line *line)
{
	if (progress->quiet)
		return;
	size_t before = progress->lines.len;
	struct line *own = find_line(progress, line->label);
	bool changed = progress->lines.len != before || !own->state != !line->state ||
		       (own->state && strcmp(own->state, line->state) != 0);
	replace(&own->state, line->state);
	replace(&own->detail, line->detail);
	replace(&own->right, line->right);
	own->fraction = isnan(line->fraction) ? -1 : line->fraction;
	if (!progress->env->err_tty) {
		print_plain(progress, own);
		return;
	}
	progress->pending = true;
	int64_t now_ns = stk_clock_mono(progress->env->clock);
	if (!changed && now_ns < progress->next_ns)
		return;
	progress->next_ns = now_ns + redraw_ns;
	redraw(progress);
}

void stk_progress_settle(struct stk_progress *progress)
{
	if (progress->pending)
		redraw(progress);
	progress->first = progress->lines.len;
	progress->drawn = 0;
}

static void say(struct stk_progress *progress, const char *fmt, va_list args)
{
	struct stk_buf buf = STK_BUF_EMPTY;

	rewind_lines(progress, &buf);
	stk_buf_vaddf(&buf, fmt, args);
	stk_buf_add_byte(&buf, '\n');
	if (progress->env->err_tty && !progress->quiet)
		draw_lines(progress, &buf);
	put_out(progress, &buf);
	stk_buf_release(&buf);
}

void stk_progress_say(struct stk_progress *progress, const char *fmt, ...)
{
	va_list args;

	if (progress->quiet)
		return;
	va_start(args, fmt);
	say(progress, fmt, args);
	va_end(args);
}

void stk_progress_warn(struct stk_progress *progress, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	say(progress, fmt, args);
	va_end(args);
}

void stk_progress_free(struct stk_progress *progress)
{
	if (!progress)
		return;
	stk_progress_settle(progress);
	for (size_t i = 0; i < progress->lines.len; i++) {
		struct line *line = &progress->lines.items[i];
		free(line->label);
		free(line->state);
		free(line->detail);
		free(line->right);
		free(line->printed);
	}
	stk_vec_release(&progress->lines);
	free(progress);
}
