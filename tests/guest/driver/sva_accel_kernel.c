// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * sva-accel driver: a PASID of the kernel's own
 *
 * A page of kernel memory, mapped in a domain that is attached under a PASID
 * beside those of processes.  It is as much as a module can have: there is no
 * DMA API for PASIDs.
 */
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include "sva_accel.h"

#ifdef SVA_ACCEL_HAVE_PAGING_DOMAINS

/**
 * struct sva_accel_kpasid - a domain of the kernel's
 * @domain: with one page
 * @page: that page, as an address
 * @iova: where it is mapped; 0 when it was unmapped
 * @pasid: the domain is attached under
 */
struct sva_accel_kpasid {
	struct iommu_domain *domain;
	unsigned long page;
	unsigned long iova;
	ioasid_t pasid;
};

static void kpasid_unmap(struct sva_accel_kpasid *k)
{
	if (k->iova)
		iommu_unmap(k->domain, k->iova, PAGE_SIZE);
	k->iova = 0;
}

static int kpasid_attach(struct sva_accel_ctx *ctx, unsigned long iova)
{
	struct device *dev = &ctx->sdev->pdev->dev;
	struct sva_accel_kpasid *k;
	int ret = -ENOMEM;

	if (ctx->kpasid)
		return -EBUSY;
	if (!iova || !PAGE_ALIGNED(iova) || iova >= TASK_SIZE)
		return -EINVAL;
	k = kzalloc(sizeof(*k), GFP_KERNEL);
	if (!k)
		return -ENOMEM;
	k->page = get_zeroed_page(GFP_KERNEL);
	if (!k->page)
		goto err_free;
	k->domain = iommu_paging_domain_alloc(dev);
	if (IS_ERR(k->domain)) {
		ret = PTR_ERR(k->domain);
		goto err_page;
	}
	ret = iommu_map(k->domain, iova, virt_to_phys((void *)k->page),
			PAGE_SIZE, IOMMU_READ | IOMMU_WRITE, GFP_KERNEL);
	if (ret)
		goto err_domain;
	k->iova = iova;

	ret = -ENOSPC;
	k->pasid = iommu_alloc_global_pasid(dev);
	if (k->pasid == IOMMU_PASID_INVALID)
		goto err_unmap;
	ret = iommu_attach_device_pasid(k->domain, dev, k->pasid, NULL);
	if (ret)
		goto err_pasid;
	ctx->kpasid = k;
	return 0;

err_pasid:
	iommu_free_global_pasid(k->pasid);
err_unmap:
	kpasid_unmap(k);
err_domain:
	iommu_domain_free(k->domain);
err_page:
	free_page(k->page);
err_free:
	kfree(k);
	return ret;
}

/**
 * sva_accel_kpasid_detach - give back what a context has of the kernel's
 * @ctx: the context; its lock is held
 */
void sva_accel_kpasid_detach(struct sva_accel_ctx *ctx)
{
	struct device *dev = &ctx->sdev->pdev->dev;
	struct sva_accel_kpasid *k = ctx->kpasid;

	if (!k)
		return;
	ctx->kpasid = NULL;
	iommu_detach_device_pasid(k->domain, dev, k->pasid);
	kpasid_unmap(k);
	iommu_free_global_pasid(k->pasid);
	iommu_domain_free(k->domain);
	free_page(k->page);
	kfree(k);
}

/**
 * sva_accel_kpasid - do what user space asked for
 * @ctx: the context; its lock is held
 * @arg: what; takes the result
 */
int sva_accel_kpasid(struct sva_accel_ctx *ctx, struct sva_accel_kernel *arg)
{
	struct sva_accel_kpasid *k;
	int ret;

	if (arg->op == SVA_ACCEL_KERNEL_ATTACH) {
		ret = kpasid_attach(ctx, arg->iova);
		if (ret)
			return ret;
	}
	k = ctx->kpasid;
	if (!k)
		return -ENXIO;
	arg->pasid = k->pasid;

	switch (arg->op) {
	case SVA_ACCEL_KERNEL_ATTACH:
		return 0;
	case SVA_ACCEL_KERNEL_READ:
		arg->value = READ_ONCE(*(u64 *)k->page);
		return 0;
	case SVA_ACCEL_KERNEL_WRITE:
		WRITE_ONCE(*(u64 *)k->page, arg->value);
		return 0;
	case SVA_ACCEL_KERNEL_UNMAP:
		kpasid_unmap(k);
		return 0;
	case SVA_ACCEL_KERNEL_DETACH:
		sva_accel_kpasid_detach(ctx);
		return 0;
	default:
		return -EINVAL;
	}
}

#else /* before 6.11 */

void sva_accel_kpasid_detach(struct sva_accel_ctx *ctx)
{
}

int sva_accel_kpasid(struct sva_accel_ctx *ctx, struct sva_accel_kernel *arg)
{
	return -EOPNOTSUPP;
}

#endif
