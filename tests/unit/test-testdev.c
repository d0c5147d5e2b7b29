/*
 * Tests of sva-pci-testdev, the smallest device on the endpoint library
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "fake-port.h"
#include "hw/sva/testdev/testdev.h"

#define RW (SVA_READ | SVA_WRITE)
#define PASID sva_pasid(5)
#define RING 0x100000ull
#define VA 0x200000ull

typedef struct Fixture {
    FakeEnv *env;
    FakePort *p;
    SvaTestdev *t;
} Fixture;

static void set_pri(Fixture *f, bool enable)
{
    sva_function_set_pri(&f->t->fn, &(SvaPriControl) {
        .enable = enable, .allocation = 8,
    });
}

static void write_reg(Fixture *f, unsigned reg, uint64_t value)
{
    sva_testdev_write(f->t, reg, value, 8);
}

static uint64_t read_reg(Fixture *f, unsigned reg)
{
    return sva_testdev_read(f->t, reg, 8);
}

/* What the driver does first, and again after a reset. */
static void configure(Fixture *f)
{
    sva_function_set_bus_master(&f->t->fn, true);
    sva_function_set_pasid(&f->t->fn, true);
    sva_function_set_ats(&f->t->fn, true);
    set_pri(f, true);
    write_reg(f, SVA_TESTDEV_PASID, 5);
    write_reg(f, SVA_TESTDEV_RING, RING);
}

static Fixture *fixture_new(void)
{
    static const SvaFunctionConfig config = {
        .atc_entries = 64, .pri_capacity = 8,
    };
    Fixture *f = g_new0(Fixture, 1);

    f->env = fake_env_new();
    f->t = sva_testdev_new(&f->env->env, &config);
    f->p = fake_port_new(f->env, &sva_function_client_ops, &f->t->fn);
    sva_function_attach(&f->t->fn, &f->p->port);
    configure(f);
    fake_port_map(f->p, PASID, RING, 0x1000, RW);
    return f;
}

static void fixture_free(Fixture *f)
{
    sva_testdev_free(f->t);
    fake_port_free(f->p);
    fake_env_free(f->env);
    g_free(f);
}

/* Put descriptor @n into its slot. */
static void put(Fixture *f, unsigned n, uint64_t addr, uint64_t len,
                uint8_t byte)
{
    uint64_t desc[4] = {
        GUINT64_TO_LE(addr), GUINT64_TO_LE(len), GUINT64_TO_LE(byte),
    };

    fake_put(f->env, fake_port_pa(PASID, RING) +
                     n % SVA_TESTDEV_RING_SIZE * sizeof(desc),
             desc, sizeof(desc));
}

/* Submit up to descriptor @tail, and let what can be done be done. */
static void submit(Fixture *f, uint64_t tail)
{
    write_reg(f, SVA_TESTDEV_TAIL, tail);
    fake_env_advance(f->env, 1000000);
}

static void assert_log(Fixture *f, const char *text)
{
    g_autofree char *log = fake_port_take_log(f->p);

    g_assert_cmpstr(log, ==, text);
}

static void assert_filled(Fixture *f, uint64_t va, size_t len, uint8_t byte)
{
    g_autofree uint8_t *data = g_malloc(len);

    for (size_t i = 0; i < len; i++) {
        fake_get(f->env, fake_port_pa(PASID, va + i), &data[i], 1);
        g_assert_cmphex(data[i], ==, byte);
    }
}

static void test_a_range_is_filled_page_by_page(void)
{
    Fixture *f = fixture_new();

    fake_port_map(f->p, PASID, VA, 0x2000, RW);
    put(f, 0, VA + 0xff0, 0x20, 0xab);
    submit(f, 1);
    assert_log(f, "at 5:100000 r; tr 601000100000+20; "
               "at 5:200000 rw; tw 601000200ff0+10; "
               "at 5:201000 rw; tw 601000201000+10; irq 0");
    assert_filled(f, VA + 0xff0, 0x20, 0xab);
    assert_filled(f, VA + 0xfef, 1, 0);
    assert_filled(f, VA + 0x1010, 1, 0);
    g_assert_cmpuint(read_reg(f, SVA_TESTDEV_HEAD), ==, 1);
    g_assert_cmpuint(read_reg(f, SVA_TESTDEV_ERROR), ==, 0);
    fixture_free(f);
}

static void test_nothing_is_sent_without_a_new_tail(void)
{
    Fixture *f = fixture_new();

    submit(f, 0);
    assert_log(f, "");
    fixture_free(f);
}

static void test_an_empty_range_is_done(void)
{
    Fixture *f = fixture_new();

    put(f, 0, VA, 0, 1);
    submit(f, 1);
    assert_log(f, "at 5:100000 r; tr 601000100000+20; irq 0");
    g_assert_cmpuint(read_reg(f, SVA_TESTDEV_HEAD), ==, 1);
    fixture_free(f);
}

static void test_the_ring_is_aligned(void)
{
    Fixture *f = fixture_new();

    put(f, 0, VA, 0, 1);
    write_reg(f, SVA_TESTDEV_RING, RING | 0x1f);
    submit(f, 1);
    assert_log(f, "at 5:100000 r; tr 601000100000+20; irq 0");
    fixture_free(f);
}

static void test_the_enables_choose_the_mode(void)
{
    Fixture *f = fixture_new();

    fake_port_map(f->p, PASID, VA, 8, RW);
    put(f, 0, VA, 8, 1);
    put(f, 1, VA + 0x1000, 8, 1);
    sva_function_set_ats(&f->t->fn, false);
    submit(f, 1);
    assert_log(f, "ur 5:100000+20; uw 5:200000+8; irq 0");
    sva_function_set_ats(&f->t->fn, true);
    set_pri(f, false);
    submit(f, 2);
    assert_log(f, "at 5:100000 r; tr 601000100020+20; at 5:201000 rw; irq 0");
    g_assert_cmpuint(read_reg(f, SVA_TESTDEV_ERROR), ==,
                     SVA_ACCESS_PAGE_FAULT);
    fixture_free(f);
}

static void test_a_missing_page_is_asked_for(void)
{
    Fixture *f = fixture_new();

    put(f, 0, VA, 8, 0xcd);
    submit(f, 1);
    assert_log(f, "at 5:100000 r; tr 601000100000+20; "
               "at 5:200000 rw; pr 5:200000 w 0 L");
    g_assert_cmpuint(read_reg(f, SVA_TESTDEV_HEAD), ==, 0);
    fake_port_map(f->p, PASID, VA, 8, RW);
    fake_port_respond(f->p, PASID, 0, SVA_PRG_SUCCESS);
    fake_env_advance(f->env, 1000000);
    assert_log(f, "at 5:200000 rw; tw 601000200000+8; irq 0");
    assert_filled(f, VA, 8, 0xcd);
    g_assert_cmpuint(read_reg(f, SVA_TESTDEV_HEAD), ==, 1);
    fixture_free(f);
}

static void test_a_page_that_is_not_given_stops_the_queue(void)
{
    Fixture *f = fixture_new();

    f->p->prg_policy = FAKE_PRG_INVALID;
    put(f, 0, VA, 8, 1);
    submit(f, 2);
    assert_log(f, "at 5:100000 r; tr 601000100000+20; "
               "at 5:200000 rw; pr 5:200000 w 0 L; irq 0");
    g_assert_cmpuint(read_reg(f, SVA_TESTDEV_HEAD), ==, 0);
    g_assert_cmpuint(read_reg(f, SVA_TESTDEV_ERROR), ==,
                     SVA_ACCESS_INVALID_REQUEST);
    submit(f, 3);
    assert_log(f, "");
    fixture_free(f);
}

static void test_a_ring_out_of_reach_stops_the_queue(void)
{
    Fixture *f = fixture_new();

    sva_function_set_ats(&f->t->fn, false);
    write_reg(f, SVA_TESTDEV_RING, VA);
    submit(f, 1);
    assert_log(f, "ur 5:200000+20; irq 0");
    g_assert_cmpuint(read_reg(f, SVA_TESTDEV_ERROR), ==, SVA_ACCESS_ABORTED);
    fixture_free(f);
}

static void test_a_stalled_write_is_sent_again(void)
{
    Fixture *f = fixture_new();

    sva_function_set_ats(&f->t->fn, false);
    f->p->stall = true;
    put(f, 0, VA, 8, 0xee);
    submit(f, 1);
    assert_log(f, "ur 5:100000+20; uw 5:200000+8");
    fake_port_map(f->p, PASID, VA, 8, RW);
    g_assert_true(fake_port_resume(f->p, SVA_STALL_RETRY));
    fake_env_advance(f->env, 1000000);
    assert_log(f, "uw 5:200000+8; irq 0");
    assert_filled(f, VA, 8, 0xee);
    fixture_free(f);
}

static void test_an_invalidation_while_it_waits_is_completed(void)
{
    Fixture *f = fixture_new();

    put(f, 0, VA, 8, 1);
    submit(f, 1);
    assert_log(f, "at 5:100000 r; tr 601000100000+20; "
               "at 5:200000 rw; pr 5:200000 w 0 L");
    fake_port_invalidate(f->p, &(SvaAtcInvalidation) {
        .mask = UINT64_MAX, .pasid = PASID, .itag = 7,
    });
    assert_log(f, "ic 7");
    fixture_free(f);
}

static void test_a_reset_forgets_everything(void)
{
    Fixture *f = fixture_new();

    put(f, 0, VA, 8, 0x77);
    submit(f, 1);
    assert_log(f, "at 5:100000 r; tr 601000100000+20; "
               "at 5:200000 rw; pr 5:200000 w 0 L");
    sva_function_reset(&f->t->fn);
    fake_env_advance(f->env, 1000000);
    assert_log(f, "");
    for (unsigned reg = 0; reg < SVA_TESTDEV_REGS; reg += 8) {
        g_assert_cmphex(read_reg(f, reg), ==, 0);
    }
    /* The response of before is nobody's; then it works as at first. */
    fake_port_respond(f->p, PASID, 0, SVA_PRG_SUCCESS);
    configure(f);
    fake_port_map(f->p, PASID, VA, 8, RW);
    submit(f, 1);
    assert_log(f, "at 5:100000 r; tr 601000100000+20; "
               "at 5:200000 rw; tw 601000200000+8; irq 0");
    assert_filled(f, VA, 8, 0x77);
    fixture_free(f);
}

static void reset_in_request(FakePort *p G_GNUC_UNUSED,
                             const char *tlp G_GNUC_UNUSED, void *opaque)
{
    Fixture *f = opaque;

    /* Its own registers are out of reach, for reads and for writes. */
    g_assert_cmphex(read_reg(f, SVA_TESTDEV_TAIL), ==, 0);
    write_reg(f, SVA_TESTDEV_TAIL, 9);
    sva_function_reset(&f->t->fn);
}

static void test_a_reset_by_its_own_request_comes_after_it(void)
{
    Fixture *f = fixture_new();

    sva_function_set_ats(&f->t->fn, false);
    put(f, 0, VA, 8, 1);
    f->p->hook = reset_in_request;
    f->p->hook_opaque = f;
    submit(f, 1);
    f->p->hook = NULL;
    assert_log(f, "ur 5:100000+20");
    fake_env_advance(f->env, 1000000);
    assert_log(f, "");
    g_assert_cmphex(read_reg(f, SVA_TESTDEV_TAIL), ==, 0);
    fixture_free(f);
}

static void test_the_ring_has_an_end(void)
{
    Fixture *f = fixture_new();

    fake_port_map(f->p, PASID, VA, 0x1000, RW);
    for (unsigned i = 0; i < SVA_TESTDEV_RING_SIZE + 2; i++) {
        put(f, i, VA + i * 8, 8, (uint8_t)(i + 1));
        submit(f, i + 1);
    }
    for (unsigned i = 0; i < SVA_TESTDEV_RING_SIZE + 2; i++) {
        assert_filled(f, VA + i * 8, 8, (uint8_t)(i + 1));
    }
    g_assert_cmpuint(read_reg(f, SVA_TESTDEV_HEAD), ==,
                     SVA_TESTDEV_RING_SIZE + 2);
    fixture_free(f);
}

/* The whole address space: what is done in a while is bounded. */
static void test_a_long_range_leaves_the_processors_their_turns(void)
{
    Fixture *f = fixture_new();
    uint64_t before;

    fake_port_map(f->p, PASID, 0, 0x400000, RW);
    put(f, 0, 0, UINT64_MAX, 1);
    write_reg(f, SVA_TESTDEV_TAIL, 1);
    fake_env_advance(f->env, 1000);
    before = f->t->filled;
    g_assert_cmpuint(before, >, 0);
    g_assert_cmpuint(before, <=, 64 * SVA_PAGE_SIZE);
    fake_env_advance(f->env, 1000);
    g_assert_cmpuint(f->t->filled - before, <=, 64 * SVA_PAGE_SIZE);
    g_assert_cmpuint(f->t->filled, >, before);
    sva_function_reset(&f->t->fn);
    fake_env_advance(f->env, 1000000);
    g_assert_cmpuint(read_reg(f, SVA_TESTDEV_HEAD), ==, 0);
    fixture_free(f);
}

static void test_bad_register_accesses_are_logged(void)
{
    Fixture *f = fixture_new();

    static const struct {
        uint64_t offset;
        unsigned size;
    } bad[] = {
        { SVA_TESTDEV_TAIL, 4 }, { SVA_TESTDEV_TAIL + 4, 8 },
        { SVA_TESTDEV_HEAD, 8 }, { SVA_TESTDEV_ERROR, 8 },
        { SVA_TESTDEV_REGS, 8 }, { UINT64_MAX - 7, 8 },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(bad); i++) {
        sva_testdev_write(f->t, bad[i].offset, 1, bad[i].size);
        g_assert_cmpuint(fake_env_log_count(f->env), ==, i + 1);
    }
    g_assert_cmphex(sva_testdev_read(f->t, SVA_TESTDEV_RING, 4), ==, 0);
    g_assert_cmphex(sva_testdev_read(f->t, SVA_TESTDEV_REGS, 8), ==, 0);
    g_assert_cmphex(sva_testdev_read(f->t, UINT64_MAX - 7, 8), ==, 0);
    g_assert_cmphex(read_reg(f, SVA_TESTDEV_RING), ==, RING);
    fake_env_advance(f->env, 1000000);
    assert_log(f, "");
    fixture_free(f);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define T(name) g_test_add_func("/testdev/" #name, test_##name)
    T(a_range_is_filled_page_by_page);
    T(nothing_is_sent_without_a_new_tail);
    T(an_empty_range_is_done);
    T(the_ring_is_aligned);
    T(the_enables_choose_the_mode);
    T(a_missing_page_is_asked_for);
    T(a_page_that_is_not_given_stops_the_queue);
    T(a_ring_out_of_reach_stops_the_queue);
    T(a_stalled_write_is_sent_again);
    T(an_invalidation_while_it_waits_is_completed);
    T(a_reset_forgets_everything);
    T(a_reset_by_its_own_request_comes_after_it);
    T(the_ring_has_an_end);
    T(a_long_range_leaves_the_processors_their_turns);
    T(bad_register_accesses_are_logged);
    return g_test_run();
}
