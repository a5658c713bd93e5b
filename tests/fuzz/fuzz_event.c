/* fuzz_event: GitHub's event file, which names and texts of strangers are in. */
#include <stdlib.h>
#include <string.h>

#include "core/git/event.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_id(const struct stk_repo_id *id)
{
	if (id->hex[0] && (strlen(id->hex) != 40 || strspn(id->hex, "0123456789abcdef") != 40))
		abort();
}

static void check_ref(const char *ref)
{
	for (; *ref; ref++)
		if ((unsigned char)*ref <= ' ')
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct stk_event event;

	if (stk_event_parse(stk_str_n((const char *)data, size), &event, NULL) < 0)
		return 0;
	check_id(&event.base);
	check_id(&event.head);
	check_ref(event.base_ref);
	check_ref(event.head_ref);
	return 0;
}
