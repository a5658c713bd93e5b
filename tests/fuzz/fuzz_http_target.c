/* fuzz_http_target: request targets, query strings, URLs, listen addresses, names, times, content
 * types. */
#include <stdint.h>
#include <stdlib.h>

#include "core/http/server.h"
#include "core/pyroscope/connect.h"
#include "core/server/app_name.h"
#include "core/server/when.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct stk_str text = {(const char *)data, size};
	struct stk_url_query query;
	struct stk_app_name name;
	struct stk_url url;
	enum stk_connect_codec codec;
	char *address = NULL;
	uint16_t port = 0;

	if (stk_url_query_parse(&query, text, NULL) == 0)
		for (size_t i = 0; i < query.pairs.len; i++) {
			(void)stk_when_parse(query.pairs.items[i].value, 1795348800000000000);
			(void)!stk_app_name_parse(&name, query.pairs.items[i].value, NULL);
			stk_app_name_release(&name);
		}
	stk_url_query_release(&query);
	(void)!stk_connect_codec_parse(text, &codec, NULL);
	if (stk_url_parse(text, &url, NULL) == 0 && !url.host.len)
		abort();
	if (stk_server_parse_listen(text, &address, &port, NULL) == 0)
		free(address);
	return 0;
}
