/* SPDX-License-Identifier: GPL-2.0-or-later OR MIT */
/*
 * User interface of the sva-accel driver, /dev/sva-accelN
 *
 * An open file is one work context that is bound to the address space of the
 * process that opened it.  The file may be passed on: whoever holds it can
 * watch and stop the context, but only the process that opened it can map the
 * doorbell.
 */
#ifndef SVA_ACCEL_UAPI_H
#define SVA_ACCEL_UAPI_H

#include <linux/ioctl.h>
#include <linux/types.h>

#define SVA_ACCEL_API_VERSION	1

/* sva_accel_info.flags */
#define SVA_ACCEL_BOUND		(1u << 0)	/* the bond exists */
#define SVA_ACCEL_OWNER		(1u << 1)	/* caller has the bound mm */
#define SVA_ACCEL_MM_GONE	(1u << 2)	/* exit_mmap() was entered */
#define SVA_ACCEL_MM_EMPTY	(1u << 3)	/* ... and freed the page tables */
#define SVA_ACCEL_DEAD		(1u << 4)	/* the device was removed */
#define SVA_ACCEL_LOST		(1u << 5)	/* a reset took the context's work */

/**
 * struct sva_accel_info - state of the context of an open file
 * @version: SVA_ACCEL_API_VERSION
 * @flags: SVA_ACCEL_*
 * @context: number of the work context
 * @pasid: PASID of the bond; stays readable after unbind
 * @pid: process that opened the file
 * @contexts: number of work contexts of the device
 * @vectors: MSI-X vectors in use
 * @state: SVA_CTX_STATE
 * @head: SVA_CTX_HEAD
 * @running: SVA_CTX_RUNNING
 * @err_status: last error that the device reported, SVA_CTX_ERR_STATUS
 * @err_id: its descriptor
 * @err_addr: its address
 * @errors: errors reported so far
 * @events: completion interrupts so far
 * @doorbell: offset to mmap() the doorbell page at
 * @pci_name: PCI address
 */
struct sva_accel_info {
	__u32 version;
	__u32 flags;
	__u32 context;
	__u32 pasid;
	__s32 pid;
	__u32 contexts;
	__u32 vectors;
	__u32 state;
	__u32 head;
	__u32 running;
	__u32 err_status;
	__u32 err_id;
	__u64 err_addr;
	__u64 errors;
	__u64 events;
	__u64 doorbell;
	char pci_name[16];
};

/**
 * struct sva_accel_ring - where the descriptors are
 * @base: address in the bound process, 64-byte aligned
 * @log2_entries: size
 * @mode: enum sva_mode
 */
struct sva_accel_ring {
	__u64 base;
	__u32 log2_entries;
	__u32 mode;
};

/**
 * struct sva_accel_cmd - run a context command and wait for it
 * @cmd: enum sva_ctx_cmd
 * @timeout_ms: 0: what the module parameter says
 * @status: out: SVA_CTX_CMD_STATUS
 */
struct sva_accel_cmd {
	__u32 cmd;
	__u32 timeout_ms;
	__u32 status;
	__u32 reserved;
};

#define SVA_ACCEL_REG_WRITE	(1u << 0)
#define SVA_ACCEL_REG_GLOBAL	(1u << 1)	/* read only */

/**
 * struct sva_accel_reg - read or write a register
 * @offset: in the context's registers, or SVA_ACCEL_REG_GLOBAL
 * @flags: SVA_ACCEL_REG_*
 * @value: in or out
 */
struct sva_accel_reg {
	__u32 offset;
	__u32 flags;
	__u64 value;
};

enum sva_accel_kernel_op {
	SVA_ACCEL_KERNEL_ATTACH	= 0,	/* map a page, attach under a PASID */
	SVA_ACCEL_KERNEL_READ	= 1,	/* the first word of the page */
	SVA_ACCEL_KERNEL_WRITE	= 2,
	SVA_ACCEL_KERNEL_UNMAP	= 3,	/* the PASID stays */
	SVA_ACCEL_KERNEL_DETACH	= 4,
};

/**
 * struct sva_accel_kernel - a page of kernel memory under a PASID of its own
 * @op: enum sva_accel_kernel_op
 * @pasid: out: the PASID
 * @iova: where the page is to be mapped, page aligned, below 2^47
 * @value: word that is read or written
 */
struct sva_accel_kernel {
	__u32 op;
	__u32 pasid;
	__u64 iova;
	__u64 value;
};

enum sva_accel_tables_op {
	SVA_ACCEL_TABLES_SMALL	= 0,	/* a table that leads to small pages */
	SVA_ACCEL_TABLES_HUGE	= 1,	/* a huge page in its place */
	SVA_ACCEL_TABLES_FREE	= 2,
};

/**
 * struct sva_accel_tables - a page table of the kernel's address space
 * @op: enum sva_accel_tables_op
 * @reserved: 0
 * @value: out: the address that it is for; 1: the huge page is there
 */
struct sva_accel_tables {
	__u32 op;
	__u32 reserved;
	__u64 value;
};

/* What unbind does; anything but the first breaks the rules on purpose. */
enum sva_accel_order {
	SVA_ACCEL_STOP_UNBIND	= 0,	/* stop, wait, unbind */
	SVA_ACCEL_UNBIND_STOP	= 1,	/* unbind a running context, then stop */
	SVA_ACCEL_UNBIND_ONLY	= 2,	/* do not stop before the file closes */
};

#define SVA_ACCEL_IOC		0xb5
#define SVA_ACCEL_INFO		_IOR(SVA_ACCEL_IOC, 0, struct sva_accel_info)
#define SVA_ACCEL_RING		_IOW(SVA_ACCEL_IOC, 1, struct sva_accel_ring)
#define SVA_ACCEL_CMD		_IOWR(SVA_ACCEL_IOC, 2, struct sva_accel_cmd)
#define SVA_ACCEL_REG		_IOWR(SVA_ACCEL_IOC, 3, struct sva_accel_reg)
#define SVA_ACCEL_ORDER		_IOW(SVA_ACCEL_IOC, 4, __u32)
#define SVA_ACCEL_UNBIND	_IO(SVA_ACCEL_IOC, 5)
#define SVA_ACCEL_KERNEL	_IOWR(SVA_ACCEL_IOC, 6, struct sva_accel_kernel)
#define SVA_ACCEL_TABLES	_IOWR(SVA_ACCEL_IOC, 7, struct sva_accel_tables)

#endif
