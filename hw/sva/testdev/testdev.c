/*
 * sva-pci-testdev: the smallest device on the endpoint library
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "testdev.h"

/* The processors have a turn after so many steps, for so long. */
#define SLICE_STEPS 64
#define SLICE_GAP_NS 1000

#define REG(t, name) ((t)->reg[SVA_TESTDEV_##name / 8])

static void schedule(SvaTestdev *t)
{
    SvaEnv *env = t->fn.env;

    env->ops->timer_at(t->timer, env->ops->now(env) + SLICE_GAP_NS);
}

/* Begin an access, all of it in one page. */
static void start(SvaTestdev *t, unsigned phase, uint64_t addr, void *buf,
                  size_t len)
{
    SvaMemRequest req = {
        .addr = addr,
        .buf = buf,
        .len = (uint32_t)len,
        .pasid = sva_pasid((uint32_t)REG(t, PASID)),
        .mode = !t->fn.ats_enable ? SVA_ACCESS_UNTRANSLATED
                : !t->fn.pri_enable ? SVA_ACCESS_ATS : SVA_ACCESS_ATS_PRI,
        .write = phase == TESTDEV_FILL,
        .block = true,
    };

    t->phase = phase;
    sva_mem_access_start(&t->access, &req);
}

/* The descriptor is done, or the queue stops since an access failed. */
static void finish(SvaTestdev *t, SvaAccessError error)
{
    t->phase = TESTDEV_IDLE;
    REG(t, ERROR) = error;
    REG(t, HEAD) += !error;
    t->fn.port->ops->interrupt(t->fn.port, 0);
}

/* After the descriptor or a part of the range: fill up to the next page. */
static void go_on(SvaTestdev *t)
{
    uint64_t addr, left;

    t->filled = t->phase == TESTDEV_FILL ? t->filled + t->access.req.len : 0;
    addr = GUINT64_FROM_LE(t->desc.addr) + t->filled;
    left = GUINT64_FROM_LE(t->desc.len) - t->filled;
    memset(t->page, GUINT64_FROM_LE(t->desc.byte) & 0xff, SVA_PAGE_SIZE);
    if (left) {
        start(t, TESTDEV_FILL, addr, t->page,
              MIN(left, SVA_PAGE_SIZE - (addr & ~SVA_PAGE_MASK)));
    } else {
        finish(t, SVA_ACCESS_OK);
    }
}

/* false: nothing to do before a register is written, or before wake(). */
static bool step(SvaTestdev *t)
{
    SvaAccessResult result;

    if (t->phase == TESTDEV_IDLE) {
        if (REG(t, HEAD) == REG(t, TAIL) || REG(t, ERROR)) {
            return false;
        }
        start(t, TESTDEV_FETCH, (REG(t, RING) & ~31ull) +
              REG(t, HEAD) % SVA_TESTDEV_RING_SIZE * sizeof(t->desc),
              &t->desc, sizeof(t->desc));
    }
    result = sva_mem_access_step(&t->access);
    if (result == SVA_ACCESS_DONE) {
        go_on(t);
    } else if (result == SVA_ACCESS_FAILED) {
        finish(t, t->access.error);
    }
    return result != SVA_ACCESS_WAITS;
}

static void run(void *opaque)
{
    SvaTestdev *t = opaque;
    unsigned left = SLICE_STEPS;

    sva_function_begin(&t->fn);
    while (left && !t->fn.reset_pending && step(t)) {
        left--;
    }
    if (!left) {
        schedule(t);
    }
    sva_function_end(&t->fn);
}

static void wake(void *owner, SvaAccessWait what G_GNUC_UNUSED)
{
    schedule(owner);
}

static void reset(void *device)
{
    SvaTestdev *t = device;

    t->phase = TESTDEV_IDLE;
    memset(t->reg, 0, sizeof(t->reg));
}

SvaTestdev *sva_testdev_new(SvaEnv *env, const SvaFunctionConfig *config)
{
    static const SvaFunctionOps ops = { .reset = reset, .wake = wake };
    SvaTestdev *t = g_new0(SvaTestdev, 1);

    sva_function_init(&t->fn, env, config, &ops, t);
    sva_mem_access_init(&t->access, &t->fn, t);
    t->timer = env->ops->timer_new(env, run, t);
    return t;
}

void sva_testdev_free(void *testdev)
{
    SvaTestdev *t = testdev;

    t->fn.env->ops->timer_free(t->timer);
    sva_function_destroy(&t->fn);
    g_free(t);
}

/* Not while it sends requests, which may lead back to its registers. */
static bool reg_ok(SvaTestdev *t, uint64_t offset, unsigned size)
{
    return !t->fn.busy && size == 8 && !(offset % 8) &&
           offset < SVA_TESTDEV_REGS;
}

uint64_t sva_testdev_read(void *testdev, uint64_t offset, unsigned size)
{
    SvaTestdev *t = testdev;

    return reg_ok(t, offset, size) ? t->reg[offset / 8] : 0;
}

void sva_testdev_write(void *testdev, uint64_t offset, uint64_t value,
                       unsigned size)
{
    SvaTestdev *t = testdev;

    if (!reg_ok(t, offset, size) || offset >= SVA_TESTDEV_HEAD) {
        sva_guest_error(t->fn.env, "sva-pci-testdev: bad write");
        return;
    }
    t->reg[offset / 8] = value;
    schedule(t);
}
