/* cmd_case: runs commands on temporary files. */
#include "tests/support/cmd_case.h"

#include <stdlib.h>
#include <unistd.h>

#include "cmd/cmd.h"
#include "core/base/mem.h"
#include "core/base/vec.h"

int cmd_case_setup(void **state)
{
	struct cmd_case *cc = stk_xcalloc(1, sizeof *cc);

	stk_fake_clock_init(&cc->clock, 0, INT64_C(1795358285000000000));
	cc->env = (struct stk_env){
		.environ_ = cc->environ_,
		.in = tmpfile(),
		.out = tmpfile(),
		.err = tmpfile(),
		.width = 80,
		.exe = "build/stoker",
		.clock = &cc->clock.clock,
		.interrupts = &cc->interrupts,
		.signal_no = &cc->signal_no,
	};
	stk_buf_init(&cc->out, 0);
	stk_buf_init(&cc->err, 0);
	*state = cc;
	return cc->env.in && cc->env.out && cc->env.err ? 0 : -1;
}

int cmd_case_teardown(void **state)
{
	struct cmd_case *cc = *state;

	fclose(cc->env.in);
	fclose(cc->env.out);
	fclose(cc->env.err);
	stk_buf_release(&cc->out);
	stk_buf_release(&cc->err);
	free(cc);
	return 0;
}

static void drain(FILE *file, struct stk_buf *buf)
{
	char bytes[4096];
	size_t len;

	fflush(file);
	rewind(file);
	while ((len = fread(bytes, 1, sizeof bytes, file)) > 0)
		stk_buf_add(buf, bytes, len);
	rewind(file);
	if (ftruncate(fileno(file), 0) != 0)
		abort();
}

void cmd_case_read(struct cmd_case *cc)
{
	drain(cc->env.out, &cc->out);
	drain(cc->env.err, &cc->err);
}

int cmd_case_run(struct cmd_case *cc, const char *line)
{
	STK_VEC(char *) argv = STK_VEC_INIT;
	struct stk_str rest = stk_str_of(line), word;

	stk_vec_push(&argv, stk_xstrdup("stoker"));
	while (line[0] && stk_str_cut(&rest, ' ', &word))
		stk_vec_push(&argv, stk_str_dup(word));
	int argc = (int)argv.len;
	stk_vec_push(&argv, NULL);
	stk_buf_clear(&cc->out);
	stk_buf_clear(&cc->err);
	int code = stk_cmd_main(&cc->env, argc, argv.items);
	cmd_case_read(cc);
	for (int i = 0; i < argc; i++)
		free(argv.items[i]);
	stk_vec_release(&argv);
	return code;
}
