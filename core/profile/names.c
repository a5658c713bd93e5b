/* names: function names made comparable between builds. */
#include "core/profile/names.h"

#include <string.h>

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_hex(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static size_t count_digits(struct stk_str s)
{
	size_t len = 0;

	while (len < s.len && is_digit(s.ptr[len]))
		len++;
	return len;
}

static size_t count_hex(struct stk_str s)
{
	size_t len = 0;

	while (len < s.len && is_hex(s.ptr[len]))
		len++;
	return len;
}

/* "+0x1a" or "+0x1a/0x40" at the end. */
static struct stk_str cut_offset(struct stk_str name)
{
	ptrdiff_t at = stk_str_rfind_byte(name, '+');

	if (at <= 0)
		return name;
	struct stk_str tail = stk_str_skip(name, (size_t)at + 1);
	if (!stk_str_starts(tail, "0x"))
		return name;
	size_t len = 2 + count_hex(stk_str_skip(tail, 2));
	if (len == 2 || (len < tail.len && tail.ptr[len] != '/'))
		return name;
	return stk_str_sub(name, 0, (size_t)at);
}

/* Rust's legacy mangling: "::h" and 16 hex digits. */
static struct stk_str cut_rust_hash(struct stk_str name)
{
	const size_t len = 3 + 16;

	if (name.len <= len)
		return name;
	struct stk_str tail = stk_str_skip(name, name.len - len);
	if (stk_str_starts(tail, "::h") && count_hex(stk_str_skip(tail, 3)) == 16)
		return stk_str_sub(name, 0, name.len - len);
	return name;
}

/* Compilers' clones: .isra.0 .part.1 .constprop.2 .lto_priv.3 .llvm.4 .cold, several in a row. */
static struct stk_str cut_clones(struct stk_str name)
{
	static const char *const marks[] = {
		".isra", ".part", ".constprop", ".lto_priv", ".llvm", ".cold"};
	bool again = true;

	while (again) {
		struct stk_str body = name;
		while (body.len > 0 && is_digit(body.ptr[body.len - 1]))
			body.len--;
		if (body.len > 0 && body.len < name.len && body.ptr[body.len - 1] == '.')
			body.len--;
		else
			body = name;
		again = false;
		for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
			if (stk_str_ends(body, marks[i]) && body.len > strlen(marks[i])) {
				name = stk_str_sub(body, 0, body.len - strlen(marks[i]));
				again = true;
			}
	}
	return name;
}

/* Go's generics: what stands in [go.shape…] or any bracket without a bracket inside. */
static size_t skip_generic(struct stk_str rest)
{
	ptrdiff_t end;

	if (!stk_str_starts(rest, "[go.shape") && !stk_str_starts(rest, "[..."))
		return 0;
	size_t depth = 0;
	for (end = 0; (size_t)end < rest.len; end++) {
		depth += rest.ptr[end] == '[';
		depth -= rest.ptr[end] == ']';
		if (depth == 0)
			return (size_t)end + 1;
	}
	return 0;
}

/* Numbers that a generator counts up: behind these words they go. Length of word and number. */
static size_t skip_counted(struct stk_str rest, size_t *keep_out)
{
	static const char *const words[] = {"$$Lambda$", "$$Lambda/", "GeneratedMethodAccessor",
		"GeneratedConstructorAccessor", "$Proxy", ".func", "-fm.func", "lambda$",
		"$lambda-"};

	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		size_t len = strlen(words[i]);
		if (!stk_str_starts(rest, words[i]))
			continue;
		size_t digits = count_digits(stk_str_skip(rest, len));
		if (digits == 0 && !stk_str_starts(stk_str_skip(rest, len), "0x"))
			continue;
		*keep_out = len;
		return len + digits;
	}
	return 0;
}

/* "func1.2.3": what follows a Go closure's number are closures inside it; and the address of a
 * hidden class, "/0x0000…". */
static size_t skip_tail(struct stk_str rest)
{
	size_t len = 0;

	while (len + 1 < rest.len && rest.ptr[len] == '.' && is_digit(rest.ptr[len + 1]))
		len += 1 + count_digits(stk_str_skip(rest, len + 1));
	if (stk_str_starts(stk_str_skip(rest, len), "/0x"))
		len += 3 + count_hex(stk_str_skip(rest, len + 3));
	if (stk_str_starts(stk_str_skip(rest, len), "0x"))
		len += 2 + count_hex(stk_str_skip(rest, len + 2));
	return len;
}

/* Java's JIT tier behind a method: _[j] _[i] _[0] _[1] _[k]. */
static struct stk_str cut_tier(struct stk_str name)
{
	if (name.len > 4 && name.ptr[name.len - 1] == ']' && name.ptr[name.len - 3] == '[' &&
		name.ptr[name.len - 4] == '_')
		return stk_str_sub(name, 0, name.len - 4);
	return name;
}

void stk_names_normalise(struct stk_str name, struct stk_buf *out)
{
	name = cut_clones(cut_rust_hash(cut_offset(cut_tier(name))));
	while (name.len > 0) {
		size_t keep = 0, len = skip_generic(name);

		if (len == 0) {
			len = skip_counted(name, &keep);
			if (len > 0)
				len += skip_tail(stk_str_skip(name, len));
		}
		if (len == 0)
			len = keep = 1;
		stk_buf_add_str(out, stk_str_sub(name, 0, keep));
		name = stk_str_skip(name, len);
	}
}
