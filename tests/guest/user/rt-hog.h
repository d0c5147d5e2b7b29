/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Programs of real-time priority that keep the processors busy
 */
#ifndef RT_HOG_H
#define RT_HOG_H

#include <sys/types.h>

#define RT_HOG_CPUS_MAX	8u

/**
 * struct rt_hog - programs that keep the other processors busy
 * @phase: what they wait for, in shared memory
 * @n: their number
 * @pids: of them
 */
struct rt_hog {
	volatile int *phase;
	unsigned int n;
	pid_t pids[RT_HOG_CPUS_MAX];
};

/* Real-time priority for this process: @below of the highest one. */
void rt_hog_priority(int below);
/* Starts them; they wait.  There is one for each processor but number 0. */
void rt_hog_prepare(struct rt_hog *s);
/* From now on; this process runs on processor 0. */
void rt_hog_begin(struct rt_hog *s);
/* The same, but this process stays an ordinary one. */
void rt_hog_others(struct rt_hog *s);
void rt_hog_end(struct rt_hog *s);

/*
 * sva-prq.c: the kernel answers page requests on one processor from now on; its
 * thread follows the interrupt when it has run.
 */
void sva_steer_page_requests(unsigned int cpu);

#endif
