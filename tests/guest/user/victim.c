// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Guest test programs: what the scenarios with a killed process share
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "sva.h"
#include "sva-modes.h"

#define COPY_SEED	0x5eed000000000000ull
#define REUSE_SEED	0xa11ce00000000000ull
#define JOB_MS		60000
#define GONE_MS		60000
#define KEEP_ATTEMPTS	4u
#define REUSE_ATTEMPTS	20
#define REUSE_SIZE	(2 * MIB)
#define IDLE_MS		500

static void count_copy(const struct sva_dev *dev, struct sva_counts *counts)
{
	struct sva_counts device;

	/* A context does not count stalls, but nothing else works now. */
	sva_count_device(dev, &device);
	sva_count(dev, counts);
	counts->v[SVA_CNT_STALLS] = device.v[SVA_CNT_STALLS];
}

/**
 * sva_copy_untouched - copy between buffers that the process did not touch
 * @dev: enabled context
 * @size: bytes, whole pages
 * @at: address of the destination, or NULL
 * @copy: takes the result
 *
 * A mode that cannot ask for pages needs them touched before.
 */
void sva_copy_untouched(struct sva_dev *dev, size_t size, void *at,
			struct sva_copy *copy)
{
	/* This one first: the other may take any free place. */
	void *dst = sva_map(at, size, PROT_READ | PROT_WRITE);
	void *src = sva_map_file(size, COPY_SEED);
	struct sva_desc desc = sva_copy_desc(dev, src, dst, size);

	copy->resident = sva_resident(dst, size);
	copy->touched = dev->mode != SVA_MODE_ASKING;
	if (copy->touched) {
		sva_touch_pages(dst, size);
		sva_pattern_diff(src, size, COPY_SEED);
	}
	count_copy(dev, &copy->before);
	copy->cpl = sva_run(dev, &desc, JOB_MS);
	count_copy(dev, &copy->after);
	copy->different = sva_pattern_diff(dst, size, COPY_SEED);
	munmap(src, size);
	munmap(dst, size);
}

void sva_copy_report(const struct sva_dev *dev, const struct sva_copy *copy)
{
	sva_fact("copy.status 0x%02x", copy->cpl.status);
	sva_fact("copy.bytes %llu", (unsigned long long)copy->cpl.bytes);
	sva_fact("data.different %llu", (unsigned long long)copy->different);
	sva_fact("touched %d", copy->touched);
	sva_fact("resident.before %ld", copy->resident);
	sva_fact("copy.stalls %llu",
		 (unsigned long long)(copy->after.v[SVA_CNT_STALLS] -
				      copy->before.v[SVA_CNT_STALLS]));
	sva_fact_delta("copy", dev, &copy->before, &copy->after);
	sva_ok(copy->cpl.status == SVA_ST_SUCCESS,
	       "the copy between %s buffers completes",
	       copy->touched ? "touched" : "never-touched");
	sva_ok(!copy->different, "the data that was copied is identical");
}

static void victim_main(void *arg)
{
	struct sva_victim *v = arg;

	for (unsigned int i = 0; i < v->n; i++) {
		if (v->device[i])
			snprintf(sva_node, sizeof(sva_node), "/dev/sva-accel%u",
				 v->device[i]);
		sva_open(&v->theirs[i], v->modes[i]);
	}
	v->prepare(v);
}

struct sva_victim *sva_victim_new(size_t size)
{
	struct sva_victim *v = sva_shared(sizeof(*v));

	if (!size || size % 4096 || size / 4096 > VICTIM_PAGES_MAX)
		sva_error("unusable size of the buffer: %zu", size);
	v->size = size;
	return v;
}

void sva_victim_start(struct sva_victim *v)
{
	struct sva_accel_info info;
	char modes[64] = "";

	sva_child_start(&v->child, victim_main, v);
	sva_child_wait(&v->child, JOB_MS);
	/* Kept free here, so that the next process can have it. */
	sva_map(v->address, v->size, PROT_NONE);

	for (unsigned int i = 0; i < v->n; i++) {
		const char *name = sva_mode_names[v->modes[i]];
		int fd = sva_steal_fd(v->child.pid, v->theirs[i].fd);

		sva_attach(&v->dev[i], fd, v->modes[i]);
		sva_fact("%s.context %u", name, v->dev[i].context);
		sva_info(&v->dev[i], &info);
		sva_fact("%s.device %s", name, info.pci_name);
		snprintf(modes + strlen(modes), sizeof(modes) - strlen(modes),
			 "%s%s", i ? "+" : "", name);
		if (v->dev[i].pasid != v->dev[0].pasid)
			sva_error("one process has two PASIDs");
	}
	v->pasid = v->dev[0].pasid;
	sva_fact("mode %s", modes);
	sva_fact("pid %d", v->child.pid);
	sva_fact("pasid %u", v->pasid);
	sva_fact("victim.address 0x%llx",
		 (unsigned long long)(uintptr_t)v->address);
	sva_fact("victim.pages %zu", v->size / 4096);
}

void sva_victim_wait_gone(struct sva_victim *v, uint64_t begin)
{
	bool gone = true;

	for (unsigned int i = 0; i < v->n; i++)
		gone &= sva_wait_mm_gone(&v->dev[i], GONE_MS);
	if (gone)
		sva_fact("gone.wait-ms %llu",
			 (unsigned long long)(sva_now_ms() - begin));
	else
		sva_fact("gone.wait-ms -1");
	if (!sva_ok(gone, "the address space goes away"))
		sva_error("the address space is still there after %u ms",
			  GONE_MS);
	/* Before anything else may invalidate what this has left behind. */
	sva_stage("exited");
}

void sva_victim_kill(struct sva_victim *v)
{
	uint64_t begin = sva_now_ms();

	sva_kill(v->child.pid);
	sva_victim_wait_gone(v, begin);
}

void sva_victim_unbind(struct sva_victim *v)
{
	uint64_t begin = sva_now_ms();
	int ret, status = 0;

	for (unsigned int i = 0; i < v->n; i++) {
		ret = sva_unbind(&v->dev[i], SVA_ACCEL_STOP_UNBIND);
		if (ret)
			status = -ret;
	}
	sva_fact("unbind.ms %llu",
		 (unsigned long long)(sva_now_ms() - begin));
	sva_fact("unbind.status %d", status);
	sva_ok(!status, "the driver stops the device and unbinds");
}

void sva_victim_let_go(struct sva_victim *v)
{
	for (unsigned int i = 0; i < v->n; i++)
		sva_close(&v->dev[i]);
}

struct keep {
	int error;
	uint32_t pasid;
};

static void keep_main(void *arg)
{
	struct keep *k = arg;
	struct sva_dev dev;

	k->error = sva_try_open(&dev, SVA_MODE_ASKING);
	if (k->error == EBUSY)
		return;
	if (k->error)
		sva_error("cannot open %s (bind): %s", sva_node,
			  strerror(k->error));
	k->pasid = dev.pasid;
	sva_close(&dev);
}

void sva_victim_keep(const struct sva_victim *v)
{
	struct keep *k = sva_shared(sizeof(*k));
	unsigned int taken = 0, busy = 0;
	struct sva_child child;

	for (unsigned int i = 0; i < KEEP_ATTEMPTS; i++) {
		sva_flush_lazy_mm();
		sva_child_start(&child, keep_main, k);
		sva_child_wait(&child, JOB_MS);
		sva_child_end(&child);
		/* A PASID that was handed out is in use on this device. */
		busy += k->error == EBUSY;
		taken += !k->error && k->pasid == v->pasid;
	}
	sva_fact("kept.attempts %u", KEEP_ATTEMPTS);
	sva_fact("kept.taken %u", taken);
	sva_fact("kept.busy %u", busy);
	sva_ok(!taken && !busy,
	       "no other process gets PASID %u before the unbind", v->pasid);
}

/* Shared with the processes that try to get the PASID. */
struct reuse {
	struct sva_child child;
	void *address;
	size_t size;
	uint32_t want;
	bool last;
	uint32_t pasid;
	uint64_t changed;
	struct sva_copy copy;
};

static void reuse_main(void *arg)
{
	struct reuse *r = arg;
	struct sva_dev dev;
	void *buf;

	sva_open(&dev, SVA_MODE_ASKING);
	r->pasid = dev.pasid;
	if (r->pasid != r->want && !r->last)
		return;

	/* Where the victim had its buffer: a translation that survived hits. */
	munmap(r->address, r->size);
	buf = sva_map(r->address, r->size, PROT_READ | PROT_WRITE);
	sva_pattern(buf, r->size, REUSE_SEED);
	sva_sleep_ms(IDLE_MS);
	r->changed = sva_pattern_pages(buf, r->size, REUSE_SEED);
	munmap(buf, r->size);
	sva_copy_untouched(&dev, r->size, r->address, &r->copy);
}

void sva_victim_reuse(struct sva_victim *v)
{
	struct reuse *r = sva_shared(sizeof(*r));
	unsigned int attempt = 0;

	r->address = v->address;
	r->size = v->size < REUSE_SIZE ? v->size : REUSE_SIZE;
	r->want = v->pasid;
	sva_victim_let_go(v);

	/* The last reference to an mm is dropped when a CPU feels like it. */
	for (;;) {
		r->last = ++attempt == REUSE_ATTEMPTS;
		sva_flush_lazy_mm();
		sva_child_start(&r->child, reuse_main, r);
		sva_child_wait(&r->child, JOB_MS);
		if (r->pasid == r->want || r->last)
			break;
		sva_child_end(&r->child);
		sva_sleep_ms(100);
	}

	sva_fact("reused.pid %d", r->child.pid);
	sva_fact("reused.pasid %u", r->pasid);
	sva_fact("reused.same %d", r->pasid == r->want);
	sva_fact("reused.attempts %u", attempt);
	sva_fact("reused.changed %llu", (unsigned long long)r->changed);
	sva_fact("reused.copy.status 0x%02x", r->copy.cpl.status);
	sva_fact("reused.data.different %llu",
		 (unsigned long long)r->copy.different);
	sva_ok(r->pasid == r->want, "a new process gets PASID %u again",
	       r->want);
	sva_ok(!r->changed, "nothing changes the memory of the new process");
	sva_ok(r->copy.cpl.status == SVA_ST_SUCCESS && !r->copy.different,
	       "a copy in the new process uses its own memory");
	sva_stage("reused");
	sva_child_end(&r->child);
}
