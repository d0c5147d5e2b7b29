/*
 * IA32_PASID, and the command that an enqueue store sends
 *
 * Intel SDM volume 2, ENQCMD and ENQCMDS; volume 4, IA32_PASID.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_X86_ENQUEUE_H
#define HW_SVA_X86_ENQUEUE_H

#include <stdbool.h>
#include <stdint.h>

#define SVA_IA32_PASID       0xd93u
#define SVA_IA32_PASID_VALID (UINT64_C(1) << 31)
#define SVA_IA32_PASID_MASK  UINT64_C(0xfffff)

/* Bytes of an enqueue store and of MOVDIR64B, which are also its alignment. */
#define SVA_DIRECT_BYTES 64

/* May IA32_PASID have this value?  The other bits are reserved. */
bool sva_ia32_pasid_ok(uint64_t value);

/*
 * Make the command of what was read at the source.  @ia32_pasid: null for
 * ENQCMDS, which takes PASID and PRIV from the source.  false: #GP.
 */
bool sva_enqueue_command(uint64_t command[8], const uint64_t *ia32_pasid);

#endif
