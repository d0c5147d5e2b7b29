// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Guest test library: keep the kernel from answering page requests
 *
 * The interrupt of their queue is steered to one processor, which a program of
 * the highest priority keeps (sva-rt-hog.c).
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rt-hog.h"
#include "sva.h"

/* The interrupt of the page request queue, by the name that the driver gives. */
static unsigned int queue_interrupt(void)
{
	FILE *f = fopen("/proc/interrupts", "re");
	char line[1024], *end;
	unsigned long irq;

	while (f && fgets(line, sizeof(line), f)) {
		irq = strtoul(line, &end, 10);
		if (end != line && strstr(line, "-prq")) {
			fclose(f);
			return irq;
		}
	}
	sva_error("no interrupt of a page request queue in /proc/interrupts");
}

void sva_steer_page_requests(unsigned int cpu)
{
	unsigned int irq = queue_interrupt();
	char path[64];
	FILE *f;

	if (sva_cpus() <= cpu)
		sva_error("there is no processor %u", cpu);
	snprintf(path, sizeof(path), "/proc/irq/%u/smp_affinity_list", irq);
	f = fopen(path, "we");
	if (!f || fprintf(f, "%u\n", cpu) < 0 || fclose(f))
		sva_error("%s: %s", path, strerror(errno));
}
