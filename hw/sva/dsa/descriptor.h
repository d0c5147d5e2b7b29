/*
 * sva-dsa: decoding and checking of descriptors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_DSA_DESCRIPTOR_H
#define HW_SVA_DSA_DESCRIPTOR_H

#include "bytes.h"
#include "model.h"

/* OPCAP: the operations that the device has, one bit each. */
void sva_dsa_opcap(uint64_t words[4]);

/* Decode DsaSlot.raw into DsaSlot.desc. */
void sva_dsa_desc_decode(DsaSlot *slot);

/* 5.4: operation status, 0 if there is nothing to object to. */
uint8_t sva_dsa_desc_check(DsaSlot *slot);

/* The same without the interrupt, which may be another one by now. */
uint8_t sva_dsa_desc_form(DsaSlot *slot);

/* Of a descriptor that was checked: its record tells more than its end. */
bool sva_dsa_desc_has_result(const DsaDesc *desc);

/* 8.3.17: bytes of a block of data, without its DIF. */
uint32_t sva_dsa_dif_block(const DsaDesc *desc);

/* Fields that are of single operations. */
static inline uint8_t dsa_desc8(const DsaDesc *desc, unsigned offset)
{
    return desc->raw[offset];
}

static inline uint16_t dsa_desc16(const DsaDesc *desc, unsigned offset)
{
    return dsa_get16(desc->raw + offset);
}

static inline uint32_t dsa_desc32(const DsaDesc *desc, unsigned offset)
{
    return dsa_get32(desc->raw + offset);
}

static inline uint64_t dsa_desc64(const DsaDesc *desc, unsigned offset)
{
    return dsa_get64(desc->raw + offset);
}

#endif
