/*
 * Tests of the compacted XSAVE area, and of what an enqueue store sends
 *
 * Numbers are literal, from the SDM: volume 1, 13.4 and table 10-2; volume 2,
 * ENQCMD; volume 4, IA32_PASID.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "hw/sva/x86/enqueue.h"
#include "hw/sva/x86/xstate.h"

#define AREA 0x7f0000001000
#define YMM_AT 576              /* in the image, as in standard form */
#define PKRU_AT 2688
#define PASID_AT 2696
#define ALL 0x607               /* x87, SSE, AVX, PKRU, PASID */

static const SvaXstateForm form = { .component = {
    [2] = { YMM_AT, 256 }, [9] = { PKRU_AT, 8 }, [10] = { PASID_AT, 8 },
} };

typedef struct World {
    uint8_t area[2048];
    uint8_t image[2704];
    SvaXstateArea access;
} World;

static uint64_t area_read(void *opaque, uint64_t addr)
{
    World *w = opaque;
    uint64_t word;

    g_assert_cmphex(addr % 8, ==, 0);
    g_assert_cmphex(addr - AREA, <, sizeof(w->area));
    memcpy(&word, w->area + (addr - AREA), 8);
    return GUINT64_FROM_LE(word);
}

static void area_write(void *opaque, uint64_t addr, uint64_t value)
{
    World *w = opaque;

    g_assert_cmphex(addr - AREA, <, sizeof(w->area));
    value = GUINT64_TO_LE(value);
    memcpy(w->area + (addr - AREA), &value, 8);
}

/* An image in which no two bytes near each other are alike. */
static void init(World *w)
{
    size_t i;

    memset(w, 0, sizeof(*w));
    memset(w->area, 0xee, sizeof(w->area));
    for (i = 0; i < sizeof(w->image); i++) {
        w->image[i] = i * 7 + (i >> 8) * 31 + 1;
    }
    w->image[3] &= ~0x38;       /* TOP */
    memset(w->image + 26, 0, 2);    /* MXCSR 31:16 */
    w->access = (SvaXstateArea) { area_read, area_write, w, AREA };
}

static void set_top(World *w, unsigned top)
{
    w->image[3] = (w->image[3] & ~0x38) | top << 3;
}

static uint64_t word_at(const World *w, unsigned offset)
{
    return area_read((void *)w, AREA + offset);
}

static void set_word(World *w, unsigned offset, uint64_t value)
{
    area_write(w, AREA + offset, value);
}

static bool restore(World *w, uint64_t requested, uint64_t enabled)
{
    uint64_t present;

    return sva_xstate_restore(&form, &w->access, w->image, requested, enabled,
                              &present);
}

static void test_size(void)
{
    g_assert_cmpuint(sva_xstate_size(&form, 0x3), ==, 576);
    g_assert_cmpuint(sva_xstate_size(&form, 0x7), ==, 832);
    g_assert_cmpuint(sva_xstate_size(&form, 0x400), ==, 584);
    g_assert_cmpuint(sva_xstate_size(&form, ALL), ==, 848);
}

static void test_save_layout(void)
{
    World w, old;

    init(&w);
    old = w;
    sva_xstate_save(&form, &w.access, w.image, ALL, ~0ull);
    g_assert_cmpmem(w.area, 160 + 256, old.image, 160 + 256);
    g_assert_cmphex(word_at(&w, 416), ==, 0xeeeeeeeeeeeeeeee);
    g_assert_cmphex(word_at(&w, 512), ==, ALL);
    g_assert_cmphex(word_at(&w, 520), ==, 0x8000000000000000 | ALL);
    g_assert_cmphex(word_at(&w, 528), ==, 0xeeeeeeeeeeeeeeee);
    g_assert_cmpmem(w.area + 576, 256, old.image + YMM_AT, 256);
    g_assert_cmpmem(w.area + 832, 8, old.image + PKRU_AT, 8);
    g_assert_cmpmem(w.area + 840, 8, old.image + PASID_AT, 8);
    g_assert_cmphex(word_at(&w, 848), ==, 0xeeeeeeeeeeeeeeee);
}

/* What is requested has room, what is not in use is not written. */
static void test_save_unused(void)
{
    World w;

    init(&w);
    sva_xstate_save(&form, &w.access, w.image, 0x606, 0x402);
    g_assert_cmphex(word_at(&w, 0), ==, 0xeeeeeeeeeeeeeeee);
    g_assert_cmphex(word_at(&w, 512), ==, 0x402);
    g_assert_cmphex(word_at(&w, 520), ==, 0x8000000000000606);
    g_assert_cmphex(word_at(&w, 576), ==, 0xeeeeeeeeeeeeeeee);
    g_assert_cmphex(word_at(&w, 832), ==, 0xeeeeeeeeeeeeeeee);
    g_assert_cmpmem(w.area + 840, 8, w.image + PASID_AT, 8);
}

/* Component 10 follows at once if 2 and 9 have no place. */
static void test_pasid_alone(void)
{
    World w;

    init(&w);
    sva_xstate_save(&form, &w.access, w.image, 0x400, ~0ull);
    g_assert_cmpmem(w.area + 576, 8, w.image + PASID_AT, 8);
    memset(w.image + PASID_AT, 0, 8);
    memset(w.area + 528, 0, 48);
    g_assert_true(restore(&w, 0x400, ALL));
    g_assert_cmpmem(w.area + 576, 8, w.image + PASID_AT, 8);
}

/* With TOP 5 the first in the area is register 5. */
static void test_x87_order(void)
{
    World w, old;
    unsigned i;

    init(&w);
    set_top(&w, 5);
    old = w;
    sva_xstate_save(&form, &w.access, w.image, 0x1, ~0ull);
    for (i = 0; i < 8; i++) {
        g_assert_cmpmem(w.area + 32 + 16 * i, 16,
                        old.image + 32 + 16 * ((5 + i) % 8), 16);
    }
    memset(w.area + 528, 0, 48);
    g_assert_true(restore(&w, 0x1, ALL));
    g_assert_cmpmem(w.image, sizeof(w.image), old.image, sizeof(old.image));
}

static void test_round_trip(void)
{
    World w, old;

    init(&w);
    set_top(&w, 3);
    old = w;
    sva_xstate_save(&form, &w.access, w.image, ALL, ~0ull);
    memset(w.image, 0x55, sizeof(w.image));
    memset(w.area + 528, 0, 48);
    g_assert_true(restore(&w, ALL, ALL));
    g_assert_cmpmem(w.image, 416, old.image, 416);
    g_assert_cmpmem(w.image + YMM_AT, 256, old.image + YMM_AT, 256);
    g_assert_cmpmem(w.image + PKRU_AT, 16, old.image + PKRU_AT, 16);
}

static bool all_zero(const uint8_t *bytes, size_t length)
{
    size_t i;

    for (i = 0; i < length; i++) {
        if (bytes[i]) {
            return false;
        }
    }
    return true;
}

/* Requested, but not in XSTATE_BV. */
static void test_initial_state(void)
{
    World w;

    init(&w);
    memset(w.area, 0, sizeof(w.area));
    set_word(&w, 520, 0x8000000000000000 | ALL);
    g_assert_true(restore(&w, ALL, ALL));
    g_assert_cmphex(w.image[0] | w.image[1] << 8, ==, 0x37f);
    g_assert_cmphex(w.image[24] | w.image[25] << 8, ==, 0x1f80);
    g_assert_true(all_zero(w.image + 2, 22));
    g_assert_true(all_zero(w.image + 32, 384));
    g_assert_true(all_zero(w.image + YMM_AT, 256));
    g_assert_true(all_zero(w.image + PKRU_AT, 16));
}

static void test_not_requested(void)
{
    World w, old;

    init(&w);
    old = w;
    memset(w.area, 0, sizeof(w.area));
    set_word(&w, 512, 0x400);
    set_word(&w, 520, 0x8000000000000000 | ALL);
    set_word(&w, 840, 0x80001234);
    g_assert_true(restore(&w, ALL & ~0x400ull, ALL));
    g_assert_cmpmem(w.image + PASID_AT, 8, old.image + PASID_AT, 8);
    g_assert_true(restore(&w, 0x400, ALL));
    g_assert_cmpmem(w.image + PASID_AT, 4, "\x34\x12\x00\x80", 4);
}

/* SDM volume 1, 13.12: what is #GP */
static void test_bad_headers(void)
{
    static const struct {
        uint64_t bv, comp, third, last, enabled;
        bool ok;
    } rows[] = {
        { 0x607, 0x8000000000000607, 0, 0, ALL, true },
        { 0x003, 0x8000000000000003, 0, 0, ALL, true },
        { 0, 0x8000000000000000, 0, 0, ALL, true },
        { 0x607, 0x0000000000000607, 0, 0, ALL, false },
        { 0x607, 0x0000000000000000, 0, 0, ALL, false },
        { 0x607, 0x8000000000000207, 0, 0, ALL, false },
        { 0x607, 0x8000000000000607, 0, 0, 0x207, false },
        { 0x003, 0xc000000000000003, 0, 0, ALL, false },
        { 0x8000000000000003, 0x8000000000000003, 0, 0, ALL, false },
        { 0x003, 0x8000000000000003, 1, 0, ALL, false },
        { 0x003, 0x8000000000000003, 0, 1ull << 63, ALL, false },
    };
    size_t i;

    for (i = 0; i < ARRAY_SIZE(rows); i++) {
        World w;

        init(&w);
        memset(w.area, 0, sizeof(w.area));
        set_word(&w, 512, rows[i].bv);
        set_word(&w, 520, rows[i].comp);
        set_word(&w, 528, rows[i].third);
        set_word(&w, 568, rows[i].last);
        g_assert_cmpint(restore(&w, ALL, rows[i].enabled), ==, rows[i].ok);
    }
}

static void test_reserved_mxcsr(void)
{
    World w;

    init(&w);
    memset(w.area, 0, sizeof(w.area));
    set_word(&w, 512, 0x2);
    set_word(&w, 520, 0x8000000000000002);
    set_word(&w, 24, 0xffff);
    g_assert_true(restore(&w, ALL, ALL));
    set_word(&w, 24, 0x10000);
    g_assert_true(restore(&w, 0x1, ALL));
    g_assert_false(restore(&w, 0x2, ALL));
}

static void test_ia32_pasid(void)
{
    g_assert_true(sva_ia32_pasid_ok(0));
    g_assert_true(sva_ia32_pasid_ok(0x000fffff));
    g_assert_true(sva_ia32_pasid_ok(0x800fffff));
    g_assert_false(sva_ia32_pasid_ok(0x80100000));
    g_assert_false(sva_ia32_pasid_ok(0x40000000));
    g_assert_false(sva_ia32_pasid_ok(0x180000001));
}

static void test_enqcmd(void)
{
    static const struct { uint64_t msr, first, command; bool ok; } rows[] = {
        { 0x80000001, 0x1122334400000000, 0x1122334400000001, true },
        { 0x800fffff, 0, 0xfffff, true },
        { 0x80000000, 0, 0, true },
        { 0x000fffff, 0, 0, false },    /* not valid */
        { 0x80000001, 1, 0, false },    /* 31:0 are to be zero */
        { 0x80000001, 0x80000000, 0, false },
    };
    size_t i;

    for (i = 0; i < ARRAY_SIZE(rows); i++) {
        uint64_t command[8] = { rows[i].first, 2, 3, 4, 5, 6, 7, 8 };

        g_assert_cmpint(sva_enqueue_command(command, &rows[i].msr), ==,
                        rows[i].ok);
        if (rows[i].ok) {
            g_assert_cmphex(command[0], ==, rows[i].command);
            g_assert_cmphex(command[7], ==, 8);
        }
    }
}

static void test_enqcmds(void)
{
    static const struct { uint64_t first; bool ok; } rows[] = {
        { 0x11223344800fffff, true }, { 0x11223344000fffff, true },
        { 0x100000, false }, { 0x40000000, false },
    };
    size_t i;

    for (i = 0; i < ARRAY_SIZE(rows); i++) {
        uint64_t command[8] = { rows[i].first };

        g_assert_cmpint(sva_enqueue_command(command, NULL), ==, rows[i].ok);
        g_assert_cmphex(command[0], ==, rows[i].first);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/x86/xstate/size", test_size);
    g_test_add_func("/x86/xstate/save-layout", test_save_layout);
    g_test_add_func("/x86/xstate/save-unused", test_save_unused);
    g_test_add_func("/x86/xstate/pasid-alone", test_pasid_alone);
    g_test_add_func("/x86/xstate/x87-order", test_x87_order);
    g_test_add_func("/x86/xstate/round-trip", test_round_trip);
    g_test_add_func("/x86/xstate/initial-state", test_initial_state);
    g_test_add_func("/x86/xstate/not-requested", test_not_requested);
    g_test_add_func("/x86/xstate/bad-headers", test_bad_headers);
    g_test_add_func("/x86/xstate/reserved-mxcsr", test_reserved_mxcsr);
    g_test_add_func("/x86/enqueue/ia32-pasid", test_ia32_pasid);
    g_test_add_func("/x86/enqueue/enqcmd", test_enqcmd);
    g_test_add_func("/x86/enqueue/enqcmds", test_enqcmds);
    return g_test_run();
}
