/*
 * Fuzz: the answers of the VT-d unit beside those of the oracle
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "oracle-source.h"
#include "vtd-compare.h"

/* What the tables in memory give, without any cache. */
static void ask_oracle(VtdWorld *w, const SvaRequest *req,
                       SvaOracleAnswer *out)
{
    OracleMemory memory = oracle_memory(w->f->env);
    uint64_t regs[SVA_ORACLE_REGS] = {
        sva_vtd_rtaddr(&w->f->vtd), vtd_read64(w->f, 0x08),
        vtd_read64(w->f, 0x10), vtd_read32(w->f, 0x1c),
        w->f->vtd.config.haw_bits,
    };

    sva_oracle_vtd(regs, &memory.source, req, out);
    g_assert_cmpint(out->outcome, !=, SVA_ORACLE_UNKNOWN);
}

/* Up to the other end of the range it is the same. */
static void compare_range(VtdWorld *w, const SvaRequest *req,
                          const SvaMapping *map)
{
    uint64_t offset = map->mask & ~0xfffull;
    SvaRequest other = *req;
    SvaOracleAnswer end;

    other.addr ^= offset;
    if (req->pasid.valid || other.addr >> 20 != 0xfee) {
        ask_oracle(w, &other, &end);
        g_assert_cmpint(end.outcome, ==, SVA_ORACLE_GRANTED);
        g_assert_cmphex(end.map.addr, ==, map->addr ^ offset);
    }
}

/*
 * An adversary walks before it answers: flags that it sets may be in a table
 * that is also the page of another.
 */
static bool may_have_walked(const VtdWorld *w)
{
    return w->f->vtd.adversary && w->exchanged;
}

void vtd_compare(VtdWorld *w, const SvaRequest *req)
{
    SvaIommu *iommu = &w->f->vtd.iommu;
    uint64_t silent = vtd_count(w->f, SVA_VTD_CNT_FAULTS_SILENT);
    SvaOracleAnswer want;
    SvaTranslation got;

    ask_oracle(w, req, &want);
    iommu->ops->translate(iommu, req, &got);
    if (may_have_walked(w)) {
        return;
    }
    g_assert_cmpint(got.outcome == SVA_OK, ==,
                    want.outcome == SVA_ORACLE_GRANTED);
    if (got.outcome != SVA_OK) {
        g_assert_true(want.fpd || silent == vtd_count(w->f,
                                            SVA_VTD_CNT_FAULTS_SILENT));
        return;
    }
    g_assert_cmphex(got.map.addr, ==, want.map.addr);
    g_assert_cmphex(got.map.mask & ~want.map.mask, ==, 0);
    if (!w->exchanged) {
        compare_range(w, req, &got.map);
    }
}

void vtd_compare_ats(VtdWorld *w, const SvaRequest *req)
{
    SvaIommu *iommu = &w->f->vtd.iommu;
    SvaRequest ats = *req;
    SvaOracleAnswer want;
    SvaAtsCompletion got;

    ats.at = SVA_AT_TRANSLATION;
    ats.final = true;
    ask_oracle(w, &ats, &want);
    iommu->ops->ats_request(iommu, &ats, &got);
    if (may_have_walked(w)) {
        return;
    }
    g_assert_cmpint(got.status, ==, want.status);
    g_assert_cmpint(got.untranslated_only, ==, want.untranslated_only);
    if (got.status == SVA_ATS_SUCCESS) {
        /* A read before may have put less into the IOTLB, which may stay. */
        g_assert_cmphex(got.map.access & ~want.map.access, ==, 0);
        g_assert_cmphex(want.map.access & req->access & ~got.map.access, ==,
                        0);
    }
    if (got.status == SVA_ATS_SUCCESS && got.map.access & SVA_RW) {
        g_assert_cmphex(got.map.addr, ==, want.map.addr);
        g_assert_cmphex(got.map.mask & ~want.map.mask, ==, 0);
    }
}
