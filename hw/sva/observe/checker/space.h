/*
 * Spaces: what the TLB, the walk caches and ATCs may hold of page tables
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_OBSERVE_CHECKER_SPACE_H
#define HW_SVA_OBSERVE_CHECKER_SPACE_H

#include "internal.h"

void sva_check_spaces_init(SvaChecker *c);
void sva_check_spaces_free(SvaChecker *c);

/* @below: see SvaCheckSpace. */
SvaCheckSpace *sva_check_space(SvaChecker *c, uint32_t asid, uint16_t domain,
                               uint8_t kind, bool below);

/* The one with @tag, NULL: there is none, or it is not known. */
SvaCheckSpace *sva_check_space_tagged(const SvaChecker *c,
                                      const SvaCheckTag *tag);

/* Second-stage tables of the translations in @space, NULL: there are none. */
SvaCheckSpace *sva_check_space_below(const SvaChecker *c,
                                     const SvaCheckSpace *space);

/*
 * Where the translations of @user are, their number.  SMMUv3: those with its
 * ASID, and global ones, which have tags of their own.
 */
#define SVA_CHECK_SPACES 4
unsigned sva_check_user_spaces(const SvaChecker *c, const SvaCheckUser *user,
                               SvaCheckSpace *spaces[SVA_CHECK_SPACES]);

/* Free it if it has neither nodes nor users. */
void sva_check_space_put(SvaChecker *c, SvaCheckSpace *space);

/* The marks that an invalidation names, NULL: of nothing that is kept. */
SvaCheckMarks *sva_check_marks_find(SvaChecker *c, bool by_domain,
                                    uint16_t domain, bool by_asid,
                                    uint32_t asid);

/* The next space with these marks. */
SvaCheckSpace *sva_check_marks_next(const SvaCheckMarks *marks,
                                    const SvaCheckSpace *space);

#endif
