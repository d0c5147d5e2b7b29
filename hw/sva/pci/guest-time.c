/*
 * How long the guest's processors could run
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "hw/core/cpu.h"
#include "system/tcg.h"
#include "hw/sva/compat.h"
#include "guest-time.h"

#define NS_IN_S 1000000000ll

static int64_t used_now(void)
{
    struct timespec ts = { 0 };

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
    return ts.tv_sec * NS_IN_S + ts.tv_nsec;
}

/* With other accelerators a processor that waits does so in the kernel. */
static bool somebody_runs(void)
{
    CPUState *cpu;

    if (!tcg_enabled()) {
        return false;
    }
    CPU_FOREACH(cpu) {
        if (!cpu->halted && !cpu->stopped) {
            return true;
        }
    }
    return false;
}

static int64_t used_since(SvaGuestTime *t)
{
    int64_t now = used_now(), used = now - t->used;

    t->used = now;
    return used;
}

/* With -icount the virtual clock stands still itself if the guest does. */
int64_t sva_guest_time(SvaGuestTime *t, int64_t elapsed)
{
    int64_t used;

    if (icount_enabled()) {
        return elapsed;
    }
    used = used_since(t);
    return somebody_runs() ? MIN(elapsed, used) : elapsed;
}
