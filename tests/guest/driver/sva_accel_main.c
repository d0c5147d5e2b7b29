// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * sva-accel driver: the PCI function
 *
 * The IOMMU driver owns PASID, ATS and PRI of the function; nothing here
 * touches these capabilities.
 */
#include <linux/dma-mapping.h>
#include <linux/idr.h>
#include <linux/iopoll.h>
#include <linux/module.h>
#include <linux/slab.h>

#include "sva_accel.h"

static DEFINE_IDA(sva_accel_ids);

static void sva_accel_free(struct kref *ref)
{
	struct sva_accel *sdev = container_of(ref, struct sva_accel, ref);

	pci_dev_put(sdev->pdev);
	kfree(sdev->vectors);
	kfree(sdev->ctx);
	kfree(sdev);
}

/**
 * sva_accel_put - drop a reference to a device
 * @sdev: the device
 */
void sva_accel_put(struct sva_accel *sdev)
{
	kref_put(&sdev->ref, sva_accel_free);
}

static struct sva_accel *sva_accel_alloc(struct pci_dev *pdev)
{
	struct sva_accel *sdev = kzalloc(sizeof(*sdev), GFP_KERNEL);

	if (!sdev)
		return NULL;
	kref_init(&sdev->ref);
	sdev->pdev = pci_dev_get(pdev);
	init_rwsem(&sdev->regs_sem);
	mutex_init(&sdev->lock);
	INIT_LIST_HEAD(&sdev->open);
	spin_lock_init(&sdev->slot_lock);
	init_waitqueue_head(&sdev->cmd_wait);
	return sdev;
}

/* Whatever ran before, for example a kernel that this one replaced, ends. */
static int sva_accel_reset(struct sva_accel *sdev)
{
	u32 ctrl;

	writel(SVA_CTRL_RESET, sdev->regs + SVA_REG_CTRL);
	return readl_poll_timeout(sdev->regs + SVA_REG_CTRL, ctrl,
				  !(ctrl & SVA_CTRL_RESET), 1000, 1000000);
}

static int sva_accel_map(struct sva_accel *sdev)
{
	struct pci_dev *pdev = sdev->pdev;
	u32 cap;
	int ret;

	ret = pci_enable_device_mem(pdev);
	if (ret)
		return ret;
	ret = pci_request_mem_regions(pdev, KBUILD_MODNAME);
	if (ret)
		goto err_disable;
	ret = dma_set_mask_and_coherent(&pdev->dev, DMA_BIT_MASK(64));
	if (ret)
		goto err_regions;

	ret = -ENODEV;
	sdev->regs = pci_iomap(pdev, SVA_ACCEL_BAR_REGS, 0);
	if (!sdev->regs)
		goto err_regions;
	if (readl(sdev->regs + SVA_REG_MAGIC) != SVA_MAGIC ||
	    readl(sdev->regs + SVA_REG_VERSION) >> 16 != SVA_VERSION >> 16) {
		dev_err(&pdev->dev, "not a device that this driver knows\n");
		goto err_unmap;
	}
	ret = sva_accel_reset(sdev);
	if (ret) {
		dev_err(&pdev->dev, "reset does not end\n");
		goto err_unmap;
	}
	cap = readl(sdev->regs + SVA_REG_CAP);
	sdev->contexts = SVA_CAP_CONTEXTS(cap);

	ret = -ENOMEM;
	sdev->ctx = kcalloc(sdev->contexts, sizeof(*sdev->ctx), GFP_KERNEL);
	if (!sdev->ctx)
		goto err_unmap;
	return 0;

err_unmap:
	pci_iounmap(pdev, sdev->regs);
err_regions:
	pci_release_mem_regions(pdev);
err_disable:
	pci_disable_device(pdev);
	return ret;
}

static void sva_accel_unmap(struct sva_accel *sdev)
{
	struct pci_dev *pdev = sdev->pdev;

	down_write(&sdev->regs_sem);
	pci_iounmap(pdev, sdev->regs);
	sdev->regs = NULL;
	up_write(&sdev->regs_sem);
	pci_release_mem_regions(pdev);
	pci_disable_device(pdev);
}

static void sva_accel_free_irqs(struct sva_accel *sdev, unsigned int n)
{
	writel(~0u, sdev->regs + SVA_REG_IRQ_MASK);
	while (n--)
		free_irq(pci_irq_vector(sdev->pdev, n), &sdev->vectors[n]);
	pci_free_irq_vectors(sdev->pdev);
}

static int sva_accel_request_irqs(struct sva_accel *sdev)
{
	struct pci_dev *pdev = sdev->pdev;
	unsigned int i;
	int ret;

	ret = pci_alloc_irq_vectors(pdev, 1, 1 + sdev->contexts, PCI_IRQ_MSIX);
	if (ret < 0)
		return ret;
	sdev->nvec = ret;
	sdev->vectors = kcalloc(sdev->nvec, sizeof(*sdev->vectors), GFP_KERNEL);
	if (!sdev->vectors) {
		pci_free_irq_vectors(pdev);
		return -ENOMEM;
	}

	for (i = 0; i < sdev->nvec; i++) {
		sdev->vectors[i].sdev = sdev;
		sdev->vectors[i].nr = i;
		ret = request_irq(pci_irq_vector(pdev, i),
				  i ? sva_accel_completion_irq :
				      sva_accel_event_irq,
				  0, KBUILD_MODNAME, &sdev->vectors[i]);
		if (ret) {
			sva_accel_free_irqs(sdev, i);
			return ret;
		}
	}
	writel(~(SVA_IRQ_ERROR | SVA_IRQ_CMD), sdev->regs + SVA_REG_IRQ_MASK);
	return 0;
}

static int sva_accel_register(struct sva_accel *sdev)
{
	int ret;

	sdev->id = ida_alloc(&sva_accel_ids, GFP_KERNEL);
	if (sdev->id < 0)
		return sdev->id;
	snprintf(sdev->name, sizeof(sdev->name), "sva-accel%d", sdev->id);
	sdev->misc.minor = MISC_DYNAMIC_MINOR;
	sdev->misc.name = sdev->name;
	sdev->misc.fops = &sva_accel_fops;
	sdev->misc.parent = &sdev->pdev->dev;
	sdev->misc.mode = 0600;
	ret = misc_register(&sdev->misc);
	if (ret)
		ida_free(&sva_accel_ids, sdev->id);
	return ret;
}

static int sva_accel_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct sva_accel *sdev = sva_accel_alloc(pdev);
	int ret;

	if (!sdev)
		return -ENOMEM;
	ret = sva_accel_map(sdev);
	if (ret)
		goto err_put;
	pci_set_master(pdev);
	ret = sva_accel_request_irqs(sdev);
	if (ret)
		goto err_unmap;
	ret = sva_accel_enable_features(&pdev->dev);
	if (ret) {
		dev_err(&pdev->dev, "the IOMMU refuses SVA: error %d\n", ret);
		goto err_irqs;
	}
	pci_set_drvdata(pdev, sdev);
	ret = sva_accel_register(sdev);
	if (ret)
		goto err_features;

	dev_info(&pdev->dev, "%s: %u contexts, %u vectors\n", sdev->name,
		 sdev->contexts, sdev->nvec);
	return 0;

err_features:
	sva_accel_disable_features(&pdev->dev);
err_irqs:
	sva_accel_free_irqs(sdev, sdev->nvec);
err_unmap:
	pci_clear_master(pdev);
	sva_accel_unmap(sdev);
err_put:
	sva_accel_put(sdev);
	return ret;
}

/* Open files survive this, but no bond and no mapping does. */
static void sva_accel_remove(struct pci_dev *pdev)
{
	struct sva_accel *sdev = pci_get_drvdata(pdev);
	struct sva_accel_ctx *ctx;

	misc_deregister(&sdev->misc);
	ida_free(&sva_accel_ids, sdev->id);
	WRITE_ONCE(sdev->dying, true);

	mutex_lock(&sdev->lock);
	list_for_each_entry(ctx, &sdev->open, link) {
		mutex_lock(&ctx->map_lock);
		unmap_mapping_range(ctx->mapping,
				    (loff_t)ctx->index << PAGE_SHIFT,
				    PAGE_SIZE, 1);
		mutex_unlock(&ctx->map_lock);
		mutex_lock(&ctx->lock);
		ctx->order = SVA_ACCEL_STOP_UNBIND;
		sva_accel_unbind(ctx);
		sva_accel_kpasid_detach(ctx);
		mutex_unlock(&ctx->lock);
		wake_up_all(&ctx->wait);
	}
	mutex_unlock(&sdev->lock);

	sva_accel_disable_features(&pdev->dev);
	sva_accel_free_irqs(sdev, sdev->nvec);
	pci_clear_master(pdev);
	sva_accel_unmap(sdev);
	sva_accel_put(sdev);
}

static const struct pci_device_id sva_accel_id_table[] = {
	{ PCI_DEVICE(SVA_ACCEL_VENDOR_ID, SVA_ACCEL_DEVICE_ID) },
	{ }
};
MODULE_DEVICE_TABLE(pci, sva_accel_id_table);

static const struct pci_error_handlers sva_accel_err_handler = {
	.reset_prepare	= sva_accel_reset_prepare,
	.reset_done	= sva_accel_reset_done,
};

static struct pci_driver sva_accel_driver = {
	.name		= KBUILD_MODNAME,
	.id_table	= sva_accel_id_table,
	.probe		= sva_accel_probe,
	.remove		= sva_accel_remove,
	.err_handler	= &sva_accel_err_handler,
};

static int __init sva_accel_init(void)
{
	return pci_register_driver(&sva_accel_driver);
}
module_init(sva_accel_init);

static void __exit sva_accel_exit(void)
{
	pci_unregister_driver(&sva_accel_driver);
	/* The last notifiers may not have been freed yet. */
	mmu_notifier_synchronize();
}
module_exit(sva_accel_exit);

MODULE_DESCRIPTION("Driver of the sva-accel test accelerator");
MODULE_LICENSE("GPL");
