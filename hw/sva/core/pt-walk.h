/*
 * Page-table walk: the formats of VT-d
 *
 * First-stage tables (pt-x86.c) and second-stage tables (pt-vtdss.c) have one
 * shape, and share a loop (pt-loop.h).
 * Levels are numbered from the leaf: 1 maps 4 KiB, 2 maps 2 MiB, 3 maps 1 GiB;
 * the entry read first has level SvaPtConfig.levels.
 *
 * VMSAv8-64 has another shape: granules, start levels, concatenated tables,
 * permissions of tables that add up, a dirty state that clears a bit.  It has
 * a walker of its own, pt-vmsa64.c.  tests/unit/test-core-pt-formats.c asks
 * the same of all of them.
 *
 * VT-d 5.10 sections 3.6 to 3.8.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_CORE_PT_WALK_H
#define HW_SVA_CORE_PT_WALK_H

#include "hw/sva/event.h"
#include "pt-query.h"

/* Formats have at most this many levels. */
#define SVA_PT_MAX_LEVELS 5

/* Outcome of a walk; the fault codes of the architectures map to these. */
typedef enum SvaPtStatus {
    SVA_PT_OK,
    SVA_PT_NOT_CANONICAL,       /* first stage: upper address bits differ */
    SVA_PT_ADDRESS_SIZE,        /* second stage: input beyond the width */
    SVA_PT_READ_ERROR_ROOT,     /* no memory at the first entry */
    SVA_PT_READ_ERROR,          /* no memory at a later entry */
    SVA_PT_NOT_PRESENT,
    SVA_PT_RESERVED,            /* reserved bit set in a present entry */
    SVA_PT_USER,                /* user request, supervisor page */
    SVA_PT_NO_WRITE,
    SVA_PT_NO_READ,
    SVA_PT_NOT_COHERENT,        /* A/D update needed, but forbidden */
    SVA_PT_UPDATE_FAILED,       /* A/D update not possible in that memory */
    SVA_PT_NEST_SIZE,           /* entry's address beyond the second stage */
    SVA_PT_NEST_ROOT,           /* second stage: first entry not readable */
    SVA_PT_NEST_READ,           /* second stage: later entry not readable */
    SVA_PT_NEST_WRITE,          /* second stage: no A/D update allowed */
    SVA_PT_STATUSES
} SvaPtStatus;

typedef struct SvaPtFormat SvaPtFormat;
typedef struct SvaPtHook SvaPtHook;

/*
 * Finds tables whose addresses are not physical, for pt-nested.c.  @locate:
 * physical address of the entry at @addr, which is read, or updated if
 * @write.  SVA_PT_NEST_READ of the first entry becomes SVA_PT_NEST_ROOT.
 * @grants: will the page at @addr be accessible for @want?  Asked before a
 * dirty bit is set, which must not be for nothing.
 */
struct SvaPtHook {
    SvaPtStatus (*locate)(SvaPtHook *hook, uint64_t addr, bool write,
                          uint64_t *pa);
    bool (*grants)(SvaPtHook *hook, uint64_t addr, uint8_t want);
};

/* Flags of SvaPtConfig.flags */
#define SVA_PT_2M           0x001   /* second stage: 2 MiB leaves allowed */
#define SVA_PT_1G           0x002   /* 1 GiB leaves allowed */
#define SVA_PT_WPE          0x008   /* first stage: R/W binds supervisor too */
#define SVA_PT_EAFE         0x020   /* first stage: set EA along with A */
#define SVA_PT_AD           0x040   /* maintain accessed and dirty bits */
#define SVA_PT_SNP          0x080   /* second stage: SNP bit is legal */
#define SVA_PT_NON_COHERENT 0x100   /* an A/D update is a fault */

/*
 * Decoded root of a set of tables.
 *
 * @fmt:        sva_pt_x86 or sva_pt_vtdss
 * @root:       physical address of the top table, 4 KiB aligned
 * @levels:     number of levels: 4 or 5 (first stage), 3..5 (second stage)
 * @addr_bits:  width of physical addresses (HAW), 32..52
 * @input_bits: second stage: width of input addresses, min(AW, MGAW); the
 *              first stage derives it from @levels
 * @flags:      SVA_PT_... bits; the first stage of VT-d always has SVA_PT_AD
 * @hook:       NULL: addresses of tables are physical
 */
typedef struct SvaPtConfig {
    const SvaPtFormat *fmt;
    uint64_t root;
    uint8_t levels;
    uint8_t addr_bits;
    uint8_t input_bits;
    uint32_t flags;
    SvaPtHook *hook;
} SvaPtConfig;

/*
 * Result of a walk.  Unless @status is SVA_PT_OK only @status and @level are
 * meaningful and @map.access is SVA_NONE.
 *
 * @map:    translation of the address asked for, all bits; the range is the
 *          leaf, or the smaller one of two stages.  @map.access: rights for
 *          the privilege asked for that may be cached: SVA_READ, SVA_WRITE.
 *          Where dirty bits are kept SVA_WRITE is there only if the leaf's is
 *          set, by this walk or before.
 * @rights: the same, whatever the dirty bit is
 * @level:  level of the leaf, or of the entry that ended the walk; 0 when no
 *          entry was read
 * @dirty:  the leaf's dirty bit is set; false in formats that keep none
 * @second: nested walk: @status and @level are about the second-stage tables
 */
typedef struct SvaPtResult {
    SvaMapping map;
    uint8_t rights;
    uint8_t level;
    bool dirty;
    bool second;
    SvaPtStatus status;
} SvaPtResult;

/*
 * Translate @query->va; SVA_PRIV in @query->want: a supervisor request.
 *
 * A right that is missing is a status: SVA_PT_USER, else NO_WRITE, else
 * NO_READ.  With SvaPtQuery.partial it is left out of SvaPtResult.map.access.
 * Nothing executes (VT-d 5.10, ECAP.ERS): SVA_EXEC is ignored.  If no right is
 * wanted, by a read of no byte, any right will do (VT-d 5.10 section 3.14 with
 * CAP.ZLR=1).
 *
 * Accessed bits are set in each entry as it is used, in a leaf only if some
 * right is granted; the dirty bit of the leaf is set if SVA_WRITE is wanted
 * and granted.  An entry that changes under the walk restarts it, a bounded
 * number of times.
 *
 * With @query->views tables above the leaf are those that the walk cache
 * remembers, if it does; entries above them are not read.
 *
 * Reads at most @levels entries per attempt, each announced (SVA_EV_ENTRY);
 * only a walk cache that grows allocates memory.
 */
static inline void sva_pt_walk(SvaEnv *env, const SvaPtConfig *cfg,
                               const SvaPtQuery *query, SvaPtResult *out);

/* Short upper-case name, never NULL. */
const char *sva_pt_status_name(SvaPtStatus status);

/* A format of tables (pt-x86.c, pt-vtdss.c): its loop, see pt-loop.h. */
struct SvaPtFormat {
    const char *name;
    void (*walk)(SvaEnv *env, const SvaPtConfig *cfg, const SvaPtQuery *query,
                 SvaPtResult *out);
};

static inline void sva_pt_walk(SvaEnv *env, const SvaPtConfig *cfg,
                               const SvaPtQuery *query, SvaPtResult *out)
{
    cfg->fmt->walk(env, cfg, query, out);
}

#endif
