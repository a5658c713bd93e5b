/* tap: lanes that fill chunks, a bounded queue of full ones, a list of empty ones. */
#include "core/load/tap.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/base/mem.h"

/* In front of each record; tags follow, filled up to whole words, then the values. */
struct head {
	int64_t wall_ns;
	uint32_t tags_len, values_len;
};

/* What follows a record's tags at least: filling, one value. */
#define BEHIND_TAGS (sizeof(int64_t) + sizeof(struct stk_tap_value))

struct stk_tap {
	size_t chunks_max;
	atomic_llong lost;
	pthread_mutex_t mutex; /* of all below */
	pthread_cond_t came;
	struct stk_tap_chunk *first, *last, *empty;
	size_t waiting;
};

struct stk_tap_lane {
	struct stk_tap *tap;
	const struct stk_plan *plan;
	const struct stk_clock *clock;
	struct stk_tap_chunk *chunk;
	struct head *record; /* the last one of the chunk; NULL: none yet */
};

struct stk_tap *stk_tap_new(size_t chunks_max)
{
	struct stk_tap *tap = stk_xcalloc(1, sizeof *tap);
	pthread_condattr_t attr;

	tap->chunks_max = chunks_max;
	(void)pthread_mutex_init(&tap->mutex, NULL);
	(void)pthread_condattr_init(&attr);
	(void)pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	(void)pthread_cond_init(&tap->came, &attr);
	(void)pthread_condattr_destroy(&attr);
	return tap;
}

static void free_list(struct stk_tap_chunk *chunk)
{
	while (chunk) {
		struct stk_tap_chunk *next = chunk->next;

		free(chunk);
		chunk = next;
	}
}

void stk_tap_free(struct stk_tap *tap)
{
	if (!tap)
		return;
	free_list(tap->first);
	free_list(tap->empty);
	(void)pthread_cond_destroy(&tap->came);
	(void)pthread_mutex_destroy(&tap->mutex);
	free(tap);
}

/* --- writing ------------------------------------------------------------------------ */

static void start_chunk(struct stk_tap_lane *lane)
{
	lane->chunk->plan = lane->plan;
	lane->chunk->next = NULL;
	lane->chunk->len = 0;
	lane->chunk->samples = 0;
	lane->record = NULL;
}

/* Exchange the lane's chunk for an empty one; false: the queue is full. */
static bool hand_over(struct stk_tap_lane *lane)
{
	struct stk_tap *tap = lane->tap;
	struct stk_tap_chunk *empty = NULL;

	(void)pthread_mutex_lock(&tap->mutex);
	if (tap->waiting >= tap->chunks_max) {
		(void)pthread_mutex_unlock(&tap->mutex);
		return false;
	}
	if (tap->last)
		tap->last->next = lane->chunk;
	else
		tap->first = lane->chunk;
	tap->last = lane->chunk;
	tap->waiting++;
	if (tap->empty) {
		empty = tap->empty;
		tap->empty = empty->next;
	}
	(void)pthread_cond_signal(&tap->came);
	(void)pthread_mutex_unlock(&tap->mutex);
	lane->chunk = empty ? empty : stk_xmalloc(sizeof *lane->chunk);
	start_chunk(lane);
	return true;
}

static void lose(struct stk_tap *tap, int64_t samples)
{
	atomic_fetch_add_explicit(&tap->lost, samples, memory_order_relaxed);
}

struct stk_tap_lane *stk_tap_lane_new(
	struct stk_tap *tap, const struct stk_plan *plan, const struct stk_clock *clock)
{
	struct stk_tap_lane *lane = stk_xcalloc(1, sizeof *lane);

	lane->tap = tap;
	lane->plan = plan;
	lane->clock = clock;
	lane->chunk = stk_xmalloc(sizeof *lane->chunk);
	start_chunk(lane);
	return lane;
}

void stk_tap_lane_flush(struct stk_tap_lane *lane)
{
	if (lane->chunk->samples > 0)
		(void)hand_over(lane);
}

void stk_tap_lane_free(struct stk_tap_lane *lane)
{
	if (!lane)
		return;
	if (lane->chunk->samples > 0 && !hand_over(lane))
		lose(lane->tap, lane->chunk->samples);
	free(lane->chunk);
	free(lane);
}

static size_t room_of(const struct stk_tap_lane *lane)
{
	return sizeof lane->chunk->bytes - lane->chunk->len;
}

static size_t whole_words(size_t len)
{
	return (len + sizeof(int64_t) - 1) / sizeof(int64_t) * sizeof(int64_t);
}

static char *end_of(const struct stk_tap_lane *lane)
{
	return (char *)lane->chunk->bytes + lane->chunk->len;
}

/* Room for a record's head; what the chunk holds goes to the reader, or is lost. */
static void make_room(struct stk_tap_lane *lane)
{
	if (!hand_over(lane)) {
		lose(lane->tap, lane->chunk->samples);
		start_chunk(lane);
	}
}

/* Append a text with its NUL; false if it does not fit. */
static bool put_text(char **at, const char *end, const char *text)
{
	size_t len = strlen(text) + 1;

	if (len > (size_t)(end - *at))
		return false;
	memcpy(*at, text, len);
	*at += len;
	return true;
}

/* A head with its tags at the end of the chunk, not yet part of it; false if it does not fit with
 * a value behind it. Of one list the last entry wins, hence backwards. */
static bool write_head(struct stk_tap_lane *lane, const struct stk_tag_lists *tags)
{
	char *start = end_of(lane), *at = start + sizeof(struct head);
	const char *end = (const char *)lane->chunk->bytes + sizeof lane->chunk->bytes;
	struct head *head = (struct head *)(void *)start;

	if (room_of(lane) < sizeof *head + BEHIND_TAGS)
		return false;
	end -= BEHIND_TAGS;
	for (size_t i = 0; tags && i < tags->len; i++)
		for (size_t j = tags->lists[i].len; j > 0; j--)
			if (!put_text(&at, end, tags->lists[i].items[j - 1].key) ||
				!put_text(&at, end, tags->lists[i].items[j - 1].value))
				return false;
	head->wall_ns = stk_clock_wall(lane->clock);
	head->tags_len = (uint32_t)(at - start - (ptrdiff_t)sizeof *head);
	head->values_len = 0;
	lane->record = head;
	lane->chunk->len += sizeof *head + whole_words(head->tags_len);
	return true;
}

void stk_tap_lane_add(
	struct stk_tap_lane *lane, int metric, double value, const struct stk_tag_lists *tags)
{
	bool joins = tags && tags->repeated && lane->record &&
		     room_of(lane) >= sizeof(struct stk_tap_value);
	struct stk_tap_value *into;

	if (!joins && !write_head(lane, tags)) {
		make_room(lane);
		if (!write_head(lane, tags)) {
			lose(lane->tap, 1);
			return;
		}
	}
	into = (struct stk_tap_value *)(void *)end_of(lane);
	*into = (struct stk_tap_value){metric, value};
	lane->chunk->len += sizeof *into;
	lane->chunk->samples++;
	lane->record->values_len++;
}

/* --- reading ------------------------------------------------------------------------ */

static void wait_for_one(struct stk_tap *tap, int64_t wait_ns)
{
	struct timespec until;

	(void)clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += wait_ns / STK_NS_PER_S;
	until.tv_nsec += wait_ns % STK_NS_PER_S;
	if (until.tv_nsec >= STK_NS_PER_S) {
		until.tv_nsec -= STK_NS_PER_S;
		until.tv_sec++;
	}
	while (!tap->first)
		if (pthread_cond_timedwait(&tap->came, &tap->mutex, &until) != 0)
			return;
}

struct stk_tap_chunk *stk_tap_take(struct stk_tap *tap, int64_t wait_ns)
{
	struct stk_tap_chunk *chunk;

	(void)pthread_mutex_lock(&tap->mutex);
	if (!tap->first && wait_ns > 0)
		wait_for_one(tap, wait_ns);
	chunk = tap->first;
	if (chunk) {
		tap->first = chunk->next;
		if (!tap->first)
			tap->last = NULL;
		tap->waiting--;
	}
	(void)pthread_mutex_unlock(&tap->mutex);
	return chunk;
}

void stk_tap_give(struct stk_tap *tap, struct stk_tap_chunk *chunk)
{
	(void)pthread_mutex_lock(&tap->mutex);
	chunk->next = tap->empty;
	tap->empty = chunk;
	(void)pthread_mutex_unlock(&tap->mutex);
}

bool stk_tap_chunk_next(const struct stk_tap_chunk *chunk, size_t *at, struct stk_tap_record *out)
{
	const char *bytes = (const char *)chunk->bytes;
	const struct head *head = (const struct head *)(const void *)(bytes + *at);

	if (*at >= chunk->len)
		return false;
	*at += sizeof *head;
	out->wall_ns = head->wall_ns;
	out->tags = stk_str_n(bytes + *at, head->tags_len);
	*at += whole_words(head->tags_len);
	out->values = (const struct stk_tap_value *)(const void *)(bytes + *at);
	out->values_len = head->values_len;
	*at += head->values_len * sizeof *out->values;
	return true;
}

int64_t stk_tap_lost(const struct stk_tap *tap)
{
	return atomic_load_explicit(&tap->lost, memory_order_relaxed);
}
