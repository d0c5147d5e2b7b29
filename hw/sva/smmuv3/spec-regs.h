/*
 * SMMUv3: registers, commands, event and page request records
 *
 * Arm IHI 0070 G.b, Non-secure programming interface.  Tables are in
 * spec-tables.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_SMMUV3_SPEC_REGS_H
#define HW_SVA_SMMUV3_SPEC_REGS_H

/* Two pages of 64 KiB; page 1 has the pointers of event and PRI queue. */
#define SVA_SMMU_MMIO_BYTES         0x20000
#define SVA_SMMU_PAGE_OFFSET        0xffff
/* What is above is reserved. */
#define SVA_SMMU_REG_BYTES          0x100

#define SVA_SMMU_REG_IDR0           0x00
#define SVA_SMMU_REG_IDR1           0x04
#define SVA_SMMU_REG_IDR2           0x08
#define SVA_SMMU_REG_IDR3           0x0c
#define SVA_SMMU_REG_IDR4           0x10
#define SVA_SMMU_REG_IDR5           0x14
#define SVA_SMMU_REG_IIDR           0x18
#define SVA_SMMU_REG_AIDR           0x1c
#define SVA_SMMU_REG_CR0            0x20
#define SVA_SMMU_REG_CR0ACK         0x24
#define SVA_SMMU_REG_CR1            0x28
#define SVA_SMMU_REG_CR2            0x2c
#define SVA_SMMU_REG_STATUSR        0x40
#define SVA_SMMU_REG_GBPA           0x44
#define SVA_SMMU_REG_AGBPA          0x48
#define SVA_SMMU_REG_IRQ_CTRL       0x50
#define SVA_SMMU_REG_IRQ_CTRLACK    0x54
#define SVA_SMMU_REG_GERROR         0x60
#define SVA_SMMU_REG_GERRORN        0x64
#define SVA_SMMU_REG_GERROR_IRQ     0x68    /* CFG0 (64 bits), CFG1, CFG2 */
#define SVA_SMMU_REG_STRTAB_BASE    0x80    /* 64 bits */
#define SVA_SMMU_REG_STRTAB_CFG     0x88    /* STRTAB_BASE_CFG */
#define SVA_SMMU_REG_CMDQ_BASE      0x90    /* 64 bits */
#define SVA_SMMU_REG_CMDQ_PROD      0x98
#define SVA_SMMU_REG_CMDQ_CONS      0x9c
#define SVA_SMMU_REG_EVENTQ_BASE    0xa0    /* 64 bits */
#define SVA_SMMU_REG_EVENTQ_PROD    0x100a8
#define SVA_SMMU_REG_EVENTQ_CONS    0x100ac
#define SVA_SMMU_REG_EVENTQ_IRQ     0xb0    /* CFG0 (64 bits), CFG1, CFG2 */
#define SVA_SMMU_REG_PRIQ_BASE      0xc0    /* 64 bits */
#define SVA_SMMU_REG_PRIQ_PROD      0x100c8
#define SVA_SMMU_REG_PRIQ_CONS      0x100cc
#define SVA_SMMU_REG_PRIQ_IRQ       0xd0    /* CFG0 (64 bits), CFG1, CFG2 */

/* Of a *_IRQ_CFG group */
#define SVA_SMMU_IRQ_CFG1           8
#define SVA_SMMU_IRQ_CFG2           12
#define SVA_SMMU_IRQ_CFG0_ADDR      0x000ffffffffffffcull
#define SVA_SMMU_IRQ_CFG2_ATTR      0x3fu
#define SVA_SMMU_IRQ_CFG2_LO        (1u << 31)

#define SVA_SMMU_IDR0_S2P           (1u << 0)
#define SVA_SMMU_IDR0_S1P           (1u << 1)
#define SVA_SMMU_IDR0_TTF_AARCH64   (2u << 2)
#define SVA_SMMU_IDR0_COHACC        (1u << 4)
#define SVA_SMMU_IDR0_HTTU(n)       ((uint32_t)(n) << 6)
#define SVA_SMMU_IDR0_HYP           (1u << 9)
#define SVA_SMMU_IDR0_ATS           (1u << 10)
#define SVA_SMMU_IDR0_ASID16        (1u << 12)
#define SVA_SMMU_IDR0_MSI           (1u << 13)
#define SVA_SMMU_IDR0_SEV           (1u << 14)
#define SVA_SMMU_IDR0_PRI           (1u << 16)
#define SVA_SMMU_IDR0_VMID16        (1u << 18)
#define SVA_SMMU_IDR0_CD2L          (1u << 19)
#define SVA_SMMU_IDR0_TTENDIAN_LE   (2u << 21)
#define SVA_SMMU_IDR0_STALL(n)      ((uint32_t)(n) << 24)
#define SVA_SMMU_IDR0_ST_LEVEL_2    (1u << 27)

#define SVA_SMMU_IDR1_SIDSIZE(n)    (uint32_t)(n)
#define SVA_SMMU_IDR1_SSIDSIZE(n)   ((uint32_t)(n) << 6)
#define SVA_SMMU_IDR1_PRIQS(n)      ((uint32_t)(n) << 11)
#define SVA_SMMU_IDR1_EVENTQS(n)    ((uint32_t)(n) << 16)
#define SVA_SMMU_IDR1_CMDQS(n)      ((uint32_t)(n) << 21)
#define SVA_SMMU_IDR1_PERMS_OVR     (1u << 26)

#define SVA_SMMU_IDR3_HAD           (1u << 2)
#define SVA_SMMU_IDR3_XNX           (1u << 4)
#define SVA_SMMU_IDR3_FWB           (1u << 8)
#define SVA_SMMU_IDR3_RIL           (1u << 10)
#define SVA_SMMU_IDR3_BBML(n)       ((uint32_t)(n) << 11)

#define SVA_SMMU_IDR5_GRAN4K        (1u << 4)
#define SVA_SMMU_IDR5_GRAN16K       (1u << 5)
#define SVA_SMMU_IDR5_GRAN64K       (1u << 6)
#define SVA_SMMU_IDR5_STALL_MAX(n)  ((uint32_t)(n) << 16)

/* StreamIDs are requester IDs. */
#define SVA_SMMU_SID_BITS           16

#define SVA_SMMU_CR0_SMMUEN         (1u << 0)
#define SVA_SMMU_CR0_PRIQEN         (1u << 1)
#define SVA_SMMU_CR0_EVENTQEN       (1u << 2)
#define SVA_SMMU_CR0_CMDQEN         (1u << 3)
#define SVA_SMMU_CR0_ATSCHK         (1u << 4)

#define SVA_SMMU_CR1_QUEUE          0x03fu
#define SVA_SMMU_CR1_TABLE          0xfc0u

#define SVA_SMMU_CR2_E2H            (1u << 0)
#define SVA_SMMU_CR2_RECINVSID      (1u << 1)

#define SVA_SMMU_GBPA_ATTR          0x000f3f1fu
#define SVA_SMMU_GBPA_ABORT         (1u << 20)
#define SVA_SMMU_GBPA_UPDATE        (1u << 31)
/* SHCFG: as incoming.  The reset value is of the implementer's choice. */
#define SVA_SMMU_GBPA_RESET         0x00001000u

#define SVA_SMMU_IRQ_CTRL_GERROR    (1u << 0)
#define SVA_SMMU_IRQ_CTRL_PRIQ      (1u << 1)
#define SVA_SMMU_IRQ_CTRL_EVENTQ    (1u << 2)

#define SVA_SMMU_GERROR_CMDQ        (1u << 0)   /* CMDQ_ERR */
#define SVA_SMMU_GERROR_EVENTQ      (1u << 2)   /* EVENTQ_ABT_ERR */
#define SVA_SMMU_GERROR_PRIQ        (1u << 3)   /* PRIQ_ABT_ERR */
#define SVA_SMMU_GERROR_MSI_CMDQ    (1u << 4)   /* MSI_*_ABT_ERR */
#define SVA_SMMU_GERROR_MSI_EVENTQ  (1u << 5)
#define SVA_SMMU_GERROR_MSI_PRIQ    (1u << 6)
#define SVA_SMMU_GERROR_MSI_GERROR  (1u << 7)

#define SVA_SMMU_STRTAB_ADDR        0x000fffffffffffc0ull
#define SVA_SMMU_STRTAB_RA          (1ull << 62)
#define SVA_SMMU_STRTAB_LOG2SIZE    0x3fu
#define SVA_SMMU_STRTAB_SPLIT_SHIFT 6
#define SVA_SMMU_STRTAB_SPLIT       (0x1fu << SVA_SMMU_STRTAB_SPLIT_SHIFT)
#define SVA_SMMU_STRTAB_FMT_SHIFT   16
#define SVA_SMMU_STRTAB_FMT         (3u << SVA_SMMU_STRTAB_FMT_SHIFT)

#define SVA_SMMU_Q_LOG2SIZE         0x1full
#define SVA_SMMU_Q_ADDR             0x000fffffffffffe0ull
#define SVA_SMMU_Q_HINT             (1ull << 62)    /* RA, WA */
#define SVA_SMMU_Q_POINTER          0xfffffu        /* WR, RD */
#define SVA_SMMU_Q_OVFLG            (1u << 31)      /* OVFLG, OVACKFLG */
#define SVA_SMMU_CMDQ_ERR_SHIFT     24
#define SVA_SMMU_CMDQ_ERR           (0x7fu << SVA_SMMU_CMDQ_ERR_SHIFT)

#define SVA_SMMU_CMD_LOG2           4
#define SVA_SMMU_EVENT_LOG2         5
#define SVA_SMMU_PRI_LOG2           4

/* CMDQ_CONS.ERR */
typedef enum SvaSmmuCmdError {
    SVA_SMMU_CERROR_NONE = 0,
    SVA_SMMU_CERROR_ILL = 1,
    SVA_SMMU_CERROR_ABT = 2,
    SVA_SMMU_CERROR_ATC_INV_SYNC = 3,
} SvaSmmuCmdError;

typedef enum SvaSmmuOpcode {
    SVA_SMMU_CMD_PREFETCH_CONFIG = 0x01,
    SVA_SMMU_CMD_PREFETCH_ADDR = 0x02,
    SVA_SMMU_CMD_CFGI_STE = 0x03,
    SVA_SMMU_CMD_CFGI_STE_RANGE = 0x04,
    SVA_SMMU_CMD_CFGI_CD = 0x05,
    SVA_SMMU_CMD_CFGI_CD_ALL = 0x06,
    SVA_SMMU_CMD_TLBI_NH_ALL = 0x10,
    SVA_SMMU_CMD_TLBI_NH_ASID = 0x11,
    SVA_SMMU_CMD_TLBI_NH_VA = 0x12,
    SVA_SMMU_CMD_TLBI_NH_VAA = 0x13,
    SVA_SMMU_CMD_TLBI_EL2_ALL = 0x20,
    SVA_SMMU_CMD_TLBI_EL2_ASID = 0x21,
    SVA_SMMU_CMD_TLBI_EL2_VA = 0x22,
    SVA_SMMU_CMD_TLBI_EL2_VAA = 0x23,
    SVA_SMMU_CMD_TLBI_S12_VMALL = 0x28,
    SVA_SMMU_CMD_TLBI_S2_IPA = 0x2a,
    SVA_SMMU_CMD_TLBI_NSNH_ALL = 0x30,
    SVA_SMMU_CMD_ATC_INV = 0x40,
    SVA_SMMU_CMD_PRI_RESP = 0x41,
    SVA_SMMU_CMD_RESUME = 0x44,
    SVA_SMMU_CMD_STALL_TERM = 0x45,
    SVA_SMMU_CMD_SYNC = 0x46,
} SvaSmmuOpcode;

/* First word of a command; the fields of one kind of command overlap. */
#define SVA_SMMU_CMD0_OPCODE        0xffull
#define SVA_SMMU_CMD0_GLOBAL        (1ull << 9)
#define SVA_SMMU_CMD0_SSEC          (1ull << 10)
#define SVA_SMMU_CMD0_SSV           (1ull << 11)
#define SVA_SMMU_CMD0_SSID_SHIFT    12
#define SVA_SMMU_CMD0_SID_SHIFT     32
#define SVA_SMMU_CMD0_NUM_SHIFT     12      /* 5 bits */
#define SVA_SMMU_CMD0_SCALE_SHIFT   20      /* 5 bits, as IDR5.DS=0 */
#define SVA_SMMU_CMD0_VMID_SHIFT    32
#define SVA_SMMU_CMD0_ASID_SHIFT    48
#define SVA_SMMU_CMD0_AC            (1ull << 12)    /* CMD_RESUME */
#define SVA_SMMU_CMD0_AB            (1ull << 13)
#define SVA_SMMU_CMD0_CS_SHIFT      12      /* CMD_SYNC, 2 bits */
#define SVA_SMMU_CMD0_MSIDATA_SHIFT 32
#define SVA_SMMU_CS_NONE            0
#define SVA_SMMU_CS_IRQ             1
#define SVA_SMMU_CS_SEV             2
#define SVA_SMMU_CS_ILLEGAL         3

/* Second word */
#define SVA_SMMU_CMD1_RANGE         0x1full         /* CFGI_STE_RANGE */
#define SVA_SMMU_CMD1_RANGE_ALL     31
#define SVA_SMMU_CMD1_SIZE          0x3full         /* ATC_INV */
#define SVA_SMMU_CMD1_SIZE_ALL      52
#define SVA_SMMU_CMD1_TTL_SHIFT     8               /* TLBI_*, 2 bits */
#define SVA_SMMU_CMD1_TG_SHIFT      10              /* 2 bits */
#define SVA_SMMU_CMD1_ADDR          0xfffffffffffff000ull
#define SVA_SMMU_CMD1_IPA           0x000ffffffffff000ull
#define SVA_SMMU_CMD1_PRGI          0x1ffull        /* PRI_RESP */
#define SVA_SMMU_CMD1_RESP_SHIFT    12              /* 2 bits */
#define SVA_SMMU_CMD1_STAG          0xffffull       /* RESUME */
#define SVA_SMMU_CMD1_MSIADDR       0x000ffffffffffffcull

/* Events */
typedef enum SvaSmmuEventId {
    SVA_SMMU_C_BAD_STREAMID = 0x02,
    SVA_SMMU_F_STE_FETCH = 0x03,
    SVA_SMMU_C_BAD_STE = 0x04,
    SVA_SMMU_F_BAD_ATS_TREQ = 0x05,
    SVA_SMMU_F_STREAM_DISABLED = 0x06,
    SVA_SMMU_F_TRANSL_FORBIDDEN = 0x07,
    SVA_SMMU_C_BAD_SUBSTREAMID = 0x08,
    SVA_SMMU_F_CD_FETCH = 0x09,
    SVA_SMMU_C_BAD_CD = 0x0a,
    SVA_SMMU_F_WALK_EABT = 0x0b,
    SVA_SMMU_F_TRANSLATION = 0x10,
    SVA_SMMU_F_ADDR_SIZE = 0x11,
    SVA_SMMU_F_ACCESS = 0x12,
    SVA_SMMU_F_PERMISSION = 0x13,
    SVA_SMMU_EVENT_IDS = 0x14,
} SvaSmmuEventId;

#define SVA_SMMU_EVT0_SSV           (1ull << 11)
#define SVA_SMMU_EVT0_SSID_SHIFT    12
#define SVA_SMMU_EVT0_SID_SHIFT     32
#define SVA_SMMU_EVT1_STALL         (1ull << 31)
#define SVA_SMMU_EVT1_PNU           (1ull << 33)
#define SVA_SMMU_EVT1_IND           (1ull << 34)
#define SVA_SMMU_EVT1_RNW           (1ull << 35)
#define SVA_SMMU_EVT1_S2            (1ull << 39)
#define SVA_SMMU_EVT1_CLASS_SHIFT   40
#define SVA_SMMU_EVT1_TTRNW         (1ull << 44)
/* F_BAD_ATS_TREQ: G.b 7.3.6 */
#define SVA_SMMU_EVT1_TREQ_SPAN_1   1ull
#define SVA_SMMU_EVT1_TREQ_PRIV     (1ull << 28)
#define SVA_SMMU_EVT1_TREQ_X        (1ull << 29)
#define SVA_SMMU_EVT1_TREQ_W        (1ull << 30)
#define SVA_SMMU_EVT1_TREQ_R        (1ull << 31)
#define SVA_SMMU_EVT3_FETCH         0x000ffffffffffff8ull
#define SVA_SMMU_EVT3_IPA           0x000ffffffffff000ull

/* Page request records */
#define SVA_SMMU_PRI0_SSID_SHIFT    32
#define SVA_SMMU_PRI0_PRIV          (1ull << 58)
#define SVA_SMMU_PRI0_X             (1ull << 59)
#define SVA_SMMU_PRI0_R             (1ull << 60)
#define SVA_SMMU_PRI0_W             (1ull << 61)
#define SVA_SMMU_PRI0_LAST          (1ull << 62)
#define SVA_SMMU_PRI0_SSV           (1ull << 63)

#endif
