/*
 * A device writes code that a processor runs, under TCG
 *
 * What TCG has translated of a page must go when a device writes to it, also
 * where the device model writes to the memory of the host itself.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "libsva-process.h"

#define PASID       0x21
#define WRITES      8u
#define CALLS       1000u       /* until all of it has been translated */

/*
 * What firmware and test have in common, in the last pages of RAM: the address
 * of a function, 0 at first; what it returned; how often it was called.
 */
#define MAILBOX(board) ((board)->ram_end - 0x10000)
#define BOX_FUNCTION   0
#define BOX_RETURNED   4
#define BOX_CALLS      8

/*
 * The processor starts in the last 16 bytes of 64 KiB, in real mode:
 *
 *        cli
 *        lgdt    gdtr
 *        mov     eax, cr0; or al, 1; mov cr0, eax
 *        jmp     08h:start               start: at 20h, 32 bits
 * start: mov     ax, 10h; mov ds, ax; mov ss, ax
 *        mov     esp, MAILBOX + 8000h
 *        mov     ebx, MAILBOX
 * wait:  mov     eax, [ebx]
 *        test    eax, eax; jz wait
 *        call    eax
 *        mov     [ebx + 4], eax
 *        inc     dword [ebx + 8]
 *        jmp     wait
 */
static const uint8_t x86_start[] = {
    0xfa, 0x66, 0x2e, 0x0f, 0x01, 0x16, 0x60, 0x00,
    0x0f, 0x20, 0xc0, 0x0c, 0x01, 0x0f, 0x22, 0xc0,
    0x66, 0xea, 0x20, 0x00, 0xff, 0xff, 0x08, 0x00,
    [0x20] = 0x66, 0xb8, 0x10, 0x00, 0x8e, 0xd8, 0x8e, 0xd0,
    0xbc, 0x00, 0x80, 0xff, 0x0f, 0xbb, 0x00, 0x00, 0xff, 0x0f,
    0x8b, 0x03, 0x85, 0xc0, 0x74, 0xfa, 0xff, 0xd0, 0x89, 0x43, 0x04,
    0xff, 0x43, 0x08, 0xeb, 0xf0,
    /* gdtr: limit, address of the table; flat code, flat data */
    [0x60] = 0x17, 0x00, 0x70, 0x00, 0xff, 0xff,
    [0x78] = 0xff, 0xff, 0x00, 0x00, 0x00, 0x9a, 0xcf, 0x00,
    [0x80] = 0xff, 0xff, 0x00, 0x00, 0x00, 0x92, 0xcf, 0x00,
};
/* jmp 0 */
static const uint8_t x86_reset[] = { 0xe9, 0x0d, 0x00 };

#define X86_FIRMWARE 0x10000u
#define X86_RESET    0xfff0u

/*
 *        movz    x1, #0; movk x1, #0x4fff, lsl #16       MAILBOX
 * wait:  ldr     w0, [x1]; cbz w0, wait
 *        blr     x0
 *        str     w0, [x1, #4]
 *        ldr     w3, [x1, #8]; add w3, w3, #1; str w3, [x1, #8]
 *        b       wait
 */
static const uint32_t arm_start[] = {
    0xd2800001, 0xf2a9ffe1, 0xb9400020, 0x34ffffe0, 0xd63f0000,
    0xb9000420, 0xb9400823, 0x11000463, 0xb9000823, 0x17fffff9,
};

static bool is_arm(void)
{
    return !strcmp(qtest_get_arch(), "aarch64");
}

static const SvaBoard *board(void)
{
    return is_arm() ? &sva_board_virt : &sva_board_q35;
}

/* The name of a file with it. */
static char *write_firmware(void)
{
    g_autofree uint8_t *image = g_malloc0(X86_FIRMWARE);
    size_t size = X86_FIRMWARE, i;
    char *name = NULL;
    int fd = g_file_open_tmp("sva-code-XXXXXX", &name, NULL);

    g_assert_cmpint(fd, >=, 0);
    if (is_arm()) {
        for (i = 0; i < ARRAY_SIZE(arm_start); i++) {
            stl_le_p(image + 4 * i, arm_start[i]);
        }
    } else {
        memcpy(image, x86_start, sizeof(x86_start));
        memcpy(image + X86_RESET, x86_reset, sizeof(x86_reset));
    }
    g_assert_cmpint(write(fd, image, size), ==, size);
    close(fd);
    return name;
}

/* A function that returns @val is the first of a page at @pa. */
static void write_function(SvaTest *t, uint64_t pa, uint16_t val)
{
    if (is_arm()) {
        /* movz w0, #val; ret */
        qtest_writel(t->qts, pa, 0x52800000 | val << 5);
        qtest_writel(t->qts, pa + 4, 0xd65f03c0);
    } else {
        /* mov eax, val; ret */
        qtest_writeb(t->qts, pa, 0xb8);
        qtest_writel(t->qts, pa + 1, val);
        qtest_writeb(t->qts, pa + 5, 0xc3);
    }
}

static uint32_t box(SvaTest *t, unsigned what)
{
    return qtest_readl(t->qts, MAILBOX(t->board) + what);
}

/* What the function returns that the device copies to where the others were. */
static uint32_t copy_and_call(SvaTest *t, Process *p, uint16_t val)
{
    uint32_t calls;

    write_function(t, p->src, val);
    process_copy(t, p, 0x1000);
    g_assert_cmphex(process_copy_done(t, p).status, ==, SVA_ST_SUCCESS);
    qtest_writel(t->qts, MAILBOX(t->board) + BOX_FUNCTION, p->dst);
    calls = box(t, BOX_CALLS);
    sva_wait_until(t, box(t, BOX_CALLS) - calls >= CALLS);
    return box(t, BOX_RETURNED);
}

static void test_code(const void *opaque)
{
    const uint32_t *mode = opaque;
    g_autofree char *firmware = write_firmware();
    g_autofree char *more = g_strdup_printf(" -accel tcg -bios %s", firmware);
    SvaTest *t = sva_board_start(board(), "", more);
    Process p;
    unsigned i;

    t->runs = true;
    process_setup(t, &p, PASID, *mode);
    for (i = 1; i <= WRITES; i++) {
        g_assert_cmpuint(copy_and_call(t, &p, i), ==, i);
    }
    sva_test_end(t);
    unlink(firmware);
}

int main(int argc, char **argv)
{
    static const uint32_t untranslated = SVA_MODE_UNTRANSLATED;
    static const uint32_t ats = SVA_MODE_ATS;

    g_test_init(&argc, &argv, NULL);
    if (!qtest_has_accel("tcg")) {
        g_test_skip("no TCG");
        return g_test_run();
    }
    qtest_add_data_func("sva/code/untranslated", &untranslated, test_code);
    qtest_add_data_func("sva/code/ats", &ats, test_code);
    return g_test_run();
}
