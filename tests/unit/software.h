/*
 * Software that maps, unmaps, frees tables and unbinds at random
 *
 * Devices access meanwhile what they should and what they should not.  A unit
 * with any seed must not let correct software see a difference; and for each
 * step that is left out there must be seeds that do.
 *
 * What has been freed is overwritten: a table with entries that lead to a page
 * of somebody else.  Software is wrong when a device gets there, gets to a page
 * that was freed, is refused one that is mapped, or changes freed memory.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TESTS_UNIT_SOFTWARE_H
#define TESTS_UNIT_SOFTWARE_H

#include "fake-env.h"
#include "hw/sva/iommu.h"

#define SOFTWARE_SPACES    3
#define SOFTWARE_REGIONS   2            /* of 2 MiB, each with a table */
#define SOFTWARE_PAGES     6            /* that are used of a region */
#define SOFTWARE_BIG       0x40000000ull /* a large page of 2 MiB */
#define SOFTWARE_BIG_PAGES 4            /* that are used of it */

/* Of Software.omitted; an architecture's own follow. */
#define SOFTWARE_CORRECT 0

typedef struct Software Software;

/*
 * Entries of levels 1 (pages) and 2 (tables and large pages) of 4.
 *
 * @names:      of what may be left out, from SOFTWARE_CORRECT + 1 on
 * @page, @big: bits of present entries
 * @start:      sets @f and @env
 * @entry:      the place of an entry, whose tables are made if need be
 * @bind:       @root[@p] is to be used
 * @unbind:     it is no longer; invalidate, and wait
 * @unmapped, @big_unmapped, @region_freed: invalidate that, and wait
 */
typedef struct SoftwareOps {
    const char *arch;
    const char *const *names;
    unsigned names_count;
    uint64_t page;
    uint64_t big;
    void (*start)(Software *s, uint32_t seed);
    void (*finish)(Software *s);
    SvaTranslation (*translate)(Software *s, unsigned p, uint64_t va);
    uint64_t (*entry)(Software *s, unsigned p, unsigned level, uint64_t va);
    bool (*is_table)(uint64_t entry);
    uint64_t (*new_root)(Software *s);
    void (*bind)(Software *s, unsigned p);
    void (*unbind)(Software *s, unsigned p);
    void (*unmapped)(Software *s, unsigned p, uint64_t va);
    void (*big_unmapped)(Software *s, unsigned p);
    void (*region_freed)(Software *s, unsigned p, unsigned region);
} SoftwareOps;

/*
 * @f:     the architecture's fixture
 * @pa:    what is mapped, 0: nothing
 * @freed: tables
 */
struct Software {
    const SoftwareOps *ops;
    void *f;
    FakeEnv *env;
    GRand *rand;
    unsigned omitted;
    bool bound[SOFTWARE_SPACES];
    uint64_t root[SOFTWARE_SPACES];
    uint64_t pa[SOFTWARE_SPACES][SOFTWARE_REGIONS][SOFTWARE_PAGES];
    uint64_t big[SOFTWARE_SPACES];
    uint64_t next_pa;
    GArray *freed;
    bool wrong;
};

uint64_t software_va(unsigned region, unsigned page);
/* Devices work until @done, which must be soon. */
void software_wait(Software *s, bool (*done)(Software *s));
/* Adds /@arch/software/correct and /@arch/software/omits/NAME. */
void software_add_tests(const SoftwareOps *ops);

#endif
