/* ticks: what a profiler with a CPU-time timer sees of a service whose kernel looks at ticks. */
#ifndef STK_TESTS_SUPPORT_TICKS_H
#define STK_TESTS_SUPPORT_TICKS_H

#include <stddef.h>
#include <stdint.h>

enum { TICKS_FUNCTIONS_MAX = 64 };

/* A service of one thread: a request runs its functions one after the other, then nothing runs for
 * a while that is exponentially distributed. Times in ticks. */
struct ticks_service {
	const double *functions; /* of a request; every request is some percent off */
	size_t len;
	double pause;  /* mean */
	double period; /* of the timer, in CPU time */
};

/* Per function the share of the samples over the share of the CPU time, after so many requests. */
void ticks_sample(const struct ticks_service *service, long requests, uint64_t seed, double *out);

#endif
