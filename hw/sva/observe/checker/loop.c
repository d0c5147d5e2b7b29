/*
 * The same page asked for again and again although software says it is there
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "loop.h"

/* A hash; the multiplier is 2^64 divided by the golden ratio, made odd. */
static SvaCheckLoop *slot_of(SvaCheckLoops *loops, uint16_t rid,
                             SvaPasid pasid, uint64_t addr)
{
    uint64_t key = addr >> SVA_PAGE_SHIFT;

    key ^= (uint64_t)rid << 44 ^ (uint64_t)(pasid.id + pasid.valid) << 24;
    return &loops->slots[(key * 0x9e3779b97f4a7c15ull >> 32) %
                         SVA_CHECK_LOOPS];
}

static bool is_same(const SvaCheckLoop *loop, uint16_t rid, SvaPasid pasid,
                    uint64_t addr)
{
    return loop->used && loop->rid == rid &&
           sva_pasid_equal(loop->pasid, pasid) &&
           loop->page == (addr & SVA_PAGE_MASK);
}

unsigned sva_check_loop_ask(SvaCheckLoops *loops, const SvaEvent *event,
                            uint64_t key)
{
    SvaCheckLoop *loop = slot_of(loops, event->rid, event->pasid,
                                 event->addr);

    if (!is_same(loop, event->rid, event->pasid, event->addr) ||
        loop->access != event->access) {
        *loop = (SvaCheckLoop) {
            .page = event->addr & SVA_PAGE_MASK, .pasid = event->pasid,
            .rid = event->rid, .access = event->access, .used = true,
        };
    }
    loop->group = key;
    loop->asked = true;
    return loop->answers;
}

void sva_check_loop_answer(SvaCheckLoops *loops, uint16_t rid, SvaPasid pasid,
                           uint64_t addr, uint64_t key)
{
    SvaCheckLoop *loop = slot_of(loops, rid, pasid, addr);

    if (is_same(loop, rid, pasid, addr) && loop->group == key &&
        loop->asked) {
        loop->asked = false;
        loop->answers += loop->answers < UINT8_MAX;
    }
}

void sva_check_loop_end(SvaCheckLoops *loops, const SvaEvent *event,
                        uint8_t access)
{
    SvaCheckLoop *loop = slot_of(loops, event->rid, event->pasid,
                                 event->addr);

    if (is_same(loop, event->rid, event->pasid, event->addr) &&
        !(loop->access & (SVA_READ | SVA_WRITE) & ~access)) {
        loop->used = false;
    }
}
