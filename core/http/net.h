/* net: where requests may go and how they get there: names mapped to addresses, hosts and ranges
 * that are refused, name lookup, TLS. k6's options of these names (k6 10). */
#ifndef STK_CORE_HTTP_NET_H
#define STK_CORE_HTTP_NET_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "core/base/arena.h"
#include "core/base/err.h"
#include "core/base/str.h"
#include "core/base/vec.h"

/* A name, or "*.name" for all below it, that is somewhere else than DNS says. */
struct stk_net_host {
	const char *name; /* without "*." */
	bool is_wild;
	uint16_t port;       /* only for this one; 0: for each */
	const char *address; /* in digits */
	uint16_t to_port;    /* 0: the one that was asked for */
};

struct stk_net_pattern {
	const char *name;
	bool is_wild;
};

/* Addresses whose first bits are those of prefix; IPv4 as ::ffff:a.b.c.d. */
struct stk_net_range {
	unsigned char prefix[16];
	unsigned bits;
};

/* A client certificate, PEM text. */
struct stk_net_certificate {
	struct stk_str cert, key;
	const char *password;                 /* of key; NULL: none */
	STK_VEC(struct stk_net_pattern) only; /* none: for each host */
};

enum stk_net_family { STK_NET_PREFER_V4, STK_NET_PREFER_V6, STK_NET_ONLY_V4, STK_NET_ONLY_V6 };
/* Which of a name's addresses comes first: the one that answered last, each in turn, any. */
enum stk_net_select { STK_NET_SELECT_FIRST, STK_NET_SELECT_ROUND_ROBIN, STK_NET_SELECT_RANDOM };
enum stk_net_tls {
	STK_NET_TLS_ANY,
	STK_NET_TLS_1_0,
	STK_NET_TLS_1_1,
	STK_NET_TLS_1_2,
	STK_NET_TLS_1_3
};

/* Text is the arena's or static. */
struct stk_net {
	struct stk_arena arena;
	STK_VEC(struct stk_net_host) hosts;
	STK_VEC(struct stk_net_pattern) blocked_hosts;
	STK_VEC(struct stk_net_range) blocked_ranges;
	int64_t dns_ttl_ns; /* INT64_MAX: for ever */
	enum stk_net_family family;
	enum stk_net_select select;
	bool insecure_tls; /* do not check certificates */
	struct stk_str
		ca; /* trust anchors besides none of the system's, PEM; empty: the system's */
	enum stk_net_tls tls_min, tls_max;
	STK_VEC(struct stk_net_certificate) certificates;
};

void stk_net_init(struct stk_net *net); /* the defaults: all of it open, names kept 5 minutes */
void stk_net_release(struct stk_net *net);

/* name[:port] or *.name[:port] is at address[:port]. STK_E_INVAL says what is wrong with either. */
int stk_net_add_host(struct stk_net *net, const char *name, const char *target,
	struct stk_err *err) STK_MUST_CHECK;
/* Refuse a host, or all below "*.name". */
int stk_net_block_host(
	struct stk_net *net, const char *pattern, struct stk_err *err) STK_MUST_CHECK;
/* Refuse addresses, as stk_net_range_parse reads them. */
int stk_net_block_range(struct stk_net *net, const char *cidr, struct stk_err *err) STK_MUST_CHECK;
/* A certificate for the hosts of domains, for all if there are none; everything is copied. */
int stk_net_add_certificate(struct stk_net *net, const struct stk_net_certificate *certificate,
	const char *const *domains, size_t domains_len, struct stk_err *err) STK_MUST_CHECK;

/* 10.0.0.0/8, fc00::/7, 127.0.0.1; and whether an address in digits is in it. */
int stk_net_range_parse(
	const char *cidr, struct stk_net_range *out, struct stk_err *err) STK_MUST_CHECK;
bool stk_net_range_has(const struct stk_net_range *range, struct stk_str address);
/* Whether a host is name, or below it if is_wild. */
bool stk_net_name_is(const char *name, bool is_wild, struct stk_str host);

/* The mapping for a host: one with this port before one for each, an exact name before "*.", a
 * longer one before a shorter; NULL: none. */
const struct stk_net_host *stk_net_find_host(
	const struct stk_net *net, struct stk_str host, uint16_t port);
bool stk_net_blocks_host(const struct stk_net *net, struct stk_str host);
bool stk_net_blocks_address(const struct stk_net *net, const struct sockaddr *address);
/* The first certificate for a host, NULL: none. */
const struct stk_net_certificate *stk_net_find_certificate(
	const struct stk_net *net, struct stk_str host);

#endif
