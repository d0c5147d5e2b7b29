/*
 * sva-accel: a job, from the fetch of its descriptor to its retirement
 *
 * A job is a state machine: it is stepped until it has to wait (SvaWait), and
 * whatever ends the wait wakes the context.  Nothing blocks and nothing is
 * kept on a stack.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_ACCEL_JOB_H
#define HW_SVA_ACCEL_JOB_H

#include <stdbool.h>
#include "hw/sva/accel-abi.h"

typedef struct SvaCtx SvaCtx;

typedef enum SvaJobPhase {
    SVA_JOB_IDLE,
    SVA_JOB_FETCH,
    SVA_JOB_EXEC,
    SVA_JOB_COMPLETE,
} SvaJobPhase;

typedef struct SvaJob {
    struct sva_desc desc;       /* host order, checked */
    SvaJobPhase phase;
    bool access_active;
    bool aborted;
    bool cpl_breakpoint;        /* passed the one before the completion */
    bool fault_write;
    uint8_t part;
    uint8_t cpl_part;
    uint8_t status;             /* enum sva_status */
    uint64_t offset;            /* touch: in the range */
    uint64_t round;
    uint64_t bytes;
    uint64_t fault_addr;
    uint64_t result;
} SvaJob;

/* Is the access of the context in use by @job? */
static inline bool sva_job_in_access(const SvaJob *job)
{
    return job->phase == SVA_JOB_FETCH ||
           (job->phase != SVA_JOB_IDLE && job->access_active);
}

/* false: there is nothing to do until the context is woken */
bool sva_job_step(SvaCtx *ctx);
void sva_job_start_fetch(SvaCtx *ctx);

/*
 * An abort came into force.  A job that has ended already keeps its status;
 * only its completion record must not wait for pages any more.
 */
void sva_job_abort(SvaCtx *ctx);

#endif
