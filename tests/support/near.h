/* near: doubles that must agree to so many significant digits. */
#ifndef STK_TESTS_SUPPORT_NEAR_H
#define STK_TESTS_SUPPORT_NEAR_H

/* Fails the running cmocka test, naming what, unless |got - want| <= relative * |want|
 * (or both are below 1e-12). */
void test_near(const char *what, double got, double want, double relative);

#endif
