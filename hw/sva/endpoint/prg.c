/*
 * Page request groups of one function
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "prg.h"

#define PRGI_MASK (SVA_PRGI_COUNT - 1)

static void release(SvaPrgTable *table, unsigned prgi)
{
    SvaPrgSlot *group = &table->groups[prgi];
    unsigned last = (table->free_first + table->free_count) & PRGI_MASK;

    table->outstanding -= group->requests;
    *group = (SvaPrgSlot) { .requests = 0 };
    table->free_ring[last] = (uint16_t)prgi;
    table->free_count++;
}

void sva_prg_init(SvaPrgTable *table)
{
    unsigned i;

    *table = (SvaPrgTable) { .free_count = SVA_PRGI_COUNT };
    for (i = 0; i < SVA_PRGI_COUNT; i++) {
        table->free_ring[i] = (uint16_t)i;
    }
}

void sva_prg_set_allocation(SvaPrgTable *table, uint32_t allocation)
{
    table->allocation = allocation;
}

uint32_t sva_prg_credits(const SvaPrgTable *table)
{
    return table->allocation > table->outstanding
           ? table->allocation - table->outstanding : 0;
}

int sva_prg_open_beyond(SvaPrgTable *table, SvaPasid pasid,
                        unsigned requests, void *owner)
{
    unsigned prgi;

    if (!requests || requests > UINT16_MAX || !table->free_count) {
        return -1;
    }
    prgi = table->free_ring[table->free_first];
    table->free_first = (table->free_first + 1) & PRGI_MASK;
    table->free_count--;
    table->groups[prgi] = (SvaPrgSlot) {
        .owner = owner,
        .pasid = pasid,
        .requests = (uint16_t)requests,
    };
    table->outstanding += requests;
    return (int)prgi;
}

int sva_prg_open(SvaPrgTable *table, SvaPasid pasid, unsigned requests,
                 void *owner)
{
    return requests > sva_prg_credits(table)
           ? -1 : sva_prg_open_beyond(table, pasid, requests, owner);
}

SvaPrgMatch sva_prg_close(SvaPrgTable *table, const SvaPageResponse *rsp,
                          bool with_pasid, void **owner)
{
    const SvaPrgSlot *group;

    *owner = NULL;
    if (rsp->prgi >= SVA_PRGI_COUNT) {
        return SVA_PRG_UNKNOWN;
    }
    group = &table->groups[rsp->prgi];
    if (!group->requests ||
        (with_pasid && !sva_pasid_equal(group->pasid, rsp->pasid))) {
        return SVA_PRG_UNKNOWN;
    }
    *owner = group->owner;
    release(table, rsp->prgi);
    return *owner ? SVA_PRG_MATCHED : SVA_PRG_STALE;
}

unsigned sva_prg_abandon_owner(SvaPrgTable *table, const void *owner)
{
    unsigned i, abandoned = 0;

    for (i = 0; i < SVA_PRGI_COUNT; i++) {
        SvaPrgSlot *group = &table->groups[i];

        if (group->owner && group->owner == owner) {
            group->owner = NULL;
            abandoned++;
        }
    }
    return abandoned;
}

unsigned sva_prg_outstanding(const SvaPrgTable *table, SvaPasid pasid)
{
    unsigned i, requests = 0;

    for (i = 0; i < SVA_PRGI_COUNT; i++) {
        if (sva_pasid_equal(table->groups[i].pasid, pasid)) {
            requests += table->groups[i].requests;
        }
    }
    return requests;
}

void sva_prg_save(const SvaPrgTable *table, SvaPrgState *out)
{
    unsigned i;

    *out = (SvaPrgState) {
        .allocation = table->allocation,
        .free_count = table->free_count,
    };
    for (i = 0; i < table->free_count; i++) {
        out->free[i] = table->free_ring[(table->free_first + i) & PRGI_MASK];
    }
    for (i = 0; i < SVA_PRGI_COUNT; i++) {
        const SvaPrgSlot *group = &table->groups[i];

        out->requests[i] = group->requests;
        out->pasid[i] = group->pasid.id |
                        (uint32_t)group->pasid.valid << SVA_PASID_BITS;
    }
}

static bool restore_group(SvaPrgTable *table, unsigned prgi,
                          const SvaPrgState *in)
{
    uint32_t pasid = in->pasid[prgi];
    bool valid = pasid >> SVA_PASID_BITS;

    if (pasid >> (SVA_PASID_BITS + 1) || (pasid && !valid) ||
        (pasid && !in->requests[prgi])) {
        return false;
    }
    table->groups[prgi] = (SvaPrgSlot) {
        .pasid = valid ? sva_pasid(pasid) : SVA_NO_PASID,
        .requests = in->requests[prgi],
    };
    table->outstanding += in->requests[prgi];
    return true;
}

/* Every index is either free or in use, and none is free twice. */
static bool restore_free(SvaPrgTable *table, const SvaPrgState *in)
{
    bool listed[SVA_PRGI_COUNT] = { false };
    unsigned i, unused = 0;

    for (i = 0; i < SVA_PRGI_COUNT; i++) {
        unused += !in->requests[i];
    }
    if (in->free_count != unused) {
        return false;
    }
    for (i = 0; i < unused; i++) {
        unsigned prgi = in->free[i];

        if (prgi >= SVA_PRGI_COUNT || in->requests[prgi] || listed[prgi]) {
            return false;
        }
        listed[prgi] = true;
        table->free_ring[i] = (uint16_t)prgi;
    }
    table->free_count = (uint16_t)unused;
    return true;
}

bool sva_prg_restore(SvaPrgTable *table, const SvaPrgState *in)
{
    bool good;
    unsigned i;

    sva_prg_init(table);
    good = restore_free(table, in);
    for (i = 0; good && i < SVA_PRGI_COUNT; i++) {
        good = restore_group(table, i, in);
    }
    if (!good) {
        sva_prg_init(table);
        return false;
    }
    table->allocation = in->allocation;
    return true;
}

bool sva_prg_adopt(SvaPrgTable *table, unsigned prgi, SvaPasid pasid,
                   unsigned requests, void *owner)
{
    SvaPrgSlot *group;

    if (prgi >= SVA_PRGI_COUNT) {
        return false;
    }
    group = &table->groups[prgi];
    if (group->owner || !requests || group->requests != requests ||
        !sva_pasid_equal(group->pasid, pasid)) {
        return false;
    }
    group->owner = owner;
    return true;
}

void sva_prg_forget_all(SvaPrgTable *table)
{
    unsigned i;

    for (i = 0; i < SVA_PRGI_COUNT; i++) {
        if (table->groups[i].requests) {
            release(table, i);
        }
    }
}
