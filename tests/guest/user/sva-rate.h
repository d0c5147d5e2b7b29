/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rates per second, for scenarios that `sva bench` boots
 *
 * Compare the figures within one guest only: its clock depends on how busy the
 * host is.
 */
#ifndef SVA_RATE_H
#define SVA_RATE_H

#include <stdint.h>

#define SVA_RATE_REPETITIONS	5u

uint64_t sva_now_us(void);
/* The median of what @n took in @us[SVA_RATE_REPETITIONS], as a number a second. */
void sva_rate_report(const char *what, unsigned long n, uint64_t *us);

#endif
