/*
 * IA32_PASID, and the command that an enqueue store sends
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "enqueue.h"

/* Bits 30:20, between PASID and PRIV */
#define COMMAND_RESERVED UINT64_C(0x7ff00000)

bool sva_ia32_pasid_ok(uint64_t value)
{
    return !(value & ~(SVA_IA32_PASID_VALID | SVA_IA32_PASID_MASK));
}

bool sva_enqueue_command(uint64_t command[8], const uint64_t *ia32_pasid)
{
    if (!ia32_pasid) {
        return !(command[0] & COMMAND_RESERVED);
    }
    if (!(*ia32_pasid & SVA_IA32_PASID_VALID) || (uint32_t)command[0]) {
        return false;
    }
    /* PRIV is 0, whoever executes it. */
    command[0] |= *ia32_pasid & SVA_IA32_PASID_MASK;
    return true;
}
