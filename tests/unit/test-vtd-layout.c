/*
 * VT-d: layouts against literals
 *
 * The literals come from the field tables of the specification and not from
 * the headers under test; every structure is also seen whole, as the unit
 * reads or writes it in memory.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "hw/sva/vtd/inv.h"
#include "hw/sva/vtd/xlate.h"
#include "vtd-fixture.h"

#define P(n) sva_pasid(n)

typedef struct Mask {
    const char *name;
    uint64_t mask;
    unsigned high, low;         /* bits high:low */
} Mask;

#define MASK(m, h, l) { #m, m, h, l }

static const Mask fields[] = {
    MASK(SVA_VTD_ROOT_RSVD, 11, 1),
    MASK(R_VTD_LCTX0_TT_MASK, 3, 2),
    MASK(SVA_VTD_LCTX0_RSVD, 11, 4),
    MASK(R_VTD_LCTX1_AW_MASK, 2, 0),
    MASK(SVA_VTD_SCTX0_RSVD, 8, 5),
    MASK(R_VTD_SCTX0_PDTS_MASK, 11, 9),
    MASK(R_VTD_SCTX1_RID_PASID_MASK, 19, 0),
    MASK(SVA_VTD_SCTX1_RSVD, 63, 20),
    MASK(SVA_VTD_PDE_RSVD, 11, 2),
    MASK(R_VTD_PTE0_AW_MASK, 4, 2),
    MASK(R_VTD_PTE0_PGTT_MASK, 8, 6),
    MASK(R_VTD_PTE0_SSADE_MASK, 9, 9),
    MASK(R_VTD_PTE1_DID_MASK, 15, 0),
    MASK(R_VTD_PTE1_PWSNP_MASK, 23, 23),
    MASK(R_VTD_PTE1_PGSNP_MASK, 24, 24),
    MASK(R_VTD_PTE2_SRE_MASK, 0, 0),
    MASK(R_VTD_PTE2_FSPM_MASK, 3, 2),
    MASK(R_VTD_PTE2_WPE_MASK, 4, 4),
    MASK(R_VTD_PTE2_EAFE_MASK, 7, 7),
    MASK(R_VTD_DESC0_G_MASK, 5, 4),
    MASK(R_VTD_DESC0_TYPE_HI_MASK, 11, 9),
    MASK(R_VTD_FSTS_FRI_MASK, 15, 8),
    MASK(R_VTD_CCMD_CIRG_MASK, 62, 61),
    MASK(R_VTD_CCMD_CAIG_MASK, 60, 59),
    MASK(R_VTD_IOTLB_IIRG_MASK, 61, 60),
    MASK(R_VTD_IOTLB_IAIG_MASK, 58, 57),
    MASK(R_VTD_IOTLB_DID_MASK, 47, 32),
    MASK(R_VTD_IQT_QT_MASK, 18, 4),
    MASK(R_VTD_PQT_PQT_MASK, 18, 5),
};

static void test_field_is_where_the_table_says(void)
{
    unsigned i;

    for (i = 0; i < G_N_ELEMENTS(fields); i++) {
        uint64_t ones = UINT64_MAX >> (63 - fields[i].high + fields[i].low);

        g_test_message("%s", fields[i].name);
        g_assert_cmphex(fields[i].mask, ==, ones << fields[i].low);
    }
    g_assert_cmphex(SVA_VTD_LCTX1_RSVD, ==, 0xffffffffff000080);
    /* VT-d 5.10 section 9.6, with MTS=0 and without ERE. */
    g_assert_cmphex(SVA_VTD_PTE0_RSVD, ==, 0xc20);
    g_assert_cmphex(SVA_VTD_PTE1_RSVD, ==, 0xfffffffffe7f0000);
    g_assert_cmphex(SVA_VTD_PTE2_RSVD, ==, 0xf02);
}

/* All fields of a first-stage entry and of the context entry before it. */
static void test_scalable_entries_decode_field_by_field(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);
    SvaVtdTransCfg cfg = { .pasid = 5 };
    const SvaVtdContext *ctx = NULL;
    const SvaVtdPasidEntry *entry;
    bool fpd;

    vtd_context(f, 0x0000000000013217, 0x0000000000000005);
    vtd_pasid(f, 5, 0x0000000000000043, 0x0000000001801234,
              0x000000000abcd0f5);
    g_assert_true(sva_fault_is_none(
        sva_vtd_context_get(&f->vtd, VTD_RID, &ctx, &fpd)));
    g_assert_false(ctx->legacy);
    g_assert_true(ctx->fpd);
    g_assert_true(fpd);
    g_assert_true(ctx->ats);
    g_assert_false(ctx->pasid_enable);
    g_assert_true(ctx->page_requests);
    g_assert_cmphex(ctx->pasids, ==, 1u << 14);
    g_assert_cmphex(ctx->rid_pasid, ==, 5);
    g_assert_cmphex(ctx->dir, ==, 0x13000);

    g_assert_true(sva_fault_is_none(
        sva_vtd_pasid_get(&f->vtd, VTD_RID, ctx, &cfg)));
    entry = cfg.entry;
    g_assert_cmpuint(entry->kind, ==, SVA_TLB_FIRST);
    g_assert_cmphex(entry->domain, ==, 0x1234);
    g_assert_true(entry->fpd);
    g_assert_true(entry->snoop);
    g_assert_true(entry->supervisor);
    g_assert_cmphex(entry->pt.root, ==, 0xabcd000);
    g_assert_cmpuint(entry->pt.levels, ==, 5);
    /* 134:133 were NXE and SMEP, and are ignored. */
    g_assert_cmphex(entry->pt.flags & ~(SVA_PT_2M | SVA_PT_1G), ==,
                    SVA_PT_AD | SVA_PT_WPE | SVA_PT_EAFE);
    vtd_fixture_free(f);
}

static void test_second_stage_entry_decodes_field_by_field(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);
    SvaVtdTransCfg cfg = { .pasid = 6 };
    const SvaVtdContext *ctx = NULL;
    const SvaVtdPasidEntry *entry;
    bool fpd;

    vtd_pasid(f, 6, 0x0000000012345285, 0x0000000000000007, 0);
    g_assert_true(sva_fault_is_none(
        sva_vtd_context_get(&f->vtd, VTD_RID, &ctx, &fpd)));
    g_assert_true(sva_fault_is_none(
        sva_vtd_pasid_get(&f->vtd, VTD_RID, ctx, &cfg)));
    entry = cfg.entry;
    g_assert_cmpuint(entry->kind, ==, SVA_TLB_SECOND);
    g_assert_cmphex(entry->domain, ==, 7);
    g_assert_cmphex(entry->pt.root, ==, 0x12345000);
    g_assert_cmpuint(entry->pt.levels, ==, 3);
    g_assert_cmpuint(entry->pt.input_bits, ==, 39);
    g_assert_true(entry->pt.flags & SVA_PT_AD);
    g_assert_true(entry->pt.flags & SVA_PT_NON_COHERENT);
    vtd_fixture_free(f);
}

static void test_legacy_entry_decodes_field_by_field(void)
{
    VtdFixture *f = vtd_fixture_legacy(NULL, 0x00000000abcde007,
                                       0x0000000000432102);
    const SvaVtdContext *ctx = NULL;
    bool fpd;

    g_assert_true(sva_fault_is_none(
        sva_vtd_context_get(&f->vtd, VTD_RID, &ctx, &fpd)));
    g_assert_true(ctx->legacy);
    g_assert_true(ctx->fpd);
    g_assert_true(fpd);
    g_assert_true(ctx->ats);
    g_assert_cmpuint(ctx->entry.kind, ==, SVA_TLB_SECOND);
    g_assert_cmphex(ctx->entry.domain, ==, 0x4321);
    g_assert_cmphex(ctx->entry.pt.root, ==, 0xabcde000);
    g_assert_cmpuint(ctx->entry.pt.levels, ==, 4);
    g_assert_cmpuint(ctx->entry.pt.input_bits, ==, 48);
    vtd_fixture_free(f);
}

static void decode(VtdFixture *f, uint64_t qw0, uint64_t qw1, SvaVtdDesc *out)
{
    const SvaVtdDescType *type;
    uint64_t qw[4] = { qw0, qw1 };

    g_assert_cmpuint(sva_vtd_desc_decode(&f->vtd, qw, &type, out), ==,
                     SVA_VTD_IQEI_NONE);
}

static void test_cache_descriptors_decode_field_by_field(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);
    SvaVtdDesc d;

    decode(f, 0x0002abcd12340031, 0, &d);
    g_assert_cmpuint(d.scope.gran, ==, SVA_VTD_GRAN_DEVICE);
    g_assert_cmphex(d.scope.domain, ==, 0x1234);
    g_assert_cmphex(d.scope.rid, ==, 0xabcd);
    g_assert_cmpuint(d.scope.fm, ==, 2);

    decode(f, 0x00000000123400f2, 0x00007f0012345049, &d);
    g_assert_cmpuint(d.scope.gran, ==, SVA_VTD_GRAN_PAGE);
    g_assert_cmphex(d.scope.domain, ==, 0x1234);
    g_assert_cmphex(d.scope.addr, ==, 0x7f0012345000);
    g_assert_cmphex(d.scope.mask, ==, 0x1fffff);

    decode(f, 0x000abcde12340036, 0xffff800000000063, &d);
    g_assert_cmpuint(d.scope.gran, ==, SVA_VTD_GRAN_PASID_PAGE);
    g_assert_cmphex(d.scope.domain, ==, 0x1234);
    g_assert_cmphex(d.scope.pasid, ==, 0xabcde);
    g_assert_cmphex(d.scope.addr, ==, 0xffff800000000000);
    g_assert_cmphex(d.scope.mask, ==, 0x00007fffffffffff);

    decode(f, 0x000abcde12340017, 0, &d);
    g_assert_cmpuint(d.scope.gran, ==, SVA_VTD_GRAN_PASID);
    g_assert_cmphex(d.scope.domain, ==, 0x1234);
    g_assert_cmphex(d.scope.pasid, ==, 0xabcde);

    decode(f, 0x00001234f8000014 & ~(1ull << 31), 0, &d);
    g_assert_false(d.iec_global);
    g_assert_cmphex(d.iec_index, ==, 0x1234);
    g_assert_cmpuint(d.iec_mask, ==, 15);
    vtd_fixture_free(f);
}

static void test_message_descriptors_decode_field_by_field(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);
    SvaVtdDesc d;

    decode(f, 0x0000abcd001f0003, 0x0000000000207001, &d);
    g_assert_cmphex(d.atc.rid, ==, 0xabcd);
    g_assert_false(d.atc.pasid.valid);
    g_assert_cmphex(d.atc.addr, ==, 0x200000);
    g_assert_cmphex(d.atc.mask, ==, 0xffff);

    decode(f, 0x000abcde56780158, 0x00007f001234f801, &d);
    g_assert_cmphex(d.atc.rid, ==, 0x5678);
    g_assert_true(sva_pasid_equal(d.atc.pasid, P(0xabcde)));
    g_assert_true(d.atc.global);
    g_assert_cmphex(d.atc.addr, ==, 0x7f0012340000);
    g_assert_cmphex(d.atc.mask, ==, 0x1ffff);

    decode(f, 0x12345678000000f5, 0x0000000abcdef004, &d);
    g_assert_cmphex(d.wait.data, ==, 0x12345678);
    g_assert_cmphex(d.wait.addr, ==, 0xabcdef004);
    g_assert_true(d.wait.status_write && d.wait.interrupt &&
                  d.wait.fence && d.wait.page_drain);

    decode(f, 0x000abcde56781019, 0x0000000000000ffc, &d);
    g_assert_cmphex(d.response.rid, ==, 0x5678);
    g_assert_true(sva_pasid_equal(d.response.pasid, P(0xabcde)));
    g_assert_cmphex(d.response.prgi, ==, 0x1ff);
    g_assert_cmpuint(d.response.code, ==, SVA_PRG_INVALID);
    vtd_fixture_free(f);
}

/* "All" as Linux writes it: types 3 and 8. */
static void test_whole_address_space_is_decoded(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);
    SvaVtdDesc d;

    decode(f, 0x0000011000000003, 0x7ffffffffffff001, &d);
    g_assert_cmphex(d.atc.mask, ==, UINT64_MAX);
    decode(f, 0x0000000101100008, 0x7ffffffffffff800, &d);
    g_assert_cmphex(d.atc.mask, ==, UINT64_MAX);
    /* AM of 52 and more covers everything, too. */
    decode(f, 0x0000000100010036, 0x34, &d);
    g_assert_cmphex(d.scope.mask, ==, UINT64_MAX);
    decode(f, 0x0000000100010036, 0x3f, &d);
    g_assert_cmphex(d.scope.mask, ==, UINT64_MAX);
    decode(f, 0x0000000100010036, 0x33, &d);
    g_assert_cmphex(d.scope.mask, ==, UINT64_MAX >> 1);
    vtd_fixture_free(f);
}

static void test_page_request_entry_is_this_literal(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);
    SvaPageRequest req = {
        .addr = 0x7f0012345000, .pasid = P(0xabcde), .rid = VTD_RID,
        .prgi = 0x1a5, .access = SVA_READ | SVA_EXEC | SVA_PRIV,
        .last = true,
    };

    /* The directory entry of PASIDs 0xabcc0 to 0xabcff, and RID_PASID. */
    fake_put64(f->env, VTD_DIR + 8 * 0x2af3, VTD_PASIDS | 1);
    vtd_bind(f, 0x1e);
    vtd_bind(f, 0);
    f->vtd.iommu.ops->page_request(&f->vtd.iommu, &req);
    g_assert_cmphex(vtd_prq(f, 0, 0), ==, 0x003abcde01100101);
    g_assert_cmphex(vtd_prq(f, 0, 1), ==, 0x00007f0012345d2d);
    g_assert_cmphex(vtd_prq(f, 0, 2), ==, 0);
    g_assert_cmphex(vtd_prq(f, 0, 3), ==, 0);

    /* Without PASID there is no PASID field and there are no privileges. */
    req.pasid = SVA_NO_PASID;
    req.access = SVA_WRITE | SVA_PRIV;
    req.last = false;
    req.prgi = 3;
    f->vtd.iommu.ops->page_request(&f->vtd.iommu, &req);
    g_assert_cmphex(vtd_prq(f, 1, 0), ==, 0x0000000001100001);
    g_assert_cmphex(vtd_prq(f, 1, 1), ==, 0x00007f001234501a);
    vtd_fixture_free(f);
}

static void test_fault_record_is_this_literal(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);
    uint64_t low, high;

    vtd_translate(f, P(0xcde), 0x7f0012345678, SVA_WRITE);
    g_assert_cmphex(vtd_fault(f, &low, &high), ==, 0x51);
    g_assert_cmphex(low, ==, 0x00007f0012345000);
    g_assert_cmphex(high, ==, 0x800cde5180000110);
    vtd_translate(f, P(1), 0x1000, SVA_READ | SVA_PRIV | SVA_EXEC);
    g_assert_cmphex(vtd_fault(f, &low, &high), ==, 0x59);
    g_assert_cmphex(high, ==, 0xc0000159e0000110);
    /* A translation request is a read, with AT=01. */
    vtd_pasid(f, 2, 0x01, VTD_FIRST1, 0);
    vtd_ats(f, P(2), 0x1000, SVA_RW);
    g_assert_cmphex(vtd_fault(f, &low, &high), ==, 0x5b);
    g_assert_cmphex(high, ==, 0xd000025b80000110);
    /*
     * VT-d 5.10 section 11.4.7.6: an atomic request has T1 and T2, and no
     * EXE; FI ends at the largest AGAW.
     */
    vtd_translate(f, P(1), 0xffff812345678000, SVA_RW | SVA_EXEC);
    g_assert_cmphex(vtd_fault(f, &low, &high), ==, 0x59);
    g_assert_cmphex(low, ==, 0x0000812345678000);
    g_assert_cmphex(high, ==, 0xc000015990000110);
    vtd_fixture_free(f);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/vtd/layout/field-is-where-the-table-says",
                    test_field_is_where_the_table_says);
    g_test_add_func("/vtd/layout/scalable-entries-decode-field-by-field",
                    test_scalable_entries_decode_field_by_field);
    g_test_add_func("/vtd/layout/second-stage-entry-decodes-field-by-field",
                    test_second_stage_entry_decodes_field_by_field);
    g_test_add_func("/vtd/layout/legacy-entry-decodes-field-by-field",
                    test_legacy_entry_decodes_field_by_field);
    g_test_add_func("/vtd/layout/cache-descriptors-decode-field-by-field",
                    test_cache_descriptors_decode_field_by_field);
    g_test_add_func("/vtd/layout/message-descriptors-decode-field-by-field",
                    test_message_descriptors_decode_field_by_field);
    g_test_add_func("/vtd/layout/whole-address-space-is-decoded",
                    test_whole_address_space_is_decoded);
    g_test_add_func("/vtd/layout/page-request-entry-is-this-literal",
                    test_page_request_entry_is_this_literal);
    g_test_add_func("/vtd/layout/fault-record-is-this-literal",
                    test_fault_record_is_this_literal);
    return g_test_run();
}
