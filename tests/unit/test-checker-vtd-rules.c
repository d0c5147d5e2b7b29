/*
 * Checker, VT-d: rules on the queue, the root pointer, entries and domain IDs
 *
 * Each with what breaks it and with what is near that and legal; the events
 * are those of the real model.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "checker-vtd-fixture.h"

#define P(n) sva_pasid(n)

/* -- the queue -- */

static void clear_iqe(VtdFixture *f)
{
    vtd_write32(f, 0x34, 0x10);
}

static void test_descriptor_invalid(void)
{
    CheckVtd *t = check_vtd_new(NULL);

    vtd_wait(t->f, 0, 0);
    vtd_submit(t->f, 0x11, 0);
    check_vtd_expect(t, "");
    vtd_submit(t->f, 0xb, 0);           /* no such type */
    check_vtd_expect(t, "vtd-descriptor-invalid");
    g_assert_true(strstr(sva_checker_report(t->c, 0)->text, "IQEI 3"));
    check_vtd_free(t);
}

static void test_descriptor_reserved(void)
{
    CheckVtd *t = check_vtd_new(NULL);

    vtd_submit(t->f, 0x100100007, 0);   /* PASID-cache, bit 20 of the DID */
    check_vtd_expect(t, "");
    vtd_submit(t->f, 0x80000100000007, 0);
    check_vtd_expect(t, "vtd-descriptor-invalid");
    g_assert_true(strstr(sva_checker_report(t->c, 0)->text, "IQEI 4"));
    check_vtd_free(t);
}

/* IOTLB by page: AM=18 is MAMV, 19 is beyond. */
static void test_descriptor_am(void)
{
    CheckVtd *t = check_vtd_new(NULL);

    vtd_submit(t->f, 0x10032, 18);
    vtd_submit(t->f, 0x100010036, 35);  /* PASID-based: any */
    check_vtd_expect(t, "");
    vtd_submit(t->f, 0x10032, 19);
    check_vtd_expect(t, "vtd-descriptor-invalid");
    check_vtd_free(t);
}

static void test_queue_pointers(void)
{
    CheckVtd *t = check_vtd_new(NULL);

    vtd_write64(t->f, 0x88, 0);
    check_vtd_expect(t, "");
    vtd_write64(t->f, 0x88, 0x1000);
    check_vtd_expect(t, "vtd-queue-pointers");
    check_vtd_free(t);

    t = check_vtd_new(NULL);
    vtd_write64(t->f, 0x88, 0x10);
    check_vtd_expect(t, "vtd-queue-pointers");
    check_vtd_free(t);

    t = check_vtd_new(NULL);
    fake_env_hole(t->f->env, VTD_QUEUE, 0x1000);
    vtd_write64(t->f, 0x88, 0x20);
    check_vtd_expect(t, "vtd-queue-pointers");
    clear_iqe(t->f);
    check_vtd_free(t);
}

static void test_devtlb_while_off(void)
{
    CheckVtd *t = check_vtd_new(NULL);

    t->f->complete = true;
    vtd_submit(t->f, 0x11000000003, 0x7ffffffffffff001);
    vtd_submit(t->f, 0x101100008, 0x7ffffffffffff800);
    vtd_level(t->f, 1u << 31, false);
    vtd_submit(t->f, 0x12, 0);          /* others may come */
    check_vtd_expect(t, "");
    vtd_submit(t->f, 0x11000000003, 0x7ffffffffffff001);
    check_vtd_expect(t, "vtd-devtlb-while-off");
    vtd_submit(t->f, 0x101100008, 0x7ffffffffffff800);
    check_vtd_expect(t, "vtd-devtlb-while-off");
    check_vtd_free(t);
}

static void test_wait_status(void)
{
    CheckVtd *t = check_vtd_new(NULL);

    fake_env_hole(t->f->env, 0x90000, 0x1000);
    vtd_submit(t->f, 0x200000025, 0x50000);
    vtd_submit(t->f, 0x200000045, 0x90000);     /* FN only */
    check_vtd_expect(t, "");
    vtd_submit(t->f, 0x200000025, 0x90000);
    check_vtd_expect(t, "vtd-wait-status");
    check_vtd_free(t);
}

static void test_response_code(void)
{
    CheckVtd *t = check_vtd_new(NULL);
    unsigned code;

    for (code = 0; code < 16; code++) {
        vtd_bind(t->f, 1);
        vtd_page_request(t->f, P(1), 0x1000, code, true);
        vtd_submit(t->f, 0x101100019 | code << 12, code << 3);
    }
    /* One report, and repetitions. */
    g_assert_nonnull(sva_checker_report(t->c, 0));
    while (sva_checker_report(t->c, t->seen) &&
           strcmp(sva_checker_report(t->c, t->seen)->facts.rule->id,
                  "vtd-response-code")) {
        t->seen++;
    }
    g_assert_nonnull(sva_checker_report(t->c, t->seen));
    g_assert_cmpuint(sva_checker_report(t->c, t->seen)->repeats, ==, 12);
    check_vtd_free(t);
}

/* -- the root pointer -- */

static CheckVtd *with_esrtps(bool on)
{
    SvaVtdConfig config = sva_vtd_default_config;

    config.esrtps = on;
    return check_vtd_new(&config);
}

static void test_root_pointer(void)
{
    CheckVtd *t = with_esrtps(true);

    vtd_level(t->f, 1u << 31, false);
    vtd_command(t->f, 1u << 30);
    vtd_level(t->f, 1u << 31, true);
    check_vtd_expect(t, "");
    vtd_level(t->f, 1u << 31, false);
    vtd_level(t->f, 1u << 31, true);
    check_vtd_expect(t, "vtd-root-pointer");
    check_vtd_free(t);
}

static void set_root(CheckVtd *t, uint64_t rtaddr)
{
    vtd_write64(t->f, 0x20, rtaddr);
    vtd_command(t->f, 1u << 30);
}

static void test_mode_change(void)
{
    CheckVtd *t = with_esrtps(true);

    set_root(t, VTD_ROOT);
    check_vtd_expect(t, "");
    check_vtd_free(t);

    t = with_esrtps(false);
    set_root(t, VTD_ROOT | 0x400);
    check_vtd_expect(t, "");
    set_root(t, VTD_ROOT);
    check_vtd_expect(t, "vtd-mode-change");
    check_vtd_free(t);
}

static void flush_root(CheckVtd *t)
{
    vtd_submit(t->f, 0x11, 0);
    vtd_submit(t->f, 0x37, 0);
    vtd_submit(t->f, 0x12, 0);
    vtd_wait(t->f, 0, 0);
}

static void test_root_flush(void)
{
    CheckVtd *t = with_esrtps(false);

    set_root(t, VTD_ROOT | 0x400);
    flush_root(t);
    check_vtd_expect_later(t, "");
    /* The host has no time for the machine. */
    set_root(t, VTD_ROOT | 0x400);
    t->f->env->now += 2 * SVA_CHECK_LIMIT_DEFAULT;
    fake_env_advance(t->f->env, 1);
    flush_root(t);
    check_vtd_expect_later(t, "");
    vtd_level(t->f, 1u << 31, false);
    set_root(t, VTD_ROOT | 0x400);
    flush_root(t);
    vtd_level(t->f, 1u << 31, true);
    check_vtd_expect(t, "");
    check_vtd_free(t);
}

/* Each cache before the one that it is filled from; no wait. */
static void test_root_flush_missing(void)
{
    CheckVtd *t = with_esrtps(false);

    set_root(t, VTD_ROOT | 0x400);
    vtd_submit(t->f, 0x11, 0);
    vtd_submit(t->f, 0x12, 0);
    vtd_submit(t->f, 0x37, 0);
    vtd_wait(t->f, 0, 0);
    check_vtd_expect(t, "");
    check_vtd_expect_later(t, "vtd-root-flush");
    check_vtd_free(t);

    t = with_esrtps(false);
    set_root(t, VTD_ROOT | 0x400);
    vtd_submit(t->f, 0x37, 0);
    vtd_submit(t->f, 0x11, 0);
    vtd_submit(t->f, 0x12, 0);
    vtd_wait(t->f, 0, 0);
    check_vtd_expect_later(t, "vtd-root-flush");
    check_vtd_free(t);

    t = with_esrtps(false);
    vtd_level(t->f, 1u << 31, false);
    set_root(t, VTD_ROOT | 0x400);
    vtd_submit(t->f, 0x11, 0);
    vtd_submit(t->f, 0x37, 0);
    vtd_submit(t->f, 0x12, 0);
    vtd_level(t->f, 1u << 31, true);
    check_vtd_expect(t, "vtd-root-flush");
    check_vtd_free(t);

    t = with_esrtps(true);
    set_root(t, VTD_ROOT | 0x400);
    check_vtd_expect_later(t, "");
    check_vtd_free(t);
}

/* -- entries -- */

static void test_entry_invalid(void)
{
    CheckVtd *t = check_vtd_new(NULL);

    vtd_pasid(t->f, 1, 0x40, 0x810001, VTD_FIRST);      /* not present */
    vtd_translate(t->f, P(1), 0x1000, SVA_READ);
    check_vtd_expect(t, "");
    vtd_pasid(t->f, 1, 0x41, 0x810001, VTD_FIRST);
    vtd_translate(t->f, P(1), 0x1000, SVA_READ);
    check_vtd_expect(t, "vtd-entry-invalid");
    check_vtd_free(t);
}

static void test_entry_no_table(void)
{
    CheckVtd *t = check_vtd_new(NULL);

    vtd_pasid(t->f, 2, 0x101, 0x800001, 0);     /* pass-through */
    vtd_translate(t->f, P(2), 0x1000, SVA_READ);
    check_vtd_expect(t, "");
    vtd_pasid(t->f, 1, 0x41, 0x800001, 0);
    vtd_translate(t->f, P(1), 0x1000, SVA_READ);
    check_vtd_expect(t, "vtd-entry-torn");
    check_vtd_free(t);
}

/* Present before its second word is written. */
static void test_entry_torn(void)
{
    CheckVtd *t = check_vtd_new(NULL);

    vtd_translate(t->f, P(1), 0x1000, SVA_READ);
    vtd_pasid(t->f, 1, 0x41, 0, VTD_FIRST);
    vtd_translate(t->f, P(1), 0x1000, SVA_READ);
    check_vtd_expect(t, "");
    vtd_pasid(t->f, 1, 0x41, 0x800001, VTD_FIRST);
    vtd_wait(t->f, 0, 0);
    check_vtd_expect(t, "vtd-entry-torn");
    check_vtd_free(t);
}

/* The same words, but P comes last, and goes first. */
static void test_entry_whole(void)
{
    CheckVtd *t = check_vtd_new(NULL);

    vtd_pasid(t->f, 1, 0x40, 0, VTD_FIRST);
    vtd_translate(t->f, P(1), 0x1000, SVA_READ);
    vtd_pasid(t->f, 1, 0x40, 0x800001, VTD_FIRST);
    vtd_translate(t->f, P(1), 0x1000, SVA_READ);
    vtd_bind(t->f, 1);
    vtd_translate(t->f, P(1), 0x1000, SVA_READ);
    vtd_wait(t->f, 0, 0);
    vtd_pasid(t->f, 1, 0x40, 0x800001, VTD_FIRST);
    vtd_submit(t->f, 0x100010017, 0);
    vtd_submit(t->f, 0x100010026, 0);
    vtd_wait(t->f, 0, 0);
    vtd_translate(t->f, P(1), 0x1000, SVA_READ);
    vtd_pasid(t->f, 1, 0, 0x800001, VTD_FIRST);
    vtd_translate(t->f, P(1), 0x1000, SVA_READ);
    vtd_pasid(t->f, 1, 0, 0, 0);
    vtd_translate(t->f, P(1), 0x1000, SVA_READ);
    vtd_wait(t->f, 0, 0);
    check_vtd_expect(t, "");
    check_vtd_free(t);
}

static void change_in_place(CheckVtd *t, uint64_t qw1, uint64_t qw2)
{
    uint64_t did = fake_get64(t->f->env, VTD_PASIDS + 72) & 0xffff;

    vtd_pasid(t->f, 1, VTD_FIRST0, qw1, qw2);
    vtd_submit(t->f, 0x100000017 | did << 16, 0);
    vtd_submit(t->f, 0x100000026 | did << 16, 0);
    vtd_wait(t->f, 0, 0);
    vtd_translate(t->f, P(1), 0x1000, SVA_READ);
}

/* A present entry may go from one whole content to the next. */
static void test_entry_in_steps(void)
{
    CheckVtd *t = check_vtd_new(NULL);

    vtd_bind(t->f, 1);
    vtd_translate(t->f, P(1), 0x1000, SVA_READ);
    change_in_place(t, 0x800002, VTD_FIRST2);
    change_in_place(t, 0x800002, 0x23000);
    check_vtd_expect(t, "");
    check_vtd_free(t);
}

/* -- domain IDs -- */

#define SECOND0(ptr) ((ptr) | 0x89)     /* second stage, 48 bits, P */

static void use(CheckVtd *t, uint32_t pasid)
{
    vtd_translate(t->f, P(pasid), 0x1000, SVA_READ);
}

static void test_domain_table(void)
{
    CheckVtd *t = check_vtd_new(NULL);

    vtd_pasid(t->f, 1, SECOND0(0x21000), 0x800005, 0);
    use(t, 1);
    vtd_pasid(t->f, 2, SECOND0(0x21000), 0x800005, 0);
    use(t, 2);
    vtd_pasid(t->f, 3, SECOND0(0x22000), 0x800006, 0);
    use(t, 3);
    check_vtd_expect(t, "");
    vtd_pasid(t->f, 4, SECOND0(0x22000), 0x800005, 0);
    use(t, 4);
    check_vtd_expect(t, "vtd-domain-table");
    vtd_pasid(t->f, 5, 0x22085, 0x800006, 0);           /* 39 bits */
    use(t, 5);
    check_vtd_expect(t, "vtd-domain-table");
    check_vtd_free(t);
}

static void drop_pasid(CheckVtd *t, uint32_t pasid, uint16_t did)
{
    vtd_pasid(t->f, pasid, 0, 0, 0);
    vtd_submit(t->f, 0x17 | (uint64_t)pasid << 32 | did << 16, 0);
    vtd_submit(t->f, 0x22 | did << 16, 0);
    vtd_wait(t->f, 0, 0);
}

/* A domain ID is free again when nobody uses it. */
static void test_domain_again(void)
{
    CheckVtd *t = check_vtd_new(NULL);

    vtd_pasid(t->f, 1, SECOND0(0x21000), 0x800005, 0);
    use(t, 1);
    drop_pasid(t, 1, 5);
    vtd_pasid(t->f, 2, SECOND0(0x22000), 0x800005, 0);
    use(t, 2);
    drop_pasid(t, 2, 5);
    vtd_pasid(t->f, 3, VTD_FIRST0, 0x800005, VTD_FIRST);
    use(t, 3);
    check_vtd_expect_later(t, "");
    check_vtd_free(t);
}

static void test_domain_class(void)
{
    CheckVtd *t = check_vtd_new(NULL);

    vtd_pasid(t->f, 1, VTD_FIRST0, 0x800001, VTD_FIRST);
    use(t, 1);
    vtd_pasid(t->f, 2, 0x101, 0x800001, 0);     /* pass-through may */
    use(t, 2);
    check_vtd_expect(t, "");
    vtd_pasid(t->f, 3, SECOND0(0x21000), 0x800001, 0);
    use(t, 3);
    check_vtd_expect(t, "vtd-domain-table");
    check_vtd_free(t);
}

#define OTHER_RID 0x0118
#define OTHER_DIR 0x15000

/* A second function, with tables for PASIDs at OTHER_DIR. */
static void use_other(CheckVtd *t, uint64_t qw0, uint64_t qw1, uint64_t qw2)
{
    SvaRequest req = {
        .addr = 0x1000, .pasid = P(1), .rid = OTHER_RID, .access = SVA_READ,
    };
    SvaTranslation out;

    fake_put64(t->f->env, VTD_CONTEXT + 0x18 * 32,
               OTHER_DIR | 0x1d | 7 << 9);
    fake_put64(t->f->env, OTHER_DIR, 0x16001);
    fake_put64(t->f->env, 0x16040, qw0);
    fake_put64(t->f->env, 0x16048, qw1);
    fake_put64(t->f->env, 0x16050, qw2);
    t->f->vtd.iommu.ops->translate(&t->f->vtd.iommu, &req, &out);
}

static void test_domain_pasid(void)
{
    CheckVtd *t = check_vtd_new(NULL);

    vtd_bind(t->f, 1);
    use(t, 1);
    use_other(t, VTD_FIRST0, VTD_FIRST1, VTD_FIRST2);
    check_vtd_expect(t, "");
    check_vtd_free(t);

    t = check_vtd_new(NULL);
    vtd_bind(t->f, 1);
    use(t, 1);
    use_other(t, VTD_FIRST0, 0x800002, 0x23000);        /* another domain */
    check_vtd_expect(t, "");
    check_vtd_free(t);

    t = check_vtd_new(NULL);
    vtd_bind(t->f, 1);
    use(t, 1);
    use_other(t, VTD_FIRST0, VTD_FIRST1, 0x23000);
    check_vtd_expect(t, "vtd-domain-pasid");
    check_vtd_free(t);
}

/* WPE may differ, EAFE and SSADE may not. */
static void test_table_modes(void)
{
    CheckVtd *t = check_vtd_new(NULL);

    vtd_bind(t->f, 1);
    use(t, 1);
    vtd_pasid(t->f, 2, VTD_FIRST0, VTD_FIRST1, VTD_FIRST2 | 0x10);
    use(t, 2);
    check_vtd_expect(t, "");
    vtd_pasid(t->f, 3, VTD_FIRST0, VTD_FIRST1, VTD_FIRST2 | 0x80);
    use(t, 3);
    check_vtd_expect(t, "vtd-table-modes");
    vtd_pasid(t->f, 4, SECOND0(0x21000), 0x800005, 0);
    use(t, 4);
    vtd_pasid(t->f, 5, SECOND0(0x21000) | 0x200, 0x800006, 0);
    use(t, 5);
    check_vtd_expect(t, "vtd-table-modes");
    check_vtd_free(t);
}

static void test_domain_zero(void)
{
    SvaVtdConfig config = sva_vtd_default_config;
    CheckVtd *t = check_vtd_new(NULL);

    vtd_pasid(t->f, 1, VTD_FIRST0, 0x800000, VTD_FIRST2);
    use(t, 1);
    check_vtd_expect(t, "");
    check_vtd_free(t);

    config.caching_mode = true;
    t = check_vtd_new(&config);
    vtd_bind(t->f, 2);
    use(t, 2);
    check_vtd_expect(t, "");
    vtd_pasid(t->f, 1, VTD_FIRST0, 0x800000, VTD_FIRST2);
    use(t, 1);
    check_vtd_expect(t, "vtd-domain-zero");
    check_vtd_free(t);
}

static void test_legacy_domain(void)
{
    CheckVtd *t = check_vtd_legacy(NULL, 0x21001, 0x502);
    SvaRequest req = { .addr = 0x1000, .rid = OTHER_RID, .access = SVA_READ };
    SvaTranslation out;

    vtd_translate(t->f, SVA_NO_PASID, 0x1000, SVA_READ);
    fake_put64(t->f->env, VTD_CONTEXT + 0x18 * 16, 0x21001);
    fake_put64(t->f->env, VTD_CONTEXT + 0x18 * 16 + 8, 0x502);
    t->f->vtd.iommu.ops->translate(&t->f->vtd.iommu, &req, &out);
    check_vtd_expect(t, "");
    req.rid = 0x0120;
    fake_put64(t->f->env, VTD_CONTEXT + 0x20 * 16, 0x22001);
    fake_put64(t->f->env, VTD_CONTEXT + 0x20 * 16 + 8, 0x502);
    t->f->vtd.iommu.ops->translate(&t->f->vtd.iommu, &req, &out);
    check_vtd_expect(t, "vtd-domain-table");
    check_vtd_free(t);
}

#define ADD(name, fn) g_test_add_func("/checker/vtd/rules/" name, fn)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("descriptor-invalid", test_descriptor_invalid);
    ADD("descriptor-reserved", test_descriptor_reserved);
    ADD("descriptor-am", test_descriptor_am);
    ADD("queue-pointers", test_queue_pointers);
    ADD("devtlb-while-off", test_devtlb_while_off);
    ADD("wait-status", test_wait_status);
    ADD("response-code", test_response_code);
    ADD("root-pointer", test_root_pointer);
    ADD("mode-change", test_mode_change);
    ADD("root-flush", test_root_flush);
    ADD("root-flush-missing", test_root_flush_missing);
    ADD("entry-invalid", test_entry_invalid);
    ADD("entry-no-table", test_entry_no_table);
    ADD("entry-torn", test_entry_torn);
    ADD("entry-whole", test_entry_whole);
    ADD("entry-in-steps", test_entry_in_steps);
    ADD("domain-table", test_domain_table);
    ADD("domain-again", test_domain_again);
    ADD("domain-class", test_domain_class);
    ADD("domain-pasid", test_domain_pasid);
    ADD("table-modes", test_table_modes);
    ADD("domain-zero", test_domain_zero);
    ADD("legacy-domain", test_legacy_domain);
    return g_test_run();
}
