/*
 * Portals, and the instructions that reach them
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/module.h"
#include "qapi/error.h"
#include "system/qtest.h"
#include "hw/sva/compat.h"
#include "hw/sva/direct-store.h"

/* Only emulators of x86-64 have a file that sets it. */
static SvaDirectStores provided;

void sva_direct_stores_provide(SvaDirectStores enable)
{
    provided = enable;
}

bool sva_direct_stores(Error **errp)
{
    if (qtest_enabled()) {
        return true;
    }
    if (!provided) {
        error_setg(errp, "the processors of this machine have no MOVDIR64B"
                   " and ENQCMD; use qemu-system-x86_64");
        return false;
    }
    return provided(errp);
}

bool sva_portal_store(MemoryRegion *region, uint64_t offset,
                      const uint64_t words[8], SvaPortalWrite kind,
                      bool *taken)
{
    Object *owner = memory_region_owner(region);
    Object *portal = owner ? object_dynamic_cast(owner, TYPE_SVA_PORTAL) : NULL;

    if (!portal) {
        return false;
    }
    *taken = SVA_PORTAL_GET_CLASS(portal)->write(portal, region, offset,
                                                 (const uint8_t *)words, kind);
    return true;
}

static const TypeInfo portal_types[] = { {
    .name = TYPE_SVA_PORTAL,
    .parent = TYPE_INTERFACE,
    .class_size = sizeof(SvaPortalClass),
} };

DEFINE_TYPES(portal_types)
