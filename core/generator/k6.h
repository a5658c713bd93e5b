/* k6: how k6 is called, what it says at its end, and what its exit codes mean. */
#ifndef STK_CORE_GENERATOR_K6_H
#define STK_CORE_GENERATOR_K6_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/arena.h"
#include "core/base/err.h"
#include "core/base/str.h"
#include "core/generator/generated.h"

/* The variable that names k6 where it is not on PATH. */
#define STK_K6_VARIABLE    "STOKER_K6"
#define STK_K6_SUMMARY_MAX ((size_t)64 << 20)

/* One call of `k6 run`. All borrowed. */
struct stk_k6_call {
	const char *program; /* NULL: k6 from PATH */
	const char *script;
	const char *points_path;  /* for --out json */
	const char *summary_path; /* for --summary-export */
	const char *const *args;  /* further ones, before the script; may be NULL */
	int64_t vus;              /* 0: the script's own workload */
	int64_t duration_ns;      /* with vus */
};

/* The words of the call, NULL at the end, in the arena. */
const char *const *stk_k6_words(const struct stk_k6_call *call, struct stk_arena *arena);

/* The environment of k6: this process's without K6_* (it would outrank the script, reference
 * k6 9.1) and without the automatic fetching of extensions, then BASE_URL (url NULL: the script's
 * own) and env (NAME=VALUE, NULL at the end; may be NULL). Scripts see it as __ENV; unlike -e it
 * shows no password in the list of processes. Both levels are the caller's: stk_proc_free_env. */
char **stk_k6_environment(const char *url, const char *const *env);

/* "v2.2.0" of `k6 version`, in the arena. STK_E_NOT_FOUND with what to do when there is no k6. */
int stk_k6_version(const char *program, struct stk_arena *arena, const char **out,
	struct stk_err *err) STK_MUST_CHECK;

/* Say of STK_E_NOT_FOUND that k6 is missing, and what to do. Returns the code. */
int stk_k6_explain_missing(const char *program, struct stk_err *err);

/* Thresholds and the duration of the run, from what --summary-export wrote (shape A of reference
 * k6 7.2: true means failed), beside the points read before. STK_E_FORMAT. */
int stk_k6_read_summary(
	struct stk_str text, struct stk_generated *out, struct stk_err *err) STK_MUST_CHECK;

/* 0: k6 ran to its end (also with crossed thresholds, 99, and after our own signal, 105).
 * STK_E_SCRIPT: the script is at fault; STK_E_IO: something else. was_asked: we told it to stop. */
int stk_k6_judge_exit(int exit_code, bool was_asked, struct stk_err *err) STK_MUST_CHECK;

#endif
