/*
 * Checker, SMMUv3: fields of the structures in memory, as rows of tables
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_OBSERVE_CHECKER_SMMU_FIELD_H
#define HW_SVA_OBSERVE_CHECKER_SMMU_FIELD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * @use: what has to be on for the field to mean something, of the table's own
 *       choice; @tlb: translations are cached with it, so that TLBI_* is owed
 *       beside CFGI_*
 */
typedef struct SvaCheckSmmuField {
    const char *name;
    uint8_t word;
    uint8_t lsb;
    uint8_t width;
    uint8_t use;
    bool tlb;
} SvaCheckSmmuField;

static inline uint64_t sva_check_bits(uint64_t word, unsigned lsb,
                                      unsigned width)
{
    return word >> lsb & (UINT64_MAX >> (64 - width));
}

static inline uint64_t sva_check_field(const uint64_t *words,
                                       const SvaCheckSmmuField *f)
{
    return sva_check_bits(words[f->word], f->lsb, f->width);
}

static inline uint64_t sva_check_field_mask(const SvaCheckSmmuField *f)
{
    return UINT64_MAX >> (64 - f->width) << f->lsb;
}

#endif
