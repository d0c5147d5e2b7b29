/*
 * VT-d: threads look into the caches while the unit works
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "hw/sva/vtd/tlb.h"
#include "peek-threads.h"
#include "vtd-fixture.h"

#define VA    0x7123ull
#define PAGES 300u              /* more than the uTLB has room for at first */

static void map(void *opaque, uint64_t pa)
{
    vtd_map(opaque, VA & SVA_PAGE_MASK, pa, true);
}

static void forget(void *opaque)
{
    VtdFixture *f = opaque;

    vtd_put(f, 0x26 | 1 << 16 | 1ull << 32, 0);     /* PASID 1 of domain 1 */
    fake_put64(f->env, VTD_STATUS, 0);
    vtd_wait(f, 0, 0);
    g_assert_cmphex(vtd_status(f, 0), !=, 0);
}

static void use(void *opaque)
{
    unsigned i;

    for (i = 0; i < 3; i++) {
        vtd_expect_ok(opaque, sva_pasid(1), VA, SVA_READ,
                      vtd_translate(opaque, sva_pasid(1), VA,
                                    SVA_READ).map.addr);
    }
    g_assert_cmpint(vtd_translated(opaque, VA), ==, SVA_OK);
}

static void busy(void *opaque, unsigned n)
{
    VtdFixture *f = opaque;
    unsigned i;

    if (n % 500 == 0) {
        for (i = 0; i < 3 * PAGES; i++) {
            vtd_translate(f, sva_pasid(1), (0x100 + i % PAGES) << 12,
                          SVA_READ);
        }
    } else if (n % 500 == 100) {
        vtd_submit(f, 0x11, 0);                     /* context cache */
        g_assert_cmpint(vtd_translated(f, VA), ==, SVA_OK);
    } else if (n % 500 == 200) {
        sva_vtd_drop_all(&f->vtd);
        use(f);
    }
}

static void test_what_was_invalidated_is_not_found(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);
    PeekUnit unit = {
        .iommu = &f->vtd.iommu,
        .req = {
            .addr = VA, .pasid = sva_pasid(1), .rid = VTD_RID,
            .access = SVA_READ,
        },
        .fixture = f, .map = map, .forget = forget, .use = use, .busy = busy,
    };
    unsigned i;

    f->env->env.bus = NULL;     /* nobody listens */
    vtd_bind(f, 1);
    for (i = 0; i < PAGES; i++) {
        vtd_map(f, (0x100 + i) << 12, 0x10000000, true);
    }
    peek_threads_run(&unit);
    vtd_fixture_free(f);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/vtd/threads/what-was-invalidated-is-not-found",
                    test_what_was_invalidated_is_not_found);
    return g_test_run();
}
