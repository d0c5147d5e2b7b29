// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Guest test library: descriptors for Intel DSA
 */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "direct-store.h"
#include "dsa.h"
#include "sva.h"

#define COPY_SEED	0x5eed000000000000ull
#define JOB_MS		60000
#define ROOM_MS		60000

static dsa_desc describe(unsigned int opcode, const dsa_record *record,
			 size_t size, uint32_t flags)
{
	dsa_desc desc = { 0 };

	desc.opcode = opcode;
	desc.flags = flags;
	desc.completion_addr = (uintptr_t)record;
	desc.xfer_size = size;
	return desc;
}

dsa_desc dsa_move(const dsa_record *record, void *dst, const void *src,
		  size_t size, uint32_t flags)
{
	dsa_desc desc = describe(DSA_OPCODE_MEMMOVE, record, size, flags);

	desc.src_addr = (uintptr_t)src;
	desc.dst_addr = (uintptr_t)dst;
	return desc;
}

dsa_desc dsa_fill(const dsa_record *record, void *dst, uint64_t pattern,
		  size_t size, uint32_t flags)
{
	dsa_desc desc = describe(DSA_OPCODE_MEMFILL, record, size, flags);

	desc.pattern = pattern;
	desc.dst_addr = (uintptr_t)dst;
	return desc;
}

static bool is_shared(enum dsa_queue queue)
{
	return queue == DSA_SHARED || queue == DSA_SHARED_PLAIN;
}

bool dsa_submit_to(void *portal, enum dsa_queue queue, const dsa_desc *desc)
{
	dsa_desc copy DSA_DESC_ALIGNED = *desc;

	if (is_shared(queue))
		return !sva_enqcmd(portal, &copy);
	sva_movdir64b(portal, &copy);
	return true;
}

/* Nobody else uses it: a dedicated queue drops what it has no room for. */
static void wait_room(enum dsa_queue queue, uint64_t end)
{
	while (!is_shared(queue) && dsa_queue_occupancy(queue) > 4) {
		if (sva_now_ms() > end)
			sva_error("a dedicated queue does not get empty");
		sva_sleep_ms(1);
	}
}

void dsa_submit(const struct dsa_file *file, const dsa_desc *desc)
{
	uint64_t end = sva_deadline(ROOM_MS);

	wait_room(file->queue, end);
	while (!dsa_submit_to(file->portal, file->queue, desc)) {
		if (sva_now_ms() > end)
			sva_error("a shared queue takes nothing");
		sva_sleep_ms(1);
	}
}

uint8_t dsa_wait(const dsa_record *record, unsigned int ms)
{
	const volatile uint8_t *status = &record->status;
	uint64_t end = sva_deadline(ms);

	while (!*status && sva_now_ms() < end)
		sva_sleep_ms(1);
	return *status;
}

uint8_t dsa_run(const struct dsa_file *file, const dsa_desc *desc,
		dsa_record *record)
{
	memset(record, 0, sizeof(*record));
	dsa_submit(file, desc);
	return dsa_wait(record, JOB_MS);
}

/*
 * Unmaps memory for good: nobody gets the addresses again. Else a kernel that
 * leaves translations to the device would have it miss pages that come there.
 */
static void retire(void *memory, size_t size)
{
	if (mmap(memory, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS |
		 MAP_FIXED | MAP_NORESERVE, -1, 0) == MAP_FAILED)
		sva_error("mmap: %s", strerror(errno));
}

void dsa_copy_untouched(const struct dsa_file *file, size_t size, void *at,
			struct dsa_copy *copy)
{
	static dsa_record record DSA_RECORD_ALIGNED;
	void *dst = sva_map(at, size, PROT_READ | PROT_WRITE);
	void *src = sva_map_file(size, COPY_SEED);
	dsa_desc desc = dsa_move(&record, dst, src, size, DSA_FLAGS_BLOCK);

	copy->status = dsa_run(file, &desc, &record);
	copy->different = sva_pattern_diff(dst, size, COPY_SEED);
	retire(src, size);
	retire(dst, size);
}
