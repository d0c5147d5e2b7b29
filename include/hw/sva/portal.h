/*
 * Portals: where a device takes descriptors of 64 bytes in one write
 *
 * MOVDIR64B, ENQCMD and ENQCMDS write 64 bytes in one transaction.  QEMU's
 * memory API ends at 8 bytes, so whoever executes such an instruction asks
 * the owner of the memory region that the address leads to
 * (memory_region_owner()) for this interface, and calls it.  A region whose
 * owner has it not takes no such writes: ENQCMD reports "retry" then, and
 * MOVDIR64B is done in smaller pieces.
 *
 * Intel SDM volume 1, 12.1.3 "Enqueue Stores", volume 2, MOVDIR64B, ENQCMD,
 * ENQCMDS; PCIe r6 6.32 "Deferrable Memory Write".
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_PORTAL_H
#define HW_SVA_PORTAL_H

#include "qemu/typedefs.h"
#include "qom/object.h"

#define SVA_PORTAL_BYTES 64

#define TYPE_SVA_PORTAL "sva-portal"
typedef struct SvaPortalClass SvaPortalClass;
DECLARE_CLASS_CHECKERS(SvaPortalClass, SVA_PORTAL, TYPE_SVA_PORTAL)

typedef enum SvaPortalWrite {
    SVA_PORTAL_POSTED,          /* MOVDIR64B: has no result */
    SVA_PORTAL_DEFERRABLE,      /* ENQCMD, ENQCMDS: accepted or retry */
} SvaPortalWrite;

/*
 * @write: @data of 64 bytes at @offset of @region, which the object owns.
 *         @data[0..3] hold PASID (bits 19:0) and PRIV (bit 31) as the
 *         instruction has put them there.  false: retry, ZF becomes 1.  Under
 *         the BQL; the device may not touch @data later.
 */
struct SvaPortalClass {
    InterfaceClass parent_class;

    bool (*write)(Object *obj, MemoryRegion *region, uint64_t offset,
                  const uint8_t *data, SvaPortalWrite kind);
};

#endif
