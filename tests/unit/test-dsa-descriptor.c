/*
 * Tests of sva-dsa: checks of descriptors, and how errors are told
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "dsa-fixture.h"

#define BOF DSA_FLAG_BLOCK_ON_FAULT
#define IRQ DSA_FLAG_INT_REQUEST

static DsaFixture *with_memory(DsaFixture *f)
{
    dsa_map(f, DSA_SRC, 0x10000);
    dsa_map(f, DSA_DST, 0x10000);
    return f;
}

/* -- Table 5-3: every flag of every operation -- */

#define COMMON 0x101eu          /* CR valid, request, TC; interrupt, BOF */
#define WRITES 0x6100u

/* Allowed with WQ Block On Fault Enable, outside of a batch. */
static const struct {
    uint8_t op;
    uint32_t allowed;
} table[] = {
    { 0x00, COMMON & ~2u },
    { 0x01, (COMMON & ~2u) | 0x10200 },
    { 0x02, (COMMON & ~2u) | 0xf0000 },
    { 0x03, COMMON | WRITES | 0x600 },
    { 0x04, COMMON | WRITES | 0x400 | 0x40000 },
    { 0x05, COMMON | 0x80 | 0x600 },
    { 0x06, COMMON | 0x80 | 0x200 },
    { 0x07, COMMON | WRITES | 0x80 | 0xe00 },
    { 0x08, COMMON | WRITES | 0x600 },
    { 0x09, COMMON | WRITES | 0xe00 },
    { 0x0a, COMMON | 0x10000 },
    { 0x10, COMMON | 0xa00 | 0xf0000 },
    { 0x11, COMMON | WRITES | 0xe00 | 0xf0000 },
    { 0x12, COMMON | 0x200 },
    { 0x13, COMMON | WRITES | 0x600 },
    { 0x14, COMMON | WRITES | 0x600 },
    { 0x15, COMMON | WRITES | 0x600 },
    { 0x17, COMMON | WRITES | 0x600 },
    { 0x20, COMMON | 0x6000 | 0x400 },
    { 0x21, (COMMON & ~2u) | 0x10000 },
};

static void test_flags(void)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(table); i++) {
        DsaFixture *f = dsa_fixture_new();

        f->p->prg_policy = FAKE_PRG_INVALID;
        for (unsigned bit = 0; bit < 24; bit++) {
            uint32_t flag = 1u << bit;
            bool irq = flag == IRQ;     /* needs more than the flag */
            DsaRaw desc = dsa_desc(f, table[i].op, DSA_DONE | flag, 0, 0, 0);
            const uint8_t *record;

            f->records = 0;
            if (flag & DSA_DONE) {
                continue;
            }
            record = dsa_execute(f, &desc);
            if (table[i].allowed & flag && !irq) {
                g_assert_cmphex(record[0], !=, DSA_ST_BAD_FLAGS);
            } else {
                g_assert_cmphex(record[0], ==, DSA_ST_BAD_FLAGS);
                g_assert_cmphex(dsa_get32(record + 16), ==, flag);
            }
        }
        dsa_fixture_free(f);
    }
}

static void test_opcodes(void)
{
    DsaFixture *f = dsa_fixture_new();

    for (unsigned op = 0; op < 256; op++) {
        DsaRaw desc = dsa_desc(f, op, DSA_DONE, 0, 0, 0);
        bool known = false;

        f->records = 0;
        for (unsigned i = 0; i < G_N_ELEMENTS(table); i++) {
            known |= table[i].op == op;
        }
        known |= op >= 0x23 && op <= 0x26;      /* test-dsa-domain.c */
        g_assert_true((dsa_execute(f, &desc)[0] == DSA_ST_BAD_OPCODE) ==
                      !known);
    }
    dsa_fixture_free(f);
}

/* Table 5-3: reserved bytes; one range of each operation. */
static void test_reserved_bytes(void)
{
    static const struct {
        uint8_t op;
        uint8_t byte;
    } cases[] = {
        { 0x00, 16 }, { 0x00, 35 }, { 0x00, 63 }, { 0x01, 24 }, { 0x01, 38 },
        { 0x02, 32 }, { 0x02, 16 }, { 0x02, 24 }, { 0x03, 38 }, { 0x03, 63 },
        { 0x04, 40 }, { 0x04, 48 }, { 0x05, 41 }, { 0x06, 39 }, { 0x07, 52 },
        { 0x07, 57 }, { 0x08, 44 }, { 0x09, 48 }, { 0x10, 24 }, { 0x10, 44 },
        { 0x10, 48 }, { 0x10, 56 }, { 0x11, 56 }, { 0x12, 24 }, { 0x12, 41 },
        { 0x12, 43 }, { 0x12, 56 }, { 0x13, 40 }, { 0x13, 55 }, { 0x14, 41 },
        { 0x14, 63 }, { 0x15, 43 }, { 0x17, 40 }, { 0x20, 16 }, { 0x20, 40 },
        { 0x00, 36 }, { 0x00, 3 }, { 0x21, 32 }, { 0x21, 60 }, { 0x21, 61 },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        DsaFixture *f = dsa_fixture_new();
        bool sized = cases[i].op >= 3 && cases[i].op != 0x21;
        DsaRaw desc = dsa_desc(f, cases[i].op, DSA_DONE,
                               sized && cases[i].op != 0x20 ? DSA_SRC : 0,
                               sized && cases[i].op != 0x10 &&
                               cases[i].op != 0x12 ? DSA_DST : 0,
                               sized ? 4096 : cases[i].op == 1 ? 2 : 0);

        desc.b[cases[i].byte] |= 0x40;
        g_assert_cmphex(dsa_execute(f, &desc)[0], ==, DSA_ST_RESERVED);
        dsa_fixture_free(f);
    }
}

typedef struct Field {
    uint8_t op;
    uint8_t status;
    uint64_t src, dst;
    uint32_t size;
    uint8_t at;
    uint64_t value;             /* 8 bytes at @at */
} Field;

static void test_fields(void)
{
    static const Field fields[] = {
        { 0x03, DSA_ST_BAD_SIZE, DSA_SRC, DSA_DST, 0, 40, 0 },
        { 0x03, DSA_ST_BAD_SIZE, DSA_SRC, DSA_DST, 0x200001, 40, 0 },
        { 0x20, DSA_ST_BAD_SIZE, 0, DSA_DST, 0, 40, 0 },
        { 0x01, DSA_ST_BAD_COUNT, DSA_SRC, 0, 1, 40, 0 },
        { 0x01, DSA_ST_BAD_COUNT, DSA_SRC, 0, 1025, 40, 0 },
        { 0x01, DSA_ST_LIST_ALIGN, DSA_SRC + 32, 0, 2, 40, 0 },
        { 0x07, DSA_ST_BAD_SIZE, DSA_SRC, DSA_DST, 0x80008, 48, 80 },
        { 0x07, DSA_ST_BAD_ALIGN, DSA_SRC + 4, DSA_DST, 8, 48, 80 },
        { 0x07, DSA_ST_BAD_ALIGN, DSA_SRC, DSA_DST + 1, 8, 48, 80 },
        { 0x07, DSA_ST_BAD_ALIGN, DSA_SRC, DSA_DST, 12, 48, 80 },
        { 0x07, DSA_ST_BAD_FIELD, DSA_SRC, DSA_DST, 8, 48, 79 },
        { 0x07, DSA_ST_BAD_FIELD, DSA_SRC, DSA_DST, 8, 48, 0x200001 },
        { 0x07, DSA_ST_OVERLAP, 72, DSA_DST, 8, 48, 80 },
        { 0x08, DSA_ST_BAD_SIZE, DSA_SRC, DSA_DST, 0x80008, 40, 10 },
        { 0x08, DSA_ST_BAD_ALIGN, DSA_SRC, DSA_DST + 4, 8, 40, 10 },
        { 0x08, DSA_ST_BAD_FIELD, DSA_SRC, DSA_DST, 8, 40, 9 },
        { 0x08, DSA_ST_OVERLAP, DSA_DST - 9, DSA_DST, 8, 40, 10 },
        { 0x09, DSA_ST_DUALCAST, DSA_SRC, DSA_DST, 8, 40, DSA_CR + 8 },
        { 0x09, DSA_ST_OVERLAP, DSA_SRC, DSA_DST, 8, 40, DSA_DST },
        { 0x09, DSA_ST_OVERLAP, DSA_SRC, DSA_SRC + 8, 9, 40, 8 },
        { 0x11, DSA_ST_OVERLAP, DSA_SRC, DSA_SRC + 7, 8, 40, 0 },
        { 0x12, DSA_ST_BAD_SIZE, DSA_SRC, 0, 512, 40, 0 },
        { 0x13, DSA_ST_BAD_SIZE, DSA_SRC, DSA_DST, 520, 40, 0 },
        { 0x13, DSA_ST_OVERLAP, DSA_SRC, DSA_SRC - 519, 512, 40, 0 },
        { 0x15, DSA_ST_RESERVED, DSA_SRC, DSA_DST, 520, 40, 0x0100 },
        { 0x15, DSA_ST_RESERVED, DSA_SRC, DSA_DST, 520, 40, 0x100000 },
        { 0x17, DSA_ST_BAD_ALIGN, DSA_SRC, DSA_DST + 4, 512, 40, 0 },
        { 0x0a, DSA_ST_BAD_SIZE, DSA_SRC, 0, 0, 40, 0 },
        { 0x0a, DSA_ST_BAD_SIZE, -8ull, 0, 16, 40, 0 },
        { 0x0a, DSA_ST_RESERVED, DSA_SRC, 0, 16, 48, 0x1000 },
        { 0x21, DSA_ST_RESERVED, 1, 0, 0, 40, 0 },
        { 0x21, DSA_ST_WINDOW_FIELDS, 0, 0, 0, 56, 8ull << 40 },
        { 0x21, DSA_ST_WINDOW_FIELDS, 8, 0, 0, 56, 4ull << 40 },
        { 0x21, DSA_ST_WINDOW_FIELDS, -8ull, 9, 0, 56, 4ull << 40 },
        { 0x21, DSA_ST_WINDOW_HANDLE, -8ull, 8, 0, 56, 4ull << 40 },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(fields); i++) {
        const Field *field = &fields[i];
        DsaFixture *f = dsa_fixture_new();
        DsaRaw desc = dsa_desc(f, field->op, DSA_DONE, field->src,
                               field->dst, field->size);

        dsa_put64(desc.b + field->at, field->value);
        g_assert_cmphex(dsa_execute(f, &desc)[0], ==, field->status);
        dsa_fixture_free(f);
    }
}

static void test_an_aligned_seed(void)
{
    DsaFixture *f = dsa_fixture_new();
    DsaRaw desc = dsa_desc(f, DSA_OP_CRC, DSA_DONE | DSA_FLAG_READ_SEED,
                           DSA_SRC, 0, 8);

    dsa_put64(desc.b + 48, DSA_SRC + 4);
    g_assert_cmphex(dsa_execute(f, &desc)[0], ==, DSA_ST_PAGE_FAULT);
    dsa_put32(desc.b + 4, (DSA_DONE | DSA_FLAG_READ_SEED | DSA_FLAG_CRC64) |
              DSA_OP_CRC << 24);
    g_assert_cmphex(dsa_execute(f, &desc)[0], ==, DSA_ST_BAD_ALIGN);
    dsa_fixture_free(f);
}

static void test_an_operation_may_be_forbidden(void)
{
    DsaFixture *f = dsa_fixture_raw();
    DsaRaw desc;

    dsa_config_wq(f, 0, 8, true);
    dsa_config_wq(f, 1, 8, false);
    dsa_config_group(f, 0, 3, 1);
    dsa_command(f, DSA_CMD_ENABLE_DEVICE, 0);
    dsa_write64(f, DSA_WQCFG + 32, 1ull << DSA_OP_FILL);
    g_assert_cmphex(dsa_command(f, DSA_CMD_ENABLE_WQ, 0), ==, 0);
    dsa_map(f, DSA_DST, 8);
    desc = dsa_desc(f, DSA_OP_FILL, DSA_DONE, 0, DSA_DST, 8);
    g_assert_cmphex(dsa_execute(f, &desc)[0], ==, DSA_ST_SUCCESS);
    desc = dsa_desc(f, DSA_OP_NOOP, DSA_DONE, 0, 0, 0);
    g_assert_cmphex(dsa_execute(f, &desc)[0], ==, DSA_ST_BAD_OPCODE);
    dsa_fixture_free(f);
}

/* -- errors that have no record: SWERR -- */

static void test_a_bad_record_address(void)
{
    DsaFixture *f = dsa_fixture_new();
    DsaRaw desc = dsa_desc(f, DSA_OP_MEMMOVE, DSA_DONE, DSA_SRC, DSA_DST, 8);

    desc.b[8] = 8;
    g_assert_true(dsa_submit(f, 0, &desc));
    dsa_run(f);
    /* PASID 5, operation 3, WQ 0, error 0x1b. */
    g_assert_cmphex(dsa_read64(f, DSA_SWERR), ==, 0x0000050300001b8d);
    dsa_assert_log(f, "");
    dsa_fixture_free(f);
}

static void test_a_record_that_cannot_be_written(void)
{
    DsaFixture *f = dsa_fixture_new();
    DsaRaw desc = dsa_desc(f, DSA_OP_NOOP, DSA_DONE, 0, 0, 0);

    f->p->prg_policy = FAKE_PRG_INVALID;
    dsa_put64(desc.b + 8, 0x500000);
    g_assert_true(dsa_submit(f, 0, &desc));
    dsa_run(f);
    /* It always asks for the page. */
    dsa_assert_log(f, "at 5:500000 rw; pr 5:500000 w 0 L");
    g_assert_cmphex(dsa_read64(f, DSA_SWERR), ==, 0x0000050000001aad);
    g_assert_cmphex(dsa_read64(f, DSA_SWERR + 16), ==, 0x500000);
    dsa_fixture_free(f);
}

static void test_an_error_without_a_record(void)
{
    DsaFixture *f = dsa_fixture_new();
    DsaRaw desc = dsa_desc(f, DSA_OP_FILL, 0, 0, DSA_DST, 8);

    g_assert_true(dsa_submit(f, 1, &desc));
    dsa_run(f);
    g_assert_cmphex(dsa_read64(f, DSA_SWERR), ==, 0x00000504000103ad);
    g_assert_cmphex(dsa_read64(f, DSA_SWERR + 8), ==,
                    3ull << DSA_ERR_OPERAND_SHIFT);
    g_assert_cmphex(dsa_read64(f, DSA_SWERR + 16), ==, DSA_DST);
    dsa_fixture_free(f);
}

/* In a shared WQ Priv is the submitter's; the function has no such mode. */
static void test_privileged_descriptors(void)
{
    DsaFixture *f = dsa_fixture_new();
    DsaRaw desc = dsa_desc(f, DSA_OP_NOOP, DSA_DONE, 0, 0, 0);

    dsa_put32(desc.b, 0x80000005);
    g_assert_cmphex(dsa_execute(f, &desc)[0], ==, DSA_ST_SUCCESS);
    desc = dsa_desc(f, DSA_OP_NOOP, DSA_DONE, 0, 0, 0);
    dsa_put32(desc.b, 0x80000005);
    g_assert_true(dsa_submit(f, DSA_SHARED, &desc));
    dsa_run(f);
    g_assert_cmphex(dsa_status(f, &desc), ==, 0);
    g_assert_cmphex(dsa_read64(f, DSA_SWERR), ==, 0x0000050000011dcd);
    dsa_fixture_free(f);
}

static void test_a_failed_translation_is_reported_besides(void)
{
    DsaFixture *f = with_memory(dsa_fixture_new());
    DsaRaw desc = dsa_desc(f, DSA_OP_NOOP, DSA_DONE, 0, 0, 0);

    dsa_execute(f, &desc);
    f->p->ats_status = SVA_ATS_UR;
    desc = dsa_desc(f, DSA_OP_FILL, DSA_DONE, 0, DSA_DST, 8);
    g_assert_cmphex(dsa_execute(f, &desc)[0], ==, DSA_ST_TRANSLATION);
    g_assert_cmphex(dsa_read64(f, DSA_SWERR) >> 8 & 0xff, ==, 0x22);
    dsa_fixture_free(f);
}

/* -- interrupts (3.7) -- */

static DsaRaw with_irq(DsaFixture *f, uint32_t flags, uint16_t handle)
{
    DsaRaw desc = dsa_desc(f, DSA_OP_NOOP, flags | IRQ, 0, 0, 0);

    dsa_put16(desc.b + 36, handle);
    return desc;
}

static DsaFixture *with_user_interrupts(bool handles)
{
    DsaFixture *f = dsa_fixture_raw();

    f->config.int_handles = handles;
    dsa_remake(f);
    dsa_write32(f, DSA_GENCFG, DSA_GENCFG_USER_INT | 96);
    dsa_enable(f);
    dsa_write32(f, DSA_MSIXPERM + 3 * 8, 5 << 12 | DSA_MSIXPERM_PASID_EN);
    return f;
}

static void test_interrupts(void)
{
    DsaFixture *f = with_user_interrupts(false);
    DsaRaw desc = with_irq(f, 0, 3);

    g_assert_true(dsa_submit(f, 0, &desc));
    dsa_run(f);
    dsa_assert_log(f, "irq 3");
    dsa_write32(f, DSA_MSIXPERM + 3 * 8, 5 << 12 | DSA_MSIXPERM_PASID_EN |
                                         DSA_MSIXPERM_IGNORE);
    g_assert_true(dsa_submit(f, 0, &desc));
    dsa_run(f);
    dsa_assert_log(f, "");
    dsa_fixture_free(f);
}

static void test_bad_interrupt_handles(void)
{
    static const struct {
        uint32_t perm;
        uint16_t handle;
    } cases[] = {
        { 5 << 12 | 8, 2 }, { 5 << 12 | 8, 9 }, { 5 << 12 | 8, 0xffff },
        { 6 << 12 | 8, 3 }, { 5 << 12, 3 },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        DsaFixture *f = with_user_interrupts(false);
        DsaRaw desc = with_irq(f, DSA_DONE, cases[i].handle);

        dsa_write32(f, DSA_MSIXPERM + 3 * 8, cases[i].perm);
        g_assert_cmphex(dsa_execute(f, &desc)[0], ==, DSA_ST_BAD_HANDLE);
        dsa_assert_log(f, "at 5:100000 rw; tw 601000100008+18; "
                       "tw 601000100000+8");
        g_assert_cmphex(dsa_read64(f, DSA_SWERR), ==, 0x000005000000198d);
        g_assert_cmphex(dsa_read64(f, DSA_SWERR + 8), ==,
                        (uint64_t)cases[i].handle << 32);
        dsa_fixture_free(f);
    }
}

static void test_handles_that_were_asked_for(void)
{
    DsaFixture *f = with_user_interrupts(true);
    DsaRaw desc = with_irq(f, DSA_DONE, 3);

    g_assert_cmphex(dsa_execute(f, &desc)[0], ==, DSA_ST_BAD_HANDLE);
    desc = with_irq(f, DSA_DONE, 0x103);
    g_assert_cmphex(dsa_execute(f, &desc)[0], ==, DSA_ST_BAD_HANDLE);
    dsa_command(f, DSA_CMD_REQUEST_HANDLE, 3);
    g_assert_cmphex(dsa_execute(f, &desc)[0], ==, DSA_ST_SUCCESS);
    dsa_command(f, DSA_CMD_RELEASE_HANDLE, 3);
    g_assert_cmphex(dsa_execute(f, &desc)[0], ==, DSA_ST_BAD_HANDLE);
    dsa_fixture_free(f);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define T(name) g_test_add_func("/dsa/descriptor/" #name, test_##name)
    T(flags);
    T(opcodes);
    T(reserved_bytes);
    T(fields);
    T(an_aligned_seed);
    T(an_operation_may_be_forbidden);
    T(a_bad_record_address);
    T(a_record_that_cannot_be_written);
    T(an_error_without_a_record);
    T(privileged_descriptors);
    T(a_failed_translation_is_reported_besides);
    T(interrupts);
    T(bad_interrupt_handles);
    T(handles_that_were_asked_for);
    return g_test_run();
}
