/*
 * Owners of IOTLB entries
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "tlb-owners.h"

static inline uint64_t name_hash(uint16_t domain, uint32_t asid)
{
    return (uint64_t)domain << 20 | asid;
}

void sva_tlb_owners_init(SvaTlbOwners *owners, uint32_t entries)
{
    owners->owners = g_new(SvaTlbOwner, entries);
    owners->made = 0;
    owners->last = 0;
    owners->free = SVA_CHAIN_END;
    sva_chains_init(&owners->names, entries, &owners->owners->by_name,
                    sizeof(SvaTlbOwner));
    sva_chains_init(&owners->domains, entries, &owners->owners->by_domain,
                    sizeof(SvaTlbOwner));
}

void sva_tlb_owners_clear(SvaTlbOwners *owners)
{
    owners->made = 0;
    owners->last = 0;
    owners->free = SVA_CHAIN_END;
    sva_chains_clear(&owners->names);
    sva_chains_clear(&owners->domains);
}

void sva_tlb_owners_free(SvaTlbOwners *owners)
{
    g_free(owners->owners);
    sva_chains_free(&owners->names);
    sva_chains_free(&owners->domains);
}

SvaTlbOwner *sva_tlb_owner_find(const SvaTlbOwners *owners, uint16_t domain,
                                uint32_t asid)
{
    uint32_t i = sva_chain(&owners->names, name_hash(domain, asid))->first;

    while (i != SVA_CHAIN_END) {
        SvaTlbOwner *owner = &owners->owners[i];

        if (owner->domain == domain && owner->asid == asid) {
            return owner;
        }
        i = owner->by_name.next;
    }
    return NULL;
}

/* There is one for each entry at most. */
static uint32_t unused(SvaTlbOwners *owners)
{
    uint32_t i = owners->free;

    if (i == SVA_CHAIN_END) {
        return owners->made++;
    }
    owners->free = owners->owners[i].by_name.next;
    return i;
}

SvaTlbOwner *sva_tlb_owner_get(SvaTlbOwners *owners, uint16_t domain,
                               uint32_t asid)
{
    SvaTlbOwner *owner = &owners->owners[owners->last];
    uint32_t i;

    /* Who asks is mostly who asked before. */
    if (owners->made && owner->entries.count && owner->domain == domain &&
        owner->asid == asid) {
        return owner;
    }
    owner = sva_tlb_owner_find(owners, domain, asid);
    if (owner) {
        owners->last = sva_tlb_owner_index(owners, owner);
        return owner;
    }
    i = unused(owners);
    owners->last = i;
    owner = &owners->owners[i];
    *owner = (SvaTlbOwner) { .domain = domain, .asid = asid };
    sva_chain_clear(&owner->entries);
    sva_chain_add(&owners->names, name_hash(domain, asid), i);
    sva_chain_add(&owners->domains, domain, i);
    return owner;
}

void sva_tlb_owner_put(SvaTlbOwners *owners, SvaTlbOwner *owner)
{
    uint32_t i = sva_tlb_owner_index(owners, owner);

    sva_chain_remove(&owners->names, name_hash(owner->domain, owner->asid),
                     i);
    sva_chain_remove(&owners->domains, owner->domain, i);
    owner->by_name.next = owners->free;
    owners->free = i;
}
