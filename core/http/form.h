/* form: multipart/form-data, read from and written to whole bodies. */
#ifndef STK_CORE_HTTP_FORM_H
#define STK_CORE_HTTP_FORM_H

#include <stdbool.h>

#include "core/base/buf.h"
#include "core/base/vec.h"

#define STK_FORM_MAX_PARTS 100

/* One part: views into the body. has_filename tells filename="" from none at all. */
struct stk_form_part {
	struct stk_str name;
	struct stk_str filename;
	bool has_filename;
	struct stk_str content_type;
	struct stk_str data;
};

struct stk_form {
	STK_VEC(struct stk_form_part) parts;
};

/* Take a body apart by the boundary in content_type ("multipart/form-data; boundary=…").
 * STK_E_FORMAT: no boundary, no closing delimiter, a broken header. Release in any case. */
int stk_form_parse(struct stk_form *form, struct stk_str content_type, struct stk_str body,
	struct stk_err *err) STK_MUST_CHECK;
void stk_form_release(struct stk_form *form);
/* The first part of a name, NULL if absent. */
const struct stk_form_part *stk_form_find(const struct stk_form *form, const char *name);

/* Append one part to a body under construction; filename and content_type may be NULL. */
void stk_form_add(struct stk_buf *body, struct stk_str boundary, const struct stk_form_part *part);
/* Append the closing delimiter. */
void stk_form_end(struct stk_buf *body, struct stk_str boundary);

#endif
