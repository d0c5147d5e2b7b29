/*
 * What rules may ask of the checker
 *
 * To be called from hooks of a topic, thus under the lock.  Each takes constant
 * time, or logarithmic in what the shadow holds for the PASID.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_OBSERVE_CHECKER_QUERY_H
#define HW_SVA_OBSERVE_CHECKER_QUERY_H

#include "checker.h"
#include "rule.h"

/* Of the architecture, NULL before the first SVA_EV_REGS. */
const SvaCheckArch *sva_check_arch(const SvaChecker *c);
/* SvaRegsArch of sva_check_arch(). */
SvaRegsArch sva_check_arch_id(const SvaChecker *c);
const uint64_t *sva_check_regs(const SvaChecker *c);

/* Memory and time; nothing is written. */
SvaEnv *sva_check_env(const SvaChecker *c);
/* Of the event that is handled, or of the tick. */
int64_t sva_check_now(const SvaChecker *c);
/* Likewise, without time in which the host did not let the machine run. */
int64_t sva_check_clock(const SvaChecker *c);
uint64_t sva_check_seq(const SvaChecker *c);
/* Property limit, in virtual ns. */
int64_t sva_check_limit(const SvaChecker *c);
bool sva_check_paranoid(const SvaChecker *c);
/* The oracle is asked once more; for SvaCheckCounts. */
void sva_check_count_walk(SvaChecker *c);
/* There is no verdict for this reason; true, unless it is none. */
bool sva_check_count_doubt(SvaChecker *c, SvaCheckDoubt doubt);

/* State SVA_BIND_UNKNOWN if the entry was never read. */
SvaCheckBond sva_check_bond(const SvaChecker *c, uint16_t rid, SvaPasid pasid);

/*
 * The last words that the IOMMU read of a configuration entry for @rid and, in
 * tables that are looked up by PASID, @pasid, or what has taken their place.
 * Of tables that lead to those of PASIDs: PASIDs in multiples of 64.  @pa:
 * where it is, may be NULL.
 */
bool sva_check_entry(const SvaChecker *c, SvaEntryType type, uint16_t rid,
                     SvaPasid pasid, SvaCheckEntry *entry, uint64_t *pa);

/*
 * Is something owed for an input address of @rid and @pasid, of its tables or
 * of what leads to them?  Then a cache may say something else than the tables.
 * Memory is read again for that.
 */
bool sva_check_owes_at(SvaChecker *c, uint16_t rid, SvaPasid pasid,
                       uint64_t addr);

/*
 * Read again what leads to the translation of an input address, so that what
 * has changed is known to be owed.
 */
void sva_check_look(SvaChecker *c, uint16_t rid, SvaPasid pasid,
                    uint64_t addr);

/*
 * May the unit have taken tables of others for those of @rid and @pasid, since
 * they have the same tags in its caches?
 */
bool sva_check_is_mixed(const SvaChecker *c, uint16_t rid, SvaPasid pasid);

/* Commands issued whose wait has not completed yet. */
unsigned sva_check_unwaited(const SvaChecker *c);

/*
 * Software waits for the queue, in which what it owes may be behind the wait:
 * nobody is late now.
 */
bool sva_check_waits(const SvaChecker *c);

#endif
