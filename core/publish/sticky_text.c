/* sticky_text: what is written: the comment of a run, long and short. */
#include "core/publish/links.h"
#include "core/publish/sticky.h"

void stk_sticky_text_format(const struct stk_post *post, enum stk_comment_flavour flavour,
	const char *history, struct stk_sticky_text *text)
{
	struct stk_arena arena = STK_ARENA_INIT;
	struct stk_comment_opts opts = {.key = post->opts->key,
		.has_bot = post->opts->has_bot,
		.flavour = flavour,
		.history = history};

	*text = (struct stk_sticky_text){.body = STK_BUF_EMPTY, .short_body = STK_BUF_EMPTY};
	stk_links_of(post, &arena, &opts.links);
	stk_comment_format(post->doc, &opts, &text->body);
	opts.is_short = true;
	stk_comment_format(post->doc, &opts, &text->short_body);
	stk_arena_release(&arena);
	stk_comment_marker_of_run(&text->marker, post->doc->run, post->opts->key);
	text->only_update = !post->opts->always && !stk_comment_is_news(post->doc);
}

void stk_sticky_text_release(struct stk_sticky_text *text)
{
	stk_buf_release(&text->body);
	stk_buf_release(&text->short_body);
}
