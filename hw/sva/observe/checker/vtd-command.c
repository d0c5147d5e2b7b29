/*
 * Checker, VT-d: descriptors of the invalidation queue
 *
 * VT-d rev 5.10, 6.5.2.1 to 6.5.2.9, 7.6.1.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "hw/registerfields.h"
#include "vtd-command.h"

FIELD(DESC0, TYPE_LOW, 0, 4)
FIELD(DESC0, TYPE_HIGH, 9, 3)
FIELD(DESC0, G, 4, 2)
FIELD(DESC0, G_INDEX, 4, 1)             /* interrupt entries */
FIELD(DESC0, DID, 16, 16)
FIELD(DESC0, SOURCE, 32, 16)            /* types 1 and 3 */
FIELD(DESC0, FM, 48, 2)
FIELD(DESC0, PASID, 32, 20)
FIELD(DESC0, P_SOURCE, 16, 16)          /* types 8 and 9 */
FIELD(DESC0, IF, 4, 1)
FIELD(DESC0, SW, 5, 1)
FIELD(DESC0, FN, 6, 1)
FIELD(DESC0, PD, 7, 1)
FIELD(DESC0, STATUS, 32, 32)
FIELD(DESC0, PP, 4, 1)
FIELD(DESC0, RC, 12, 4)
FIELD(DESC1, AM, 0, 6)
FIELD(DESC1, IH, 6, 1)
FIELD(DESC1, S, 0, 1)
FIELD(DESC1, GLOBAL, 0, 1)
FIELD(DESC1, P_S, 11, 1)
FIELD(DESC1, PRGI, 3, 9)

#define STATUS_ADDR     0xfffffffffffffffcull

/* 2^@shift bytes around @addr, whatever its low bits are. */
static void set_range(SvaCheckVtdCmd *out, uint64_t addr, unsigned shift)
{
    uint64_t mask = shift < 64 ? (1ull << shift) - 1 : UINT64_MAX;

    out->shift = MIN(shift, 64);
    out->first = addr & ~mask;
    out->last = addr | mask;
}

static void set_all(SvaCheckVtdCmd *out)
{
    set_range(out, 0, 64);
}

/* 2^AM pages (Table 22); from 52 on that is every address. */
static void decode_am(const uint64_t *w, SvaCheckVtdCmd *out)
{
    set_range(out, w[1], SVA_PAGE_SHIFT + FIELD_EX64(w[1], DESC1, AM));
    out->hint = FIELD_EX64(w[1], DESC1, IH);
}

/*
 * S=1: the lowest clear bit from 12 up tells the size.  All of them set, or
 * all but 63, is everything (6.5.2.5).
 */
static void decode_s(uint64_t word, bool s, SvaCheckVtdCmd *out)
{
    uint64_t clear = ~word >> SVA_PAGE_SHIFT;
    unsigned ones = 0;

    while (s && ones < 51 && !(clear >> ones & 1)) {
        ones++;
    }
    if (ones >= 51) {
        set_all(out);
    } else {
        set_range(out, word, SVA_PAGE_SHIFT + ones + s);
    }
}

/* 3 masks bits 2:0 of the function number, 2 bits 2:1, 1 bit 2. */
static uint16_t function_mask(unsigned fm)
{
    static const uint8_t masked[] = { 0, 4, 6, 7 };

    return ~masked[fm];
}

static void decode_context(const SvaCheckVtdUnit *unit, const uint64_t *w,
                           SvaCheckVtdCmd *out)
{
    static const uint8_t legacy[] = {
        SVA_CHECK_VTD_GRAN_NONE, SVA_CHECK_VTD_GRAN_GLOBAL,
        SVA_CHECK_VTD_GRAN_DOMAIN, SVA_CHECK_VTD_GRAN_DEVICE,
    };

    out->gran = legacy[FIELD_EX64(w[0], DESC0, G)];
    if (out->gran == SVA_CHECK_VTD_GRAN_DOMAIN &&
        unit->mode != SVA_CHECK_VTD_LEGACY) {
        /* A scalable context entry names no domain (6.5.2.1). */
        out->gran = SVA_CHECK_VTD_GRAN_GLOBAL;
    }
    out->rid = FIELD_EX64(w[0], DESC0, SOURCE);
    out->rid_mask = function_mask(FIELD_EX64(w[0], DESC0, FM));
}

static void decode_iotlb(const SvaCheckVtdUnit *unit G_GNUC_UNUSED,
                         const uint64_t *w, SvaCheckVtdCmd *out)
{
    static const uint8_t grans[] = {
        SVA_CHECK_VTD_GRAN_NONE, SVA_CHECK_VTD_GRAN_GLOBAL,
        SVA_CHECK_VTD_GRAN_DOMAIN, SVA_CHECK_VTD_GRAN_PAGE,
    };

    out->gran = grans[FIELD_EX64(w[0], DESC0, G)];
    if (out->gran == SVA_CHECK_VTD_GRAN_PAGE) {
        decode_am(w, out);
    }
}

static void decode_p_iotlb(const SvaCheckVtdUnit *unit G_GNUC_UNUSED,
                           const uint64_t *w, SvaCheckVtdCmd *out)
{
    static const uint8_t grans[] = {
        SVA_CHECK_VTD_GRAN_NONE, SVA_CHECK_VTD_GRAN_NONE,
        SVA_CHECK_VTD_GRAN_PASID, SVA_CHECK_VTD_GRAN_PASID_PAGE,
    };

    out->gran = grans[FIELD_EX64(w[0], DESC0, G)];
    out->pasid = sva_pasid(FIELD_EX64(w[0], DESC0, PASID));
    if (out->gran == SVA_CHECK_VTD_GRAN_PASID_PAGE) {
        decode_am(w, out);
    }
}

static void decode_pasid(const SvaCheckVtdUnit *unit G_GNUC_UNUSED,
                         const uint64_t *w, SvaCheckVtdCmd *out)
{
    static const uint8_t grans[] = {
        SVA_CHECK_VTD_GRAN_DOMAIN, SVA_CHECK_VTD_GRAN_PASID,
        SVA_CHECK_VTD_GRAN_NONE, SVA_CHECK_VTD_GRAN_GLOBAL,
    };

    out->gran = grans[FIELD_EX64(w[0], DESC0, G)];
    out->pasid = sva_pasid(FIELD_EX64(w[0], DESC0, PASID));
}

static void decode_devtlb(const SvaCheckVtdUnit *unit G_GNUC_UNUSED,
                          const uint64_t *w, SvaCheckVtdCmd *out)
{
    out->gran = SVA_CHECK_VTD_GRAN_PAGE;
    out->rid = FIELD_EX64(w[0], DESC0, SOURCE);
    decode_s(w[1], FIELD_EX64(w[1], DESC1, S), out);
}

static void decode_p_devtlb(const SvaCheckVtdUnit *unit G_GNUC_UNUSED,
                            const uint64_t *w, SvaCheckVtdCmd *out)
{
    out->gran = SVA_CHECK_VTD_GRAN_PASID_PAGE;
    out->rid = FIELD_EX64(w[0], DESC0, P_SOURCE);
    out->pasid = sva_pasid(FIELD_EX64(w[0], DESC0, PASID));
    out->global = FIELD_EX64(w[1], DESC1, GLOBAL);
    decode_s(w[1], FIELD_EX64(w[1], DESC1, P_S), out);
}

static void decode_iec(const SvaCheckVtdUnit *unit G_GNUC_UNUSED,
                       const uint64_t *w, SvaCheckVtdCmd *out)
{
    out->gran = FIELD_EX64(w[0], DESC0, G_INDEX) ? SVA_CHECK_VTD_GRAN_PAGE
                                                 : SVA_CHECK_VTD_GRAN_GLOBAL;
}

static void decode_wait(const SvaCheckVtdUnit *unit, const uint64_t *w,
                        SvaCheckVtdCmd *out)
{
    out->interrupt = FIELD_EX64(w[0], DESC0, IF);
    out->status_write = FIELD_EX64(w[0], DESC0, SW);
    out->fence = FIELD_EX64(w[0], DESC0, FN);
    out->page_drain = FIELD_EX64(w[0], DESC0, PD);
    out->status_data = FIELD_EX64(w[0], DESC0, STATUS);
    out->status_addr = w[1] & STATUS_ADDR & ~sva_check_vtd_above_haw(unit);
}

static void decode_response(const SvaCheckVtdUnit *unit G_GNUC_UNUSED,
                            const uint64_t *w, SvaCheckVtdCmd *out)
{
    out->rid = FIELD_EX64(w[0], DESC0, P_SOURCE);
    out->code = FIELD_EX64(w[0], DESC0, RC);
    out->prgi = FIELD_EX64(w[1], DESC1, PRGI);
    if (FIELD_EX64(w[0], DESC0, PP)) {
        out->pasid = sva_pasid(FIELD_EX64(w[0], DESC0, PASID));
    }
}

typedef void DecodeFn(const SvaCheckVtdUnit *unit, const uint64_t *w,
                      SvaCheckVtdCmd *out);

static const struct {
    const char *name;
    DecodeFn *decode;
    bool has_domain;
} types[SVA_CHECK_VTD_CMDS] = {
    [SVA_CHECK_VTD_CMD_CONTEXT] = { "context-cache", decode_context, true },
    [SVA_CHECK_VTD_CMD_IOTLB] = { "IOTLB", decode_iotlb, true },
    [SVA_CHECK_VTD_CMD_DEVTLB] = { "device-TLB", decode_devtlb, false },
    [SVA_CHECK_VTD_CMD_IEC] = { "interrupt-entry-cache", decode_iec, false },
    [SVA_CHECK_VTD_CMD_WAIT] = { "wait", decode_wait, false },
    [SVA_CHECK_VTD_CMD_P_IOTLB] = { "PASID-based IOTLB", decode_p_iotlb,
                                    true },
    [SVA_CHECK_VTD_CMD_PASID] = { "PASID-cache", decode_pasid, true },
    [SVA_CHECK_VTD_CMD_P_DEVTLB] = { "PASID-based device-TLB",
                                     decode_p_devtlb, false },
    [SVA_CHECK_VTD_CMD_RESPONSE] = { "page group response", decode_response,
                                     false },
};

bool sva_check_vtd_cmd(const SvaCheckVtdUnit *unit, const uint64_t words[2],
                       SvaCheckVtdCmd *out)
{
    unsigned type = FIELD_EX64(words[0], DESC0, TYPE_LOW) |
                    FIELD_EX64(words[0], DESC0, TYPE_HIGH) << 4;

    memset(out, 0, sizeof(*out));
    if (type >= SVA_CHECK_VTD_CMDS || !types[type].decode) {
        return false;
    }
    out->type = type;
    out->rid_mask = UINT16_MAX;
    set_all(out);
    if (types[type].has_domain) {
        /* Bits beyond the domain ID width are ignored. */
        out->domain = FIELD_EX64(words[0], DESC0, DID) & unit->domains;
    }
    types[type].decode(unit, words, out);
    return true;
}

const char *sva_check_vtd_cmd_name(unsigned type)
{
    return type < SVA_CHECK_VTD_CMDS && types[type].name ? types[type].name
                                                         : "unknown";
}
