/* kept_case: a small kept run for tests: two functions, three slices. */
#include "tests/support/kept_case.h"

void kept_case_init(
	struct stk_kept *out, const char *revision, const char *processor, int64_t measured_ns)
{
	struct stk_kept_type *type;

	stk_kept_init(out);
	out->version = "1";
	out->workflow = "shop";
	out->run = "20261122-143805-shop";
	out->revision = revision;
	out->measured_ns = measured_ns;
	out->load.seconds = 30.0;
	out->load.requests = 3000;
	out->load.rate_planned = 100.0;
	out->load.p95_ms = 11.5;
	stk_vec_push(&out->load.endpoints, (struct stk_kept_endpoint){"get", 3000.0});
	stk_vec_push(&out->environment, (struct stk_fact){"processor", processor});
	type = stk_vec_push_new(&out->types);
	type->type_id = "process_cpu:cpu:nanoseconds:cpu:nanoseconds";
	type->short_name = "cpu";
	type->unit = "nanoseconds";
	type->period = 1e7;
	stk_vec_push(
		&type->functions, (struct stk_kept_function){"main.work", "main.go", 7, 0, 0.0});
	stk_vec_push(&type->functions,
		(struct stk_kept_function){"main.main", "", 0, 9007199254740991, 300.5});
	stk_vec_push(&type->edges, (struct stk_kept_edge){1, 0, 3000000000});
	for (int i = 0; i < 3; i++) {
		struct stk_kept_slice *slice = stk_vec_push_new(&type->slices);

		*slice = (struct stk_kept_slice){.start_ns = measured_ns + i * 10,
			.duration_ns = 10,
			.instance = "",
			.requests = 1000.25,
			.total = 1000000000,
			.samples = 100.0};
		stk_vec_push(&slice->values, (struct stk_kept_value){0, 990000000 + i, 99.125});
	}
}
