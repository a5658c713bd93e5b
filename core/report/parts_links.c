/* parts_links: what ties a row to the change, in words. */
#include <math.h>
#include <string.h>

#include "core/report/parts.h"

/* "encode.go:58": what of the change stands in its file, else the function's name. */
static const char *via_text(struct stk_doc *doc, const struct stk_function *via)
{
	const char *path = via->path ? via->path : via->file;
	const char *slash = path ? strrchr(path, '/') : NULL;
	const char *name = slash ? slash + 1 : path;

	if (!name || !name[0])
		return via->name ? via->name : "a changed function";
	if (via->line <= 0)
		return name;
	return stk_doc_textf(doc, "%s:%lld", name, (long long)via->line);
}

const char *stk_parts_link(struct stk_doc *doc, const struct stk_row *row)
{
	switch (row->link.kind) {
	case STK_LINK_CHANGED:
		return "changed here";
	case STK_LINK_CALLED_FROM:
		return stk_doc_textf(doc, "called from %s", via_text(doc, &row->link.via));
	case STK_LINK_CALLS:
		return stk_doc_textf(doc, "calls %s", via_text(doc, &row->link.via));
	case STK_LINK_UNRELATED:
		return "not in this change";
	case STK_LINK_UNKNOWN:
		break;
	}
	return "";
}

const char *stk_parts_place_and_link(struct stk_doc *doc, const struct stk_row *row)
{
	const char *place = stk_parts_place(doc, &row->function);
	const char *link = stk_parts_link(doc, row);

	/* where in a library or runtime says less than who called it */
	if (row->link.kind == STK_LINK_CALLED_FROM && !row->function.path)
		return link;
	return stk_doc_textf(doc, "%s%s%s", place, place[0] && link[0] ? " · " : "", link);
}

const char *stk_parts_spot_place_and_link(struct stk_doc *doc, const struct stk_hotspot *spot)
{
	struct stk_row like = {.function = spot->function, .link = spot->link};

	return stk_parts_place_and_link(doc, &like);
}

const char *stk_parts_changed_share(struct stk_doc *doc, const struct stk_comparison *comparison)
{
	double share = comparison->changed_share;

	/* also false for NaN; a record is not to be trusted */
	if (!(share >= 0.0 && share <= 1.0))
		return NULL;
	return stk_doc_textf(doc,
		"%.0f %% of the increase runs through lines that this change touched.",
		share * 100);
}
