/* gzip: whole buffers, with a bounded output (libdeflate); streams of several members too. */
#include "core/base/gzip.h"

#include <libdeflate.h>

#include "core/base/mem.h"

#define GUESS_MIN ((size_t)4096)

bool stk_gzip_is(struct stk_str bytes)
{
	return bytes.len >= 2 && (unsigned char)bytes.ptr[0] == 0x1f &&
	       (unsigned char)bytes.ptr[1] == 0x8b;
}

/* The size a member says it has (its last four bytes, mod 2^32): a first guess only. */
static size_t guess_size(struct stk_str bytes)
{
	const unsigned char *p;
	size_t size;

	if (bytes.len < 18)
		return GUESS_MIN;
	p = (const unsigned char *)bytes.ptr + bytes.len - 4;
	size = (size_t)p[0] | (size_t)p[1] << 8 | (size_t)p[2] << 16 | (size_t)p[3] << 24;
	/* deflate cannot do better than 1032:1, so a larger claim is a lie */
	if (size > bytes.len * 1032)
		size = bytes.len * 4;
	return size < GUESS_MIN ? GUESS_MIN : size;
}

typedef enum libdeflate_result (*unpack_fn)(struct libdeflate_decompressor *unpacker,
	const void *in, size_t in_len, void *out, size_t room, size_t *used_out, size_t *made_out);

/* Unpack the member at the start of *bytes and skip it. */
static int unpack_member(struct libdeflate_decompressor *unpacker, unpack_fn unpack,
	struct stk_str *bytes, struct stk_buf *out, struct stk_err *err)
{
	size_t limit = out->limit ? out->limit : STK_BUF_LIMIT_DEFAULT;
	size_t left = limit - out->len, room = guess_size(*bytes), used, made;

	for (;;) {
		if (room > left)
			room = left;
		char *at = stk_buf_reserve(out, room);
		enum libdeflate_result result =
			unpack(unpacker, bytes->ptr, bytes->len, at, room, &used, &made);
		if (result == LIBDEFLATE_SUCCESS)
			break;
		if (result != LIBDEFLATE_INSUFFICIENT_SPACE)
			return stk_err_set(err, STK_E_FORMAT, "gzip: broken or cut short");
		if (room == left)
			return stk_err_set(err, STK_E_TOO_LARGE,
				"gzip: unpacks to more than %zu bytes", limit);
		room *= 4;
	}
	stk_buf_commit(out, made);
	*bytes = stk_str_skip(*bytes, used);
	return 0;
}

int stk_gzip_unpack(struct stk_str bytes, struct stk_buf *out, struct stk_err *err)
{
	struct libdeflate_decompressor *unpacker;
	size_t before = out->len;
	int rc = 0;

	if (!stk_gzip_is(bytes))
		return stk_err_set(err, STK_E_FORMAT, "gzip: the magic bytes are missing");
	unpacker = libdeflate_alloc_decompressor();
	if (!unpacker)
		STK_BUG("no decompressor");
	while (rc == 0 && bytes.len > 0)
		rc = unpack_member(unpacker, libdeflate_gzip_decompress_ex, &bytes, out, err);
	libdeflate_free_decompressor(unpacker);
	if (rc < 0)
		stk_buf_truncate(out, before);
	return rc;
}

int stk_gzip_inflate(struct stk_str bytes, struct stk_buf *out, struct stk_err *err)
{
	struct libdeflate_decompressor *unpacker = libdeflate_alloc_decompressor();
	unsigned head = bytes.len >= 2 ? (unsigned)(unsigned char)bytes.ptr[0] << 8 |
						 (unsigned char)bytes.ptr[1]
				       : 1;
	/* RFC 1950: method 8, a multiple of 31; anything else is taken as bare deflate */
	bool wrapped = (head >> 8 & 0x0f) == 8 && head % 31 == 0;
	size_t before = out->len;
	int rc;

	if (!unpacker)
		STK_BUG("no decompressor");
	rc = unpack_member(unpacker,
		wrapped ? libdeflate_zlib_decompress_ex : libdeflate_deflate_decompress_ex, &bytes,
		out, err);
	libdeflate_free_decompressor(unpacker);
	if (rc < 0)
		stk_buf_truncate(out, before);
	return rc;
}

typedef size_t (*bound_fn)(struct libdeflate_compressor *packer, size_t len);
typedef size_t (*pack_fn)(struct libdeflate_compressor *packer, const void *in, size_t in_len,
	void *out, size_t room);

struct wrapper {
	bound_fn bound;
	pack_fn pack;
	int level;
};

static int pack_as(const struct wrapper *wrapper, struct stk_str bytes, struct stk_buf *out,
	struct stk_err *err)
{
	struct libdeflate_compressor *packer = libdeflate_alloc_compressor(wrapper->level);
	size_t bound;
	char *at;

	if (!packer)
		return stk_err_set(
			err, STK_E_INVAL, "gzip: level %d is not between 0 and 12", wrapper->level);
	bound = wrapper->bound(packer, bytes.len);
	at = stk_buf_reserve(out, bound);
	if (at)
		stk_buf_commit(out, wrapper->pack(packer, bytes.ptr, bytes.len, at, bound));
	libdeflate_free_compressor(packer);
	return stk_buf_check(out, err);
}

int stk_gzip_pack(struct stk_str bytes, int level, struct stk_buf *out, struct stk_err *err)
{
	return pack_as(
		&(struct wrapper){libdeflate_gzip_compress_bound, libdeflate_gzip_compress, level},
		bytes, out, err);
}

int stk_gzip_deflate(struct stk_str bytes, int level, struct stk_buf *out, struct stk_err *err)
{
	return pack_as(
		&(struct wrapper){libdeflate_zlib_compress_bound, libdeflate_zlib_compress, level},
		bytes, out, err);
}
