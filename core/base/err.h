/* err: the closed list of error codes and the text that travels with one. */
#ifndef STK_CORE_BASE_ERR_H
#define STK_CORE_BASE_ERR_H

enum stk_errc {
	STK_E_INVAL = -1,          /* the caller (user) gave something that cannot be */
	STK_E_IO = -2,             /* disk, pipe, permission */
	STK_E_NOT_FOUND = -3,      /* it is not there; often not a failure */
	STK_E_TIMEOUT = -4,        /* waited long enough */
	STK_E_NET = -5,            /* no connection, connection lost, name not resolved */
	STK_E_HTTP = -6,           /* the peer answered, and the answer says no */
	STK_E_FORMAT = -7,         /* bytes that are not what they should be */
	STK_E_TOO_LARGE = -8,      /* over a named limit */
	STK_E_SCRIPT = -9,         /* an error in a workflow or load script */
	STK_E_AUTH = -10,          /* who are you, or: you may not */
	STK_E_ABORTED = -11,       /* somebody asked to stop */
	STK_E_UNIMPLEMENTED = -12, /* known, and not there on purpose */
	STK_E_INTERNAL = -13       /* a fault of ours */
};

#define STK_ERR_MSG_MAX  1024
#define STK_ERR_HINT_MAX 512

/* An error on its way up. Owned by the caller, on the stack as a rule; reads
 * outer to inner: "profile 'a.pb.gz': sample 12: varint runs past the end".
 * hint is a next step for the person, shown on a line of its own; may be "". */
struct stk_err {
	int code; /* 0 or an enum stk_errc */
	char msg[STK_ERR_MSG_MAX];
	char hint[STK_ERR_HINT_MAX];
};

#define STK_ERR_INIT                                                                               \
	{                                                                                          \
		0, "", ""                                                                          \
	}

#define STK_MUST_CHECK              __attribute__((warn_unused_result))
#define STK_PRINTF(fmt_at, args_at) __attribute__((format(printf, fmt_at, args_at)))

/* Set code and text, drop a former hint. Every function takes err == NULL.
 * Returns code, so that "return stk_err_set(...)" reads well. */
int stk_err_set(struct stk_err *err, int code, const char *fmt, ...) STK_PRINTF(3, 4);

/* As stk_err_set, with ": " and the text of errno value sys_errno behind. */
int stk_err_set_errno(struct stk_err *err, int code, int sys_errno, const char *fmt, ...)
	STK_PRINTF(4, 5);

/* Put "what: " before the text. Returns the code that is in err, INTERNAL for NULL: where err may
 * be NULL, return the code of the call that failed, not this one. */
int stk_err_wrap(struct stk_err *err, const char *fmt, ...) STK_PRINTF(2, 3);

/* Say what to do next. */
void stk_err_hint(struct stk_err *err, const char *fmt, ...) STK_PRINTF(2, 3);

/* Empty it for use again. */
void stk_err_clear(struct stk_err *err);

/* A word for a code ("not found"), for logs and tests. Static text. */
const char *stk_errc_name(int code);

#endif
