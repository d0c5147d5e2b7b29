// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * sva-accel driver: registers, commands and interrupts
 */
#include <linux/io-64-nonatomic-lo-hi.h>
#include <linux/jiffies.h>
#include <linux/module.h>

#include "sva_accel.h"

static unsigned int stop_timeout_ms = 600000;
module_param(stop_timeout_ms, uint, 0644);
MODULE_PARM_DESC(stop_timeout_ms,
		 "How long the device may take to stop a context, default 600000");

/* Time for a context to come to rest after its injections were taken back. */
#define SETTLE_MS	2000

/* Registers that user space may touch; the rest belongs to the driver. */
static const struct {
	u8 offset;
	u8 size;
	bool write;
} ctx_regs[] = {
	{ SVA_CTX_CFG,		4, false },
	{ SVA_CTX_STATE,	4, false },
	{ SVA_CTX_RING_BASE,	8, false },
	{ SVA_CTX_RING_SIZE,	4, false },
	{ SVA_CTX_VECTOR,	4, false },
	{ SVA_CTX_HEAD,		4, false },
	{ SVA_CTX_TAIL,		4, false },
	{ SVA_CTX_CMD_STATUS,	4, false },
	{ SVA_CTX_BW_LIMIT,	4, true },
	{ SVA_CTX_PRG_PAGES,	4, true },
	{ SVA_CTX_ERR_STATUS,	4, true },
	{ SVA_CTX_ERR_ID,	4, false },
	{ SVA_CTX_ERR_ADDR,	8, false },
	{ SVA_CTX_BREAK_MASK,	4, true },
	{ SVA_CTX_BREAK_AT,		4, false },
	{ SVA_CTX_RELEASE,	4, true },
	{ SVA_CTX_INJECT,	4, true },
	{ SVA_CTX_STOP_DELAY,	4, true },
	{ SVA_CTX_RUNNING,	4, false },
	{ SVA_CTX_PROBE_CTRL,	4, true },
	{ SVA_CTX_PROBE_PASID,	4, true },
	{ SVA_CTX_PROBE_ADDR,	8, true },
	{ SVA_CTX_PROBE_DATA,	8, true },
	{ SVA_CTX_PROBE_STATUS,	4, false },
};

static unsigned int sva_accel_reg_size(const struct sva_accel_reg *reg)
{
	bool write = reg->flags & SVA_ACCEL_REG_WRITE;
	unsigned int i;

	if (reg->flags & SVA_ACCEL_REG_GLOBAL) {
		if (write)
			return reg->offset == SVA_REG_INJECT ||
			       reg->offset == SVA_REG_INVAL_DELAY ? 4 : 0;
		if (reg->offset <= SVA_REG_INVAL_HELD && !(reg->offset & 3))
			return 4;
		if (reg->offset >= SVA_REG_COUNTERS && !(reg->offset & 7) &&
		    reg->offset < SVA_REG_COUNTERS + 8 * SVA_CNT_MAX)
			return 8;
		return 0;
	}

	if (!write && reg->offset >= SVA_CTX_COUNTERS && !(reg->offset & 7) &&
	    reg->offset < SVA_CTX_COUNTERS + 8 * SVA_CNT_CTX_MAX)
		return 8;

	for (i = 0; i < ARRAY_SIZE(ctx_regs); i++)
		if (ctx_regs[i].offset == reg->offset)
			return write && !ctx_regs[i].write ?
				0 : ctx_regs[i].size;
	return 0;
}

/**
 * sva_accel_reg - access a register for user space
 * @ctx: the context
 * @reg: what to do; takes the value read
 */
int sva_accel_reg(struct sva_accel_ctx *ctx, struct sva_accel_reg *reg)
{
	struct sva_accel *sdev = ctx->sdev;
	unsigned int size = sva_accel_reg_size(reg);
	u32 offset = reg->offset;
	int ret = 0;

	if (!size ||
	    (reg->flags & ~(SVA_ACCEL_REG_WRITE | SVA_ACCEL_REG_GLOBAL)))
		return -EINVAL;
	if (!(reg->flags & SVA_ACCEL_REG_GLOBAL))
		offset = SVA_CTX(ctx->index, offset);

	down_read(&sdev->regs_sem);
	if (!sdev->regs)
		ret = -ENODEV;
	else if (reg->flags & SVA_ACCEL_REG_WRITE && size == 8)
		writeq(reg->value, sdev->regs + offset);
	else if (reg->flags & SVA_ACCEL_REG_WRITE)
		writel(reg->value, sdev->regs + offset);
	else if (size == 8)
		reg->value = readq(sdev->regs + offset);
	else
		reg->value = readl(sdev->regs + offset);
	up_read(&sdev->regs_sem);
	return ret;
}

/* A device that was pulled out answers reads with ones. */
static bool is_there(struct sva_accel *sdev)
{
	return sdev->regs && readl(sdev->regs + SVA_REG_MAGIC) == SVA_MAGIC;
}

/* A device that is gone reads as a context at rest. */
static u32 ctx_read(struct sva_accel_ctx *ctx, u32 offset)
{
	struct sva_accel *sdev = ctx->sdev;
	u32 value = 0;

	down_read(&sdev->regs_sem);
	if (sdev->regs)
		value = readl(sdev->regs + SVA_CTX(ctx->index, offset));
	if (value == ~0u && !is_there(sdev))
		value = 0;
	up_read(&sdev->regs_sem);
	return value;
}

static void ctx_write(struct sva_accel_ctx *ctx, u32 offset, u32 value)
{
	struct sva_accel *sdev = ctx->sdev;

	down_read(&sdev->regs_sem);
	if (sdev->regs)
		writel(value, sdev->regs + SVA_CTX(ctx->index, offset));
	up_read(&sdev->regs_sem);
}

static void ctx_write64(struct sva_accel_ctx *ctx, u32 offset, u64 value)
{
	struct sva_accel *sdev = ctx->sdev;

	down_read(&sdev->regs_sem);
	if (sdev->regs)
		writeq(value, sdev->regs + SVA_CTX(ctx->index, offset));
	up_read(&sdev->regs_sem);
}

/**
 * sva_accel_state - read what the info ioctl reports of the hardware
 * @ctx: the context
 * @info: where it goes
 */
void sva_accel_state(struct sva_accel_ctx *ctx, struct sva_accel_info *info)
{
	info->state = ctx_read(ctx, SVA_CTX_STATE);
	info->head = ctx_read(ctx, SVA_CTX_HEAD);
	info->running = ctx_read(ctx, SVA_CTX_RUNNING);
}

/*
 * The interrupt may be shared by many contexts or be lost with the device;
 * so look again from time to time.
 */
static int sva_accel_wait_command(struct sva_accel_ctx *ctx,
				  unsigned int timeout_ms, u32 *status)
{
	struct sva_accel *sdev = ctx->sdev;
	unsigned long end = jiffies + msecs_to_jiffies(timeout_ms);
	int seq;

	for (;;) {
		seq = atomic_read(&sdev->cmd_seq);
		*status = ctx_read(ctx, SVA_CTX_CMD_STATUS);
		if (!(*status & SVA_CMDST_BUSY))
			return 0;
		if (time_after(jiffies, end))
			return -ETIMEDOUT;
		wait_event_idle_timeout(sdev->cmd_wait,
					atomic_read(&sdev->cmd_seq) != seq,
					HZ / 10);
	}
}

/**
 * sva_accel_command - run a context command
 * @ctx: the context; its lock is held
 * @cmd: enum sva_ctx_cmd
 * @timeout_ms: how long to wait, 0: the default
 * @status: takes the command status register
 *
 * Uninterruptible: what must follow a stop must not be skipped because a
 * signal came.  A device that does not react costs the timeout.
 */
int sva_accel_command(struct sva_accel_ctx *ctx, u32 cmd,
		      unsigned int timeout_ms, u32 *status)
{
	if (!timeout_ms)
		timeout_ms = stop_timeout_ms;

	*status = ctx_read(ctx, SVA_CTX_CMD_STATUS);
	if (*status & SVA_CMDST_BUSY)
		return -EBUSY;
	ctx_write(ctx, SVA_CTX_CMD, cmd);
	return sva_accel_wait_command(ctx, timeout_ms, status);
}

/**
 * sva_accel_stop - bring a context to rest
 * @ctx: the context; its lock is held
 *
 * When this returns 0 the device claims that the context sends nothing more
 * and that all its page requests were answered.
 */
int sva_accel_stop(struct sva_accel_ctx *ctx)
{
	struct device *dev = &ctx->sdev->pdev->dev;
	u32 status;
	int ret;

	/* A context that is held at a point could not stop. */
	ctx_write(ctx, SVA_CTX_BREAK_MASK, 0);
	if (ctx_read(ctx, SVA_CTX_BREAK_AT))
		ctx_write(ctx, SVA_CTX_RELEASE, 1);

	ret = sva_accel_wait_command(ctx, stop_timeout_ms, &status);
	if (!ret && ctx_read(ctx, SVA_CTX_STATE) != SVA_CTX_DISABLED)
		ret = sva_accel_command(ctx, SVA_CMD_ABORT, 0, &status);
	if (ret)
		dev_warn(dev, "context %u does not stop: status 0x%x\n",
			 ctx->index, status);
	else if (ctx_read(ctx, SVA_CTX_STATE) != SVA_CTX_DISABLED)
		dev_warn(dev, "context %u refused to stop: status 0x%x\n",
			 ctx->index, status);
	return ret;
}

/**
 * sva_accel_configure - give a context its ring and its PASID
 * @ctx: the context, bound; its lock is held
 * @ring: from user space
 */
int sva_accel_configure(struct sva_accel_ctx *ctx,
			const struct sva_accel_ring *ring)
{
	u32 cfg = ctx->pasid | SVA_CFG_PASID_EN |
		  (ring->mode << SVA_CFG_MODE_SHIFT);

	if (ring->mode > SVA_MODE_ATS_PRI || !IS_ALIGNED(ring->base, 64) ||
	    ring->log2_entries > SVA_RING_SIZE_MAX)
		return -EINVAL;
	if (ctx_read(ctx, SVA_CTX_STATE) != SVA_CTX_DISABLED)
		return -EBUSY;

	ctx_write(ctx, SVA_CTX_CFG, cfg);
	ctx_write64(ctx, SVA_CTX_RING_BASE, ring->base);
	ctx_write(ctx, SVA_CTX_RING_SIZE, ring->log2_entries);
	return 0;
}

/**
 * sva_accel_reset_prepare - the function is about to be reset
 * @pdev: the function
 *
 * The reset takes all work; so nothing is stopped here.  Both locks are held
 * until it is over: whoever wants to use the device waits.
 */
void sva_accel_reset_prepare(struct pci_dev *pdev)
{
	struct sva_accel *sdev = pci_get_drvdata(pdev);
	struct sva_accel_ctx *ctx;
	unsigned int i;

	mutex_lock(&sdev->lock);
	list_for_each_entry(ctx, &sdev->open, link)
		WRITE_ONCE(ctx->lost, true);
	down_write(&sdev->regs_sem);
	for (i = 0; i < sdev->nvec; i++)
		disable_irq(pci_irq_vector(pdev, i));
}

/**
 * sva_accel_reset_done - the function was reset
 * @pdev: the function
 *
 * The bonds are as they were; the contexts that had work are at rest, and
 * their users are told.
 */
void sva_accel_reset_done(struct pci_dev *pdev)
{
	struct sva_accel *sdev = pci_get_drvdata(pdev);
	struct sva_accel_ctx *ctx;
	unsigned int i;

	if (!is_there(sdev))
		dev_err(&pdev->dev, "does not answer after a reset\n");
	for (i = 0; i < sdev->nvec; i++)
		enable_irq(pci_irq_vector(pdev, i));
	writel(~(SVA_IRQ_ERROR | SVA_IRQ_CMD), sdev->regs + SVA_REG_IRQ_MASK);
	up_write(&sdev->regs_sem);
	list_for_each_entry(ctx, &sdev->open, link)
		wake_up_all(&ctx->wait);
	mutex_unlock(&sdev->lock);
	wake_up_all(&sdev->cmd_wait);
}

static unsigned int sva_accel_vector(struct sva_accel *sdev, unsigned int index)
{
	return sdev->nvec > 1 ? 1 + index % (sdev->nvec - 1) : 0;
}

/* A context that a liar or a time-out left running is not given out again. */
static bool sva_accel_slot_usable(struct sva_accel *sdev, unsigned int index)
{
	return !sdev->ctx[index] &&
	       !readl(sdev->regs + SVA_CTX(index, SVA_CTX_RUNNING)) &&
	       readl(sdev->regs + SVA_CTX(index, SVA_CTX_STATE)) ==
	       SVA_CTX_DISABLED;
}

/**
 * sva_accel_get_slot - allocate a hardware context
 * @ctx: who gets it; the lock of the device is held
 */
int sva_accel_get_slot(struct sva_accel_ctx *ctx)
{
	struct sva_accel *sdev = ctx->sdev;
	unsigned int i;

	for (i = 0; i < sdev->contexts; i++)
		if (sva_accel_slot_usable(sdev, i))
			break;
	if (i == sdev->contexts)
		return -EBUSY;

	ctx->index = i;
	ctx_write(ctx, SVA_CTX_ERR_STATUS, ~0u);
	ctx_write(ctx, SVA_CTX_VECTOR, sva_accel_vector(sdev, i));
	ctx_write(ctx, SVA_CTX_BW_LIMIT, 0);
	ctx_write(ctx, SVA_CTX_PRG_PAGES, 1);

	spin_lock_irq(&sdev->slot_lock);
	sdev->ctx[i] = ctx;
	spin_unlock_irq(&sdev->slot_lock);
	return 0;
}

/**
 * sva_accel_put_slot - give a hardware context back
 * @ctx: who had it; not on the list of open files any more
 *
 * The misbehaviour that a test asked for ends here.
 */
void sva_accel_put_slot(struct sva_accel_ctx *ctx)
{
	struct sva_accel *sdev = ctx->sdev;
	unsigned long end = jiffies + msecs_to_jiffies(SETTLE_MS);

	/* Work that went on behind a stop ends with this. */
	ctx_write(ctx, SVA_CTX_INJECT, 0);
	ctx_write(ctx, SVA_CTX_STOP_DELAY, 0);
	sva_accel_stop(ctx);
	while (ctx_read(ctx, SVA_CTX_RUNNING) && !time_after(jiffies, end))
		schedule_timeout_idle(msecs_to_jiffies(10));
	if (ctx_read(ctx, SVA_CTX_RUNNING))
		dev_warn(&sdev->pdev->dev,
			 "context %u goes on and is not used again\n",
			 ctx->index);
	ctx_write(ctx, SVA_CTX_CFG, 0);

	spin_lock_irq(&sdev->slot_lock);
	sdev->ctx[ctx->index] = NULL;
	spin_unlock_irq(&sdev->slot_lock);
}

/* Returns false when there is no more error to fetch. */
static bool sva_accel_fetch_error(struct sva_accel *sdev)
{
	u32 index = readl(sdev->regs + SVA_REG_ERR_CTX);
	void __iomem *regs = sdev->regs + SVA_CTX(index, 0);
	struct sva_accel_ctx *ctx;
	u32 status, id;
	u64 addr;

	if (index >= sdev->contexts)
		return false;

	status = readl(regs + SVA_CTX_ERR_STATUS);
	id = readl(regs + SVA_CTX_ERR_ID);
	addr = readq(regs + SVA_CTX_ERR_ADDR);
	writel(status, regs + SVA_CTX_ERR_STATUS);

	spin_lock(&sdev->slot_lock);
	ctx = sdev->ctx[index];
	if (ctx) {
		spin_lock(&ctx->err_lock);
		ctx->err_status = status;
		ctx->err_id = id;
		ctx->err_addr = addr;
		spin_unlock(&ctx->err_lock);
		atomic64_inc(&ctx->errors);
		wake_up_interruptible(&ctx->wait);
	}
	spin_unlock(&sdev->slot_lock);
	return true;
}

static void sva_accel_completion(struct sva_accel *sdev, unsigned int vector)
{
	unsigned int step = sdev->nvec > 1 ? sdev->nvec - 1 : 1;
	unsigned int i = vector ? vector - 1 : 0;
	struct sva_accel_ctx *ctx;

	spin_lock(&sdev->slot_lock);
	for (; i < sdev->contexts; i += step) {
		ctx = sdev->ctx[i];
		if (!ctx)
			continue;
		atomic64_inc(&ctx->events);
		wake_up_interruptible(&ctx->wait);
	}
	spin_unlock(&sdev->slot_lock);
}

/**
 * sva_accel_event_irq - handler of vector 0
 * @irq: unused
 * @data: the vector
 */
irqreturn_t sva_accel_event_irq(int irq, void *data)
{
	struct sva_accel *sdev = ((struct sva_accel_vector *)data)->sdev;
	u32 cause = readl(sdev->regs + SVA_REG_IRQ_CAUSE);
	unsigned int i;

	writel(cause, sdev->regs + SVA_REG_IRQ_CAUSE);
	if (cause & SVA_IRQ_CMD) {
		atomic_inc(&sdev->cmd_seq);
		wake_up_all(&sdev->cmd_wait);
	}
	if (cause & SVA_IRQ_ERROR)
		for (i = 0; i < sdev->contexts; i++)
			if (!sva_accel_fetch_error(sdev))
				break;
	if (sdev->nvec == 1)
		sva_accel_completion(sdev, 0);
	return IRQ_HANDLED;
}

/**
 * sva_accel_completion_irq - handler of the other vectors
 * @irq: unused
 * @data: the vector
 */
irqreturn_t sva_accel_completion_irq(int irq, void *data)
{
	struct sva_accel_vector *vector = data;

	sva_accel_completion(vector->sdev, vector->nr);
	return IRQ_HANDLED;
}
