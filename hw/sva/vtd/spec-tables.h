/*
 * VT-d structures in memory: root, context and PASID tables, descriptors of
 * the invalidation queue, page request queue entries, fault records
 *
 * VT-d 5.10 chapter 9, section 6.5.2, section 7.4.1 and section 11.4.7.6.  A
 * digit in a name is the quadword that holds the field; all are little endian.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_VTD_SPEC_TABLES_H
#define HW_SVA_VTD_SPEC_TABLES_H

/* Bits 51:12; bits at and above the host address width are cut by the user. */
#define SVA_VTD_ADDR            0x000ffffffffff000ull

/* Root entry, both modes: bus number; a half in scalable mode */
#define SVA_VTD_ROOT_BYTES      16
#define SVA_VTD_ROOT_P          (1ull << 0)
#define SVA_VTD_ROOT_RSVD       0xffeull

/* Context entry, legacy mode */
#define SVA_VTD_LCTX_BYTES      16
#define SVA_VTD_LCTX0_P         (1ull << 0)
#define SVA_VTD_LCTX0_FPD       (1ull << 1)
#define SVA_VTD_LCTX0_TT_SHIFT  2
#define SVA_VTD_LCTX0_TT        (3ull << SVA_VTD_LCTX0_TT_SHIFT)
#define SVA_VTD_LCTX0_RSVD      0xff0ull
#define SVA_VTD_LCTX1_AW        0x7ull
#define SVA_VTD_LCTX1_DID_SHIFT 8
#define SVA_VTD_LCTX1_RSVD      0xffffffffff000080ull
#define SVA_VTD_TT_UNTRANSLATED 0
#define SVA_VTD_TT_ALL          1       /* and ATS */
#define SVA_VTD_TT_PASS         2

/* AW fields: 1 = 39 bits in 3 levels, 2 = 48 in 4, 3 = 57 in 5 */
#define SVA_VTD_AW_MIN          1
#define SVA_VTD_AW_MAX          3

/* Context entry, scalable mode; two tables of 128 for each bus */
#define SVA_VTD_SCTX_BYTES      32
#define SVA_VTD_SCTX_PER_TABLE  128
#define SVA_VTD_SCTX0_P         (1ull << 0)
#define SVA_VTD_SCTX0_FPD       (1ull << 1)
#define SVA_VTD_SCTX0_DTE       (1ull << 2)
#define SVA_VTD_SCTX0_PASIDE    (1ull << 3)
#define SVA_VTD_SCTX0_PRE       (1ull << 4)
#define SVA_VTD_SCTX0_RSVD      0x1e0ull
#define SVA_VTD_SCTX0_PDTS_SHIFT 9
#define SVA_VTD_SCTX0_PDTS      (7ull << SVA_VTD_SCTX0_PDTS_SHIFT)
#define SVA_VTD_SCTX1_RID_PASID 0xfffffull
#define SVA_VTD_SCTX1_RSVD      0xfffffffffff00000ull   /* RID_PRIV too */

/* PASID directory entry: PASID[19:6] */
#define SVA_VTD_PDE_BYTES       8
#define SVA_VTD_PDE_SHIFT       6
#define SVA_VTD_PDE_P           (1ull << 0)
#define SVA_VTD_PDE_FPD         (1ull << 1)
#define SVA_VTD_PDE_RSVD        0xffcull

/* PASID table entry: PASID[5:0] */
#define SVA_VTD_PTE_BYTES       64
#define SVA_VTD_PTE_INDEX       0x3f
#define SVA_VTD_PTE_WORDS       8       /* 3 to 7: without HPT, reserved */
#define SVA_VTD_PTE0_P          (1ull << 0)
#define SVA_VTD_PTE0_FPD        (1ull << 1)
#define SVA_VTD_PTE0_AW_SHIFT   2
#define SVA_VTD_PTE0_AW         (7ull << SVA_VTD_PTE0_AW_SHIFT)
#define SVA_VTD_PTE0_PGTT_SHIFT 6
#define SVA_VTD_PTE0_PGTT       (7ull << SVA_VTD_PTE0_PGTT_SHIFT)
#define SVA_VTD_PTE0_SSADE      (1ull << 9)
#define SVA_VTD_PTE0_RSVD       0xc20ull                /* 11:10, SSEE */
#define SVA_VTD_PTE1_DID        0xffffull
#define SVA_VTD_PTE1_RSVD       0xfffffffffe7f0000ull   /* CD, EMTE, PAT too */
#define SVA_VTD_PTE1_PWSNP      (1ull << 23)
#define SVA_VTD_PTE1_PGSNP      (1ull << 24)
#define SVA_VTD_PTE2_SRE        (1ull << 0)
#define SVA_VTD_PTE2_FSPM_SHIFT 2
#define SVA_VTD_PTE2_FSPM       (3ull << SVA_VTD_PTE2_FSPM_SHIFT)
#define SVA_VTD_PTE2_WPE        (1ull << 4)
#define SVA_VTD_PTE2_EAFE       (1ull << 7)
#define SVA_VTD_PTE2_RSVD       0xf02ull                /* ERE too */
#define SVA_VTD_PGTT_FIRST      1
#define SVA_VTD_PGTT_SECOND     2
#define SVA_VTD_PGTT_NESTED     3
#define SVA_VTD_PGTT_PASS       4
#define SVA_VTD_FSPM_4LEVEL     0
#define SVA_VTD_FSPM_5LEVEL     1

/* Invalidation descriptors; type[6:4] is in bits 11:9 */
#define SVA_VTD_DESC_WORDS      4
#define SVA_VTD_DESC_TYPE_LO    0xfull
#define SVA_VTD_DESC_TYPE_HI_SHIFT 9
#define SVA_VTD_DESC_TYPE_HI    (7ull << SVA_VTD_DESC_TYPE_HI_SHIFT)
#define SVA_VTD_DESC_TYPE       (SVA_VTD_DESC_TYPE_LO | SVA_VTD_DESC_TYPE_HI)
#define SVA_VTD_DESC_CONTEXT    1
#define SVA_VTD_DESC_IOTLB      2
#define SVA_VTD_DESC_DEVTLB     3
#define SVA_VTD_DESC_IEC        4
#define SVA_VTD_DESC_WAIT       5
#define SVA_VTD_DESC_PIOTLB     6
#define SVA_VTD_DESC_PC         7
#define SVA_VTD_DESC_PDEVTLB    8
#define SVA_VTD_DESC_PGRESP     9
#define SVA_VTD_DESC_TYPES      10

/* Defined bits of qw0 and qw1 (type included) by descriptor */
#define SVA_VTD_CTX_INV0        0x0003ffffffff003full
#define SVA_VTD_IOTLB_INV0      0x00000000ffff00ffull
#define SVA_VTD_IOTLB_INV1      0xfffffffffffff07full
#define SVA_VTD_DEVTLB_INV0     0x0000ffff001f000full   /* DIT=0 */
#define SVA_VTD_DEVTLB_INV1     0xfffffffffffff001ull
#define SVA_VTD_IEC_INV0        0x0000fffff800001full
#define SVA_VTD_WAIT0           0xffffffff000000ffull
#define SVA_VTD_WAIT1           0xfffffffffffffffcull
#define SVA_VTD_PIOTLB_INV0     0x000fffffffff003full
#define SVA_VTD_PIOTLB_INV1     0xfffffffffffff07full
#define SVA_VTD_PC_INV0         0x000fffffffff003full
#define SVA_VTD_PDEVTLB_INV0    0x000fffffffff01ffull   /* DIT=0 */
#define SVA_VTD_PDEVTLB_INV1    0xfffffffffffff801ull
#define SVA_VTD_PGRESP0         0x000ffffffffff01full
#define SVA_VTD_PGRESP1         0x0000000000000ffcull

#define SVA_VTD_DESC_G_SHIFT    4
#define SVA_VTD_DESC_G          (3ull << SVA_VTD_DESC_G_SHIFT)
#define SVA_VTD_DESC_DID_SHIFT  16
#define SVA_VTD_DESC_PASID_SHIFT 32
#define SVA_VTD_DESC_AM         0x3full
#define SVA_VTD_DESC_SID_SHIFT  32      /* types 1 and 3 */
#define SVA_VTD_DESC_RID_SHIFT  16      /* types 8 and 9 */
#define SVA_VTD_DESC_FM_SHIFT   48
#define SVA_VTD_DEVTLB1_S       (1ull << 0)
#define SVA_VTD_PDEVTLB1_G      (1ull << 0)
#define SVA_VTD_PDEVTLB1_S      (1ull << 11)
#define SVA_VTD_IEC0_INDEXED    (1ull << 4)
#define SVA_VTD_IEC0_IM_SHIFT   27
#define SVA_VTD_IEC0_IIDX_SHIFT 32
#define SVA_VTD_WAIT0_IF        (1ull << 4)
#define SVA_VTD_WAIT0_SW        (1ull << 5)
#define SVA_VTD_WAIT0_FN        (1ull << 6)
#define SVA_VTD_WAIT0_PD        (1ull << 7)
#define SVA_VTD_WAIT0_DATA_SHIFT 32
#define SVA_VTD_PGRESP0_PP      (1ull << 4)
#define SVA_VTD_PGRESP0_CODE_SHIFT 12
#define SVA_VTD_PGRESP1_PRGI_SHIFT 3

/* Page request queue entry */
#define SVA_VTD_PRQ_BYTES       32
#define SVA_VTD_PRQ_WORDS       4
#define SVA_VTD_PRQ0_TYPE       0x01ull
#define SVA_VTD_PRQ0_PP         (1ull << 8)
#define SVA_VTD_PRQ0_RID_SHIFT  16
#define SVA_VTD_PRQ0_PASID_SHIFT 32
#define SVA_VTD_PRQ0_EXR        (1ull << 52)
#define SVA_VTD_PRQ0_PMR        (1ull << 53)
#define SVA_VTD_PRQ1_RDR        (1ull << 0)
#define SVA_VTD_PRQ1_WRR        (1ull << 1)
#define SVA_VTD_PRQ1_LPIG       (1ull << 2)
#define SVA_VTD_PRQ1_PRGI_SHIFT 3

/* Interrupt remapping table entry; DST 39:32, 63:48 only with EIME=1 */
#define SVA_VTD_IRTE_BYTES      16
#define SVA_VTD_IRTE0_P         (1ull << 0)
#define SVA_VTD_IRTE0_FPD       (1ull << 1)
#define SVA_VTD_IRTE0_DM        (1ull << 2)
#define SVA_VTD_IRTE0_RH        (1ull << 3)
#define SVA_VTD_IRTE0_TM        (1ull << 4)
#define SVA_VTD_IRTE0_DLM_SHIFT 5
#define SVA_VTD_IRTE0_V_SHIFT   16
#define SVA_VTD_IRTE0_DST_SHIFT 32
#define SVA_VTD_IRTE0_RSVD      0x00000000ff00f000ull   /* IM too: PI=0 */
#define SVA_VTD_IRTE0_RSVD_XAPIC 0xffff00ff00000000ull
#define SVA_VTD_IRTE1_SQ_SHIFT  16
#define SVA_VTD_IRTE1_SVT_SHIFT 18
#define SVA_VTD_IRTE1_RSVD      0xfffffffffff00000ull
#define SVA_VTD_SVT_NONE        0
#define SVA_VTD_SVT_SID         1       /* compare SID, by SQ */
#define SVA_VTD_SVT_BUS         2       /* SID: first and last bus */

/* Interrupt requests */
#define SVA_VTD_INTR_REMAPPABLE (1u << 4)
#define SVA_VTD_INTR_SHV        (1u << 3)
#define SVA_VTD_INTR_SUBHANDLE  0xffffu

/* Fault record, high quadword */
#define SVA_VTD_FRCD1_T2        (1ull << 28)
#define SVA_VTD_FRCD1_PRIV      (1ull << 29)
#define SVA_VTD_FRCD1_EXE       (1ull << 30)
#define SVA_VTD_FRCD1_PP        (1ull << 31)
#define SVA_VTD_FRCD1_FR_SHIFT  32
#define SVA_VTD_FRCD1_PV_SHIFT  40
#define SVA_VTD_FRCD1_AT_SHIFT  60
#define SVA_VTD_FRCD1_T1        (1ull << 62)
#define SVA_VTD_FRCD1_F         (1ull << 63)

#endif
