/*
 * The compacted form of an XSAVE area, which XSAVES and XRSTORS use
 *
 * Between the registers and the area lies an image: an area in standard form
 * but for the order of the x87 registers, which is that of their numbers.
 * No component here wants to be aligned to 64 bytes.
 *
 * Intel SDM volume 1, 13.4 "XSAVE Area", 13.11, 13.12.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_X86_XSTATE_H
#define HW_SVA_X86_XSTATE_H

#include <stdbool.h>
#include <stdint.h>

#define SVA_XSTATE_COMPONENTS 63
#define SVA_XSTATE_COMPACTED  (UINT64_C(1) << 63)       /* of XCOMP_BV */
#define SVA_XSTATE_PASID      10

/* Offsets in an area of either form */
#define SVA_XSTATE_HEADER     512
#define SVA_XSTATE_EXTENDED   576

/* Words of the header */
enum { SVA_XSTATE_BV, SVA_XCOMP_BV, SVA_XSTATE_WORDS = 8 };

/* Components 2 and above, as they lie in the image */
typedef struct SvaXstateForm {
    struct { uint32_t offset, bytes; } component[SVA_XSTATE_COMPONENTS];
} SvaXstateForm;

/* An area in the memory of a guest; both may leave with longjmp(). */
typedef struct SvaXstateArea {
    uint64_t (*read)(void *opaque, uint64_t addr);
    void (*write)(void *opaque, uint64_t addr, uint64_t value);
    void *opaque;
    uint64_t addr;
} SvaXstateArea;

/* Bytes of an area that has these components. */
uint32_t sva_xstate_size(const SvaXstateForm *form, uint64_t components);

/*
 * XSAVES: the components of the image that are @used go to the area, whose
 * layout has room for all that are @requested.  The image is changed by it.
 */
void sva_xstate_save(const SvaXstateForm *form, const SvaXstateArea *area,
                     uint8_t *image, uint64_t requested, uint64_t used);

/*
 * XRSTORS: what is @requested comes from the area, or has its initial state;
 * @present says which.  false: #GP.  @enabled: XCR0 | IA32_XSS
 */
bool sva_xstate_restore(const SvaXstateForm *form, const SvaXstateArea *area,
                        uint8_t *image, uint64_t requested, uint64_t enabled,
                        uint64_t *present);

#endif
