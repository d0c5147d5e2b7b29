/*
 * What rules may ask of the checker
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "config.h"
#include "debt.h"
#include "node.h"
#include "see.h"

const SvaCheckArch *sva_check_arch(const SvaChecker *c)
{
    return c->arch;
}

SvaRegsArch sva_check_arch_id(const SvaChecker *c)
{
    return c->arch_id;
}

const uint64_t *sva_check_regs(const SvaChecker *c)
{
    return c->regs;
}

SvaEnv *sva_check_env(const SvaChecker *c)
{
    return c->env;
}

int64_t sva_check_now(const SvaChecker *c)
{
    return c->now;
}

int64_t sva_check_clock(const SvaChecker *c)
{
    return c->clock;
}

uint64_t sva_check_seq(const SvaChecker *c)
{
    return c->seq;
}

int64_t sva_check_limit(const SvaChecker *c)
{
    return c->options.limit;
}

bool sva_check_paranoid(const SvaChecker *c)
{
    return c->options.paranoid;
}

void sva_check_count_walk(SvaChecker *c)
{
    c->counts.walks++;
}

bool sva_check_count_doubt(SvaChecker *c, SvaCheckDoubt doubt)
{
    c->counts.doubts[doubt]++;
    return doubt != SVA_DOUBT_NONE;
}

/* -- bonds and entries -- */

static const SvaEntryType bond_types[] = {
    SVA_ENTRY_VTD_PASID, SVA_ENTRY_SMMU_CD, SVA_ENTRY_VTD_CONTEXT,
    SVA_ENTRY_SMMU_STE,
};

SvaCheckBond sva_check_bond(const SvaChecker *c, uint16_t rid, SvaPasid pasid)
{
    const SvaCheckUser *user = sva_check_user_find(c, rid, pasid);
    const SvaCheckSlot *slot;
    unsigned i;

    if (user && user->slot) {
        return user->slot->bond;
    }
    for (i = 0; i < G_N_ELEMENTS(bond_types); i++) {
        slot = sva_check_slot_find(c, bond_types[i], rid, pasid);
        if (slot && slot->bond.state != SVA_BIND_UNKNOWN) {
            return slot->bond;
        }
    }
    return (SvaCheckBond) { .target = UINT64_MAX };
}

bool sva_check_entry(const SvaChecker *c, SvaEntryType type, uint16_t rid,
                     SvaPasid pasid, SvaCheckEntry *entry, uint64_t *pa)
{
    const SvaCheckSlot *slot = sva_check_slot_find(c, type, rid, pasid);

    if (!slot || !slot->entry.count) {
        return false;
    }
    *entry = slot->entry;
    if (pa) {
        *pa = slot->pa;
    }
    return true;
}

/* -- obligations -- */

static bool slot_owes(SvaChecker *c, SvaCheckSlot *slot)
{
    const SvaCheckDebt *debt;

    sva_check_slot_look(c, slot);
    for (debt = slot->debts; debt; debt = debt->next) {
        if (sva_check_debt_lives(c, debt, NULL)) {
            return true;
        }
    }
    return false;
}

/* Those above, too: what is below them changes with them. */
static bool config_owes(SvaChecker *c, uint16_t rid, SvaPasid pasid)
{
    SvaCheckUser *user = sva_check_user_find(c, rid, pasid);
    SvaEntryType type;

    if (user && user->slot && slot_owes(c, user->slot)) {
        return true;
    }
    for (type = 0; type < SVA_ENTRY_TYPES; type++) {
        SvaCheckSlot *slot = sva_check_slot_find(c, type, rid, SVA_NO_PASID);

        if (slot && slot_owes(c, slot)) {
            return true;
        }
    }
    return false;
}

/* Of one size; newest contents are compared with memory. */
static bool size_owes(SvaChecker *c, const SvaCheckSpace *space, uint64_t addr,
                      uint8_t shift)
{
    SvaCheckNode *node = sva_check_node_first(space, addr, addr, shift);

    for (; node; node = sva_check_node_next(node, addr)) {
        if (node->debt ? sva_check_debt_lives(c, node->debt, NULL)
                       : sva_check_node_lives(c, node) &&
                         sva_check_node_differs(c, node)) {
            return true;
        }
    }
    return false;
}

static bool space_owes(SvaChecker *c, const SvaCheckSpace *space,
                       uint64_t addr)
{
    uint8_t shift;

    for (shift = 0; shift < 64; shift++) {
        if (space->shifts >> shift & 1 && size_owes(c, space, addr, shift)) {
            return true;
        }
    }
    return false;
}

bool sva_check_owes_at(SvaChecker *c, uint16_t rid, SvaPasid pasid,
                       uint64_t addr)
{
    const SvaCheckUser *user = sva_check_user_find(c, rid, pasid);

    return config_owes(c, rid, pasid) ||
           (user && user->space && space_owes(c, user->space, addr));
}

static void look_config(SvaChecker *c, const SvaCheckUser *user, uint16_t rid)
{
    SvaEntryType type;

    if (user && user->slot) {
        sva_check_slot_look(c, user->slot);
    }
    for (type = 0; type < SVA_ENTRY_TYPES; type++) {
        SvaCheckSlot *slot = sva_check_slot_find(c, type, rid, SVA_NO_PASID);

        if (slot) {
            sva_check_slot_look(c, slot);
        }
    }
}

void sva_check_look(SvaChecker *c, uint16_t rid, SvaPasid pasid,
                    uint64_t addr)
{
    const SvaCheckUser *user = sva_check_user_find(c, rid, pasid);
    SvaCheckSpace *space = user ? user->space : NULL;
    SvaCheckNode *node;
    uint8_t shift;

    look_config(c, user, rid);
    if (!space) {
        return;
    }
    space->pins++;
    for (shift = 0; shift < 64; shift++) {
        node = space->shifts >> shift & 1
               ? sva_check_node_find(space, addr, shift) : NULL;
        if (node) {
            sva_check_node_look(c, node);
        }
    }
    space->pins--;
    sva_check_space_idle(c, space);
}

bool sva_check_is_mixed(const SvaChecker *c, uint16_t rid, SvaPasid pasid)
{
    const SvaCheckUser *user = sva_check_user_find(c, rid, pasid);

    return user && user->space && sva_check_space_is_mixed(user->space);
}

unsigned sva_check_unwaited(const SvaChecker *c)
{
    return c->log.count;
}

bool sva_check_waits(const SvaChecker *c)
{
    return sva_check_log_waiting(&c->log, c->clock);
}
