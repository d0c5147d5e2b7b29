/*
 * sva-accel: its state, to be saved and restored
 *
 * Built on the saved state of the endpoint library, whose rules hold here as
 * well.  Whoever changes the meaning of a member changes the version.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_ACCEL_STATE_H
#define HW_SVA_ACCEL_STATE_H

#include "../endpoint/state.h"
#include "accel.h"

#define SVA_ACCEL_STATE_VERSION 2

/* SvaCtxSaved.flags */
#define SVA_SAVED_ACTIVE        (1u << 0)
#define SVA_SAVED_ACCESS        (1u << 1)
#define SVA_SAVED_ABORTED       (1u << 2)
#define SVA_SAVED_CPL_BREAK     (1u << 3)
#define SVA_SAVED_FAULT_WRITE   (1u << 4)
#define SVA_SAVED_ALONE         (1u << 5)
#define SVA_SAVED_CTX_FLAGS     0x3fu

/*
 * A context and its job.
 *
 * @wait_left, @stop_left, @bw_left: nanoseconds to the end of the wait, to
 *             the stop that is delayed, and until BW_LIMIT is paid for
 * @desc:      the descriptor as it was fetched
 * @data:      what was read already for an operation with two sides, if
 *             @part is 1
 */
typedef struct SvaCtxSaved {
    uint32_t reg[SVA_CTX_COUNTERS / 4];
    uint64_t counter[SVA_CNT_CTX_MAX];
    uint32_t head;
    uint32_t tail;
    uint32_t cmd_status;
    uint32_t probe_status;
    uint32_t err_status;
    uint32_t err_id;
    uint64_t err_addr;
    uint64_t wait_left;
    uint64_t stop_left;
    uint64_t bw_left;
    uint8_t state;
    uint8_t held;
    uint8_t stop;
    uint8_t delayed_stop;
    uint8_t wait;
    uint8_t flags;
    SvaPageGroupSaved group;
    SvaPageGroupSaved probe;

    uint8_t phase;
    uint8_t part;
    uint8_t cpl_part;
    uint8_t status;
    uint64_t offset;
    uint64_t round;
    uint64_t bytes;
    uint64_t fault_addr;
    uint64_t result;
    uint8_t stage;
    uint8_t passed;             /* breakpoints of the access, passed */
    uint8_t retries;
    uint8_t code;
    uint8_t action;
    uint32_t stall_cookie;      /* of the access that is stalled */
    uint8_t desc[sizeof(struct sva_desc)];
    uint8_t data[SVA_PAGE_SIZE];
} SvaCtxSaved;

/*
 * @options: contexts, PASID width and page request capacity of the device
 * @run:     contexts that can go on, in their order
 */
typedef struct SvaAccelSaved {
    uint32_t version;
    uint32_t options[3];
    SvaFunctionSaved fn;
    uint32_t irq_cause;
    uint32_t irq_mask;
    uint32_t inject;
    uint32_t inval_delay;
    uint64_t counter[SVA_CNT_MAX];
    uint32_t run_count;
    uint16_t run[SVA_ACCEL_CONTEXTS_MAX];
    uint32_t contexts;          /* elements of @ctx */
    SvaCtxSaved ctx[];
} SvaAccelSaved;

/* Room for the state of @accel, to be freed with g_free(). */
SvaAccelSaved *sva_accel_saved_new(const SvaAccel *accel);

/* Not to be called from within a call of the device. */
void sva_accel_save(SvaAccel *accel, SvaAccelSaved *out);

/*
 * Take over @in, which has room for the contexts of @accel.  Nothing is sent
 * from within this call.
 *
 * NULL, or why @in cannot be taken; the device is in reset state then.
 */
const char *sva_accel_load(SvaAccel *accel, const SvaAccelSaved *in);

#endif
