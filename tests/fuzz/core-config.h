/*
 * Fuzz: configuration cache against a hash table
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TESTS_FUZZ_CORE_CONFIG_H
#define TESTS_FUZZ_CORE_CONFIG_H

#include "fuzz.h"

typedef struct FuzzConfig FuzzConfig;

FuzzConfig *fuzz_config_new(void);
void fuzz_config_free(FuzzConfig *c);
/* One operation, chosen by the next byte. */
void fuzz_config_step(FuzzConfig *c, FuzzInput *in);

#endif
