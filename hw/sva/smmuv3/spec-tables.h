/*
 * SMMUv3 structures in memory: stream table and context descriptors
 *
 * IHI 0070 G.b, "Stream Table Entry", "Context Descriptor".  A digit in a name
 * is the 64-bit word that holds the field; all are little endian.  A field of
 * several bits is given as shift and width, for sva_smmu_field().
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_SMMUV3_SPEC_TABLES_H
#define HW_SVA_SMMUV3_SPEC_TABLES_H

#include <stdint.h>

static inline uint64_t sva_smmu_field(uint64_t word, unsigned shift,
                                      unsigned width)
{
    return word >> shift & ((1ull << width) - 1);
}

/* First-level descriptor of the stream table */
#define SVA_SMMU_L1STD_BYTES        8
#define SVA_SMMU_L1STD_SPAN         0, 5
#define SVA_SMMU_L1STD_SPAN_MAX     11
#define SVA_SMMU_L1STD_L2PTR        0x000fffffffffffc0ull   /* 51:6 */

/* Stream table entry */
#define SVA_SMMU_STE_BYTES          64
#define SVA_SMMU_STE_WORDS          4       /* of 8: with defined fields */
#define SVA_SMMU_STE0_V             (1ull << 0)
#define SVA_SMMU_STE0_CONFIG        1, 3
#define SVA_SMMU_STE0_S1FMT         4, 2
#define SVA_SMMU_STE0_S1CONTEXTPTR  0x000fffffffffffc0ull   /* 51:6 */
#define SVA_SMMU_STE0_S1CDMAX       59, 5
#define SVA_SMMU_STE1_S1DSS         0, 2
#define SVA_SMMU_STE1_PPAR          (1ull << 18)
#define SVA_SMMU_STE1_S2FWB         (1ull << 25)
#define SVA_SMMU_STE1_S1STALLD      (1ull << 27)
#define SVA_SMMU_STE1_EATS          28, 2
#define SVA_SMMU_STE1_STRW          30, 2
#define SVA_SMMU_STE1_PRIVCFG       48, 2
#define SVA_SMMU_STE1_INSTCFG       50, 2
#define SVA_SMMU_STE2_S2VMID        0, 16
#define SVA_SMMU_STE2_S2T0SZ        32, 6
#define SVA_SMMU_STE2_S2SL0         38, 2
#define SVA_SMMU_STE2_S2TG          46, 2
#define SVA_SMMU_STE2_S2PS          48, 3
#define SVA_SMMU_STE2_S2AA64        (1ull << 51)
#define SVA_SMMU_STE2_S2ENDI        (1ull << 52)
#define SVA_SMMU_STE2_S2AFFD        (1ull << 53)
#define SVA_SMMU_STE2_S2PTW         (1ull << 54)
#define SVA_SMMU_STE2_S2HD          (1ull << 55)
#define SVA_SMMU_STE2_S2HA          (1ull << 56)
#define SVA_SMMU_STE2_S2S           (1ull << 57)
#define SVA_SMMU_STE2_S2R           (1ull << 58)
#define SVA_SMMU_STE3_S2TTB         0x000ffffffffffff0ull   /* 51:4 */

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
#define SVA_SMMU_L1CD_V             (1ull << 0)
#define SVA_SMMU_L1CD_L2PTR         0x000ffffffffff000ull   /* 51:12 */

/* Context descriptor */
#define SVA_SMMU_CD_BYTES           64
#define SVA_SMMU_CD_WORDS           3       /* of 8: with defined fields */
#define SVA_SMMU_CD0_T0SZ           0, 6
#define SVA_SMMU_CD0_TG0            6, 2
#define SVA_SMMU_CD0_EPD0           (1ull << 14)
#define SVA_SMMU_CD0_ENDI           (1ull << 15)
#define SVA_SMMU_CD0_T1SZ           16, 6
#define SVA_SMMU_CD0_TG1            22, 2
#define SVA_SMMU_CD0_EPD1           (1ull << 30)
#define SVA_SMMU_CD0_V              (1ull << 31)
#define SVA_SMMU_CD0_IPS            32, 3
#define SVA_SMMU_CD0_AFFD           (1ull << 35)
#define SVA_SMMU_CD0_WXN            (1ull << 36)
#define SVA_SMMU_CD0_TBI0           (1ull << 38)
#define SVA_SMMU_CD0_TBI1           (1ull << 39)
#define SVA_SMMU_CD0_PAN            (1ull << 40)
#define SVA_SMMU_CD0_AA64           (1ull << 41)
#define SVA_SMMU_CD0_HD             (1ull << 42)
#define SVA_SMMU_CD0_HA             (1ull << 43)
#define SVA_SMMU_CD0_S              (1ull << 44)
#define SVA_SMMU_CD0_R              (1ull << 45)
#define SVA_SMMU_CD0_A              (1ull << 46)
#define SVA_SMMU_CD0_ASET           (1ull << 47)
#define SVA_SMMU_CD0_ASID           48, 16
#define SVA_SMMU_CD1_HAD0           (1ull << 1)
#define SVA_SMMU_CD1_TTB0           0x000ffffffffffff0ull   /* 51:4 */
#define SVA_SMMU_CD2_HAD1           (1ull << 1)
#define SVA_SMMU_CD2_TTB1           0x000ffffffffffff0ull   /* 51:4 */

/* TxSZ, S2T0SZ: without small tables (IDR3.STT=0), without LVA (VAX=0) */
#define SVA_SMMU_TXSZ_MIN           16
#define SVA_SMMU_TXSZ_MAX           39

#endif
