/*
 * Work that is due at once
 *
 * A call into a model, such as a register write, may wake somebody who then has
 * work that is due at once.  It must not be done within the call, which is not
 * over yet; and to hand it to another thread takes longer than the work itself.
 * So the outermost call takes such work, and does it when it ends.
 *
 * Not every call takes work.  One that was made by work in progress, as by a
 * DMA that ends at a register, must not, or else the work would be begun again
 * from within itself.  What is made due while work is done is not taken either,
 * so that one call does each work once.
 *
 * There is no lock: one for all who use it is held.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_CORE_DUE_H
#define HW_SVA_CORE_DUE_H

/* One for each who may have work. */
typedef struct SvaDueWork {
    GList link;                 /* in SvaDue.queue while @taken */
    bool taken;
} SvaDueWork;

typedef void SvaDueFn(SvaDueWork *work);

/* All zero: nobody is in a call. */
typedef struct SvaDue {
    GQueue queue;
    unsigned depth;             /* of calls */
    bool takes;
} SvaDue;

/* Begin a call.  @takes: may it take work, if no other one is in progress? */
static inline void sva_due_enter(SvaDue *due, bool takes)
{
    if (!due->depth++) {
        due->takes = takes;
    }
}

/* End it; @fn does what the outermost call has taken. */
void sva_due_leave(SvaDue *due, SvaDueFn *fn);

/* Is @work done at the end of this call?  false: somebody else has to do it. */
bool sva_due_take(SvaDue *due, SvaDueWork *work);

/* It need not be done any more. */
void sva_due_drop(SvaDue *due, SvaDueWork *work);

#endif
