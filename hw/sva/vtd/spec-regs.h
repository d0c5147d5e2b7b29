/*
 * VT-d registers, fault reasons and constants, in the specification's order
 *
 * VT-d rev 5.10, chapter 11; Table 30 and Table 15 (fault reasons).
 * Layouts of structures in memory are in spec-tables.h.  What consists of
 * several fields, or of none, is a mask.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_VTD_SPEC_REGS_H
#define HW_SVA_VTD_SPEC_REGS_H

#include "hw/registerfields.h"

/* All registers are within one page, the size that DRHD announces. */
#define SVA_VTD_REG_BYTES       0x1000u

REG32(VTD_VER, 0x000)
REG64(VTD_CAP, 0x008)
    FIELD(VTD_CAP, ND, 0, 3)            /* domain-id width 4 + 2 * ND */
    FIELD(VTD_CAP, CM, 7, 1)
    FIELD(VTD_CAP, SAGAW, 8, 5)
    FIELD(VTD_CAP, MGAW, 16, 6)         /* less 1 */
    FIELD(VTD_CAP, ZLR, 22, 1)
    FIELD(VTD_CAP, FRO, 24, 10)         /* in 16 bytes */
    FIELD(VTD_CAP, SSLPS, 34, 4)
    FIELD(VTD_CAP, PSI, 39, 1)
    FIELD(VTD_CAP, NFR, 40, 8)          /* less 1 */
    FIELD(VTD_CAP, MAMV, 48, 6)
    FIELD(VTD_CAP, DWD, 54, 1)
    FIELD(VTD_CAP, DRD, 55, 1)
    FIELD(VTD_CAP, FS1GP, 56, 1)
    FIELD(VTD_CAP, FS5LP, 60, 1)
    FIELD(VTD_CAP, ESIRTPS, 62, 1)
    FIELD(VTD_CAP, ESRTPS, 63, 1)
REG64(VTD_ECAP, 0x010)
    FIELD(VTD_ECAP, C, 0, 1)
    FIELD(VTD_ECAP, QI, 1, 1)
    FIELD(VTD_ECAP, DT, 2, 1)
    FIELD(VTD_ECAP, IR, 3, 1)
    FIELD(VTD_ECAP, EIM, 4, 1)
    FIELD(VTD_ECAP, PT, 6, 1)
    FIELD(VTD_ECAP, SC, 7, 1)
    FIELD(VTD_ECAP, IRO, 8, 10)         /* in 16 bytes */
    FIELD(VTD_ECAP, MHMV, 20, 4)
    FIELD(VTD_ECAP, NEST, 26, 1)
    FIELD(VTD_ECAP, PRS, 29, 1)
    FIELD(VTD_ECAP, SRS, 31, 1)
    FIELD(VTD_ECAP, NWFS, 33, 1)
    FIELD(VTD_ECAP, EAFS, 34, 1)
    FIELD(VTD_ECAP, PSS, 35, 5)         /* less 1 */
    FIELD(VTD_ECAP, PASID, 40, 1)
    FIELD(VTD_ECAP, PDS, 42, 1)
    FIELD(VTD_ECAP, SMTS, 43, 1)
    FIELD(VTD_ECAP, SSADS, 45, 1)
    FIELD(VTD_ECAP, SSTS, 46, 1)
    FIELD(VTD_ECAP, FSTS, 47, 1)
    FIELD(VTD_ECAP, SMPWCS, 48, 1)
    FIELD(VTD_ECAP, RPS, 49, 1)
REG32(VTD_GCMD, 0x018)
    FIELD(VTD_GCMD, CFI, 23, 1)
    FIELD(VTD_GCMD, SIRTP, 24, 1)
    FIELD(VTD_GCMD, IRE, 25, 1)
    FIELD(VTD_GCMD, QIE, 26, 1)
    FIELD(VTD_GCMD, WBF, 27, 1)
    FIELD(VTD_GCMD, EAFL, 28, 1)
    FIELD(VTD_GCMD, SFL, 29, 1)
    FIELD(VTD_GCMD, SRTP, 30, 1)
    FIELD(VTD_GCMD, TE, 31, 1)
/* With the bits of GCMD */
REG32(VTD_GSTS, 0x01c)
REG64(VTD_RTADDR, 0x020)
    FIELD(VTD_RTADDR, TTM, 10, 2)
REG64(VTD_CCMD, 0x028)
    FIELD(VTD_CCMD, DID, 0, 16)
    FIELD(VTD_CCMD, SID, 16, 16)
    FIELD(VTD_CCMD, FM, 32, 2)
    FIELD(VTD_CCMD, CAIG, 59, 2)
    FIELD(VTD_CCMD, CIRG, 61, 2)
    FIELD(VTD_CCMD, ICC, 63, 1)
REG32(VTD_FSTS, 0x034)
    FIELD(VTD_FSTS, PFO, 0, 1)
    FIELD(VTD_FSTS, PPF, 1, 1)
    FIELD(VTD_FSTS, IQE, 4, 1)
    FIELD(VTD_FSTS, ICE, 5, 1)
    FIELD(VTD_FSTS, ITE, 6, 1)
    FIELD(VTD_FSTS, FRI, 8, 8)
/* IECTL and PECTL are like it. */
REG32(VTD_FECTL, 0x038)
    FIELD(VTD_FECTL, IP, 30, 1)
    FIELD(VTD_FECTL, IM, 31, 1)
REG32(VTD_FEDATA, 0x03c)
REG32(VTD_FEADDR, 0x040)
REG32(VTD_FEUADDR, 0x044)
/* Byte offsets into the queue, here and in IQT */
REG64(VTD_IQH, 0x080)
REG64(VTD_IQT, 0x088)
    FIELD(VTD_IQT, QT, 4, 15)
REG64(VTD_IQA, 0x090)
    FIELD(VTD_IQA, QS, 0, 3)
    FIELD(VTD_IQA, DW, 11, 1)
REG32(VTD_ICS, 0x09c)
    FIELD(VTD_ICS, IWC, 0, 1)
REG32(VTD_IECTL, 0x0a0)
REG32(VTD_IEDATA, 0x0a4)
REG32(VTD_IEADDR, 0x0a8)
REG32(VTD_IEUADDR, 0x0ac)
REG64(VTD_IQERCD, 0x0b0)
    FIELD(VTD_IQERCD, IQEI, 0, 4)
    FIELD(VTD_IQERCD, ITESID, 32, 16)
    FIELD(VTD_IQERCD, ICESID, 48, 16)
REG64(VTD_IRTA, 0x0b8)
    FIELD(VTD_IRTA, S, 0, 4)
    FIELD(VTD_IRTA, EIME, 11, 1)
/* Byte offsets into the queue, here and in PQT */
REG64(VTD_PQH, 0x0c0)
REG64(VTD_PQT, 0x0c8)
    FIELD(VTD_PQT, PQT, 5, 14)
REG64(VTD_PQA, 0x0d0)
    FIELD(VTD_PQA, PQS, 0, 3)
REG32(VTD_PRS, 0x0dc)
    FIELD(VTD_PRS, PPR, 0, 1)
    FIELD(VTD_PRS, PRO, 1, 1)
REG32(VTD_PECTL, 0x0e0)
REG32(VTD_PEDATA, 0x0e4)
REG32(VTD_PEADDR, 0x0e8)
REG32(VTD_PEUADDR, 0x0ec)

/* Placed by ECAP.IRO and CAP.FRO */
REG64(VTD_IVA, 0x500)
    FIELD(VTD_IVA, AM, 0, 6)
    FIELD(VTD_IVA, IH, 6, 1)
REG64(VTD_IOTLB, 0x508)
    FIELD(VTD_IOTLB, DID, 32, 16)
    FIELD(VTD_IOTLB, DW, 48, 1)
    FIELD(VTD_IOTLB, DR, 49, 1)
    FIELD(VTD_IOTLB, IAIG, 57, 2)
    FIELD(VTD_IOTLB, IIRG, 60, 2)
    FIELD(VTD_IOTLB, IVT, 63, 1)
/* Low and high quadword of the first record */
REG64(VTD_FRCD0, 0x600)
    FIELD(VTD_FRCD0, INTR_INDEX, 48, 16) /* of an interrupt request */
REG64(VTD_FRCD1, 0x608)
    FIELD(VTD_FRCD1, SID, 0, 16)
    FIELD(VTD_FRCD1, T2, 28, 1)
    FIELD(VTD_FRCD1, PRIV, 29, 1)
    FIELD(VTD_FRCD1, EXE, 30, 1)
    FIELD(VTD_FRCD1, PP, 31, 1)
    FIELD(VTD_FRCD1, FR, 32, 8)
    FIELD(VTD_FRCD1, PV, 40, 20)
    FIELD(VTD_FRCD1, AT, 60, 2)
    FIELD(VTD_FRCD1, T1, 62, 1)
    FIELD(VTD_FRCD1, F, 63, 1)

#define SVA_VTD_FRCD_BYTES      16
#define SVA_VTD_FRCD_MAX        64

/* VER: 4.0; software only prints it. */
#define SVA_VTD_VER_VALUE       0x40u

/* CAP.SAGAW, CAP.SSLPS */
#define SVA_VTD_SAGAW_39        (1u << 1)
#define SVA_VTD_SAGAW_48        (1u << 2)
#define SVA_VTD_SAGAW_57        (1u << 3)
#define SVA_VTD_SSLPS_2M        (1u << 0)
#define SVA_VTD_SSLPS_1G        (1u << 1)

/* Values of CAP.ND: 16 bits, CAP.MAMV: of a second-stage flush, ECAP.MHMV */
#define SVA_VTD_ND              6
#define SVA_VTD_MAMV            18
#define SVA_VTD_MHMV            15

/* Defined bits of GCMD; FM, SID and DID of CCMD */
#define SVA_VTD_GCMD_ALL        0xff800000u
#define SVA_VTD_CCMD_REQUEST    0x00000003ffffffffull

/* RTADDR.TTM */
#define SVA_VTD_TTM_LEGACY      0
#define SVA_VTD_TTM_SCALABLE    1

/* IQERCD.IQEI */
#define SVA_VTD_IQEI_NONE       0
#define SVA_VTD_IQEI_TAIL       1       /* IQT outside of the queue */
#define SVA_VTD_IQEI_FETCH      2       /* descriptor cannot be read */
#define SVA_VTD_IQEI_TYPE       3
#define SVA_VTD_IQEI_RESERVED   4
#define SVA_VTD_IQEI_WIDTH      5       /* IQA.DW does not fit the mode */
#define SVA_VTD_IQEI_ALIGN      6       /* IQT not aligned to 256 bits */
#define SVA_VTD_IQEI_MODE       7       /* RTADDR.TTM is invalid */

/* Fault reasons, legacy mode (LRT.1 ... LGN.4) */
#define SVA_VTD_FR_LRT_P        0x01    /* root entry not present */
#define SVA_VTD_FR_LCT_P        0x02    /* context entry not present */
#define SVA_VTD_FR_LCT_INVALID  0x03    /* context entry: invalid TT, AW */
#define SVA_VTD_FR_LGN_ADDR     0x04    /* input address beyond MGAW or AW */
#define SVA_VTD_FR_LGN_WRITE    0x05
#define SVA_VTD_FR_LGN_READ     0x06
#define SVA_VTD_FR_LSS_ACCESS   0x07    /* page-table entry unreadable */
#define SVA_VTD_FR_LRT_ACCESS   0x08
#define SVA_VTD_FR_LCT_ACCESS   0x09
#define SVA_VTD_FR_LRT_RSVD     0x0a
#define SVA_VTD_FR_LCT_RSVD     0x0b
#define SVA_VTD_FR_LSS_RSVD     0x0c
#define SVA_VTD_FR_LCT_ATS      0x0d    /* ATS request, TT is not 01 */
#define SVA_VTD_FR_LGN_INTR     0x0e    /* result in the interrupt range */

/* Fault reasons, interrupt remapping */
#define SVA_VTD_FR_IR_REQUEST   0x20    /* reserved bits in the request */
#define SVA_VTD_FR_IR_INDEX     0x21    /* index beyond the table */
#define SVA_VTD_FR_IR_P         0x22
#define SVA_VTD_FR_IR_ACCESS    0x23
#define SVA_VTD_FR_IR_RSVD      0x24
#define SVA_VTD_FR_IR_COMPAT    0x25    /* compatibility format blocked */
#define SVA_VTD_FR_IR_SOURCE    0x26    /* source-id check failed */
#define SVA_VTD_FR_IR_ILLEGAL   0x29    /* not a write of four bytes */

/* Fault reasons, scalable mode (RTA.1 ... SFS.10) */
#define SVA_VTD_FR_RTA_TTM      0x30    /* translation table mode invalid */
#define SVA_VTD_FR_RTA_PASID    0x31    /* request with PASID, TTM legacy */
#define SVA_VTD_FR_RTA_PRQ      0x32    /* page request, TTM legacy */
#define SVA_VTD_FR_SRT_ACCESS   0x38
#define SVA_VTD_FR_SRT_P        0x39
#define SVA_VTD_FR_SRT_RSVD     0x3a
#define SVA_VTD_FR_SCT_ACCESS   0x40
#define SVA_VTD_FR_SCT_P        0x41
#define SVA_VTD_FR_SCT_RSVD     0x42
#define SVA_VTD_FR_SCT_INVALID  0x43
#define SVA_VTD_FR_SCT_DTE      0x44    /* ATS request, DTE=0 */
#define SVA_VTD_FR_SCT_PASIDE   0x45    /* request with PASID, PASIDE=0 */
#define SVA_VTD_FR_SCT_PDTS     0x46    /* PASID beyond the directory */
#define SVA_VTD_FR_SCT_PRE      0x47    /* page request, PRE=0 */
#define SVA_VTD_FR_SCT_RID      0x48    /* PASID of the request: RID_PASID */
#define SVA_VTD_FR_SPD_ACCESS   0x50
#define SVA_VTD_FR_SPD_P        0x51
#define SVA_VTD_FR_SPD_RSVD     0x52
#define SVA_VTD_FR_SPT_ACCESS   0x58
#define SVA_VTD_FR_SPT_P        0x59
#define SVA_VTD_FR_SPT_RSVD     0x5a
#define SVA_VTD_FR_SPT_INVALID  0x5b
#define SVA_VTD_FR_SPT_ERE      0x5c    /* execute requested, ERS=0 */
#define SVA_VTD_FR_SPT_SRE      0x5d
#define SVA_VTD_FR_SFS_ACCESS   0x70
#define SVA_VTD_FR_SFS_P        0x71
#define SVA_VTD_FR_SFS_RSVD     0x72
#define SVA_VTD_FR_SFS_ROOT     0x73    /* entry at FSPTPTR unreadable */
#define SVA_VTD_FR_SFS_SIZE     0x74    /* nested: table or page beyond it */
#define SVA_VTD_FR_SFS_NEST_ROOT 0x75   /* nested: FSPTPTR not readable */
#define SVA_VTD_FR_SFS_NEST_READ 0x76   /* nested: table not readable */
#define SVA_VTD_FR_SFS_NEST_WRITE 0x77  /* nested: A/D update not allowed */
#define SVA_VTD_FR_SSS_ACCESS   0x78
#define SVA_VTD_FR_SSS_PERM     0x79    /* entry without R and W */
#define SVA_VTD_FR_SSS_RSVD     0x7a
#define SVA_VTD_FR_SSS_ROOT     0x7b    /* entry at SSPTPTR unreadable */
#define SVA_VTD_FR_SSS_SNOOP    0x7c    /* A/D update, walk not coherent */
#define SVA_VTD_FR_SSS_UPDATE   0x7d    /* A/D update failed */
#define SVA_VTD_FR_SGN_CANON    0x80
#define SVA_VTD_FR_SGN_USER     0x81
#define SVA_VTD_FR_SGN_HAW      0x83    /* host address beyond HAW */
#define SVA_VTD_FR_SGN_ADDR     0x84    /* input address beyond MGAW or AW */
#define SVA_VTD_FR_SGN_WRITE    0x85
#define SVA_VTD_FR_SGN_READ     0x86
#define SVA_VTD_FR_SGN_INTR     0x87    /* result in the interrupt range */
#define SVA_VTD_FR_SGN_PSS      0x89    /* PASID beyond ECAP.PSS */
#define SVA_VTD_FR_SFS_SNOOP    0x90    /* A/D update, walk not coherent */
#define SVA_VTD_FR_SFS_UPDATE   0x91    /* A/D update failed */

/* Interrupt address range */
#define SVA_VTD_INTR_FIRST      0xfee00000ull
#define SVA_VTD_INTR_LAST       0xfeefffffull

#endif
