/* faults: errors that iterations and checks ended in, shown once per place. */
#ifndef STK_CORE_SCRIPT_FAULTS_H
#define STK_CORE_SCRIPT_FAULTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct stk_faults; /* any thread */

#define STK_FAULTS_PLACES_MAX 200

struct stk_faults *stk_faults_new(void);
void stk_faults_free(struct stk_faults *faults);
/* Count an error by its text, "shop.lua:12: ...". True the first time at that place ("shop.lua:12";
 * the whole first line where there is none): then it is worth showing. After
 * STK_FAULTS_PLACES_MAX places no new one is. */
bool stk_faults_add(struct stk_faults *faults, const char *text);

/* How often an error happened at the place of text. */
int64_t stk_faults_count(struct stk_faults *faults, const char *text);

#endif
