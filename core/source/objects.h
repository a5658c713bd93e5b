/* objects: the other column of a heap type: numbers of objects beside bytes, and the reverse. */
#ifndef STK_CORE_SOURCE_OBJECTS_H
#define STK_CORE_SOURCE_OBJECTS_H

#include "core/source/source.h"

/* memory:alloc_objects:… of memory:alloc_space:…, and so on for all four; the caller's. NULL for
 * what is no type of a heap. */
char *stk_objects_type_id(const char *type_id);

/* Put the other column of the same pushes behind the one of each slice whose profile has only that
 * one: how many events stand behind a sum of bytes is known from both (sampled by bytes). others
 * are the slices of the other type in the same window; one that matches none in instance and time
 * is not used. A slice without a partner stays as it is. */
void stk_objects_join(struct stk_source_slices *slices, const struct stk_source_slices *others);

#endif
