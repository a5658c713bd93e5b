/* order: what a comment asks of the bot: "/stoker run", "/stoker accept …". */
#ifndef STK_CORE_BOT_ORDER_H
#define STK_CORE_BOT_ORDER_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/arena.h"
#include "core/base/str.h"

enum stk_order_kind {
	STK_ORDER_NONE, /* a comment like any other */
	STK_ORDER_HELP,
	STK_ORDER_RUN,
	STK_ORDER_ACCEPT,
	STK_ORDER_EXPLAIN,
	STK_ORDER_UNKNOWN /* word is what was asked for */
};

/* Text lives in the arena and holds no control characters. */
struct stk_order {
	struct stk_arena arena;
	enum stk_order_kind kind;
	const char *word;     /* behind /stoker; "" for none */
	const char *wrong;    /* what is wrong with its arguments, for people; NULL: nothing */
	const char *sha;      /* run: the commit that is meant, lower case; NULL: the head */
	const char *reason;   /* accept */
	int64_t for_ns;       /* accept: how long; 30 days unless it was said */
	const char *function; /* accept: only this one, NULL: all; explain */
	bool has_more;        /* a later line is a command, too: it is not read */
};

/* Whether a comment begins with "/stoker" as a word of its own, behind blank lines at most. Phones
 * make "/Stoker" of it. */
bool stk_order_is_for_us(struct stk_str comment);

/* Read the first line of a comment. Never fails: bytes from anywhere are fine. Quotes may be " or
 * those that phones make of them, a function may stand in backticks. */
void stk_order_parse(struct stk_str comment, struct stk_order *out);
void stk_order_release(struct stk_order *order);

/* "help", "run", …; static text, "other" for NONE and UNKNOWN. */
const char *stk_order_name(enum stk_order_kind kind);

#endif
