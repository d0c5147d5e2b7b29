/*
 * Words of tables that the IOMMU read, as SVA_EV_ENTRY told
 *
 * Those of the request that is going on, and of earlier ones, which its caches
 * of configuration and of upper page tables may still use.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_OBSERVE_CHECKER_READ_WORDS_H
#define HW_SVA_OBSERVE_CHECKER_READ_WORDS_H

#include "query.h"
#include "../oracle/oracle.h"

/* Of one request: configuration, and five levels on five levels */
#define SVA_CHECK_READ_WORDS 128
#define SVA_CHECK_KEPT_WORDS 16384
#define SVA_CHECK_KEPT_CONFIG 4096

/* @last: as it was announced last, of @reads times; @addr: as there. */
typedef struct SvaCheckReadWord {
    uint64_t pa;
    uint64_t addr;
    uint64_t first;
    uint64_t last;
    uint16_t reads;
    bool page_table;
} SvaCheckReadWord;

/*
 * @changed: words were announced again that had changed
 * @racing:  ... in other bits than flags, or there are too many: no verdict
 */
typedef struct SvaCheckReadRequest {
    SvaCheckReadWord words[SVA_CHECK_READ_WORDS];
    unsigned count;
    bool changed;
    bool racing;
} SvaCheckReadRequest;

/*
 * One word for each of many places; a newer one takes the place of another.
 *
 * @since: virtual time at which it was first read so, INT64_MIN: ever since
 */
typedef struct SvaCheckKeptWord {
    uint64_t pa;
    uint64_t word;
    int64_t since;
    bool page_table;
    bool valid;
} SvaCheckKeptWord;

/*
 * Entries of configuration are read once and used as long as they are cached:
 * page tables must not take their place.
 */
typedef struct SvaCheckReads {
    SvaCheckReadRequest request;
    SvaCheckKeptWord kept[SVA_CHECK_KEPT_WORDS];
    SvaCheckKeptWord config[SVA_CHECK_KEPT_CONFIG];
} SvaCheckReads;

/* SVA_EV_ENTRY */
void sva_check_reads_add(SvaCheckReads *r, const SvaEvent *event);
/* The next entry begins a request. */
void sva_check_reads_end(SvaCheckReads *r);

/* The address that page tables are walked by, of that of a request. */
uint64_t sva_check_walked_addr(const SvaChecker *c, uint64_t addr);
/* Is the unit an adversary? */
bool sva_check_takes_liberties(const SvaChecker *c);

#define SVA_CHECK_BORROWED 64

/*
 * A source for the oracle.
 *
 * @event:    of the request
 * @before:   words of the request as they were before the unit changed flags
 * @borrowed: what an earlier request read.  An adversary reads at any time, and
 *            what it reads need not be what it uses: all that is borrowed but
 *            the page tables of this very address.
 * @never:    the word that is missing was never read by any request
 */
typedef struct SvaCheckSource {
    SvaOracleSource source;
    SvaChecker *checker;
    const SvaCheckReads *reads;
    const SvaEvent *event;
    bool before;
    const SvaCheckKeptWord *borrowed[SVA_CHECK_BORROWED];
    unsigned borrowed_count;
    bool never;
} SvaCheckSource;

void sva_check_source_init(SvaCheckSource *s, SvaChecker *c,
                           const SvaCheckReads *reads, const SvaEvent *event,
                           bool before);
/* Page tables were read for this address. */
bool sva_check_source_has_pages(const SvaCheckSource *s);

/*
 * May a cache of the unit hold something else than the borrowed words?  Not if
 * they are what memory has, and have been read so for longer than software may
 * wait with an invalidation.  The paging-structure caches of an adversary may
 * hold anything.
 */
bool sva_check_source_is_doubtful(const SvaCheckSource *s);

#endif
