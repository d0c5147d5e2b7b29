/*
 * Tests of ATS answers and of range encoding (PCIe r6 10.2.3, 10.3)
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "hw/sva/core/ats.h"

#define R SVA_READ
#define W SVA_WRITE
#define X SVA_EXEC
#define S SVA_PRIV

typedef struct Grant {
    const char *claim;
    uint8_t want;
    uint8_t granted;
    uint8_t answer;
} Grant;

static const Grant grants[] = {
    { "all-that-is-granted", R | W, R | W, R | W },
    { "partial-rights", R | W, R, R },
    { "write-unasked-when-it-may-be-cached", R, R | W, R | W },
    { "write-only", W, W, W },
    { "execute-only-when-asked-for", R, R | X, R },
    { "execute-when-asked-for", R | X, R | X, R | X },
    { "execute-not-when-denied", R | X, R, R },
    { "execute-not-without-read", R | X, W | X, W },
    { "privilege-is-echoed", R | S, R, R | S },
    { "privilege-is-echoed-without-rights", R | S, 0, S },
    { "no-rights-is-none-at-all", R, 0, 0 },
    { "execute-alone-is-none-at-all", R | X, X, 0 },
};

static void test_grant(const void *data)
{
    const Grant *g = data;
    SvaRequest req = { .addr = 0x401abc, .access = g->want,
                       .pasid = sva_pasid(1), .at = SVA_AT_TRANSLATION };
    SvaAtsCompletion out;

    memset(&out, 0xff, sizeof(out));
    out.map = (SvaMapping) {
        .addr = 0x70201abc, .mask = 0x1fffff, .access = g->granted,
    };
    sva_ats_grant(&req, &out);
    g_assert_cmpint(out.status, ==, SVA_ATS_SUCCESS);
    g_assert_cmphex(out.map.access, ==, g->answer);
    g_assert_false(out.untranslated_only);
    g_assert_false(out.map.snoop);
    if (g->answer & (R | W)) {
        g_assert_cmphex(out.map.addr, ==, 0x70201abc);
        g_assert_cmphex(out.map.mask, ==, 0x1fffff);
    }
}

/* VT-d 5.10 section 4.2.3, IHI 0070 G.b section 13.7: not without a PASID. */
static void test_privilege_comes_with_a_pasid(void)
{
    SvaRequest req = { .access = R | S };
    SvaAtsCompletion out = { .map = { .mask = 0xfff, .access = R } };

    sva_ats_grant(&req, &out);
    g_assert_cmphex(out.map.access, ==, R);
    sva_ats_no_access(&req, &out);
    g_assert_cmphex(out.map.access, ==, 0);
    req.pasid = sva_pasid(1);
    sva_ats_no_access(&req, &out);
    g_assert_cmphex(out.map.access, ==, S);
    sva_ats_refuse(SVA_ATS_UR, &out);
    g_assert_cmphex(out.map.access, ==, 0);
    g_assert_cmpint(out.status, ==, SVA_ATS_UR);
}

static void test_snooped_page_clears_no_snoop(void)
{
    SvaRequest req = { .access = R };
    SvaAtsCompletion out = {
        .map = { .mask = 0xfff, .access = R, .snoop = true },
    };

    sva_ats_grant(&req, &out);
    g_assert_true(out.map.snoop);
}

/* VT-d 5.10 Table 30, S.1 and S.2. */
static void test_addresses_of_interrupts_are_for_writes(void)
{
    SvaRequest req = { .addr = 0xfee00000, .access = R | W };
    SvaAtsCompletion out;

    memset(&out, 0xff, sizeof(out));
    sva_ats_interrupt(&req, &out);
    g_assert_cmpint(out.status, ==, SVA_ATS_SUCCESS);
    g_assert_true(out.untranslated_only);
    g_assert_cmphex(out.map.access, ==, W);
    g_assert_cmphex(out.map.addr, ==, 0xfee00000);
    g_assert_cmphex(out.map.mask, ==, 0xfff);
    req.access = R;
    memset(&out, 0xff, sizeof(out));
    sva_ats_interrupt(&req, &out);
    g_assert_cmpint(out.status, ==, SVA_ATS_SUCCESS);
    g_assert_false(out.untranslated_only);
    g_assert_cmphex(out.map.access, ==, 0);
}

/* ADDR and S as in a message; S is bit 11 of @encoded. */
static const struct {
    uint64_t addr;
    uint64_t mask;
    uint64_t encoded;
} ranges[] = {
    { 0x12345000, 0xfff, 0x12345000 },
    { 0x12344000, 0x1fff, 0x12344800 },             /* bit 12 = 0 */
    { 0x12344000, 0x3fff, 0x12345800 },             /* 13:12 = 01 */
    { 0x12200000, 0x1fffff, 0x122ff800 },           /* 20:12 = 0 1111 1111 */
    { 0x40000000, 0x3fffffff, 0x5ffff800 },
    { 0xffff800000000000, 0x7fffffffffff, 0xffffbffffffff800 },
    { 0x8000000000000000, 0x7fffffffffffffff, 0xbffffffffffff800 },
    { 0, 0x7fffffffffffffff, 0x3ffffffffffff800 },
    { 0, UINT64_MAX, 0x7ffffffffffff800 },
};

static void test_ranges_are_decoded(void)
{
    size_t i;

    for (i = 0; i < ARRAY_SIZE(ranges); i++) {
        uint64_t raw = ranges[i].encoded;
        SvaAtsRange range = sva_ats_decode_range(raw, raw & 0x800);

        g_assert_cmphex(range.addr, ==, ranges[i].addr);
        g_assert_cmphex(range.mask, ==, ranges[i].mask);
    }
}

static void test_all_ones_is_everything(void)
{
    SvaAtsRange range = sva_ats_decode_range(0xfffffffffffff800, true);

    g_assert_cmphex(range.addr, ==, 0);
    g_assert_cmphex(range.mask, ==, UINT64_MAX);
}

static void test_low_bits_are_no_part_of_the_address(void)
{
    SvaAtsRange range = sva_ats_decode_range(0x12345fff, false);

    g_assert_cmphex(range.addr, ==, 0x12345000);
    g_assert_cmphex(range.mask, ==, 0xfff);
    range = sva_ats_decode_range(0x123447ff, true);
    g_assert_cmphex(range.addr, ==, 0x12344000);
    g_assert_cmphex(range.mask, ==, 0x1fff);
}

int main(int argc, char **argv)
{
    size_t i;

    g_test_init(&argc, &argv, NULL);
    for (i = 0; i < ARRAY_SIZE(grants); i++) {
        g_autofree char *path = g_strdup_printf("/ats/answers-%s",
                                                grants[i].claim);

        g_test_add_data_func(path, &grants[i], test_grant);
    }
    g_test_add_func("/ats/snooped-page-clears-no-snoop",
                    test_snooped_page_clears_no_snoop);
    g_test_add_func("/ats/privilege-comes-with-a-pasid",
                    test_privilege_comes_with_a_pasid);
    g_test_add_func("/ats/addresses-of-interrupts-are-for-writes",
                    test_addresses_of_interrupts_are_for_writes);
    g_test_add_func("/ats/ranges-are-decoded", test_ranges_are_decoded);
    g_test_add_func("/ats/all-ones-is-everything",
                    test_all_ones_is_everything);
    g_test_add_func("/ats/low-bits-are-no-part-of-the-address",
                    test_low_bits_are_no_part_of_the_address);
    return g_test_run();
}
