/* keys: the terminal without line mode, put back by whoever ends the process. */
#include "cmd/keys.h"

#include <stdatomic.h>
#include <stdio.h>
#include <termios.h>
#include <unistd.h>

/* A signal handler restores the terminal, too. */
static struct termios before;
static atomic_int opened_fd = -1;

bool stk_keys_open(const struct stk_env *env)
{
	int fd = env->in ? fileno(env->in) : -1;
	struct termios raw;

	if (fd < 0 || !env->err_tty || isatty(fd) != 1 || tcgetpgrp(fd) != getpgrp() ||
		tcgetattr(fd, &before) != 0)
		return false;
	raw = before;
	raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO); /* ISIG stays: Ctrl-C is a signal */
	raw.c_cc[VMIN] = 0;
	raw.c_cc[VTIME] = 0;
	if (tcsetattr(fd, TCSANOW, &raw) != 0)
		return false;
	atomic_store(&opened_fd, fd);
	return true;
}

char stk_keys_read(void)
{
	int fd = atomic_load(&opened_fd);
	char key;

	/* Put into the background meanwhile, a read would stop the process. */
	if (fd < 0 || tcgetpgrp(fd) != getpgrp() || read(fd, &key, 1) != 1)
		return 0;
	return key;
}

void stk_keys_close(void)
{
	int fd = atomic_exchange(&opened_fd, -1);

	if (fd >= 0)
		(void)tcsetattr(fd, TCSANOW, &before);
}
