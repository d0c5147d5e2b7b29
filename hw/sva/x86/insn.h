/*
 * Decoding of the x86 instructions that QEMU's TCG lacks
 *
 * Direct stores and enqueue stores, and the two instructions that switch
 * supervisor state.  Everything else is SVA_INSN_OTHER, forms that a processor
 * refuses with #UD included.  Intel SDM volume 2, 2.1 "Instruction Format",
 * and the pages of the instructions.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_X86_INSN_H
#define HW_SVA_X86_INSN_H

#include <stdbool.h>
#include <stdint.h>

typedef enum SvaInsnOp {
    SVA_INSN_OTHER,
    SVA_INSN_MOVDIRI,
    SVA_INSN_MOVDIR64B,
    SVA_INSN_ENQCMD,
    SVA_INSN_ENQCMDS,
    SVA_INSN_XSAVES,
    SVA_INSN_XRSTORS,
    SVA_INSN_OPS,
} SvaInsnOp;

/* As in the Sreg field of instructions. */
typedef enum SvaInsnSegment {
    SVA_INSN_ES,
    SVA_INSN_CS,
    SVA_INSN_SS,
    SVA_INSN_DS,
    SVA_INSN_FS,
    SVA_INSN_GS,
} SvaInsnSegment;

#define SVA_INSN_NO_REG 0xff
#define SVA_INSN_RIP    0xfe
#define SVA_INSN_MAX_LENGTH 15

typedef struct SvaInsn {
    SvaInsnOp op;
    uint8_t length;
    uint8_t data_bytes;         /* of MOVDIRI's register: 4 or 8 */
    uint8_t address_bytes;      /* 2, 4 or 8 */
    uint8_t reg;                /* general register in ModRM.reg */
    /* the memory operand */
    uint8_t segment;            /* SvaInsnSegment */
    uint8_t base;               /* register, SVA_INSN_NO_REG or _RIP */
    uint8_t index;              /* register or SVA_INSN_NO_REG */
    uint8_t scale;              /* 0 to 3 */
    int32_t displacement;
} SvaInsn;

/* Where the bytes come from; it may leave with longjmp(). */
typedef struct SvaInsnSource {
    uint8_t (*byte)(void *opaque, unsigned at);
    void *opaque;
} SvaInsnSource;

/*
 * Decode what is at @source.  @code_bytes: 2, 4 or 8 for code of 16, 32 or 64
 * bits.  Reads no byte behind the instruction.
 */
SvaInsn sva_insn_decode(const SvaInsnSource *source, unsigned code_bytes);

/* A register as far as it is part of an address, or an offset. */
uint64_t sva_insn_truncate(const SvaInsn *insn, uint64_t value);

/* Of the memory operand in its segment; @next: of the next instruction. */
uint64_t sva_insn_offset(const SvaInsn *insn, const uint64_t *regs,
                         uint64_t next);

#endif
