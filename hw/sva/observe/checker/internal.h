/*
 * SvaChecker: its parts, and who holds whom
 *
 *     function (RID) -> slot (configuration entry) -> old contents, owed
 *     user (RID, PASID of requests) -> slot of its PASID, space
 *     space (tag of the TLB) -> page-table entries, old ones: owed
 *
 * Nothing says that a copy of an entry is in a cache; what is kept is when the
 * IOMMU last made one, as the sequence number of the event.  A copy is live
 * until an invalidation that was issued later, and covers it, is complete.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_OBSERVE_CHECKER_INTERNAL_H
#define HW_SVA_OBSERVE_CHECKER_INTERNAL_H

#include "checker.h"
#include "history.h"
#include "log.h"
#include "query.h"

#define SVA_CHECK_KINDS 4           /* of SvaEvent.fill.kind */
#define SVA_CHECK_WALK  96          /* of one request, nested, flags set */

/* Kind of what is of the second stage alone. */
#define SVA_CHECK_SECOND SVA_FILL_VTD_SECOND
G_STATIC_ASSERT((int)SVA_FILL_VTD_SECOND == (int)SVA_FILL_SMMU_STAGE2);

typedef struct SvaCheckSpace SvaCheckSpace;
typedef struct SvaCheckNode SvaCheckNode;
typedef struct SvaCheckSlot SvaCheckSlot;
typedef struct SvaCheckUser SvaCheckUser;
typedef struct SvaCheckDebt SvaCheckDebt;
typedef struct SvaCheckGroup SvaCheckGroup;
typedef struct SvaCheckTelling SvaCheckTelling;

/*
 * Entries in the order in which they are looked at again.  What is embedded in
 * a slot has @slot set.
 */
typedef struct SvaCheckItem {
    struct SvaCheckItem *prev;
    struct SvaCheckItem *next;
    bool slot;
} SvaCheckItem;

/* -- configuration -- */

/* Caches of configuration. */
enum {
    SVA_CHECK_CONFIG,
    SVA_CHECK_PASID,
    SVA_CHECK_CONFIGS
};

/* @mark: copies made before it are gone; @upper_mark: the same, upper tables */
typedef struct SvaCheckFunction {
    uint64_t mark[SVA_CHECK_CONFIGS];
    uint64_t upper_mark[SVA_CHECK_CONFIGS];
    uint64_t atc_mark;
    SvaCheckSlot *slots;
    uint16_t rid;
    bool ats;
    bool pri;
} SvaCheckFunction;

#define SVA_CHECK_FIRST 4

/*
 * Some entries of the first table of an address space, to know it again.
 *
 * @entry: what they are; @count: how many, 0: it is not known
 */
typedef struct SvaCheckTables {
    SvaCheckEntry entry;
    uint64_t words[SVA_CHECK_FIRST];
    uint16_t index[SVA_CHECK_FIRST];
    uint8_t count;
} SvaCheckTables;

/*
 * Where a configuration entry is, for a function and, if it is looked up by
 * PASID, a PASID.
 *
 * @seq:     when the IOMMU last read it, 0: no copy is left
 * @cached:  SvaDropCaches that may have a copy
 * @domain:  that invalidations may name, -1: none
 * @tables:  what @bond was last bound to
 * @prev_*, @next_*: other slots of the PASID, of the function
 */
struct SvaCheckSlot {
    SvaCheckItem item;
    uint64_t key;
    SvaCheckFunction *function;
    SvaPasid pasid;
    uint64_t pa;
    uint64_t seq;
    int32_t domain;
    uint8_t cached;
    SvaCheckEntry entry;
    SvaCheckBond bond;
    SvaCheckTables tables;
    SvaCheckDebt *debts;
    SvaCheckUser *users;
    SvaCheckSlot *prev_of_pasid;
    SvaCheckSlot *next_of_pasid;
    SvaCheckSlot *prev_of_function;
    SvaCheckSlot *next_of_function;
};

/*
 * Requests of a function with a PASID, or without.
 *
 * @granted: when a translation was last handed out to the ATC
 */
struct SvaCheckUser {
    uint64_t key;
    SvaCheckFunction *function;
    SvaPasid pasid;
    SvaCheckSlot *slot;
    SvaCheckSpace *space;
    uint64_t granted;
    uint64_t atc_mark;
    unsigned holds;
    SvaCheckUser *next_of_slot;
    SvaCheckUser *prev_of_space;
    SvaCheckUser *next_of_space;
};

/* -- page tables -- */

/*
 * What invalidations by domain, address space, both or none have dropped.
 *
 * @second: by domain: where the tables of the second stage begin that were
 *          walked last, and @walked: when
 * @mixed:  when they were last others, while something was left of those before
 */
typedef struct SvaCheckMarks {
    uint64_t tlb[SVA_CHECK_KINDS];
    uint64_t walk[SVA_CHECK_KINDS];
    SvaCheckSpace *spaces;
    uint64_t second;
    uint64_t walked;
    uint64_t mixed;
    unsigned count;
    uint32_t domain;
    uint32_t asid;
} SvaCheckMarks;

#define SVA_CHECK_ANY UINT32_MAX
/* Of tables below others: no invalidation names it. */
#define SVA_CHECK_BELOW (SVA_CHECK_ANY - 1)

enum {
    SVA_MARKS_BOTH,
    SVA_MARKS_DOMAIN,
    SVA_MARKS_ASID,
    SVA_MARKS_ALL,
    SVA_MARKS
};

/* Of a range: leaves of the second stage, of what the TLB has combined. */
#define SVA_CHECK_LEAVES (1u << 7)

/* An invalidation of a range, for the words of a report. */
typedef struct SvaCheckRange {
    uint64_t issued;
    uint64_t addr;
    uint64_t last;
    uint8_t caches;
} SvaCheckRange;

#define SVA_CHECK_RANGES 8
#define SVA_CHECK_RECENT 8

/*
 * @nodes:   by size and address, old contents after the newest
 * @shifts:  sizes of which there are nodes
 * @recent:  nodes that were found last, one for each level of tables
 * @below:   second-stage tables of nested translations: by domain only; the
 *           TLB has them combined with the first stage, under @kind
 * @target:  first table that was walked, UINT64_MAX: not known
 * @mixed:   when @target last changed while something was left of it
 * @changed: when a changed entry was last seen, by SvaChecker.clock
 * @pins:    it is not to be freed
 * @rid, @pasid: of the last request that filled the TLB
 */
struct SvaCheckSpace {
    SvaCheckMarks *marks[SVA_MARKS];
    struct {
        SvaCheckSpace *prev;
        SvaCheckSpace *next;
    } link[SVA_MARKS];
    GSequence *nodes;
    SvaCheckNode *recent[SVA_CHECK_RECENT];
    uint64_t shifts;
    uint64_t target;
    uint64_t mixed;
    int64_t changed;
    SvaCheckUser *users;
    SvaCheckRange ranges[SVA_CHECK_RANGES];
    unsigned range;
    unsigned pins;
    uint32_t asid;
    uint16_t domain;
    uint8_t kind;
    uint8_t walk_kind;          /* the same, of paging-structure caches */
    bool below;
    uint16_t rid;
    SvaPasid pasid;
};

/* A translation that an ATC may hold. */
typedef struct SvaCheckHold {
    SvaCheckUser *user;
    uint64_t seq;
    uint64_t covered;
    struct SvaCheckHold *next;
} SvaCheckHold;

/*
 * A page-table entry for one range of input addresses.
 *
 * @walk, @tlb: when a copy, or a translation, was last made; 0: none is left
 * @covered:    64ths of its range that were invalidated since
 * @age:        1: newest content; old ones: more, in the order of their end
 * @debt:       it is an old content that is owed
 * @misordered: a device TLB was invalidated too early
 * @generation: SvaChecker.generation by which @leaf and @kept say what @word is
 * @kept:       walk caches may keep it
 * @pass:       no entry, but all addresses, each by itself; never changes
 */
struct SvaCheckNode {
    SvaCheckItem item;
    SvaCheckSpace *space;
    GSequenceIter *iter;
    uint64_t base;
    uint64_t pa;
    uint64_t word;
    uint64_t walk;
    uint64_t tlb;
    uint64_t covered;
    uint64_t age;
    SvaCheckHold *holds;
    SvaCheckDebt *debt;
    SvaEntryType type;
    uint8_t level;
    uint8_t shift;
    bool misordered;
    bool leaf;
    bool kept;
    uint64_t generation;
    bool pass;
};

/* -- what is owed -- */

/* Of spaces: they may be gone by then. */
#define SVA_CHECK_TAGS 2            /* users of a slot: with PASID, without */

/*
 * An old content of a slot or a page-table entry, of which copies may be left.
 *
 * @number:  of all obligations that were ever opened
 * @group:   with which it is told, NULL: it is not, or has been
 * @seen:    event at which the change was seen
 * @time:    the same, virtual; @first: by SvaChecker.clock
 * @due:     when it is to be looked at again
 * @seq:     slot: when the old content was last read
 * @refill:  slot: when a translation was last made by the old content
 * @tags:    slot: spaces that were filled by it
 * @now:     what was there instead
 * @gone:    it was seen to be no longer present, or quiesced
 * @misordered: caches that were invalidated before what they are filled from
 */
struct SvaCheckDebt {
    SvaCheckSlot *slot;
    SvaCheckNode *node;
    SvaCheckGroup *group;
    uint64_t number;
    uint64_t seen;
    int64_t time;
    int64_t first;
    int64_t due;
    uint64_t seq;
    uint64_t refill;
    SvaCheckTag tags[SVA_CHECK_TAGS];
    uint64_t pa;
    int32_t domain;
    uint8_t cached;
    SvaCheckEntry old;
    SvaCheckEntry now;
    bool gone;
    uint8_t misordered;
    SvaCheckDebt *next;             /* of the slot */
    GList link;                     /* of all, in the order of @due */
};

/* -- all -- */

/* An entry that was read at @pa; @addr, @rid, @pasid: as in SvaEvent. */
typedef struct SvaCheckWalked {
    SvaCheckEntry entry;
    uint64_t addr;
    uint64_t pa;
    SvaPasid pasid;
    uint16_t rid;
} SvaCheckWalked;

/* Entries of the request that is being looked up. */
typedef struct SvaCheckPending {
    SvaCheckWalked entries[SVA_CHECK_WALK];
    unsigned count;
    bool filled;                    /* the TLB has them already */
} SvaCheckPending;

struct SvaChecker {
    SvaEnv *env;
    SvaCheckOptions options;
    const SvaCheckArch *arch;
    SvaRegsArch arch_id;
    uint64_t regs[SVA_EVENT_WORDS];
    uint64_t generation;            /* of @regs */
    bool enabled;

    const SvaCheckArch *const *archs;
    const SvaCheckTopic *const *topics;
    void **states;

    uint64_t seq;
    int64_t now;
    int64_t clock;                  /* as @now, but never far at once */
    int64_t ticked;
    SvaTimer *timer;
    bool timing;

    SvaCheckHistory history;
    SvaCheckLog log;
    SvaCheckIssued batch[SVA_CHECK_LOG_INVALS + 1];
    SvaCheckPending walk;

    GHashTable *functions;          /* by RID */
    GHashTable *slots;              /* by type, RID, PASID */
    GHashTable *slots_of_pasid;
    GHashTable *users;              /* by RID, PASID */
    GHashTable *spaces;
    GHashTable *marks;
    uint64_t mark[SVA_CHECK_CONFIGS];
    uint64_t upper_mark[SVA_CHECK_CONFIGS];
    uint64_t *domain_mark[SVA_CHECK_CONFIGS];
    uint64_t atc_mark;
    uint64_t tables;                /* number of the last ones (SvaCheckBond) */
    SvaCheckItem items;             /* head of the ring */
    SvaCheckItem *cursor;
    GQueue debts;

    SvaCheckNotifyFn *notify;
    void *notify_opaque;
    bool listened;                  /* somebody wants to be told */
    SvaCheckTelling *telling;
    SvaCheckNotifyFn *told;
    void *told_opaque;
    GPtrArray *reports;
    GHashTable *known;              /* rule, RID, PASID -> report */
    SvaCheckCounts counts;
};

/* A walk over something that may grow shows in a counter. */
static inline void sva_check_work(SvaChecker *c)
{
    c->counts.work++;
}

#endif
