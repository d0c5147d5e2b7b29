/*
 * sva-accel: the accelerator as a whole
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_ACCEL_MODEL_H
#define HW_SVA_ACCEL_MODEL_H

#include "../endpoint/function.h"
#include "accel.h"
#include "job.h"

struct SvaAccel {
    SvaFunction fn;
    SvaEnv *env;
    SvaAccelConfig config;
    SvaTimer *timer;            /* next slice */
    SvaCtx *ctx;
    uint8_t *buf;
    GQueue run_queue;           /* of SvaCtx */

    uint32_t irq_cause;
    uint32_t irq_mask;
    uint32_t inject;            /* SVA_GINJECT_* */
    uint32_t inval_delay;
    uint64_t counter[SVA_CNT_MAX];
};

/* CTRL.RESET: page requests in flight are left to be answered. */
void sva_accel_soft_reset(SvaAccel *accel);

static inline int64_t sva_accel_now(const SvaAccel *accel)
{
    return accel->env->ops->now(accel->env);
}

#endif
