/*
 * SMMUv3: threads look into the caches while the unit works
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "peek-threads.h"
#include "smmu-tables.h"

#define VA    0x7123ull
#define PAGES 300u              /* more than the uTLB has room for at first */

static void map(void *opaque, uint64_t pa)
{
    smmu_map(opaque, VA & SVA_PAGE_MASK, pa, SMMU_PTE);
}

static void forget(void *opaque)
{
    SmmuFixture *f = opaque;

    smmu_put(f, 0x11 | 0x11ull << 48, 0);           /* CMD_TLBI_NH_ASID */
    g_assert_true(smmu_sync(f));
}

static void use(void *opaque)
{
    unsigned i;

    for (i = 0; i < 3; i++) {
        g_assert_cmpint(smmu_translate(opaque, sva_pasid(1), VA,
                                       SVA_READ).outcome, ==, SVA_OK);
    }
    g_assert_cmpint(smmu_translated(opaque, VA, SVA_READ).outcome, ==,
                    SVA_OK);
}

static void busy(void *opaque, unsigned n)
{
    SmmuFixture *f = opaque;
    unsigned i;

    if (n % 500 == 0) {
        for (i = 0; i < 3 * PAGES; i++) {
            smmu_translate(f, sva_pasid(1), (0x100 + i % PAGES) << 12,
                           SVA_READ);
        }
    } else if (n % 500 == 100) {
        smmu_submit(f, 0x04, 31);                   /* CMD_CFGI_ALL */
        use(f);
    } else if (n % 500 == 200) {
        smmu_forget(f);
        use(f);
    }
}

static void test_what_was_invalidated_is_not_found(void)
{
    SmmuFixture *f = smmu_tables_start(NULL);
    PeekUnit unit = {
        .iommu = &f->smmu.iommu,
        .req = {
            .addr = VA, .pasid = sva_pasid(1), .rid = SMMU_RID,
            .access = SVA_READ,
        },
        .fixture = f, .map = map, .forget = forget, .use = use, .busy = busy,
    };
    unsigned i;

    f->env->env.bus = NULL;     /* nobody listens */
    for (i = 0; i < PAGES; i++) {
        smmu_map(f, (0x100 + i) << 12, 0x10000000, SMMU_PTE);
    }
    peek_threads_run(&unit);
    smmu_fixture_free(f);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/smmu/threads/what-was-invalidated-is-not-found",
                    test_what_was_invalidated_is_not_found);
    return g_test_run();
}
