/* transport_plain: http:// over HTTP/1.1 and sockets of our own, as a transport. */
#include <string.h>

#include "core/load/plain_priv.h"

static int open_plain(const struct stk_transport_opts *opts, void **out, struct stk_err *err)
{
	struct stk_plain *plain = NULL;
	int rc = stk_plain_open(opts, &plain, err);

	if (rc == 0)
		*out = plain;
	return rc;
}

static void close_plain(void *ctx)
{
	stk_plain_close(ctx);
}

static void submit(void *ctx, struct stk_exchange *exchange)
{
	stk_plain_submit(ctx, exchange);
}

static void cancel(void *ctx, struct stk_exchange *exchange)
{
	stk_plain_cancel(ctx, exchange);
}

static void finish(void *ctx, struct stk_exchange *exchange)
{
	(void)ctx;
	stk_plain_finish(exchange);
}

static void poll_plain(void *ctx, int64_t mono_ns)
{
	stk_plain_poll(ctx, mono_ns);
}

static void wake(void *ctx)
{
	stk_plain_wake(ctx);
}

static void forget(void *ctx, void **session)
{
	stk_plain_forget(ctx, session);
}

static const struct stk_transport_ops plain_ops = {
	.name = "plain",
	.open = open_plain,
	.close = close_plain,
	.submit = submit,
	.cancel = cancel,
	.finish = finish,
	.poll = poll_plain,
	.wake = wake,
	.forget = forget,
};

const struct stk_transport_ops *stk_transport_plain(void)
{
	return &plain_ops;
}
