/* draft: the files to start from: a workflow, a load script, a CI file. */
#ifndef STK_CORE_INIT_DRAFT_H
#define STK_CORE_INIT_DRAFT_H

#include <stdbool.h>

#include "core/base/buf.h"
#include "core/init/look.h"

/* What became of a file. */
enum stk_draft_state {
	STK_DRAFT_NEW,     /* not written yet */
	STK_DRAFT_WRITTEN, /* now there */
	STK_DRAFT_KEPT     /* was there already and stays as it was */
};

struct stk_draft_file {
	const char *path;  /* relative to the repository */
	const char *about; /* one line for people */
	struct stk_buf text;
	enum stk_draft_state state;
};

/* Where CI jobs get stoker from: https://host/path at this commit. All empty: nobody knows, and the
 * files keep words to put it in for. Borrowed text. */
struct stk_draft_source {
	struct stk_str host, path, commit;
};

struct stk_draft {
	struct stk_arena arena;
	STK_VEC(struct stk_draft_file) files;
	struct stk_draft_source source;
};

/* "https://HOST/OWNER/NAME@COMMIT" with the whole commit. STK_E_INVAL for anything else; *out is
 * then empty. */
int stk_draft_source_parse(
	const char *text, struct stk_draft_source *out, struct stk_err *err) STK_MUST_CHECK;

/* Make the texts for what was seen. look must have a service; source outlives the draft's making.
 */
void stk_draft_init(struct stk_draft *draft, const struct stk_look *look,
	const struct stk_draft_source *source);
void stk_draft_release(struct stk_draft *draft);

/* Write each file below root, folders included. One that exists is kept, unless force; a link is
 * never written through. STK_E_IO with the path; files before it stay. */
int stk_draft_write(
	struct stk_draft *draft, const char *root, bool force, struct stk_err *err) STK_MUST_CHECK;

/* "go.mod (module order-service), cmd/order, net/http/pprof imported, load/checkout.js (k6)". */
void stk_draft_seen(const struct stk_look *look, struct stk_buf *buf);

#endif
