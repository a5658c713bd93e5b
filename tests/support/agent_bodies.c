/* agent_bodies: the pprofs inside the request bodies that real profiling agents sent. */
#include "tests/support/agent_bodies.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/fs.h"
#include "core/base/gzip.h"
#include "core/base/proto.h"

/* One series of a Push: labels (1) of name (1) and value (2), samples (2) of raw profile (1). */
static void read_series(struct agent_bodies *bodies, struct stk_str bytes)
{
	struct stk_proto_cursor cur = stk_proto_cursor(bytes), inner;
	struct stk_proto_field field, part;
	struct stk_str name = STK_STR("");

	while (stk_proto_next(&cur, &field, NULL) > 0) {
		struct stk_str key = STK_STR(""), value = STK_STR("");
		inner = stk_proto_cursor(field.bytes);
		while (stk_proto_next(&inner, &part, NULL) > 0) {
			if (part.number == 1)
				key = part.bytes;
			else if (part.number == 2)
				value = part.bytes;
		}
		if (field.number == 1 && stk_str_is(key, "__name__"))
			name = value;
		if (field.number == 2) {
			stk_vec_push(&bodies->pprofs, key);
			stk_vec_push(&bodies->names, name);
		}
	}
}

/* A multipart body holds its pprof gzip'd: from the gzip magic to the boundary behind it. */
static void read_multipart(struct agent_bodies *bodies)
{
	struct stk_str all = stk_buf_str(&bodies->body);
	ptrdiff_t start = stk_str_find(all, STK_STR("\x1f\x8b\x08"));

	assert_true(start > 0);
	struct stk_str rest = stk_str_skip(all, (size_t)start);
	ptrdiff_t end = stk_str_find(rest, STK_STR("\r\n--"));
	assert_true(end > 0);
	stk_vec_push(&bodies->pprofs, stk_str_sub(rest, 0, (size_t)end));
	stk_vec_push(&bodies->names, STK_STR(""));
}

void agent_bodies_read(struct agent_bodies *bodies, const char *agent, int request)
{
	struct stk_proto_cursor cur;
	struct stk_proto_field field;
	char path[200];

	memset(bodies, 0, sizeof *bodies);
	stk_buf_init(&bodies->body, 0);
	stk_buf_init(&bodies->unpacked, 0);
	snprintf(path, sizeof path, "tests/fixtures/agents/%s/%02d.body", agent, request);
	assert_int_equal(stk_fs_read(path, &bodies->body, NULL), 0);
	if (stk_str_starts(stk_buf_str(&bodies->body), "--")) {
		read_multipart(bodies);
		return;
	}
	if (strcmp(agent, "node") == 0) {
		stk_vec_push(&bodies->pprofs, stk_buf_str(&bodies->body));
		stk_vec_push(&bodies->names, STK_STR(""));
		return;
	}
	assert_int_equal(stk_gzip_unpack(stk_buf_str(&bodies->body), &bodies->unpacked, NULL), 0);
	cur = stk_proto_cursor(stk_buf_str(&bodies->unpacked));
	while (stk_proto_next(&cur, &field, NULL) > 0)
		if (field.number == 1)
			read_series(bodies, field.bytes);
}

void agent_bodies_release(struct agent_bodies *bodies)
{
	stk_vec_release(&bodies->pprofs);
	stk_vec_release(&bodies->names);
	stk_buf_release(&bodies->body);
	stk_buf_release(&bodies->unpacked);
}
