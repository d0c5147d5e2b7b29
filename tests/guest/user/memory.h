/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Scenarios about what memory management does while the device works
 */
#ifndef MEMORY_H
#define MEMORY_H

void scenario_thp(void);
void scenario_swap(void);
void scenario_migrate(void);
void scenario_ksm(void);
void scenario_userfaultfd(void);
void scenario_prq_overflow(void);
void scenario_zero_page(void);
void scenario_mlock(void);
void scenario_completion(void);
void scenario_truncate(void);
void scenario_hugetlb(void);

#endif
