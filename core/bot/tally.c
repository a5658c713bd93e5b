/* tally: counters and gauges for /metrics. */
#include "core/bot/tally.h"

#include <string.h>

#define DELIVERIES "stoker_bot_deliveries_total"
#define HANDLED    "stoker_bot_handled_total"
#define COMMANDS   "stoker_bot_commands_total"
#define RECORDS    "stoker_bot_records_total"

/* Rows of a metric stand together. */
static const struct {
	const char *metric, *help, *label, *value;
} rows[STK_TALLY_LEN] = {
	[STK_TALLY_QUEUED] = {DELIVERIES, "Webhooks that came, by what was done with them.",
		"result", "queued"},
	[STK_TALLY_SEEN] = {DELIVERIES, NULL, "result", "seen"},
	[STK_TALLY_REVIVED] = {DELIVERIES, NULL, "result", "revived"},
	[STK_TALLY_IGNORED] = {DELIVERIES, NULL, "result", "ignored"},
	[STK_TALLY_PING] = {DELIVERIES, NULL, "result", "ping"},
	[STK_TALLY_UNSIGNED] = {DELIVERIES, NULL, "result", "unsigned"},
	[STK_TALLY_MALFORMED] = {DELIVERIES, NULL, "result", "malformed"},
	[STK_TALLY_STALE] = {DELIVERIES, NULL, "result", "stale"},
	[STK_TALLY_FOREIGN] = {DELIVERIES, NULL, "result", "foreign"},
	[STK_TALLY_FULL] = {DELIVERIES, NULL, "result", "full"},
	[STK_TALLY_FAILED] = {DELIVERIES, NULL, "result", "failed"},
	[STK_TALLY_DONE] = {HANDLED, "Deliveries that were in hand, by how they ended.", "result",
		"done"},
	[STK_TALLY_RETRIED] = {HANDLED, NULL, "result", "retry"},
	[STK_TALLY_DEAD] = {HANDLED, NULL, "result", "dead"},
	[STK_TALLY_HELP] = {COMMANDS, "Commands in comments.", "command", "help"},
	[STK_TALLY_RUN] = {COMMANDS, NULL, "command", "run"},
	[STK_TALLY_ACCEPT] = {COMMANDS, NULL, "command", "accept"},
	[STK_TALLY_EXPLAIN] = {COMMANDS, NULL, "command", "explain"},
	[STK_TALLY_OTHER] = {COMMANDS, NULL, "command", "other"},
	[STK_TALLY_REFUSED] = {COMMANDS, NULL, "command", "refused"},
	[STK_TALLY_POSTED] = {RECORDS, "Run records of finished workflow runs.", "result",
		"posted"},
	[STK_TALLY_REJECTED] = {RECORDS, NULL, "result", "rejected"},
};

void stk_tally_add(struct stk_tally *tally, enum stk_tally_counter counter)
{
	atomic_fetch_add(&tally->counts[counter], 1);
}

static void add_gauge(struct stk_buf *buf, const char *name, const char *help, double value)
{
	stk_buf_addf(
		buf, "# HELP %s %s\n# TYPE %s gauge\n%s %.15g\n", name, help, name, name, value);
}

void stk_tally_format(
	struct stk_tally *tally, const struct stk_queue_counts *queue, struct stk_buf *buf)
{
	for (size_t i = 0; i < STK_TALLY_LEN; i++) {
		if (rows[i].help)
			stk_buf_addf(buf, "# HELP %s %s\n# TYPE %s counter\n", rows[i].metric,
				rows[i].help, rows[i].metric);
		stk_buf_addf(buf, "%s{%s=\"%s\"} %lld\n", rows[i].metric, rows[i].label,
			rows[i].value, (long long)atomic_load(&tally->counts[i]));
	}
	add_gauge(buf, "stoker_bot_queue_waiting", "Deliveries that wait.", (double)queue->waiting);
	add_gauge(buf, "stoker_bot_queue_running", "Deliveries in hand.", (double)queue->running);
	add_gauge(buf, "stoker_bot_queue_dead", "Deliveries that were given up.",
		(double)queue->dead);
	add_gauge(buf, "stoker_bot_queue_oldest_seconds", "How long the oldest one waits.",
		(double)queue->oldest_ns / 1e9);
}
