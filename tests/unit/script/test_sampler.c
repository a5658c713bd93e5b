/* test_sampler: what is attributed to whom, and that estimates hold what exact sums say. */
#include "core/script/sampler.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <math.h>
#include <string.h>
#include <time.h>

#include "core/script/sampler_rows_priv.h"

struct fixture {
	struct stk_sampler *sampler;
	lua_State *lua;
	struct stk_sampler_slice slice;
};

static void open_fixture(struct fixture *f, size_t mean, uint64_t seed, const char *text)
{
	struct stk_sampler_opts opts = {.alloc_mean = mean, .seed = seed};

	*f = (struct fixture){.slice = STK_SAMPLER_SLICE_INIT};
	f->sampler = stk_sampler_new(&opts);
	f->lua = lua_newstate(stk_sampler_alloc, f->sampler);
	assert_non_null(f->lua);
	luaL_openlibs(f->lua);
	stk_sampler_source(f->sampler, "t/work.lua", stk_str_of(text));
	assert_int_equal(luaL_loadbufferx(f->lua, text, strlen(text), "@t/work.lua", "t"), LUA_OK);
	assert_int_equal(lua_pcall(f->lua, 0, 0, 0), LUA_OK);
	stk_sampler_take(f->sampler, &f->slice);
}

static void close_fixture(struct fixture *f)
{
	lua_close(f->lua);
	stk_sampler_stop(f->sampler);
	stk_sampler_free(f->sampler);
	stk_sampler_slice_release(&f->slice);
}

/* Call a global function as an application does. */
static void call(struct fixture *f, const char *name, lua_Integer argument)
{
	lua_getglobal(f->lua, name);
	lua_pushinteger(f->lua, argument);
	assert_null(stk_sampler_enter(f->sampler, f->lua));
	assert_int_equal(lua_pcall(f->lua, 1, 0, 0), LUA_OK);
	assert_ptr_equal(stk_sampler_enter(f->sampler, NULL), f->lua);
}

static const struct stk_sampler_frame *frame_at(
	const struct fixture *f, const struct stk_sampler_row *row, size_t depth)
{
	return &f->slice.locations.items[f->slice.frames.items[row->frames_at + depth]];
}

/* Sum of the rows whose leaf is the function (NULL: all). */
static struct stk_sampler_row sum_of(const struct fixture *f, const char *name)
{
	struct stk_sampler_row sum = {0};

	for (size_t i = 0; i < f->slice.rows.len; i++) {
		const struct stk_sampler_row *row = &f->slice.rows.items[i];

		if (name && strcmp(frame_at(f, row, 0)->name, name) != 0)
			continue;
		sum.ticks += row->ticks;
		sum.alloc_objects += row->alloc_objects;
		sum.alloc_bytes += row->alloc_bytes;
		sum.live_objects += row->live_objects;
		sum.live_bytes += row->live_bytes;
	}
	return sum;
}

/* --- names --------------------------------------------------------------------------- */

static void assert_name(const char *line, const char *want)
{
	struct stk_buf text = STK_BUF_EMPTY, name = STK_BUF_EMPTY;

	stk_buf_addf(&text, "-- first\n%s\n", line);
	stk_sampler_rows_name(STK_STR("shop/cart.lua"), stk_buf_str(&text), 2, &name);
	assert_string_equal(name.ptr, want);
	stk_buf_release(&text);
	stk_buf_release(&name);
}

static void name__is_that_of_the_definition(void **state)
{
	(void)state;
	assert_name("function M.sum(cart)", "cart.sum");
	assert_name("local function get(id)", "cart.get");
	assert_name("function Cart.lines:add (x)", "cart.add");
	assert_name("  M.view = function(id)", "cart.view");
	assert_name("  local view=function (id)", "cart.view");
	assert_name("return function(id)", "cart.line_2");
	assert_name("local functional = 1", "cart.line_2");
	assert_name("functions(function(a) end)", "cart.line_2");
}

static void name__of_what_has_no_text_is_its_line(void **state)
{
	struct stk_buf name = STK_BUF_EMPTY;

	(void)state;
	stk_sampler_rows_name(STK_STR("x.lua"), STK_STR(""), 7, &name);
	assert_string_equal(name.ptr, "x.line_7");
	stk_buf_clear(&name);
	stk_sampler_rows_name(STK_STR("a/x.lua"), STK_STR(""), 0, &name);
	assert_string_equal(name.ptr, "x.main_chunk");
	stk_buf_release(&name);
}

/* --- memory -------------------------------------------------------------------------- */

static const char *const alloc_text = "kept = {}\n"
				      "local function small(n)\n"
				      "  for i = 1, n do local t = { i, i } end\n"
				      "end\n"
				      "local function large(n)\n"
				      "  for i = 1, n do local s = string.rep('x', 20000) end\n"
				      "end\n"
				      "function run(n)\n"
				      "  small(n)\n"
				      "  large(n // 100)\n"
				      "end\n"
				      "function keep(n)\n"
				      "  for i = 1, n do kept[i] = string.rep('k', 5000 + i) end\n"
				      "end\n"
				      "function forget()\n"
				      "  kept = {}\n"
				      "end\n";

static void alloc__estimates_hold_the_exact_sums(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 8; seed++) {
		struct stk_sampler_totals before, after;
		struct fixture f;
		double bytes, sigma;

		open_fixture(&f, 4096, seed, alloc_text);
		stk_sampler_totals(f.sampler, &before);
		call(&f, "run", 20000);
		stk_sampler_totals(f.sampler, &after);
		stk_sampler_take(f.sampler, &f.slice);
		bytes = (double)(after.allocated_bytes - before.allocated_bytes);
		/* A block of s bytes adds s^2 (1-p)/p <= s * mean to the variance. */
		sigma = sqrt(bytes * 4096);
		assert_true(bytes > 9e6);
		assert_true(fabs(sum_of(&f, NULL).alloc_bytes - bytes) < 5 * sigma);
		assert_true(5 * sigma < 0.12 * bytes);
		assert_true(after.hits > 700);
		close_fixture(&f);
	}
}

static void alloc__objects_are_counted_by_size(void **state)
{
	struct stk_sampler_totals before, after;
	struct fixture f;
	double objects;

	(void)state;
	open_fixture(&f, 512, 3, alloc_text);
	stk_sampler_totals(f.sampler, &before);
	call(&f, "run", 20000);
	stk_sampler_totals(f.sampler, &after);
	stk_sampler_take(f.sampler, &f.slice);
	objects = (double)(after.allocated_objects - before.allocated_objects);
	/* 40,000 blocks of some 50 bytes: each stands for ten, sigma = sqrt(400,000) */
	assert_true(objects > 40000);
	assert_true(fabs(sum_of(&f, NULL).alloc_objects - objects) < 5 * sqrt(objects * 10));
	close_fixture(&f);
}

static void alloc__goes_to_the_function_that_allocates(void **state)
{
	struct stk_sampler_row small, large, all;
	struct fixture f;

	(void)state;
	open_fixture(&f, 1024, 5, alloc_text);
	call(&f, "run", 20000);
	stk_sampler_take(f.sampler, &f.slice);
	small = sum_of(&f, "work.small");
	large = sum_of(&f, "work.large");
	all = sum_of(&f, NULL);
	/* large: 200 times a box and a string of 20,000 bytes */
	assert_true(fabs(large.alloc_bytes - 8.01e6) < 0.02e6);
	assert_true(small.alloc_objects > 100 * large.alloc_objects / 2);
	assert_true(small.alloc_bytes + large.alloc_bytes > 0.99 * all.alloc_bytes);
	close_fixture(&f);
}

static void live__goes_when_the_blocks_are_freed(void **state)
{
	struct fixture f;
	double live;

	(void)state;
	open_fixture(&f, 1024, 5, alloc_text);
	call(&f, "keep", 400);
	lua_gc(f.lua, LUA_GCCOLLECT);
	stk_sampler_mark_live(f.sampler);
	stk_sampler_take(f.sampler, &f.slice);
	live = sum_of(&f, "work.keep").live_bytes;
	assert_true(live > 1.9e6 && live < 2.3e6); /* 400 strings of 5,000 to 5,400 bytes */
	call(&f, "forget", 0);
	lua_gc(f.lua, LUA_GCCOLLECT);
	stk_sampler_take(f.sampler, &f.slice); /* not marked: as before */
	assert_true(sum_of(&f, "work.keep").live_bytes > 1.9e6);
	stk_sampler_mark_live(f.sampler);
	stk_sampler_take(f.sampler, &f.slice);
	/* a record of Lua's own may have been made on the way */
	assert_true(sum_of(&f, "work.keep").live_bytes < 10000);
	close_fixture(&f);
}

static void live__follows_a_block_that_grows(void **state)
{
	static const char *const text = "t = {}\n"
					"function grow(n)\n"
					"  for i = #t + 1, n do t[i] = i end\n"
					"end\n"
					"function drop() t = nil end\n";
	struct fixture f;
	double live;

	(void)state;
	open_fixture(&f, 256, 9, text);
	call(&f, "grow", 100000); /* 2^17 slots of 16 bytes in the end */
	stk_sampler_mark_live(f.sampler);
	stk_sampler_take(f.sampler, &f.slice);
	live = sum_of(&f, NULL).live_bytes;
	assert_true(live > 2.0e6 && live < 2.3e6);
	call(&f, "drop", 0);
	lua_gc(f.lua, LUA_GCCOLLECT);
	stk_sampler_mark_live(f.sampler);
	stk_sampler_take(f.sampler, &f.slice);
	assert_true(sum_of(&f, "work.grow").live_bytes < 1);
	close_fixture(&f);
}

static void take__starts_flows_again(void **state)
{
	struct fixture f;

	(void)state;
	open_fixture(&f, 1024, 5, alloc_text);
	call(&f, "run", 5000);
	stk_sampler_take(f.sampler, &f.slice);
	assert_true(sum_of(&f, NULL).alloc_bytes > 0);
	stk_sampler_take(f.sampler, &f.slice);
	assert_true(sum_of(&f, NULL).alloc_bytes == 0);
	close_fixture(&f);
}

static void stack__is_leaf_first_with_file_and_lines(void **state)
{
	const struct stk_sampler_row *row = NULL;
	struct fixture f;

	(void)state;
	open_fixture(&f, 1024, 5, alloc_text);
	call(&f, "run", 20000);
	stk_sampler_take(f.sampler, &f.slice);
	for (size_t i = 0; i < f.slice.rows.len && !row; i++)
		if (strcmp(frame_at(&f, &f.slice.rows.items[i], 0)->name, "work.large") == 0)
			row = &f.slice.rows.items[i];
	assert_non_null(row);
	assert_int_equal(row->frames_len, 2);
	assert_string_equal(frame_at(&f, row, 0)->file, "t/work.lua");
	assert_int_equal(frame_at(&f, row, 0)->start_line, 5);
	assert_int_equal(frame_at(&f, row, 0)->line, 6);
	assert_string_equal(frame_at(&f, row, 1)->name, "work.run");
	assert_int_equal(frame_at(&f, row, 1)->start_line, 8);
	assert_int_equal(frame_at(&f, row, 1)->line, 10);
	close_fixture(&f);
}

/* --- labels -------------------------------------------------------------------------- */

static void label__stays_with_what_happened_under_it(void **state)
{
	const struct stk_sampler_label first = {STK_STR("k6_name"), STK_STR("a")};
	const struct stk_sampler_label second = {STK_STR("k6_name"), STK_STR("b")};
	double of_a = 0, of_b = 0;
	struct fixture f;

	(void)state;
	open_fixture(&f, 1024, 5, alloc_text);
	stk_sampler_label(f.sampler, &first, 1);
	call(&f, "run", 9000);
	stk_sampler_label(f.sampler, &second, 1);
	call(&f, "run", 3000);
	stk_sampler_label(f.sampler, NULL, 0);
	stk_sampler_take(f.sampler, &f.slice);
	for (size_t i = 0; i < f.slice.rows.len; i++) {
		const struct stk_sampler_row *row = &f.slice.rows.items[i];

		if (row->labels_len == 0)
			continue;
		assert_int_equal(row->labels_len, 1);
		*(stk_str_is(row->labels[0].value, "a") ? &of_a : &of_b) += row->alloc_bytes;
	}
	assert_true(of_a > 2.5 * of_b && of_a < 3.5 * of_b);
	close_fixture(&f);
}

static void label__sets_are_bounded(void **state)
{
	struct stk_sampler_rows rows;
	char value[16];
	struct stk_sampler_label label = {STK_STR("n"), {value, 0}};

	(void)state;
	stk_sampler_rows_init(&rows);
	for (int i = 1; i <= STK_SAMPLER_LABEL_SETS_MAX; i++) {
		label.value.len = (size_t)snprintf(value, sizeof value, "%d", i);
		assert_int_equal(stk_sampler_rows_label(&rows, &label, 1), i);
	}
	label.value = STK_STR("one too many");
	assert_int_equal(stk_sampler_rows_label(&rows, &label, 1), 0);
	label.value = STK_STR("7");
	assert_int_equal(stk_sampler_rows_label(&rows, &label, 1), 7);
	stk_sampler_rows_release(&rows);
}

/* --- CPU ----------------------------------------------------------------------------- */

static const char *const cpu_text = "local function light(n)\n"
				    "  local x = 1\n"
				    "  for i = 1, n do x = (x * 31 + i) % 65521 end\n"
				    "  return x\n"
				    "end\n"
				    "local function heavy(n)\n"
				    "  local x = 1\n"
				    "  for i = 1, 3 * n do x = (x * 31 + i) % 65521 end\n"
				    "  return x\n"
				    "end\n"
				    "function run(n)\n"
				    "  local a, b = light(n), heavy(n)\n"
				    "end\n";

static void cpu__is_shared_out_as_it_was_spent(void **state)
{
	struct stk_sampler_totals totals = {0};
	struct stk_sampler_row light, heavy;
	struct fixture f;
	double share;

	(void)state;
	open_fixture(&f, 0, 1, cpu_text);
	assert_int_equal(stk_sampler_start(f.sampler, NULL), 0);
	while (totals.ticks < 120) {
		call(&f, "run", 9000);
		stk_sampler_totals(f.sampler, &totals);
	}
	stk_sampler_take(f.sampler, &f.slice);
	light = sum_of(&f, "work.light");
	heavy = sum_of(&f, "work.heavy");
	assert_int_equal(sum_of(&f, NULL).ticks, f.slice.ticks);
	share = (double)heavy.ticks / (double)(light.ticks + heavy.ticks);
	assert_true(share > 0.55 && share < 0.95); /* 0.75, sigma 0.04 */
	assert_true((double)(light.ticks + heavy.ticks) > 0.9 * (double)f.slice.ticks);
	/* overruns are added: the measured period is that of the timer */
	assert_true(f.slice.cpu_ns / f.slice.ticks > 3600000);
	assert_true(f.slice.cpu_ns / f.slice.ticks < 4400000);
	close_fixture(&f);
}

static volatile unsigned long sink;

/* Use the CPU until so many more ticks have come: one call of the handler may bring several. */
static void burn(struct stk_sampler *sampler, uint64_t more)
{
	struct stk_sampler_totals totals;
	uint64_t ticks;

	stk_sampler_totals(sampler, &totals);
	ticks = totals.ticks + more;
	do {
		for (unsigned long i = 0; i < 100000; i++)
			sink += i;
		stk_sampler_totals(sampler, &totals);
	} while (totals.ticks < ticks);
}

static void cpu__outside_lua_is_native_and_the_collectors_is_gc(void **state)
{
	struct fixture f;

	(void)state;
	open_fixture(&f, 0, 1, cpu_text);
	assert_int_equal(stk_sampler_start(f.sampler, NULL), 0);
	burn(f.sampler, 4);
	stk_sampler_collect(f.sampler, true);
	burn(f.sampler, 8);
	stk_sampler_collect(f.sampler, false);
	stk_sampler_stop(f.sampler);
	stk_sampler_take(f.sampler, &f.slice);
	assert_int_equal(sum_of(&f, STK_SAMPLER_NATIVE).ticks + sum_of(&f, STK_SAMPLER_GC).ticks,
		f.slice.ticks);
	assert_true(sum_of(&f, STK_SAMPLER_NATIVE).ticks >= 4);
	assert_true(sum_of(&f, STK_SAMPLER_GC).ticks >= 7);
	assert_true(f.slice.cpu_ns > 0);
	close_fixture(&f);
}

static void stop__ends_the_ticks(void **state)
{
	struct stk_sampler_totals before, after;
	struct fixture f;
	struct timespec ts;
	time_t end;

	(void)state;
	open_fixture(&f, 0, 1, cpu_text);
	assert_int_equal(stk_sampler_start(f.sampler, NULL), 0);
	burn(f.sampler, 2);
	stk_sampler_stop(f.sampler);
	stk_sampler_totals(f.sampler, &before);
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
	end = ts.tv_sec * 1000 + ts.tv_nsec / 1000000 + 40;
	while (ts.tv_sec * 1000 + ts.tv_nsec / 1000000 < end)
		clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
	stk_sampler_totals(f.sampler, &after);
	assert_int_equal(before.ticks, after.ticks);
	assert_int_equal(before.cpu_ns, after.cpu_ns);
	close_fixture(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(name__is_that_of_the_definition),
		cmocka_unit_test(name__of_what_has_no_text_is_its_line),
		cmocka_unit_test(alloc__estimates_hold_the_exact_sums),
		cmocka_unit_test(alloc__objects_are_counted_by_size),
		cmocka_unit_test(alloc__goes_to_the_function_that_allocates),
		cmocka_unit_test(live__goes_when_the_blocks_are_freed),
		cmocka_unit_test(live__follows_a_block_that_grows),
		cmocka_unit_test(take__starts_flows_again),
		cmocka_unit_test(stack__is_leaf_first_with_file_and_lines),
		cmocka_unit_test(label__stays_with_what_happened_under_it),
		cmocka_unit_test(label__sets_are_bounded),
		cmocka_unit_test(cpu__is_shared_out_as_it_was_spent),
		cmocka_unit_test(cpu__outside_lua_is_native_and_the_collectors_is_gc),
		cmocka_unit_test(stop__ends_the_ticks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
