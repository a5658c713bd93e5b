/* statsd: counters, gauges and timings as UDP datagrams, under the names k6 had for them. */
#include <errno.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/base/mem.h"
#include "core/export/number.h"
#include "core/export/outputs.h"
#include "core/export/settings.h"

/* What fits into an Ethernet frame. Values of one timing that an interval sends; from then on every
 * second one, and so on, said by @rate. */
enum { DATAGRAM = 1400, VALUES_MAX = 512 };

/* What came of one name (with its tags) since the last interval. */
struct line {
	char kind; /* 'c', 'g', 'm' */
	double sum, last;
	int64_t seen, stride;
	STK_VEC(double) values;
};

struct statsd {
	struct stk_settings settings;
	const char *namespace;
	bool with_tags;
	struct stk_str blocked; /* ",vu,iter,url," */
	int fd;
	struct stk_map lines; /* name, NUL, tags -> line */
	struct stk_buf key, datagram, text;
	int64_t interval_ns, next_ns;
	int64_t sent, failed;
	int64_t refused; /* samples beyond the limit of names */
	int failure;     /* errno of the last */
};

/* --- gathering ------------------------------------------------------------------------ */

/* What separates parts of a line becomes '_'. */
static void add_clean(struct stk_buf *buf, const char *text)
{
	for (; *text; text++)
		stk_buf_add_byte(
			buf, strchr(":|@#,", *text) || (unsigned char)*text <= ' ' ? '_' : *text);
}

static bool is_blocked(struct statsd *it, const char *key)
{
	struct stk_buf word = STK_BUF_EMPTY;
	bool blocked;

	stk_buf_addf(&word, ",%s,", key);
	blocked = stk_str_contains(it->blocked, stk_buf_str(&word));
	stk_buf_release(&word);
	return blocked;
}

static void add_name(struct statsd *it, const struct stk_output_sample *one, const char *check)
{
	stk_buf_add_text(&it->key, it->namespace);
	if (check) {
		stk_buf_add_text(&it->key, "check.");
		add_clean(&it->key, check);
		stk_buf_add_text(&it->key, one->value != 0 ? ".pass" : ".fail");
	} else {
		stk_buf_add_text(&it->key, one->metric->name);
	}
	stk_buf_add_byte(&it->key, '\0');
}

static void add_tags(struct statsd *it, const struct stk_tagset *tags)
{
	const char *between = "|#";

	for (size_t i = 0; it->with_tags && i < tags->len; i++) {
		if (!tags->items[i].value[0] || is_blocked(it, tags->items[i].key))
			continue;
		stk_buf_add_text(&it->key, between);
		add_clean(&it->key, tags->items[i].key);
		stk_buf_add_byte(&it->key, ':');
		add_clean(&it->key, tags->items[i].value);
		between = ",";
	}
}

static void add_value(struct line *line, double value)
{
	size_t kept = 0;

	if (line->seen++ % line->stride != 0)
		return;
	if (line->values.len == VALUES_MAX) { /* every second one stays */
		for (size_t i = 0; i < line->values.len; i += 2)
			line->values.items[kept++] = line->values.items[i];
		line->values.len = kept;
		line->stride *= 2;
	}
	stk_vec_push(&line->values, value);
}

static void sample(void *ctx, const struct stk_output_sample *one)
{
	static const char kinds[] = {'c', 'g', 'c', 'm'};
	struct statsd *it = ctx;
	const char *check =
		one->metric->type == STK_METRIC_RATE ? stk_tagset_value(one->tags, "check") : NULL;
	union stk_map_value *value;
	struct line *line;

	stk_buf_clear(&it->key);
	add_name(it, one, check);
	add_tags(it, one->tags);
	value = stk_map_find(&it->lines, stk_buf_str(&it->key));
	if (!value) {
		if (it->lines.len >= STK_TAGSETS_MAX) {
			it->refused++;
			return;
		}
		value = stk_map_put(&it->lines, stk_buf_str(&it->key), NULL);
		value->ptr = stk_xcalloc(1, sizeof *line);
		line = value->ptr;
		line->kind = kinds[one->metric->type];
		line->stride = 1;
	}
	line = value->ptr;
	line->last = one->value;
	if (line->kind == 'm') {
		add_value(line, one->value);
		return;
	}
	line->seen++;
	line->sum += check ? 1 : one->value;
}

/* --- sending -------------------------------------------------------------------------- */

static void send_datagram(struct statsd *it)
{
	if (it->datagram.len == 0)
		return;
	it->sent++;
	if (send(it->fd, it->datagram.ptr, it->datagram.len, MSG_DONTWAIT | MSG_NOSIGNAL) < 0) {
		it->failed++;
		it->failure = errno;
	}
	stk_buf_clear(&it->datagram);
}

static void put_line(struct statsd *it, const struct stk_map_slot *slot, double value)
{
	const struct line *line = slot->value.ptr;
	const char *tags = slot->key + strlen(slot->key) + 1;

	stk_buf_clear(&it->text);
	stk_buf_addf(&it->text, "%s:", slot->key);
	stk_number_add(&it->text, value);
	stk_buf_addf(&it->text, "|%s", line->kind == 'c' ? "c" : line->kind == 'g' ? "g" : "ms");
	if (line->kind == 'm' && line->stride > 1)
		stk_buf_addf(&it->text, "|@%.6g", 1.0 / (double)line->stride);
	stk_buf_addf(&it->text, "%s\n", tags);
	if (it->datagram.len > 0 && it->datagram.len + it->text.len > DATAGRAM)
		send_datagram(it);
	stk_buf_add_str(&it->datagram, stk_buf_str(&it->text));
}

static void flush(struct statsd *it)
{
	for (size_t i = 0; i < it->lines.len; i++) {
		struct line *line = it->lines.entries[i].value.ptr;

		if (line->seen == 0)
			continue;
		for (size_t j = 0; line->kind == 'm' && j < line->values.len; j++)
			put_line(it, &it->lines.entries[i], line->values.items[j]);
		if (line->kind != 'm')
			put_line(it, &it->lines.entries[i],
				line->kind == 'c' ? line->sum : line->last);
		line->sum = 0;
		line->seen = 0;
		line->stride = 1;
		stk_vec_clear(&line->values);
	}
	send_datagram(it);
}

static void tick(void *ctx, struct stk_totals *totals, int64_t now_ns)
{
	struct statsd *it = ctx;

	(void)totals;
	if (it->next_ns == 0)
		it->next_ns = now_ns + it->interval_ns;
	if (now_ns < it->next_ns)
		return;
	it->next_ns = now_ns + it->interval_ns;
	flush(it);
}

static void stop(void *ctx, struct stk_totals *totals, struct stk_buf *said)
{
	struct statsd *it = ctx;

	(void)totals;
	flush(it);
	if (it->failed > 0)
		stk_buf_addf(said, "output statsd: %lld of %lld datagrams failed: %s\n",
			(long long)it->failed, (long long)it->sent, strerror(it->failure));
	if (it->refused > 0)
		stk_buf_addf(said,
			"output statsd: more than %d names and tags: %lld samples are missing\n",
			STK_TAGSETS_MAX, (long long)it->refused);
}

static void free_it(void *ctx)
{
	struct statsd *it = ctx;

	for (size_t i = 0; i < it->lines.len; i++) {
		struct line *line = it->lines.entries[i].value.ptr;

		stk_vec_release(&line->values);
		free(line);
	}
	stk_map_release(&it->lines);
	stk_buf_release(&it->key);
	stk_buf_release(&it->datagram);
	stk_buf_release(&it->text);
	stk_arena_release(&it->settings.arena);
	if (it->fd >= 0)
		(void)close(it->fd);
	free(it);
}

/* --- setting up ----------------------------------------------------------------------- */

static int connect_to(struct statsd *it, const char *address, struct stk_err *err)
{
	const struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_DGRAM};
	struct stk_str text = stk_str_of(address);
	ptrdiff_t colon = stk_str_rfind_byte(text, ':');
	char *host = stk_str_dup(stk_str_sub(text, 0, colon < 0 ? text.len : (size_t)colon));
	const char *port = colon < 0 ? "8125" : address + colon + 1;
	struct addrinfo *found = NULL;
	int rc = getaddrinfo(*host ? host : "localhost", port, &hints, &found);

	for (struct addrinfo *at = found; rc == 0 && at && it->fd < 0; at = at->ai_next) {
		it->fd = socket(at->ai_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
		if (it->fd >= 0 && connect(it->fd, at->ai_addr, at->ai_addrlen) < 0) {
			(void)close(it->fd);
			it->fd = -1;
		}
	}
	if (found)
		freeaddrinfo(found);
	free(host);
	if (it->fd >= 0)
		return 0;
	return stk_err_set(err, STK_E_NET, "statsd at '%s': %s", address,
		rc != 0 ? gai_strerror(rc) : strerror(errno));
}

int stk_statsd_make(
	const struct stk_output_request *request, struct stk_output *out, struct stk_err *err)
{
	static const struct stk_output_ops ops = {sample, false, tick, stop, free_it};
	struct statsd *it = stk_xcalloc(1, sizeof *it);
	struct stk_settings *settings = &it->settings;
	const char *address;
	int rc;

	it->fd = -1;
	stk_buf_init(&it->key, 0);
	stk_buf_init(&it->datagram, 0);
	stk_buf_init(&it->text, 0);
	settings->env = request->env;
	settings->prefix = "K6_STATSD_";
	address = request->arg && *request->arg
			  ? request->arg
			  : stk_settings_text(settings, "ADDR", "localhost:8125");
	it->namespace = stk_settings_text(settings, "NAMESPACE", "k6.");
	it->with_tags = stk_settings_flag(settings, "ENABLE_TAGS", false);
	it->blocked = stk_str_of(stk_arena_printf(&settings->arena, ",%s,",
		stk_settings_text(settings, "TAG_BLOCKLIST", "vu,iter,url")));
	it->interval_ns = stk_settings_duration(settings, "PUSH_INTERVAL", STK_NS_PER_S);
	rc = settings->err.code;
	if (rc < 0)
		*err = settings->err;
	else
		rc = connect_to(it, address, err);
	if (rc < 0) {
		free_it(it);
		return rc;
	}
	*out = (struct stk_output){&ops, it};
	return 0;
}
