// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * sva-accel driver: bonds between a context and a process
 */
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>

#include "sva_accel.h"

static struct sva_accel_mm *to_sva_accel_mm(struct mmu_notifier *mn)
{
	return container_of(mn, struct sva_accel_mm, mn);
}

static void sva_accel_mm_release(struct mmu_notifier *mn, struct mm_struct *mm)
{
	WRITE_ONCE(to_sva_accel_mm(mn)->gone, true);
}

static struct mmu_notifier *sva_accel_mm_alloc(struct mm_struct *mm)
{
	struct sva_accel_mm *new = kzalloc(sizeof(*new), GFP_KERNEL);

	return new ? &new->mn : ERR_PTR(-ENOMEM);
}

static void sva_accel_mm_free(struct mmu_notifier *mn)
{
	kfree(to_sva_accel_mm(mn));
}

static const struct mmu_notifier_ops sva_accel_mn_ops = {
	.release = sva_accel_mm_release,
	.alloc_notifier = sva_accel_mm_alloc,
	.free_notifier = sva_accel_mm_free,
};

#ifdef SVA_ACCEL_BIND_TAKES_DATA
#define sva_accel_bind_device(dev, mm)	iommu_sva_bind_device(dev, mm, NULL)
#else
#define sva_accel_bind_device(dev, mm)	iommu_sva_bind_device(dev, mm)
#endif

/**
 * sva_accel_bind - bind a new context to the calling process
 * @ctx: the context; nobody else knows it yet
 *
 * The notifier is only there to tell tests when the address space went.  It
 * is registered first, so that the IOMMU driver's own notifier, which is
 * called in the reverse order, has done its work when ours runs.  All contexts
 * of a process share it: to take away one of each would wait, for longer than
 * the rest of an unbind takes, until nobody runs any notifier.
 */
int sva_accel_bind(struct sva_accel_ctx *ctx)
{
	struct device *dev = &ctx->sdev->pdev->dev;
	struct mmu_notifier *mn;
	struct iommu_sva *handle;
	int ret;

	mn = mmu_notifier_get(&sva_accel_mn_ops, current->mm);
	if (IS_ERR(mn))
		return PTR_ERR(mn);
	ctx->bound_mm = to_sva_accel_mm(mn);

	handle = sva_accel_bind_device(dev, current->mm);
	if (IS_ERR(handle)) {
		ret = PTR_ERR(handle);
		dev_err(dev, "cannot bind %s[%d]: error %d\n", current->comm,
			task_tgid_nr(current), ret);
		goto err_notifier;
	}

	ctx->pasid = iommu_sva_get_pasid(handle);
	if (ctx->pasid == IOMMU_PASID_INVALID || ctx->pasid > SVA_CFG_PASID) {
		dev_err(dev, "unusable PASID 0x%x\n", ctx->pasid);
		ret = -ENOSPC;
		goto err_unbind;
	}
	WRITE_ONCE(ctx->mm, current->mm);
	ctx->pid = task_tgid_vnr(current);
	ctx->handle = handle;
	return 0;

err_unbind:
	iommu_sva_unbind_device(handle);
err_notifier:
	mmu_notifier_put(mn);
	return ret;
}

/**
 * sva_accel_mm_flags - find out whether the bound mm still exists
 * @ctx: the context; its lock is held
 */
u32 sva_accel_mm_flags(struct sva_accel_ctx *ctx)
{
	if (ctx->handle && READ_ONCE(ctx->bound_mm->gone)) {
		ctx->mm_flags |= SVA_ACCEL_MM_GONE;
		if (!mm_pgtables_bytes(ctx->mm))
			ctx->mm_flags |= SVA_ACCEL_MM_EMPTY;
	}
	return ctx->mm_flags;
}

/**
 * sva_accel_unbind - end a bond, in the order that was asked for
 * @ctx: the context; its lock is held
 *
 * After this the driver holds no reference to the mm, but for that of the
 * notifier, which goes after a grace period.  So the PASID is free for the next
 * process even while the file stays open.
 */
int sva_accel_unbind(struct sva_accel_ctx *ctx)
{
	struct mm_struct *mm = ctx->mm;
	int ret = 0;

	if (!ctx->handle)
		return 0;

	if (ctx->order == SVA_ACCEL_STOP_UNBIND)
		ret = sva_accel_stop(ctx);
	sva_accel_mm_flags(ctx);
	iommu_sva_unbind_device(ctx->handle);
	ctx->handle = NULL;
	WRITE_ONCE(ctx->mm, NULL);
	/* It may be on its way out and have called no notifier yet. */
	if (!atomic_read(&mm->mm_users))
		ctx->mm_flags |= SVA_ACCEL_MM_GONE;
	mmu_notifier_put(&ctx->bound_mm->mn);
	if (ctx->order == SVA_ACCEL_UNBIND_STOP)
		ret = sva_accel_stop(ctx);
	return ret;
}

/*
 * Kernels before 6.16 want to be told which features a driver uses; later
 * ones turn everything on when they find the device.
 */
#ifdef SVA_ACCEL_HAVE_DEV_FEATURES
int sva_accel_enable_features(struct device *dev)
{
	int ret;

	ret = iommu_dev_enable_feature(dev, IOMMU_DEV_FEAT_IOPF);
	if (ret)
		dev_warn(dev, "no recoverable faults: error %d\n", ret);
	ret = iommu_dev_enable_feature(dev, IOMMU_DEV_FEAT_SVA);
	if (ret)
		iommu_dev_disable_feature(dev, IOMMU_DEV_FEAT_IOPF);
	return ret;
}

void sva_accel_disable_features(struct device *dev)
{
	iommu_dev_disable_feature(dev, IOMMU_DEV_FEAT_SVA);
	iommu_dev_disable_feature(dev, IOMMU_DEV_FEAT_IOPF);
}
#else
int sva_accel_enable_features(struct device *dev)
{
	return 0;
}

void sva_accel_disable_features(struct device *dev)
{
}
#endif
