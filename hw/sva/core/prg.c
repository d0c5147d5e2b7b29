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
    SvaPrgGroup *group = &table->groups[prgi];
    unsigned last = (table->free_first + table->free_count) & PRGI_MASK;

    table->outstanding -= group->requests;
    *group = (SvaPrgGroup) { .requests = 0 };
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

int sva_prg_open(SvaPrgTable *table, SvaPasid pasid, unsigned requests,
                 void *owner)
{
    unsigned prgi;

    if (!requests || requests > UINT16_MAX || !table->free_count ||
        requests > sva_prg_credits(table)) {
        return -1;
    }
    prgi = table->free_ring[table->free_first];
    table->free_first = (table->free_first + 1) & PRGI_MASK;
    table->free_count--;
    table->groups[prgi] = (SvaPrgGroup) {
        .owner = owner,
        .pasid = pasid,
        .requests = (uint16_t)requests,
    };
    table->outstanding += requests;
    return (int)prgi;
}

SvaPrgMatch sva_prg_close(SvaPrgTable *table, const SvaPageResponse *rsp,
                          bool with_pasid, void **owner)
{
    const SvaPrgGroup *group;

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

unsigned sva_prg_abandon_pasid(SvaPrgTable *table, SvaPasid pasid)
{
    unsigned i, abandoned = 0;

    for (i = 0; i < SVA_PRGI_COUNT; i++) {
        SvaPrgGroup *group = &table->groups[i];

        if (group->owner && sva_pasid_equal(group->pasid, pasid)) {
            group->owner = NULL;
            abandoned++;
        }
    }
    return abandoned;
}

unsigned sva_prg_abandon_owner(SvaPrgTable *table, const void *owner)
{
    unsigned i, abandoned = 0;

    for (i = 0; i < SVA_PRGI_COUNT; i++) {
        SvaPrgGroup *group = &table->groups[i];

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

void sva_prg_forget_all(SvaPrgTable *table)
{
    unsigned i;

    for (i = 0; i < SVA_PRGI_COUNT; i++) {
        if (table->groups[i].requests) {
            release(table, i);
        }
    }
}
