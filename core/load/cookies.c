/* cookies: a small jar by RFC 6265, without a list of public suffixes. */
#include "core/load/cookies.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/base/clock.h"
#include "core/base/mem.h"

void stk_cookies_init(struct stk_cookies *jar)
{
	memset(jar, 0, sizeof *jar);
}

static void free_cookie(struct stk_cookie *cookie)
{
	free(cookie->name);
	free(cookie->value);
	free(cookie->domain);
	free(cookie->path);
}

void stk_cookies_clear(struct stk_cookies *jar)
{
	for (size_t i = 0; i < jar->items.len; i++)
		free_cookie(&jar->items.items[i]);
	stk_vec_clear(&jar->items);
}

void stk_cookies_release(struct stk_cookies *jar)
{
	stk_cookies_clear(jar);
	stk_vec_release(&jar->items);
}

static void remove_at(struct stk_cookies *jar, size_t at)
{
	free_cookie(&jar->items.items[at]);
	jar->items.len--;
	memmove(&jar->items.items[at], &jar->items.items[at + 1],
		(jar->items.len - at) * sizeof *jar->items.items);
}

static bool is_address(struct stk_str host)
{
	if (stk_str_find_byte(host, ':') >= 0)
		return true;
	for (size_t i = 0; i < host.len; i++)
		if (!isdigit((unsigned char)host.ptr[i]) && host.ptr[i] != '.')
			return false;
	return true;
}

/* host is domain, or lies below it. */
static bool domain_matches(struct stk_str host, struct stk_str domain)
{
	struct stk_str tail;

	if (stk_str_eq_nocase(host, domain))
		return true;
	if (host.len <= domain.len || is_address(host))
		return false;
	tail = stk_str_skip(host, host.len - domain.len);
	return stk_str_eq_nocase(tail, domain) && host.ptr[host.len - domain.len - 1] == '.';
}

static struct stk_str path_of(const struct stk_url *url)
{
	return url->path.len > 0 ? url->path : STK_STR("/");
}

static bool path_matches(struct stk_str path, struct stk_str cookie)
{
	if (!stk_str_eq(stk_str_sub(path, 0, cookie.len), cookie))
		return false;
	return path.len == cookie.len || cookie.ptr[cookie.len - 1] == '/' ||
	       path.ptr[cookie.len] == '/';
}

static struct stk_str default_path(const struct stk_url *url)
{
	struct stk_str path = path_of(url);
	ptrdiff_t slash = stk_str_rfind_byte(path, '/');

	return slash <= 0 ? STK_STR("/") : stk_str_sub(path, 0, (size_t)slash);
}

/* What the attributes of a Set-Cookie line say. */
struct attributes {
	struct stk_str domain, path;
	bool secure, has_age, expired;
	int64_t age_s;
};

/* "Thu, 01 Jan 1970 …": a year before 2000 is how servers delete; other dates outlive a run. */
static bool is_past_date(struct stk_str text)
{
	for (size_t i = 0; i + 4 <= text.len; i++) {
		uint64_t year;

		if (stk_str_to_u64(stk_str_sub(text, i, 4), &year, NULL) == 0)
			return year < 2000;
	}
	return false;
}

static void read_attribute(struct stk_str part, struct attributes *out)
{
	ptrdiff_t equals = stk_str_find_byte(part, '=');
	struct stk_str key = part, value = {NULL, 0};

	if (equals >= 0) {
		key = stk_str_sub(part, 0, (size_t)equals);
		value = stk_str_trim(stk_str_skip(part, (size_t)equals + 1));
	}
	key = stk_str_trim(key);
	if (stk_str_eq_nocase(key, STK_STR("domain"))) {
		out->domain = stk_str_starts(value, ".") ? stk_str_skip(value, 1) : value;
	} else if (stk_str_eq_nocase(key, STK_STR("path"))) {
		if (stk_str_starts(value, "/"))
			out->path = value;
	} else if (stk_str_eq_nocase(key, STK_STR("secure"))) {
		out->secure = true;
	} else if (stk_str_eq_nocase(key, STK_STR("max-age"))) {
		out->has_age = stk_str_to_i64(value, &out->age_s, NULL) == 0;
	} else if (stk_str_eq_nocase(key, STK_STR("expires"))) {
		out->expired = is_past_date(value);
	}
}

static ptrdiff_t find_same(const struct stk_cookies *jar, struct stk_str name,
	struct stk_str domain, struct stk_str path)
{
	for (size_t i = 0; i < jar->items.len; i++) {
		const struct stk_cookie *cookie = &jar->items.items[i];

		if (stk_str_is(name, cookie->name) && stk_str_is(path, cookie->path) &&
			stk_str_eq_nocase(domain, stk_str_of(cookie->domain)))
			return (ptrdiff_t)i;
	}
	return -1;
}

static void store(struct stk_cookies *jar, struct stk_str name, struct stk_str value,
	const struct attributes *at, const struct stk_cookie *like)
{
	struct stk_cookie cookie = *like;

	cookie.name = stk_str_dup(name);
	cookie.value = stk_str_dup(value);
	cookie.domain = stk_str_dup(at->domain);
	cookie.path = stk_str_dup(at->path);
	if (jar->items.len == STK_COOKIES_MAX)
		remove_at(jar, 0);
	stk_vec_push(&jar->items, cookie);
}

bool stk_cookies_put(struct stk_cookies *jar, const struct stk_url *url, struct stk_str set_cookie,
	int64_t wall_ns)
{
	struct attributes at = {{NULL, 0}, default_path(url), false, false, false, 0};
	struct stk_cookie like = {NULL, NULL, NULL, NULL, 0, false, false};
	struct stk_str rest = set_cookie, pair, part, name, value;
	ptrdiff_t equals, same;

	if (set_cookie.len > STK_COOKIE_BYTES_MAX || !stk_str_cut(&rest, ';', &pair))
		return false;
	equals = stk_str_find_byte(pair, '=');
	if (equals <= 0)
		return false;
	name = stk_str_trim(stk_str_sub(pair, 0, (size_t)equals));
	value = stk_str_trim(stk_str_skip(pair, (size_t)equals + 1));
	while (stk_str_cut(&rest, ';', &part))
		read_attribute(stk_str_trim(part), &at);
	if (name.len == 0 || (at.domain.len > 0 && !domain_matches(url->host, at.domain)))
		return false;
	like.host_only = at.domain.len == 0;
	like.secure = at.secure;
	if (like.host_only)
		at.domain = url->host;
	same = find_same(jar, name, at.domain, at.path);
	if (same >= 0)
		remove_at(jar, (size_t)same);
	if (at.has_age ? at.age_s <= 0 : at.expired)
		return true;
	if (at.has_age && at.age_s < INT32_MAX)
		like.expires_wall_ns = wall_ns + at.age_s * STK_NS_PER_S;
	store(jar, name, value, &at, &like);
	return true;
}

static bool applies(const struct stk_cookie *cookie, const struct stk_url *url, int64_t wall_ns)
{
	struct stk_str domain = stk_str_of(cookie->domain);

	if (cookie->expires_wall_ns != 0 && cookie->expires_wall_ns <= wall_ns)
		return false;
	if (cookie->secure && !stk_str_eq_nocase(url->scheme, STK_STR("https")))
		return false;
	if (cookie->host_only ? !stk_str_eq_nocase(url->host, domain)
			      : !domain_matches(url->host, domain))
		return false;
	return path_matches(path_of(url), stk_str_of(cookie->path));
}

void stk_cookies_format(const struct stk_cookies *jar, const struct stk_url *url, int64_t wall_ns,
	struct stk_buf *buf)
{
	size_t longest = 0, from = buf->len;

	for (size_t i = 0; i < jar->items.len; i++)
		if (strlen(jar->items.items[i].path) > longest)
			longest = strlen(jar->items.items[i].path);
	/* a jar holds few cookies: one round per length of path */
	for (size_t len = longest + 1; len-- > 0 && jar->items.len > 0;)
		for (size_t i = 0; i < jar->items.len; i++) {
			const struct stk_cookie *cookie = &jar->items.items[i];

			if (strlen(cookie->path) != len || !applies(cookie, url, wall_ns))
				continue;
			if (buf->len > from)
				stk_buf_add_text(buf, "; ");
			stk_buf_addf(buf, "%s=%s", cookie->name, cookie->value);
		}
}

void stk_cookies_remove(
	struct stk_cookies *jar, const struct stk_url *url, struct stk_str name, int64_t wall_ns)
{
	for (size_t i = jar->items.len; i-- > 0;) {
		const struct stk_cookie *cookie = &jar->items.items[i];

		if (applies(cookie, url, wall_ns) &&
			(name.len == 0 || stk_str_is(name, cookie->name)))
			remove_at(jar, i);
	}
}
