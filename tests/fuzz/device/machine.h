/*
 * A QEMU process that is driven by qtest commands, many at a time
 *
 * Commands are collected and sent together; what they read is there after
 * machine_sync().  All that was sent since machine_forget() can be listed, so
 * that a finding is a list of qtest commands.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TESTS_FUZZ_DEVICE_MACHINE_H
#define TESTS_FUZZ_DEVICE_MACHINE_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct Machine Machine;

/* @argv: QEMU and its options; @errors: file for its standard error. */
Machine *machine_start(char *const *argv, const char *errors);
/* Ends the process, if it still runs. */
void machine_free(Machine *m);

/* @size: 1, 2, 4 or 8 */
void machine_write(Machine *m, uint64_t addr, uint64_t val, unsigned size);
/* As many as there are, by one command. */
void machine_write_words(Machine *m, uint64_t addr, const uint64_t *words,
                         unsigned count);
/* What is between them is timed, see machine_longest(). */
void machine_time_begin(Machine *m);
void machine_time_end(Machine *m);
/* @out may be NULL; it is written by machine_sync(). */
void machine_read(Machine *m, uint64_t addr, uint64_t *out, unsigned size);
void machine_zero(Machine *m, uint64_t addr, uint64_t bytes);
void machine_outl(Machine *m, uint16_t port, uint32_t val);
/* Let @ns of virtual time pass. */
void machine_step(Machine *m, int64_t ns);
/* A command as it was listed. */
void machine_line(Machine *m, const char *line);

/*
 * Send what was collected and wait for the answers.  False once the process
 * has ended or does not answer; then everything else does nothing.
 */
bool machine_sync(Machine *m);
/* Reset the machine; as machine_sync(). */
bool machine_reset(Machine *m);

/* What became of a process that does not answer. */
const char *machine_end(const Machine *m);
/* The most processor time, in seconds, that timed commands took. */
double machine_longest(const Machine *m);
/* Resident memory of the process in KiB. */
uint64_t machine_memory(const Machine *m);

/* Commands since the last machine_forget(), in lines. */
const GPtrArray *machine_commands(const Machine *m);
void machine_forget(Machine *m);

#endif
