/*
 * Checker, VT-d: descriptors of the invalidation queue
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_OBSERVE_CHECKER_VTD_COMMAND_H
#define HW_SVA_OBSERVE_CHECKER_VTD_COMMAND_H

#include "hw/sva/types.h"
#include "vtd-unit.h"

typedef enum SvaCheckVtdCmdType {
    SVA_CHECK_VTD_CMD_CONTEXT = 1,
    SVA_CHECK_VTD_CMD_IOTLB,
    SVA_CHECK_VTD_CMD_DEVTLB,
    SVA_CHECK_VTD_CMD_IEC,
    SVA_CHECK_VTD_CMD_WAIT,
    SVA_CHECK_VTD_CMD_P_IOTLB,
    SVA_CHECK_VTD_CMD_PASID,
    SVA_CHECK_VTD_CMD_P_DEVTLB,
    SVA_CHECK_VTD_CMD_RESPONSE,
    SVA_CHECK_VTD_CMDS
} SvaCheckVtdCmdType;

/* How much an invalidation is about. */
typedef enum SvaCheckVtdGran {
    SVA_CHECK_VTD_GRAN_NONE,    /* it does not invalidate, or is reserved */
    SVA_CHECK_VTD_GRAN_GLOBAL,
    SVA_CHECK_VTD_GRAN_DOMAIN,
    SVA_CHECK_VTD_GRAN_DEVICE,  /* the function, of a context entry */
    SVA_CHECK_VTD_GRAN_PASID,   /* the PASID of the domain, of the function */
    SVA_CHECK_VTD_GRAN_PAGE,    /* addresses of the domain, or the function */
    SVA_CHECK_VTD_GRAN_PASID_PAGE,
} SvaCheckVtdGran;

/*
 * @type:     SvaCheckVtdCmdType
 * @gran:     SvaCheckVtdGran
 * @rid_mask: bits of @rid that count
 * @first, @last: the addresses
 * @shift:    log2 of the size asked for, 64: everything
 * @hint:     IH: only what is made of leaf entries
 * @global:   every PASID of the function
 */
typedef struct SvaCheckVtdCmd {
    uint64_t first;
    uint64_t last;
    uint64_t status_addr;
    uint32_t status_data;
    SvaPasid pasid;
    uint16_t rid;
    uint16_t rid_mask;
    uint16_t domain;
    uint16_t prgi;
    uint8_t type;
    uint8_t gran;
    uint8_t shift;
    uint8_t code;               /* of a response, as written */
    bool hint;
    bool global;
    bool status_write;
    bool interrupt;
    bool fence;
    bool page_drain;
} SvaCheckVtdCmd;

/*
 * Decode the first two words; false: no such type.  Reserved bits are not
 * looked at: the unit refuses a descriptor that has some.
 */
bool sva_check_vtd_cmd(const SvaCheckVtdUnit *unit, const uint64_t words[2],
                       SvaCheckVtdCmd *out);

/* As in the specification, with @type in range. */
const char *sva_check_vtd_cmd_name(unsigned type);

#endif
