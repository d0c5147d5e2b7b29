/* SPDX-License-Identifier: GPL-2.0-or-later OR MIT */
/*
 * Guest ABI of the sva-accel accelerator
 *
 * Used by the device, its tests, the guest driver and user programs; the
 * meaning of every register is in docs/specs/sva-accel.rst.  All words are
 * little endian.
 */
#ifndef HW_SVA_ACCEL_ABI_H
#define HW_SVA_ACCEL_ABI_H

#ifdef __KERNEL__
#include <linux/build_bug.h>
#include <linux/types.h>
#define SVA_ABI_ASSERT(cond) static_assert(cond)
typedef __u8 sva_u8;
typedef __u16 sva_u16;
typedef __u32 sva_u32;
typedef __u64 sva_u64;
#else
#include <stdint.h>
#define SVA_ABI_ASSERT(cond) _Static_assert(cond, #cond)
typedef uint8_t sva_u8;
typedef uint16_t sva_u16;
typedef uint32_t sva_u32;
typedef uint64_t sva_u64;
#endif

#define SVA_ACCEL_VENDOR_ID	0x1234
#define SVA_ACCEL_DEVICE_ID	0x5356
#define SVA_ACCEL_CLASS		0x1200	/* processing accelerator */

/* BARs: 32-bit, non-prefetchable. */
#define SVA_ACCEL_BAR_REGS	0	/* global and context registers */
#define SVA_ACCEL_BAR_DOORBELL	2	/* one 4 KiB page per context */
#define SVA_ACCEL_BAR_MSIX	4

/* Global registers, BAR 0 offset 0. */
#define SVA_REG_MAGIC		0x000	/* RO 32: "SVAC" */
#define SVA_REG_VERSION		0x004	/* RO 32: major << 16 | minor */
#define SVA_REG_CAP		0x008	/* RO 32: SVA_CAP_* */
#define SVA_REG_OPS		0x00c	/* RO 32: bit n: opcode n exists */
#define SVA_REG_CTRL		0x010	/* RW 32: SVA_CTRL_* */
#define SVA_REG_IRQ_CAUSE	0x014	/* RW1C 32: SVA_IRQ_* */
#define SVA_REG_IRQ_MASK	0x018	/* RW 32: 1 = masked; reset: all */
#define SVA_REG_ERR_CTX		0x01c	/* RO 32: lowest context with an error,
					 * SVA_ERR_CTX_NONE if there is none */
#define SVA_REG_CTX_INJECTS	0x020	/* RO 32: bits of SVA_CTX_INJECT */
#define SVA_REG_INJECTS		0x024	/* RO 32: bits of SVA_REG_INJECT */
#define SVA_REG_PROBES		0x028	/* RO 32: bit n: probe n exists, and
					 * SVA_PROBES_FORCE */
#define SVA_REG_INJECT		0x030	/* RW 32: SVA_GINJECT_* */
#define SVA_REG_INVAL_DELAY	0x034	/* RW 32: virtual ms, for LATE_INVAL */
#define SVA_REG_INVAL_HELD	0x038	/* RO 32: completions not sent yet */
#define SVA_REG_COUNTERS	0x200	/* RO 64 each: SVA_CNT_*, all contexts */

#define SVA_MAGIC		0x43415653u
#define SVA_VERSION		0x00010002u
#define SVA_CAP_CONTEXTS(v)	((v) & 0xffff)
#define SVA_CAP_PASID_BITS(v)	(((v) >> 16) & 0x1f)
#define SVA_CTRL_RESET		(1u << 0)	/* self-clearing */
#define SVA_IRQ_ERROR		(1u << 0)	/* a context's ERR_STATUS was set */
#define SVA_IRQ_CMD		(1u << 1)	/* a context command is complete */
#define SVA_ERR_CTX_NONE	0xffffffffu

/* Context registers, BAR 0 offset SVA_CTX_BASE + n * SVA_CTX_STRIDE. */
#define SVA_CTX_BASE		0x1000
#define SVA_CTX_STRIDE		0x100
#define SVA_CTX(n, reg)		(SVA_CTX_BASE + (n) * SVA_CTX_STRIDE + (reg))
#define SVA_CTX_CFG		0x00	/* RW 32 while disabled: SVA_CFG_* */
#define SVA_CTX_STATE		0x04	/* RO 32: enum sva_ctx_state */
#define SVA_CTX_RING_BASE	0x08	/* RW 64 while disabled: address in the
					 * PASID's space, 64-byte aligned */
#define SVA_CTX_RING_SIZE	0x10	/* RW 32 while disabled: log2(entries) */
#define SVA_CTX_VECTOR		0x14	/* RW 32: MSI-X vector of completions */
#define SVA_CTX_HEAD		0x18	/* RO 32: descriptors retired, mod 2^32 */
#define SVA_CTX_TAIL		0x1c	/* RO 32: last doorbell value */
#define SVA_CTX_CMD		0x20	/* WO 32: enum sva_ctx_cmd */
#define SVA_CTX_CMD_STATUS	0x24	/* RO 32: SVA_CMDST_* */
#define SVA_CTX_BW_LIMIT	0x28	/* RW 32: KiB/s of virtual time, 0: none */
#define SVA_CTX_PRG_PAGES	0x2c	/* RW 32: page requests a group, 1..32 */
#define SVA_CTX_ERR_STATUS	0x30	/* RW1C 32: SVA_ERRST_* */
#define SVA_CTX_ERR_ID		0x34	/* RO 32: descriptor id */
#define SVA_CTX_ERR_ADDR	0x38	/* RO 64 */
#define SVA_CTX_BREAK_MASK	0x40	/* RW 32: SVA_BREAK_*, where to stop */
#define SVA_CTX_BREAK_AT	0x44	/* RO 32: where the job is stopped now */
#define SVA_CTX_RELEASE		0x48	/* WO 32: any value: go on, once */
#define SVA_CTX_INJECT		0x4c	/* RW 32: SVA_INJECT_* */
#define SVA_CTX_STOP_DELAY	0x50	/* RW 32: virtual ms, for LATE_STOP */
#define SVA_CTX_RUNNING		0x54	/* RO 32: 1 = work goes on, whatever
					 * STATE claims */
#define SVA_CTX_PROBE_CTRL	0x58	/* WO 32: SVA_PROBE_*, sends one TLP */
#define SVA_CTX_PROBE_PASID	0x5c	/* RW 32: SVA_CFG_PASID*, any value */
#define SVA_CTX_PROBE_ADDR	0x60	/* RW 64 */
#define SVA_CTX_PROBE_DATA	0x68	/* RW 64: to write, or as read */
#define SVA_CTX_PROBE_STATUS	0x70	/* RO 32: SVA_PROBEST_* */
#define SVA_CTX_COUNTERS	0x80	/* RO 64 each: SVA_CNT_* below 16 */

#define SVA_CFG_PASID		0x000fffffu
#define SVA_CFG_PASID_EN	(1u << 20)
#define SVA_CFG_MODE_SHIFT	24
#define SVA_CFG_MODE		(3u << SVA_CFG_MODE_SHIFT)	/* enum sva_mode */

enum sva_mode {
	SVA_MODE_UNTRANSLATED	= 0,
	SVA_MODE_ATS		= 1,
	SVA_MODE_ATS_PRI	= 2,
};

enum sva_ctx_state {
	SVA_CTX_DISABLED	= 0,
	SVA_CTX_ENABLED		= 1,
	SVA_CTX_DRAINING	= 2,
	SVA_CTX_ABORTING	= 3,
	SVA_CTX_HALTED		= 4,	/* ring unusable, see ERR_STATUS */
};

enum sva_ctx_cmd {
	SVA_CMD_ENABLE		= 1,
	SVA_CMD_DRAIN		= 2,	/* finish what was submitted, disable */
	SVA_CMD_ABORT		= 3,	/* drop what was submitted, disable */
};

#define SVA_CMDST_BUSY		(1u << 31)
#define SVA_CMDST_CMD		0x000000ffu
#define SVA_CMDST_RESULT_SHIFT	8
#define SVA_CMDST_RESULT	(0xffu << SVA_CMDST_RESULT_SHIFT)

enum sva_cmd_result {
	SVA_CMDRES_OK		= 0,
	SVA_CMDRES_BAD_CMD	= 1,
	SVA_CMDRES_BAD_STATE	= 2,
	SVA_CMDRES_BAD_CONFIG	= 3,	/* PASID, mode, ring */
	SVA_CMDRES_NO_PASID	= 4,	/* PASID capability not enabled */
	SVA_CMDRES_NO_ATS	= 5,
	SVA_CMDRES_NO_PRI	= 6,
};

#define SVA_ERRST_VALID		(1u << 31)
#define SVA_ERRST_OVERFLOW	(1u << 30)	/* later errors were lost */
#define SVA_ERRST_CODE		0x000000ffu	/* enum sva_status */

/* Points at which a context's job can be held. */
#define SVA_BREAK_BEFORE_XLATE	(1u << 0)
#define SVA_BREAK_BEFORE_ACCESS	(1u << 1)	/* translated, not accessed */
#define SVA_BREAK_BEFORE_PRG	(1u << 2)	/* before a group's first request */
#define SVA_BREAK_IN_PRG	(1u << 3)	/* before a group's last request */
#define SVA_BREAK_AFTER_PRG	(1u << 4)	/* response came, not acted upon */
#define SVA_BREAK_BEFORE_CPL	(1u << 5)	/* before the completion record */
#define SVA_BREAK_ALL		0x3fu

/* Misbehaviour; off by default, every use is counted. */
#define SVA_INJECT_IGNORE_STOP	(1u << 0)	/* claim to stop, go on */
#define SVA_INJECT_LATE_STOP	(1u << 1)	/* stop after STOP_DELAY */
#define SVA_INJECT_PRG_DROP	(1u << 2)	/* send no page requests */
#define SVA_INJECT_PRG_DUP	(1u << 3)	/* send each one twice */
#define SVA_INJECT_PRG_NO_LAST	(1u << 4)	/* no last one of a group */
#define SVA_INJECT_PRG_EXCESS	(1u << 5)	/* whatever was allocated */
#define SVA_INJECT_PRG_SHARE	(1u << 6)	/* index of another PASID */
#define SVA_INJECT_NO_WAIT	(1u << 7)	/* stop with responses due */
#define SVA_INJECT_STOP_MARKER	(1u << 8)	/* the same, with marker */
#define SVA_INJECT_ALL		0x1ffu

/* Misbehaviour of the whole function, in SVA_REG_INJECT. */
#define SVA_GINJECT_LATE_INVAL	(1u << 0)	/* complete after INVAL_DELAY */
#define SVA_GINJECT_KEEP_INVAL	(1u << 1)	/* complete when cleared */
#define SVA_GINJECT_STALE_ATC	(1u << 2)	/* complete, drop nothing */
#define SVA_GINJECT_ALL		0x7u

#define SVA_PROBE_READ		1u	/* untranslated 8-byte read */
#define SVA_PROBE_WRITE		2u	/* untranslated 8-byte write */
#define SVA_PROBE_ATS		3u	/* translation request for read+write */
#define SVA_PROBE_PRG		4u	/* one page request, last in group */
#define SVA_PROBE_XREAD		5u	/* translated 8-byte read; FORCE */
#define SVA_PROBE_XWRITE	6u	/* translated 8-byte write; FORCE */
#define SVA_PROBE_MARKER	7u	/* Stop Marker; FORCE */
#define SVA_PROBE_MAX		8u
#define SVA_PROBE_KIND		0xfu
#define SVA_PROBE_FORCE		(1u << 8)	/* allowed or not */
#define SVA_PROBES_FORCE	(1u << 31)

#define SVA_PROBEST_DONE	(1u << 31)
#define SVA_PROBEST_RESULT	0x000000ffu	/* enum sva_probe_result */
#define SVA_PROBEST_RIGHTS_SHIFT 8		/* bit 8 R, bit 9 W granted */

enum sva_probe_result {
	SVA_PROBE_OK		= 0,	/* access done, or ATS Success */
	SVA_PROBE_ABORTED	= 1,	/* untranslated access aborted */
	SVA_PROBE_UR		= 2,	/* translation completion: UR */
	SVA_PROBE_CA		= 3,	/* translation completion: CA */
	SVA_PROBE_PRG_SUCCESS	= 0x10,
	SVA_PROBE_PRG_INVALID	= 0x11,
	SVA_PROBE_PRG_FAILURE	= 0x1f,
	SVA_PROBE_NOT_SENT	= 0xff,	/* not allowed now, e.g. no credit */
};

/* Doorbell page of a context, BAR 2 offset n * SVA_DB_STRIDE. */
#define SVA_DB_STRIDE		0x1000
#define SVA_DB_TAIL		0x00	/* RW 32: descriptors submitted, mod 2^32 */
#define SVA_DB_HEAD		0x04	/* RO 32 */
#define SVA_DB_STATE		0x08	/* RO 32 */

#define SVA_RING_SIZE_MAX	12	/* log2 */

/* Counters; those below 16 exist for each context too. */
enum sva_counter {
	SVA_CNT_JOBS		= 0,	/* descriptors completed */
	SVA_CNT_ACCESSES	= 1,	/* memory requests sent */
	SVA_CNT_BYTES_READ	= 2,
	SVA_CNT_BYTES_WRITTEN	= 3,
	SVA_CNT_ABORTS		= 4,	/* memory requests aborted */
	SVA_CNT_XLATE_REQS	= 5,	/* translation requests */
	SVA_CNT_ATS_GRANTED	= 6,	/* ... with the rights wanted */
	SVA_CNT_ATS_NO_ACCESS	= 7,	/* ... Success with R=W=0 */
	SVA_CNT_ATS_PARTIAL	= 8,	/* ... Success, fewer rights than wanted */
	SVA_CNT_ATS_ERROR	= 9,	/* ... UR or CA */
	SVA_CNT_ATC_HITS	= 10,
	SVA_CNT_PAGE_REQS	= 11,	/* page requests (not groups) */
	SVA_CNT_PRG_SUCCESS	= 12,	/* group responses by code */
	SVA_CNT_PRG_INVALID	= 13,
	SVA_CNT_PRG_FAILURE	= 14,
	SVA_CNT_CPL_LOST	= 15,	/* completion records not written */
	/* global only */
	SVA_CNT_INVALIDATIONS	= 16,	/* ATS invalidate requests */
	SVA_CNT_ATC_DROPPED	= 17,	/* ATC entries they removed */
	SVA_CNT_PRG_UNEXPECTED	= 18,	/* responses that match no group */
	SVA_CNT_DOORBELLS	= 19,
	SVA_CNT_BAD_DESCRIPTORS	= 20,
	SVA_CNT_STOPS_IGNORED	= 21,
	SVA_CNT_STOPS_LATE	= 22,
	SVA_CNT_BREAKPOINTS	= 23,
	SVA_CNT_PROBES		= 24,
	SVA_CNT_INTERRUPTS	= 25,
	SVA_CNT_INVAL_LATE	= 26,	/* invalidations not completed at once */
	SVA_CNT_STALE_KEPT	= 27,	/* ATC entries that should have gone */
	SVA_CNT_STALE_HITS	= 28,	/* ... and were used */
	SVA_CNT_PRG_UNSENT	= 29,	/* page requests withheld */
	SVA_CNT_PRG_DUPLICATES	= 30,
	SVA_CNT_PRG_EXCESS	= 31,	/* page requests beyond credits */
	SVA_CNT_PRG_SHARED	= 32,	/* groups with an index in use */
	SVA_CNT_STOPS_NO_WAIT	= 33,	/* stops with responses due */
	SVA_CNT_STOP_MARKERS	= 34,
	SVA_CNT_STALLS		= 35,	/* memory requests that stalled */
	SVA_CNT_MAX		= 36,
	SVA_CNT_CTX_MAX		= 16,
};

enum sva_opcode {
	SVA_OP_NOP		= 0,
	SVA_OP_COPY		= 1,	/* size bytes, src to dst */
	SVA_OP_FILL		= 2,	/* size bytes at dst with pattern src */
	SVA_OP_COMPARE		= 3,	/* size bytes, src with dst */
	SVA_OP_TOUCH		= 4,	/* a word each stride over size bytes */
	SVA_OP_DELAY		= 5,	/* size virtual nanoseconds */
	SVA_OP_FETCH_ADD	= 6,	/* add src to the word at dst */
	SVA_OP_COMPARE_SWAP	= 7,	/* if the word at dst is stride: src */
	SVA_OP_CRC32C		= 8,	/* size bytes at dst, seed src */
	SVA_OP_MAX		= 9,
};

/* Descriptor flags. */
#define SVA_DF_BLOCK_ON_FAULT	(1u << 0)	/* ask for pages, then go on */
#define SVA_DF_COMPLETION	(1u << 1)	/* write a completion record */
#define SVA_DF_IRQ		(1u << 2)	/* interrupt when done */
#define SVA_DF_TOUCH_WRITE	(1u << 3)	/* touch writes, else reads */
#define SVA_DF_KEEP_GOING	(1u << 4)	/* touch: count failures, go on */
#define SVA_DF_ALL		0x1fu

#define SVA_DESC_SIZE_MAX	(1ull << 40)	/* of every op but delay */

struct sva_desc {
	sva_u8 opcode;
	sva_u8 reserved0;
	sva_u16 flags;
	sva_u32 id;		/* copied to the completion record */
	sva_u64 src;		/* address; fill, touch: the pattern;
				 * fetch-add, compare-swap, crc: operand */
	sva_u64 dst;
	sva_u64 size;
	sva_u64 completion;	/* address, 32-byte aligned */
	sva_u64 stride;		/* touch: bytes, multiple of 8;
				 * compare-swap: the word expected */
	sva_u64 rounds;		/* touch: times over the range, 0: no end */
	sva_u32 interval;	/* touch: virtual microseconds between rounds */
	sva_u32 reserved1;
};
SVA_ABI_ASSERT(sizeof(struct sva_desc) == 64);

enum sva_status {
	SVA_ST_NONE		= 0x00,	/* not complete */
	SVA_ST_SUCCESS		= 0x01,
	SVA_ST_DIFFERENT	= 0x02,	/* compare, compare-swap: see result */
	SVA_ST_BAD_OPCODE	= 0x10,
	SVA_ST_BAD_FLAGS	= 0x11,
	SVA_ST_BAD_SIZE		= 0x12,
	SVA_ST_BAD_ALIGN	= 0x13,
	SVA_ST_BAD_RESERVED	= 0x14,
	SVA_ST_BAD_TAIL		= 0x15,	/* doorbell beyond the ring */
	SVA_ST_PAGE_FAULT	= 0x20,	/* no access, not blocking on faults */
	SVA_ST_INVALID_REQUEST	= 0x21,	/* page request answered so */
	SVA_ST_PRI_FAILURE	= 0x22,	/* Response Failure, or PRI is off */
	SVA_ST_XLATE_ERROR	= 0x23,	/* translation request: UR or CA */
	SVA_ST_ACCESS_ABORTED	= 0x24,	/* memory request aborted */
	SVA_ST_FAULT_LOOP	= 0x25,	/* no access after many Successes */
	SVA_ST_ABORTED		= 0x30,	/* by an abort command or reset */
};

/* Completion record; @status is written last. */
struct sva_completion {
	sva_u8 status;		/* enum sva_status */
	sva_u8 fault_write;	/* 1: the access that failed was a write */
	sva_u16 reserved0;
	sva_u32 id;
	sva_u64 bytes;		/* done before the end or the failure */
	sva_u64 fault_addr;
	sva_u64 result;		/* compare: offset of the first difference;
				 * touch: accesses that failed; fetch-add,
				 * compare-swap: the word before; crc: sum */
};
SVA_ABI_ASSERT(sizeof(struct sva_completion) == 32);

#endif
