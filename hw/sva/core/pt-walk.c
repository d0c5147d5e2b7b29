/*
 * Page-table walk: names of outcomes
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "pt-walk.h"

const char *sva_pt_status_name(SvaPtStatus status)
{
    static const char *const names[SVA_PT_STATUSES] = {
        [SVA_PT_OK] = "OK",
        [SVA_PT_NOT_CANONICAL] = "NOT_CANONICAL",
        [SVA_PT_ADDRESS_SIZE] = "ADDRESS_SIZE",
        [SVA_PT_READ_ERROR_ROOT] = "READ_ERROR_ROOT",
        [SVA_PT_READ_ERROR] = "READ_ERROR",
        [SVA_PT_NOT_PRESENT] = "NOT_PRESENT",
        [SVA_PT_RESERVED] = "RESERVED",
        [SVA_PT_USER] = "USER",
        [SVA_PT_NO_WRITE] = "NO_WRITE",
        [SVA_PT_NO_READ] = "NO_READ",
        [SVA_PT_NOT_COHERENT] = "NOT_COHERENT",
        [SVA_PT_UPDATE_FAILED] = "UPDATE_FAILED",
        [SVA_PT_NEST_SIZE] = "NEST_SIZE",
        [SVA_PT_NEST_ROOT] = "NEST_ROOT",
        [SVA_PT_NEST_READ] = "NEST_READ",
        [SVA_PT_NEST_WRITE] = "NEST_WRITE",
    };

    return (size_t)status < SVA_PT_STATUSES ? names[status] : "UNKNOWN";
}
