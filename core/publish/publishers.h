/* publishers: all publishers that there are, one per file. */
#ifndef STK_CORE_PUBLISH_PUBLISHERS_H
#define STK_CORE_PUBLISH_PUBLISHERS_H

#include "core/publish/publisher.h"

extern const struct stk_publisher stk_publisher_check;   /* a check run with annotations */
extern const struct stk_publisher stk_publisher_comment; /* GitHub's comment on a pull request */
extern const struct stk_publisher stk_publisher_outputs; /* a step's outputs */
extern const struct stk_publisher stk_publisher_status;  /* GitHub's commit status */
extern const struct stk_publisher stk_publisher_summary; /* a step's summary page */

#endif
