/*
 * An endpoint that uses QEMU's public PCI ATS and PRI calls behind sva-vtd
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "libsva-vtd.h"

#define DEVFN       0x28
#define RID         0x0028
#define BAR         0xe1000000u
#define PASID       9
#define VA          0x7f3000000000ull

/* Registers of sva-pci-api-testdev */
#define R_CMD       0x00
#define R_PASID     0x08
#define R_ADDR      0x10
#define R_LENGTH    0x18
#define R_RESULT    0x20
#define R_ERRORS    0x28
#define R_INV_COUNT 0x30
#define R_INV_ADDR  0x38
#define R_INV_MASK  0x40
#define R_RSP_COUNT 0x48
#define R_RSP_CODE  0x50
#define R_RSP_INDEX 0x58
#define R_ENTRY(n)  (0x60 + 32 * (n))
#define R_NESTED    0xe0

#define CMD_ATS             1
#define CMD_ATS_READ        2
#define CMD_PAGE_REQUEST    3
#define CMD_LISTEN          4
#define CMD_UNLISTEN        5

typedef struct ApiDev {
    SvaTest *t;
    uint64_t pgd;
    uint64_t pa;
    uint64_t pte;
} ApiDev;

static uint64_t reg(ApiDev *p, unsigned off)
{
    return qtest_readq(p->t->qts, BAR + off);
}

static uint64_t call(ApiDev *p, uint64_t cmd, uint64_t addr, uint64_t length)
{
    qtest_writeq(p->t->qts, BAR + R_ADDR, addr);
    qtest_writeq(p->t->qts, BAR + R_LENGTH, length);
    qtest_writeq(p->t->qts, BAR + R_CMD, cmd);
    return reg(p, R_RESULT);
}

/*
 * Wait for what was sent before.  Messages to such a function are posted, so
 * that it takes a moment.
 */
static void api_sync(ApiDev *p)
{
    SvaTest *t = p->t;

    if (!vtd_wait_done(t, 0)) {
        sva_wait_until(t, sva_get64(t, t->wait_status) == t->wait_value);
    }
    g_assert_cmphex(vtd_read32(t, VTD_FSTS) & 0x70, ==, 0);
    g_assert_cmphex(reg(p, R_NESTED), ==, 0);
}

static void assert_entry(ApiDev *p, unsigned n, uint64_t va, uint64_t pa,
                         uint64_t rights)
{
    g_assert_cmphex(reg(p, R_ENTRY(n)), ==, va);
    g_assert_cmphex(reg(p, R_ENTRY(n) + 8), ==, pa);
    g_assert_cmphex(reg(p, R_ENTRY(n) + 16), ==, 0xfff);
    g_assert_cmphex(reg(p, R_ENTRY(n) + 24), ==, rights);
}

static void api_start_with(ApiDev *p, const char *more)
{
    g_autofree char *options =
        g_strconcat(" -device sva-pci-api-testdev,addr=5", more, NULL);
    SvaTest *t = sva_test_start("", options);
    unsigned i;

    p->t = t;
    vtd_start(t);
    /* The same context entry as the accelerator's. */
    sva_put64(t, t->context_table + 32 * DEVFN, t->pasid_dir | 0x1d);
    p->pgd = sva_alloc(t, 0x1000);
    p->pa = sva_alloc(t, 0x3000);
    for (i = 0; i < 3; i++) {
        vtd_map(t, p->pgd, VA + i * 0x1000, p->pa + i * 0x1000,
                PTE_P | PTE_W | PTE_U);
    }
    p->pte = vtd_map(t, p->pgd, VA, p->pa, PTE_P | PTE_W | PTE_U);
    vtd_bind(t, PASID, p->pgd);
    sva_cfg_write(t, DEVFN, 0x10, 4, BAR);
    sva_cfg_write(t, DEVFN, 0x04, 2, 0x0006);
    sva_cfg_write(t, DEVFN, sva_cfg_ext_cap(t, DEVFN, 0x1b) + 6, 2, 1);
    sva_cfg_write(t, DEVFN, sva_cfg_ext_cap(t, DEVFN, 0x0f) + 6, 2, 0x8000);
    sva_cfg_write(t, DEVFN, sva_cfg_ext_cap(t, DEVFN, 0x13) + 4, 2, 1);
    qtest_writeq(t->qts, BAR + R_PASID, PASID);
    g_assert_cmphex(reg(p, R_PASID), ==, PASID);
}

static void api_start(ApiDev *p)
{
    api_start_with(p, "");
}

static const char *find_next(const char *text, const char *what)
{
    const char *at = strstr(text, what);

    if (!at) {
        g_error("no %s", what);
    }
    return at;
}

/* The function is not of our library: it is looked at when it is in use. */
static void test_enables_are_announced(void)
{
    g_autofree char *folder = g_dir_make_tmp("sva-pci-api-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "events.jsonl", NULL);
    g_autofree char *more = sva_events_options(path);
    g_autofree char *text = NULL;
    const char *at;
    ApiDev p;

    api_start_with(&p, more);
    g_assert_cmphex(call(&p, CMD_ATS, VA, 0x1000), ==, 1);
    /* ATS is disabled; an invalidation of its cache reaches nobody. */
    sva_cfg_write(p.t, DEVFN, sva_cfg_ext_cap(p.t, DEVFN, 0x0f) + 6, 2, 0);
    vtd_submit(p.t, 8 | RID << 16 | (uint64_t)PASID << 32, VA);
    api_sync(&p);
    sva_test_end(p.t);
    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    at = find_next(text, "\"kind\":\"FUNCTION\",\"rid\":40,\"function\":"
                         "{\"ats\":true,\"pri\":true}");
    at = find_next(at, "\"kind\":\"ATS\",\"rid\":40");
    at = find_next(at, "\"kind\":\"ATC_INV\",\"rid\":40");
    at = find_next(at, "\"kind\":\"FUNCTION\",\"rid\":40,\"function\":"
                       "{\"ats\":false,\"pri\":true}");
    find_next(at, "\"kind\":\"ATC_INV_DONE\",\"rid\":40");
    unlink(path);
    g_assert_cmpint(rmdir(folder), ==, 0);
}

static void test_translate(void)
{
    ApiDev p;

    api_start(&p);
    g_assert_cmphex(call(&p, CMD_ATS, VA + 0x10, 0x2000), ==, 3);
    g_assert_cmphex(reg(&p, R_ERRORS), ==, 0);
    assert_entry(&p, 0, VA, p.pa, 3);
    assert_entry(&p, 1, VA + 0x1000, p.pa + 0x1000, 3);
    assert_entry(&p, 2, VA + 0x2000, p.pa + 0x2000, 3);
    /* What is not there is an entry without rights. */
    g_assert_cmphex(call(&p, CMD_ATS, VA + 0x2000, 0x2000), ==, 2);
    g_assert_cmphex(reg(&p, R_ERRORS), ==, 1);
    assert_entry(&p, 0, VA + 0x2000, p.pa + 0x2000, 3);
    assert_entry(&p, 1, VA + 0x3000, VA + 0x3000, 0);
    /* More than the caller has room for, and ranges at the ends. */
    g_assert_cmphex(call(&p, CMD_ATS, VA, 1ull << 40), ==, (uint64_t)-ENOMEM);
    g_assert_cmphex(call(&p, CMD_ATS, VA, 0), ==, 0);
    g_assert_cmphex(call(&p, CMD_ATS, UINT64_MAX - 0xfff, 0x1000), ==, 1);
    vtd_assert_no_fault(p.t);
    sva_test_end(p.t);
}

static void test_translate_no_write(void)
{
    ApiDev p;

    api_start(&p);
    g_assert_cmphex(call(&p, CMD_ATS_READ, VA, 1), ==, 1);
    g_assert_cmphex(reg(&p, R_ENTRY(0) + 24) & 1, ==, 1);
    /* NW=1 must not make the page dirty. */
    g_assert_cmphex(sva_get64(p.t, p.pte) & PTE_D, ==, 0);
    sva_test_end(p.t);
}

static void test_invalidate(void)
{
    ApiDev p;

    api_start(&p);
    g_assert_cmphex(call(&p, CMD_LISTEN, 0, 0), ==, 0);
    /* PASID-based device-TLB: two pages at VA + 0x2000. */
    vtd_submit(p.t, 8 | RID << 16 | (uint64_t)PASID << 32,
               (VA + 0x2000) | 1 << 11);
    api_sync(&p);
    g_assert_cmphex(reg(&p, R_INV_COUNT), ==, 1);
    g_assert_cmphex(reg(&p, R_INV_ADDR), ==, VA + 0x2000);
    g_assert_cmphex(reg(&p, R_INV_MASK), ==, 0x1fff);
    /* Another PASID's, and everything. */
    vtd_submit(p.t, 8 | RID << 16 | (uint64_t)(PASID + 1) << 32, VA);
    api_sync(&p);
    g_assert_cmphex(reg(&p, R_INV_COUNT), ==, 1);
    vtd_submit(p.t, 8 | RID << 16 | (uint64_t)PASID << 32,
               0x7ffffffffffff000ull | 1 << 11);
    api_sync(&p);
    g_assert_cmphex(reg(&p, R_INV_COUNT), ==, 2);
    g_assert_cmphex(reg(&p, R_INV_ADDR), ==, 0);
    g_assert_cmphex(reg(&p, R_INV_MASK), ==, UINT64_MAX);
    call(&p, CMD_UNLISTEN, 0, 0);
    vtd_submit(p.t, 8 | RID << 16 | (uint64_t)PASID << 32, VA);
    api_sync(&p);
    g_assert_cmphex(reg(&p, R_INV_COUNT), ==, 2);
    sva_test_end(p.t);
}

static void test_page_request(void)
{
    ApiDev p;
    uint64_t qw0, qw1;

    api_start(&p);
    g_assert_cmphex(call(&p, CMD_LISTEN, 0, 0), ==, 0);
    g_assert_cmphex(call(&p, CMD_PAGE_REQUEST, VA, 1 << 9 | 0x155), ==, 0);
    vtd_prq_pop(p.t, &qw0, &qw1);
    g_assert_cmphex(qw0, ==, 1 | 1 << 8 | RID << 16 | (uint64_t)PASID << 32);
    g_assert_cmphex(qw1, ==, VA | 0x155 << 3 | 7);
    g_assert_cmphex(reg(&p, R_RSP_COUNT), ==, 0);
    vtd_submit(p.t, 9 | 1 << 4 | 1 << 12 | RID << 16 | (uint64_t)PASID << 32,
               qw1 & 0xffc);
    sva_wait_until(p.t, reg(&p, R_RSP_COUNT) == 1);
    g_assert_cmphex(reg(&p, R_RSP_CODE), ==, 1);    /* Invalid Request */
    g_assert_cmphex(reg(&p, R_RSP_INDEX), ==, 0x155);
    sva_test_end(p.t);
}

/* The unit answers by itself: not from within the call, which holds a lock. */
static void test_answer_of_the_unit(void)
{
    ApiDev p;

    api_start(&p);
    g_assert_cmphex(call(&p, CMD_LISTEN, 0, 0), ==, 0);
    /* PRE=0: page requests are not allowed. */
    sva_put64(p.t, p.t->context_table + 32 * DEVFN, p.t->pasid_dir | 0xd);
    vtd_submit(p.t, 1 | 1 << 4, 0);
    api_sync(&p);
    g_assert_cmphex(call(&p, CMD_PAGE_REQUEST, VA, 1 << 9 | 7), ==, 0);
    sva_wait_until(p.t, reg(&p, R_RSP_COUNT) == 1);
    g_assert_cmphex(reg(&p, R_RSP_CODE), ==, 1);
    g_assert_cmphex(reg(&p, R_RSP_INDEX), ==, 7);
    g_assert_cmphex(reg(&p, R_NESTED), ==, 0);
    sva_test_end(p.t);
}

/* Many groups at once, past what the queue holds: each has one answer. */
static void test_overflow(void)
{
    ApiDev p;
    unsigned i;

    api_start(&p);
    g_assert_cmphex(call(&p, CMD_LISTEN, 0, 0), ==, 0);
    /* 127 requests in a page. */
    vtd_set64(p.t, VTD_PQA, p.t->prq);
    for (i = 0; i < 200; i++) {
        g_assert_cmphex(call(&p, CMD_PAGE_REQUEST, VA, 1 << 9 | i), ==, 0);
    }
    sva_wait_until(p.t, reg(&p, R_RSP_COUNT) == 200 - 127);
    g_assert_cmphex(reg(&p, R_RSP_CODE), ==, 0);
    g_assert_cmphex(reg(&p, R_RSP_INDEX), ==, 199);
    g_assert_cmphex(reg(&p, R_NESTED), ==, 0);
    g_assert_cmphex(vtd_read32(p.t, VTD_PRS) & 2, ==, 2);
    sva_test_end(p.t);
}

/* A wait is over when the function has heard of what was before it. */
static void test_invalidations_in_order(void)
{
    ApiDev p;

    api_start(&p);
    g_assert_cmphex(call(&p, CMD_LISTEN, 0, 0), ==, 0);
    for (unsigned i = 0; i < 50; i++) {
        vtd_submit(p.t, 8 | RID << 16 | (uint64_t)PASID << 32,
                   VA + i * 0x1000);
    }
    api_sync(&p);
    g_assert_cmphex(reg(&p, R_INV_COUNT), ==, 50);
    g_assert_cmphex(reg(&p, R_INV_ADDR), ==, VA + 49 * 0x1000);
    g_assert_cmpuint(sva_qom(p.t, "vtd", "count-atc-completions"), ==, 50);
    g_assert_cmpuint(sva_qom(p.t, "vtd", "count-atc-unexpected"), ==, 0);
    sva_test_end(p.t);
}

/* A reset in between: nothing is completed that nobody waits for. */
static void test_reset_in_between(void)
{
    ApiDev p;

    api_start(&p);
    g_assert_cmphex(call(&p, CMD_LISTEN, 0, 0), ==, 0);
    for (unsigned i = 0; i < 50; i++) {
        vtd_submit(p.t, 8 | RID << 16 | (uint64_t)PASID << 32, VA);
    }
    sva_test_reset(p.t);
    vtd_start(p.t);
    g_assert_cmphex(vtd_read32(p.t, VTD_FSTS), ==, 0);
    g_assert_cmpuint(sva_qom(p.t, "vtd", "count-atc-unexpected"), ==, 0);
    sva_test_end(p.t);
}

/* PASID is switched off under a listener: it stays, once. */
static void test_listen_again(void)
{
    ApiDev p;
    unsigned ctrl;

    api_start(&p);
    ctrl = sva_cfg_ext_cap(p.t, DEVFN, 0x1b) + 6;
    g_assert_cmphex(call(&p, CMD_LISTEN, 0, 0), ==, 0);
    sva_cfg_write(p.t, DEVFN, ctrl, 2, 0);
    call(&p, CMD_UNLISTEN, 0, 0);
    sva_cfg_write(p.t, DEVFN, ctrl, 2, 1);
    g_assert_cmphex(call(&p, CMD_LISTEN, 0, 0), ==, 0);
    vtd_submit(p.t, 8 | RID << 16 | (uint64_t)PASID << 32, VA);
    api_sync(&p);
    g_assert_cmphex(reg(&p, R_INV_COUNT), ==, 1);
    sva_test_end(p.t);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    qtest_add_func("sva/pci-api/translate", test_translate);
    qtest_add_func("sva/pci-api/enables-are-announced",
                   test_enables_are_announced);
    qtest_add_func("sva/pci-api/no-write", test_translate_no_write);
    qtest_add_func("sva/pci-api/invalidate", test_invalidate);
    qtest_add_func("sva/pci-api/page-request", test_page_request);
    qtest_add_func("sva/pci-api/answer-of-the-unit", test_answer_of_the_unit);
    qtest_add_func("sva/pci-api/overflow", test_overflow);
    qtest_add_func("sva/pci-api/order", test_invalidations_in_order);
    qtest_add_func("sva/pci-api/reset", test_reset_in_between);
    qtest_add_func("sva/pci-api/listen-again", test_listen_again);
    return g_test_run();
}
