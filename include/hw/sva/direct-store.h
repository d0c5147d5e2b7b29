/*
 * Direct and enqueue stores of the guest's processors
 *
 * A device with portals asks for MOVDIRI, MOVDIR64B, ENQCMD and ENQCMDS; they
 * are off without one.  They reach its portals by SvaPortalClass.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_DIRECT_STORE_H
#define HW_SVA_DIRECT_STORE_H

#include "portal.h"

/*
 * Give the instructions to all processors, those that are plugged later
 * included.  Call it when a device is realized.  false: they cannot have
 * them, @errp says why.  Under qtest nothing is to be done.
 */
bool sva_direct_stores(Error **errp);

/*
 * Write 64 bytes, in the order of memory on a little-endian host, if @region is
 * a portal's.  false: it is not.  @taken: what the device says.
 */
bool sva_portal_store(MemoryRegion *region, uint64_t offset,
                      const uint64_t words[8], SvaPortalWrite kind,
                      bool *taken);

/* For the file that knows the processors: what the call above is to do. */
typedef bool (*SvaDirectStores)(Error **errp);
void sva_direct_stores_provide(SvaDirectStores enable);

#endif
