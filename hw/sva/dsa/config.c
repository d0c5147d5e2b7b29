/*
 * sva-dsa: configuration of groups and work queues, and its checks
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "config.h"
#include "descriptor.h"
#include "irq.h"
#include "queue.h"

static uint64_t low_bits(unsigned n)
{
    return n < 64 ? (1ull << n) - 1 : UINT64_MAX;
}

/* -- groups (5.1, 9.2.23) -- */

static uint32_t group_reserved(const SvaDsa *dsa, unsigned group)
{
    return dsa->grpcfg[group][DSA_GRP_FLAGS] >> DSA_GRPFLAGS_RESERVED_SHIFT &
           0xff;
}

static uint32_t group_allowed(const SvaDsa *dsa, unsigned group)
{
    return dsa->grpcfg[group][DSA_GRP_FLAGS] >> DSA_GRPFLAGS_ALLOWED_SHIFT &
           0xff;
}

static uint32_t group_engines(const SvaDsa *dsa, unsigned group)
{
    return (uint32_t)__builtin_popcountll(dsa->grpcfg[group]
                                          [DSA_GRP_ENGINES]);
}

static uint8_t check_members(const SvaDsa *dsa)
{
    uint64_t wqs = 0, engines = 0, active = 0;

    for (unsigned i = 0; i < dsa->config.wqs; i++) {
        active |= (uint64_t)(dsa_wq_size(&dsa->wq[i]) > 0) << i;
    }
    for (unsigned i = 0; i < dsa->config.groups; i++) {
        const uint64_t *cfg = dsa->grpcfg[i];

        if (cfg[1] || cfg[2] || cfg[3] || cfg[0] & wqs ||
            cfg[0] & ~low_bits(dsa->config.wqs)) {
            return DSA_CE_GRP_WQS;
        }
        if (cfg[DSA_GRP_ENGINES] & engines ||
            cfg[DSA_GRP_ENGINES] & ~low_bits(dsa->config.engines)) {
            return DSA_CE_GRP_ENGINES;
        }
        if (!cfg[0] != !cfg[DSA_GRP_ENGINES]) {
            return DSA_CE_GRP_HALF;
        }
        wqs |= cfg[0];
        engines |= cfg[DSA_GRP_ENGINES];
    }
    return wqs == active ? 0 : DSA_CE_GRP_WQS;
}

/* 4.3: there are none in the model, but what is said of them is checked. */
static uint8_t check_read_buffers(const SvaDsa *dsa)
{
    uint32_t limit = dsa->gencfg & DSA_GENCFG_RDBUF_LIMIT;
    uint32_t reserved = 0, limited = 0;

    for (unsigned i = 0; i < dsa->config.groups; i++) {
        bool use = dsa->grpcfg[i][DSA_GRP_FLAGS] & DSA_GRPFLAGS_USE_LIMIT;

        reserved += group_engines(dsa, i) ? group_reserved(dsa, i) : 0;
        limited += use ? group_engines(dsa, i) : 0;
    }
    if (reserved > DSA_READ_BUFFERS || limit > DSA_READ_BUFFERS ||
        limit < limited * 4) {
        return DSA_CE_RDBUFS;
    }
    for (unsigned i = 0; i < dsa->config.groups; i++) {
        uint32_t allowed = group_allowed(dsa, i);

        if (group_engines(dsa, i) &&
            (allowed < 4 * group_engines(dsa, i) ||
             allowed < group_reserved(dsa, i) ||
             allowed > group_reserved(dsa, i) + DSA_READ_BUFFERS -
                       reserved)) {
            return DSA_CE_RDBUFS;
        }
    }
    return 0;
}

static uint8_t check_event_log(const SvaDsa *dsa)
{
    uint64_t base = dsa->evlcfg[0] & DSA_EVLCFG_BASE;
    uint64_t size = dsa->evlcfg[1] & DSA_EVLCFG_SIZE;

    if (!(dsa->gencfg & DSA_GENCFG_EVL)) {
        return 0;
    }
    if (size < 64 || (base && size * DSA_EVENT_BYTES > -base)) {
        return DSA_CE_EVL;
    }
    return dsa->evlcfg[0] & DSA_EVLCFG_PRIV ||
           (dsa->evlcfg[0] & DSA_EVLCFG_PASID_EN && !dsa->fn.pasid_enable)
           ? DSA_CE_EVL_PASID : 0;
}

static uint8_t check_sizes(const SvaDsa *dsa)
{
    uint32_t sum = 0;

    for (unsigned i = 0; i < dsa->config.wqs; i++) {
        sum += dsa_wq_size(&dsa->wq[i]);
    }
    return sum > dsa->config.wq_size ? DSA_CE_WQ_SIZES : 0;
}

uint8_t sva_dsa_config_check(const SvaDsa *dsa)
{
    static uint8_t (*const checks[])(const SvaDsa *) = {
        check_sizes, check_members, check_read_buffers, check_event_log,
    };

    if (dsa->state != DSA_DISABLED) {
        return DSA_CE_DEV_ENABLED;
    }
    if (!dsa->fn.bus_master) {
        return DSA_CE_BUS_MASTER;
    }
    if (dsa->fn.pri_enable && !dsa->fn.prg.allocation) {
        return DSA_CE_PRS_ALLOC;
    }
    for (unsigned i = 0; i < G_N_ELEMENTS(checks); i++) {
        uint8_t error = checks[i](dsa);

        if (error) {
            return error;
        }
    }
    return 0;
}

bool sva_dsa_config_possible(const SvaDsa *dsa)
{
    uint8_t log = check_event_log(dsa);

    return !check_sizes(dsa) && !check_members(dsa) &&
           (!log || log == DSA_CE_EVL_PASID);
}

void sva_dsa_config_assign(SvaDsa *dsa)
{
    for (unsigned i = 0; i < dsa->config.wqs; i++) {
        dsa->wq[i].group = DSA_GROUPS_MAX;
    }
    for (unsigned i = 0; i < dsa->config.engines; i++) {
        dsa->engine_group[i] = DSA_GROUPS_MAX;
    }
    for (unsigned g = 0; g < dsa->config.groups; g++) {
        for (unsigned i = 0; i < dsa->config.wqs; i++) {
            if (dsa->grpcfg[g][0] >> i & 1) {
                dsa->wq[i].group = (uint8_t)g;
            }
        }
        for (unsigned i = 0; i < dsa->config.engines; i++) {
            if (dsa->grpcfg[g][DSA_GRP_ENGINES] >> i & 1) {
                dsa->engine_group[i] = (uint8_t)g;
            }
        }
    }
}

uint64_t sva_dsa_config_group_mask(unsigned word)
{
    return word == DSA_GRP_FLAGS ? DSA_GRPFLAGS_WRITABLE
           : word < DSA_GRP_FLAGS ? UINT64_MAX : 0;
}

void sva_dsa_config_clear_group(SvaDsa *dsa, unsigned group)
{
    memset(dsa->grpcfg[group], 0, sizeof(dsa->grpcfg[group]));
    dsa->grpcfg[group][DSA_GRP_FLAGS] =
        (uint64_t)DSA_READ_BUFFERS << DSA_GRPFLAGS_ALLOWED_SHIFT;
}

/* -- work queues (5.2, 9.2.24) -- */

static bool has_more(const uint64_t have[4], const uint64_t want[4])
{
    return want[0] & ~have[0] || want[1] & ~have[1] || want[2] & ~have[2] ||
           want[3] & ~have[3];
}

/* Of word 1. */
static uint8_t check_wq_control(const SvaDsa *dsa, uint64_t cfg)
{
    bool pasid = cfg & DSA_WQ1_PASID_EN;
    bool dedicated = cfg & DSA_WQ1_DEDICATED;
    uint32_t batch = cfg >> DSA_WQ1_BATCH_SHIFT & 0xf;

    if (!(cfg >> DSA_WQ1_PRIORITY_SHIFT & 0xf)) {
        return DSA_CE_WQ_PRIORITY;
    }
    if (cfg & DSA_WQ1_BLOCK_ON_FAULT && !dsa->fn.pri_enable) {
        return DSA_CE_WQ_BLOCK_ON_FAULT;
    }
    if ((!pasid && !dedicated) || (pasid && !dsa->fn.pasid_enable)) {
        return DSA_CE_WQ_PASID;
    }
    if (pasid && dedicated && cfg & DSA_WQ1_PRIV) {
        return DSA_CE_WQ_PRIV;
    }
    if (!batch || batch > dsa->config.batch_shift) {
        return DSA_CE_WQ_BATCH;
    }
    if ((cfg >> DSA_WQ1_XFER_SHIFT & 0x1f) > dsa->config.xfer_shift) {
        return DSA_CE_WQ_XFER;
    }
    return cfg & DSA_WQ1_PRS_DISABLE &&
           (!sva_dsa_evl_on(dsa) || cfg & DSA_WQ1_BLOCK_ON_FAULT)
           ? DSA_CE_WQ_PRS : 0;
}

uint8_t sva_dsa_config_check_wq(const SvaDsa *dsa, unsigned index)
{
    const DsaWq *wq = &dsa->wq[index];
    uint64_t opcap[4];
    uint8_t error;

    if (dsa->state != DSA_ENABLED) {
        return DSA_CE_DEV_NOT_ENABLED;
    }
    if (wq->state != DSA_WQ_DISABLED) {
        return DSA_CE_WQ_ENABLED;
    }
    if (!dsa_wq_size(wq)) {
        return DSA_CE_WQ_SIZE;
    }
    error = check_wq_control(dsa, wq->cfg[1]);
    if (error) {
        return error;
    }
    if (wq->cfg[2] & DSA_WQ2_INT_ENABLE &&
        !sva_dsa_irq_handle_valid(dsa, wq->cfg[2] & DSA_WQ2_HANDLE)) {
        return DSA_CE_WQ_OCCUPANCY;
    }
    sva_dsa_opcap(opcap);
    return has_more(opcap, wq->cfg + DSA_WQ_OPCFG) ? DSA_CE_WQ_OPCFG : 0;
}

void sva_dsa_config_clear_wq(SvaDsa *dsa, unsigned index, bool keep_size)
{
    DsaWq *wq = &dsa->wq[index];
    uint64_t size = keep_size ? wq->cfg[0] & DSA_WQ0_SIZE : 0;

    memset(wq->cfg, 0, sizeof(wq->cfg));
    wq->cfg[0] = size;
    sva_dsa_opcap(wq->cfg + DSA_WQ_OPCFG);
}

uint64_t sva_dsa_config_read_wq(const SvaDsa *dsa, unsigned index,
                                unsigned word)
{
    const DsaWq *wq = &dsa->wq[index];

    if (word != 3) {
        return wq->cfg[word];
    }
    return wq->cfg[3] | wq->count |
           (uint64_t)wq->state << DSA_WQ3_STATE_SHIFT;
}

/* Table 9-7, with Configuration Support: what can be written now. */
static uint64_t wq_mask(const SvaDsa *dsa, const DsaWq *wq, unsigned word)
{
    bool disabled = wq->state == DSA_WQ_DISABLED;

    switch (word) {
    case 0:
        return 0xffffull << DSA_WQ0_THRESHOLD_SHIFT |
               (dsa->state == DSA_DISABLED ? DSA_WQ0_SIZE : 0);
    case 1:
        return disabled ? DSA_WQ1_WRITABLE : 0;
    case 2:
        return DSA_WQ2_INT_ENABLE | (disabled ? DSA_WQ2_HANDLE : 0) |
               (wq->cfg[2] & DSA_WQ2_INT_ENABLE ? 0 : DSA_WQ2_LIMIT);
    case 3:
        return 0;
    default:
        return disabled ? UINT64_MAX : 0;
    }
}

void sva_dsa_config_write_wq(SvaDsa *dsa, unsigned index, unsigned word,
                             uint64_t value, uint64_t mask)
{
    DsaWq *wq = &dsa->wq[index];

    if (word == 3) {
        wq->cfg[3] &= ~(value & mask & DSA_WQ3_INT_DONE);
    }
    mask &= wq_mask(dsa, wq, word);
    wq->cfg[word] = (wq->cfg[word] & ~mask) | (value & mask);
    if (word == 2 || word == 3) {
        sva_dsa_queue_check_occupancy(dsa, index);
    }
}

/* -- all of it -- */

/* Table 9-3, "Software Reset". */
void sva_dsa_clear_config(SvaDsa *dsa)
{
    dsa->gencfg = DSA_READ_BUFFERS;
    dsa->genctrl = 0;
    dsa->intcause = 0;
    memset(dsa->evlcfg, 0, sizeof(dsa->evlcfg));
    memset(dsa->msixperm, 0, sizeof(dsa->msixperm));
    memset(dsa->idpt, 0, sizeof(dsa->idpt));
    memset(dsa->handle_given, 0, sizeof(dsa->handle_given));
    for (unsigned i = 0; i < DSA_GROUPS_MAX; i++) {
        sva_dsa_config_clear_group(dsa, i);
    }
    for (unsigned i = 0; i < DSA_WQS_MAX; i++) {
        sva_dsa_config_clear_wq(dsa, i, false);
    }
}
