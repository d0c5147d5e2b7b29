/*
 * What tests of the event stream share: longest events, a check of syntax
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TESTS_UNIT_OBSERVE_SAMPLES_H
#define TESTS_UNIT_OBSERVE_SAMPLES_H

#include "hw/sva/event.h"

/* All bits of all numbers are 1; flags and names have the most letters. */
SvaEvent observe_longest(SvaEventKind kind);

/* Is @text one JSON value, followed by nothing? */
bool observe_is_json(const char *text, size_t len);

#endif
