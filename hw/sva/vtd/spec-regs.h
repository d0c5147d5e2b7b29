/*
 * VT-d registers, fault reasons and constants, in the specification's order
 *
 * VT-d 5.10 chapter 11; Table 30 and Table 15 (fault reasons).
 * Layouts of structures in memory are in spec-tables.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_VTD_SPEC_REGS_H
#define HW_SVA_VTD_SPEC_REGS_H

/* All registers are within one page, the size that DRHD announces. */
#define SVA_VTD_REG_BYTES       0x1000u

#define SVA_VTD_REG_VER         0x000
#define SVA_VTD_REG_CAP         0x008
#define SVA_VTD_REG_ECAP        0x010
#define SVA_VTD_REG_GCMD        0x018
#define SVA_VTD_REG_GSTS        0x01c
#define SVA_VTD_REG_RTADDR      0x020
#define SVA_VTD_REG_CCMD        0x028
#define SVA_VTD_REG_FSTS        0x034
#define SVA_VTD_REG_FECTL       0x038
#define SVA_VTD_REG_FEDATA      0x03c
#define SVA_VTD_REG_FEADDR      0x040
#define SVA_VTD_REG_FEUADDR     0x044
#define SVA_VTD_REG_IQH         0x080
#define SVA_VTD_REG_IQT         0x088
#define SVA_VTD_REG_IQA         0x090
#define SVA_VTD_REG_ICS         0x09c
#define SVA_VTD_REG_IECTL       0x0a0
#define SVA_VTD_REG_IEDATA      0x0a4
#define SVA_VTD_REG_IEADDR      0x0a8
#define SVA_VTD_REG_IEUADDR     0x0ac
#define SVA_VTD_REG_IQERCD      0x0b0
#define SVA_VTD_REG_IRTA        0x0b8
#define SVA_VTD_REG_PQH         0x0c0
#define SVA_VTD_REG_PQT         0x0c8
#define SVA_VTD_REG_PQA         0x0d0
#define SVA_VTD_REG_PRS         0x0dc
#define SVA_VTD_REG_PECTL       0x0e0
#define SVA_VTD_REG_PEDATA      0x0e4
#define SVA_VTD_REG_PEADDR      0x0e8
#define SVA_VTD_REG_PEUADDR     0x0ec

/* Placed by ECAP.IRO and CAP.FRO. */
#define SVA_VTD_REG_IVA         0x500
#define SVA_VTD_REG_IOTLB       0x508
#define SVA_VTD_REG_FRCD        0x600
#define SVA_VTD_FRCD_BYTES      16
#define SVA_VTD_FRCD_MAX        64

/* VER: 4.0; software only prints it. */
#define SVA_VTD_VER_VALUE       0x40u

/* CAP */
#define SVA_VTD_CAP_ND(v)       ((uint64_t)(v))
#define SVA_VTD_CAP_CM          (1ull << 7)
#define SVA_VTD_CAP_SAGAW_39    (1ull << 9)
#define SVA_VTD_CAP_SAGAW_48    (1ull << 10)
#define SVA_VTD_CAP_SAGAW_57    (1ull << 11)
#define SVA_VTD_CAP_MGAW(bits)  ((uint64_t)((bits) - 1) << 16)
#define SVA_VTD_CAP_ZLR         (1ull << 22)
#define SVA_VTD_CAP_FRO(off)    ((uint64_t)((off) / 16) << 24)
#define SVA_VTD_CAP_SSLPS_2M    (1ull << 34)
#define SVA_VTD_CAP_SSLPS_1G    (1ull << 35)
#define SVA_VTD_CAP_PSI         (1ull << 39)
#define SVA_VTD_CAP_NFR(n)      ((uint64_t)((n) - 1) << 40)
#define SVA_VTD_CAP_MAMV(v)     ((uint64_t)(v) << 48)
#define SVA_VTD_CAP_DWD         (1ull << 54)
#define SVA_VTD_CAP_DRD         (1ull << 55)
#define SVA_VTD_CAP_FS1GP       (1ull << 56)
#define SVA_VTD_CAP_FS5LP       (1ull << 60)
#define SVA_VTD_CAP_ESIRTPS     (1ull << 62)
#define SVA_VTD_CAP_ESRTPS      (1ull << 63)

/* Domain-id width 4 + 2 * ND = 16; largest AM of a second-stage flush. */
#define SVA_VTD_ND              6
#define SVA_VTD_MAMV            18

/* ECAP */
#define SVA_VTD_ECAP_C          (1ull << 0)
#define SVA_VTD_ECAP_QI         (1ull << 1)
#define SVA_VTD_ECAP_DT         (1ull << 2)
#define SVA_VTD_ECAP_IR         (1ull << 3)
#define SVA_VTD_ECAP_EIM        (1ull << 4)
#define SVA_VTD_ECAP_PT         (1ull << 6)
#define SVA_VTD_ECAP_SC         (1ull << 7)
#define SVA_VTD_ECAP_IRO(off)   ((uint64_t)((off) / 16) << 8)
#define SVA_VTD_ECAP_MHMV(v)    ((uint64_t)(v) << 20)
#define SVA_VTD_ECAP_NEST       (1ull << 26)
#define SVA_VTD_ECAP_PRS        (1ull << 29)
#define SVA_VTD_ECAP_SRS        (1ull << 31)
#define SVA_VTD_ECAP_NWFS       (1ull << 33)
#define SVA_VTD_ECAP_EAFS       (1ull << 34)
#define SVA_VTD_ECAP_PSS(bits)  ((uint64_t)((bits) - 1) << 35)
#define SVA_VTD_ECAP_PASID      (1ull << 40)
#define SVA_VTD_ECAP_PDS        (1ull << 42)
#define SVA_VTD_ECAP_SMTS       (1ull << 43)
#define SVA_VTD_ECAP_SSADS      (1ull << 45)
#define SVA_VTD_ECAP_SSTS       (1ull << 46)
#define SVA_VTD_ECAP_FSTS       (1ull << 47)
#define SVA_VTD_ECAP_SMPWCS     (1ull << 48)
#define SVA_VTD_ECAP_RPS        (1ull << 49)

#define SVA_VTD_MHMV            15

/* GCMD and GSTS share their bits. */
#define SVA_VTD_GCMD_TE         (1u << 31)
#define SVA_VTD_GCMD_SRTP       (1u << 30)
#define SVA_VTD_GCMD_SFL        (1u << 29)
#define SVA_VTD_GCMD_EAFL       (1u << 28)
#define SVA_VTD_GCMD_WBF        (1u << 27)
#define SVA_VTD_GCMD_QIE        (1u << 26)
#define SVA_VTD_GCMD_IRE        (1u << 25)
#define SVA_VTD_GCMD_SIRTP      (1u << 24)
#define SVA_VTD_GCMD_CFI        (1u << 23)
#define SVA_VTD_GCMD_ALL        0xff800000u

/* RTADDR */
#define SVA_VTD_RTADDR_TTM_SHIFT 10
#define SVA_VTD_RTADDR_TTM      (3ull << SVA_VTD_RTADDR_TTM_SHIFT)
#define SVA_VTD_TTM_LEGACY      0
#define SVA_VTD_TTM_SCALABLE    1

/* CCMD */
#define SVA_VTD_CCMD_ICC        (1ull << 63)
#define SVA_VTD_CCMD_CIRG       (3ull << 61)
#define SVA_VTD_CCMD_CIRG_SHIFT 61
#define SVA_VTD_CCMD_CAIG       (3ull << 59)
#define SVA_VTD_CCMD_CAIG_SHIFT 59
#define SVA_VTD_CCMD_FM_SHIFT   32
#define SVA_VTD_CCMD_SID_SHIFT  16
#define SVA_VTD_CCMD_REQUEST    0x00000003ffffffffull   /* FM, SID, DID */

/* IVA, IOTLB */
#define SVA_VTD_IVA_AM          0x3full
#define SVA_VTD_IVA_IH          (1ull << 6)
#define SVA_VTD_IOTLB_IVT       (1ull << 63)
#define SVA_VTD_IOTLB_IIRG      (3ull << 60)
#define SVA_VTD_IOTLB_IIRG_SHIFT 60
#define SVA_VTD_IOTLB_IAIG      (3ull << 57)
#define SVA_VTD_IOTLB_IAIG_SHIFT 57
#define SVA_VTD_IOTLB_DR        (1ull << 49)
#define SVA_VTD_IOTLB_DW        (1ull << 48)
#define SVA_VTD_IOTLB_DID       0x0000ffff00000000ull
#define SVA_VTD_IOTLB_DID_SHIFT 32

/* FSTS */
#define SVA_VTD_FSTS_PFO        (1u << 0)
#define SVA_VTD_FSTS_PPF        (1u << 1)
#define SVA_VTD_FSTS_IQE        (1u << 4)
#define SVA_VTD_FSTS_ICE        (1u << 5)
#define SVA_VTD_FSTS_ITE        (1u << 6)
#define SVA_VTD_FSTS_FRI        (0xffu << 8)
#define SVA_VTD_FSTS_FRI_SHIFT  8

/* FECTL, IECTL, PECTL */
#define SVA_VTD_ECTL_IM         (1u << 31)
#define SVA_VTD_ECTL_IP         (1u << 30)

/* IQH, IQT, IQA, ICS, IQERCD */
#define SVA_VTD_IQ_OFFSET       0x7fff0ull
#define SVA_VTD_IQA_QS          0x7ull
#define SVA_VTD_IQA_DW          (1ull << 11)
#define SVA_VTD_ICS_IWC         (1u << 0)
#define SVA_VTD_IQERCD_IQEI     0xfull
#define SVA_VTD_IQERCD_ITESID_SHIFT 32
#define SVA_VTD_IQERCD_ICESID_SHIFT 48

/* IQERCD.IQEI */
#define SVA_VTD_IQEI_NONE       0
#define SVA_VTD_IQEI_TAIL       1       /* IQT outside of the queue */
#define SVA_VTD_IQEI_FETCH      2       /* descriptor cannot be read */
#define SVA_VTD_IQEI_TYPE       3
#define SVA_VTD_IQEI_RESERVED   4
#define SVA_VTD_IQEI_WIDTH      5       /* IQA.DW does not fit the mode */
#define SVA_VTD_IQEI_ALIGN      6       /* IQT not aligned to 256 bits */
#define SVA_VTD_IQEI_MODE       7       /* RTADDR.TTM is invalid */

/* IRTA */
#define SVA_VTD_IRTA_S          0xfull
#define SVA_VTD_IRTA_EIME       (1ull << 11)

/* PQH, PQT, PQA, PRS */
#define SVA_VTD_PQ_OFFSET       0x7ffe0ull
#define SVA_VTD_PQA_PQS         0x7ull
#define SVA_VTD_PRS_PPR         (1u << 0)
#define SVA_VTD_PRS_PRO         (1u << 1)

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
