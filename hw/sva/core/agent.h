/*
 * Translation agent: what serving functions takes of a unit
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_CORE_AGENT_H
#define HW_SVA_CORE_AGENT_H

#include "hw/sva/env.h"
#include "hw/sva/fabric.h"
#include "request-counters.h"

/*
 * @fabric:   the way to functions; filled in after the unit was made
 * @counters: of the unit, those of SVA_REQUEST_COUNTERS
 */
typedef struct SvaAgent {
    SvaEnv *env;
    const SvaFabric *fabric;
    uint64_t *counters;
} SvaAgent;

static inline void sva_agent_count(const SvaAgent *agent,
                                   SvaRequestCounter counter)
{
    agent->counters[counter]++;
}

#endif
