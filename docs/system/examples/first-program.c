// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A first program for sva-accel: the device copies memory that was never touched
 */
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "hw/sva/accel-abi.h"
#include "sva_accel_uapi.h"

#define PAGE		4096
#define SIZE		(4 * PAGE)
#define SLOTS_LOG2	4
#define SECONDS	30

/* How the device gets pages that are not there: it asks, or its access waits. */
#ifdef __aarch64__
#define MODE		SVA_MODE_UNTRANSLATED
#define FLAGS		SVA_DF_COMPLETION
#else
#define MODE		SVA_MODE_ATS_PRI
#define FLAGS		(SVA_DF_COMPLETION | SVA_DF_BLOCK_ON_FAULT)
#endif

static void *memory(size_t size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		err(1, "mmap");
	return p;
}

/* Binds this process; a ring of descriptors in its memory; go. */
static int start(struct sva_desc *ring, volatile uint32_t **doorbell)
{
	struct sva_accel_ring where = {
		.base = (uintptr_t)ring,
		.log2_entries = SLOTS_LOG2,
		.mode = MODE,
	};
	struct sva_accel_cmd enable = { .cmd = SVA_CMD_ENABLE };
	struct sva_accel_info info;
	int fd = open("/dev/sva-accel0", O_RDWR | O_CLOEXEC);

	if (fd < 0)
		err(1, "/dev/sva-accel0");
	if (ioctl(fd, SVA_ACCEL_INFO, &info))
		err(1, "info");
	*doorbell = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
			 info.doorbell);
	if (*doorbell == MAP_FAILED)
		err(1, "doorbell");
	if (ioctl(fd, SVA_ACCEL_RING, &where))
		err(1, "ring");
	if (ioctl(fd, SVA_ACCEL_CMD, &enable))
		err(1, "enable");
	if (enable.status & SVA_CMDST_RESULT)
		errx(1, "enable: status 0x%x", enable.status);
	printf("PASID %u, context %u\n", info.pasid, info.context);
	return fd;
}

int main(void)
{
	static volatile struct sva_completion done __attribute__((aligned(32)));
	struct sva_desc *ring = memory(sizeof(*ring) << SLOTS_LOG2);
	char *from = memory(SIZE), *to = memory(SIZE);
	time_t end = time(NULL) + SECONDS;
	volatile uint32_t *doorbell;
	int fd = start(ring, &doorbell);

	/* Only the source is there, and only by what is written now. */
	memset(from, 'x', SIZE);
	ring[0] = (struct sva_desc) {
		.opcode = SVA_OP_COPY,
		.flags = FLAGS,
		.id = 1,
		.src = (uintptr_t)from,
		.dst = (uintptr_t)to,
		.size = SIZE,
		.completion = (uintptr_t)&done,
	};
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	doorbell[SVA_DB_TAIL / 4] = 1;		/* one descriptor so far */

	while (done.status == SVA_ST_NONE && time(NULL) < end)
		usleep(1000);
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	printf("status 0x%02x, %llu bytes, target at %p: %s\n", done.status,
	       (unsigned long long)done.bytes, (void *)to,
	       memcmp(from, to, SIZE) ? "different" : "identical");
	close(fd);				/* stops the context, unbinds */
	return done.status == SVA_ST_SUCCESS && !memcmp(from, to, SIZE) ? 0 : 1;
}
