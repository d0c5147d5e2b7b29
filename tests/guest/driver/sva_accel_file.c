// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * sva-accel driver: what user space sees
 */
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/poll.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "sva_accel.h"

static int sva_accel_open(struct inode *inode, struct file *file)
{
	struct sva_accel *sdev = container_of(file->private_data,
					      struct sva_accel, misc);
	struct sva_accel_ctx *ctx;
	int ret;

	ctx = kzalloc(sizeof(*ctx), GFP_KERNEL);
	if (!ctx)
		return -ENOMEM;
	ctx->sdev = sdev;
	ctx->mapping = inode->i_mapping;
	mutex_init(&ctx->lock);
	mutex_init(&ctx->map_lock);
	spin_lock_init(&ctx->err_lock);
	init_waitqueue_head(&ctx->wait);

	ret = sva_accel_bind(ctx);
	if (ret)
		goto err_free;

	mutex_lock(&sdev->lock);
	ret = sva_accel_get_slot(ctx);
	if (!ret)
		list_add(&ctx->link, &sdev->open);
	mutex_unlock(&sdev->lock);
	if (ret)
		goto err_unbind;

	kref_get(&sdev->ref);
	file->private_data = ctx;
	return 0;

err_unbind:
	ctx->order = SVA_ACCEL_UNBIND_ONLY;
	sva_accel_unbind(ctx);
err_free:
	kfree(ctx);
	return ret;
}

static int sva_accel_release(struct inode *inode, struct file *file)
{
	struct sva_accel_ctx *ctx = file->private_data;
	struct sva_accel *sdev = ctx->sdev;

	mutex_lock(&ctx->lock);
	sva_accel_unbind(ctx);
	sva_accel_kpasid_detach(ctx);
	sva_accel_ktables_free(ctx);
	sva_accel_put_slot(ctx);
	mutex_unlock(&ctx->lock);

	mutex_lock(&sdev->lock);
	list_del(&ctx->link);
	mutex_unlock(&sdev->lock);

	kfree(ctx);
	sva_accel_put(sdev);
	return 0;
}

#ifndef SVA_ACCEL_HAVE_VM_FLAGS_SET
static inline void vm_flags_set(struct vm_area_struct *vma, vm_flags_t flags)
{
	vma->vm_flags |= flags;
}
#endif

static int sva_accel_mmap(struct file *file, struct vm_area_struct *vma)
{
	struct sva_accel_ctx *ctx = file->private_data;
	struct sva_accel *sdev = ctx->sdev;
	resource_size_t start;
	int ret = -EINVAL;

	if (vma->vm_end - vma->vm_start != PAGE_SIZE ||
	    vma->vm_pgoff != ctx->index || PAGE_SIZE != SVA_DB_STRIDE)
		return -EINVAL;

	mutex_lock(&ctx->map_lock);
	if (sdev->dying) {
		ret = -ENODEV;
	} else if (READ_ONCE(ctx->mm) != current->mm) {
		/* The addresses in a ring mean something to one mm only. */
		ret = -EPERM;
	} else {
		start = pci_resource_start(sdev->pdev, SVA_ACCEL_BAR_DOORBELL) +
			ctx->index * SVA_DB_STRIDE;
		vm_flags_set(vma, VM_IO | VM_DONTCOPY | VM_DONTEXPAND |
				  VM_DONTDUMP);
		vma->vm_page_prot = pgprot_noncached(vma->vm_page_prot);
		ret = io_remap_pfn_range(vma, vma->vm_start,
					 start >> PAGE_SHIFT, PAGE_SIZE,
					 vma->vm_page_prot);
	}
	mutex_unlock(&ctx->map_lock);
	return ret;
}

/* 0, or why the context is of no more use. */
static int sva_accel_broken(struct sva_accel_ctx *ctx)
{
	if (READ_ONCE(ctx->sdev->dying))
		return -ENODEV;
	return READ_ONCE(ctx->lost) ? -EIO : 0;
}

static bool sva_accel_has_events(struct sva_accel_ctx *ctx)
{
	return atomic64_read(&ctx->events) != READ_ONCE(ctx->seen) ||
	       sva_accel_broken(ctx);
}

static __poll_t sva_accel_poll(struct file *file, poll_table *wait)
{
	struct sva_accel_ctx *ctx = file->private_data;

	poll_wait(file, &ctx->wait, wait);
	if (sva_accel_broken(ctx))
		return EPOLLHUP | EPOLLERR;
	return sva_accel_has_events(ctx) ? EPOLLIN | EPOLLRDNORM : 0;
}

/* Gives the number of completion interrupts so far, when it has changed. */
static ssize_t sva_accel_read(struct file *file, char __user *buf,
			      size_t count, loff_t *pos)
{
	struct sva_accel_ctx *ctx = file->private_data;
	u64 events;
	int ret;

	if (count != sizeof(events))
		return -EINVAL;
	if (!sva_accel_has_events(ctx)) {
		if (file->f_flags & O_NONBLOCK)
			return -EAGAIN;
		ret = wait_event_interruptible(ctx->wait,
					       sva_accel_has_events(ctx));
		if (ret)
			return ret;
	}
	ret = sva_accel_broken(ctx);
	if (ret)
		return ret;

	events = atomic64_read(&ctx->events);
	if (copy_to_user(buf, &events, sizeof(events)))
		return -EFAULT;
	WRITE_ONCE(ctx->seen, events);
	return sizeof(events);
}

static void sva_accel_fill_info(struct sva_accel_ctx *ctx,
				struct sva_accel_info *info)
{
	struct sva_accel *sdev = ctx->sdev;
	unsigned long flags;

	memset(info, 0, sizeof(*info));
	info->version = SVA_ACCEL_API_VERSION;
	info->context = ctx->index;
	info->pasid = ctx->pasid;
	info->pid = ctx->pid;
	info->contexts = sdev->contexts;
	info->vectors = sdev->nvec;
	info->events = atomic64_read(&ctx->events);
	info->errors = atomic64_read(&ctx->errors);
	info->doorbell = (u64)ctx->index << PAGE_SHIFT;
	strscpy(info->pci_name, pci_name(sdev->pdev), sizeof(info->pci_name));
	sva_accel_state(ctx, info);

	mutex_lock(&ctx->lock);
	info->flags = sva_accel_mm_flags(ctx);
	if (ctx->handle)
		info->flags |= SVA_ACCEL_BOUND;
	if (ctx->handle && ctx->mm == current->mm)
		info->flags |= SVA_ACCEL_OWNER;
	if (sdev->dying)
		info->flags |= SVA_ACCEL_DEAD;
	if (READ_ONCE(ctx->lost))
		info->flags |= SVA_ACCEL_LOST;
	mutex_unlock(&ctx->lock);

	spin_lock_irqsave(&ctx->err_lock, flags);
	info->err_status = ctx->err_status;
	info->err_id = ctx->err_id;
	info->err_addr = ctx->err_addr;
	spin_unlock_irqrestore(&ctx->err_lock, flags);
}

static int sva_accel_ioc_ring(struct sva_accel_ctx *ctx, void __user *arg)
{
	struct sva_accel_ring ring;
	int ret;

	if (copy_from_user(&ring, arg, sizeof(ring)))
		return -EFAULT;
	mutex_lock(&ctx->lock);
	ret = ctx->handle ? sva_accel_configure(ctx, &ring) : -ENXIO;
	mutex_unlock(&ctx->lock);
	return ret;
}

static int sva_accel_ioc_cmd(struct sva_accel_ctx *ctx, void __user *arg)
{
	struct sva_accel_cmd cmd;
	int ret;

	if (copy_from_user(&cmd, arg, sizeof(cmd)))
		return -EFAULT;
	if (cmd.reserved)
		return -EINVAL;
	mutex_lock(&ctx->lock);
	if (cmd.cmd == SVA_CMD_ENABLE && !ctx->handle)
		ret = -ENXIO;
	else
		ret = sva_accel_command(ctx, cmd.cmd, cmd.timeout_ms,
					&cmd.status);
	mutex_unlock(&ctx->lock);
	if (!ret && copy_to_user(arg, &cmd, sizeof(cmd)))
		return -EFAULT;
	return ret;
}

static int sva_accel_ioc_reg(struct sva_accel_ctx *ctx, void __user *arg)
{
	struct sva_accel_reg reg;
	int ret;

	if (copy_from_user(&reg, arg, sizeof(reg)))
		return -EFAULT;
	ret = sva_accel_reg(ctx, &reg);
	if (!ret && copy_to_user(arg, &reg, sizeof(reg)))
		return -EFAULT;
	return ret;
}

static int sva_accel_ioc_order(struct sva_accel_ctx *ctx, void __user *arg)
{
	u32 order;

	if (copy_from_user(&order, arg, sizeof(order)))
		return -EFAULT;
	if (order > SVA_ACCEL_UNBIND_ONLY)
		return -EINVAL;
	mutex_lock(&ctx->lock);
	ctx->order = order;
	mutex_unlock(&ctx->lock);
	return 0;
}

static int sva_accel_ioc_kernel(struct sva_accel_ctx *ctx, void __user *user)
{
	struct sva_accel_kernel arg;
	int ret;

	if (copy_from_user(&arg, user, sizeof(arg)))
		return -EFAULT;
	mutex_lock(&ctx->lock);
	ret = ctx->sdev->dying ? -ENODEV : sva_accel_kpasid(ctx, &arg);
	mutex_unlock(&ctx->lock);
	if (!ret && copy_to_user(user, &arg, sizeof(arg)))
		return -EFAULT;
	return ret;
}

static int sva_accel_ioc_tables(struct sva_accel_ctx *ctx, void __user *user)
{
	struct sva_accel_tables arg;
	int ret;

	if (copy_from_user(&arg, user, sizeof(arg)))
		return -EFAULT;
	mutex_lock(&ctx->lock);
	ret = sva_accel_ktables(ctx, &arg);
	mutex_unlock(&ctx->lock);
	if (!ret && copy_to_user(user, &arg, sizeof(arg)))
		return -EFAULT;
	return ret;
}

static long sva_accel_ioctl(struct file *file, unsigned int cmd,
			    unsigned long value)
{
	struct sva_accel_ctx *ctx = file->private_data;
	void __user *arg = (void __user *)value;
	struct sva_accel_info info;
	int ret = sva_accel_broken(ctx);

	if (cmd == SVA_ACCEL_INFO) {
		sva_accel_fill_info(ctx, &info);
		return copy_to_user(arg, &info, sizeof(info)) ? -EFAULT : 0;
	}
	/* What a reset left can be looked at, and unbound. */
	if (ret == -ENODEV ||
	    (ret && (cmd == SVA_ACCEL_RING || cmd == SVA_ACCEL_CMD)))
		return ret;

	switch (cmd) {
	case SVA_ACCEL_RING:
		return sva_accel_ioc_ring(ctx, arg);
	case SVA_ACCEL_CMD:
		return sva_accel_ioc_cmd(ctx, arg);
	case SVA_ACCEL_REG:
		return sva_accel_ioc_reg(ctx, arg);
	case SVA_ACCEL_KERNEL:
		return sva_accel_ioc_kernel(ctx, arg);
	case SVA_ACCEL_TABLES:
		return sva_accel_ioc_tables(ctx, arg);
	case SVA_ACCEL_ORDER:
		return sva_accel_ioc_order(ctx, arg);
	case SVA_ACCEL_UNBIND:
		mutex_lock(&ctx->lock);
		ret = ctx->handle ? sva_accel_unbind(ctx) : -ENXIO;
		mutex_unlock(&ctx->lock);
		return ret;
	default:
		return -ENOTTY;
	}
}

const struct file_operations sva_accel_fops = {
	.owner		= THIS_MODULE,
	.open		= sva_accel_open,
	.release	= sva_accel_release,
	.mmap		= sva_accel_mmap,
	.poll		= sva_accel_poll,
	.read		= sva_accel_read,
	.unlocked_ioctl	= sva_accel_ioctl,
	.compat_ioctl	= compat_ptr_ioctl,
};
