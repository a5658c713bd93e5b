/* scan: names, addresses and routes in the text of a program, found without knowing its language.
 */
#ifndef STK_CORE_INIT_SCAN_H
#define STK_CORE_INIT_SCAN_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/str.h"

/* The next literal that stands behind token: os.Getenv("PORT") with the token `os.Getenv(` gives
 * PORT. Between the two may be blanks; quotes are " ' and `, a literal ends on its line. *rest
 * moves on behind it. False when there is none. */
bool stk_scan_literal(struct stk_str *rest, const char *token, struct stk_str *out);

/* The next word of letters, digits and _ directly behind token: process.env.PORT. */
bool stk_scan_word(struct stk_str *rest, const char *token, struct stk_str *out);

/* The next whole number behind token, blanks and one quote between: listen(3000. */
bool stk_scan_number(struct stk_str *rest, const char *token, int64_t *out);

/* Does the text say this, as a whole word? */
bool stk_scan_has(struct stk_str text, const char *word);

/* The value of the first line `key = "value"`, `key: value`, `"key": "value"` below a header
 * line such as "[package]" (NULL: anywhere): unquoted, blanks cut. */
bool stk_scan_value(struct stk_str text, const char *header, const char *key, struct stk_str *out);

/* The port at the end of ":8080", "0.0.0.0:8080" or "8080"; 0 if there is none. */
int64_t stk_scan_port(struct stk_str address);

#endif
