/*
 * Tests of sva-dsa: batches, drains, the event log, groups and engines
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "dsa-fixture.h"

#define BOF DSA_FLAG_BLOCK_ON_FAULT
#define LIST 0x400000ull
#define EVENTS 0x10000ull

static DsaFixture *with_memory(DsaFixture *f)
{
    dsa_map(f, DSA_DST, 0x1000);
    dsa_map(f, LIST, 0x1000);
    return f;
}

/* -- batches (3.8) -- */

static DsaRaw fill(DsaFixture *f, uint32_t flags, uint64_t dst)
{
    return dsa_desc(f, DSA_OP_FILL, DSA_DONE | flags, 0x11, dst, 8);
}

static void put_list(DsaFixture *f, unsigned i, const DsaRaw *desc)
{
    dsa_put(f, LIST + i * 64, desc->b, 64);
}

static DsaRaw batch(DsaFixture *f, uint32_t flags, unsigned count)
{
    return dsa_desc(f, DSA_OP_BATCH, flags, LIST, 0, count);
}

static void assert_batch(DsaFixture *f, const DsaRaw *desc, uint8_t status,
                         uint8_t result, uint32_t done)
{
    const uint8_t *record = dsa_record(f, desc);

    g_assert_cmphex(record[0], ==, status);
    g_assert_cmphex(record[1], ==, result);
    g_assert_cmpuint(dsa_get32(record + 4), ==, done);
}

static void test_a_batch(void)
{
    DsaFixture *f = with_memory(dsa_fixture_new());
    DsaRaw first = fill(f, 0, DSA_DST), second = fill(f, 0, DSA_DST + 8);
    DsaRaw desc = batch(f, DSA_DONE, 2);

    /* The PASID of the batch counts. */
    dsa_put32(first.b, 77);
    put_list(f, 0, &first);
    put_list(f, 1, &second);
    dsa_execute(f, &desc);
    assert_batch(f, &desc, DSA_ST_SUCCESS, 0, 2);
    g_assert_cmphex(dsa_status(f, &first), ==, DSA_ST_SUCCESS);
    g_assert_cmphex(dsa_status(f, &second), ==, DSA_ST_SUCCESS);
    g_assert_cmpuint(sva_dsa_counter(f->d, DSA_CNT_COMPLETED), ==, 3);
    dsa_fixture_free(f);
}

static void test_a_batch_tells_that_something_failed(void)
{
    DsaFixture *f = with_memory(dsa_fixture_new());
    DsaRaw first = fill(f, 0, 0x500000), second = fill(f, 0, DSA_DST);
    DsaRaw third = dsa_desc(f, DSA_OP_BATCH, DSA_DONE, LIST, 0, 2);
    DsaRaw desc = batch(f, DSA_DONE, 3);

    put_list(f, 0, &first);
    put_list(f, 1, &second);
    put_list(f, 2, &third);
    dsa_execute(f, &desc);
    assert_batch(f, &desc, DSA_ST_BATCH_FAILED, 1, 3);
    g_assert_cmphex(dsa_status(f, &first), ==,
                    DSA_ST_PAGE_FAULT | DSA_ST_WRITE);
    g_assert_cmphex(dsa_status(f, &second), ==, DSA_ST_SUCCESS);
    g_assert_cmphex(dsa_status(f, &third), ==, DSA_ST_BAD_OPCODE);
    dsa_fixture_free(f);
}

/* 3.9 */
static void test_a_fence(void)
{
    DsaFixture *f = with_memory(dsa_fixture_new());
    DsaRaw first = fill(f, DSA_FLAG_FENCE, DSA_DST);
    DsaRaw second = fill(f, 0, 0x500000);
    DsaRaw third = fill(f, DSA_FLAG_FENCE, DSA_DST);
    DsaRaw desc = batch(f, DSA_DONE, 3);

    put_list(f, 0, &first);
    put_list(f, 1, &second);
    put_list(f, 2, &third);
    dsa_execute(f, &desc);
    assert_batch(f, &desc, DSA_ST_BATCH_FAILED, 1, 2);
    g_assert_cmphex(dsa_status(f, &third), ==, 0);
    /* Goes on with what is left: Batch Error is like a failure before. */
    desc = batch(f, DSA_DONE | DSA_FLAG_BATCH_ERROR, 2);
    put_list(f, 0, &second);
    put_list(f, 1, &third);
    dsa_map(f, 0x500000, 8);
    dsa_execute(f, &desc);
    assert_batch(f, &desc, DSA_ST_BATCH_FAILED, 1, 1);
    dsa_fixture_free(f);
}

static void test_a_list_that_cannot_be_read(void)
{
    DsaFixture *f = with_memory(dsa_fixture_new());
    DsaRaw desc = dsa_desc(f, DSA_OP_BATCH, DSA_DONE, LIST + 0xfc0, 0, 2);
    DsaRaw first = fill(f, 0, DSA_DST);

    dsa_put(f, LIST + 0xfc0, first.b, 64);
    f->p->prg_policy = FAKE_PRG_INVALID;
    dsa_execute(f, &desc);
    assert_batch(f, &desc, DSA_ST_LIST_FAULT, 0, 1);
    g_assert_cmphex(dsa_get64(dsa_record(f, &desc) + 8), ==, LIST + 0x1000);
    g_assert_cmphex(dsa_record(f, &desc)[2], ==, DSA_OPERAND_SRC << 1);
    dsa_fixture_free(f);
}

static void test_a_list_is_always_waited_for(void)
{
    DsaFixture *f = with_memory(dsa_fixture_new());
    DsaRaw desc = batch(f, DSA_DONE, 2);
    DsaRaw noop = dsa_desc(f, DSA_OP_NOOP, DSA_DONE, 0, 0, 0);

    put_list(f, 0, &noop);
    put_list(f, 1, &noop);
    fake_port_map(f->p, DSA_PASID, LIST, 0x1000, SVA_NONE);
    f->p->prg_policy = FAKE_PRG_MAP;
    dsa_execute(f, &desc);
    assert_batch(f, &desc, DSA_ST_SUCCESS, 0, 2);
    dsa_fixture_free(f);
}

static void test_a_batch_without_a_record(void)
{
    DsaFixture *f = with_memory(dsa_fixture_new());
    DsaRaw noop = dsa_desc(f, DSA_OP_NOOP, 0, 0, 0, 0);
    DsaRaw desc = batch(f, 0, 2);

    put_list(f, 0, &noop);
    put_list(f, 1, &noop);
    g_assert_true(dsa_submit(f, 0, &desc));
    dsa_run(f);
    g_assert_cmpuint(sva_dsa_counter(f->d, DSA_CNT_COMPLETED), ==, 3);
    g_assert_cmphex(dsa_command(f, DSA_CMD_DRAIN_ALL, 0), ==, 0);
    dsa_fixture_free(f);
}

/* -- Drain (3.12) -- */

static DsaRaw drain(DsaFixture *f, uint32_t pasid)
{
    DsaRaw desc = dsa_desc(f, DSA_OP_DRAIN, DSA_DONE, 0, 0, 0);

    dsa_put32(desc.b, pasid);
    return desc;
}

static void test_a_drain_waits_for_older_ones_of_its_pasid(void)
{
    DsaFixture *f = dsa_fixture_new();
    DsaRaw job = fill(f, BOF, DSA_DST), mine = drain(f, 5);
    DsaRaw other = drain(f, 6);

    fake_port_map(f->p, sva_pasid(6), DSA_CR, 0x1000, DSA_RW);
    g_assert_true(dsa_submit(f, DSA_SHARED, &job));
    g_assert_true(dsa_submit(f, DSA_SHARED, &mine));
    g_assert_true(dsa_submit(f, DSA_SHARED, &other));
    dsa_run(f);
    g_assert_cmphex(dsa_status(f, &mine), ==, 0);
    g_assert_cmphex(fake_get32(f->env, fake_port_pa(sva_pasid(6),
                                    dsa_get64(other.b + 8))), ==, 1);
    dsa_map(f, DSA_DST, 8);
    fake_port_respond(f->p, DSA_PASID, 0, SVA_PRG_SUCCESS);
    dsa_run(f);
    g_assert_cmphex(dsa_status(f, &job), ==, DSA_ST_SUCCESS);
    g_assert_cmphex(dsa_status(f, &mine), ==, DSA_ST_SUCCESS);
    dsa_fixture_free(f);
}

static void test_a_drain_waits_for_older_ones_of_its_wq(void)
{
    DsaFixture *f = dsa_fixture_new();
    DsaRaw job = fill(f, BOF, DSA_DST), first = drain(f, 5);
    DsaRaw second = drain(f, 6), younger = fill(f, BOF, 0x500000);

    g_assert_true(dsa_submit(f, 0, &job));
    g_assert_true(dsa_submit(f, 0, &first));
    g_assert_true(dsa_submit(f, 0, &second));
    g_assert_true(dsa_submit(f, 0, &younger));
    dsa_run(f);
    g_assert_cmphex(dsa_status(f, &second), ==, 0);
    dsa_map(f, DSA_DST, 8);
    fake_port_respond(f->p, DSA_PASID, 0, SVA_PRG_SUCCESS);
    dsa_run(f);
    g_assert_cmphex(dsa_status(f, &first), ==, DSA_ST_SUCCESS);
    g_assert_cmphex(dsa_status(f, &second), ==, DSA_ST_SUCCESS);
    g_assert_cmphex(dsa_status(f, &younger), ==, 0);
    dsa_fixture_free(f);
}

static void test_readbacks_of_a_drain(void)
{
    DsaFixture *f = with_memory(dsa_fixture_new());
    DsaRaw desc = dsa_desc(f, DSA_OP_DRAIN, DSA_DONE | DSA_FLAG_READBACK1 |
                           DSA_FLAG_READBACK2, DSA_DST, LIST, 0);

    g_assert_cmphex(dsa_get64(dsa_execute(f, &desc)), ==, DSA_ST_SUCCESS);
    dsa_assert_log(f, "at 5:300000 r; tr 601000300000+1; at 5:400000 r; "
                   "tr 601000400000+1; at 5:100000 rw; "
                   "tw 601000100008+18; tw 601000100000+8");
    dsa_put64(desc.b + 24, 0x500000);
    f->p->prg_policy = FAKE_PRG_INVALID;
    g_assert_cmphex(dsa_execute(f, &desc)[0], ==, DSA_ST_DRAIN_FAULT);
    g_assert_cmphex(dsa_record(f, &desc)[2], ==, DSA_OPERAND_SRC2 << 1);
    dsa_fixture_free(f);
}

/* -- the event log (5.9) -- */

static uint64_t event_word(DsaFixture *f, unsigned i, unsigned word)
{
    return fake_get64(f->env, fake_port_pa(SVA_NO_PASID, EVENTS) + i * 64 +
                              word * 8);
}

static void test_an_event(void)
{
    DsaFixture *f = with_memory(dsa_fixture_log());
    DsaRaw desc = fill(f, 0, DSA_DST);

    dsa_put64(desc.b + 8, 0x500020);
    g_assert_true(dsa_submit(f, DSA_SHARED, &desc));
    dsa_run(f);
    g_assert_cmphex(dsa_read64(f, DSA_EVLSTS), ==, 0x4000000100000000);
    g_assert_cmphex(dsa_read32(f, DSA_INTCAUSE), ==, DSA_INT_EVL);
    g_assert_cmphex(dsa_read64(f, DSA_SWERR), ==, 0);
    /* Slot 0, WQ 1, error 0x1a of a write, with a record. */
    g_assert_cmphex(event_word(f, 0, 0), ==, 0x0000050400011aac);
    g_assert_cmphex(event_word(f, 0, 1), ==,
                    5ull << 61 | DSA_ERR_CR_REQUIRED);
    g_assert_cmphex(event_word(f, 0, 2), ==, 0x500020);
    g_assert_cmphex(event_word(f, 0, 4), ==, DSA_ST_SUCCESS);
    dsa_fixture_free(f);
}

/* One after the other, from descriptors whose record address is not aligned. */
static void log_events(DsaFixture *f, unsigned n)
{
    DsaRaw desc = fill(f, 0, DSA_DST);

    desc.b[8] = 8;
    for (unsigned i = 0; i < n; i++) {
        g_assert_true(dsa_submit(f, 0, &desc));
        dsa_run(f);
    }
}

static void test_one_interrupt_until_it_is_acknowledged(void)
{
    DsaFixture *f = with_memory(dsa_fixture_log());

    log_events(f, 2);
    dsa_assert_log(f, "at -:10000 rw; tw 1000010000+40; irq 0; "
                   "tw 1000010040+40");
    dsa_write32(f, DSA_EVLSTS + 4, 1u << 30);
    dsa_write32(f, DSA_EVLSTS, 2);
    g_assert_cmphex(dsa_read64(f, DSA_EVLSTS), ==, 0x0000000200000002);
    log_events(f, 1);
    dsa_assert_log(f, "tw 1000010080+40; irq 0");
    dsa_fixture_free(f);
}

/* Event Log Overflow Support is 0: it waits for room. */
static void test_a_full_log_blocks(void)
{
    DsaFixture *f = with_memory(dsa_fixture_log());

    log_events(f, 66);
    g_assert_cmphex(dsa_read64(f, DSA_EVLSTS) >> 32 & 0xffff, ==, 63);
    g_assert_cmphex(dsa_command(f, DSA_CMD_DRAIN_ALL, 0), ==,
                    DSA_CMDSTS_ACTIVE);
    dsa_write32(f, DSA_EVLSTS, 8);
    dsa_run(f);
    g_assert_cmphex(dsa_read64(f, DSA_EVLSTS) >> 32 & 0xffff, ==, 2);
    g_assert_cmphex(dsa_read32(f, DSA_CMDSTS), ==, 0);
    dsa_fixture_free(f);
}

static void test_a_full_log_does_not_stop_an_abort(void)
{
    DsaFixture *f = with_memory(dsa_fixture_log());

    log_events(f, 66);
    g_assert_cmphex(dsa_command(f, DSA_CMD_ABORT_ALL, 0), ==, 0);
    dsa_fixture_free(f);
}

static void test_a_log_that_cannot_be_written(void)
{
    DsaFixture *f = with_memory(dsa_fixture_log());

    fake_port_map(f->p, SVA_NO_PASID, EVENTS, 0x1000, SVA_NONE);
    log_events(f, 1);
    g_assert_cmphex(dsa_read64(f, DSA_SWERR), ==, 0x5401);
    g_assert_cmphex(dsa_read64(f, DSA_EVLSTS), ==, 0);
    g_assert_cmphex(dsa_command(f, DSA_CMD_DRAIN_ALL, 0), ==, 0);
    dsa_fixture_free(f);
}

/* 5.9: the batch follows its descriptors into the log. */
static void test_a_batch_in_the_log(void)
{
    DsaFixture *f = with_memory(dsa_fixture_log());
    DsaRaw first = fill(f, 0, DSA_DST), second = fill(f, 0, DSA_DST);
    DsaRaw desc = batch(f, DSA_DONE, 3);

    dsa_put64(first.b + 8, 0x500000);
    put_list(f, 0, &second);
    put_list(f, 1, &first);
    put_list(f, 2, &first);
    dsa_execute(f, &desc);
    g_assert_cmphex(dsa_status(f, &desc), ==, 0);
    g_assert_cmphex(dsa_status(f, &second), ==, DSA_ST_SUCCESS);
    /* Slot 8 is the first one for batches; members 1 and 2. */
    g_assert_cmphex(event_word(f, 0, 0), ==, 0x0000050408001abc);
    g_assert_cmphex(event_word(f, 0, 1), ==,
                    5ull << 61 | DSA_ERR_CR_REQUIRED |
                    DSA_ERR_FIRST_IN_BATCH | 1);
    g_assert_cmphex(event_word(f, 1, 1), ==,
                    5ull << 61 | DSA_ERR_CR_REQUIRED | 2);
    g_assert_cmphex(event_word(f, 2, 0), ==, 0x000005010800278c);
    g_assert_cmphex(event_word(f, 2, 1), ==, DSA_ERR_CR_REQUIRED);
    g_assert_cmphex(event_word(f, 2, 2), ==, dsa_get64(desc.b + 8));
    g_assert_cmphex(event_word(f, 2, 4), ==, 0x0000000300000001);
    dsa_fixture_free(f);
}

static void test_a_drain_in_the_log(void)
{
    DsaFixture *f = with_memory(dsa_fixture_log());
    DsaRaw desc = drain(f, 5);

    dsa_execute(f, &desc);
    g_assert_cmphex(dsa_status(f, &desc), ==, 0);
    g_assert_cmphex(event_word(f, 0, 0), ==, 0x000005020000268c);
    g_assert_cmphex(event_word(f, 0, 4), ==, DSA_ST_SUCCESS);
    dsa_fixture_free(f);
}

/* -- groups and engines -- */

/* A descriptor that waits does not hold up others of its engine. */
static void test_descriptors_run_at_the_same_time(void)
{
    DsaFixture *f = dsa_fixture_new();
    DsaRaw stuck = fill(f, BOF, DSA_DST);
    DsaRaw noop = dsa_desc(f, DSA_OP_NOOP, DSA_DONE, 0, 0, 0);

    for (unsigned i = 0; i < 7; i++) {
        g_assert_true(dsa_submit(f, 0, &stuck));
    }
    g_assert_true(dsa_submit(f, 0, &noop));
    dsa_run(f);
    g_assert_cmphex(dsa_status(f, &noop), ==, DSA_ST_SUCCESS);
    g_assert_true(dsa_submit(f, 0, &stuck));
    noop = dsa_desc(f, DSA_OP_NOOP, DSA_DONE, 0, 0, 0);
    g_assert_true(dsa_submit(f, 0, &noop));
    dsa_run(f);
    /* Eight work descriptors in progress, as ENGCAP says. */
    g_assert_cmphex(dsa_status(f, &noop), ==, 0);
    dsa_fixture_free(f);
}

static void test_progress_can_be_limited(void)
{
    DsaFixture *f = dsa_fixture_raw();
    DsaRaw stuck = fill(f, BOF, DSA_DST);
    DsaRaw noop = dsa_desc(f, DSA_OP_NOOP, DSA_DONE, 0, 0, 0);

    dsa_write32(f, DSA_GRPCFG + 44, 3);
    dsa_enable(f);
    g_assert_true(dsa_submit(f, 0, &stuck));
    g_assert_true(dsa_submit(f, 0, &noop));
    dsa_run(f);
    g_assert_cmphex(dsa_status(f, &noop), ==, 0);
    dsa_fixture_free(f);
}

/* 4.1: of priorities 3 and 1, three of the one for one of the other. */
static void test_priorities(void)
{
    DsaFixture *f = dsa_fixture_raw();
    g_autofree char *log = NULL;
    const char *at;
    unsigned mine = 0, other = 0;
    DsaRaw desc = { 0 };

    dsa_config_wq(f, 0, 8, true);
    dsa_config_wq(f, 1, 8, false);
    dsa_write32(f, DSA_WQCFG + 8, 0x10000531);
    dsa_config_group(f, 0, 3, 1);
    dsa_write32(f, DSA_GRPCFG + 44, 3);
    dsa_command(f, DSA_CMD_ENABLE_DEVICE, 0);
    dsa_command(f, DSA_CMD_ENABLE_WQ, 0);
    dsa_command(f, DSA_CMD_ENABLE_WQ, 1);
    fake_port_map(f->p, sva_pasid(6), DSA_DST, 0x10000, DSA_RW);
    dsa_map(f, DSA_DST, 0x10000);
    g_free(fake_port_take_log(f->p));
    for (unsigned i = 0; i < 6; i++) {
        desc = dsa_desc(f, DSA_OP_FILL, 0, 1, DSA_DST + i * 0x1000, 8);
        g_assert_true(dsa_submit(f, 0, &desc));
        dsa_put32(desc.b, 6);
        g_assert_true(dsa_submit(f, 1, &desc));
    }
    dsa_run(f);
    log = fake_port_take_log(f->p);
    for (at = log; (at = strstr(at, "at ")) && mine + other < 8; at += 3) {
        mine += at[3] == '5';
        other += at[3] == '6';
    }
    g_assert_cmpuint(mine, ==, 6);
    g_assert_cmpuint(other, ==, 2);
    dsa_fixture_free(f);
}

/* -- jobs in the event stream -- */

static void assert_done(DsaFixture *f, unsigned i, const SvaEvent *start)
{
    const SvaEvent *done = fake_env_event(f->env, SVA_EV_JOB_DONE, i);

    g_assert_cmpuint(done->pasid.id, ==, 5);
    g_assert_cmphex(done->job.id, ==, start->job.id);
    g_assert_cmpuint(done->job.context, ==, start->job.context);
    g_assert_cmphex(done->job.opcode, ==, start->job.opcode);
    g_assert_cmphex(done->job.status, ==, 0);
}

/* Who listens would take them for what still works. */
static void test_an_abort_is_the_end_of_jobs(void)
{
    DsaFixture *f = with_memory(dsa_fixture_new());
    DsaRaw inner = fill(f, BOF, 0x500000), outer = batch(f, DSA_DONE, 2);
    SvaEvent start[3];

    put_list(f, 0, &inner);
    put_list(f, 1, &inner);
    g_assert_true(dsa_submit(f, 0, &outer));
    g_assert_true(dsa_submit(f, 0, &inner));
    dsa_run(f);
    g_assert_cmpuint(fake_env_event_count(f->env, SVA_EV_JOB_START), ==, 3);
    for (unsigned i = 0; i < 3; i++) {
        start[i] = *fake_env_event(f->env, SVA_EV_JOB_START, i);
    }
    /* The one of the batch is in the slot of the batch. */
    g_assert_cmpuint(start[2].job.context, ==, start[0].job.context);
    g_assert_cmpuint(start[1].job.context, !=, start[0].job.context);
    dsa_command(f, DSA_CMD_ABORT_ALL, 0);
    g_assert_cmpuint(fake_env_event_count(f->env, SVA_EV_JOB_DONE), ==, 3);
    assert_done(f, 0, &start[1]);
    assert_done(f, 1, &start[2]);
    assert_done(f, 2, &start[0]);
    g_free(fake_port_take_log(f->p));
    dsa_fixture_free(f);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define T(name) g_test_add_func("/dsa/batch/" #name, test_##name)
    T(a_batch);
    T(a_batch_tells_that_something_failed);
    T(a_fence);
    T(a_list_that_cannot_be_read);
    T(a_list_is_always_waited_for);
    T(a_batch_without_a_record);
    T(a_drain_waits_for_older_ones_of_its_pasid);
    T(a_drain_waits_for_older_ones_of_its_wq);
    T(readbacks_of_a_drain);
    T(an_event);
    T(one_interrupt_until_it_is_acknowledged);
    T(a_full_log_blocks);
    T(a_full_log_does_not_stop_an_abort);
    T(a_log_that_cannot_be_written);
    T(a_batch_in_the_log);
    T(a_drain_in_the_log);
    T(descriptors_run_at_the_same_time);
    T(progress_can_be_limited);
    T(priorities);
    T(an_abort_is_the_end_of_jobs);
    return g_test_run();
}
