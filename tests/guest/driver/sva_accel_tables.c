// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * sva-accel driver: a page table of the kernel half that goes away
 *
 * The tables of a process lead to those of the kernel, so that an IOMMU may keep
 * a copy of an entry that leads to one.  Kernel page tables are never freed when
 * an area is unmapped, but when a huge page takes their place.
 */
#include <linux/align.h>
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "sva_accel.h"

#ifdef SVA_ACCEL_HAVE_VMALLOC_HUGE

#define SMALL_BYTES	SZ_16M
#define HUGE_BYTES	SZ_4M
#define HUGE_TRIES	8

/**
 * struct sva_accel_ktables - areas of the kernel's address space
 * @small: of small pages, or NULL
 * @huge: of huge pages
 * @block: 2 MiB of the address space that were in @small
 */
struct sva_accel_ktables {
	void *small;
	void *huge[HUGE_TRIES];
	unsigned long block;
};

static int ktables_small(struct sva_accel_ctx *ctx)
{
	struct sva_accel_ktables *k;

	if (ctx->ktables)
		return -EBUSY;
	k = kzalloc(sizeof(*k), GFP_KERNEL);
	if (!k)
		return -ENOMEM;
	k->small = vzalloc(SMALL_BYTES);
	if (!k->small) {
		kfree(k);
		return -ENOMEM;
	}
	k->block = ALIGN((unsigned long)k->small, SZ_2M) + SZ_2M;
	ctx->ktables = k;
	return 0;
}

static bool is_huge(unsigned long block)
{
	unsigned long first = vmalloc_to_pfn((void *)block);
	unsigned long last = vmalloc_to_pfn((void *)(block + SZ_2M - PAGE_SIZE));

	return IS_ALIGNED(first, SZ_2M >> PAGE_SHIFT) &&
	       last - first == (SZ_2M >> PAGE_SHIFT) - 1;
}

/* Areas are put at the lowest address that has room, but others may be free. */
static bool ktables_huge(struct sva_accel_ktables *k)
{
	vfree(k->small);
	k->small = NULL;
	/* Or else the addresses are not used again for long. */
	vm_unmap_aliases();
	for (unsigned int i = 0; i < HUGE_TRIES; i++) {
		unsigned long at;

		if (!k->huge[i])
			k->huge[i] = vmalloc_huge(HUGE_BYTES, GFP_KERNEL);
		at = (unsigned long)k->huge[i];
		if (at && k->block >= at && k->block < at + HUGE_BYTES)
			return is_huge(k->block);
	}
	return false;
}

/**
 * sva_accel_ktables_free - give back areas of the kernel's address space
 * @ctx: the context that has them; its lock is held
 */
void sva_accel_ktables_free(struct sva_accel_ctx *ctx)
{
	struct sva_accel_ktables *k = ctx->ktables;

	if (!k)
		return;
	ctx->ktables = NULL;
	for (unsigned int i = 0; i < HUGE_TRIES; i++)
		vfree(k->huge[i]);
	vfree(k->small);
	kfree(k);
}

/**
 * sva_accel_ktables - do what user space asked for
 * @ctx: the context; its lock is held
 * @arg: what; takes the result
 */
int sva_accel_ktables(struct sva_accel_ctx *ctx, struct sva_accel_tables *arg)
{
	int ret = 0;

	switch (arg->op) {
	case SVA_ACCEL_TABLES_SMALL:
		ret = ktables_small(ctx);
		if (!ret)
			arg->value = ctx->ktables->block;
		return ret;
	case SVA_ACCEL_TABLES_HUGE:
		if (!ctx->ktables || !ctx->ktables->small)
			return -ENXIO;
		arg->value = ktables_huge(ctx->ktables);
		return 0;
	case SVA_ACCEL_TABLES_FREE:
		sva_accel_ktables_free(ctx);
		return 0;
	default:
		return -EINVAL;
	}
}

#else /* not on all architectures, and not before 5.18 */

void sva_accel_ktables_free(struct sva_accel_ctx *ctx)
{
}

int sva_accel_ktables(struct sva_accel_ctx *ctx, struct sva_accel_tables *arg)
{
	return -EOPNOTSUPP;
}

#endif
