/*
 * Does what the IOMMU announced differ from what the oracle says?
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "oracle-differ.h"

static bool G_GNUC_PRINTF(2, 3)
say(char text[SVA_CHECK_DIFFER_TEXT], const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    g_vsnprintf(text, SVA_CHECK_DIFFER_TEXT, fmt, ap);
    va_end(ap);
    return true;
}

/* @access: what may differ in neither direction */
static bool map_differs(const SvaMapping *got, const SvaMapping *want,
                        uint8_t access, char text[SVA_CHECK_DIFFER_TEXT])
{
    if (got->addr != want->addr) {
        return say(text, "it is at 0x%" PRIx64 ", by the entries at 0x%" PRIx64,
                   got->addr, want->addr);
    }
    if ((got->access ^ want->access) & access) {
        return say(text, "it has rights 0x%x, by the entries 0x%x",
                   got->access, want->access);
    }
    if (got->mask & ~want->mask) {
        return say(text, "its range is 0x%" PRIx64 ", by the entries 0x%"
                   PRIx64, got->mask, want->mask);
    }
    return false;
}

bool sva_check_fill_differs(const SvaEvent *event, const SvaOracleAnswer *want,
                            char text[SVA_CHECK_DIFFER_TEXT])
{
    if (!want->walked) {
        return say(text, "by the entries there is none (reason 0x%x)",
                   want->reason);
    }
    return map_differs(&event->fill.map, &want->tables, SVA_RWX, text);
}

static SvaOracleStage stage(SvaRegsArch arch, unsigned reason)
{
    return arch == SVA_REGS_VTD ? sva_oracle_vtd_stage(reason)
                                : sva_oracle_smmu_stage(reason);
}

static bool refusal_differs(SvaOutcome outcome, SvaRegsArch arch,
                            unsigned reason, const SvaOracleAnswer *want,
                            char text[SVA_CHECK_DIFFER_TEXT])
{
    bool silent = outcome == SVA_RAZ_WI;

    if (outcome == SVA_STALL ? !want->stall : silent != want->raz_wi) {
        return say(text, "it ended with outcome %d, which is not what the "
                   "entries say of faults", outcome);
    }
    /* Of several conditions any may be met first; but not anywhere. */
    if (reason && stage(arch, reason) != stage(arch, want->reason)) {
        return say(text, "the reason is 0x%x, by the entries 0x%x", reason,
                   want->reason);
    }
    return false;
}

bool sva_check_xlate_differs(const SvaEvent *event, SvaRegsArch arch,
                             unsigned reason, const SvaOracleAnswer *want,
                             char text[SVA_CHECK_DIFFER_TEXT])
{
    const SvaTranslation *got = &event->xlate;

    if (want->outcome == SVA_ORACLE_REFUSED) {
        return got->outcome == SVA_OK
               ? say(text, "it was granted, the entries refuse it "
                     "(reason 0x%x)", want->reason)
               : refusal_differs(got->outcome, arch, reason, want, text);
    }
    if (got->outcome != SVA_OK) {
        return say(text, "it was refused (reason 0x%x), the entries grant "
                   "0x%" PRIx64 " with rights 0x%x", reason, want->map.addr,
                   want->map.access);
    }
    return map_differs(&got->map, &want->map, SVA_RWX, text);
}

/*
 * VT-d: of a page that reaches into the interrupt range the IOMMU may hold, and
 * answer, a piece that does not (rev 5.10, Table 30, SGN.8.2).
 */
static bool is_good_piece(const SvaOracleAnswer *want, uint64_t addr,
                          uint64_t mask)
{
    return (want->reason == 0x87 || want->reason == 0x0e) && want->walked &&
           addr == want->tables.addr &&
           ((addr & ~mask) > 0xfeefffff || (addr | mask) < 0xfee00000);
}

bool sva_check_ats_differs(const SvaEvent *event, const SvaOracleAnswer *want,
                           char text[SVA_CHECK_DIFFER_TEXT])
{
    const SvaAtsCompletion *got = &event->ats;
    uint8_t access = SVA_RWX | SVA_PRIV;

    if (got->status == SVA_ATS_SUCCESS && got->map.access & SVA_RW &&
        is_good_piece(want, got->map.addr, got->map.mask)) {
        return false;
    }
    if (got->status != want->status) {
        return say(text, "the status is %d, by the entries %d (reason 0x%x)",
                   got->status, want->status, want->reason);
    }
    if (got->status != SVA_ATS_SUCCESS) {
        return false;
    }
    if (got->untranslated_only != want->untranslated_only) {
        return say(text, "U is %d, by the entries %d", got->untranslated_only,
                   want->untranslated_only);
    }
    if (!((got->map.access | want->map.access) & SVA_RW)) {
        return false;
    }
    /* W for a request that does not ask for it (NW) is a liberty. */
    if (!(event->access & SVA_WRITE) && !(got->map.access & SVA_WRITE)) {
        access &= ~SVA_WRITE;
    }
    return map_differs(&got->map, &want->map, access, text);
}

bool sva_check_use_differs(uint64_t addr, uint8_t access,
                           const SvaOracleAnswer *want,
                           char text[SVA_CHECK_DIFFER_TEXT])
{
    uint8_t missing = access & SVA_RWX & ~(want->map.access | want->rights);

    if (is_good_piece(want, addr, 0xfff)) {
        return false;
    }
    if (want->outcome != SVA_ORACLE_GRANTED || missing) {
        return say(text, "the tables refuse it (reason 0x%x, rights 0x%x)",
                   want->reason, want->map.access);
    }
    if (want->map.addr != addr) {
        return say(text, "it leads to 0x%" PRIx64 ", by the tables to 0x%"
                   PRIx64, addr, want->map.addr);
    }
    return false;
}
