/*
 * sva-accel: the operations, as sequences of accesses within one page
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_ACCEL_OPERATION_H
#define HW_SVA_ACCEL_OPERATION_H

#include "context.h"

typedef enum SvaOpNext {
    SVA_OP_ACCESS,              /* an access was started */
    SVA_OP_DIRECT,              /* SvaCtx.moved bytes, without any */
    SVA_OP_SLEEP,               /* ask again after the wait */
    SVA_OP_END,                 /* SvaJob.status is set */
} SvaOpNext;

SvaOpNext sva_op_next(SvaCtx *ctx);
void sva_op_done(SvaCtx *ctx);
bool sva_op_failed(SvaCtx *ctx);        /* true: the job goes on */

#endif
