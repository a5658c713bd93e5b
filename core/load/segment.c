/* segment: borders read as fractions, and the pattern by which indices are dealt out. */
#include "core/load/segment.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/mem.h"
#include "core/base/str.h"
#include "core/base/vec.h"

struct fraction {
	int64_t num, den; /* reduced; 0 to 1 */
};
STK_VEC_TYPE(fractions, struct fraction);

static int64_t gcd(int64_t a, int64_t b)
{
	while (b != 0) {
		int64_t rest = a % b;

		a = b;
		b = rest;
	}
	return a;
}

/* --- what is own ------------------------------------------------------------------ */

/* How many offsets of one period are below border. */
static int64_t below(const struct stk_stripe *stripe, int64_t border)
{
	int64_t low = 0, high = stripe->own;

	while (low < high) {
		int64_t middle = low + (high - low) / 2;

		if (stripe->offsets[middle] < border)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

int64_t stk_stripe_count(const struct stk_stripe *stripe, int64_t total)
{
	if (stripe->period == 0)
		return total;
	return total / stripe->period * stripe->own + below(stripe, total % stripe->period);
}

int64_t stk_stripe_global(const struct stk_stripe *stripe, int64_t local)
{
	if (stripe->period == 0)
		return local;
	if (stripe->own == 0 || local / stripe->own > INT64_MAX / stripe->period - 1)
		return INT64_MAX;
	return local / stripe->own * stripe->period + stripe->offsets[local % stripe->own];
}

int64_t stk_stripe_local(const struct stk_stripe *stripe, int64_t global)
{
	int64_t at;

	if (stripe->period == 0)
		return global;
	at = below(stripe, global % stripe->period);
	if (at == stripe->own || stripe->offsets[at] != global % stripe->period)
		return -1;
	return global / stripe->period * stripe->own + at;
}

/* --- dealing ---------------------------------------------------------------------- */

struct deal {
	const int64_t *shares;
	size_t len;
	int64_t period;
	size_t *order;   /* by falling share */
	int64_t *counts; /* dealt so far */
};

static void begin_deal(struct deal *deal, const struct stk_segment *segment)
{
	*deal = (struct deal){segment->shares, segment->len, segment->period, NULL, NULL};
	deal->order = stk_xcalloc(deal->len, sizeof *deal->order);
	deal->counts = stk_xcalloc(deal->len, sizeof *deal->counts);
	for (size_t i = 0; i < deal->len; i++) { /* stable insertion */
		size_t j = i;

		for (; j > 0 && deal->shares[deal->order[j - 1]] < deal->shares[i]; j--)
			deal->order[j] = deal->order[j - 1];
		deal->order[j] = i;
	}
}

static void end_deal(struct deal *deal)
{
	free(deal->order);
	free(deal->counts);
}

/* Who takes index j: the first, by falling share, who is not ahead of its share. */
static size_t deal_one(struct deal *deal, int64_t j)
{
	for (size_t i = 0; i < deal->len; i++) {
		size_t at = deal->order[i];

		if (deal->counts[at] < deal->shares[at] &&
			deal->counts[at] * deal->period <= j * deal->shares[at]) {
			deal->counts[at]++;
			return at;
		}
	}
	STK_BUG("index %lld of a striped plan belongs to nobody", (long long)j);
}

void stk_segment_stripe(
	const struct stk_segment *segment, struct stk_arena *arena, struct stk_stripe *out)
{
	struct deal deal;
	int64_t *offsets, len = 0;

	memset(out, 0, sizeof *out);
	if (segment->len == 0)
		return;
	offsets = stk_arena_zalloc(
		arena, (size_t)segment->shares[segment->index] + 1, sizeof *offsets);
	begin_deal(&deal, segment);
	for (int64_t j = 0; j < segment->period; j++)
		if (deal_one(&deal, j) == segment->index)
			offsets[len++] = j;
	end_deal(&deal);
	*out = (struct stk_stripe){offsets, len, segment->period};
}

/* What every segment has of total. */
static void count_all(const struct stk_segment *segment, int64_t total, int64_t *counts_out)
{
	struct deal deal;

	begin_deal(&deal, segment);
	for (int64_t j = 0; j < total % segment->period; j++)
		(void)deal_one(&deal, j);
	for (size_t i = 0; i < segment->len; i++)
		counts_out[i] = total / segment->period * segment->shares[i] + deal.counts[i];
	end_deal(&deal);
}

int stk_segment_derive(const struct stk_segment *segment, int64_t total, struct stk_arena *arena,
	struct stk_stripe *out, struct stk_err *err)
{
	struct stk_segment derived = *segment;
	int64_t *shares, common = total;

	memset(out, 0, sizeof *out);
	if (segment->len == 0 || total == 0)
		return 0;
	shares = stk_arena_zalloc(arena, segment->len, sizeof *shares);
	count_all(segment, total, shares);
	for (size_t i = 0; i < segment->len; i++)
		common = gcd(common, shares[i]);
	for (size_t i = 0; i < segment->len; i++)
		shares[i] /= common;
	derived.shares = shares;
	derived.period = total / common;
	if (derived.period > STK_SEGMENT_PERIOD_MAX)
		return stk_err_set(err, STK_E_INVAL,
			"%lld VUs cannot be dealt to these segments: no common divisor",
			(long long)total);
	stk_segment_stripe(&derived, arena, out);
	return 0;
}

/* --- reading ---------------------------------------------------------------------- */

static int bad_border(struct stk_str text, struct stk_err *err)
{
	(void)stk_err_set(err, STK_E_INVAL, "'%.*s' is no border", STK_STR_ARG(text));
	stk_err_hint(err, "write 0 to 1 as 1/3, 0.25 or 25%%");
	return STK_E_INVAL;
}

/* Digits with at most one point: num / 10^k. */
static bool read_decimal(struct stk_str text, int64_t *num_out, int64_t *den_out)
{
	bool point = false, digits = false;

	*num_out = 0;
	*den_out = 1;
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] == '.' && !point) {
			point = true;
			continue;
		}
		if (text.ptr[i] < '0' || text.ptr[i] > '9' || *num_out > 100000000 ||
			*den_out > 100000)
			return false;
		*num_out = *num_out * 10 + (text.ptr[i] - '0');
		*den_out *= point ? 10 : 1;
		digits = true;
	}
	return digits;
}

static int read_border(struct stk_str text, struct fraction *out, struct stk_err *err)
{
	struct stk_str word = stk_str_trim(text);
	ptrdiff_t slash = stk_str_find_byte(word, '/');
	int64_t num, den, num2 = 1, den2 = 1, common;
	bool ok;

	if (slash >= 0) {
		ok = read_decimal(stk_str_sub(word, 0, (size_t)slash), &num, &den) &&
		     read_decimal(stk_str_skip(word, (size_t)slash + 1), &num2, &den2) &&
		     den == 1 && den2 == 1 && num2 > 0;
		den = num2;
	} else if (stk_str_ends(word, "%")) {
		ok = read_decimal(stk_str_sub(word, 0, word.len - 1), &num, &den);
		den *= 100;
	} else {
		ok = read_decimal(word, &num, &den);
	}
	if (!ok || num > den)
		return bad_border(text, err);
	common = gcd(num, den);
	*out = (struct fraction){num / common, den / common};
	return 0;
}

static bool is_less(struct fraction a, struct fraction b)
{
	return a.num * b.den < b.num * a.den;
}

static bool is_same(struct fraction a, struct fraction b)
{
	return a.num == b.num && a.den == b.den;
}

static int read_sequence(const char *text, struct fractions *out, struct stk_err *err)
{
	struct stk_str rest = stk_str_of(text), word;

	while (stk_str_cut(&rest, ',', &word)) {
		struct fraction border;
		int rc = read_border(word, &border, err);

		if (rc < 0)
			return rc;
		if (out->len > STK_SEGMENTS_MAX)
			return stk_err_set(
				err, STK_E_INVAL, "more than %d segments", STK_SEGMENTS_MAX);
		if (out->len > 0 && !is_less(out->items[out->len - 1], border))
			return stk_err_set(
				err, STK_E_INVAL, "the borders '%s' do not rise from 0 to 1", text);
		stk_vec_push(out, border);
	}
	if (out->len < 2 || out->items[0].num != 0 || out->items[out->len - 1].num != 1 ||
		out->items[out->len - 1].den != 1)
		return stk_err_set(
			err, STK_E_INVAL, "the borders '%s' do not rise from 0 to 1", text);
	return 0;
}

static int read_segment(
	const char *text, struct fraction *from, struct fraction *to, struct stk_err *err)
{
	struct stk_str all = stk_str_of(text);
	ptrdiff_t colon = stk_str_find_byte(all, ':');
	int rc = 0;

	*from = (struct fraction){0, 1};
	if (colon >= 0)
		rc = read_border(stk_str_sub(all, 0, (size_t)colon), from, err);
	if (rc == 0)
		rc = read_border(stk_str_skip(all, (size_t)(colon + 1)), to, err);
	if (rc == 0 && !is_less(*from, *to))
		rc = stk_err_set(err, STK_E_INVAL, "the segment '%s' is empty", text);
	return rc;
}

/* The borders that one segment alone implies: the rest before and behind it. */
static void fill_gaps(struct fraction from, struct fraction to, struct fractions *out)
{
	const struct fraction zero = {0, 1}, one = {1, 1};

	if (!is_same(from, zero))
		stk_vec_push(out, zero);
	stk_vec_push(out, from);
	stk_vec_push(out, to);
	if (!is_same(to, one))
		stk_vec_push(out, one);
}

/* Whole shares of the least common denominator. */
static int set_shares(const struct fractions *borders, struct stk_arena *arena,
	struct stk_segment *out, struct stk_err *err)
{
	int64_t *shares = stk_arena_zalloc(arena, borders->len, sizeof *shares);
	int64_t period = 1;

	for (size_t i = 0; i < borders->len; i++) {
		period = period / gcd(period, borders->items[i].den) * borders->items[i].den;
		if (period > STK_SEGMENT_PERIOD_MAX)
			return stk_err_set(err, STK_E_INVAL,
				"the borders have no common denominator below %d",
				STK_SEGMENT_PERIOD_MAX);
	}
	for (size_t i = 0; i + 1 < borders->len; i++) {
		const struct fraction *a = &borders->items[i], *b = a + 1;

		shares[i] = period / b->den * b->num - period / a->den * a->num;
	}
	out->shares = shares;
	out->len = borders->len - 1;
	out->period = period;
	return 0;
}

static void add_border(struct stk_buf *buf, struct fraction border)
{
	stk_buf_addf(buf, border.den == 1 ? "%lld" : "%lld/%lld", (long long)border.num,
		(long long)border.den);
}

static void set_texts(
	const struct fractions *borders, struct stk_arena *arena, struct stk_segment *out)
{
	struct stk_buf text = STK_BUF_EMPTY;

	for (size_t i = 0; i < borders->len; i++) {
		if (i > 0)
			stk_buf_add_byte(&text, ',');
		add_border(&text, borders->items[i]);
	}
	out->sequence = stk_arena_str(arena, stk_buf_str(&text));
	stk_buf_clear(&text);
	add_border(&text, borders->items[out->index]);
	stk_buf_add_byte(&text, ':');
	add_border(&text, borders->items[out->index + 1]);
	out->text = stk_arena_str(arena, stk_buf_str(&text));
	stk_buf_release(&text);
}

int stk_segment_parse(const char *segment, const char *sequence, struct stk_arena *arena,
	struct stk_segment *out, struct stk_err *err)
{
	struct fractions borders = STK_VEC_INIT;
	struct fraction from, to;
	int rc = read_segment(segment, &from, &to, err);

	memset(out, 0, sizeof *out);
	if (rc == 0 && sequence)
		rc = read_sequence(sequence, &borders, err);
	else if (rc == 0)
		fill_gaps(from, to, &borders);
	if (rc < 0)
		goto out;
	while (out->index + 1 < borders.len && !(is_same(borders.items[out->index], from) &&
						       is_same(borders.items[out->index + 1], to)))
		out->index++;
	if (out->index + 1 >= borders.len) {
		rc = stk_err_set(err, STK_E_INVAL, "the sequence '%s' has no segment '%s'",
			sequence ? sequence : "", segment);
		goto out;
	}
	rc = set_shares(&borders, arena, out, err);
	if (rc == 0)
		set_texts(&borders, arena, out);
out:
	stk_vec_release(&borders);
	if (rc < 0)
		memset(out, 0, sizeof *out);
	return rc;
}
