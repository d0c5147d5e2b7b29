/*
 * Functions, their configuration entries, and who uses them
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_OBSERVE_CHECKER_CONFIG_H
#define HW_SVA_OBSERVE_CHECKER_CONFIG_H

#include "internal.h"

void sva_check_config_init(SvaChecker *c);
void sva_check_config_free(SvaChecker *c);

/* NULL if it is not known. */
SvaCheckFunction *sva_check_function_find(const SvaChecker *c, uint16_t rid);
SvaCheckFunction *sva_check_function(SvaChecker *c, uint16_t rid);

/* Of a table that leads to other tables of configuration. */
bool sva_check_is_upper(SvaEntryType type);
bool sva_check_is_page_table(SvaEntryType type);

/* An entry of an upper table leads to that many PASIDs at least. */
#define SVA_CHECK_UPPER_PASIDS 64u
/* The PASID of a slot: of an upper table the first one. */
SvaPasid sva_check_slot_pasid(SvaEntryType type, SvaPasid pasid);

SvaCheckSlot *sva_check_slot_find(const SvaChecker *c, SvaEntryType type,
                                  uint16_t rid, SvaPasid pasid);
SvaCheckSlot *sva_check_slot(SvaChecker *c, SvaEntryType type, uint16_t rid,
                             SvaPasid pasid);
/* It must have no debts. */
void sva_check_slot_remove(SvaChecker *c, SvaCheckSlot *slot);
/* All slots of entries that are looked up by this PASID. */
SvaCheckSlot *sva_check_slots_of_pasid(const SvaChecker *c, uint32_t pasid);

SvaCheckUser *sva_check_user_find(const SvaChecker *c, uint16_t rid,
                                  SvaPasid pasid);
SvaCheckUser *sva_check_user(SvaChecker *c, uint16_t rid, SvaPasid pasid);
/* Free it if it has no slot, no space and no holds. */
void sva_check_user_put(SvaChecker *c, SvaCheckUser *user);
/* All that use @space leave it. */
void sva_check_users_leave(SvaChecker *c, SvaCheckSpace *space);
void sva_check_user_set_slot(SvaCheckUser *user, SvaCheckSlot *slot);
void sva_check_user_set_space(SvaChecker *c, SvaCheckUser *user,
                              SvaCheckSpace *space);

/*
 * May one of @caches have a copy of the entry?  @seq: when it was last read;
 * other arguments as in SvaCheckSlot.
 */
bool sva_check_config_lives(const SvaChecker *c, const SvaCheckSlot *slot,
                            uint64_t seq, uint8_t cached, int32_t domain);
bool sva_check_slot_lives(const SvaChecker *c, const SvaCheckSlot *slot);

#endif
