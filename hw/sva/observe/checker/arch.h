/*
 * SvaCheckArch: what the checker must know of an architecture
 *
 * One table of functions for each (vtd.c, smmu.c).  They are told everything
 * and keep nothing; none of them reads memory.  @regs are the words of the last
 * SVA_EV_REGS, all zero before the first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_OBSERVE_CHECKER_ARCH_H
#define HW_SVA_OBSERVE_CHECKER_ARCH_H

#include "hw/sva/event.h"

/*
 * An entry of a table, as it was read.
 *
 * @level: as in SvaEvent.entry
 * @shift: page tables: log2 of the span of input addresses, else 0
 * @count: of @words; the others are 0
 */
typedef struct SvaCheckEntry {
    uint64_t words[SVA_EVENT_WORDS];
    SvaEntryType type;
    uint8_t level;
    uint8_t shift;
    uint8_t count;
} SvaCheckEntry;

/* How two contents of one place differ. */
typedef enum SvaCheckChange {
    SVA_CHANGE_NONE,            /* not at all, or in ignored bits, or A and D */
    SVA_CHANGE_UPGRADE,         /* nothing is owed: more rights, now present */
    SVA_CHANGE,                 /* what was cached of the old one is wrong */
} SvaCheckChange;

/* What an entry that is looked up by PASID does for its PASID. */
typedef enum SvaCheckBind {
    SVA_BIND_UNKNOWN,           /* never read */
    SVA_BIND_UNBOUND,           /* not present */
    SVA_BIND_BOUND,
    SVA_BIND_QUIESCED,          /* aborts silently: the mm is gone */
} SvaCheckBind;

/*
 * What one command drops at least.  Only what matches all of the conditions
 * that are set is dropped.
 *
 * @caches:   SvaDropCaches
 * @rid:      @by_rid: functions that agree with it in the bits not in @rid_mask
 * @pasid:    @by_pasid: CONFIG, PASID, ATC only; {0, false}: those without.
 *            TLB and WALK have the PASID in their tag: @asid
 * @kinds:    TLB, WALK: bits 1 << SvaEvent.fill.kind, 0: each kind
 * @addr:     TLB, WALK, ATC: addresses up to @last; 0..UINT64_MAX: all
 * @leaf:     CONFIG, PASID: not those of upper tables (L1STD, L1CD, root), of
 *            which else those go that lead to what is named;
 *            TLB, WALK: @caches has no WALK then; for the words of reports
 * @nonglobal: TLB, WALK: global entries stay
 */
typedef struct SvaCheckInval {
    uint64_t addr;
    uint64_t last;
    SvaPasid pasid;
    uint32_t asid;
    uint16_t domain;
    uint16_t rid;
    uint16_t rid_mask;
    uint8_t caches;
    uint8_t kinds;
    bool by_rid;
    bool by_pasid;
    bool by_domain;
    bool by_asid;
    bool leaf;
    bool nonglobal;
} SvaCheckInval;

#define SVA_CHECK_INVALS 4

/* What a command means to the checker: what it drops, or that it waits. */
typedef struct SvaCheckCommand {
    SvaCheckInval invals[SVA_CHECK_INVALS];
    uint8_t count;
    bool wait;
} SvaCheckCommand;

/* What part of a cache software has to invalidate after a change. */
typedef enum SvaCheckScope {
    SVA_SCOPE_ENTRY,            /* copies of the entry itself */
    SVA_SCOPE_RANGE,            /* page tables: what it translates */
    SVA_SCOPE_PASID,            /* all of this PASID of this function */
    SVA_SCOPE_FUNCTION,         /* all of this function, each PASID */
} SvaCheckScope;

/* @cache: one bit of SvaDropCaches; @what: command to send, for reports */
typedef struct SvaCheckOwed {
    uint8_t cache;
    SvaCheckScope scope;
    const char *what;
} SvaCheckOwed;

#define SVA_CHECK_OWED 6

/* Under which translations are in the TLB; members as in SvaEvent.fill. */
typedef struct SvaCheckTag {
    uint32_t asid;
    uint16_t domain;
    uint8_t kind;
    bool valid;
} SvaCheckTag;

/*
 * @name:     for reports: "VT-d", "SMMUv3"
 * @any_part: invalidating any address of a page or block drops all of it
 * @unordered: what is issued before one wait is carried out in any order
 * @compare:  of the same place, type and level
 * @present:  the tables go on there, or end there with a translation
 * @leaf:     page tables: a page or block
 * @target:   where the table below, or the page, begins; UINT64_MAX: nowhere
 * @cached:   SvaDropCaches (CONFIG, PASID, WALK) that may keep the entry itself
 *            after reading it.  What is in the TLB is told by SVA_EV_FILL.
 * @bind:     entries of the last table before the page tables
 * @domain:   configuration entries: domain ID by which invalidations of CONFIG
 *            and PASID name a copy of it; -1: they do not
 * @pass:     entries of the last table before the page tables: there are none,
 *            and each address is its own; NULL: that is in no TLB
 * @context:  entries of a function that lead to those by PASID
 * @first:    by an entry that @bind takes, and that of @context (NULL: not
 *            known): how many entries the first table has that are of one
 *            address space and not the same in each; @out: one of them, without
 *            words.  0: it is not known where they are in memory; NULL: it
 *            never is
 * @rid_pasid: by such an entry: the PASID by whose entry requests without PASID
 *            go, -1: they go by none; NULL: 0
 * @tag:      by such an entry, @pasid is its own, and that of @context: under
 *            which tag the TLB has what is made by it; not valid: not known
 * @second:   likewise, where the tables of the second stage begin; UINT64_MAX:
 *            there are none
 * @span:     upper tables of which commands name entries by what is below them:
 *            log2 of the RIDs or PASIDs that one leads to; @entry: @context,
 *            NULL: not known
 * @enabled:  the unit translates; while it does not, nothing is owed
 * @owed:     to be done within the limit after a change; their number, in the
 *            order in which they must come.  What is owed only before something
 *            is used again is not among them.
 * @command:  decode SVA_EV_COMMAND; nothing that is illegal is a command
 */
typedef struct SvaCheckArch {
    const char *name;
    bool any_part;
    bool unordered;
    SvaCheckChange (*compare)(const uint64_t *regs, const SvaCheckEntry *old,
                              const SvaCheckEntry *now);
    bool (*present)(const uint64_t *regs, const SvaCheckEntry *entry);
    bool (*leaf)(const uint64_t *regs, const SvaCheckEntry *entry);
    uint64_t (*target)(const uint64_t *regs, const SvaCheckEntry *entry);
    uint8_t (*cached)(const uint64_t *regs, const SvaCheckEntry *entry);
    SvaCheckBind (*bind)(const uint64_t *regs, const SvaCheckEntry *entry);
    int32_t (*domain)(const uint64_t *regs, const SvaCheckEntry *entry);
    bool (*pass)(const uint64_t *regs, const SvaCheckEntry *entry);
    SvaEntryType context;
    unsigned (*first)(const uint64_t *regs, const SvaCheckEntry *entry,
                      const SvaCheckEntry *context, SvaCheckEntry *out);
    int32_t (*rid_pasid)(const uint64_t *regs, const SvaCheckEntry *entry);
    SvaCheckTag (*tag)(const uint64_t *regs, const SvaCheckEntry *entry,
                       const SvaCheckEntry *context, SvaPasid pasid);
    uint64_t (*second)(const uint64_t *regs, const SvaCheckEntry *entry,
                       const SvaCheckEntry *context);
    unsigned (*span)(const uint64_t *regs, SvaEntryType type,
                     const SvaCheckEntry *entry);
    bool (*enabled)(const uint64_t *regs);
    unsigned (*owed)(const uint64_t *regs, const SvaCheckEntry *old,
                     const SvaCheckEntry *now,
                     SvaCheckOwed owed[SVA_CHECK_OWED]);
    void (*command)(const uint64_t *regs, const SvaEvent *event,
                    SvaCheckCommand *command);
} SvaCheckArch;

/* hw/sva/observe/checker/vtd.c and smmu.c */
extern const SvaCheckArch sva_check_vtd;
extern const SvaCheckArch sva_check_smmu;

#endif
