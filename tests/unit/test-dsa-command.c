/*
 * Tests of sva-dsa: configuration, commands, states, portals
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "dsa-fixture.h"

#define UNLIMITED(wq) ((wq) * 4 * SVA_PAGE_SIZE)
#define LIMITED(wq) (UNLIMITED(wq) + SVA_PAGE_SIZE)
#define IMS(wq) (UNLIMITED(wq) + 2 * SVA_PAGE_SIZE)

static uint32_t wq_state(DsaFixture *f, unsigned wq)
{
    return dsa_read32(f, DSA_WQCFG + wq * 64 + 24) >> 30;
}

static uint32_t occupancy(DsaFixture *f, unsigned wq)
{
    return dsa_read32(f, DSA_WQCFG + wq * 64 + 24) & 0xffff;
}

/* -- enabling -- */

/* A register that makes a good configuration bad, and what is said of it. */
typedef struct Bad {
    unsigned reg;
    uint64_t value;
    uint32_t error;
} Bad;

static void test_a_bad_configuration_is_refused(void)
{
    static const Bad bad[] = {
        { DSA_WQCFG, 121 | 0x700000000ull, DSA_CE_WQ_SIZES },
        { DSA_GRPCFG, 0, DSA_CE_GRP_HALF },
        { DSA_GRPCFG + 32, 0, DSA_CE_GRP_HALF },
        { DSA_GRPCFG, 1, DSA_CE_GRP_WQS },
        { DSA_GRPCFG, 7, DSA_CE_GRP_WQS },
        { DSA_GRPCFG, 0x103, DSA_CE_GRP_WQS },
        { DSA_GRPCFG + 8, 1, DSA_CE_GRP_WQS },
        { DSA_GRPCFG + 64, 1, DSA_CE_GRP_WQS },
        { DSA_GRPCFG + 32, 0x11, DSA_CE_GRP_ENGINES },
        { DSA_GRPCFG + 64 + 32, 1, DSA_CE_GRP_ENGINES },
        { DSA_GRPCFG + 40, 3ull << 20, DSA_CE_RDBUFS },
        { DSA_GRPCFG + 40, 97ull << 8 | 97ull << 20, DSA_CE_RDBUFS },
        { DSA_GRPCFG + 40, 97ull << 20, DSA_CE_RDBUFS },
        { DSA_GENCFG, 97, DSA_CE_RDBUFS },
        { DSA_GENCFG, DSA_GENCFG_EVL | 96, DSA_CE_EVL },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(bad); i++) {
        DsaFixture *f = dsa_fixture_raw();

        dsa_config_wq(f, 0, 8, true);
        dsa_config_wq(f, 1, 8, false);
        dsa_config_group(f, 0, 3, 1);
        dsa_write64(f, bad[i].reg, bad[i].value);
        g_assert_cmphex(dsa_command(f, DSA_CMD_ENABLE_DEVICE, 0), ==,
                        bad[i].error);
        g_assert_cmphex(dsa_read32(f, DSA_GENSTS), ==, DSA_DISABLED);
        dsa_fixture_free(f);
    }
}

static void test_configuration_space_is_checked(void)
{
    DsaFixture *f = dsa_fixture_raw();

    sva_function_set_bus_master(f->fn, false);
    g_assert_cmphex(dsa_command(f, DSA_CMD_ENABLE_DEVICE, 0), ==,
                    DSA_CE_BUS_MASTER);
    sva_function_set_bus_master(f->fn, true);
    sva_function_set_pri(f->fn, &(SvaPriControl) { .enable = false });
    sva_function_set_pri(f->fn, &(SvaPriControl) { .enable = true });
    g_assert_cmphex(dsa_command(f, DSA_CMD_ENABLE_DEVICE, 0), ==,
                    DSA_CE_PRS_ALLOC);
    dsa_set_pri(f, false);
    sva_function_set_pasid(f->fn, false);
    dsa_write64(f, DSA_EVLCFG, 0x1001);
    dsa_write64(f, DSA_EVLCFG + 8, 64);
    dsa_write32(f, DSA_GENCFG, DSA_GENCFG_EVL | 96);
    g_assert_cmphex(dsa_command(f, DSA_CMD_ENABLE_DEVICE, 0), ==,
                    DSA_CE_EVL_PASID);
    dsa_write64(f, DSA_EVLCFG, 0xfffffffffffff000);
    g_assert_cmphex(dsa_command(f, DSA_CMD_ENABLE_DEVICE, 0), ==, 0);
    g_assert_cmphex(dsa_command(f, DSA_CMD_ENABLE_DEVICE, 0), ==,
                    DSA_CE_DEV_ENABLED);
    dsa_fixture_free(f);
}

static void test_a_bad_wq_is_refused(void)
{
    static const Bad bad[] = {
        { 8, 0x10000001, DSA_CE_WQ_PRIORITY },
        { 8, 0x00000010, DSA_CE_WQ_PASID },
        { 8, 0x30000011, DSA_CE_WQ_PRIV },
        { 8, 0x10000019, DSA_CE_WQ_PRS },
        { 12, 10 << 5 | 0, 0 },
        { 12, 0 << 5 | 21, DSA_CE_WQ_BATCH },
        { 12, 11 << 5 | 21, DSA_CE_WQ_BATCH },
        { 20, 0x10000, 0 },
        { 16, 9, 0 },
        { 32, 0x800, DSA_CE_WQ_OPCFG },
        { 56, 1, DSA_CE_WQ_OPCFG },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(bad); i++) {
        DsaFixture *f = dsa_fixture_raw();

        dsa_config_wq(f, 0, 8, true);
        dsa_config_group(f, 0, 1, 1);
        g_assert_cmphex(dsa_command(f, DSA_CMD_ENABLE_WQ, 0), ==,
                        DSA_CE_DEV_NOT_ENABLED);
        dsa_command(f, DSA_CMD_ENABLE_DEVICE, 0);
        dsa_write32(f, DSA_WQCFG + bad[i].reg, (uint32_t)bad[i].value);
        g_assert_cmphex(dsa_command(f, DSA_CMD_ENABLE_WQ, 0), ==,
                        bad[i].error);
        g_assert_cmpuint(wq_state(f, 0), ==, !bad[i].error);
        dsa_fixture_free(f);
    }
}

static void test_a_wq_needs_what_it_uses(void)
{
    DsaFixture *f = dsa_fixture_raw();

    f->config.xfer_shift = 20;
    dsa_remake(f);
    dsa_config_wq(f, 0, 8, true);
    dsa_config_wq(f, 1, 8, false);
    dsa_config_group(f, 0, 3, 1);
    dsa_set_pri(f, false);
    dsa_command(f, DSA_CMD_ENABLE_DEVICE, 0);
    g_assert_cmphex(dsa_command(f, DSA_CMD_ENABLE_WQ, 0), ==,
                    DSA_CE_WQ_BLOCK_ON_FAULT);
    g_assert_cmphex(dsa_command(f, DSA_CMD_ENABLE_WQ, 2), ==,
                    DSA_CE_WQ_SIZE);
    g_assert_cmphex(dsa_command(f, DSA_CMD_ENABLE_WQ, 8), ==,
                    DSA_CE_WQ_INDEX);
    dsa_write32(f, DSA_WQCFG + 8, 0x10000511);
    g_assert_cmphex(dsa_command(f, DSA_CMD_ENABLE_WQ, 0), ==,
                    DSA_CE_WQ_XFER);
    dsa_write32(f, DSA_WQCFG + 12, 10u << 5 | 20);
    dsa_write32(f, DSA_WQCFG + 20, 0x10000);
    dsa_write32(f, DSA_WQCFG + 16, 9);
    g_assert_cmphex(dsa_command(f, DSA_CMD_ENABLE_WQ, 0), ==,
                    DSA_CE_WQ_OCCUPANCY);
    dsa_fixture_free(f);
}

static void test_without_pasid_there_is_no_pasid(void)
{
    DsaFixture *f = dsa_fixture_raw();
    DsaRaw desc;

    sva_function_set_pasid(f->fn, false);
    dsa_set_pri(f, false);
    dsa_config_wq(f, 0, 8, true);
    dsa_config_group(f, 0, 1, 1);
    dsa_command(f, DSA_CMD_ENABLE_DEVICE, 0);
    g_assert_cmphex(dsa_command(f, DSA_CMD_ENABLE_WQ, 0), ==,
                    DSA_CE_WQ_PASID);
    dsa_write32(f, DSA_WQCFG + 8, 0x11);
    g_assert_cmphex(dsa_command(f, DSA_CMD_ENABLE_WQ, 0), ==, 0);
    fake_port_map(f->p, SVA_NO_PASID, DSA_CR, 0x1000, DSA_RW);
    desc = dsa_desc(f, DSA_OP_NOOP, DSA_DONE, 0, 0, 0);
    g_assert_true(dsa_submit(f, 0, &desc));
    dsa_run(f);
    dsa_assert_log(f, "at -:100000 rw; tw 1000100008+18; tw 1000100000+8");
    dsa_fixture_free(f);
}

/* -- portals (5.3) -- */

static void test_portals(void)
{
    DsaFixture *f = dsa_fixture_new();
    DsaRaw desc = dsa_desc(f, DSA_OP_NOOP, DSA_DONE, 0, 0, 0);
    const struct {
        uint64_t offset;
        bool deferrable;
        bool accepted;
    } writes[] = {
        { LIMITED(0), false, true }, { UNLIMITED(0), false, true },
        { UNLIMITED(0) + 0xfc0, false, true },
        { LIMITED(0), true, false }, { LIMITED(0) + 32, false, false },
        { LIMITED(1), true, true }, { UNLIMITED(1), true, true },
        { LIMITED(1), false, false },
        { LIMITED(2), true, false }, { LIMITED(2), false, false },
        { IMS(0), false, false }, { IMS(1), true, false },
        { UNLIMITED(8), true, false }, { UINT64_MAX - 63, true, false },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(writes); i++) {
        g_assert_true(sva_dsa_submit(f->d, writes[i].offset, desc.b,
                                     writes[i].deferrable) ==
                      writes[i].accepted);
    }
    g_assert_cmpuint(occupancy(f, 0), ==, 3);
    g_assert_cmpuint(occupancy(f, 1), ==, 2);
    g_assert_cmphex(dsa_read64(f, DSA_SWERR), ==, 0);
    dsa_run(f);
    g_assert_cmpuint(occupancy(f, 0), ==, 0);
    dsa_fixture_free(f);
}

static void test_a_shared_wq_says_when_it_is_full(void)
{
    DsaFixture *f = dsa_fixture_new();
    DsaRaw desc = dsa_desc(f, DSA_OP_NOOP, DSA_DONE, 0, 0, 0);

    for (unsigned i = 0; i < 7; i++) {
        g_assert_true(sva_dsa_submit(f->d, LIMITED(1), desc.b, true));
    }
    /* The threshold is 7, the size 8. */
    g_assert_false(sva_dsa_submit(f->d, LIMITED(1), desc.b, true));
    g_assert_true(sva_dsa_submit(f->d, UNLIMITED(1), desc.b, true));
    g_assert_false(sva_dsa_submit(f->d, UNLIMITED(1), desc.b, true));
    g_assert_cmphex(dsa_read64(f, DSA_SWERR), ==, 0);
    dsa_run(f);
    g_assert_true(sva_dsa_submit(f->d, LIMITED(1), desc.b, true));
    g_assert_cmpuint(sva_dsa_counter(f->d, DSA_CNT_RETRIED), ==, 2);
    dsa_fixture_free(f);
}

static void test_too_much_for_a_dedicated_wq_is_an_error(void)
{
    DsaFixture *f = dsa_fixture_new();
    DsaRaw desc = dsa_desc(f, DSA_OP_NOOP, DSA_DONE, 0, 0, 0);

    dsa_write32(f, DSA_GENCTRL, DSA_GENCTRL_SWERR_INT);
    for (unsigned i = 0; i < 8; i++) {
        g_assert_true(dsa_submit(f, 0, &desc));
    }
    g_assert_false(dsa_submit(f, 0, &desc));
    g_assert_cmphex(dsa_read64(f, DSA_SWERR), ==, 0x5309);
    g_assert_cmphex(dsa_read32(f, DSA_INTCAUSE), ==, 1);
    dsa_assert_log(f, "irq 0");
    g_assert_false(dsa_submit(f, 0, &desc));
    g_assert_cmphex(dsa_read64(f, DSA_SWERR), ==, 0x530b);
    dsa_assert_log(f, "");
    dsa_write64(f, DSA_SWERR, 3);
    g_assert_cmphex(dsa_read64(f, DSA_SWERR) & 3, ==, 0);
    dsa_fixture_free(f);
}

static void test_occupancy_interrupts(void)
{
    DsaFixture *f = dsa_fixture_new();
    DsaRaw desc = dsa_desc(f, DSA_OP_NOOP, DSA_FLAG_CR_VALID, 0, 0, 0);

    g_assert_true(dsa_submit(f, 0, &desc));
    g_assert_true(dsa_submit(f, 0, &desc));
    dsa_write64(f, DSA_WQCFG + 16, 0x0001000100000000);
    dsa_assert_log(f, "");
    dsa_run(f);
    g_assert_cmphex(dsa_read32(f, DSA_WQCFG + 24), ==, 0x40010000);
    dsa_assert_log(f, "irq 0");
    /* Again once it is acknowledged, since it is still so. */
    dsa_write32(f, DSA_WQCFG + 24, 0x10000);
    dsa_assert_log(f, "irq 0");
    dsa_fixture_free(f);
}

/* -- commands -- */

static void test_commands_that_are_none(void)
{
    DsaFixture *f = dsa_fixture_new();
    static const struct {
        unsigned code;
        uint32_t operand;
        uint32_t error;
    } bad[] = {
        { 0, 0, 1 }, { 13, 0, 1 }, { 14, 0, 1 }, { 15, 0, 1 }, { 31, 0, 1 },
        { DSA_CMD_DRAIN_WQ, 0x10001, 2 }, { DSA_CMD_DRAIN_WQ, 0x100, 2 },
        { DSA_CMD_DRAIN_WQ, 0xf8000, 2 },
        { DSA_CMD_DRAIN_WQ, 0x4, 0x32 }, { DSA_CMD_ABORT_WQ, 0x5, 0x32 },
        { DSA_CMD_DISABLE_WQ, 0x4, 0x32 }, { DSA_CMD_RESET_WQ, 0x4, 0 },
        { DSA_CMD_DRAIN_WQ, 0, 0 },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_assert_cmphex(dsa_command(f, bad[i].code, bad[i].operand), ==,
                        bad[i].error);
    }
    dsa_fixture_free(f);
}

static void test_one_command_at_a_time(void)
{
    DsaFixture *f = dsa_fixture_new();

    dsa_write32(f, DSA_CMD, DSA_CMD_DISABLE_DEVICE << 20);
    dsa_write32(f, DSA_CMD, DSA_CMD_DRAIN_ALL << 20);
    g_assert_cmphex(dsa_read64(f, DSA_SWERR), ==, 0x5201);
    dsa_run(f);
    g_assert_cmphex(dsa_read32(f, DSA_CMDSTS), ==, 0);
    g_assert_cmphex(dsa_read32(f, DSA_GENSTS), ==, DSA_DISABLED);
    dsa_fixture_free(f);
}

/* A fill that waits for a page. */
static DsaRaw block(DsaFixture *f, unsigned wq, uint32_t pasid)
{
    DsaRaw desc = dsa_desc(f, DSA_OP_FILL, DSA_DONE | DSA_FLAG_BLOCK_ON_FAULT,
                           0x55, DSA_DST, 8);

    dsa_put32(desc.b, pasid);
    g_assert_true(dsa_submit(f, wq, &desc));
    dsa_run(f);
    g_free(fake_port_take_log(f->p));
    return desc;
}

static void begin(DsaFixture *f, DsaCommand code, uint32_t operand)
{
    g_assert_cmphex(dsa_command(f, code, operand), ==, DSA_CMDSTS_ACTIVE);
}

static void test_a_drain_waits(void)
{
    static const struct {
        DsaCommand code;
        uint32_t operand;
        bool waits;
    } drains[] = {
        { DSA_CMD_DRAIN_ALL, 0, true }, { DSA_CMD_DRAIN_WQ, 1, true },
        { DSA_CMD_DRAIN_WQ, 3, true }, { DSA_CMD_DRAIN_WQ, 2, false },
        { DSA_CMD_DRAIN_PASID, 5, true }, { DSA_CMD_DRAIN_PASID, 6, false },
        { DSA_CMD_DISABLE_WQ, 1, true }, { DSA_CMD_DISABLE_DEVICE, 0, true },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(drains); i++) {
        DsaFixture *f = dsa_fixture_new();
        DsaRaw desc = block(f, 0, 5);
        uint32_t sts = dsa_command(f, drains[i].code, drains[i].operand);

        g_assert_cmphex(sts, ==, drains[i].waits ? DSA_CMDSTS_ACTIVE : 0);
        dsa_map(f, DSA_DST, 0x1000);
        fake_port_respond(f->p, DSA_PASID, 0, SVA_PRG_SUCCESS);
        dsa_run(f);
        g_assert_cmphex(dsa_read32(f, DSA_CMDSTS), ==, 0);
        g_assert_cmphex(dsa_status(f, &desc), ==, DSA_ST_SUCCESS);
        dsa_fixture_free(f);
    }
}

static void test_an_abort_gives_up_but_waits_for_the_response(void)
{
    static const struct {
        DsaCommand code;
        uint32_t operand;
    } aborts[] = {
        { DSA_CMD_ABORT_ALL, 0 }, { DSA_CMD_ABORT_WQ, 1 },
        { DSA_CMD_ABORT_PASID, 5 }, { DSA_CMD_RESET_WQ, 1 },
        { DSA_CMD_RESET_DEVICE, 0 },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(aborts); i++) {
        DsaFixture *f = dsa_fixture_new();
        DsaRaw desc = block(f, 0, 5);

        begin(f, aborts[i].code, aborts[i].operand);
        dsa_map(f, DSA_DST, 0x1000);
        fake_port_respond(f->p, DSA_PASID, 0, SVA_PRG_SUCCESS);
        dsa_run(f);
        g_assert_cmphex(dsa_read32(f, DSA_CMDSTS), ==, 0);
        dsa_assert_log(f, "");
        g_assert_cmphex(dsa_status(f, &desc), ==, 0);
        g_assert_cmpuint(sva_dsa_counter(f->d, DSA_CNT_ABORTED), ==, 1);
        dsa_fixture_free(f);
    }
}

static void test_aborts_are_of_one_pasid(void)
{
    DsaFixture *f = dsa_fixture_new();
    DsaRaw mine = block(f, DSA_SHARED, 5);
    DsaRaw other;

    fake_port_map(f->p, sva_pasid(6), DSA_CR, 0x1000, DSA_RW);
    other = block(f, DSA_SHARED, 6);
    begin(f, DSA_CMD_ABORT_PASID, 6);
    fake_port_respond(f->p, sva_pasid(6), 1, SVA_PRG_INVALID);
    dsa_run(f);
    g_assert_cmphex(dsa_read32(f, DSA_CMDSTS), ==, 0);
    dsa_map(f, DSA_DST, 0x1000);
    fake_port_respond(f->p, DSA_PASID, 0, SVA_PRG_SUCCESS);
    dsa_run(f);
    g_assert_cmphex(dsa_status(f, &mine), ==, DSA_ST_SUCCESS);
    g_assert_cmphex(fake_get32(f->env, fake_port_pa(sva_pasid(6),
                                    dsa_get64(other.b + 8))), ==, 0);
    dsa_fixture_free(f);
}

static void test_queued_descriptors_are_dropped(void)
{
    DsaFixture *f = dsa_fixture_new();
    DsaRaw desc = dsa_desc(f, DSA_OP_NOOP, DSA_DONE, 0, 0, 0);

    for (unsigned i = 0; i < 8; i++) {
        g_assert_true(dsa_submit(f, 0, &desc));
    }
    dsa_write32(f, DSA_CMD, DSA_CMD_ABORT_WQ << 20 | 1);
    dsa_write32(f, DSA_GENCTRL, 0);
    dsa_run(f);
    g_assert_cmphex(dsa_read32(f, DSA_CMDSTS), ==, 0);
    g_assert_cmpuint(occupancy(f, 0), ==, 0);
    dsa_fixture_free(f);
}

static void test_reset_wq_keeps_the_size(void)
{
    DsaFixture *f = dsa_fixture_new();

    g_assert_cmphex(dsa_command(f, DSA_CMD_RESET_WQ, 1), ==, 0);
    g_assert_cmphex(dsa_read64(f, DSA_WQCFG), ==, 8);
    g_assert_cmphex(dsa_read64(f, DSA_WQCFG + 8), ==, 0);
    g_assert_cmphex(dsa_read64(f, DSA_WQCFG + 32), ==, 0x7b00bf07ff);
    g_assert_cmpuint(wq_state(f, 0), ==, DSA_WQ_DISABLED);
    g_assert_cmpuint(wq_state(f, 1), ==, DSA_WQ_ENABLED);
    dsa_fixture_free(f);
}

/* Table 9-3, "Software Reset". */
static void test_reset_device_keeps_errors(void)
{
    DsaFixture *f = dsa_fixture_new();

    dsa_write32(f, DSA_CMD, DSA_CMD_RESET_DEVICE << 20);
    dsa_write32(f, DSA_CMD, 0);
    dsa_write32(f, DSA_MSIXPERM, DSA_MSIXPERM_IGNORE);
    dsa_write32(f, DSA_GENCTRL, 7);
    dsa_run(f);
    g_assert_cmphex(dsa_read64(f, DSA_SWERR), ==, 0x5201);
    g_assert_cmphex(dsa_read32(f, DSA_MSIXPERM), ==, 0);
    g_assert_cmphex(dsa_read32(f, DSA_GENCTRL), ==, 0);
    g_assert_cmphex(dsa_read64(f, DSA_WQCFG), ==, 0);
    g_assert_cmphex(dsa_read64(f, DSA_GRPCFG), ==, 0);
    g_assert_cmphex(dsa_read32(f, DSA_GENSTS), ==, 0);
    sva_dsa_reset(f->d);
    g_assert_cmphex(dsa_read64(f, DSA_SWERR), ==, 0);
    dsa_fixture_free(f);
}

static void test_interrupt_handles(void)
{
    DsaFixture *f = dsa_fixture_raw();

    f->config.int_handles = true;
    dsa_remake(f);
    g_assert_cmphex(dsa_read32(f, DSA_CMDCAP), ==, 0x7ffe);
    g_assert_cmphex(dsa_command(f, DSA_CMD_REQUEST_HANDLE, 3), ==, 0x10300);
    g_assert_cmphex(dsa_command(f, DSA_CMD_REQUEST_HANDLE, 9) & 0xff, ==,
                    DSA_CE_INT_INDEX);
    g_assert_cmphex(dsa_command(f, DSA_CMD_REQUEST_HANDLE, 0x10003) & 0xff,
                    ==, DSA_CE_INT_INDEX);
    g_assert_cmphex(dsa_command(f, DSA_CMD_RELEASE_HANDLE, 0x103), ==, 0);
    g_assert_cmphex(dsa_command(f, DSA_CMD_RELEASE_HANDLE, 3), ==, 0);
    g_assert_cmphex(dsa_command(f, DSA_CMD_RELEASE_HANDLE, 9), ==,
                    DSA_CE_INT_INDEX);
    dsa_fixture_free(f);
}

/* -- halt (5.7) -- */

static void test_a_change_of_configuration_space_halts(void)
{
    static void (*const set[])(SvaFunction *, bool) = {
        sva_function_set_bus_master, sva_function_set_pasid,
        sva_function_set_ats,
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(set); i++) {
        DsaFixture *f = dsa_fixture_new();
        DsaRaw desc = block(f, 0, 5);

        dsa_write32(f, DSA_GENCTRL, 3);
        set[i](f->fn, false);
        g_assert_cmphex(dsa_read32(f, DSA_GENSTS), ==, DSA_HALTED);
        g_assert_cmphex(dsa_read64(f, DSA_SWERR), ==, 0x5101);
        g_assert_cmphex(dsa_read32(f, DSA_INTCAUSE), ==, 0x11);
        g_assert_false(dsa_submit(f, 0, &desc));
        g_assert_false(dsa_submit(f, 1, &desc));
        g_assert_cmphex(dsa_command(f, DSA_CMD_DRAIN_ALL, 0), ==,
                        DSA_CE_HALTED);
        set[i](f->fn, true);
        dsa_command(f, DSA_CMD_RESET_DEVICE, 0);
        fake_port_respond(f->p, DSA_PASID, 0, SVA_PRG_SUCCESS);
        dsa_run(f);
        g_assert_cmphex(dsa_read32(f, DSA_CMDSTS), ==, 0);
        g_assert_cmphex(dsa_read32(f, DSA_GENSTS), ==, DSA_DISABLED);
        g_assert_cmphex(dsa_status(f, &desc), ==, 0);
        dsa_fixture_free(f);
    }
}

static void test_a_disabled_device_does_not_mind(void)
{
    DsaFixture *f = dsa_fixture_raw();

    sva_function_set_ats(f->fn, false);
    g_assert_cmphex(dsa_read32(f, DSA_GENSTS), ==, DSA_DISABLED);
    g_assert_cmphex(dsa_read64(f, DSA_SWERR), ==, 0);
    dsa_fixture_free(f);
}

static void test_a_reset_forgets_everything(void)
{
    DsaFixture *f = dsa_fixture_new();
    DsaRaw desc = block(f, 0, 5);

    g_assert_true(dsa_submit(f, 1, &desc));
    sva_dsa_reset(f->d);
    fake_port_respond(f->p, DSA_PASID, 0, SVA_PRG_SUCCESS);
    dsa_run(f);
    dsa_assert_log(f, "");
    g_assert_cmphex(dsa_read32(f, DSA_GENSTS), ==, 0);
    g_assert_cmpuint(occupancy(f, 1), ==, 0);
    g_assert_cmphex(dsa_read64(f, DSA_WQCFG + 32), ==, 0x7b00bf07ff);
    dsa_fixture_free(f);
}

static void reset_in_request(FakePort *p G_GNUC_UNUSED,
                             const char *tlp G_GNUC_UNUSED, void *opaque)
{
    DsaFixture *f = opaque;
    static const uint8_t desc[64];

    g_assert_cmphex(dsa_read32(f, DSA_VERSION), ==, 0);
    dsa_write32(f, DSA_GENCTRL, 7);
    g_assert_false(sva_dsa_submit(f->d, 0, desc, false));
    sva_dsa_reset(f->d);
}

static void test_a_reset_by_its_own_request_comes_after_it(void)
{
    DsaFixture *f = dsa_fixture_new();
    DsaRaw desc = dsa_desc(f, DSA_OP_NOOP, DSA_DONE, 0, 0, 0);

    g_assert_true(dsa_submit(f, 0, &desc));
    f->p->hook = reset_in_request;
    f->p->hook_opaque = f;
    dsa_run(f);
    f->p->hook = NULL;
    dsa_assert_log(f, "at 5:100000 rw");
    g_assert_cmphex(dsa_read32(f, DSA_GENCTRL), ==, 0);
    g_assert_cmphex(dsa_status(f, &desc), ==, 0);
    dsa_fixture_free(f);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define T(name) g_test_add_func("/dsa/command/" #name, test_##name)
    T(a_bad_configuration_is_refused);
    T(configuration_space_is_checked);
    T(a_bad_wq_is_refused);
    T(a_wq_needs_what_it_uses);
    T(without_pasid_there_is_no_pasid);
    T(portals);
    T(a_shared_wq_says_when_it_is_full);
    T(too_much_for_a_dedicated_wq_is_an_error);
    T(occupancy_interrupts);
    T(commands_that_are_none);
    T(one_command_at_a_time);
    T(a_drain_waits);
    T(an_abort_gives_up_but_waits_for_the_response);
    T(aborts_are_of_one_pasid);
    T(queued_descriptors_are_dropped);
    T(reset_wq_keeps_the_size);
    T(reset_device_keeps_errors);
    T(interrupt_handles);
    T(a_change_of_configuration_space_halts);
    T(a_disabled_device_does_not_mind);
    T(a_reset_forgets_everything);
    T(a_reset_by_its_own_request_comes_after_it);
    return g_test_run();
}
