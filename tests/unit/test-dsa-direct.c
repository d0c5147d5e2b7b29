/*
 * Tests of sva-dsa: operations that are made in place, in RAM of the host
 *
 * All but the log of the port is what it is by way of the buffer.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "dsa-fixture.h"

#define LEN 0x5000u

/* What is to be the same. */
typedef struct Outcome {
    uint8_t record[32];
    uint64_t counters[DSA_COUNTERS];
    uint8_t src[LEN], dst[LEN];
} Outcome;

typedef struct Case {
    unsigned op;
    uint32_t flags;
    uint64_t src, dst;
    uint32_t size;
    unsigned in_place;          /* requests */
    bool ats_off;
    unsigned pieces;            /* if nobody hears of requests */
} Case;

static DsaFixture *make(bool ram, bool ats)
{
    DsaFixture *f = dsa_fixture_raw();

    sva_function_set_ats(f->fn, ats);
    dsa_enable(f);
    f->p->ram = ram;
    dsa_map(f, DSA_SRC, LEN);
    dsa_map(f, DSA_DST, LEN);
    dsa_pattern(f, DSA_SRC, LEN, 0x5a);
    return f;
}

static unsigned count(const char *log, const char *what)
{
    unsigned n = 0;

    for (; (log = strstr(log, what)); log++) {
        n++;
    }
    return n;
}

/* The second time all translations are there. */
static Outcome outcome(const Case *c, bool ram, bool heard, unsigned *in_place)
{
    DsaFixture *f = make(ram, !c->ats_off);
    g_autofree char *log = NULL;
    Outcome out;
    DsaRaw desc;

    f->p->ats_mask = 0x3fff;
    f->fn->config.atc_largest = 0x4000;
    if (!heard) {
        sva_event_bus_remove(&f->env->bus, &f->env->recorder);
    }

    for (unsigned i = 0; i < 2; i++) {
        dsa_pattern(f, DSA_SRC, LEN, 0x5a);
        dsa_pattern(f, DSA_DST, LEN, 0xa5);
        g_free(fake_port_take_log(f->p));
        desc = dsa_desc(f, c->op, c->flags | DSA_DONE, c->src, c->dst,
                        c->size);
        memcpy(out.record, dsa_execute(f, &desc), sizeof(out.record));
    }
    log = fake_port_take_log(f->p);
    *in_place = count(log, "mr ") + count(log, "mw ");
    memcpy(out.counters, f->d->counter, sizeof(out.counters));
    dsa_get(f, DSA_SRC, out.src, LEN);
    dsa_get(f, DSA_DST, out.dst, LEN);
    dsa_fixture_free(f);
    return out;
}

static void compare(const Case *c, bool heard, unsigned pieces)
{
    unsigned in_place;
    Outcome sent = outcome(c, false, heard, &in_place), made;

    g_assert_cmpuint(in_place, ==, 0);
    made = outcome(c, true, heard, &in_place);
    g_assert_cmpuint(in_place, ==, pieces);
    g_assert_cmpmem(made.record, 32, sent.record, 32);
    g_assert_cmpmem(made.counters, sizeof(made.counters), sent.counters,
                    sizeof(sent.counters));
    g_assert_cmpmem(made.src, LEN, sent.src, LEN);
    g_assert_cmpmem(made.dst, LEN, sent.dst, LEN);
}

static void test_as_by_the_buffer(gconstpointer data)
{
    const Case *c = data;

    compare(c, true, c->in_place);
    compare(c, false, c->pieces);
}

static const struct {
    const char *name;
    Case c;
} cases[] = {
    { "move", { DSA_OP_MEMMOVE, 0, DSA_SRC + 0x123, DSA_DST + 0x700, 9000,
                10, false, 2 } },
    { "move-untranslated", { DSA_OP_MEMMOVE, 0, DSA_SRC + 0x123,
                             DSA_DST + 0x700, 9000, 10, true, 2 } },
    { "move-forwards", { DSA_OP_MEMMOVE, 0, DSA_SRC + 0x801, DSA_SRC, 0x3000,
                         12, false, 2 } },
    { "move-backwards", { DSA_OP_MEMMOVE, 0, DSA_SRC, DSA_SRC + 0x801, 0x3000,
                          12, false, 12 } },
    { "move-read-back", { DSA_OP_MEMMOVE, DSA_FLAG_READBACK, DSA_SRC, DSA_DST,
                          0x1000, 2, false, 2 } },
    { "fill", { DSA_OP_FILL, 0, 0x8877665544332211, DSA_DST + 0xffb, 0x1013,
                3, false, 3 } },
    { "compare-same", { DSA_OP_COMPARE, 0, DSA_SRC, DSA_SRC, 0x3000, 6,
                        false, 6 } },
    { "compare-other", { DSA_OP_COMPARE, 0, DSA_SRC, DSA_DST, 0x3000, 2,
                         false, 2 } },
    { "compare-expected", { DSA_OP_COMPARE, DSA_FLAG_CHECK_RESULT, DSA_SRC,
                            DSA_DST, 0x3000, 2, false, 2 } },
};

/* The page that is missing fails as it would, and what is before it is done. */
static void test_a_fault_in_the_middle(void)
{
    DsaFixture *f = make(true, true);
    DsaRaw desc;

    for (unsigned i = 0; i < 2; i++) {
        const uint8_t *record;

        desc = dsa_desc(f, DSA_OP_MEMMOVE, DSA_DONE, DSA_SRC, DSA_DST, LEN);
        record = dsa_execute(f, &desc);
        g_assert_cmphex(record[0], ==, i ? DSA_ST_PAGE_FAULT | DSA_ST_WRITE
                                         : DSA_ST_SUCCESS);
        if (i) {
            g_assert_cmphex(dsa_get32(record + 4), ==, 0x2000);
            g_assert_cmphex(dsa_get64(record + 8), ==, DSA_DST + 0x2000);
        }
        fake_port_map(f->p, DSA_PASID, DSA_DST + 0x2000, 0x1000, SVA_READ);
        fake_port_invalidate(f->p, &(SvaAtcInvalidation) {
            .addr = DSA_DST + 0x2000, .mask = 0xfff, .pasid = DSA_PASID,
        });
    }
    dsa_fixture_free(f);
}

/* x-corrupt is about what goes by way of the buffer. */
static void test_corruption_is_kept(void)
{
    DsaFixture *f = dsa_fixture_raw();
    uint8_t byte[2];
    DsaRaw desc;

    f->config.corrupt = true;
    dsa_remake(f);
    dsa_enable(f);
    f->p->ram = true;
    dsa_map(f, DSA_SRC, LEN);
    dsa_map(f, DSA_DST, LEN);
    for (unsigned i = 0; i < 2; i++) {
        desc = dsa_desc(f, DSA_OP_MEMMOVE, DSA_DONE, DSA_SRC, DSA_DST, 0x100);
        dsa_execute(f, &desc);
    }
    dsa_get(f, DSA_DST, byte, 2);
    g_assert_cmphex(byte[0], ==, 1);
    g_assert_cmphex(byte[1], ==, 0);
    dsa_fixture_free(f);
}

/* 256 requests a slice, whoever makes them; the last piece may take two. */
static void test_a_slice_has_an_end(void)
{
    DsaFixture *f = make(true, false);
    uint64_t *accesses = &f->d->counter[DSA_CNT_FUNCTION + SVA_FN_REQUESTS];
    DsaRaw desc;

    dsa_map(f, 0x1000000, 0x400000);
    desc = dsa_desc(f, DSA_OP_MEMMOVE, DSA_DONE, 0x1000000, 0x1200000,
                    0x200000);
    g_assert_true(dsa_submit(f, DSA_DEDICATED, &desc));
    fake_env_advance(f->env, 0);
    g_assert_cmpuint(*accesses, >, 200);
    g_assert_cmpuint(*accesses, <=, 258);
    dsa_move(f);
    accesses = &f->d->counter[DSA_CNT_FUNCTION + SVA_FN_REQUESTS];
    dsa_run(f);
    g_assert_cmphex(dsa_status(f, &desc), ==, DSA_ST_SUCCESS);
    dsa_fixture_free(f);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strconcat("/dsa/direct/", cases[i].name,
                                            NULL);

        g_test_add_data_func(path, &cases[i].c, test_as_by_the_buffer);
    }
#define ADD(name) g_test_add_func("/dsa/direct/" #name, test_##name)
    ADD(a_fault_in_the_middle);
    ADD(corruption_is_kept);
    ADD(a_slice_has_an_end);
    return g_test_run();
}
