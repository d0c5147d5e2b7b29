/*
 * Oracle: words of tables, and what a walk changes in them
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_OBSERVE_ORACLE_WORDS_H
#define HW_SVA_OBSERVE_ORACLE_WORDS_H

#include "oracle.h"

/* Bits @high to @low of @word, as a number. */
static inline uint64_t oracle_field(uint64_t word, unsigned high, unsigned low)
{
    return word << (63 - high) >> (63 - high + low);
}

static inline bool oracle_bit(uint64_t word, unsigned bit)
{
    return word >> bit & 1;
}

/* Bits @high to @low, set; none if @high is below @low. */
static inline uint64_t oracle_ones(int high, int low)
{
    return high < low ? 0 : UINT64_MAX >> (63 - high) & UINT64_MAX << low;
}

/* An answer that grants nothing yet, and changes nothing. */
void oracle_begin(SvaOracleAnswer *out);

/*
 * The word at @pa as hardware sees it by now.  Of an unknown word the answer
 * becomes SVA_ORACLE_UNKNOWN, once for all.
 */
SvaOracleRead oracle_word(const SvaOracleSource *source, SvaOracleAnswer *out,
                          uint64_t pa, uint64_t *word);
/* @count words; false: there is no memory, or one is unknown. */
bool oracle_words(const SvaOracleSource *source, SvaOracleAnswer *out,
                  uint64_t pa, unsigned count, uint64_t *words);
/* Change the word, which has been read; false: it cannot be. */
bool oracle_change(const SvaOracleSource *source, SvaOracleAnswer *out,
                   uint64_t pa, uint64_t before, uint64_t after);

/* The second stage is asked for @ipa. */
void oracle_note_ipa(SvaOracleAnswer *out, uint64_t ipa);

static inline bool oracle_is_unknown(const SvaOracleAnswer *out)
{
    return out->outcome == SVA_ORACLE_UNKNOWN;
}

#endif
