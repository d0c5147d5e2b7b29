/*
 * Functions, their configuration entries, and who uses them
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "config.h"
#include "items.h"
#include "space.h"

/* -- functions -- */

SvaCheckFunction *sva_check_function_find(const SvaChecker *c, uint16_t rid)
{
    return g_hash_table_lookup(c->functions, GUINT_TO_POINTER(rid + 1u));
}

SvaCheckFunction *sva_check_function(SvaChecker *c, uint16_t rid)
{
    SvaCheckFunction *function = sva_check_function_find(c, rid);

    if (!function) {
        function = g_new0(SvaCheckFunction, 1);
        function->rid = rid;
        g_hash_table_insert(c->functions, GUINT_TO_POINTER(rid + 1u),
                            function);
    }
    return function;
}

/* -- slots -- */

bool sva_check_is_upper(SvaEntryType type)
{
    return type == SVA_ENTRY_VTD_ROOT || type == SVA_ENTRY_VTD_PASID_DIR ||
           type == SVA_ENTRY_SMMU_L1STD || type == SVA_ENTRY_SMMU_L1CD;
}

bool sva_check_is_page_table(SvaEntryType type)
{
    return type == SVA_ENTRY_VTD_FIRST || type == SVA_ENTRY_VTD_SECOND ||
           type == SVA_ENTRY_SMMU_STAGE1 || type == SVA_ENTRY_SMMU_STAGE2;
}

SvaPasid sva_check_slot_pasid(SvaEntryType type, SvaPasid pasid)
{
    if (pasid.valid && sva_check_is_upper(type)) {
        pasid.id &= ~(SVA_CHECK_UPPER_PASIDS - 1);
    }
    return pasid;
}

/* PASIDs have 20 bits, so that all fits. */
static uint64_t pasid_key(uint16_t rid, SvaPasid pasid)
{
    return (uint64_t)rid << 32 | (uint64_t)pasid.valid << 20 |
           (pasid.valid ? pasid.id & SVA_PASID_MAX : 0);
}

static uint64_t slot_key(SvaEntryType type, uint16_t rid, SvaPasid pasid)
{
    return (uint64_t)type << 48 | pasid_key(rid, pasid);
}

SvaCheckSlot *sva_check_slot_find(const SvaChecker *c, SvaEntryType type,
                                  uint16_t rid, SvaPasid pasid)
{
    uint64_t key = slot_key(type, rid, pasid);

    return g_hash_table_lookup(c->slots, &key);
}

SvaCheckSlot *sva_check_slots_of_pasid(const SvaChecker *c, uint32_t pasid)
{
    return g_hash_table_lookup(c->slots_of_pasid,
                               GUINT_TO_POINTER(pasid + 1u));
}

static void slot_enter(SvaChecker *c, SvaCheckSlot *slot)
{
    SvaCheckFunction *function = slot->function;

    slot->next_of_function = function->slots;
    if (function->slots) {
        function->slots->prev_of_function = slot;
    }
    function->slots = slot;
    if (!slot->pasid.valid) {
        return;
    }
    slot->next_of_pasid = sva_check_slots_of_pasid(c, slot->pasid.id);
    if (slot->next_of_pasid) {
        slot->next_of_pasid->prev_of_pasid = slot;
    }
    g_hash_table_insert(c->slots_of_pasid,
                        GUINT_TO_POINTER(slot->pasid.id + 1u), slot);
}

static void slot_leave(SvaChecker *c, SvaCheckSlot *slot)
{
    SvaCheckSlot *next = slot->next_of_pasid, *prev = slot->prev_of_pasid;
    gpointer key = GUINT_TO_POINTER(slot->pasid.id + 1u);

    if (slot->next_of_function) {
        slot->next_of_function->prev_of_function = slot->prev_of_function;
    }
    *(slot->prev_of_function ? &slot->prev_of_function->next_of_function
                             : &slot->function->slots) = slot->next_of_function;
    if (next) {
        next->prev_of_pasid = prev;
    }
    if (prev) {
        prev->next_of_pasid = next;
    } else if (next) {
        g_hash_table_insert(c->slots_of_pasid, key, next);
    } else if (slot->pasid.valid) {
        g_hash_table_remove(c->slots_of_pasid, key);
    }
}

SvaCheckSlot *sva_check_slot(SvaChecker *c, SvaEntryType type, uint16_t rid,
                             SvaPasid pasid)
{
    SvaCheckSlot *slot = sva_check_slot_find(c, type, rid, pasid);

    if (!slot) {
        slot = g_new0(SvaCheckSlot, 1);
        slot->item.slot = true;
        slot->key = slot_key(type, rid, pasid);
        slot->function = sva_check_function(c, rid);
        slot->pasid = pasid;
        slot->domain = -1;
        slot->entry.type = type;
        slot->bond.target = UINT64_MAX;
        g_hash_table_insert(c->slots, &slot->key, slot);
        slot_enter(c, slot);
        sva_check_item_add(c, &slot->item);
    }
    return slot;
}

/* -- users -- */

SvaCheckUser *sva_check_user_find(const SvaChecker *c, uint16_t rid,
                                  SvaPasid pasid)
{
    uint64_t key = pasid_key(rid, pasid);

    return g_hash_table_lookup(c->users, &key);
}

SvaCheckUser *sva_check_user(SvaChecker *c, uint16_t rid, SvaPasid pasid)
{
    SvaCheckUser *user = sva_check_user_find(c, rid, pasid);

    if (!user) {
        user = g_new0(SvaCheckUser, 1);
        user->key = pasid_key(rid, pasid);
        user->function = sva_check_function(c, rid);
        user->pasid = pasid;
        g_hash_table_insert(c->users, &user->key, user);
    }
    return user;
}

void sva_check_user_put(SvaChecker *c, SvaCheckUser *user)
{
    if (!user->slot && !user->space && !user->holds) {
        g_hash_table_remove(c->users, &user->key);
    }
}

static void user_leave_slot(SvaCheckUser *user)
{
    SvaCheckUser **link;

    if (!user->slot) {
        return;
    }
    /* With a PASID and without, there are no more. */
    for (link = &user->slot->users; *link != user; ) {
        link = &(*link)->next_of_slot;
    }
    *link = user->next_of_slot;
    user->slot = NULL;
}

void sva_check_user_set_slot(SvaCheckUser *user, SvaCheckSlot *slot)
{
    if (user->slot == slot) {
        return;
    }
    user_leave_slot(user);
    user->slot = slot;
    user->next_of_slot = slot->users;
    slot->users = user;
}

/* The space may have no more users then. */
static void user_leave_space(SvaCheckUser *user)
{
    SvaCheckSpace *space = user->space;

    if (user->next_of_space) {
        user->next_of_space->prev_of_space = user->prev_of_space;
    }
    *(user->prev_of_space ? &user->prev_of_space->next_of_space
                          : &space->users) = user->next_of_space;
    user->space = NULL;
}

void sva_check_users_leave(SvaChecker *c, SvaCheckSpace *space)
{
    while (space->users) {
        SvaCheckUser *user = space->users;

        user_leave_space(user);
        sva_check_user_put(c, user);
    }
}

void sva_check_user_set_space(SvaChecker *c, SvaCheckUser *user,
                              SvaCheckSpace *space)
{
    SvaCheckSpace *old = user->space;

    if (old == space) {
        return;
    }
    if (old) {
        user_leave_space(user);
        sva_check_space_put(c, old);
    }
    user->space = space;
    user->prev_of_space = NULL;
    user->next_of_space = space->users;
    if (space->users) {
        space->users->prev_of_space = user;
    }
    space->users = user;
}

/* -- removal -- */

void sva_check_slot_remove(SvaChecker *c, SvaCheckSlot *slot)
{
    while (slot->users) {
        SvaCheckUser *user = slot->users;

        user_leave_slot(user);
        sva_check_user_put(c, user);
    }
    slot_leave(c, slot);
    sva_check_item_remove(c, &slot->item);
    g_hash_table_remove(c->slots, &slot->key);
}

/* -- copies that are left -- */

static uint64_t config_mark(const SvaChecker *c, const SvaCheckSlot *slot,
                            unsigned cache, int32_t domain)
{
    const SvaCheckFunction *function = slot->function;
    uint64_t mark = c->mark[cache];

    if (sva_check_is_upper(slot->entry.type)) {
        mark = MAX(mark, c->upper_mark[cache]);
        mark = MAX(mark, function->upper_mark[cache]);
    } else {
        mark = MAX(mark, function->mark[cache]);
    }
    if (domain >= 0 && c->domain_mark[cache]) {
        mark = MAX(mark, c->domain_mark[cache][domain & 0xffff]);
    }
    return mark;
}

bool sva_check_config_lives(const SvaChecker *c, const SvaCheckSlot *slot,
                            uint64_t seq, uint8_t cached, int32_t domain)
{
    return (cached & SVA_DROP_CONFIG &&
            seq > config_mark(c, slot, SVA_CHECK_CONFIG, domain)) ||
           (cached & SVA_DROP_PASID &&
            seq > config_mark(c, slot, SVA_CHECK_PASID, domain));
}

bool sva_check_slot_lives(const SvaChecker *c, const SvaCheckSlot *slot)
{
    return sva_check_config_lives(c, slot, slot->seq, slot->cached,
                                  slot->domain);
}

/* -- all -- */

void sva_check_config_init(SvaChecker *c)
{
    c->functions = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    c->slots = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL,
                                     g_free);
    c->slots_of_pasid = g_hash_table_new(NULL, NULL);
    c->users = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL,
                                     g_free);
}

void sva_check_config_free(SvaChecker *c)
{
    g_hash_table_destroy(c->users);
    g_hash_table_destroy(c->slots_of_pasid);
    g_hash_table_destroy(c->slots);
    g_hash_table_destroy(c->functions);
}
