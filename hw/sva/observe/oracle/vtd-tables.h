/*
 * Oracle: page tables of VT-d
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_OBSERVE_ORACLE_VTD_TABLES_H
#define HW_SVA_OBSERVE_ORACLE_VTD_TABLES_H

#include "oracle.h"

/*
 * A set of tables, and how they are to be read.
 *
 * @second:  first stage: what its addresses go through, NULL: they are of
 *           memory
 * @levels:  3 to 5
 * @width:   second stage: of input addresses
 * @haw:     of addresses in entries
 * @ad, @ea: keep accessed and dirty, extended accessed flags
 * @snooped: if not, flags cannot be changed
 * @wpe:     first stage: read-only pages are so for supervisors as well
 * @snp:     second stage: leaves may have SNP
 * @page_2m, @page_1g: sizes of large leaves; the first stage always has 2 MiB
 */
typedef struct OracleVtdTables {
    const struct OracleVtdTables *second;
    uint64_t root;
    uint8_t levels;
    uint8_t width;
    uint8_t haw;
    bool first;
    bool legacy;
    bool ad;
    bool ea;
    bool snooped;
    bool wpe;
    bool snp;
    bool page_2m;
    bool page_1g;
} OracleVtdTables;

/* @cacheable: @rights, without W where a dirty flag has to be set for it. */
typedef struct OracleVtdLeaf {
    uint64_t addr;
    uint64_t mask;
    uint8_t rights;
    uint8_t cacheable;
    bool dirty;
    bool snoop;
} OracleVtdLeaf;

/*
 * Look @addr up for SvaAccess rights @want, with SVA_PRIV those of a
 * supervisor.  @partial: of a translation request, some of them will do.
 * Returns a fault reason, or 0.
 */
unsigned oracle_vtd_walk(const SvaOracleSource *source,
                         const OracleVtdTables *tables, uint64_t addr,
                         uint8_t want, bool partial, SvaOracleAnswer *out,
                         OracleVtdLeaf *leaf);

#endif
