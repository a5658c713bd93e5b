/* ticks: what a profiler with a CPU-time timer sees of a service whose kernel looks at ticks. */
#include "tests/support/ticks.h"

#include <math.h>

#include "core/base/rand.h"

/* A thread's timer runs out in CPU time and is seen at the next tick in which the thread runs. */
struct thread {
	double now, tick; /* wall time, the next tick */
	double cpu, due;  /* of the thread, when its timer runs out */
};

static size_t function_at(const struct ticks_service *service, double scale, double into)
{
	size_t at = 0;

	while (at + 1 < service->len && into >= scale * service->functions[at])
		into -= scale * service->functions[at++];
	return at;
}

static void run_request(
	const struct ticks_service *service, double scale, struct thread *thread, double *samples)
{
	double length = 0.0;

	for (size_t i = 0; i < service->len; i++)
		length += scale * service->functions[i];
	thread->tick = fmax(thread->tick, ceil(thread->now));
	for (; thread->tick < thread->now + length; thread->tick += 1.0) {
		double into = thread->tick - thread->now;

		if (thread->cpu + into < thread->due)
			continue;
		samples[function_at(service, scale, into)]++;
		while (thread->due <= thread->cpu + into)
			thread->due += service->period;
	}
	thread->cpu += length;
	thread->now += length;
}

void ticks_sample(const struct ticks_service *service, long requests, uint64_t seed, double *out)
{
	struct thread thread = {.due = service->period};
	double samples[TICKS_FUNCTIONS_MAX] = {0.0}, all = 0.0, time = 0.0;
	struct stk_rand rng;

	stk_rand_init(&rng, seed, 3);
	for (long i = 0; i < requests; i++) {
		run_request(service, 0.9 + 0.2 * stk_rand_f64(&rng), &thread, samples);
		thread.now -= service->pause * log(1.0 - stk_rand_f64(&rng));
	}
	for (size_t i = 0; i < service->len; i++) {
		all += samples[i];
		time += service->functions[i];
	}
	for (size_t i = 0; i < service->len; i++)
		out[i] = samples[i] / all * time / service->functions[i];
}
