/* resolver: names to addresses on a thread of its own, so that no worker waits for DNS. */
#ifndef STK_CORE_LOAD_RESOLVER_H
#define STK_CORE_LOAD_RESOLVER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "core/base/str.h"
#include "core/http/net.h"

/* More addresses of one name are not tried. */
#define STK_ADDRESSES_MAX 8

struct stk_address {
	struct sockaddr_storage at; /* port included */
	socklen_t len;
	char text[48]; /* "127.0.0.1", "::1" */
};

/* IPv4 first; len 0: no such host. */
struct stk_addresses {
	struct stk_address items[STK_ADDRESSES_MAX];
	size_t len;
};

/* An address written in digits, and localhost: at once, without asking anybody. */
bool stk_addresses_literal(struct stk_str host, uint16_t port, struct stk_addresses *out);

/* Take out what the policy leaves out, and put first what it prefers. */
void stk_addresses_arrange(struct stk_addresses *addresses, enum stk_net_family family);

struct stk_resolver; /* belongs to one thread; its helper thread is its own business */

/* notify_fd, an eventfd, is written to whenever an answer is there; it must outlive the resolver.
 * The thread starts with the first question. */
struct stk_resolver *stk_resolver_new(int notify_fd);
/* A lookup that hangs does not keep this waiting. NULL is fine. */
void stk_resolver_free(struct stk_resolver *resolver);
/* Ask; tag comes back with the answer. */
void stk_resolver_ask(struct stk_resolver *resolver, struct stk_str host, uint16_t port, void *tag);
/* The next answer, in order; false: none yet. */
bool stk_resolver_next(
	struct stk_resolver *resolver, void **tag_out, struct stk_addresses *addresses_out);

#endif
