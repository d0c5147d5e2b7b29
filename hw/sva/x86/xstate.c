/*
 * The compacted form of an XSAVE area, which XSAVES and XRSTORS use
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "xstate.h"

/* Of the legacy region; SDM volume 1, table 10-2 */
#define FCW     0
#define FSW     2
#define MXCSR   24
#define X87     32
#define X87_BYTES 16
#define MXCSR_RESERVED 0xffff0000u
#define FCW_INITIAL   0x37f
#define MXCSR_INITIAL 0x1f80

/* Where a part of a component is, in the area and in the image */
typedef struct Part {
    uint32_t area, image, bytes;
} Part;

static bool has(uint64_t components, unsigned n)
{
    return components >> n & 1;
}

static uint32_t offset_of(const SvaXstateForm *form, uint64_t components,
                          unsigned n)
{
    uint32_t offset = SVA_XSTATE_EXTENDED;
    unsigned i;

    for (i = 2; i < n; i++) {
        if (has(components, i)) {
            offset += form->component[i].bytes;
        }
    }
    return offset;
}

uint32_t sva_xstate_size(const SvaXstateForm *form, uint64_t components)
{
    return offset_of(form, components, SVA_XSTATE_COMPONENTS);
}

/* Components 0 and 1 have two parts, the others one; false: no more. */
static bool get_part(const SvaXstateForm *form, uint64_t components, unsigned n,
                     unsigned number, Part *part)
{
    static const Part legacy[2][2] = {
        { { 0, 0, 24 }, { 32, 32, 128 } },
        { { 24, 24, 8 }, { 160, 160, 256 } },
    };

    if (n < 2) {
        *part = legacy[n][number & 1];
        return number < 2;
    }
    part->area = offset_of(form, components, n);
    part->image = form->component[n].offset;
    part->bytes = form->component[n].bytes;
    return !number;
}

static void save_part(const SvaXstateArea *area, const uint8_t *image,
                      const Part *part)
{
    uint32_t i;

    for (i = 0; i < part->bytes; i += 8) {
        uint64_t word;

        memcpy(&word, image + part->image + i, 8);
        area->write(area->opaque, area->addr + part->area + i,
                    GUINT64_FROM_LE(word));
    }
}

static void load_part(const SvaXstateArea *area, uint8_t *image,
                      const Part *part)
{
    uint32_t i;

    for (i = 0; i < part->bytes; i += 8) {
        uint64_t word = area->read(area->opaque, area->addr + part->area + i);

        word = GUINT64_TO_LE(word);
        memcpy(image + part->image + i, &word, 8);
    }
}

static unsigned top_of(const uint8_t *image)
{
    return image[FSW + 1] >> 3 & 7;
}

/* ST(0) is the first in an area, register 0 in the image. */
static void turn_x87(uint8_t *image, unsigned by)
{
    uint8_t old[8 * X87_BYTES];
    unsigned i;

    memcpy(old, image + X87, sizeof(old));
    for (i = 0; i < 8; i++) {
        memcpy(image + X87 + i * X87_BYTES,
               old + ((i + by) & 7) * X87_BYTES, X87_BYTES);
    }
}

static uint64_t header_word(const SvaXstateArea *area, unsigned i)
{
    return area->addr + SVA_XSTATE_HEADER + 8 * i;
}

void sva_xstate_save(const SvaXstateForm *form, const SvaXstateArea *area,
                     uint8_t *image, uint64_t requested, uint64_t used)
{
    unsigned n, number;
    Part part;

    turn_x87(image, top_of(image));
    used &= requested;
    for (n = 0; n < SVA_XSTATE_COMPONENTS; n++) {
        for (number = 0; has(used, n) &&
             get_part(form, requested, n, number, &part); number++) {
            save_part(area, image, &part);
        }
    }
    area->write(area->opaque, header_word(area, SVA_XSTATE_BV), used);
    area->write(area->opaque, header_word(area, SVA_XCOMP_BV),
                requested | SVA_XSTATE_COMPACTED);
}

static bool read_header(const SvaXstateArea *area, uint64_t enabled,
                        uint64_t header[SVA_XSTATE_WORDS])
{
    uint64_t reserved = 0, components;
    unsigned i;

    for (i = 0; i < SVA_XSTATE_WORDS; i++) {
        header[i] = area->read(area->opaque, header_word(area, i));
        reserved |= i > SVA_XCOMP_BV ? header[i] : 0;
    }
    components = header[SVA_XCOMP_BV] & ~SVA_XSTATE_COMPACTED;
    return !reserved && header[SVA_XCOMP_BV] & SVA_XSTATE_COMPACTED &&
           !(components & ~enabled) && !(header[SVA_XSTATE_BV] & ~components);
}

static void put16(uint8_t *to, uint16_t value)
{
    to[0] = value & 0xff;
    to[1] = value >> 8;
}

static void set_initial(const SvaXstateForm *form, uint8_t *image, unsigned n)
{
    unsigned number;
    Part part;

    for (number = 0; get_part(form, 0, n, number, &part); number++) {
        memset(image + part.image, 0, part.bytes);
    }
    if (n == 0) {
        put16(image + FCW, FCW_INITIAL);
    } else if (n == 1) {
        put16(image + MXCSR, MXCSR_INITIAL);
    }
}

static bool mxcsr_ok(const uint8_t *image)
{
    uint32_t mxcsr;

    memcpy(&mxcsr, image + MXCSR, sizeof(mxcsr));
    return !(GUINT32_FROM_LE(mxcsr) & MXCSR_RESERVED);
}

bool sva_xstate_restore(const SvaXstateForm *form, const SvaXstateArea *area,
                        uint8_t *image, uint64_t requested, uint64_t enabled,
                        uint64_t *present)
{
    uint64_t header[SVA_XSTATE_WORDS], components;
    unsigned n, number;
    Part part;

    if (!read_header(area, enabled, header)) {
        return false;
    }
    components = header[SVA_XCOMP_BV] & ~SVA_XSTATE_COMPACTED;
    *present = header[SVA_XSTATE_BV] & requested;
    for (n = 0; n < SVA_XSTATE_COMPONENTS; n++) {
        if (has(requested & ~*present, n)) {
            set_initial(form, image, n);
        }
        for (number = 0; has(*present, n) &&
             get_part(form, components, n, number, &part); number++) {
            load_part(area, image, &part);
        }
    }
    if (has(*present, 0)) {
        turn_x87(image, 8 - top_of(image));
    }
    return mxcsr_ok(image);
}
