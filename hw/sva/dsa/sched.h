/*
 * sva-dsa: dispatch of descriptors, and the turns of slots
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_DSA_SCHED_H
#define HW_SVA_DSA_SCHED_H

/* Of SvaDsa.timer. */
void sva_dsa_run(void *dsa);

#endif
