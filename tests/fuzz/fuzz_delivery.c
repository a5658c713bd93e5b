/* fuzz_delivery: bodies of webhooks: first line the event's name, behind it the body. */
#include <stdlib.h>
#include <string.h>

#include "core/bot/delivery.h"
#include "core/publish/ci.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct stk_str body = {(const char *)data, size}, name;
	struct stk_delivery delivery;

	(void)stk_str_cut(&body, '\n', &name);
	if (stk_delivery_parse(name, body, &delivery, NULL) == 0 &&
		(delivery.kind == STK_DELIVERY_COMMENT || delivery.kind == STK_DELIVERY_FINISHED)) {
		if (!stk_ci_is_repository(stk_str_of(delivery.repository)) || delivery.number < 0)
			abort();
		if (delivery.kind == STK_DELIVERY_COMMENT &&
			(!delivery.text || !stk_delivery_is_login(stk_str_of(delivery.login))))
			abort();
		if (delivery.kind == STK_DELIVERY_FINISHED &&
			(!stk_ci_is_sha(stk_str_of(delivery.head_sha)) || delivery.run_id <= 0))
			abort();
	}
	stk_delivery_release(&delivery);
	return 0;
}
