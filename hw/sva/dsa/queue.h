/*
 * sva-dsa: work queues
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_DSA_QUEUE_H
#define HW_SVA_DSA_QUEUE_H

#include "model.h"

/* Fields of WQCFG. */
static inline bool dsa_wq_dedicated(const DsaWq *wq)
{
    return wq->cfg[1] & DSA_WQ1_DEDICATED;
}

static inline uint32_t dsa_wq_size(const DsaWq *wq)
{
    return wq->cfg[0] & DSA_WQ0_SIZE;
}

static inline uint32_t dsa_wq_priority(const DsaWq *wq)
{
    return wq->cfg[1] >> DSA_WQ1_PRIORITY_SHIFT & 0xf;
}

/* PASID of a descriptor with @word as its first one. */
SvaPasid sva_dsa_queue_pasid(const DsaWq *wq, uint32_t word);

/* Give each WQ its room, and empty it; the device becomes enabled. */
void sva_dsa_queues_lay_out(SvaDsa *dsa);

/* The oldest descriptor, or NULL. */
const DsaEntry *sva_dsa_queue_peek(const SvaDsa *dsa, unsigned wq);
void sva_dsa_queue_pop(SvaDsa *dsa, unsigned wq);
/* The @n-th oldest, which is there. */
const DsaEntry *sva_dsa_queue_at(const SvaDsa *dsa, unsigned wq, uint32_t n);
/* Append @entry with @desc; there is room. */
void sva_dsa_queue_put(SvaDsa *dsa, unsigned wq, const DsaEntry *entry,
                       const uint8_t *desc);

/* May the occupancy interrupt be due? */
void sva_dsa_queue_check_occupancy(SvaDsa *dsa, unsigned wq);

static inline bool sva_dsa_filter_match(const DsaFilter *filter, unsigned wq,
                                        SvaPasid pasid, uint64_t seq)
{
    return filter->wqs >> wq & 1 && seq < filter->before &&
           (!filter->pasid.valid || sva_pasid_equal(filter->pasid, pasid));
}

bool sva_dsa_queues_have(const SvaDsa *dsa, const DsaFilter *filter);
void sva_dsa_queues_drop(SvaDsa *dsa, const DsaFilter *filter);

#endif
