/*
 * Page-table walks: what is the same for all formats
 *
 * Each case runs for the first-stage and second-stage tables of VT-d and for
 * VMSAv8-64.  What an entry of a format means bit by bit is in the tests of
 * that format; see there for the words.
 *
 * Address 0x7f0000401abc uses entry 254 of the first table at 0x10000, 0 of
 * that at 0x11000, 2 of that at 0x12000 and 1 of that at 0x13000.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "fake-env.h"
#include "hw/sva/core/pt-vmsa64.h"
#include "hw/sva/core/pt-vtdss.h"
#include "hw/sva/core/pt-x86.h"

#define VA 0x7f0000401abcull

#define R  SVA_READ
#define W  SVA_WRITE

#define LEVELS 4
#define LEAF   0x13008

static const uint64_t entry_pa[LEVELS] = { 0x107f0, 0x11000, 0x12010, LEAF };

typedef struct Answer {
    int status;
    unsigned level;
    SvaMapping map;
} Answer;

/*
 * @walk:      with hardware updates of accessed and dirty bits
 * @name_of:   of a status
 * @levels:    as the format numbers them, from the first table
 * @table:     attributes of an entry that leads to a table, before and after a
 *             walk
 * @clean:     leaf of a page that may be written and has not been used
 * @read:      the same after a read
 * @written:   and after a write
 * @read_only: leaf that may be read, before and after a read
 * @absent:    leaf that is not present
 * @beyond:    leaf whose address is wider than addresses are
 * @block:     entry of the third table that maps 2 MiB
 */
typedef struct Format {
    const char *name;
    void (*walk)(FakeEnv *f, const SvaPtQuery *query, Answer *out);
    const char *(*name_of)(int status);
    uint8_t levels[LEVELS];
    uint64_t table[2];
    uint64_t clean;
    uint64_t read;
    uint64_t written;
    uint64_t read_only[2];
    uint64_t absent;
    uint64_t beyond;
    uint64_t block;
    int status_absent;
    int status_no_write;
    int status_no_memory_first;
    int status_no_memory;
    int status_no_update;
    int status_beyond;
    int status_input;
    uint64_t bad_input;
} Format;

/* -- the formats -- */

static void walk_vtd(FakeEnv *f, const SvaPtConfig *cfg,
                     const SvaPtQuery *query, Answer *out)
{
    SvaPtResult res;

    sva_pt_walk(&f->env, cfg, query, &res);
    *out = (Answer) {
        .status = (int)res.status, .level = res.level, .map = res.map,
    };
}

static void walk_x86(FakeEnv *f, const SvaPtQuery *query, Answer *out)
{
    static const SvaPtConfig cfg = {
        .fmt = &sva_pt_x86, .root = 0x10000, .levels = 4, .addr_bits = 39,
        .flags = SVA_PT_AD,
    };

    walk_vtd(f, &cfg, query, out);
}

static void walk_vtdss(FakeEnv *f, const SvaPtQuery *query, Answer *out)
{
    static const SvaPtConfig cfg = {
        .fmt = &sva_pt_vtdss, .root = 0x10000, .levels = 4, .addr_bits = 39,
        .input_bits = 48, .flags = SVA_PT_AD | SVA_PT_2M,
    };

    walk_vtd(f, &cfg, query, out);
}

static const char *vtd_name(int status)
{
    return sva_pt_status_name((SvaPtStatus)status);
}

static void walk_vmsa64(FakeEnv *f, const SvaPtQuery *query, Answer *out)
{
    static const SvaVmsaTables tables = {
        .base = 0x10000, .granule = 12, .input_bits = 48, .output_bits = 40,
        .flags = SVA_VMSA_HA | SVA_VMSA_HD,
    };
    SvaVmsaResult res;

    sva_vmsa_walk(&f->env, &tables, NULL, query, &res);
    *out = (Answer) {
        .status = (int)res.status, .level = res.level, .map = res.map,
    };
}

static const char *vmsa64_name(int status)
{
    return sva_vmsa_status_name((SvaVmsaStatus)status);
}

static const Format formats[] = {
    {
        .name = "x86", .walk = walk_x86, .name_of = vtd_name,
        .levels = { 4, 3, 2, 1 },
        .table = { 0x07, 0x27 },
        .clean = 0x70005007, .read = 0x70005027, .written = 0x70005067,
        .read_only = { 0x70005005, 0x70005025 },
        .absent = 0x70005006,
        .beyond = 0x8070005007,
        .block = 0x70200087,
        .status_absent = SVA_PT_NOT_PRESENT,
        .status_no_write = SVA_PT_NO_WRITE,
        .status_no_memory_first = SVA_PT_READ_ERROR_ROOT,
        .status_no_memory = SVA_PT_READ_ERROR,
        .status_no_update = SVA_PT_UPDATE_FAILED,
        .status_beyond = SVA_PT_RESERVED,
        .status_input = SVA_PT_NOT_CANONICAL,
        .bad_input = 0x0000800000000000,
    },
    {
        .name = "vtdss", .walk = walk_vtdss, .name_of = vtd_name,
        .levels = { 4, 3, 2, 1 },
        .table = { 0x003, 0x103 },
        .clean = 0x70005003, .read = 0x70005103, .written = 0x70005303,
        .read_only = { 0x70005001, 0x70005101 },
        .absent = 0x70005004,
        .beyond = 0x8070005003,
        .block = 0x70200083,
        .status_absent = SVA_PT_NOT_PRESENT,
        .status_no_write = SVA_PT_NO_WRITE,
        .status_no_memory_first = SVA_PT_READ_ERROR_ROOT,
        .status_no_memory = SVA_PT_READ_ERROR,
        .status_no_update = SVA_PT_UPDATE_FAILED,
        .status_beyond = SVA_PT_RESERVED,
        .status_input = SVA_PT_ADDRESS_SIZE,
        .bad_input = 0x0001000000000000,
    },
    {
        .name = "vmsa64", .walk = walk_vmsa64, .name_of = vmsa64_name,
        .levels = { 0, 1, 2, 3 },
        .table = { 0x3, 0x3 },
        .clean = 0x00080000700058c3, .read = 0x0008000070005cc3,
        .written = 0x0008000070005c43,
        .read_only = { 0x700058c3, 0x70005cc3 },
        .absent = 0x70005842,
        .beyond = 0x10070005843,
        .block = 0x00080000702008c1,
        .status_absent = SVA_VMSA_TRANSLATION,
        .status_no_write = SVA_VMSA_PERMISSION,
        .status_no_memory_first = SVA_VMSA_ABORT,
        .status_no_memory = SVA_VMSA_ABORT,
        .status_no_update = SVA_VMSA_ABORT,
        .status_beyond = SVA_VMSA_ADDRESS_SIZE,
        .status_input = SVA_VMSA_TRANSLATION,
        .bad_input = 0x0001000000000000,
    },
};

/* -- helpers -- */

static uint64_t table_entry(const Format *fmt, unsigned i, bool used)
{
    return (0x11000 + 0x1000ull * i) | fmt->table[used];
}

static FakeEnv *mapped(const Format *fmt, uint64_t leaf)
{
    FakeEnv *f = fake_env_new();
    unsigned i;

    for (i = 0; i < LEVELS - 1; i++) {
        fake_put64(f, entry_pa[i], table_entry(fmt, i, false));
    }
    fake_put64(f, LEAF, leaf);
    return f;
}

static Answer ask(FakeEnv *f, const Format *fmt, uint8_t want, bool partial)
{
    SvaPtQuery query = { .va = VA, .want = want, .partial = partial };
    Answer out;

    fmt->walk(f, &query, &out);
    return out;
}

/* Not every format has a right to execute. */
static void expect_ok(const Format *fmt, const Answer *a, uint64_t addr,
                      uint64_t mask, uint8_t access)
{
    g_assert_cmpstr(fmt->name_of(a->status), ==, "OK");
    g_assert_cmphex(a->map.addr, ==, addr);
    g_assert_cmphex(a->map.mask, ==, mask);
    g_assert_cmphex(a->map.access & (R | W), ==, access);
    g_assert_false(a->map.cached);
    g_assert_cmpuint(a->map.block, ==, 0);
}

static void expect_page(const Format *fmt, const Answer *a, uint8_t access)
{
    expect_ok(fmt, a, 0x70005abc, 0xfff, access);
    g_assert_cmpuint(a->level, ==, fmt->levels[LEVELS - 1]);
}

static void expect_status(const Format *fmt, const Answer *a, int status,
                          unsigned step)
{
    g_assert_cmpstr(fmt->name_of(a->status), ==, fmt->name_of(status));
    g_assert_cmpuint(a->level, ==, fmt->levels[step]);
    g_assert_cmphex(a->map.access, ==, 0);
}

/* -- cases -- */

static void test_read_sets_accessed_and_leaves_clean(const void *data)
{
    const Format *fmt = data;
    FakeEnv *f = mapped(fmt, fmt->clean);
    Answer a = ask(f, fmt, R, false);
    unsigned i;

    /* A later write has to set the dirty state: it may not be cached. */
    expect_page(fmt, &a, R);
    g_assert_cmphex(fake_get64(f, LEAF), ==, fmt->read);
    for (i = 0; i < LEVELS - 1; i++) {
        g_assert_cmphex(fake_get64(f, entry_pa[i]), ==,
                        table_entry(fmt, i, true));
    }
    fake_env_free(f);
}

static void test_write_sets_dirty_in_the_leaf_only(const void *data)
{
    const Format *fmt = data;
    FakeEnv *f = mapped(fmt, fmt->clean);
    Answer a = ask(f, fmt, W, false);
    unsigned i;

    expect_page(fmt, &a, R | W);
    g_assert_cmphex(fake_get64(f, LEAF), ==, fmt->written);
    for (i = 0; i < LEVELS - 1; i++) {
        g_assert_cmphex(fake_get64(f, entry_pa[i]), ==,
                        table_entry(fmt, i, true));
    }
    fake_env_free(f);
}

static void test_write_may_be_cached_when_dirty(const void *data)
{
    const Format *fmt = data;
    FakeEnv *f = mapped(fmt, fmt->written);
    Answer a = ask(f, fmt, R, false);

    expect_page(fmt, &a, R | W);
    g_assert_cmphex(fake_get64(f, LEAF), ==, fmt->written);
    fake_env_free(f);
}

static void test_second_walk_writes_nothing(const void *data)
{
    const Format *fmt = data;
    FakeEnv *f = mapped(fmt, fmt->clean);
    Answer a = ask(f, fmt, W, false);
    unsigned writes = f->writes, accesses = f->accesses;

    g_assert_cmpuint(writes, >, 0);
    a = ask(f, fmt, W, false);
    expect_page(fmt, &a, R | W);
    g_assert_cmpuint(f->writes, ==, writes);
    g_assert_cmpuint(f->accesses, ==, accesses + LEVELS);
    fake_env_free(f);
}

static void test_read_only_page(const void *data)
{
    const Format *fmt = data;
    FakeEnv *f = mapped(fmt, fmt->read_only[0]);
    Answer a = ask(f, fmt, W, false);

    expect_status(fmt, &a, fmt->status_no_write, LEVELS - 1);
    a = ask(f, fmt, R | W, false);
    expect_status(fmt, &a, fmt->status_no_write, LEVELS - 1);
    g_assert_cmphex(fake_get64(f, LEAF), ==, fmt->read_only[0]);
    a = ask(f, fmt, R, false);
    expect_page(fmt, &a, R);
    g_assert_cmphex(fake_get64(f, LEAF), ==, fmt->read_only[1]);
    fake_env_free(f);
}

static void test_not_present_at_each_level(const void *data)
{
    const Format *fmt = data;
    unsigned i;

    for (i = 0; i < LEVELS; i++) {
        FakeEnv *f = mapped(fmt, fmt->clean);
        Answer a;

        fake_put64(f, entry_pa[i], fmt->absent);
        a = ask(f, fmt, R, false);
        expect_status(fmt, &a, fmt->status_absent, i);
        g_assert_cmphex(fake_get64(f, entry_pa[i]), ==, fmt->absent);
        if (i) {
            g_assert_cmphex(fake_get64(f, entry_pa[i - 1]), ==,
                            table_entry(fmt, i - 1, true));
        }
        g_assert_cmphex(fake_get64(f, LEAF), ==,
                        i == LEVELS - 1 ? fmt->absent : fmt->clean);
        fake_env_free(f);
    }
}

static void test_no_memory_at_each_level(const void *data)
{
    const Format *fmt = data;
    unsigned i;

    for (i = 0; i < LEVELS; i++) {
        FakeEnv *f = mapped(fmt, fmt->clean);
        Answer a;

        fake_env_hole(f, entry_pa[i] & ~0xfffull, 0x1000);
        a = ask(f, fmt, R, false);
        expect_status(fmt, &a, i ? fmt->status_no_memory
                                 : fmt->status_no_memory_first, i);
        fake_env_free(f);
    }
}

/* What the accesses of a walk are, in turn. */
typedef struct Log {
    bool exchange[2 * LEVELS];
    unsigned count;
} Log;

static void record(FakeEnv *f G_GNUC_UNUSED, FakeAccess kind,
                   uint64_t pa G_GNUC_UNUSED, void *opaque)
{
    Log *log = opaque;

    g_assert_cmpuint(log->count, <, G_N_ELEMENTS(log->exchange));
    log->exchange[log->count++] = kind == FAKE_CMPXCHG;
}

static void test_any_failing_access_ends_the_walk(const void *data)
{
    const Format *fmt = data;
    FakeEnv *f = mapped(fmt, fmt->clean);
    Log log = { .count = 0 };
    unsigned n;
    Answer a;

    fake_env_set_hook(f, record, &log);
    ask(f, fmt, W, false);
    fake_env_free(f);
    g_assert_cmpuint(log.count, >, LEVELS);
    for (n = 1; n <= log.count; n++) {
        f = mapped(fmt, fmt->clean);
        fake_env_fail_nth(f, n);
        a = ask(f, fmt, W, false);
        g_assert_cmpstr(fmt->name_of(a.status), ==,
                        fmt->name_of(log.exchange[n - 1]
                                     ? fmt->status_no_update
                                     : n == 1 ? fmt->status_no_memory_first
                                     : fmt->status_no_memory));
        g_assert_cmphex(a.map.access, ==, 0);
        g_assert_cmpuint(f->accesses, ==, n);
        fake_env_free(f);
    }
}

static void test_read_only_memory_fails_the_update(const void *data)
{
    const Format *fmt = data;
    FakeEnv *f = mapped(fmt, fmt->clean);
    Answer a;

    fake_env_read_only(f, 0x13000, 0x1000);
    a = ask(f, fmt, R, false);
    expect_status(fmt, &a, fmt->status_no_update, LEVELS - 1);
    /* Nothing to update, nothing to fail. */
    fake_put64(f, LEAF, fmt->read);
    a = ask(f, fmt, R, false);
    expect_page(fmt, &a, R);
    fake_env_free(f);
}

static void test_address_wider_than_addresses_are(const void *data)
{
    const Format *fmt = data;
    FakeEnv *f = mapped(fmt, fmt->beyond);
    Answer a = ask(f, fmt, R, false);

    expect_status(fmt, &a, fmt->status_beyond, LEVELS - 1);
    g_assert_cmphex(fake_get64(f, LEAF), ==, fmt->beyond);
    fake_env_free(f);
}

static void test_input_beyond_its_width(const void *data)
{
    const Format *fmt = data;
    FakeEnv *f = mapped(fmt, fmt->clean);
    SvaPtQuery query = { .va = fmt->bad_input, .want = R };
    Answer a;

    fmt->walk(f, &query, &a);
    g_assert_cmpstr(fmt->name_of(a.status), ==,
                    fmt->name_of(fmt->status_input));
    g_assert_cmphex(a.map.access, ==, 0);
    g_assert_cmpuint(f->accesses, ==, 0);
    fake_env_free(f);
}

static void test_block_of_2m(const void *data)
{
    const Format *fmt = data;
    FakeEnv *f = mapped(fmt, fmt->clean);
    Answer a;

    fake_put64(f, entry_pa[2], fmt->block);
    a = ask(f, fmt, W, false);
    expect_ok(fmt, &a, 0x70201abc, 0x1fffff, R | W);
    g_assert_cmpuint(a.level, ==, fmt->levels[2]);
    /* The same change as that of a page. */
    g_assert_cmphex(fake_get64(f, entry_pa[2]) ^ fmt->block, ==,
                    fmt->clean ^ fmt->written);
    fake_env_free(f);
}

/* -- entries that change under the walk -- */

typedef struct Change {
    uint64_t values[2];         /* what a processor stores, in turn */
    unsigned times;
    unsigned done;
} Change;

static void change_leaf(FakeEnv *f, FakeAccess kind, uint64_t pa,
                        void *opaque)
{
    Change *c = opaque;

    if (kind == FAKE_CMPXCHG && pa == LEAF && c->done < c->times) {
        fake_put64(f, pa, c->values[c->done++ % 2]);
    }
}

static void test_entry_cleared_under_the_walk_is_seen(const void *data)
{
    const Format *fmt = data;
    FakeEnv *f = mapped(fmt, fmt->clean);
    Change c = { .times = 1 };
    Answer a;

    fake_env_set_hook(f, change_leaf, &c);
    a = ask(f, fmt, W, false);
    expect_status(fmt, &a, fmt->status_absent, LEVELS - 1);
    /* Above all no bit is set in an entry that is gone. */
    g_assert_cmphex(fake_get64(f, LEAF), ==, 0);
    g_assert_cmpuint(c.done, ==, 1);
    fake_env_free(f);
}

static void test_entry_moved_under_the_walk_is_used(const void *data)
{
    const Format *fmt = data;
    FakeEnv *f = mapped(fmt, fmt->clean);
    Change c = { .values = { fmt->clean ^ 0xc000 }, .times = 1 };
    Answer a;

    fake_env_set_hook(f, change_leaf, &c);
    a = ask(f, fmt, W, false);
    expect_ok(fmt, &a, 0x70009abc, 0xfff, R | W);
    g_assert_cmphex(fake_get64(f, LEAF), ==, fmt->written ^ 0xc000);
    fake_env_free(f);
}

static void test_restarts_are_bounded(const void *data)
{
    const Format *fmt = data;
    FakeEnv *f = mapped(fmt, fmt->clean);
    Change c = {
        .values = { fmt->clean ^ 0xc000, fmt->clean }, .times = UINT_MAX,
    };
    Answer a;

    fake_env_set_hook(f, change_leaf, &c);
    a = ask(f, fmt, W, false);
    g_assert_cmpstr(fmt->name_of(a.status), ==,
                    fmt->name_of(fmt->status_no_update));
    g_assert_cmphex(a.map.access, ==, 0);
    g_assert_cmpuint(f->accesses, <, 100);
    fake_env_free(f);
}

/* -- partial grants, for translation requests -- */

static void expect_partial(const Format *fmt, uint64_t leaf, uint8_t want,
                           uint8_t access, uint64_t after)
{
    FakeEnv *f = mapped(fmt, leaf);
    Answer a = ask(f, fmt, want, true);

    expect_page(fmt, &a, access);
    g_assert_cmphex(fake_get64(f, LEAF), ==, after);
    fake_env_free(f);
}

static void test_partial_grants(const void *data)
{
    const Format *fmt = data;
    FakeEnv *f = mapped(fmt, fmt->absent);
    Answer a = ask(f, fmt, R, true);

    expect_status(fmt, &a, fmt->status_absent, LEVELS - 1);
    g_assert_cmphex(fake_get64(f, LEAF), ==, fmt->absent);
    fake_env_free(f);
    /* Write is left out where it is missing. */
    expect_partial(fmt, fmt->read_only[0], R | W, R, fmt->read_only[1]);
    /* Dirty is set for those that ask to write, and for no others. */
    expect_partial(fmt, fmt->clean, R | W, R | W, fmt->written);
    expect_partial(fmt, fmt->clean, R, R, fmt->read);
    expect_partial(fmt, fmt->written, R, R | W, fmt->written);
}

typedef struct Case {
    const char *name;
    void (*run)(const void *format);
} Case;

#define CASE(fn) { #fn, test_##fn }

static const Case cases[] = {
    CASE(read_sets_accessed_and_leaves_clean),
    CASE(write_sets_dirty_in_the_leaf_only),
    CASE(write_may_be_cached_when_dirty),
    CASE(second_walk_writes_nothing),
    CASE(read_only_page),
    CASE(not_present_at_each_level),
    CASE(no_memory_at_each_level),
    CASE(any_failing_access_ends_the_walk),
    CASE(read_only_memory_fails_the_update),
    CASE(address_wider_than_addresses_are),
    CASE(input_beyond_its_width),
    CASE(block_of_2m),
    CASE(entry_cleared_under_the_walk_is_seen),
    CASE(entry_moved_under_the_walk_is_used),
    CASE(restarts_are_bounded),
    CASE(partial_grants),
};

int main(int argc, char **argv)
{
    size_t i, j;

    g_test_init(&argc, &argv, NULL);
    for (i = 0; i < G_N_ELEMENTS(formats); i++) {
        for (j = 0; j < G_N_ELEMENTS(cases); j++) {
            g_autofree char *path = g_strdup_printf("/pt-formats/%s/%s",
                                                    formats[i].name,
                                                    cases[j].name);

            g_test_add_data_func(path, &formats[i], cases[j].run);
        }
    }
    return g_test_run();
}
