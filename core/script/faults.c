/* faults: a count per place that an error names. */
#include "core/script/faults.h"

#include <ctype.h>
#include <pthread.h>
#include <stdlib.h>

#include "core/base/map.h"
#include "core/base/mem.h"

struct stk_faults {
	pthread_mutex_t lock;
	struct stk_map places;
};

struct stk_faults *stk_faults_new(void)
{
	struct stk_faults *faults = stk_xcalloc(1, sizeof *faults);

	pthread_mutex_init(&faults->lock, NULL);
	return faults;
}

void stk_faults_free(struct stk_faults *faults)
{
	if (!faults)
		return;
	stk_map_release(&faults->places);
	pthread_mutex_destroy(&faults->lock);
	free(faults);
}

/* "shop.lua:12" of "shop.lua:12: text"; the first line of anything else. */
static struct stk_str place_of(const char *text)
{
	struct stk_str line = stk_str_of(text);
	ptrdiff_t end = stk_str_find_byte(line, '\n');

	if (end >= 0)
		line.len = (size_t)end;
	for (size_t i = 0; i + 1 < line.len; i++) {
		size_t digits = i + 1;
		if (line.ptr[i] != ':')
			continue;
		while (digits < line.len && isdigit((unsigned char)line.ptr[digits]))
			digits++;
		if (digits > i + 1 && digits < line.len && line.ptr[digits] == ':')
			return stk_str_sub(line, 0, digits);
	}
	return line;
}

bool stk_faults_add(struct stk_faults *faults, const char *text)
{
	struct stk_str place = place_of(text);
	bool added = false;

	pthread_mutex_lock(&faults->lock);
	union stk_map_value *count = stk_map_find(&faults->places, place);
	if (!count && faults->places.len < STK_FAULTS_PLACES_MAX)
		count = stk_map_put(&faults->places, place, &added);
	if (count)
		count->num++;
	pthread_mutex_unlock(&faults->lock);
	return added;
}

int64_t stk_faults_count(struct stk_faults *faults, const char *text)
{
	pthread_mutex_lock(&faults->lock);
	const union stk_map_value *count = stk_map_find(&faults->places, place_of(text));
	int64_t seen = count ? (int64_t)count->num : 0;
	pthread_mutex_unlock(&faults->lock);
	return seen;
}
