/* main: sets up what a command may touch, counts interrupts, and runs one command. */
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cmd/cmd.h"
#include "cmd/keys.h"
#include "core/base/env.h"

extern char **environ;

/* Handlers may touch nothing else. */
static atomic_int interrupts;
static atomic_int signal_no;
static atomic_int pauses;

static void on_interrupt(int number)
{
	atomic_store(&signal_no, number);
	/* The third one does not wait for anything any more; children die with us. */
	if (atomic_fetch_add(&interrupts, 1) >= 2) {
		stk_keys_close();
		_exit(128 + number);
	}
}

static void on_pause(int number)
{
	(void)number;
	atomic_fetch_add(&pauses, 1);
}

static void set_signals(void)
{
	struct sigaction action;

	memset(&action, 0, sizeof action);
	sigemptyset(&action.sa_mask);
	action.sa_handler = on_interrupt; /* no SA_RESTART: a wait must notice */
	(void)sigaction(SIGINT, &action, NULL);
	(void)sigaction(SIGTERM, &action, NULL);
	action.sa_handler = on_pause;
	action.sa_flags = SA_RESTART;
	(void)sigaction(SIGUSR1, &action, NULL);
	action.sa_handler = SIG_IGN;
	(void)sigaction(SIGPIPE, &action, NULL);
}

static int terminal_width(const struct stk_env *env)
{
	struct winsize size;
	const char *columns = stk_env_get(env, "COLUMNS");
	int64_t width = 0;

	if (columns && stk_str_to_i64(stk_str_of(columns), &width, NULL) == 0 && width > 0)
		return width > 1000 ? 1000 : (int)width;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
		return size.ws_col;
	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
		return size.ws_col;
	return 80;
}

static bool wants_color(const struct stk_env *env)
{
	const char *no_color = stk_env_get(env, "NO_COLOR");
	const char *term = stk_env_get(env, "TERM");

	if (no_color && no_color[0])
		return false;
	return env->out_tty && !(term && strcmp(term, "dumb") == 0);
}

int main(int argc, char **argv)
{
	static char exe[4096];
	ssize_t len = readlink("/proc/self/exe", exe, sizeof exe - 1);
	struct stk_env env = {
		.environ_ = (const char *const *)environ,
		.in = stdin,
		.out = stdout,
		.err = stderr,
		.out_tty = isatty(STDOUT_FILENO) == 1,
		.err_tty = isatty(STDERR_FILENO) == 1,
		.exe = len > 0 ? exe : argv[0],
		.clock = stk_clock_system(),
		.interrupts = &interrupts,
		.signal_no = &signal_no,
		.pauses = &pauses,
	};

	env.width = terminal_width(&env);
	env.color = wants_color(&env);
	set_signals();
	return stk_cmd_main(&env, argc, argv);
}
