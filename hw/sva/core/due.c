/*
 * Work that is due at once
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "due.h"

/* It may drop, or free, what else has been taken. */
static void do_all(SvaDue *due, SvaDueFn *fn)
{
    GList *link;

    while ((link = g_queue_pop_head_link(&due->queue))) {
        SvaDueWork *work = link->data;

        work->taken = false;
        fn(work);
    }
}

void sva_due_leave(SvaDue *due, SvaDueFn *fn)
{
    if (due->depth == 1) {
        due->takes = false;
        do_all(due, fn);
    }
    due->depth--;
}

bool sva_due_take(SvaDue *due, SvaDueWork *work)
{
    if (!due->takes) {
        return false;
    }
    if (!work->taken) {
        work->taken = true;
        work->link.data = work;
        g_queue_push_tail_link(&due->queue, &work->link);
    }
    return true;
}

void sva_due_drop(SvaDue *due, SvaDueWork *work)
{
    if (work->taken) {
        work->taken = false;
        g_queue_unlink(&due->queue, &work->link);
    }
}
