/*
 * sva-dsa: saving and restoring
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "config.h"
#include "queue.h"
#include "run-queue.h"
#include "state.h"

static void options_save(const SvaDsa *dsa, uint32_t *out)
{
    const SvaDsaConfig *config = &dsa->config;
    const uint32_t options[SVA_DSA_OPTIONS] = {
        config->wqs, config->groups, config->engines, config->wq_size,
        config->xfer_shift | config->batch_shift << 8, config->vectors,
        config->int_handles,
    };

    memcpy(out, options, sizeof(options));
}

size_t sva_dsa_saved_size(const SvaDsa *dsa)
{
    return sizeof(SvaDsaSaved) + sva_dsa_slots(dsa) * sizeof(DsaSlotSaved);
}

SvaDsaSaved *sva_dsa_saved_new(const SvaDsa *dsa)
{
    SvaDsaSaved *saved = g_malloc0(sva_dsa_saved_size(dsa));

    saved->slots = sva_dsa_slots(dsa);
    return saved;
}

/* -- saving -- */

static void queues_save(const SvaDsa *dsa, SvaDsaSaved *out)
{
    out->entry_count = 0;
    for (unsigned i = 0; i < dsa->config.wqs; i++) {
        const DsaWq *wq = &dsa->wq[i];

        memcpy(out->wq[i].cfg, wq->cfg, sizeof(wq->cfg));
        out->wq[i].count = wq->count;
        out->wq[i].state = wq->state;
        out->wq[i].turns = wq->turns;
        for (uint32_t n = 0; n < wq->count; n++) {
            const DsaEntry *entry = sva_dsa_queue_at(dsa, i, n);
            DsaEntrySaved *to = &out->entries[out->entry_count++];

            memcpy(to->desc, entry->desc, sizeof(to->desc));
            to->seq = entry->seq;
            to->portal = entry->portal;
        }
    }
}

static void registers_save(const SvaDsa *dsa, SvaDsaSaved *out)
{
    out->gencfg = dsa->gencfg;
    out->genctrl = dsa->genctrl;
    out->intcause = dsa->intcause;
    out->state = dsa->state;
    out->cmd = dsa->cmd;
    out->cmdsts = dsa->cmdsts;
    out->flags = dsa->cmd_begun ? DSA_SAVED_CMD_BEGUN : 0;
    out->filter_wqs = dsa->filter.wqs;
    out->filter_before = dsa->filter.before;
    out->filter_pasid = dsa_pasid_save(dsa->filter.pasid);
    out->evlsts = dsa->evlsts;
    out->seq = dsa->seq;
    memcpy(out->swerr, dsa->swerr, sizeof(out->swerr));
    memcpy(out->evlcfg, dsa->evlcfg, sizeof(out->evlcfg));
    memcpy(out->counter, dsa->counter, sizeof(out->counter));
    memcpy(out->msixperm, dsa->msixperm, sizeof(out->msixperm));
    memcpy(out->idpt, dsa->idpt, sizeof(out->idpt));
    memcpy(out->grpcfg, dsa->grpcfg, sizeof(out->grpcfg));
    memcpy(out->next_wq, dsa->next_wq, sizeof(out->next_wq));
    for (unsigned i = 0; i < DSA_VECTORS_MAX; i++) {
        out->handle_given[i] = dsa->handle_given[i];
    }
}

void sva_dsa_save(SvaDsa *dsa, SvaDsaSaved *out)
{
    out->version = SVA_DSA_STATE_VERSION;
    options_save(dsa, out->options);
    sva_function_save(&dsa->fn, &out->fn);
    registers_save(dsa, out);
    queues_save(dsa, out);
    for (unsigned i = 0; i < sva_dsa_slots(dsa); i++) {
        sva_dsa_slot_save(&dsa->slot[i], &out->slot[i]);
    }
}

/* -- restoring -- */

static bool tables_load(SvaDsa *dsa, const SvaDsaSaved *in)
{
    memcpy(dsa->idpt, in->idpt, sizeof(dsa->idpt));
    memcpy(dsa->grpcfg, in->grpcfg, sizeof(dsa->grpcfg));
    memcpy(dsa->msixperm, in->msixperm, sizeof(dsa->msixperm));
    for (unsigned i = 0; i < DSA_VECTORS_MAX; i++) {
        if (in->msixperm[i] & ~DSA_MSIXPERM_WRITABLE ||
            in->handle_given[i] > 1) {
            return false;
        }
        dsa->handle_given[i] = in->handle_given[i];
    }
    for (unsigned i = 0; i < DSA_GROUPS_MAX * DSA_GRP_WORDS; i++) {
        if (in->grpcfg[i] & ~sva_dsa_config_group_mask(i % DSA_GRP_WORDS)) {
            return false;
        }
    }
    for (unsigned i = 0; i < DSA_IDPT_ENTRIES; i++) {
        if (dsa->idpt[i][0] & DSA_IDPT_RESERVED || dsa->idpt[i][3]) {
            return false;
        }
    }
    for (unsigned i = 0; i < DSA_GROUPS_MAX; i++) {
        dsa->next_wq[i] = in->next_wq[i];
        if (in->next_wq[i] >= dsa->config.wqs) {
            return false;
        }
    }
    return true;
}

static bool registers_load(SvaDsa *dsa, const SvaDsaSaved *in)
{
    dsa->gencfg = in->gencfg;
    dsa->genctrl = in->genctrl;
    dsa->intcause = in->intcause;
    dsa->state = in->state;
    dsa->cmd = in->cmd;
    dsa->cmdsts = in->cmdsts;
    dsa->cmd_begun = in->flags & DSA_SAVED_CMD_BEGUN;
    dsa->filter.wqs = in->filter_wqs;
    dsa->filter.before = in->filter_before;
    dsa->evlsts = in->evlsts;
    dsa->seq = in->seq;
    memcpy(dsa->swerr, in->swerr, sizeof(dsa->swerr));
    memcpy(dsa->evlcfg, in->evlcfg, sizeof(dsa->evlcfg));
    memcpy(dsa->counter, in->counter, sizeof(dsa->counter));
    return dsa_pasid_load(in->filter_pasid, &dsa->filter.pasid) &&
           !(in->gencfg & ~DSA_GENCFG_WRITABLE) &&
           !(in->genctrl & ~DSA_GENCTRL_WRITABLE) &&
           in->state <= DSA_HALTED && !(in->flags & ~DSA_SAVED_CMD_BEGUN) &&
           !(in->evlcfg[0] & ~DSA_EVLCFG_WRITABLE0) &&
           !(in->evlcfg[1] & ~DSA_EVLCFG_WRITABLE1) &&
           tables_load(dsa, in);
}

/* Does the command that would end it go on? */
static bool command_possible(const SvaDsa *dsa)
{
    unsigned code = dsa->cmd >> DSA_CMD_CODE_SHIFT & DSA_CMD_CODE;
    bool goes_on = dsa->cmd_begun && dsa->cmdsts & DSA_CMDSTS_ACTIVE;

    if (dsa->cmd_begun && (!goes_on || code >= DSA_CMDS)) {
        return false;
    }
    return dsa->state != DSA_DRAINING ||
           (goes_on && (code == DSA_CMD_DISABLE_DEVICE ||
                        code == DSA_CMD_RESET_DEVICE));
}

static bool wq_possible(const SvaDsa *dsa, const DsaWq *wq,
                        const DsaWqSaved *in)
{
    bool off = dsa->state == DSA_DISABLED || in->state == DSA_WQ_DISABLED;

    if (in->state > DSA_WQ_DRAINING ||
        (dsa->state == DSA_DISABLED && in->state != DSA_WQ_DISABLED)) {
        return false;
    }
    return off ? !in->count
               : dsa_wq_size(wq) && in->count <= dsa_wq_size(wq);
}

static const char *queues_load(SvaDsa *dsa, const SvaDsaSaved *in)
{
    static const char error[] = "impossible work queue";
    uint32_t next = 0;

    for (unsigned i = 0; i < dsa->config.wqs; i++) {
        memcpy(dsa->wq[i].cfg, in->wq[i].cfg, sizeof(dsa->wq[i].cfg));
        dsa->wq[i].cfg[3] &= DSA_WQ3_INT_DONE;
    }
    if (dsa->state != DSA_DISABLED) {
        if (!sva_dsa_config_possible(dsa)) {
            return "impossible configuration";
        }
        sva_dsa_config_assign(dsa);
        sva_dsa_queues_lay_out(dsa);
    }
    for (unsigned i = 0; i < dsa->config.wqs; i++) {
        if (!wq_possible(dsa, &dsa->wq[i], &in->wq[i]) ||
            in->wq[i].count > in->entry_count - next) {
            return error;
        }
        dsa->wq[i].state = in->wq[i].state;
        dsa->wq[i].turns = in->wq[i].turns;
        for (uint32_t n = 0; n < in->wq[i].count; n++) {
            const DsaEntrySaved *from = &in->entries[next++];

            if (from->seq >= dsa->seq ||
                from->portal > (DSA_PORTAL_LIMITED | DSA_PORTAL_IMS)) {
                return error;
            }
            sva_dsa_queue_put(dsa, i, &(DsaEntry) {
                .seq = from->seq, .portal = from->portal,
            }, from->desc);
        }
    }
    return next == in->entry_count ? NULL : error;
}

static const char *slots_load(SvaDsa *dsa, const SvaDsaSaved *in)
{
    const char *error = NULL;

    for (unsigned i = 0; !error && i < sva_dsa_slots(dsa); i++) {
        error = sva_dsa_slot_load(&dsa->slot[i], &in->slot[i]);
    }
    return error;
}

static const char *all_load(SvaDsa *dsa, const SvaDsaSaved *in)
{
    uint32_t options[SVA_DSA_OPTIONS];
    const char *error;

    options_save(dsa, options);
    if (in->version != SVA_DSA_STATE_VERSION) {
        return "the state is of another version";
    }
    if (memcmp(options, in->options, sizeof(options)) ||
        in->slots != sva_dsa_slots(dsa) ||
        in->entry_count > dsa->config.wq_size) {
        return "the state is of a device with other options";
    }
    if (!registers_load(dsa, in) || !command_possible(dsa)) {
        return "impossible registers";
    }
    error = sva_function_load(&dsa->fn, &in->fn, false);
    error = error ? error : queues_load(dsa, in);
    error = error ? error : slots_load(dsa, in);
    error = error ? error : sva_function_load_groups(&dsa->fn, &in->fn);
    return error ? error : sva_function_load_waiting(&dsa->fn, &in->fn);
}

const char *sva_dsa_load(SvaDsa *dsa, const SvaDsaSaved *in)
{
    const char *error;

    sva_dsa_reset(dsa);
    error = all_load(dsa, in);
    if (error) {
        sva_dsa_reset(dsa);
        return error;
    }
    /* Being woken is a hint: who waits goes on waiting. */
    for (unsigned i = 0; i < sva_dsa_slots(dsa); i++) {
        if (dsa->slot[i].phase != DSA_SLOT_IDLE) {
            sva_dsa_wake(&dsa->slot[i]);
        }
    }
    sva_dsa_arm(dsa, 0);
    return NULL;
}
