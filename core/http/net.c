/* net: tables of names and ranges, small enough to be searched from end to end. */
#include "core/http/net.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

#define DNS_TTL_NS ((int64_t)300 * 1000000000) /* k6's */

void stk_net_init(struct stk_net *net)
{
	memset(net, 0, sizeof *net);
	net->dns_ttl_ns = DNS_TTL_NS;
}

void stk_net_release(struct stk_net *net)
{
	stk_vec_release(&net->hosts);
	stk_vec_release(&net->blocked_hosts);
	stk_vec_release(&net->blocked_ranges);
	for (size_t i = 0; i < net->certificates.len; i++)
		stk_vec_release(&net->certificates.items[i].only);
	stk_vec_release(&net->certificates);
	stk_arena_release(&net->arena);
}

/* --- reading ----------------------------------------------------------------------- */

/* Cut ":port" off the end of *text; an IPv6 address with a port stands in brackets. */
static int cut_port(struct stk_str *text, uint16_t *port_out, struct stk_err *err)
{
	ptrdiff_t colon = stk_str_rfind_byte(*text, ':');
	struct stk_str whole = *text;
	int64_t port = 0;

	*port_out = 0;
	if (stk_str_starts(*text, "[")) {
		ptrdiff_t close = stk_str_find_byte(*text, ']');
		if (close < 0 || (close + 1 < (ptrdiff_t)text->len && close + 1 != colon))
			return stk_err_set(err, STK_E_INVAL, "'%.*s' has no end of its brackets",
				STK_STR_ARG(whole));
		*text = stk_str_sub(whole, 1, (size_t)close - 1);
		if (close + 1 == (ptrdiff_t)whole.len)
			return 0;
	} else if (colon < 0 || stk_str_find_byte(*text, ':') != colon) {
		return 0; /* no port, or an IPv6 address alone */
	} else
		*text = stk_str_sub(whole, 0, (size_t)colon);
	if (stk_str_to_i64(stk_str_skip(whole, (size_t)colon + 1), &port, NULL) < 0 || port < 1 ||
		port > 65535)
		return stk_err_set(err, STK_E_INVAL, "the port of '%.*s' is none from 1 to 65535",
			STK_STR_ARG(whole));
	*port_out = (uint16_t)port;
	return 0;
}

static int read_name(
	struct stk_net *net, struct stk_str text, struct stk_net_pattern *out, struct stk_err *err)
{
	struct stk_str name = stk_str_starts(text, "*.") ? stk_str_skip(text, 2) : text;

	if (name.len == 0 || stk_str_find_byte(name, '*') >= 0 || stk_str_find_byte(name, '/') >= 0)
		return stk_err_set(err, STK_E_INVAL,
			"'%.*s' is no host name; a star stands only in front, as in *.example.org",
			STK_STR_ARG(text));
	out->is_wild = name.len != text.len;
	out->name = stk_arena_str(&net->arena, name);
	return 0;
}

/* IPv4 as ::ffff:a.b.c.d; false: it is no address in digits. */
static bool read_address(struct stk_str text, unsigned char out[16], bool *is_v4_out)
{
	static const unsigned char mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
	char copy[INET6_ADDRSTRLEN];

	if (text.len == 0 || text.len >= sizeof copy)
		return false;
	memcpy(copy, text.ptr, text.len);
	copy[text.len] = '\0';
	*is_v4_out = inet_pton(AF_INET, copy, out + 12) == 1;
	if (*is_v4_out)
		memcpy(out, mapped, sizeof mapped);
	return *is_v4_out || inet_pton(AF_INET6, copy, out) == 1;
}

int stk_net_add_host(struct stk_net *net, const char *name, const char *target, struct stk_err *err)
{
	struct stk_str from = stk_str_of(name), to = stk_str_of(target);
	struct stk_net_host host = {0};
	struct stk_net_pattern pattern;
	unsigned char bytes[16];
	bool is_v4;
	int rc = cut_port(&from, &host.port, err);

	if (rc == 0)
		rc = read_name(net, from, &pattern, err);
	if (rc == 0)
		rc = cut_port(&to, &host.to_port, err);
	if (rc == 0 && !read_address(to, bytes, &is_v4))
		rc = stk_err_set(err, STK_E_INVAL,
			"'%s' is no address; one in digits is wanted, such as 127.0.0.1:8443",
			target);
	if (rc < 0)
		return rc;
	host.name = pattern.name;
	host.is_wild = pattern.is_wild;
	host.address = stk_arena_str(&net->arena, to);
	stk_vec_push(&net->hosts, host);
	return 0;
}

int stk_net_block_host(struct stk_net *net, const char *pattern, struct stk_err *err)
{
	struct stk_net_pattern blocked;
	int rc = read_name(net, stk_str_of(pattern), &blocked, err);

	if (rc == 0)
		stk_vec_push(&net->blocked_hosts, blocked);
	return rc;
}

int stk_net_range_parse(const char *cidr, struct stk_net_range *out, struct stk_err *err)
{
	struct stk_str text = stk_str_of(cidr);
	ptrdiff_t slash = stk_str_find_byte(text, '/');
	struct stk_str address = slash < 0 ? text : stk_str_sub(text, 0, (size_t)slash);
	bool is_v4 = false;
	int64_t bits;

	if (!read_address(address, out->prefix, &is_v4))
		return stk_err_set(err, STK_E_INVAL,
			"'%s' is no range of addresses, such as 10.0.0.0/8 or fc00::/7", cidr);
	bits = is_v4 ? 32 : 128;
	if (slash >= 0 && (stk_str_to_i64(stk_str_skip(text, (size_t)slash + 1), &bits, NULL) < 0 ||
				  bits < 0 || bits > (is_v4 ? 32 : 128)))
		return stk_err_set(err, STK_E_INVAL, "'%s': after the slash stands a number to %d",
			cidr, is_v4 ? 32 : 128);
	out->bits = (unsigned)bits + (is_v4 ? 96 : 0);
	return 0;
}

int stk_net_block_range(struct stk_net *net, const char *cidr, struct stk_err *err)
{
	struct stk_net_range range;
	int rc = stk_net_range_parse(cidr, &range, err);

	if (rc == 0)
		stk_vec_push(&net->blocked_ranges, range);
	return rc;
}

int stk_net_add_certificate(struct stk_net *net, const struct stk_net_certificate *certificate,
	const char *const *domains, size_t domains_len, struct stk_err *err)
{
	struct stk_net_certificate *made = stk_vec_push_new(&net->certificates);

	made->cert.ptr = stk_arena_str(&net->arena, certificate->cert);
	made->cert.len = certificate->cert.len;
	made->key.ptr = stk_arena_str(&net->arena, certificate->key);
	made->key.len = certificate->key.len;
	made->password = stk_arena_dup(&net->arena, certificate->password);
	for (size_t i = 0; i < domains_len; i++) {
		struct stk_net_pattern pattern;
		int rc = read_name(net, stk_str_of(domains[i]), &pattern, err);
		if (rc < 0)
			return rc;
		stk_vec_push(&made->only, pattern);
	}
	return 0;
}

/* --- asking ------------------------------------------------------------------------ */

bool stk_net_name_is(const char *name, bool is_wild, struct stk_str host)
{
	struct stk_str own = stk_str_of(name);

	if (!is_wild)
		return stk_str_eq_nocase(own, host);
	return host.len > own.len + 1 && host.ptr[host.len - own.len - 1] == '.' &&
	       stk_str_eq_nocase(own, stk_str_skip(host, host.len - own.len));
}

/* The better of two that match comes first. */
static bool is_better(const struct stk_net_host *a, const struct stk_net_host *b)
{
	if ((a->port != 0) != (b->port != 0))
		return a->port != 0;
	if (a->is_wild != b->is_wild)
		return b->is_wild;
	return strlen(a->name) > strlen(b->name);
}

const struct stk_net_host *stk_net_find_host(
	const struct stk_net *net, struct stk_str host, uint16_t port)
{
	const struct stk_net_host *best = NULL;

	for (size_t i = 0; i < net->hosts.len; i++) {
		const struct stk_net_host *at = &net->hosts.items[i];
		if ((at->port == 0 || at->port == port) &&
			stk_net_name_is(at->name, at->is_wild, host) &&
			(!best || is_better(at, best)))
			best = at;
	}
	return best;
}

bool stk_net_blocks_host(const struct stk_net *net, struct stk_str host)
{
	for (size_t i = 0; i < net->blocked_hosts.len; i++)
		if (stk_net_name_is(net->blocked_hosts.items[i].name,
			    net->blocked_hosts.items[i].is_wild, host))
			return true;
	return false;
}

static bool is_in(const struct stk_net_range *range, const unsigned char address[16])
{
	unsigned whole = range->bits / 8, rest = range->bits % 8;

	if (memcmp(range->prefix, address, whole) != 0)
		return false;
	return rest == 0 || (range->prefix[whole] ^ address[whole]) >> (8 - rest) == 0;
}

bool stk_net_range_has(const struct stk_net_range *range, struct stk_str address)
{
	unsigned char bytes[16];
	bool is_v4;

	return read_address(address, bytes, &is_v4) && is_in(range, bytes);
}

bool stk_net_blocks_address(const struct stk_net *net, const struct sockaddr *address)
{
	unsigned char bytes[16] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

	if (address->sa_family == AF_INET)
		memcpy(bytes + 12, &((const struct sockaddr_in *)(const void *)address)->sin_addr,
			4);
	else if (address->sa_family == AF_INET6)
		memcpy(bytes, &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr,
			sizeof bytes);
	else
		return false;
	for (size_t i = 0; i < net->blocked_ranges.len; i++)
		if (is_in(&net->blocked_ranges.items[i], bytes))
			return true;
	return false;
}

static bool is_for(const struct stk_net_certificate *certificate, struct stk_str host)
{
	for (size_t i = 0; i < certificate->only.len; i++)
		if (stk_net_name_is(certificate->only.items[i].name,
			    certificate->only.items[i].is_wild, host))
			return true;
	return certificate->only.len == 0;
}

const struct stk_net_certificate *stk_net_find_certificate(
	const struct stk_net *net, struct stk_str host)
{
	for (size_t i = 0; i < net->certificates.len; i++)
		if (is_for(&net->certificates.items[i], host))
			return &net->certificates.items[i];
	return NULL;
}
