/*
 * Events as short lines, for tests of their order and content
 *
 *     ENTRY VTD_FIRST 0110/1 1000 L4 S39 @20000: 400007
 *     FILL 0110/1 1000 -> a000/fff rw- asid 1 domain 1 kind 0 priv 0
 *
 * Numbers are hexadecimal but for levels, shifts and PASIDs.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TESTS_UNIT_EVENT_LOG_H
#define TESTS_UNIT_EVENT_LOG_H

#include "fake-env.h"

/*
 * The events since the last fake_env_clear() are these lines, each with a
 * newline; then they are forgotten.
 */
void event_log_expect(FakeEnv *f, const char *lines);

#endif
