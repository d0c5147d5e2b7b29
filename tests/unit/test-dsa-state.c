/*
 * Tests of sva-dsa: saving and restoring
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "dsa-fixture.h"

#define BOF DSA_FLAG_BLOCK_ON_FAULT
#define LIST 0x400000ull
#define RECORD 0x600000ull
#define SIZE 0x2ff8u

static void map_quietly(DsaFixture *f, uint64_t va)
{
    dsa_map(f, va & SVA_PAGE_MASK, 0x1000);
}

/* The page that was asked for last, and its index; false: none is. */
static bool asked(DsaFixture *f, uint64_t *page, unsigned *prgi)
{
    g_autofree char *log = fake_port_take_log(f->p);
    const char *at = g_strrstr(log, "pr 5:");

    return at && sscanf(at, "pr 5:%" SCNx64 " %*c %u", page, prgi) == 2;
}

/* Every page is missing at first; the device moves while it waits. */
static unsigned run_moving(DsaFixture *f, bool move)
{
    unsigned prgi, moves = 0;
    uint64_t page;

    dsa_run(f);
    while (asked(f, &page, &prgi)) {
        if (move) {
            dsa_move(f);
        }
        dsa_run(f);
        map_quietly(f, page);
        fake_port_respond(f->p, DSA_PASID, prgi, SVA_PRG_SUCCESS);
        if (move) {
            dsa_move(f);
        }
        moves++;
        dsa_run(f);
    }
    return moves;
}

typedef DsaRaw MakeFn(DsaFixture *f);

static DsaRaw make_memmove(DsaFixture *f)
{
    return dsa_desc(f, DSA_OP_MEMMOVE, DSA_DONE | BOF | DSA_FLAG_READBACK,
                    DSA_SRC + 5, DSA_DST + 0x123, SIZE);
}

static DsaRaw make_reverse(DsaFixture *f)
{
    return dsa_desc(f, DSA_OP_MEMMOVE, DSA_DONE | BOF, DSA_SRC,
                    DSA_SRC + 0x801, SIZE);
}

static DsaRaw make_fill(DsaFixture *f)
{
    return dsa_desc(f, DSA_OP_FILL, DSA_DONE | BOF, 0x1122334455667788,
                    DSA_DST + 3, SIZE);
}

static DsaRaw make_dualcast(DsaFixture *f)
{
    DsaRaw desc = dsa_desc(f, DSA_OP_DUALCAST, DSA_DONE | BOF, DSA_SRC + 1,
                           DSA_DST, SIZE);

    dsa_put64(desc.b + 40, RECORD);
    return desc;
}

static DsaRaw make_copy_crc(DsaFixture *f)
{
    DsaRaw desc = dsa_desc(f, DSA_OP_COPY_CRC,
                           DSA_DONE | BOF | DSA_FLAG_READ_SEED, DSA_SRC,
                           DSA_DST + 9, SIZE);

    dsa_put64(desc.b + 48, RECORD);
    return desc;
}

static DsaRaw make_compare(DsaFixture *f)
{
    return dsa_desc(f, DSA_OP_COMPARE, DSA_DONE | BOF, DSA_SRC, DSA_DST,
                    SIZE);
}

static DsaRaw make_pattern(DsaFixture *f)
{
    return dsa_desc(f, DSA_OP_COMPARE_PATTERN, DSA_DONE | BOF, DSA_DST, 0,
                    SIZE);
}

static DsaRaw make_create(DsaFixture *f)
{
    DsaRaw desc = dsa_desc(f, DSA_OP_CREATE_DELTA, DSA_DONE | BOF, DSA_SRC,
                           DSA_DST, SIZE);

    dsa_put64(desc.b + 40, RECORD + 0xff0);
    dsa_put32(desc.b + 48, 0x3000);
    return desc;
}

static DsaRaw make_apply(DsaFixture *f)
{
    DsaRaw desc = dsa_desc(f, DSA_OP_APPLY_DELTA, DSA_DONE | BOF, RECORD,
                           DSA_DST, SIZE);
    uint8_t deltas[30] = { 0 };

    dsa_put16(deltas + 10, 0x201);
    dsa_put16(deltas + 20, 0x402);
    deltas[22] = 7;
    dsa_put(f, RECORD, deltas, 30);
    dsa_put32(desc.b + 40, 30);
    return desc;
}

static DsaRaw make_insert(DsaFixture *f)
{
    DsaRaw desc = dsa_desc(f, DSA_OP_DIF_INSERT, DSA_DONE | BOF, DSA_SRC + 7,
                           DSA_DST, 2 * 4104);

    desc.b[42] = 3;
    return desc;
}

static DsaRaw make_flush(DsaFixture *f)
{
    return dsa_desc(f, DSA_OP_CACHE_FLUSH, DSA_DONE | BOF, 0, DSA_DST, SIZE);
}

static DsaRaw make_drain(DsaFixture *f)
{
    return dsa_desc(f, DSA_OP_DRAIN, DSA_DONE | DSA_FLAG_READBACK1 |
                    DSA_FLAG_READBACK2, DSA_SRC, DSA_DST, 0);
}

static DsaRaw make_batch(DsaFixture *f)
{
    DsaRaw desc = dsa_desc(f, DSA_OP_BATCH, DSA_DONE, LIST + 0xfc0, 0, 3);
    DsaRaw list[3] = { make_fill(f), make_copy_crc(f), make_fill(f) };

    dsa_put(f, LIST + 0xfc0, list, sizeof(list));
    return desc;
}

static MakeFn *const makers[] = {
    make_memmove, make_reverse, make_fill, make_dualcast, make_copy_crc,
    make_compare, make_pattern, make_create, make_apply, make_insert,
    make_flush, make_drain, make_batch,
};

/* What a descriptor leaves behind: its record and the destination. */
static uint8_t *outcome(MakeFn *make, bool move, unsigned *moves)
{
    DsaFixture *f = dsa_fixture_new();
    uint8_t *out = g_malloc(32 + 0x4000);
    DsaRaw desc;

    dsa_pattern(f, DSA_SRC, 0x4000, 0x5a);
    fake_port_map(f->p, DSA_PASID, DSA_CR, 0x1000, SVA_NONE);
    desc = make(f);
    g_assert_true(dsa_submit(f, 0, &desc));
    *moves = run_moving(f, move);
    memcpy(out, dsa_record(f, &desc), 32);
    dsa_get(f, make == make_reverse ? DSA_SRC : DSA_DST, out + 32, 0x4000);
    dsa_fixture_free(f);
    return out;
}

static void test_every_operation_moves(void)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(makers); i++) {
        unsigned moves, faults;
        g_autofree uint8_t *there = outcome(makers[i], false, &faults);
        g_autofree uint8_t *moved = outcome(makers[i], true, &moves);

        g_assert_cmphex(there[0], ==, DSA_ST_SUCCESS);
        g_assert_cmpuint(moves, >=, 3);
        g_assert_cmpuint(moves, ==, faults);
        g_assert_cmpmem(there, 32 + 0x4000, moved, 32 + 0x4000);
    }
}

static void test_queues_and_configuration_move(void)
{
    DsaFixture *f = dsa_fixture_new();
    DsaRaw first = dsa_desc(f, DSA_OP_NOOP, DSA_DONE, 0, 0, 0);
    DsaRaw second = dsa_desc(f, DSA_OP_NOOP, DSA_DONE, 0, 0, 0);

    dsa_write32(f, DSA_MSIXPERM + 8, 0x5008);
    dsa_write32(f, DSA_GENCTRL, 5);
    g_assert_true(dsa_submit(f, 0, &first));
    g_assert_true(dsa_submit(f, 1, &second));
    dsa_write32(f, DSA_CMD, DSA_CMD_DISABLE_DEVICE << 20);
    dsa_move(f);
    g_assert_cmphex(dsa_read32(f, DSA_MSIXPERM + 8), ==, 0x5008);
    g_assert_cmphex(dsa_read32(f, DSA_CMDSTS), ==, DSA_CMDSTS_ACTIVE);
    dsa_run(f);
    g_assert_cmphex(dsa_status(f, &first), ==, DSA_ST_SUCCESS);
    g_assert_cmphex(dsa_status(f, &second), ==, DSA_ST_SUCCESS);
    g_assert_cmphex(dsa_read32(f, DSA_GENSTS), ==, DSA_DISABLED);
    dsa_move(f);
    dsa_fixture_free(f);
}

static void test_commands_that_wait_move(void)
{
    static const struct {
        DsaCommand code;
        uint32_t operand;
    } commands[] = {
        { DSA_CMD_DRAIN_ALL, 0 }, { DSA_CMD_ABORT_ALL, 0 },
        { DSA_CMD_DISABLE_DEVICE, 0 }, { DSA_CMD_RESET_DEVICE, 0 },
        { DSA_CMD_DISABLE_WQ, 1 }, { DSA_CMD_RESET_WQ, 1 },
        { DSA_CMD_ABORT_PASID, 5 },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(commands); i++) {
        DsaFixture *f = dsa_fixture_new();
        DsaRaw desc = make_fill(f), drain = make_drain(f);

        g_assert_true(dsa_submit(f, 0, &desc));
        g_assert_true(dsa_submit(f, 0, &drain));
        dsa_run(f);
        g_assert_cmphex(dsa_command(f, commands[i].code,
                                    commands[i].operand), ==,
                        DSA_CMDSTS_ACTIVE);
        dsa_move(f);
        fake_port_respond(f->p, DSA_PASID, 0, SVA_PRG_INVALID);
        dsa_run(f);
        while (dsa_read32(f, DSA_CMDSTS)) {
            unsigned prgi;
            uint64_t page;

            g_assert_true(asked(f, &page, &prgi));
            dsa_move(f);
            fake_port_respond(f->p, DSA_PASID, prgi, SVA_PRG_INVALID);
            dsa_run(f);
        }
        dsa_move(f);
        dsa_fixture_free(f);
    }
}

static void test_events_move(void)
{
    DsaFixture *f = dsa_fixture_log();
    DsaRaw desc = dsa_desc(f, DSA_OP_NOOP, DSA_DONE, 0, 0, 0);

    desc.b[8] = 8;
    for (unsigned i = 0; i < 66; i++) {
        g_assert_true(dsa_submit(f, 0, &desc));
        dsa_run(f);
    }
    dsa_move(f);
    g_assert_cmphex(dsa_read64(f, DSA_EVLSTS) >> 32 & 0xffff, ==, 63);
    dsa_write32(f, DSA_EVLSTS, 8);
    dsa_run(f);
    g_assert_cmphex(dsa_read64(f, DSA_EVLSTS) >> 32 & 0xffff, ==, 2);
    dsa_fixture_free(f);
}

static void test_a_halted_device_moves(void)
{
    DsaFixture *f = dsa_fixture_new();
    DsaRaw desc = make_fill(f);

    g_assert_true(dsa_submit(f, 0, &desc));
    dsa_run(f);
    sva_function_set_ats(f->fn, false);
    dsa_move(f);
    dsa_run(f);
    dsa_move(f);
    g_assert_cmphex(dsa_read32(f, DSA_GENSTS), ==, DSA_HALTED);
    fake_port_respond(f->p, DSA_PASID, 0, SVA_PRG_SUCCESS);
    dsa_run(f);
    dsa_move(f);
    g_assert_cmphex(dsa_command(f, DSA_CMD_RESET_DEVICE, 0), ==, 0);
    dsa_fixture_free(f);
}

/* A slice that is full: the rest comes later, wherever. */
static void test_a_device_moves_between_two_slices(void)
{
    DsaFixture *f = dsa_fixture_new();
    DsaRaw desc = dsa_desc(f, DSA_OP_FILL, DSA_DONE, ~0ull, 0x10000000,
                           0x200000);
    uint8_t last;

    dsa_map(f, 0x10000000, 0x200000);
    g_assert_true(dsa_submit(f, 0, &desc));
    fake_env_advance(f->env, 0);
    g_assert_cmphex(dsa_status(f, &desc), ==, 0);
    dsa_move(f);
    dsa_run(f);
    g_assert_cmphex(dsa_status(f, &desc), ==, DSA_ST_SUCCESS);
    dsa_get(f, 0x101fffff, &last, 1);
    g_assert_cmphex(last, ==, 0xff);
    dsa_fixture_free(f);
}

/* -- what no device can have saved -- */

/* A fill that waits for a page in slot 0, and one that waits in WQ 1. */
static DsaFixture *at_work(void)
{
    DsaFixture *f = dsa_fixture_new();
    DsaRaw desc = make_fill(f);

    g_assert_true(dsa_submit(f, 0, &desc));
    dsa_run(f);
    g_assert_true(dsa_submit(f, 1, &desc));
    return f;
}

#define REFUSED(change)                                                 \
    do {                                                                \
        g_autofree SvaDsaSaved *in = dsa_save(f);                       \
                                                                        \
        change;                                                         \
        g_assert_nonnull(sva_dsa_load(f->d, in));                       \
        g_assert_cmpstr(sva_dsa_load(f->d, good), ==, NULL);            \
    } while (0)

static void test_impossible_registers(void)
{
    DsaFixture *f = at_work();
    g_autofree SvaDsaSaved *good = dsa_save(f);

    REFUSED(in->version++);
    REFUSED(in->options[0]--);
    REFUSED(in->options[5]++);
    REFUSED(in->slots--);
    REFUSED(in->flags = 2);
    REFUSED(in->flags = DSA_SAVED_CMD_BEGUN);
    REFUSED(in->gencfg = 0x100);
    REFUSED(in->gencfg |= DSA_GENCFG_EVL);
    REFUSED(in->genctrl = 8);
    REFUSED(in->state = 4);
    REFUSED(in->state = DSA_DRAINING);
    REFUSED(in->state = DSA_DISABLED);
    REFUSED(in->evlcfg[0] = 4);
    REFUSED(in->evlcfg[1] = 1ull << 36);
    REFUSED(in->msixperm[0] = 1);
    REFUSED(in->handle_given[3] = 2);
    REFUSED(in->grpcfg[DSA_GRP_FLAGS] |= 1ull << 63);
    REFUSED(in->grpcfg[0] = 1);
    REFUSED(in->next_wq[0] = 8);
    REFUSED(in->filter_pasid = 5);
    dsa_fixture_free(f);
}

static void test_impossible_queues(void)
{
    DsaFixture *f = at_work();
    g_autofree SvaDsaSaved *good = dsa_save(f);

    REFUSED(in->wq[0].state = 3);
    REFUSED(in->wq[1].count = 2);
    REFUSED(in->wq[1].count = 9);
    REFUSED(in->entry_count = 2);
    REFUSED(in->entry_count = UINT32_MAX);
    REFUSED(in->wq[2].count = 1);
    REFUSED(in->wq[1].state = DSA_WQ_DISABLED);
    REFUSED(in->wq[0].cfg[0] = 200);
    REFUSED(in->wq[1].cfg[0] = 0);
    REFUSED(in->entries[0].seq = in->seq);
    REFUSED(in->entries[0].portal = 4);
    dsa_fixture_free(f);
}

static void test_impossible_slots(void)
{
    DsaFixture *f = at_work();
    g_autofree SvaDsaSaved *good = dsa_save(f);

    g_assert_cmpuint(good->slot[0].phase, ==, DSA_SLOT_EXEC);
    REFUSED(in->slot[0].phase = DSA_PHASES);
    REFUSED(in->slot[0].phase = DSA_SLOT_IDLE);
    REFUSED(in->slot[0].phase = DSA_SLOT_QUIT);
    REFUSED(in->slot[0].phase = DSA_SLOT_FETCH);
    REFUSED(in->slot[0].phase = DSA_SLOT_DRAIN);
    REFUSED(in->slot[0].phase = DSA_SLOT_EVENT);
    REFUSED(in->slot[0].phase = DSA_SLOT_RECORD);
    REFUSED(in->slot[0].phase = DSA_SLOT_TOLD);
    REFUSED(in->slot[0].wq = 8);
    REFUSED(in->slot[0].seq = in->seq);
    REFUSED(in->slot[0].flags |= 0x10000);
    REFUSED(in->slot[0].flags |= DSA_SAVED_IN_BATCH);
    REFUSED(in->slot[0].flags |= DSA_SAVED_XFER_EVENT);
    REFUSED(in->slot[0].flags &= ~DSA_SAVED_XFER_ACTIVE);
    REFUSED(in->slot[0].pasid = 1);
    REFUSED(in->slot[0].batch_index = 1);
    REFUSED(in->slot[0].raw[7] = DSA_OP_NOOP);
    REFUSED(in->slot[0].raw[7] = DSA_OP_BATCH);
    REFUSED(in->slot[0].raw[7] = 0xff);
    REFUSED(in->slot[0].raw[63] = 1);
    REFUSED(in->slot[0].op_pos = SIZE + 1);
    REFUSED(in->slot[0].op_step = SIZE + 1);
    REFUSED(in->slot[0].op_part = 3);
    REFUSED(in->slot[0].xfer_offset = DSA_BUF_SIZE);
    REFUSED(in->slot[0].xfer_offset = UINT32_MAX);
    REFUSED(in->slot[0].xfer_len = 0);
    REFUSED(in->slot[0].xfer_len = DSA_BUF_SIZE + 1);
    REFUSED(in->slot[0].xfer_done = in->slot[0].xfer_len);
    REFUSED(in->slot[0].xfer_mode = 3);
    REFUSED(in->slot[0].xfer_mode = SVA_ACCESS_ATS);
    REFUSED(in->slot[0].stage = SVA_ACCESS_IDLE);
    REFUSED(in->slot[0].retries = 17);
    REFUSED(in->slot[0].group.flags = 0);
    REFUSED(in->slot[1].group.flags = SVA_SAVED_OPEN);
    dsa_fixture_free(f);
}

static void test_impossible_batches(void)
{
    DsaFixture *f = dsa_fixture_new();
    DsaRaw desc = make_batch(f);
    g_autofree SvaDsaSaved *good = NULL;
    unsigned i = 8;

    dsa_map(f, LIST, 0x2000);
    g_assert_true(dsa_submit(f, 0, &desc));
    dsa_run(f);
    good = dsa_save(f);
    g_assert_cmpuint(good->slot[i].phase, ==, DSA_SLOT_EXEC);
    REFUSED(in->slot[i].batch[7] = DSA_OP_FILL);
    REFUSED(in->slot[i].batch_index = 3);
    REFUSED(dsa_put32(in->slot[i].batch + 32, 0x10000));
    REFUSED(in->slot[i].flags &= ~DSA_SAVED_IN_BATCH);
    REFUSED(in->slot[0] = in->slot[i]);
    dsa_fixture_free(f);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define T(name) g_test_add_func("/dsa/state/" #name, test_##name)
    T(every_operation_moves);
    T(queues_and_configuration_move);
    T(commands_that_wait_move);
    T(events_move);
    T(a_halted_device_moves);
    T(a_device_moves_between_two_slices);
    T(impossible_registers);
    T(impossible_queues);
    T(impossible_slots);
    T(impossible_batches);
    return g_test_run();
}
