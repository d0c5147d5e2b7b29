/*
 * A device that another process implements, which keeps translations of its
 * own: it is told what it asks for, and to forget before a wait is over
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "libsva-plain.h"
#include "libsva-smmu.h"
#include "libsva-vhost.h"
#include "libsva-virtio.h"
#include "libsva-vtd.h"

#define DEVFN   0x28
#define BAR     0x21000000u
#define IOVA    0x7f000000000ull

typedef struct Fixture {
    SvaTest *t;
    Vhost *vhost;
    Virtio v;
    Plain plain;
    uint64_t page;
    uint64_t entry;             /* of IOVA, where it is */
    uint64_t status;
    uint32_t value;
} Fixture;

static void vhost_setup(Fixture *f)
{
    g_autofree char *devices = NULL;
    uint64_t at;

    f->vhost = vhost_new();
    devices = g_strdup_printf(
        " -object memory-backend-memfd,id=ram,size=256M,share=on"
        " -machine memory-backend=ram -chardev socket,id=c0,path=%s"
        " -device vhost-user-rng-pci,chardev=c0,addr=5,iommu_platform=on",
        vhost_path(f->vhost));
    f->t = sva_board_start(plain_board(), "", devices);
    f->plain = plain_new(f->t, DEVFN);
    f->page = sva_alloc(f->t, 0x1000);
    f->status = sva_alloc(f->t, 0x1000);
    f->v = virtio_find(f->t, DEVFN, BAR);
    for (at = 0; at < 0x3000; at += 0x1000) {
        plain_map(&f->plain, f->v.queue[0].ring + at,
                  f->v.queue[0].ring + at);
    }
    f->entry = plain_map(&f->plain, IOVA, f->page);
    plain_start(&f->plain);
    virtio_start_queue(&f->v, 4);
    sva_wait_until(f->t, vhost_started(f->vhost));
}

static void vhost_end(Fixture *f)
{
    virtio_reset(&f->v);
    sva_test_end(f->t);
    vhost_free(f->vhost);
}

/* It asks, and is told. */
static void assert_told(Fixture *f, uint64_t pa)
{
    unsigned before = vhost_told(f->vhost).updates;
    VhostTold told;

    vhost_miss(f->vhost, IOVA + 0x10, true);
    sva_wait_until(f->t, vhost_told(f->vhost).updates == before + 1);
    told = vhost_told(f->vhost);
    g_assert_cmphex(told.iova, ==, IOVA);
    g_assert_cmphex(told.pa, ==, pa);
    g_assert_cmphex(told.rights, ==, 3);
}

/* What says that all before it is done: @f->value at @f->status. */
static void wait_for_all(Fixture *f)
{
    SvaTest *t = f->t;

    f->value++;
    if (plain_on_q35()) {
        vtd_submit(t, 5 | 1 << 5 | (uint64_t)f->value << 32, f->status);
    } else {
        /* CMD_SYNC, CS=SIG_IRQ by a message */
        smmu_submit(t, 0x46 | 1 << 12 | (uint64_t)f->value << 32, f->status);
    }
    sva_wait_until(t, sva_get64(t, f->status) == f->value);
    if (plain_on_q35()) {
        g_assert_cmphex(vtd_read32(t, VTD_FSTS) & 0x70, ==, 0);
    } else {
        g_assert_cmphex(smmu_read32(t, SMMU_CMDQ_CONS), ==, t->cmdq_prod);
        g_assert_cmphex(smmu_read32(t, SMMU_GERROR), ==,
                        smmu_read32(t, SMMU_GERRORN));
    }
}

static void invalidate(Fixture *f)
{
    if (plain_on_q35()) {
        vtd_submit(f->t, 2 | 1 << 4, 0);
    } else {
        smmu_command(f->t, 0x30, 0);            /* CMD_TLBI_NSNH_ALL */
    }
    wait_for_all(f);
}

static void test_translate(void)
{
    Fixture f;

    vhost_setup(&f);
    assert_told(&f, f.page);
    /* What is not mapped is recorded as a fault, and it hears nothing. */
    vhost_miss(f.vhost, IOVA + 0x1000, false);
    if (plain_on_q35()) {
        sva_wait_until(f.t, vtd_read32(f.t, VTD_FSTS) & 2);
    } else {
        sva_wait_until(f.t, !smmu_event_empty(f.t));
    }
    assert_told(&f, f.page);
    vhost_end(&f);
}

static void test_forget(void)
{
    Fixture f;
    uint64_t other;

    vhost_setup(&f);
    assert_told(&f, f.page);
    other = sva_alloc(f.t, 0x1000);
    sva_put64(f.t, f.entry, (sva_get64(f.t, f.entry) & ~f.page) | other);
    g_assert_false(vhost_forgot(f.vhost, IOVA));
    invalidate(&f);
    g_assert_true(vhost_forgot(f.vhost, IOVA));
    g_assert_true(vhost_forgot(f.vhost, 0));
    assert_told(&f, other);
    vhost_end(&f);
}

/* When it hears of it the guest has not been told that it is done. */
static void test_forget_comes_first(void)
{
    Fixture f;

    vhost_setup(&f);
    for (unsigned i = 0; i < 20; i++) {
        vhost_watch(f.vhost, f.status);
        wait_for_all(&f);
        g_assert_cmpuint(vhost_told(f.vhost).watches, ==, 1);
        g_assert_cmphex(vhost_told(f.vhost).watched, !=, f.value);
        /* Register writes alone are told of as well, a little later. */
        g_usleep(10000);
    }
    vhost_end(&f);
}

/* Translation goes off without any invalidation; the old ones must go. */
static void test_disable(void)
{
    Fixture f;

    vhost_setup(&f);
    assert_told(&f, f.page);
    if (plain_on_q35()) {
        vtd_command_off(f.t, VTD_TE);
    } else {
        smmu_cr0(f.t, SMMU_CMDQEN | SMMU_EVENTQEN);
    }
    sva_wait_until(f.t, vhost_forgot(f.vhost, IOVA));
    vhost_end(&f);
}

/* Stopped and started again, as with each load of a driver. */
static void test_restart(void)
{
    Fixture f;

    vhost_setup(&f);
    for (unsigned i = 0; i < 3; i++) {
        virtio_reset(&f.v);
        sva_wait_until(f.t, !vhost_started(f.vhost));
        invalidate(&f);
        virtio_start_queue(&f.v, 4);
        sva_wait_until(f.t, vhost_started(f.vhost));
        assert_told(&f, f.page);
    }
    vhost_end(&f);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    qtest_add_func("sva/vhost/translate", test_translate);
    qtest_add_func("sva/vhost/forget", test_forget);
    qtest_add_func("sva/vhost/forget-first", test_forget_comes_first);
    qtest_add_func("sva/vhost/disable", test_disable);
    qtest_add_func("sva/vhost/restart", test_restart);
    return g_test_run();
}
