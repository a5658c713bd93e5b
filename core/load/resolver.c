/* resolver: getaddrinfo on a thread, questions in, answers out. */
#include "core/load/resolver.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/base/mem.h"
#include "core/base/vec.h"

struct question {
	char *host;
	uint16_t port;
	void *tag;
};

struct answer {
	void *tag;
	struct stk_addresses addresses;
};

/* Shared by the owner and the thread; the last one frees it. */
struct stk_resolver {
	pthread_mutex_t mutex;
	pthread_cond_t changed;
	STK_VEC(struct question) questions;
	STK_VEC(struct answer) answers;
	int notify_fd;
	bool has_thread, is_closed;
};

/* --- addresses -------------------------------------------------------------------- */

static void add_address(struct stk_addresses *out, const void *at, socklen_t len, int family)
{
	struct stk_address *address;
	const void *bytes = family == AF_INET6
				    ? (const void *)&((const struct sockaddr_in6 *)at)->sin6_addr
				    : (const void *)&((const struct sockaddr_in *)at)->sin_addr;

	if (out->len == STK_ADDRESSES_MAX)
		return;
	address = &out->items[out->len];
	memset(address, 0, sizeof *address);
	if (!inet_ntop(family, bytes, address->text, sizeof address->text))
		return;
	memcpy(&address->at, at, len);
	address->len = len;
	out->len++;
}

static bool add_v4(struct stk_addresses *out, const char *host, uint16_t port)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(port)};

	if (inet_pton(AF_INET, host, &at.sin_addr) != 1)
		return false;
	add_address(out, &at, sizeof at, AF_INET);
	return true;
}

static bool add_v6(struct stk_addresses *out, const char *host, uint16_t port)
{
	struct sockaddr_in6 at = {.sin6_family = AF_INET6, .sin6_port = htons(port)};

	if (inet_pton(AF_INET6, host, &at.sin6_addr) != 1)
		return false;
	add_address(out, &at, sizeof at, AF_INET6);
	return true;
}

bool stk_addresses_literal(struct stk_str host, uint16_t port, struct stk_addresses *out)
{
	char text[64];

	out->len = 0;
	if (stk_str_eq_nocase(host, STK_STR("localhost")))
		return add_v4(out, "127.0.0.1", port) && add_v6(out, "::1", port);
	if (host.len == 0 || host.len >= sizeof text)
		return false;
	(void)snprintf(text, sizeof text, "%.*s", STK_STR_ARG(host));
	return add_v4(out, text, port) || add_v6(out, text, port);
}

void stk_addresses_arrange(struct stk_addresses *addresses, enum stk_net_family family)
{
	struct stk_addresses all = *addresses;
	int first = family == STK_NET_PREFER_V6 || family == STK_NET_ONLY_V6 ? AF_INET6 : AF_INET;
	bool others = family == STK_NET_PREFER_V4 || family == STK_NET_PREFER_V6;

	addresses->len = 0;
	for (size_t i = 0; i < all.len; i++)
		if (all.items[i].at.ss_family == first)
			addresses->items[addresses->len++] = all.items[i];
	for (size_t i = 0; i < all.len && others; i++)
		if (all.items[i].at.ss_family != first)
			addresses->items[addresses->len++] = all.items[i];
}

static void add_family(struct stk_addresses *out, const struct addrinfo *list, int family)
{
	for (; list; list = list->ai_next)
		if (list->ai_family == family)
			add_address(out, list->ai_addr, list->ai_addrlen, family);
}

static void look_up(const struct question *question, struct stk_addresses *out)
{
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_ADDRCONFIG};
	struct addrinfo *list = NULL;
	char port[8];

	out->len = 0;
	(void)snprintf(port, sizeof port, "%u", (unsigned)question->port);
	if (getaddrinfo(question->host, port, &hints, &list) != 0)
		return;
	add_family(out, list, AF_INET);
	add_family(out, list, AF_INET6);
	freeaddrinfo(list);
}

/* --- the thread ------------------------------------------------------------------- */

static void free_all(struct stk_resolver *resolver)
{
	for (size_t i = 0; i < resolver->questions.len; i++)
		free(resolver->questions.items[i].host);
	stk_vec_release(&resolver->questions);
	stk_vec_release(&resolver->answers);
	(void)pthread_cond_destroy(&resolver->changed);
	(void)pthread_mutex_destroy(&resolver->mutex);
	free(resolver);
}

static struct question take_question(struct stk_resolver *resolver)
{
	struct question first = resolver->questions.items[0];

	resolver->questions.len--;
	memmove(resolver->questions.items, resolver->questions.items + 1,
		resolver->questions.len * sizeof first);
	return first;
}

static void *answer_all(void *ctx)
{
	struct stk_resolver *resolver = ctx;

	(void)pthread_mutex_lock(&resolver->mutex);
	for (;;) {
		struct question question;
		struct answer *answer;
		struct stk_addresses found;
		uint64_t one = 1;

		while (resolver->questions.len == 0 && !resolver->is_closed)
			(void)pthread_cond_wait(&resolver->changed, &resolver->mutex);
		if (resolver->is_closed)
			break;
		question = take_question(resolver);
		(void)pthread_mutex_unlock(&resolver->mutex);
		look_up(&question, &found);
		free(question.host);
		(void)pthread_mutex_lock(&resolver->mutex);
		if (resolver->is_closed)
			break;
		answer = stk_vec_push_new(&resolver->answers);
		*answer = (struct answer){question.tag, found};
		if (write(resolver->notify_fd, &one, sizeof one) < 0)
			continue; /* full: its reader is on its way */
	}
	(void)pthread_mutex_unlock(&resolver->mutex);
	free_all(resolver);
	return NULL;
}

/* --- the owner -------------------------------------------------------------------- */

struct stk_resolver *stk_resolver_new(int notify_fd)
{
	struct stk_resolver *resolver = stk_xcalloc(1, sizeof *resolver);

	resolver->notify_fd = notify_fd;
	(void)pthread_mutex_init(&resolver->mutex, NULL);
	(void)pthread_cond_init(&resolver->changed, NULL);
	return resolver;
}

void stk_resolver_free(struct stk_resolver *resolver)
{
	bool has_thread;

	if (!resolver)
		return;
	(void)pthread_mutex_lock(&resolver->mutex);
	resolver->is_closed = true;
	has_thread = resolver->has_thread;
	(void)pthread_cond_signal(&resolver->changed);
	(void)pthread_mutex_unlock(&resolver->mutex);
	if (!has_thread)
		free_all(resolver);
}

static void start_thread(struct stk_resolver *resolver)
{
	pthread_attr_t attr;
	pthread_t thread;

	(void)pthread_attr_init(&attr);
	(void)pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	resolver->has_thread = pthread_create(&thread, &attr, answer_all, resolver) == 0;
	(void)pthread_attr_destroy(&attr);
}

void stk_resolver_ask(struct stk_resolver *resolver, struct stk_str host, uint16_t port, void *tag)
{
	struct question question = {stk_str_dup(host), port, tag};
	struct answer *answer;
	uint64_t one = 1;

	(void)pthread_mutex_lock(&resolver->mutex);
	if (!resolver->has_thread)
		start_thread(resolver);
	if (resolver->has_thread) {
		stk_vec_push(&resolver->questions, question);
		(void)pthread_cond_signal(&resolver->changed);
	} else { /* no thread to be had: nobody is found */
		free(question.host);
		answer = stk_vec_push_new(&resolver->answers);
		answer->tag = tag;
		if (write(resolver->notify_fd, &one, sizeof one) < 0)
			answer->addresses.len = 0;
	}
	(void)pthread_mutex_unlock(&resolver->mutex);
}

bool stk_resolver_next(
	struct stk_resolver *resolver, void **tag_out, struct stk_addresses *addresses_out)
{
	bool found;

	(void)pthread_mutex_lock(&resolver->mutex);
	found = resolver->answers.len > 0;
	if (found) {
		*tag_out = resolver->answers.items[0].tag;
		*addresses_out = resolver->answers.items[0].addresses;
		resolver->answers.len--;
		memmove(resolver->answers.items, resolver->answers.items + 1,
			resolver->answers.len * sizeof *resolver->answers.items);
	}
	(void)pthread_mutex_unlock(&resolver->mutex);
	return found;
}
