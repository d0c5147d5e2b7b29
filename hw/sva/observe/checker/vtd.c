/*
 * Checker: what it knows of VT-d
 *
 * VT-d rev 5.10, 6.2.1 (tags of caches), Tables 23 and 24 (what a descriptor
 * reaches), Table 28 (what a change owes).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "vtd-command.h"
#include "vtd-layout.h"
#include "vtd-legal.h"
#include "vtd-owed.h"

/* SvaEvent.fill.kind */
#define FIRST   (1u << SVA_FILL_VTD_FIRST | 1u << SVA_FILL_VTD_NESTED)
#define SECOND  (1u << SVA_FILL_VTD_SECOND | 1u << SVA_FILL_VTD_PASS)

static SvaCheckChange compare(const uint64_t *regs, const SvaCheckEntry *old,
                              const SvaCheckEntry *now)
{
    SvaCheckVtdUnit unit;

    sva_check_vtd_unit(regs, &unit);
    return sva_check_vtd_compare(&unit, old->type, old->level, old->words,
                                 now->words);
}

static bool present(const uint64_t *regs, const SvaCheckEntry *entry)
{
    SvaCheckVtdUnit unit;

    sva_check_vtd_unit(regs, &unit);
    return sva_check_vtd_present(entry->type, entry->words) &&
           !sva_check_vtd_illegal(&unit, entry->type, entry->words);
}

static bool leaf(const uint64_t *regs G_GNUC_UNUSED,
                 const SvaCheckEntry *entry)
{
    return sva_check_vtd_leaf(entry->level, entry->words[0]);
}

static uint64_t target(const uint64_t *regs, const SvaCheckEntry *entry)
{
    SvaCheckVtdUnit unit;

    sva_check_vtd_unit(regs, &unit);
    return sva_check_vtd_target(&unit, entry->type, entry->level,
                                entry->words);
}

/* A context entry comes with the root entry that led to it (6.2.2). */
static uint8_t cached(const uint64_t *regs, const SvaCheckEntry *entry)
{
    SvaCheckVtdUnit unit;

    sva_check_vtd_unit(regs, &unit);
    if (!sva_check_vtd_remembered(&unit, entry->type, entry->words)) {
        return 0;
    }
    switch (entry->type) {
    case SVA_ENTRY_VTD_ROOT:
    case SVA_ENTRY_VTD_CONTEXT:
        return SVA_DROP_CONFIG;
    case SVA_ENTRY_VTD_PASID_DIR:
    case SVA_ENTRY_VTD_PASID:
        return SVA_DROP_PASID;
    default:
        return sva_check_vtd_leaf(entry->level, entry->words[0])
               ? 0 : SVA_DROP_WALK;
    }
}

/* In legacy mode page tables hang from the context entry. */
static SvaCheckBind bind_state(const uint64_t *regs,
                               const SvaCheckEntry *entry)
{
    SvaCheckVtdUnit unit;

    sva_check_vtd_unit(regs, &unit);
    if (entry->type != (unit.mode == SVA_CHECK_VTD_LEGACY
                        ? SVA_ENTRY_VTD_CONTEXT : SVA_ENTRY_VTD_PASID)) {
        return SVA_BIND_UNKNOWN;
    }
    if (entry->words[0] & CHECK_VTD_P) {
        return SVA_BIND_BOUND;
    }
    /* 9.3, 9.6: FPD counts while P=0, and nothing else does. */
    return entry->words[0] & CHECK_VTD_FPD ? SVA_BIND_QUIESCED
                                           : SVA_BIND_UNBOUND;
}

static int32_t domain(const uint64_t *regs, const SvaCheckEntry *entry)
{
    SvaCheckVtdUnit unit;

    sva_check_vtd_unit(regs, &unit);
    return sva_check_vtd_domain(&unit, entry->type, entry->words);
}

static bool pass(const uint64_t *regs, const SvaCheckEntry *entry)
{
    SvaCheckVtdUnit unit;

    sva_check_vtd_unit(regs, &unit);
    return sva_check_vtd_remembered(&unit, entry->type, entry->words) &&
           sva_check_vtd_pass(&unit, entry->type, entry->words);
}

/*
 * A processor's table: its second half is the operating system's, and the same
 * in each address space.  Of nested translations it is not at the address that
 * the entry has.
 */
static unsigned first(const uint64_t *regs G_GNUC_UNUSED,
                      const SvaCheckEntry *entry,
                      const SvaCheckEntry *context G_GNUC_UNUSED,
                      SvaCheckEntry *out)
{
    SvaCheckVtdPasid pasid;

    sva_check_vtd_pasid(entry->words, &pasid);
    if (entry->type != SVA_ENTRY_VTD_PASID ||
        pasid.pgtt != SVA_CHECK_VTD_FIRST || pasid.fspm > 1) {
        return 0;
    }
    *out = (SvaCheckEntry) {
        .type = SVA_ENTRY_VTD_FIRST, .count = 1, .level = 4 + pasid.fspm,
        .shift = SVA_PAGE_SHIFT + 9 * (3 + pasid.fspm),
    };
    return 256;
}

/* In legacy mode there are no entries by PASID. */
static int32_t rid_pasid(const uint64_t *regs, const SvaCheckEntry *entry)
{
    SvaCheckVtdUnit unit;

    sva_check_vtd_unit(regs, &unit);
    if (unit.mode != SVA_CHECK_VTD_SCALABLE) {
        return -1;
    }
    return unit.rid_pasid
           ? (int32_t)FIELD_EX64(entry->words[1], CHECK_SCTX1, RID_PASID) : 0;
}

/* In legacy mode there are no PASIDs; pass-through: 6.2.4. */
static SvaCheckTag tag(const uint64_t *regs, const SvaCheckEntry *entry,
                       const SvaCheckEntry *context G_GNUC_UNUSED,
                       SvaPasid pasid)
{
    static const uint8_t kinds[8] = {
        [SVA_CHECK_VTD_FIRST] = SVA_FILL_VTD_FIRST,
        [SVA_CHECK_VTD_SECOND] = SVA_FILL_VTD_SECOND,
        [SVA_CHECK_VTD_NESTED] = SVA_FILL_VTD_NESTED,
        [SVA_CHECK_VTD_PASS] = SVA_FILL_VTD_PASS,
    };
    int32_t id = domain(regs, entry);
    SvaCheckVtdPasid words;

    sva_check_vtd_pasid(entry->words, &words);
    return (SvaCheckTag) {
        .asid = pasid.valid ? pasid.id : 0, .domain = id,
        .kind = entry->type == SVA_ENTRY_VTD_PASID ? kinds[words.pgtt & 7]
                                                   : SVA_FILL_VTD_SECOND,
        .valid = id >= 0,
    };
}

static uint64_t second(const uint64_t *regs, const SvaCheckEntry *entry,
                       const SvaCheckEntry *context G_GNUC_UNUSED)
{
    SvaCheckVtdPasid words;

    if (entry->type != SVA_ENTRY_VTD_PASID) {
        return target(regs, entry);
    }
    sva_check_vtd_pasid(entry->words, &words);
    return sva_check_vtd_has_second(words.pgtt) ? words.second : UINT64_MAX;
}

/* Entries of the PASID directory; no command names a root entry (9.5). */
static unsigned span(const uint64_t *regs G_GNUC_UNUSED,
                     SvaEntryType type G_GNUC_UNUSED,
                     const SvaCheckEntry *entry G_GNUC_UNUSED)
{
    return 6;
}

static bool enabled(const uint64_t *regs)
{
    SvaCheckVtdUnit unit;

    sva_check_vtd_unit(regs, &unit);
    return unit.enabled;
}

static unsigned owed(const uint64_t *regs, const SvaCheckEntry *old,
                     const SvaCheckEntry *now,
                     SvaCheckOwed out[SVA_CHECK_OWED])
{
    SvaCheckVtdUnit unit;

    sva_check_vtd_unit(regs, &unit);
    return sva_check_vtd_owed(&unit, old, now, out);
}

/* -- what a descriptor reaches: Tables 23 and 24 -- */

static SvaCheckInval *add(SvaCheckCommand *out, const SvaCheckVtdCmd *cmd,
                          uint8_t caches)
{
    SvaCheckInval *inval = &out->invals[out->count++];

    *inval = (SvaCheckInval) {
        .caches = caches,
        .addr = cmd->first,
        .last = cmd->last,
        .rid = cmd->rid,
        .rid_mask = ~cmd->rid_mask,
        .domain = cmd->domain,
        .pasid = cmd->pasid,
        .asid = cmd->pasid.id,
    };
    return inval;
}

static void context_invals(const SvaCheckVtdCmd *cmd, SvaCheckCommand *out)
{
    SvaCheckInval *inval = add(out, cmd, SVA_DROP_CONFIG);

    inval->leaf = cmd->gran != SVA_CHECK_VTD_GRAN_GLOBAL;
    inval->by_rid = cmd->gran == SVA_CHECK_VTD_GRAN_DEVICE;
    inval->by_domain = cmd->gran == SVA_CHECK_VTD_GRAN_DOMAIN;
}

static void pasid_invals(const SvaCheckVtdCmd *cmd, SvaCheckCommand *out)
{
    SvaCheckInval *inval = add(out, cmd, SVA_DROP_PASID);

    inval->by_domain = cmd->gran != SVA_CHECK_VTD_GRAN_GLOBAL;
    inval->by_pasid = cmd->gran == SVA_CHECK_VTD_GRAN_PASID;
}

/*
 * By page: addresses are those of the second stage, so that of first-stage
 * and nested translations the whole domain goes (Table 23).
 */
static void iotlb_invals(const SvaCheckVtdCmd *cmd, SvaCheckCommand *out)
{
    uint8_t all = SVA_DROP_TLB | SVA_DROP_WALK;
    bool page = cmd->gran == SVA_CHECK_VTD_GRAN_PAGE;
    SvaCheckInval *inval = add(out, cmd, cmd->hint ? SVA_DROP_TLB : all);

    inval->leaf = cmd->hint;
    inval->by_domain = cmd->gran != SVA_CHECK_VTD_GRAN_GLOBAL;
    if (page) {
        inval->kinds = SECOND;
        inval = add(out, cmd, all);
        inval->kinds = FIRST;
        inval->by_domain = true;
        inval->addr = 0;
        inval->last = UINT64_MAX;
    }
}

/*
 * All of the PASID: translations of each kind, but paging-structure entries
 * of the first stage only (Table 24).
 */
static void p_iotlb_invals(const SvaCheckVtdCmd *cmd, SvaCheckCommand *out)
{
    uint8_t caches = SVA_DROP_TLB | (cmd->hint ? 0 : SVA_DROP_WALK);
    SvaCheckInval *inval = add(out, cmd, caches);

    inval->leaf = cmd->hint;
    inval->kinds = FIRST;
    inval->by_domain = true;
    inval->by_asid = true;
    if (cmd->gran == SVA_CHECK_VTD_GRAN_PASID) {
        inval = add(out, cmd, SVA_DROP_TLB);
        inval->kinds = SECOND;
        inval->by_domain = true;
        inval->by_asid = true;
    }
}

static void devtlb_invals(const SvaCheckVtdCmd *cmd, SvaCheckCommand *out)
{
    SvaCheckInval *inval = add(out, cmd, SVA_DROP_ATC);

    inval->by_rid = true;
    inval->by_pasid = !cmd->global;
}

static void command(const uint64_t *regs, const SvaEvent *event,
                    SvaCheckCommand *out)
{
    SvaCheckVtdUnit unit;
    SvaCheckVtdCmd cmd;

    memset(out, 0, sizeof(*out));
    sva_check_vtd_unit(regs, &unit);
    if (!sva_check_vtd_cmd(&unit, event->command.words, &cmd)) {
        return;
    }
    out->wait = cmd.type == SVA_CHECK_VTD_CMD_WAIT;
    if (cmd.gran == SVA_CHECK_VTD_GRAN_NONE) {
        return;
    }
    switch (cmd.type) {
    case SVA_CHECK_VTD_CMD_CONTEXT:
        context_invals(&cmd, out);
        break;
    case SVA_CHECK_VTD_CMD_IOTLB:
        iotlb_invals(&cmd, out);
        break;
    case SVA_CHECK_VTD_CMD_P_IOTLB:
        p_iotlb_invals(&cmd, out);
        break;
    case SVA_CHECK_VTD_CMD_PASID:
        pasid_invals(&cmd, out);
        break;
    case SVA_CHECK_VTD_CMD_DEVTLB:
    case SVA_CHECK_VTD_CMD_P_DEVTLB:
        devtlb_invals(&cmd, out);
        break;
    default:
        break;
    }
}

const SvaCheckArch sva_check_vtd = {
    .name = "VT-d",
    .compare = compare,
    .present = present,
    .leaf = leaf,
    .target = target,
    .cached = cached,
    .bind = bind_state,
    .domain = domain,
    .pass = pass,
    .context = SVA_ENTRY_VTD_CONTEXT,
    .first = first,
    .rid_pasid = rid_pasid,
    .tag = tag,
    .second = second,
    .span = span,
    .enabled = enabled,
    .owed = owed,
    .command = command,
};
