/*
 * Oracle: words of tables, and what a walk changes in them
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "words.h"

/* Updates are written before they count. */
void oracle_begin(SvaOracleAnswer *out)
{
    memset(out, 0, offsetof(SvaOracleAnswer, updates));
    out->outcome = SVA_ORACLE_GRANTED;
}

SvaOracleRead oracle_word(const SvaOracleSource *source, SvaOracleAnswer *out,
                          uint64_t pa, uint64_t *word)
{
    SvaOracleRead read;

    for (unsigned i = out->update_count; i; i--) {
        if (out->updates[i - 1].pa == pa) {
            *word = out->updates[i - 1].after;
            return SVA_ORACLE_READ;
        }
    }
    *word = 0;
    read = oracle_is_unknown(out) ? SVA_ORACLE_NOT_READ
                                  : source->read(source, pa, word);
    if (read == SVA_ORACLE_NOT_READ && !oracle_is_unknown(out)) {
        out->outcome = SVA_ORACLE_UNKNOWN;
        out->word = pa;
    }
    return read;
}

bool oracle_words(const SvaOracleSource *source, SvaOracleAnswer *out,
                  uint64_t pa, unsigned count, uint64_t *words)
{
    for (unsigned i = 0; i < count; i++) {
        if (oracle_word(source, out, pa + 8 * i, &words[i])) {
            return false;
        }
    }
    return true;
}

bool oracle_change(const SvaOracleSource *source, SvaOracleAnswer *out,
                   uint64_t pa, uint64_t before, uint64_t after)
{
    if (source->writable && !source->writable(source, pa)) {
        return false;
    }
    if (out->update_count < SVA_ORACLE_UPDATES) {
        out->updates[out->update_count++] = (SvaOracleUpdate) {
            .pa = pa, .before = before, .after = after,
        };
    }
    return true;
}

void oracle_note_ipa(SvaOracleAnswer *out, uint64_t ipa)
{
    for (unsigned i = 0; i < out->ipa_count; i++) {
        if (!((out->ipas[i] ^ ipa) >> 12)) {
            return;
        }
    }
    if (out->ipa_count < SVA_ORACLE_IPAS) {
        out->ipas[out->ipa_count++] = ipa;
    }
}
