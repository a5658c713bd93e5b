/* vec: a typed growing array. struct { STK_VEC(int) } or a named member of one. */
#ifndef STK_CORE_BASE_VEC_H
#define STK_CORE_BASE_VEC_H

#include <stddef.h>

#include "core/base/mem.h"

/* Declares an anonymous struct type: STK_VEC(struct stk_window) windows; */
#define STK_VEC(type)                                                                              \
	struct {                                                                                   \
		type *items;                                                                       \
		size_t len;                                                                        \
		size_t cap;                                                                        \
	}

/* clang-format off */
#define STK_VEC_INIT { NULL, 0, 0 }

/* The same as a named struct, for passing by pointer: STK_VEC_TYPE(stk_names, char *); */
#define STK_VEC_TYPE(tag, type) struct tag { type *items; size_t len; size_t cap; }
/* clang-format on */

#define stk_vec_reserve(v, want)                                                                   \
	((want) > (v)->cap ? ((v)->items = stk_vec_grow_(                                          \
				      (v)->items, &(v)->cap, (want), sizeof *(v)->items))          \
			   : (v)->items)

/* Append a value. */
#define stk_vec_push(v, ...)                                                                       \
	(stk_vec_reserve((v), (v)->len + 1), (void)((v)->items[(v)->len++] = (__VA_ARGS__)))

/* Append a zeroed element and give a pointer to it (valid until the next push). */
#define stk_vec_push_new(v)                                                                        \
	(stk_vec_reserve((v), (v)->len + 1),                                                       \
		stk_vec_zero_(&(v)->items[(v)->len], sizeof *(v)->items), &(v)->items[(v)->len++])

#define stk_vec_release(v) (free((v)->items), (void)((v)->items = NULL), (v)->len = (v)->cap = 0)
#define stk_vec_clear(v)   ((v)->len = 0)

#include <stdlib.h>

void *stk_vec_grow_(void *items, size_t *cap, size_t want, size_t size);
void stk_vec_zero_(void *item, size_t size);

#endif
