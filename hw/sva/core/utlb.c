/*
 * Front cache: insertion and growth
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "utlb.h"

#define FIRST_LINES 64u
#define MIN_LINES   8u
#define MAX_LINES   (1u << 19)

static void alloc_lines(SvaFrontCache *front, uint32_t lines)
{
    front->lines = lines;
    front->shift = 64 - (uint32_t)__builtin_ctz(lines);
    front->raw = g_malloc0((lines + 1ull) * SVA_FRONT_LINE);
    front->ways = (void *)(((uintptr_t)front->raw + SVA_FRONT_LINE - 1) &
                           ~(uintptr_t)(SVA_FRONT_LINE - 1));
    front->puts = 0;
    front->lost = 0;
}

void sva_front_init(SvaFrontCache *front, unsigned answers)
{
    QEMU_BUILD_BUG_ON(sizeof(SvaFrontWay) * SVA_FRONT_WAYS != SVA_FRONT_LINE);

    memset(front, 0, sizeof(*front));
    front->most = MIN_LINES;
    while (front->most * SVA_FRONT_WAYS < answers &&
           front->most < MAX_LINES) {
        front->most *= 2;
    }
    alloc_lines(front, MIN(front->most, FIRST_LINES));
}

void sva_front_free(SvaFrontCache *front)
{
    g_free(front->raw);
}

void sva_front_reset(SvaFrontCache *front)
{
    g_free(front->raw);
    alloc_lines(front, MIN(front->most, FIRST_LINES));
}

/* Larger, and empty: the answers come again from behind. */
static void grow_if_too_small(SvaFrontCache *front)
{
    if (++front->puts < front->lines * SVA_FRONT_WAYS) {
        return;
    }
    if (front->lost > front->puts / 8 && front->lines < front->most) {
        g_free(front->raw);
        alloc_lines(front, front->lines * 2);
    }
    front->puts = 0;
    front->lost = 0;
}

/*
 * The way to use: that of the same request, one that is not valid any more
 * as far as is known, or the second, after the first has moved there: that
 * one is the younger.
 */
static SvaFrontWay *choose_way(SvaFrontCache *front, const SvaFrontKey *key)
{
    SvaFrontWay *line = sva_front_line(front, key);
    uint64_t page = key->addr >> SVA_PAGE_SHIFT;
    unsigned i;

    for (i = 0; i < SVA_FRONT_WAYS; i++) {
        if (line[i].who == key->who && line[i].page == page) {
            return &line[i];
        }
    }
    for (i = 0; i < SVA_FRONT_WAYS; i++) {
        if (!line[i].who || line[i].stamp < front->epoch) {
            return &line[i];
        }
    }
    front->lost++;
    line[1] = line[0];
    return &line[0];
}

void sva_front_put(SvaFrontCache *front, const SvaFrontKey *key,
                   const SvaFrontAnswer *answer)
{
    SvaFrontWay *way;

    grow_if_too_small(front);
    way = choose_way(front, key);
    way->who = key->who;
    way->page = key->addr >> SVA_PAGE_SHIFT;
    way->stamp = sva_front_stamp(front, key->group, answer->group);
    way->data = (answer->addr & SVA_FRONT_ADDR) |
                (uint64_t)answer->group << SVA_FRONT_GROUP_SHIFT |
                (uint64_t)(__builtin_popcountll(answer->mask) -
                           SVA_PAGE_SHIFT) << 4 |
                (uint64_t)answer->flag << 3 | (answer->access & 7);
}
