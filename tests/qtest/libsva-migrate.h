/*
 * Moving a test machine to another QEMU process
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TESTS_QTEST_LIBSVA_MIGRATE_H
#define TESTS_QTEST_LIBSVA_MIGRATE_H

#include "libsva.h"

/*
 * Save @t's machine to a file, end its process, and load the file in one
 * that is started with the options @args.  False if it was not taken; the
 * new process is there in any case.
 */
bool sva_test_move(SvaTest *t, const char *args);

/*
 * The same with the machine at work: @work is called when all memory but the
 * last has been saved once.  @work NULL: it is not.
 */
bool sva_test_move_at_work(SvaTest *t, const char *args,
                           void (*work)(SvaTest *t, void *opaque),
                           void *opaque);

#endif
