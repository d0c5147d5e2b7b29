/*
 * FakeEnv: an SvaEnv for unit tests
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "fake-env.h"

/* A timer that rearms itself at once would fire for ever. */
#define MAX_FIRINGS 1000000

struct SvaTimer {
    FakeEnv *f;
    SvaTimerFn *fn;
    void *opaque;
    int64_t deadline;
    uint64_t seq;               /* order among equal deadlines */
    bool armed;
};

/* The block of @pa; NULL if it was never written and @create is not set. */
static uint8_t *block_at(FakeEnv *f, uint64_t pa, bool create)
{
    uint64_t number = pa / FAKE_BLOCK;
    unsigned slot = number % FAKE_CACHE_SIZE;
    uint8_t *data;

    if (f->cache[slot].data && f->cache[slot].block == number) {
        return f->cache[slot].data;
    }
    data = g_hash_table_lookup(f->blocks, &number);
    if (!data && create) {
        data = g_malloc0(FAKE_BLOCK);
        g_hash_table_insert(f->blocks,
                            g_memdup2(&number, sizeof(number)), data);
    }
    if (data) {
        f->cache[slot].block = number;
        f->cache[slot].data = data;
    }
    return data;
}

uint8_t *fake_host(FakeEnv *f, uint64_t pa)
{
    return block_at(f, pa, true) + pa % FAKE_BLOCK;
}

void fake_put(FakeEnv *f, uint64_t pa, const void *buf, size_t len)
{
    const uint8_t *from = buf;

    while (len) {
        size_t offset = pa % FAKE_BLOCK;
        size_t n = MIN(len, FAKE_BLOCK - offset);

        memcpy(block_at(f, pa, true) + offset, from, n);
        pa += n;
        from += n;
        len -= n;
    }
}

void fake_get(FakeEnv *f, uint64_t pa, void *buf, size_t len)
{
    uint8_t *to = buf;

    while (len) {
        size_t offset = pa % FAKE_BLOCK;
        size_t n = MIN(len, FAKE_BLOCK - offset);
        const uint8_t *data = block_at(f, pa, false);

        if (data) {
            memcpy(to, data + offset, n);
        } else {
            memset(to, 0, n);
        }
        pa += n;
        to += n;
        len -= n;
    }
}

void fake_put64(FakeEnv *f, uint64_t pa, uint64_t val)
{
    val = GUINT64_TO_LE(val);
    fake_put(f, pa, &val, sizeof(val));
}

void fake_put32(FakeEnv *f, uint64_t pa, uint32_t val)
{
    val = GUINT32_TO_LE(val);
    fake_put(f, pa, &val, sizeof(val));
}

uint64_t fake_get64(FakeEnv *f, uint64_t pa)
{
    uint64_t val;

    fake_get(f, pa, &val, sizeof(val));
    return GUINT64_FROM_LE(val);
}

uint32_t fake_get32(FakeEnv *f, uint64_t pa)
{
    uint32_t val;

    fake_get(f, pa, &val, sizeof(val));
    return GUINT32_FROM_LE(val);
}

static void add_range(FakeEnv *f, uint64_t pa, uint64_t len, bool read_only)
{
    FakeRange range = {
        .first = pa,
        .last = pa + len - 1,
        .read_only = read_only,
    };

    g_assert_cmpuint(len, >, 0);
    g_array_append_val(f->ranges, range);
}

void fake_env_hole(FakeEnv *f, uint64_t pa, uint64_t len)
{
    add_range(f, pa, len, false);
}

void fake_env_read_only(FakeEnv *f, uint64_t pa, uint64_t len)
{
    add_range(f, pa, len, true);
}

void fake_env_heal(FakeEnv *f)
{
    g_array_set_size(f->ranges, 0);
}

void fake_env_fail_nth(FakeEnv *f, uint64_t n)
{
    f->fail_at = n ? f->accesses + n : 0;
}

void fake_env_set_hook(FakeEnv *f, FakeHookFn *hook, void *opaque)
{
    f->hook = hook;
    f->hook_opaque = opaque;
}

/* Count an access of the model and decide whether it succeeds. */
static bool admit(FakeEnv *f, FakeAccess kind, uint64_t pa, size_t len)
{
    uint64_t last = pa + len - 1;
    unsigned i;

    f->accesses++;
    f->writes += kind != FAKE_READ;
    if (f->hook) {
        f->hook(f, kind, pa, f->hook_opaque);
    }
    if (f->accesses == f->fail_at) {
        return false;
    }
    for (i = 0; i < f->ranges->len; i++) {
        const FakeRange *range = &g_array_index(f->ranges, FakeRange, i);

        if (pa <= range->last && last >= range->first &&
            (!range->read_only || kind != FAKE_READ)) {
            return false;
        }
    }
    return last >= pa;
}

static bool op_read(SvaEnv *env, uint64_t pa, void *buf, size_t len)
{
    FakeEnv *f = container_of(env, FakeEnv, env);

    if (!admit(f, FAKE_READ, pa, len)) {
        /* Nobody may use what was read. */
        memset(buf, 0xa5, len);
        return false;
    }
    fake_get(f, pa, buf, len);
    return true;
}

static bool op_write(SvaEnv *env, uint64_t pa, const void *buf, size_t len)
{
    FakeEnv *f = container_of(env, FakeEnv, env);

    if (!admit(f, FAKE_WRITE, pa, len)) {
        return false;
    }
    fake_put(f, pa, buf, len);
    return true;
}

static bool op_read64(SvaEnv *env, uint64_t pa, uint64_t *val)
{
    FakeEnv *f = container_of(env, FakeEnv, env);

    if (!admit(f, FAKE_READ, pa, sizeof(*val))) {
        *val = 0xa5a5a5a5a5a5a5a5;
        return false;
    }
    *val = fake_get64(f, pa);
    return true;
}

static bool op_read128(SvaEnv *env, uint64_t pa, uint64_t val[2])
{
    FakeEnv *f = container_of(env, FakeEnv, env);

    g_assert_cmphex(pa % 16, ==, 0);
    if (!admit(f, FAKE_READ, pa, 16)) {
        val[0] = val[1] = 0xa5a5a5a5a5a5a5a5;
        return false;
    }
    val[0] = fake_get64(f, pa);
    val[1] = fake_get64(f, pa + 8);
    return true;
}

static bool op_cmpxchg64(SvaEnv *env, uint64_t pa, uint64_t *expect,
                         uint64_t desired, bool *swapped)
{
    FakeEnv *f = container_of(env, FakeEnv, env);
    uint64_t old;

    g_assert_cmphex(pa % 8, ==, 0);
    if (!admit(f, FAKE_CMPXCHG, pa, sizeof(old))) {
        return false;
    }
    old = fake_get64(f, pa);
    *swapped = old == *expect;
    if (*swapped) {
        fake_put64(f, pa, desired);
    } else {
        *expect = old;
    }
    return true;
}

static void op_msi(SvaEnv *env, uint64_t addr, uint32_t data)
{
    FakeEnv *f = container_of(env, FakeEnv, env);
    FakeMsi msi = { .addr = addr, .data = data, .time = f->now };

    g_array_append_val(f->msis, msi);
}

static int64_t op_now(SvaEnv *env)
{
    return container_of(env, FakeEnv, env)->now;
}

static SvaTimer *op_timer_new(SvaEnv *env, SvaTimerFn *fn, void *opaque)
{
    FakeEnv *f = container_of(env, FakeEnv, env);
    SvaTimer *timer = g_new0(SvaTimer, 1);

    timer->f = f;
    timer->fn = fn;
    timer->opaque = opaque;
    g_ptr_array_add(f->timers, timer);
    return timer;
}

static void op_timer_at(SvaTimer *timer, int64_t ns)
{
    timer->deadline = ns;
    timer->seq = ++timer->f->timer_seq;
    timer->armed = true;
}

static void op_timer_cancel(SvaTimer *timer)
{
    timer->armed = false;
}

static void op_timer_free(SvaTimer *timer)
{
    g_assert_true(g_ptr_array_remove_fast(timer->f->timers, timer));
    g_free(timer);
}

static void G_GNUC_PRINTF(2, 0)
op_guest_error(SvaEnv *env, const char *fmt, va_list ap)
{
    FakeEnv *f = container_of(env, FakeEnv, env);
    char *text = g_strdup_vprintf(fmt, ap);

    g_assert_null(strchr(text, '\n'));
    g_ptr_array_add(f->guest_errors, text);
}

/* The armed timer that is due first, at @limit at the latest. */
static SvaTimer *next_timer(FakeEnv *f, int64_t limit)
{
    SvaTimer *first = NULL;
    unsigned i;

    for (i = 0; i < f->timers->len; i++) {
        SvaTimer *timer = g_ptr_array_index(f->timers, i);

        if (timer->armed && timer->deadline <= limit &&
            (!first || timer->deadline < first->deadline ||
             (timer->deadline == first->deadline &&
              timer->seq < first->seq))) {
            first = timer;
        }
    }
    return first;
}

void fake_env_advance(FakeEnv *f, int64_t ns)
{
    int64_t target = f->now + ns;
    unsigned firings = 0;
    SvaTimer *timer;

    while ((timer = next_timer(f, target))) {
        g_assert_cmpuint(++firings, <, MAX_FIRINGS);
        f->now = MAX(f->now, timer->deadline);
        timer->armed = false;
        timer->fn(timer->opaque);
    }
    f->now = target;
}

static void record_event(void *opaque, const SvaEvent *event)
{
    FakeEnv *f = opaque;

    g_array_append_vals(f->events, event, 1);
}

const FakeMsi *fake_env_msi(FakeEnv *f, unsigned i)
{
    g_assert_cmpuint(i, <, f->msis->len);
    return &g_array_index(f->msis, FakeMsi, i);
}

unsigned fake_env_log_count(FakeEnv *f)
{
    return f->guest_errors->len;
}

const char *fake_env_last_log(FakeEnv *f)
{
    GPtrArray *logs = f->guest_errors;

    return logs->len ? g_ptr_array_index(logs, logs->len - 1) : "";
}

const SvaEvent *fake_env_event(FakeEnv *f, SvaEventKind kind, unsigned i)
{
    unsigned n;

    for (n = 0; n < f->events->len; n++) {
        const SvaEvent *event = &g_array_index(f->events, SvaEvent, n);

        if (event->kind == kind && i-- == 0) {
            return event;
        }
    }
    g_error("no such event: %s", sva_event_kind_name(kind));
}

unsigned fake_env_event_count(FakeEnv *f, SvaEventKind kind)
{
    unsigned i, count = 0;

    for (i = 0; i < f->events->len; i++) {
        count += g_array_index(f->events, SvaEvent, i).kind == kind;
    }
    return count;
}

void fake_env_clear(FakeEnv *f)
{
    g_array_set_size(f->msis, 0);
    g_array_set_size(f->events, 0);
    g_ptr_array_set_size(f->guest_errors, 0);
}

FakeEnv *fake_env_new(void)
{
    static const SvaEnvOps ops = {
        .read = op_read,
        .write = op_write,
        .read64 = op_read64,
        .read128 = op_read128,
        .cmpxchg64 = op_cmpxchg64,
        .msi = op_msi,
        .now = op_now,
        .timer_new = op_timer_new,
        .timer_at = op_timer_at,
        .timer_cancel = op_timer_cancel,
        .timer_free = op_timer_free,
        .guest_error = op_guest_error,
    };
    FakeEnv *f = g_new0(FakeEnv, 1);

    f->env.ops = &ops;
    f->env.bus = &f->bus;
    f->blocks = g_hash_table_new_full(g_int64_hash, g_int64_equal,
                                     g_free, g_free);
    f->ranges = g_array_new(false, false, sizeof(FakeRange));
    f->msis = g_array_new(false, false, sizeof(FakeMsi));
    f->events = g_array_new(false, false, sizeof(SvaEvent));
    f->guest_errors = g_ptr_array_new_with_free_func(g_free);
    f->timers = g_ptr_array_new();
    f->recorder.fn = record_event;
    f->recorder.opaque = f;
    sva_event_bus_init(&f->bus);
    sva_event_bus_add(&f->bus, &f->recorder);
    return f;
}

void fake_env_free(FakeEnv *f)
{
    g_assert_cmpuint(f->timers->len, ==, 0);
    g_hash_table_destroy(f->blocks);
    g_array_free(f->ranges, true);
    g_array_free(f->msis, true);
    g_array_free(f->events, true);
    g_ptr_array_free(f->guest_errors, true);
    g_ptr_array_free(f->timers, true);
    sva_event_bus_destroy(&f->bus);
    g_free(f);
}
