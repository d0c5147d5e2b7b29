/*
 * Checker, SMMUv3: commands, one row for each
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_OBSERVE_CHECKER_SMMU_COMMAND_H
#define HW_SVA_OBSERVE_CHECKER_SMMU_COMMAND_H

#include "smmu-unit.h"

typedef enum SvaCheckSmmuCommandKind {
    SVA_CHECK_SMMU_OTHER_CMD,   /* no cache is concerned */
    SVA_CHECK_SMMU_CFGI,
    SVA_CHECK_SMMU_TLBI,
    SVA_CHECK_SMMU_ATC_INV,
    SVA_CHECK_SMMU_PRI_RESP,
    SVA_CHECK_SMMU_RESUME,
    SVA_CHECK_SMMU_STALL_TERM,
    SVA_CHECK_SMMU_SYNC,
} SvaCheckSmmuCommandKind;

/*
 * A command that is legal.
 *
 * @ste, @cd, @one_cd: CFGI_*: STEs and all that they lead to; CDs of the
 *           streams; the one of @ssid
 * @leaf:    the first levels of tables, table descriptors, are not concerned
 * @hyp:     entries of EL2, else of EL1; @stage1: and combined ones
 * @globals: @asid and global entries
 * @ttl:     level of the leaves, 0: any
 * @granule: log2, of a range; 0: what maps @first
 * @first, @last: by address; of CMD_ATC_INV too
 * @has_ssid: CMD_ATC_INV, CMD_PRI_RESP: SSV; @global: CMD_ATC_INV: G
 */
typedef struct SvaCheckSmmuCommand {
    const char *name;
    uint8_t kind;
    bool ste;
    bool cd;
    bool one_cd;
    bool leaf;
    bool hyp;
    bool stage1;
    bool stage2;
    bool by_asid;
    bool globals;
    bool by_vmid;
    bool by_addr;
    bool has_ssid;
    bool global;
    uint8_t ttl;
    uint8_t granule;
    uint16_t asid;
    uint16_t vmid;
    uint32_t sid;
    uint32_t sid_last;
    uint32_t ssid;
    uint64_t first;
    uint64_t last;
} SvaCheckSmmuCommand;

/*
 * NULL: @out says what it asks for; else why it is illegal, which ends in
 * CERROR_ILL.
 */
const char *sva_check_smmu_command(const SvaCheckSmmuUnit *u,
                                   const uint64_t words[2],
                                   SvaCheckSmmuCommand *out);

#endif
