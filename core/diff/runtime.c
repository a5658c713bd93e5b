/* runtime: rows that are a runtime's own housekeeping, or a profiler's: shown, but never accused.
 */
#include "core/diff/runtime.h"

#include "core/base/mem.h"
#include "core/base/str.h"

/* Ends with '*': a prefix. */
static const char *const own[] = {
	"[*", /* frames of no function: [native], [gc], [kernel], [unknown] */
	/* Go: collector */
	"runtime.gcBgMarkWorker*",
	"runtime.gcDrain*",
	"runtime.gcAssist*",
	"runtime.scanobject",
	"runtime.scanObject*",
	"runtime.scanSpan*",
	"runtime.greyobject",
	"runtime.markroot*",
	"runtime.findObject",
	"runtime.bgsweep",
	"runtime.sweepone",
	"runtime.bgscavenge",
	/* Go: scheduler and idling */
	"runtime.mcall",
	"runtime.schedule",
	"runtime.findRunnable",
	"runtime.park_m",
	"runtime.futex*",
	"runtime.usleep",
	"runtime.osyield",
	"runtime.sysmon",
	"runtime.netpoll*",
	"runtime.stealWork",
	"runtime.runqgrab",
	"runtime.epollwait",
	/* Go: the profiler itself */
	"runtime/pprof.*",
	"github.com/grafana/pyroscope-go*",
	/* JVM: threads of collector and compilers */
	"GC Thread*",
	"G1 *",
	"C1 CompilerThread*",
	"C2 CompilerThread*",
	"VM Thread",
	/* kernel */
	"__softirqentry_text_start",
	"do_softirq*",
	"__do_softirq",
	"futex_wait*",
	"epoll_wait",
};

bool stk_runtime_is_own(const char *function)
{
	struct stk_str name = stk_str_of(function);

	for (size_t i = 0; i < STK_ARRAY_LEN(own); i++) {
		struct stk_str known = stk_str_of(own[i]);
		if (!stk_str_ends(known, "*")) {
			if (stk_str_eq(name, known))
				return true;
			continue;
		}
		known.len--;
		if (name.len >= known.len && stk_str_eq(stk_str_sub(name, 0, known.len), known))
			return true;
	}
	return false;
}
