/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Nobody but this process, and who has its priority, gets a processor
 */
#ifndef STARVE_H
#define STARVE_H

#include <sys/types.h>

#define STARVE_CPUS_MAX	8u

/**
 * struct starve - programs that keep the other processors
 * @phase: what they wait for, in shared memory
 * @n: their number
 * @pids: of them
 */
struct starve {
	volatile int *phase;
	unsigned int n;
	pid_t pids[STARVE_CPUS_MAX];
};

/* Real-time priority for this process: @below of the highest one. */
void starve_priority(int below);
/* Starts them; they wait.  There is one for each processor but number 0. */
void starve_prepare(struct starve *s);
/* From now on; this process runs on processor 0. */
void starve_begin(struct starve *s);
/* The same, but this process stays an ordinary one. */
void starve_others(struct starve *s);
void starve_end(struct starve *s);

#endif
