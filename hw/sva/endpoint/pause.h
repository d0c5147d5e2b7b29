/*
 * Pauses of accesses: groups held back, responses not acted upon yet
 *
 * A pause is no state of its own: an access paused is in the queue for credits
 * although there are some, or has its response and was not woken.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_ENDPOINT_PAUSE_H
#define HW_SVA_ENDPOINT_PAUSE_H

#include "function.h"

/* All pauses end @delay ns from now, or when one that was begun before does. */
void sva_pause_begin(SvaFunction *fn, int64_t delay);

/* Of SvaFunction.pause_timer: ends all of them. */
void sva_pause_timer(void *fn);

void sva_pause_reset(SvaFunction *fn);

#endif
