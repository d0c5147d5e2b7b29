/*
 * SMMUv3 structures in memory: stream table and context descriptors
 *
 * IHI 0070 G.b, "Stream Table Entry", "Context Descriptor".  A digit in a name
 * is the 64-bit word that holds the field; all are little endian.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_SMMUV3_SPEC_TABLES_H
#define HW_SVA_SMMUV3_SPEC_TABLES_H

#include "hw/registerfields.h"

/* First-level descriptor of the stream table */
#define SVA_SMMU_L1STD_BYTES        8
FIELD(SMMU_L1STD, SPAN, 0, 5)
#define SVA_SMMU_L1STD_SPAN_MAX     11
FIELD(SMMU_L1STD, L2PTR, 6, 46)

/* Stream table entry */
#define SVA_SMMU_STE_BYTES          64
#define SVA_SMMU_STE_WORDS          4       /* of 8: with defined fields */
FIELD(SMMU_STE0, V, 0, 1)
FIELD(SMMU_STE0, CONFIG, 1, 3)
FIELD(SMMU_STE0, S1FMT, 4, 2)
FIELD(SMMU_STE0, S1CONTEXTPTR, 6, 46)
FIELD(SMMU_STE0, S1CDMAX, 59, 5)
FIELD(SMMU_STE1, S1DSS, 0, 2)
FIELD(SMMU_STE1, PPAR, 18, 1)
FIELD(SMMU_STE1, S2FWB, 25, 1)
FIELD(SMMU_STE1, S1STALLD, 27, 1)
FIELD(SMMU_STE1, EATS, 28, 2)
FIELD(SMMU_STE1, STRW, 30, 2)
FIELD(SMMU_STE1, PRIVCFG, 48, 2)
FIELD(SMMU_STE1, INSTCFG, 50, 2)
FIELD(SMMU_STE2, S2VMID, 0, 16)
FIELD(SMMU_STE2, S2T0SZ, 32, 6)
FIELD(SMMU_STE2, S2SL0, 38, 2)
FIELD(SMMU_STE2, S2TG, 46, 2)
FIELD(SMMU_STE2, S2PS, 48, 3)
FIELD(SMMU_STE2, S2AA64, 51, 1)
FIELD(SMMU_STE2, S2ENDI, 52, 1)
FIELD(SMMU_STE2, S2AFFD, 53, 1)
FIELD(SMMU_STE2, S2PTW, 54, 1)
FIELD(SMMU_STE2, S2HD, 55, 1)
FIELD(SMMU_STE2, S2HA, 56, 1)
FIELD(SMMU_STE2, S2S, 57, 1)
FIELD(SMMU_STE2, S2R, 58, 1)
FIELD(SMMU_STE3, S2TTB, 4, 48)

/* STE.Config: bit 2 - not aborted, bit 0 - stage 1, bit 1 - stage 2 */
#define SVA_SMMU_CONFIG_S1          1u
#define SVA_SMMU_CONFIG_S2          2u
#define SVA_SMMU_CONFIG_ENABLED     4u

/* STE.S1Fmt; 3 acts as 0 */
#define SVA_SMMU_S1FMT_4K           1u
#define SVA_SMMU_S1FMT_64K          2u

/* STE.S1DSS; 3 acts as 0 */
#define SVA_SMMU_S1DSS_BYPASS       1u
#define SVA_SMMU_S1DSS_SSID0        2u

/* STE.EATS; 3 acts as 0 */
#define SVA_SMMU_EATS_FULL          1u
#define SVA_SMMU_EATS_SPLIT         2u

/* STE.STRW; bit 0 is illegal */
#define SVA_SMMU_STRW_EL2           2u

/* STE.PRIVCFG, STE.INSTCFG; 0 and 1: as the transaction says */
#define SVA_SMMU_CFG_CLEAR          2u      /* unprivileged, data */
#define SVA_SMMU_CFG_SET            3u      /* privileged, instruction */

/* First-level context descriptor */
#define SVA_SMMU_L1CD_BYTES         8
FIELD(SMMU_L1CD, V, 0, 1)
FIELD(SMMU_L1CD, L2PTR, 12, 40)

/* Context descriptor */
#define SVA_SMMU_CD_BYTES           64
#define SVA_SMMU_CD_WORDS           3       /* of 8: with defined fields */
FIELD(SMMU_CD0, T0SZ, 0, 6)
FIELD(SMMU_CD0, TG0, 6, 2)
FIELD(SMMU_CD0, EPD0, 14, 1)
FIELD(SMMU_CD0, ENDI, 15, 1)
FIELD(SMMU_CD0, T1SZ, 16, 6)
FIELD(SMMU_CD0, TG1, 22, 2)
FIELD(SMMU_CD0, EPD1, 30, 1)
FIELD(SMMU_CD0, V, 31, 1)
FIELD(SMMU_CD0, IPS, 32, 3)
FIELD(SMMU_CD0, AFFD, 35, 1)
FIELD(SMMU_CD0, WXN, 36, 1)
FIELD(SMMU_CD0, TBI0, 38, 1)
FIELD(SMMU_CD0, TBI1, 39, 1)
FIELD(SMMU_CD0, PAN, 40, 1)
FIELD(SMMU_CD0, AA64, 41, 1)
FIELD(SMMU_CD0, HD, 42, 1)
FIELD(SMMU_CD0, HA, 43, 1)
FIELD(SMMU_CD0, S, 44, 1)
FIELD(SMMU_CD0, R, 45, 1)
FIELD(SMMU_CD0, A, 46, 1)
FIELD(SMMU_CD0, ASET, 47, 1)
FIELD(SMMU_CD0, ASID, 48, 16)
FIELD(SMMU_CD1, HAD0, 1, 1)
FIELD(SMMU_CD1, TTB0, 4, 48)
FIELD(SMMU_CD2, HAD1, 1, 1)
FIELD(SMMU_CD2, TTB1, 4, 48)

/* TxSZ, S2T0SZ: without small tables (IDR3.STT=0), without LVA (VAX=0) */
#define SVA_SMMU_TXSZ_MIN           16
#define SVA_SMMU_TXSZ_MAX           39

#endif
