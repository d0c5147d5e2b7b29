/*
 * A function whose requests have no PASID, behind the IOMMU of either board
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "libsva-plain.h"
#include "libsva-smmu.h"
#include "libsva-vtd.h"

bool plain_on_q35(void)
{
    return g_str_equal(qtest_get_arch(), "x86_64");
}

const SvaBoard *plain_board(void)
{
    return plain_on_q35() ? &sva_board_q35 : &sva_board_virt;
}

const char *plain_iommu(void)
{
    return plain_on_q35() ? "vtd" : "smmu";
}

Plain plain_new(SvaTest *t, unsigned devfn)
{
    return (Plain) { .t = t, .devfn = devfn, .pgd = sva_alloc(t, 0x1000) };
}

/* Accessed and dirty: the unit, which may be at work, changes nothing. */
uint64_t plain_map(Plain *p, uint64_t iova, uint64_t pa)
{
    return plain_on_q35()
           ? vtd_map(p->t, p->pgd, iova, pa,
                     PTE_P | PTE_W | PTE_U | PTE_A | PTE_D)
           : smmu_map(p->t, p->pgd, iova, pa, PAGE_USER_RW);
}

void plain_start(Plain *p)
{
    SvaTest *t = p->t;
    uint64_t cd;

    if (plain_on_q35()) {
        vtd_start(t);
        sva_put64(t, t->context_table + 32 * p->devfn, t->pasid_dir | 0x1d);
        vtd_bind(t, 0, p->pgd);
        return;
    }
    smmu_start(t);
    cd = sva_alloc(t, 0x1000);
    sva_put64(t, cd + 8, p->pgd);
    sva_put64(t, cd, smmu_cd_word0(0, CD_R | CD_A));
    sva_put64(t, t->strtab + 64 * p->devfn + 8, 0);
    sva_put64(t, t->strtab + 64 * p->devfn, 1 | 5 << 1 | cd);
    smmu_command(t, 0x03 | (uint64_t)p->devfn << 32, 1);    /* CMD_CFGI_STE */
    smmu_sync(t);
}

void plain_flush(Plain *p)
{
    if (plain_on_q35()) {
        /* IOTLB, domain 1, PASID 0 */
        vtd_submit(p->t, 6 | 2 << 4 | 1 << 16, 0);
        vtd_sync(p->t);
    } else {
        smmu_flush(p->t, 0);
    }
}
