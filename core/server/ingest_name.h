/* ingest_name: how /ingest names what it gets: __name__ of a pprof, type of folded text. */
#ifndef STK_CORE_SERVER_INGEST_NAME_H
#define STK_CORE_SERVER_INGEST_NAME_H

#include "core/base/buf.h"
#include "core/base/json.h"

/* Append the __name__ of a pprof with these sample types. config is the sample_type_config of the
 * request (an object keyed by sample type, of which display-name counts), or NULL. Fits
 * stk_store_name_fn with the config as ctx. */
void stk_ingest_name(const struct stk_str *types, size_t len, struct stk_buf *out, void *config);

/* What a folded push's suffix means. */
struct stk_ingest_suffix {
	const char *suffix;
	const char *name; /* __name__ */
	const char *type; /* sample type */
	const char *unit;
	bool is_time; /* values are ticks of sampleRate; the period type is cpu:nanoseconds */
};

/* Split "app.cpu" at the last dot: the app to *app_out and its suffix's meaning (cpu if there is no
 * dot). STK_E_INVAL: unknown suffix. */
int stk_ingest_suffix_find(struct stk_str name, struct stk_str *app_out,
	const struct stk_ingest_suffix **out, struct stk_err *err) STK_MUST_CHECK;

#endif
