/*
 * Fixture of the endpoint library's tests
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "endpoint-fixture.h"

static void device_reset(void *device)
{
    EndpointFixture *f = device;

    f->resets++;
    memset(f->counter, 0, sizeof(f->counter));
}

static void device_count(void *device, void *owner, SvaFunctionCounter which,
                         uint64_t n)
{
    EndpointFixture *f = device;
    EndpointWork *work = owner;

    f->counter[which] += n;
    if (work) {
        work->counter[which] += n;
    }
}

static void device_wake(void *owner, SvaAccessWait ended)
{
    EndpointWork *work = owner;

    work->wakes |= 1u << ended;
}

static unsigned device_pages(void *owner)
{
    const EndpointWork *work = owner;

    return work->pages;
}

static const EndpointBad *bad_of(const void *owner)
{
    const EndpointWork *work = owner;

    return &work->f->bad;
}

static bool bad_breakpoint(void *owner, SvaAccessPoint point)
{
    return bad_of(owner)->breakpoints & point;
}

static bool bad_withhold(void *owner, bool last)
{
    const EndpointBad *bad = bad_of(owner);

    return bad->withhold || (last && bad->withhold_last);
}

static bool bad_duplicate(void *owner)
{
    return bad_of(owner)->duplicate;
}

static bool bad_exceed(void *owner)
{
    return bad_of(owner)->exceed;
}

static bool bad_share_index(void *owner)
{
    return bad_of(owner)->share_index;
}

static bool bad_keep_stale(void *device)
{
    const EndpointFixture *f = device;

    return f->bad.keep_stale;
}

static SvaInvalTiming bad_inval_timing(void *device, int64_t *delay)
{
    const EndpointFixture *f = device;

    *delay = f->bad.delay;
    return f->bad.timing;
}

static const SvaMisbehaviour bad_table = {
    .breakpoint = bad_breakpoint,
    .withhold = bad_withhold,
    .duplicate = bad_duplicate,
    .exceed = bad_exceed,
    .share_index = bad_share_index,
    .keep_stale = bad_keep_stale,
    .inval_timing = bad_inval_timing,
};

static const SvaFunctionOps good_ops = {
    .reset = device_reset,
    .count = device_count,
    .wake = device_wake,
    .group_pages = device_pages,
};

static const SvaFunctionOps bad_ops = {
    .reset = device_reset,
    .count = device_count,
    .wake = device_wake,
    .group_pages = device_pages,
    .misbehaviour = &bad_table,
};

static void single_answered(SvaPageGroup *group, SvaPrgCode code)
{
    EndpointWork *work = group->owner;

    work->answer = (int)code;
}

static void make_function(EndpointFixture *f, const SvaFunctionOps *ops)
{
    SvaFunctionConfig config = {
        .atc_entries = 64, .atc_largest = 0x40000000, .pri_capacity = 16,
        .adversary = f->adversary,
    };

    sva_function_init(&f->fn, &f->env->env, &config, ops, f);
    for (unsigned i = 0; i < ENDPOINT_ACCESSES; i++) {
        EndpointWork *work = &f->work[i];

        sva_mem_access_init(&work->access, &f->fn, work);
        sva_page_group_init(&work->single, &f->fn, work, single_answered);
        work->single.single = true;
    }
}

void endpoint_set_pri(EndpointFixture *f, bool enable, uint32_t allocation)
{
    sva_function_set_pri(&f->fn, &(SvaPriControl) {
        .allocation = allocation,
    });
    sva_function_set_pri(&f->fn, &(SvaPriControl) {
        .enable = enable, .allocation = allocation,
    });
}

static EndpointFixture *make_fixture(const SvaFunctionOps *ops,
                                     uint32_t adversary)
{
    EndpointFixture *f = g_new0(EndpointFixture, 1);

    f->adversary = adversary;
    f->env = fake_env_new();
    make_function(f, ops);
    for (unsigned i = 0; i < ENDPOINT_ACCESSES; i++) {
        f->work[i].f = f;
        f->work[i].pages = 1;
        f->work[i].answer = -1;
    }
    f->p = fake_port_new(f->env, &sva_function_client_ops, &f->fn);
    sva_function_attach(&f->fn, &f->p->port);
    sva_function_reset(&f->fn);
    sva_function_set_bus_master(&f->fn, true);
    sva_function_set_pasid(&f->fn, true);
    sva_function_set_ats(&f->fn, true);
    endpoint_set_pri(f, true, 8);
    return f;
}

EndpointFixture *endpoint_fixture_ops(const SvaFunctionOps *ops)
{
    return make_fixture(ops, 0);
}

EndpointFixture *endpoint_fixture_adversary(uint32_t seed)
{
    return make_fixture(&bad_ops, seed);
}

EndpointFixture *endpoint_fixture_new(void)
{
    return endpoint_fixture_ops(&good_ops);
}

EndpointFixture *endpoint_fixture_bad(void)
{
    return endpoint_fixture_ops(&bad_ops);
}

void endpoint_fixture_free(EndpointFixture *f)
{
    sva_function_destroy(&f->fn);
    fake_port_free(f->p);
    fake_env_free(f->env);
    g_free(f);
}

SvaMemRequest endpoint_request(EndpointFixture *f, unsigned i,
                               SvaAccessMode mode, uint64_t va, bool write)
{
    return (SvaMemRequest) {
        .addr = va, .end = va + 8, .step = SVA_PAGE_SIZE,
        .buf = f->work[i].data, .len = 8, .pasid = sva_pasid(i + 1),
        .mode = mode, .write = write, .block = true, .breakpoints = true,
    };
}

void endpoint_start(EndpointFixture *f, unsigned i, SvaAccessMode mode,
                    uint64_t va, bool write)
{
    SvaMemRequest req = endpoint_request(f, i, mode, va, write);

    sva_mem_access_start(&f->work[i].access, &req);
}

SvaAccessResult endpoint_step(EndpointFixture *f, unsigned i)
{
    SvaAccessResult result;

    sva_function_begin(&f->fn);
    do {
        result = sva_mem_access_step(&f->work[i].access);
    } while (result == SVA_ACCESS_AGAIN);
    sva_function_end(&f->fn);
    return result;
}

void endpoint_map(EndpointFixture *f, unsigned i, uint64_t va, uint64_t len,
                  uint8_t access)
{
    fake_port_map(f->p, sva_pasid(i + 1), va, len, access);
}

unsigned endpoint_wakes(EndpointFixture *f, unsigned i)
{
    unsigned wakes = f->work[i].wakes;

    f->work[i].wakes = 0;
    return wakes;
}

typedef struct SavedWork {
    SvaMemRequest req;
    SvaMemAccessSaved access;
    SvaPageGroupSaved group;
    SvaPageGroupSaved single;
} SavedWork;

static const char *load_work(EndpointWork *work, const SavedWork *saved)
{
    if (!sva_page_group_load(&work->access.group, &saved->group) ||
        !sva_page_group_load(&work->single, &saved->single)) {
        return "impossible page request group";
    }
    if (saved->access.stage == SVA_ACCESS_IDLE) {
        return NULL;
    }
    sva_mem_access_start(&work->access, &saved->req);
    return sva_mem_access_load(&work->access, &saved->access, false, false)
           ? NULL : "impossible access";
}

const char *endpoint_move(EndpointFixture *f)
{
    g_autofree SvaFunctionSaved *saved = g_new0(SvaFunctionSaved, 1);
    SavedWork works[ENDPOINT_ACCESSES];
    const SvaFunctionOps *ops = f->fn.ops;
    const char *error;

    sva_function_save(&f->fn, saved);
    for (unsigned i = 0; i < ENDPOINT_ACCESSES; i++) {
        works[i].req = f->work[i].access.req;
        sva_mem_access_save(&f->work[i].access, &works[i].access);
        sva_page_group_save(&f->work[i].access.group, &works[i].group);
        sva_page_group_save(&f->work[i].single, &works[i].single);
    }
    sva_function_destroy(&f->fn);
    fake_env_advance(f->env, 1000000007);
    make_function(f, ops);
    sva_function_attach(&f->fn, &f->p->port);
    sva_function_reset(&f->fn);
    error = sva_function_load(&f->fn, saved, true);
    for (unsigned i = 0; !error && i < ENDPOINT_ACCESSES; i++) {
        error = load_work(&f->work[i], &works[i]);
    }
    error = error ? error : sva_function_load_groups(&f->fn, saved);
    return error ? error : sva_function_load_waiting(&f->fn, saved);
}
