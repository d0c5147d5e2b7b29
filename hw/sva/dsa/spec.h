/*
 * sva-dsa: numbers of the Intel DSA Architecture Specification
 *
 * Chapter 5 "Error Handling", 8 "Descriptor Formats" and 9 "Register
 * Descriptions".  tests/unit/test-dsa-layout.c compares them with literal
 * values.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_DSA_SPEC_H
#define HW_SVA_DSA_SPEC_H

/* -- 9.2: registers in BAR0 -- */

#define DSA_VERSION     0x00
#define DSA_GENCAP      0x10
#define DSA_WQCAP       0x20
#define DSA_GRPCAP      0x30
#define DSA_ENGCAP      0x38
#define DSA_OPCAP       0x40    /* 32 bytes */
#define DSA_OFFSETS     0x60    /* 16 bytes */
#define DSA_GENCFG      0x80
#define DSA_GENCTRL     0x88
#define DSA_GENSTS      0x90
#define DSA_INTCAUSE    0x98
#define DSA_CMD         0xa0
#define DSA_CMDSTS      0xa8
#define DSA_CMDCAP      0xb0
#define DSA_SWERR       0xc0    /* 32 bytes */
#define DSA_EVLCFG      0xe0    /* 16 bytes */
#define DSA_EVLSTS      0xf0
#define DSA_IDCAP       0x100
#define DSA_DUMMY       0xf000  /* the dummy portal, 4096 bytes */
#define DSA_BAR0_SIZE   0x10000

/* 9.2.7: the tables are where the device likes them. */
#define DSA_MSIXPERM    0x400   /* 8 bytes each */
#define DSA_GRPCFG      0x1000  /* 64 bytes each */
#define DSA_WQCFG       0x2000  /* 64 bytes each */
#define DSA_IDPT        0x9000  /* 32 bytes each */

#define DSA_VERSION_2_0 0x200

/* 9.2.2: GENCAP */
#define DSA_GENCAP_BLOCK_ON_FAULT   (1ull << 0)
#define DSA_GENCAP_OVERLAP          (1ull << 1)
#define DSA_GENCAP_CACHE_CONTROL    (1ull << 2)
#define DSA_GENCAP_CMDCAP           (1ull << 4)
#define DSA_GENCAP_INTER_DOMAIN     (1ull << 6)
#define DSA_GENCAP_STRIDE           (1ull << 7)
#define DSA_GENCAP_READBACK         (1ull << 8)
#define DSA_GENCAP_DRAIN_READBACK   (1ull << 9)
#define DSA_GENCAP_FILL16           (1ull << 10)
#define DSA_GENCAP_CRC64            (1ull << 11)
#define DSA_GENCAP_FAULT_INFO       (1ull << 12)
#define DSA_GENCAP_EVL_64           (1ull << 13)
#define DSA_GENCAP_BATCH_GO_ON      (1ull << 15)
#define DSA_GENCAP_XFER_SHIFT       16
#define DSA_GENCAP_BATCH_SHIFT      21
#define DSA_GENCAP_CONFIG           (1ull << 31)

/* 9.2.3: WQCAP */
#define DSA_WQCAP_COUNT_SHIFT       16
#define DSA_WQCAP_CFG_64            (1ull << 24)
#define DSA_WQCAP_SHARED            (1ull << 48)
#define DSA_WQCAP_DEDICATED         (1ull << 49)
#define DSA_WQCAP_ATS               (1ull << 50)
#define DSA_WQCAP_PRIORITY          (1ull << 51)
#define DSA_WQCAP_OCCUPANCY         (1ull << 52)
#define DSA_WQCAP_OCCUPANCY_INT     (1ull << 53)
#define DSA_WQCAP_OPCFG             (1ull << 54)
#define DSA_WQCAP_PRS               (1ull << 55)

/* 9.2.4, 9.2.5: GRPCAP, ENGCAP */
#define DSA_GRPCAP_RDBUFS_SHIFT     8
#define DSA_GRPCAP_RDBUF_CTRL       (1ull << 16)
#define DSA_GRPCAP_RDBUF_LIMIT      (1ull << 17)
#define DSA_GRPCAP_PROGRESS         (1ull << 18)
#define DSA_ENGCAP_WORK_SHIFT       8
#define DSA_ENGCAP_BATCH_SHIFT      16

/* 9.2.8 to 9.2.11 */
#define DSA_GENCFG_RDBUF_LIMIT      0xffu
#define DSA_GENCFG_USER_INT         (1u << 12)
#define DSA_GENCFG_EVL              (1u << 13)
#define DSA_GENCFG_WRITABLE         0x30ffu
#define DSA_GENCTRL_SWERR_INT       (1u << 0)
#define DSA_GENCTRL_HALT_INT        (1u << 1)
#define DSA_GENCTRL_EVL_INT         (1u << 2)
#define DSA_GENCTRL_WRITABLE        0x7u
#define DSA_INT_SWERR               (1u << 0)
#define DSA_INT_CMD                 (1u << 1)
#define DSA_INT_OCCUPANCY           (1u << 2)
#define DSA_INT_HALT                (1u << 4)
#define DSA_INT_EVL                 (1u << 5)
#define DSA_INT_REVOKED             (1u << 31)

typedef enum DsaState {
    DSA_DISABLED,
    DSA_ENABLED,
    DSA_DRAINING,
    DSA_HALTED,
} DsaState;

/* 9.2.12: CMD */
#define DSA_CMD_OPERAND             0xfffffu
#define DSA_CMD_CODE_SHIFT          20
#define DSA_CMD_CODE                0x1fu
#define DSA_CMD_INT                 (1u << 31)
#define DSA_CMD_TABLE_IMS           (1u << 16)

typedef enum DsaCommand {
    DSA_CMD_NONE,
    DSA_CMD_ENABLE_DEVICE,
    DSA_CMD_DISABLE_DEVICE,
    DSA_CMD_DRAIN_ALL,
    DSA_CMD_ABORT_ALL,
    DSA_CMD_RESET_DEVICE,
    DSA_CMD_ENABLE_WQ,
    DSA_CMD_DISABLE_WQ,
    DSA_CMD_DRAIN_WQ,
    DSA_CMD_ABORT_WQ,
    DSA_CMD_RESET_WQ,
    DSA_CMD_DRAIN_PASID,
    DSA_CMD_ABORT_PASID,
    DSA_CMD_REQUEST_HANDLE,
    DSA_CMD_RELEASE_HANDLE,
    DSA_CMDS
} DsaCommand;

/* 9.2.13: CMDSTS; 5.8.3: its error codes */
#define DSA_CMDSTS_ACTIVE           (1u << 31)
#define DSA_CMDSTS_RESULT_SHIFT     8

#define DSA_CE_OK                   0x00
#define DSA_CE_COMMAND              0x01
#define DSA_CE_WQ_INDEX             0x02
#define DSA_CE_HALTED               0x05
#define DSA_CE_DEV_ENABLED          0x10
#define DSA_CE_CONFIG               0x11
#define DSA_CE_BUS_MASTER           0x12
#define DSA_CE_PRS_ALLOC            0x13
#define DSA_CE_WQ_SIZES             0x14
#define DSA_CE_GRP_HALF             0x15
#define DSA_CE_GRP_WQS              0x16
#define DSA_CE_GRP_ENGINES          0x17
#define DSA_CE_RDBUFS               0x18
#define DSA_CE_EVL                  0x19
#define DSA_CE_EVL_PASID            0x1b
#define DSA_CE_DEV_NOT_ENABLED      0x20
#define DSA_CE_WQ_ENABLED           0x21
#define DSA_CE_WQ_SIZE              0x22
#define DSA_CE_WQ_PRIORITY          0x23
#define DSA_CE_WQ_BLOCK_ON_FAULT    0x25
#define DSA_CE_WQ_PASID             0x26
#define DSA_CE_WQ_BATCH             0x27
#define DSA_CE_WQ_XFER              0x28
#define DSA_CE_WQ_PRIV              0x2a
#define DSA_CE_WQ_OCCUPANCY         0x2b
#define DSA_CE_WQ_OPCFG             0x2d
#define DSA_CE_WQ_PRS               0x2e
#define DSA_CE_DISABLE              0x31
#define DSA_CE_WQ_NOT_ENABLED       0x32
#define DSA_CE_INT_INDEX            0x41
#define DSA_CE_NO_HANDLE            0x42

/* 9.2.15: SWERR, 5.9.1: entries of the event log; word 0 is the same */
#define DSA_ERR_VALID               (1ull << 0)
#define DSA_ERR_OVERFLOW            (1ull << 1)
#define DSA_ERR_DESC_VALID          (1ull << 2)
#define DSA_ERR_WQ_VALID            (1ull << 3)
#define DSA_ERR_BATCH               (1ull << 4)
#define DSA_ERR_WRITE               (1ull << 5)
#define DSA_ERR_PRIV                (1ull << 6)
#define DSA_ERR_INFO_VALID          (1ull << 7)
#define DSA_ERR_CODE_SHIFT          8
#define DSA_ERR_WQ_SHIFT            16
#define DSA_ERR_BATCH_ID_SHIFT      24
#define DSA_ERR_OP_SHIFT            32
#define DSA_ERR_PASID_SHIFT         40
/* word 1 */
#define DSA_ERR_FLAGS_SHIFT         32
#define DSA_ERR_HANDLE_SHIFT        32
#define DSA_ERR_INT_REQUIRED        (1ull << 48)
#define DSA_ERR_CR_REQUIRED         (1ull << 50)
#define DSA_ERR_FIRST_IN_BATCH      (1ull << 51)
#define DSA_ERR_OPERAND_SHIFT       61

#define DSA_EVENT_BYTES             64

/* 9.2.16, 9.2.17: EVLCFG, EVLSTS */
#define DSA_EVLCFG_PASID_EN         (1ull << 0)
#define DSA_EVLCFG_PRIV             (1ull << 1)
#define DSA_EVLCFG_BASE             0xfffffffffffff000ull
#define DSA_EVLCFG_SIZE             0xffffull       /* word 1 */
#define DSA_EVLCFG_PASID_SHIFT      16              /* word 1 */
#define DSA_EVLCFG_WRITABLE0        0xfffffffffffff003ull
#define DSA_EVLCFG_WRITABLE1        0xfffffffffull
#define DSA_EVLSTS_TAIL_SHIFT       32
#define DSA_EVLSTS_PENDING          (1ull << 62)

/* 9.2.18: IDCAP */
#define DSA_IDCAP_SASS              (1ull << 0)
#define DSA_IDCAP_SIZE_SHIFT        8
#define DSA_IDCAP_OFFSET_MODE       (1ull << 24)
#define DSA_IDCAP_NO_DRAIN          (1ull << 25)

/* 9.2.29: IDPT, an entry of 4 words: control, window base and size, bitmap */
#define DSA_IDPT_ENTRIES            64
#define DSA_IDPT_WORDS              4
#define DSA_IDPT_USABLE             (1ull << 0)
#define DSA_IDPT_UPDATE             (1ull << 1)
#define DSA_IDPT_TYPE               (3ull << 2)
#define DSA_IDPT_RESERVED           0x00000fe000000ff0ull
#define DSA_IDPT_SUBMITTER_SHIFT    12
#define DSA_IDPT_SUBMITTER          0xfffff000ull
#define DSA_IDPT_READ               (1ull << 32)
#define DSA_IDPT_WRITE              (1ull << 33)
#define DSA_IDPT_PRIV               (1ull << 34)
#define DSA_IDPT_WINDOW             (1ull << 35)
#define DSA_IDPT_OFFSET_MODE        (1ull << 36)
#define DSA_IDPT_ACCESS_SHIFT       44
#define DSA_IDPT_ATTRIBUTES         (DSA_IDPT_READ | DSA_IDPT_WRITE | \
                                     DSA_IDPT_WINDOW | DSA_IDPT_OFFSET_MODE)
#define DSA_WINDOW_READ             (1u << 0)   /* 8.3.27 */
#define DSA_WINDOW_WRITE            (1u << 1)
#define DSA_WINDOW_ENABLE           (1u << 2)
#define DSA_WINDOW_OFFSET_MODE      (1u << 3)

/* 9.2.22: MSIXPERM */
#define DSA_MSIXPERM_IGNORE         (1u << 2)
#define DSA_MSIXPERM_PASID_EN       (1u << 3)
#define DSA_MSIXPERM_PASID_SHIFT    12
#define DSA_MSIXPERM_WRITABLE       0xfffff00cu

/* 9.2.23: GRPCFG as 8 words: WQs, engines, flags */
#define DSA_GRP_WORDS               8
#define DSA_GRP_ENGINES             4
#define DSA_GRP_FLAGS               5
#define DSA_GRPFLAGS_TC             0x3full
#define DSA_GRPFLAGS_USE_LIMIT      (1ull << 7)
#define DSA_GRPFLAGS_RESERVED_SHIFT 8
#define DSA_GRPFLAGS_ALLOWED_SHIFT  20
#define DSA_GRPFLAGS_WORK_SHIFT     32
#define DSA_GRPFLAGS_BATCH_SHIFT    36
#define DSA_GRPFLAGS_WRITABLE       0x330ff0ffbfull

/* 9.2.24: WQCFG as 8 words */
#define DSA_WQ_WORDS                8
#define DSA_WQ0_SIZE                0xffffull
#define DSA_WQ0_THRESHOLD_SHIFT     32
#define DSA_WQ1_DEDICATED           (1ull << 0)
#define DSA_WQ1_BLOCK_ON_FAULT      (1ull << 1)
#define DSA_WQ1_ATS_DISABLE         (1ull << 2)
#define DSA_WQ1_PRS_DISABLE         (1ull << 3)
#define DSA_WQ1_PRIORITY_SHIFT      4
#define DSA_WQ1_PASID_SHIFT         8
#define DSA_WQ1_PASID_EN            (1ull << 28)
#define DSA_WQ1_PRIV                (1ull << 29)
#define DSA_WQ1_XFER_SHIFT          32
#define DSA_WQ1_BATCH_SHIFT         37
#define DSA_WQ1_WRITABLE            0x1ff3fffffffull
#define DSA_WQ2_HANDLE              0xffffull
#define DSA_WQ2_LIMIT_SHIFT         32
#define DSA_WQ2_LIMIT               0xffff00000000ull
#define DSA_WQ2_INT_ENABLE          (1ull << 48)
#define DSA_WQ3_INT_DONE            (1ull << 16)
#define DSA_WQ3_STATE_SHIFT         30
#define DSA_WQ_OPCFG                4

typedef enum DsaWqState {
    DSA_WQ_DISABLED,
    DSA_WQ_ENABLED,
    DSA_WQ_DRAINING,
} DsaWqState;

/* 9.3: portals, four pages for each WQ */
#define DSA_PORTAL_LIMITED          (1u << 0)
#define DSA_PORTAL_IMS              (1u << 1)

/* -- 8.1: descriptors -- */

#define DSA_DESC_BYTES              64
#define DSA_RECORD_BYTES            32
#define DSA_PASID_MASK              0xfffffu        /* word 0 */
#define DSA_WORD_RESERVED           0x7ff00000u
#define DSA_WORD_PRIV               (1u << 31)

#define DSA_FLAG_FENCE              (1u << 0)
#define DSA_FLAG_BLOCK_ON_FAULT     (1u << 1)
#define DSA_FLAG_CR_VALID           (1u << 2)
#define DSA_FLAG_CR_REQUEST         (1u << 3)
#define DSA_FLAG_INT_REQUEST        (1u << 4)
#define DSA_FLAG_CHECK_RESULT       (1u << 7)
#define DSA_FLAG_CACHE1             (1u << 8)
#define DSA_FLAG_TC1                (1u << 9)
#define DSA_FLAG_TC2                (1u << 10)
#define DSA_FLAG_TC3                (1u << 11)
#define DSA_FLAG_CR_TC              (1u << 12)
#define DSA_FLAG_STRICT             (1u << 13)
#define DSA_FLAG_READBACK           (1u << 14)  /* Cache Control 2 */
/* of single operations */
#define DSA_FLAG_BATCH_ERROR        (1u << 16)
#define DSA_FLAG_READBACK1          (1u << 16)
#define DSA_FLAG_READBACK2          (1u << 17)
#define DSA_FLAG_NO_READBACK_A      (1u << 18)
#define DSA_FLAG_NO_READBACK_B      (1u << 19)
#define DSA_FLAG_FILL16             (1u << 18)
#define DSA_FLAG_READ_SEED          (1u << 16)
#define DSA_FLAG_CRC_PLAIN          (1u << 17)
#define DSA_FLAG_DATA_PLAIN         (1u << 18)
#define DSA_FLAG_CRC64              (1u << 19)
#define DSA_FLAG_ALT_SRC            (1u << 16)
#define DSA_FLAG_ALT_DST            (1u << 17)
#define DSA_FLAG_STRIDE             (1u << 16)
#define DSA_FLAG_NO_DRAIN           (1u << 16)

typedef enum DsaOpcode {
    DSA_OP_NOOP         = 0x00,
    DSA_OP_BATCH        = 0x01,
    DSA_OP_DRAIN        = 0x02,
    DSA_OP_MEMMOVE      = 0x03,
    DSA_OP_FILL         = 0x04,
    DSA_OP_COMPARE      = 0x05,
    DSA_OP_COMPARE_PATTERN = 0x06,
    DSA_OP_CREATE_DELTA = 0x07,
    DSA_OP_APPLY_DELTA  = 0x08,
    DSA_OP_DUALCAST     = 0x09,
    DSA_OP_FETCH        = 0x0a,
    DSA_OP_CRC          = 0x10,
    DSA_OP_COPY_CRC     = 0x11,
    DSA_OP_DIF_CHECK    = 0x12,
    DSA_OP_DIF_INSERT   = 0x13,
    DSA_OP_DIF_STRIP    = 0x14,
    DSA_OP_DIF_UPDATE   = 0x15,
    DSA_OP_DIX_GENERATE = 0x17,
    DSA_OP_CACHE_FLUSH  = 0x20,
    DSA_OP_UPDATE_WINDOW = 0x21,
    DSA_OP_DOMAIN_COPY  = 0x23,
    DSA_OP_DOMAIN_FILL  = 0x24,
    DSA_OP_DOMAIN_COMPARE = 0x25,
    DSA_OP_DOMAIN_PATTERN = 0x26,
    DSA_OPS             = 0x27,
} DsaOpcode;

/* 5.8.1, 5.8.2: operation status and other software errors */
#define DSA_ST_SUCCESS              0x01
#define DSA_ST_FALSE                0x02
#define DSA_ST_PAGE_FAULT           0x03
#define DSA_ST_PAGE_REFUSED         0x04
#define DSA_ST_BATCH_FAILED         0x05
#define DSA_ST_LIST_FAULT           0x06
#define DSA_ST_DELTA_ORDER          0x07
#define DSA_ST_DELTA_RANGE          0x08
#define DSA_ST_DIF_ERROR            0x09
#define DSA_ST_BAD_OPCODE           0x10
#define DSA_ST_BAD_FLAGS            0x11
#define DSA_ST_RESERVED             0x12
#define DSA_ST_BAD_SIZE             0x13
#define DSA_ST_BAD_COUNT            0x14
#define DSA_ST_BAD_FIELD            0x15
#define DSA_ST_OVERLAP              0x16
#define DSA_ST_DUALCAST             0x17
#define DSA_ST_LIST_ALIGN           0x18
#define DSA_ST_BAD_HANDLE           0x19
#define DSA_ST_CR_FAULT             0x1a
#define DSA_ST_CR_ALIGN             0x1b
#define DSA_ST_BAD_ALIGN            0x1c
#define DSA_ST_PRIV                 0x1d
#define DSA_ST_DRAIN_FAULT          0x1f
#define DSA_ST_READ_ERROR           0x20
#define DSA_ST_WRITE_ERROR          0x21
#define DSA_ST_TRANSLATION          0x22
#define DSA_ST_DRAIN_EVENT          0x26
#define DSA_ST_BATCH_EVENT          0x27
#define DSA_ST_NO_PASID             0x28
#define DSA_ST_DOMAIN_HANDLE        0x29
#define DSA_ST_DOMAIN_RIGHTS        0x2a
#define DSA_ST_DOMAIN_RANGE         0x2b
#define DSA_ST_WINDOW_HANDLE        0x2c
#define DSA_ST_WINDOW_FIELDS        0x2d
#define DSA_ST_WRITE                0x80    /* the access that faulted */
#define DSA_SE_CONFIG               0x51
#define DSA_SE_CMD_ACTIVE           0x52
#define DSA_SE_WQ_FULL              0x53
#define DSA_SE_EVL                  0x54

/* 8.2.3: Operand Identifier */
typedef enum DsaOperand {
    DSA_OPERAND_UNKNOWN,
    DSA_OPERAND_SRC,            /* also a list, and a delta record applied */
    DSA_OPERAND_SRC2,           /* also a seed */
    DSA_OPERAND_DST,            /* also a delta record created */
    DSA_OPERAND_DST2,
    DSA_OPERAND_CR,
} DsaOperand;

/* 8.3.8 */
#define DSA_DELTA_BYTES             10
#define DSA_DELTA_RECORD_MIN        80
#define DSA_DELTA_XFER_MAX          0x80000

/* 8.3.17 */
#define DSA_DIF_BYTES               8
#define DSA_DIF_INVERT_SEED         (1u << 2)
#define DSA_DIF_INVERT_RESULT       (1u << 3)
#define DSA_DIF_SRC_REF_FIXED       (1u << 7)
#define DSA_DIF_SRC_REF_IGNORE      (1u << 6)
#define DSA_DIF_SRC_GUARD_IGNORE    (1u << 5)
#define DSA_DIF_SRC_APP_COUNTS      (1u << 4)
#define DSA_DIF_SRC_F_APP_REF       (1u << 3)
#define DSA_DIF_SRC_F_APP           (1u << 2)
#define DSA_DIF_SRC_F_ALL           (1u << 1)
#define DSA_DIF_SRC_F_ERROR         (1u << 0)
#define DSA_DIF_DST_REF_FIXED       (1u << 7)
#define DSA_DIF_DST_REF_PASS        (1u << 6)
#define DSA_DIF_DST_GUARD_PASS      (1u << 5)
#define DSA_DIF_DST_APP_COUNTS      (1u << 4)
#define DSA_DIF_DST_APP_PASS        (1u << 3)
#define DSA_DIF_ERR_GUARD           0x01
#define DSA_DIF_ERR_APP             0x02
#define DSA_DIF_ERR_REF             0x04
#define DSA_DIF_ERR_F               0x08

#endif
