/* verdict: the words a comparison may end with. */
#ifndef STK_CORE_RECORD_VERDICT_H
#define STK_CORE_RECORD_VERDICT_H

enum stk_verdict {
	STK_VERDICT_NONE, /* not judged */
	STK_VERDICT_REGRESSION,
	STK_VERDICT_IMPROVEMENT,
	STK_VERDICT_MOVED,        /* renamed, or the cost sits elsewhere now */
	STK_VERDICT_NO_CHANGE,    /* shown to be within the margin */
	STK_VERDICT_INCONCLUSIVE, /* with a reason */
	STK_VERDICT_NEW,
	STK_VERDICT_VANISHED
};

/* The word of the record and of --format json ("no_change"); static text. */
const char *stk_verdict_name(enum stk_verdict verdict);
/* Back; STK_VERDICT_NONE for anything unknown. */
enum stk_verdict stk_verdict_from_name(const char *name);

#endif
