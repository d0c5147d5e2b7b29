/*
 * Vocabulary of the SVA models: who asks, for what, and what came of it
 *
 * Requests are const, results are separate structs, and every architectural
 * outcome is a member of an enum.  Nothing here depends on QEMU: the headers
 * of include/hw/sva build with GLib alone.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_TYPES_H
#define HW_SVA_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Every table and every device moves memory in units of this size. */
#define SVA_PAGE_SHIFT 12
#define SVA_PAGE_SIZE  (1ull << SVA_PAGE_SHIFT)
#define SVA_PAGE_MASK  (~(SVA_PAGE_SIZE - 1))

#define SVA_PASID_BITS 20
#define SVA_PASID_MAX  ((1u << SVA_PASID_BITS) - 1)

/*
 * Process Address Space ID of a request (PCIe r6 6.20, "PASID TLP prefix").
 * "No PASID" is its own state and not PASID 0: @id is 0 when @valid is false.
 */
typedef struct SvaPasid {
    uint32_t id;
    bool valid;
} SvaPasid;

#define SVA_NO_PASID ((SvaPasid) { .id = 0, .valid = false })

static inline SvaPasid sva_pasid(uint32_t id)
{
    return (SvaPasid) { .id = id & SVA_PASID_MAX, .valid = true };
}

static inline bool sva_pasid_equal(SvaPasid a, SvaPasid b)
{
    return a.valid == b.valid && a.id == b.id;
}

/*
 * Access rights, wanted or granted; a set of bits.
 *
 * SVA_PRIV is the Privileged Mode Requested bit of the PASID prefix, SVA_EXEC
 * its Execute Requested bit.  In a translation request the absence of
 * SVA_WRITE is the NW ("no write") bit.
 */
typedef enum SvaAccess {
    SVA_NONE  = 0,
    SVA_READ  = 1 << 0,
    SVA_WRITE = 1 << 1,
    SVA_EXEC  = 1 << 2,
    SVA_PRIV  = 1 << 3,
    SVA_RW    = SVA_READ | SVA_WRITE,
    SVA_RWX   = SVA_RW | SVA_EXEC,
} SvaAccess;

/* Address type of a memory request, the AT field of its header (PCIe ATS). */
typedef enum SvaAddressType {
    SVA_AT_UNTRANSLATED = 0,
    SVA_AT_TRANSLATION  = 1,
    SVA_AT_TRANSLATED   = 2,
} SvaAddressType;

/*
 * One memory or translation request as it reaches the IOMMU.
 *
 * @addr:   first byte; the request does not cross a 4 KiB boundary
 * @pasid:  PASID prefix, or SVA_NO_PASID
 * @rid:    requester ID, bus << 8 | devfn
 * @access: SvaAccess bits wanted
 * @at:     SvaAddressType
 * @may_stall: the requester can wait for SvaStallEnd; untranslated requests
 * @final:  the requester does not ask for what the answer lacks; translation
 *          requests
 * @peeked: SvaIommuOps.peek() has just had no answer to it
 * @cookie: names the request in SvaStallEnd; of the requester's choice
 */
typedef struct SvaRequest {
    uint64_t addr;
    SvaPasid pasid;
    uint16_t rid;
    uint8_t access;
    uint8_t at;
    bool may_stall;
    bool final;
    bool peeked;
    uint32_t cookie;
} SvaRequest;

/*
 * What becomes of an untranslated or translated memory request.
 *
 * SVA_ABORT: a read completes with Unsupported Request, a posted write is
 * dropped.  Whether a fault was recorded is the IOMMU's business.
 *
 * SVA_RAZ_WI: completes with success, but reads zeros and writes nothing
 * (SMMUv3, CD.A=0).
 *
 * SVA_STALL: is suspended until SvaStallEnd; only with SvaRequest.may_stall.
 */
typedef enum SvaOutcome {
    SVA_OK,
    SVA_ABORT,
    SVA_RAZ_WI,
    SVA_STALL,
} SvaOutcome;

/* How a stalled request goes on (SMMUv3, CMD_RESUME). */
typedef enum SvaStallAction {
    SVA_STALL_RETRY,            /* send it again, as a new request */
    SVA_STALL_ABORT,            /* it ends as with SVA_ABORT */
    SVA_STALL_RAZ_WI,           /* it ends as with SVA_RAZ_WI */
} SvaStallAction;

/* The end of the stall of the request that function @rid sent with @cookie. */
typedef struct SvaStallEnd {
    uint16_t rid;
    uint32_t cookie;
    SvaStallAction action;
} SvaStallEnd;

/*
 * A translation, the same struct from the page walk to the answer.
 *
 * @addr:   what the address asked for translates to
 * @mask:   size - 1 of the naturally aligned range around that address for
 *          which the same translation and the same rights hold; at least
 *          0xfff, UINT64_MAX: every address
 * @access: rights granted over that range
 * @block:  log2 of the page or block in the tables if the range is only a
 *          piece of it, else 0; invalidations of any part of it count
 * @snoop:  accesses must snoop
 * @cached: from the IOTLB or the uTLB, not from a walk
 */
typedef struct SvaMapping {
    uint64_t addr;
    uint64_t mask;
    uint8_t access;
    uint8_t block;
    bool snoop;
    bool cached;
} SvaMapping;

/*
 * By members, as it was made: a load of several at once would wait until all
 * stores before are in the host's cache.  For what every miss runs through.
 */
static inline void sva_mapping_copy(SvaMapping *to, const SvaMapping *from)
{
    /* Else the compiler makes one load of both. */
    to->addr = __atomic_load_n(&from->addr, __ATOMIC_RELAXED);
    to->mask = __atomic_load_n(&from->mask, __ATOMIC_RELAXED);
    to->access = from->access;
    to->block = from->block;
    to->snoop = from->snoop;
    to->cached = from->cached;
}

/* Result of translating a memory request; @map is valid with SVA_OK only. */
typedef struct SvaTranslation {
    SvaMapping map;
    SvaOutcome outcome;
} SvaTranslation;

/* Completion status of a translation request (PCIe ATS). */
typedef enum SvaAtsStatus {
    SVA_ATS_SUCCESS,            /* rights may still be none: R=W=0 */
    SVA_ATS_UR,                 /* no translation service for the function */
    SVA_ATS_CA,                 /* error inside the translation agent */
} SvaAtsStatus;

/*
 * Translation completion (PCIe ATS "Translation Completion").
 *
 * With SVA_ATS_SUCCESS and neither SVA_READ nor SVA_WRITE in @map.access
 * (R=W=0) the other fields have no meaning and the device must not cache the
 * answer.
 *
 * @map:    of the request's page (low bits as requested).  SVA_PRIV in
 *          @map.access echoes the request; @map.snoop: N=1, translated
 *          requests must snoop.
 * @untranslated_only: U=1, use the address in untranslated requests only
 */
typedef struct SvaAtsCompletion {
    SvaMapping map;
    bool untranslated_only;
    SvaAtsStatus status;
} SvaAtsCompletion;

/* Page request group indices have nine bits (PCIe ATS, "PRG Index"). */
#define SVA_PRGI_BITS 9
#define SVA_PRGI_COUNT (1u << SVA_PRGI_BITS)

/*
 * Page request message (PCIe ATS "Page Request Message").  With a PASID, @last
 * and neither SVA_READ nor SVA_WRITE it is a Stop Marker and is never
 * answered (PCIe r6 10.4.1.2.1).
 *
 * @addr:   page address, 4 KiB aligned
 * @access: SVA_READ, SVA_WRITE; SVA_EXEC and SVA_PRIV from the prefix
 * @prgi:   page request group index
 * @last:   last request of its group
 */
typedef struct SvaPageRequest {
    uint64_t addr;
    SvaPasid pasid;
    uint16_t rid;
    uint16_t prgi;
    uint8_t access;
    bool last;
} SvaPageRequest;

/*
 * Response codes of a page request group.  Devices treat every code that is
 * not listed as Response Failure; sva_prg_code() does that once for all.
 */
typedef enum SvaPrgCode {
    SVA_PRG_SUCCESS = 0x0,
    SVA_PRG_INVALID = 0x1,
    SVA_PRG_FAILURE = 0xf,
} SvaPrgCode;

static inline SvaPrgCode sva_prg_code(unsigned raw)
{
    return raw == SVA_PRG_SUCCESS || raw == SVA_PRG_INVALID
           ? (SvaPrgCode)raw : SVA_PRG_FAILURE;
}

/* PRG response message: answers a whole group at once. */
typedef struct SvaPageResponse {
    SvaPasid pasid;
    uint16_t rid;
    uint16_t prgi;
    SvaPrgCode code;
} SvaPageResponse;

/*
 * ATS invalidate request: drop what overlaps [@addr, @addr + @mask].
 *
 * @mask:   size - 1, at least 0xfff; UINT64_MAX means the whole address space
 * @pasid:  SVA_NO_PASID: translations made without PASID
 * @global: Global Invalidate: every PASID of the function
 * @itag:   to be handed back, once, with the completion
 */
typedef struct SvaAtcInvalidation {
    uint64_t addr;
    uint64_t mask;
    SvaPasid pasid;
    uint16_t rid;
    bool global;
    uint32_t itag;
} SvaAtcInvalidation;

/*
 * How many of @len bytes from @addr on, at least 1, are in its naturally
 * aligned range of @mask + 1?
 */
static inline uint64_t sva_within(uint64_t addr, uint64_t mask, uint64_t len)
{
    uint64_t left = mask - (addr & mask);

    return len - 1 < left ? len : left + 1;
}

/* What SvaIommuOps.peek() found, for the counters. */
typedef enum SvaHitKind {
    SVA_HIT_PLAIN,              /* untranslated, by no table of PASIDs */
    SVA_HIT_PASID,              /* untranslated, by one */
    SVA_HIT_PASSED,             /* translated: by registers alone */
    SVA_HIT_CONFIG,             /* ... by the entry of the function */
    SVA_HIT_KINDS
} SvaHitKind;

/*
 * @addr:   where the request may go
 * @mask, @access: as in SvaMapping: what else may go there
 */
typedef struct SvaHit {
    uint64_t addr;
    uint64_t mask;
    SvaHitKind kind;
    uint8_t access;
} SvaHit;

#endif
