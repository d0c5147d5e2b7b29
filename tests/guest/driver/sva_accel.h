/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sva-accel driver, shared between its files
 */
#ifndef SVA_ACCEL_H
#define SVA_ACCEL_H

#include <linux/atomic.h>
#include <linux/interrupt.h>
#include <linux/iommu.h>
#include <linux/kref.h>
#include <linux/miscdevice.h>
#include <linux/mmu_notifier.h>
#include <linux/mutex.h>
#include <linux/pci.h>
#include <linux/rwsem.h>
#include <linux/spinlock.h>
#include <linux/wait.h>

#include "hw/sva/accel-abi.h"
#include "sva_accel_uapi.h"

#if !IS_ENABLED(CONFIG_IOMMU_SVA)
#error "sva_accel needs a kernel with CONFIG_IOMMU_SVA"
#endif

struct sva_accel;
struct sva_accel_kpasid;
struct sva_accel_ktables;

/**
 * struct sva_accel_vector - one MSI-X vector
 * @sdev: the device
 * @nr: number of the vector
 */
struct sva_accel_vector {
	struct sva_accel *sdev;
	unsigned int nr;
};

/**
 * struct sva_accel_mm - what all contexts that are bound to one mm share
 * @mn: tells when the mm goes; counts the contexts
 * @gone: it has gone
 */
struct sva_accel_mm {
	struct mmu_notifier mn;
	bool gone;
};

/**
 * struct sva_accel_ctx - one open file
 * @sdev: the device; holds a reference
 * @index: number of the hardware context
 * @link: in &sva_accel.open
 * @mapping: the file's, for zapping the doorbell
 * @lock: serialises what changes the context's state; mmap_lock may be taken
 *	under it (by unbind), so mmap may not take it
 * @map_lock: makes sure that no doorbell is mapped once they were zapped; taken
 *	under mmap_lock
 * @order: enum sva_accel_order
 * @handle: the bond, NULL when unbound
 * @bound_mm: tells when the bound mm goes; valid while @handle is
 * @mm: the bound mm, NULL when unbound
 * @pasid: of the bond, kept after unbind
 * @pid: of the process that opened the file
 * @mm_flags: SVA_ACCEL_MM_*, latched; under @lock
 * @kpasid: PASID of the kernel's own, or NULL
 * @ktables: areas of the kernel's address space, or NULL
 * @lost: the function was reset since the file was opened
 * @wait: for @events and @errors
 * @events: completion interrupts
 * @seen: @events when they were last read
 * @errors: error interrupts
 * @err_lock: protects the fields below
 * @err_status: SVA_CTX_ERR_STATUS of the last error
 * @err_id: its descriptor
 * @err_addr: its address
 */
struct sva_accel_ctx {
	struct sva_accel *sdev;
	unsigned int index;
	struct list_head link;
	struct address_space *mapping;
	struct mutex lock;
	struct mutex map_lock;
	u32 order;
	struct iommu_sva *handle;
	struct sva_accel_mm *bound_mm;
	struct mm_struct *mm;
	u32 pasid;
	pid_t pid;
	u32 mm_flags;
	struct sva_accel_kpasid *kpasid;
	struct sva_accel_ktables *ktables;
	bool lost;
	wait_queue_head_t wait;
	atomic64_t events;
	u64 seen;
	atomic64_t errors;
	spinlock_t err_lock;
	u32 err_status;
	u32 err_id;
	u64 err_addr;
};

/**
 * struct sva_accel - one PCI function
 * @pdev: the function
 * @misc: the character device
 * @name: of @misc
 * @id: N of /dev/sva-accelN
 * @ref: held by probe and by each open file
 * @regs_sem: held for reading around register accesses, for writing to take
 *	the registers away
 * @regs: BAR 0, NULL after remove
 * @dying: remove has begun
 * @contexts: number of hardware contexts
 * @vectors: MSI-X vectors; the first one is for events, contexts share the
 *	others for completions
 * @nvec: number of vectors
 * @lock: protects @open and @ctx
 * @open: all open files
 * @slot_lock: protects @ctx against the interrupt handlers
 * @ctx: file that uses each hardware context
 * @cmd_wait: for context commands
 * @cmd_seq: changes when a command may have completed
 */
struct sva_accel {
	struct pci_dev *pdev;
	struct miscdevice misc;
	char name[24];
	int id;
	struct kref ref;
	struct rw_semaphore regs_sem;
	void __iomem *regs;
	bool dying;
	unsigned int contexts;
	struct sva_accel_vector *vectors;
	unsigned int nvec;
	struct mutex lock;
	struct list_head open;
	spinlock_t slot_lock;
	struct sva_accel_ctx **ctx;
	wait_queue_head_t cmd_wait;
	atomic_t cmd_seq;
};

/* sva_accel_main.c */
void sva_accel_put(struct sva_accel *sdev);

/* sva_accel_hw.c */
int sva_accel_reg(struct sva_accel_ctx *ctx, struct sva_accel_reg *reg);
void sva_accel_state(struct sva_accel_ctx *ctx, struct sva_accel_info *info);
int sva_accel_command(struct sva_accel_ctx *ctx, u32 cmd,
		      unsigned int timeout_ms, u32 *status);
int sva_accel_configure(struct sva_accel_ctx *ctx,
			const struct sva_accel_ring *ring);
int sva_accel_get_slot(struct sva_accel_ctx *ctx);
void sva_accel_put_slot(struct sva_accel_ctx *ctx);
int sva_accel_stop(struct sva_accel_ctx *ctx);
void sva_accel_reset_prepare(struct pci_dev *pdev);
void sva_accel_reset_done(struct pci_dev *pdev);
irqreturn_t sva_accel_event_irq(int irq, void *data);
irqreturn_t sva_accel_completion_irq(int irq, void *data);

/* sva_accel_bond.c */
int sva_accel_bind(struct sva_accel_ctx *ctx);
int sva_accel_unbind(struct sva_accel_ctx *ctx);
u32 sva_accel_mm_flags(struct sva_accel_ctx *ctx);
int sva_accel_enable_features(struct device *dev);
void sva_accel_disable_features(struct device *dev);

/* sva_accel_kernel.c */
int sva_accel_kpasid(struct sva_accel_ctx *ctx, struct sva_accel_kernel *arg);
void sva_accel_kpasid_detach(struct sva_accel_ctx *ctx);

/* sva_accel_tables.c */
int sva_accel_ktables(struct sva_accel_ctx *ctx, struct sva_accel_tables *arg);
void sva_accel_ktables_free(struct sva_accel_ctx *ctx);

/* sva_accel_file.c */
extern const struct file_operations sva_accel_fops;

#endif
