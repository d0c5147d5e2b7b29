/*
 * VT-d structures in memory: root, context and PASID tables, descriptors of
 * the invalidation queue, page request queue entries; interrupt requests
 *
 * VT-d rev 5.10, chapter 9, 6.5.2, 7.4.1, 5.1.2.  A digit in a name is the
 * quadword that holds the field; all are little endian.  What consists of
 * several fields, or of none, is a mask.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_VTD_SPEC_TABLES_H
#define HW_SVA_VTD_SPEC_TABLES_H

#include "hw/registerfields.h"

/* Bits 51:12; bits at and above the host address width are cut by the user. */
#define SVA_VTD_ADDR            0x000ffffffffff000ull

/* Root entry, both modes: bus number; a half in scalable mode */
FIELD(VTD_ROOT, P, 0, 1)
#define SVA_VTD_ROOT_BYTES      16
#define SVA_VTD_ROOT_RSVD       0xffeull

/* Context entry, legacy mode */
FIELD(VTD_LCTX0, P, 0, 1)
FIELD(VTD_LCTX0, FPD, 1, 1)
FIELD(VTD_LCTX0, TT, 2, 2)
FIELD(VTD_LCTX1, AW, 0, 3)
FIELD(VTD_LCTX1, DID, 8, 16)
#define SVA_VTD_LCTX_BYTES      16
#define SVA_VTD_LCTX0_RSVD      0xff0ull
#define SVA_VTD_LCTX1_RSVD      0xffffffffff000080ull
#define SVA_VTD_TT_UNTRANSLATED 0
#define SVA_VTD_TT_ALL          1       /* and ATS */
#define SVA_VTD_TT_PASS         2

/* AW fields: 1 = 39 bits in 3 levels, 2 = 48 in 4, 3 = 57 in 5 */
#define SVA_VTD_AW_MIN          1
#define SVA_VTD_AW_MAX          3

/* Context entry, scalable mode; two tables of 128 for each bus */
FIELD(VTD_SCTX0, P, 0, 1)
FIELD(VTD_SCTX0, FPD, 1, 1)
FIELD(VTD_SCTX0, DTE, 2, 1)
FIELD(VTD_SCTX0, PASIDE, 3, 1)
FIELD(VTD_SCTX0, PRE, 4, 1)
FIELD(VTD_SCTX0, PDTS, 9, 3)
FIELD(VTD_SCTX1, RID_PASID, 0, 20)
#define SVA_VTD_SCTX_BYTES      32
#define SVA_VTD_SCTX_PER_TABLE  128
#define SVA_VTD_SCTX0_RSVD      0x1e0ull
#define SVA_VTD_SCTX1_RSVD      0xfffffffffff00000ull   /* RID_PRIV too */

/* PASID directory entry: PASID[19:6] */
FIELD(VTD_PDE, P, 0, 1)
FIELD(VTD_PDE, FPD, 1, 1)
#define SVA_VTD_PDE_BYTES       8
#define SVA_VTD_PDE_SHIFT       6
#define SVA_VTD_PDE_RSVD        0xffcull

/* PASID table entry: PASID[5:0] */
FIELD(VTD_PTE0, P, 0, 1)
FIELD(VTD_PTE0, FPD, 1, 1)
FIELD(VTD_PTE0, AW, 2, 3)
FIELD(VTD_PTE0, PGTT, 6, 3)
FIELD(VTD_PTE0, SSADE, 9, 1)
FIELD(VTD_PTE1, DID, 0, 16)
FIELD(VTD_PTE1, PWSNP, 23, 1)
FIELD(VTD_PTE1, PGSNP, 24, 1)
FIELD(VTD_PTE2, SRE, 0, 1)
FIELD(VTD_PTE2, FSPM, 2, 2)
FIELD(VTD_PTE2, WPE, 4, 1)
FIELD(VTD_PTE2, EAFE, 7, 1)
#define SVA_VTD_PTE_BYTES       64
#define SVA_VTD_PTE_INDEX       0x3f
#define SVA_VTD_PTE_WORDS       8       /* 3 to 7: without HPT, reserved */
#define SVA_VTD_PTE0_RSVD       0xc20ull                /* 11:10, SSEE */
#define SVA_VTD_PTE1_RSVD       0xfffffffffe7f0000ull   /* CD, EMTE, PAT too */
#define SVA_VTD_PTE2_RSVD       0xf02ull                /* ERE too */
#define SVA_VTD_PGTT_FIRST      1
#define SVA_VTD_PGTT_SECOND     2
#define SVA_VTD_PGTT_NESTED     3
#define SVA_VTD_PGTT_PASS       4
#define SVA_VTD_FSPM_4LEVEL     0
#define SVA_VTD_FSPM_5LEVEL     1

/* Invalidation descriptors, all types */
FIELD(VTD_DESC0, TYPE_LO, 0, 4)
FIELD(VTD_DESC0, G, 4, 2)
FIELD(VTD_DESC0, TYPE_HI, 9, 3)         /* type[6:4] */
FIELD(VTD_DESC0, DID, 16, 16)
FIELD(VTD_DESC0, RID, 16, 16)           /* types 8 and 9 */
FIELD(VTD_DESC0, SID, 32, 16)           /* types 1 and 3 */
FIELD(VTD_DESC0, PASID, 32, 20)
FIELD(VTD_DESC0, FM, 48, 2)
FIELD(VTD_DESC1, AM, 0, 6)
FIELD(VTD_DESC1, IH, 6, 1)
#define SVA_VTD_DESC_WORDS      4

/* Types */
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

/* Fields by type */
FIELD(VTD_DEVTLB1, S, 0, 1)
FIELD(VTD_PDEVTLB1, G, 0, 1)
FIELD(VTD_PDEVTLB1, S, 11, 1)
FIELD(VTD_IEC0, INDEXED, 4, 1)
FIELD(VTD_IEC0, IM, 27, 5)
FIELD(VTD_IEC0, IIDX, 32, 16)
FIELD(VTD_WAIT0, IF, 4, 1)
FIELD(VTD_WAIT0, SW, 5, 1)
FIELD(VTD_WAIT0, FN, 6, 1)
FIELD(VTD_WAIT0, PD, 7, 1)
FIELD(VTD_WAIT0, DATA, 32, 32)
FIELD(VTD_PGRESP0, PP, 4, 1)
FIELD(VTD_PGRESP0, CODE, 12, 4)
FIELD(VTD_PGRESP1, PRGI, 3, 9)

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

/* Page request queue entry */
FIELD(VTD_PRQ0, TYPE, 0, 8)
FIELD(VTD_PRQ0, PP, 8, 1)
FIELD(VTD_PRQ0, RID, 16, 16)
FIELD(VTD_PRQ0, PASID, 32, 20)
FIELD(VTD_PRQ0, EXR, 52, 1)
FIELD(VTD_PRQ0, PMR, 53, 1)
FIELD(VTD_PRQ1, RDR, 0, 1)
FIELD(VTD_PRQ1, WRR, 1, 1)
FIELD(VTD_PRQ1, LPIG, 2, 1)
FIELD(VTD_PRQ1, PRGI, 3, 9)
#define SVA_VTD_PRQ_BYTES       32
#define SVA_VTD_PRQ_WORDS       4
#define SVA_VTD_PRQ_TYPE        0x01

/* Interrupt remapping table entry; DST 39:32, 63:48 only with EIME=1 */
FIELD(VTD_IRTE0, P, 0, 1)
FIELD(VTD_IRTE0, FPD, 1, 1)
FIELD(VTD_IRTE0, DM, 2, 1)
FIELD(VTD_IRTE0, RH, 3, 1)
FIELD(VTD_IRTE0, TM, 4, 1)
FIELD(VTD_IRTE0, DLM, 5, 3)
FIELD(VTD_IRTE0, V, 16, 8)
FIELD(VTD_IRTE0, DST, 32, 32)
FIELD(VTD_IRTE1, SID, 0, 16)
FIELD(VTD_IRTE1, SQ, 16, 2)
FIELD(VTD_IRTE1, SVT, 18, 2)
#define SVA_VTD_IRTE_BYTES      16
#define SVA_VTD_IRTE0_RSVD      0x00000000ff00f000ull   /* IM too: PI=0 */
#define SVA_VTD_IRTE0_RSVD_XAPIC 0xffff00ff00000000ull
#define SVA_VTD_IRTE1_RSVD      0xfffffffffff00000ull
#define SVA_VTD_SVT_NONE        0
#define SVA_VTD_SVT_SID         1       /* compare SID, by SQ */
#define SVA_VTD_SVT_BUS         2       /* SID: first and last bus */

/* Interrupt requests: address and data, remappable format */
FIELD(VTD_INTR_ADDR, HANDLE_15, 2, 1)
FIELD(VTD_INTR_ADDR, SHV, 3, 1)
FIELD(VTD_INTR_ADDR, REMAPPABLE, 4, 1)
FIELD(VTD_INTR_ADDR, HANDLE, 5, 15)     /* handle[14:0] */
FIELD(VTD_INTR_DATA, SUBHANDLE, 0, 16)

/* Interrupt messages, as a processor takes them */
FIELD(VTD_MSG_ADDR, ID, 12, 8)
FIELD(VTD_MSG_DATA, V, 0, 8)
FIELD(VTD_MSG_DATA, DLM, 8, 3)
FIELD(VTD_MSG_DATA, ASSERT, 14, 1)
FIELD(VTD_MSG_DATA, LEVEL, 15, 1)

#endif
