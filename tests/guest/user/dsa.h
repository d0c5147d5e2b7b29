/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Intel DSA by way of the kernel's own driver, idxd: /dev/dsa, /sys/bus/dsa
 *
 * The section numbers are those of the Intel Data Streaming Accelerator
 * Architecture Specification.
 */
#ifndef DSA_H
#define DSA_H

#include <linux/idxd.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The work queues that dsa_set_up() makes. */
enum dsa_queue {
	DSA_ASKING,		/* dedicated, with ATS and page requests */
	DSA_ATS,		/* dedicated, with ATS only */
	DSA_UNTRANSLATED,	/* dedicated, with neither */
	DSA_SHARED,		/* shared, with ATS and page requests */
	DSA_SHARED_PLAIN,	/* shared, with neither */
	DSA_SPARE,		/* as DSA_ASKING: to learn the PASID of a process */
	DSA_QUEUES
};

extern const char *const dsa_queue_names[DSA_QUEUES];

typedef struct dsa_hw_desc dsa_desc;
typedef struct dsa_completion_record dsa_record;

/* What a descriptor and its record are aligned to. */
#define DSA_DESC_ALIGNED	__attribute__((aligned(64)))
#define DSA_RECORD_ALIGNED	__attribute__((aligned(32)))

/* A record that is written in any case; blocking on page faults or not. */
#define DSA_FLAGS		(IDXD_OP_FLAG_CRAV | IDXD_OP_FLAG_RCR)
#define DSA_FLAGS_BLOCK		(DSA_FLAGS | IDXD_OP_FLAG_BOF)

/**
 * struct dsa_file - an open work queue
 * @queue: which one
 * @fd: the file, -1 when closed
 * @portal: mapped page, NULL if this process did not open the file
 */
struct dsa_file {
	enum dsa_queue queue;
	int fd;
	void *portal;
};

/* sva-dsa.c: the device and its files. */

/* Enables the device and its queues; maps its registers. */
void dsa_set_up(void);
/* 0 or an error number; EBUSY: somebody else has a dedicated queue. */
int dsa_try_open(struct dsa_file *file, enum dsa_queue queue);
void dsa_open(struct dsa_file *file, enum dsa_queue queue);
/* Waits until a dedicated queue is free. */
void dsa_open_when_free(struct dsa_file *file, enum dsa_queue queue);
/* Also takes the portal away, which has the file open as well. */
void dsa_close(struct dsa_file *file);
/* Of the process that has a dedicated queue, 0: nobody has it (9.2.24). */
uint32_t dsa_queue_pasid(enum dsa_queue queue);
/* Of this process, which is bound: a shared queue does not tell. */
uint32_t dsa_own_pasid(void);
/* Descriptors in a queue that no engine has taken (9.2.24). */
unsigned int dsa_queue_occupancy(enum dsa_queue queue);
/* Waits until that is 0; false: not in time. */
bool dsa_wait_empty(enum dsa_queue queue, unsigned int ms);
/* Waits until the kernel has no file open for a queue; false: not in time. */
bool dsa_wait_released(enum dsa_queue queue, unsigned int ms);
/* A command without interrupt (3.15); false: the device is not ready for one. */
bool dsa_command_begin(unsigned int code, uint32_t operand);
bool dsa_command_active(void);
/* Its error code; -1: not done in time. */
int dsa_command_end(unsigned int ms);
/* The page of a queue by way of the PCI device, for a process without the file. */
void *dsa_device_portal(enum dsa_queue queue);

/* Commands (9.2.12). */
enum {
	DSA_ENABLE_WQ	= 6,
	DSA_DISABLE_WQ	= 7,
	DSA_DRAIN_PASID	= 11,
	DSA_ABORT_PASID	= 12,
};

/* Gives a dedicated queue that nobody has open a PASID, as no driver would. */
void dsa_queue_set_pasid(enum dsa_queue queue, uint32_t pasid);

/* sva-dsa-job.c: descriptors. */

dsa_desc dsa_move(const dsa_record *record, void *dst, const void *src,
		  size_t size, uint32_t flags);
/* Writes 8 bytes again and again. */
dsa_desc dsa_fill(const dsa_record *record, void *dst, uint64_t pattern,
		  size_t size, uint32_t flags);
/*
 * To a dedicated queue by MOVDIR64B, to a shared one by ENQCMD; false: the
 * device has no room.  A dedicated queue that is full drops it.
 */
bool dsa_submit_to(void *portal, enum dsa_queue queue, const dsa_desc *desc);
/* Waits for room in the queue. */
void dsa_submit(const struct dsa_file *file, const dsa_desc *desc);
/* The status; 0: not complete in time. */
uint8_t dsa_wait(const dsa_record *record, unsigned int ms);
uint8_t dsa_run(const struct dsa_file *file, const dsa_desc *desc,
		dsa_record *record);

/**
 * struct dsa_copy - a copy between buffers that nobody has touched
 * @status: of its record
 * @different: bytes that are wrong
 */
struct dsa_copy {
	uint8_t status;
	uint64_t different;
};

/* @at: address of the destination, or NULL. */
void dsa_copy_untouched(const struct dsa_file *file, size_t size, void *at,
			struct dsa_copy *copy);

#endif
