/*
 * Decoding of the x86 instructions that QEMU's TCG lacks
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "insn.h"

/* Numbers of the registers that mean something in an address. */
enum { RBX = 3, RSP = 4, RBP = 5, RSI = 6, RDI = 7 };

typedef struct Decoder {
    const SvaInsnSource *source;
    SvaInsn *insn;
    unsigned code_bytes;
    uint8_t rex;
    bool size66, address67, lock;
    uint8_t repeat;             /* 0, 0xf2 or 0xf3: the last one counts */
    uint8_t segment;            /* of a prefix, or SVA_INSN_NO_REG */
    bool too_long;
} Decoder;

static uint8_t next_byte(Decoder *d)
{
    if (d->insn->length == SVA_INSN_MAX_LENGTH) {
        d->too_long = true;
        return 0;
    }
    return d->source->byte(d->source->opaque, d->insn->length++);
}

static int32_t next_signed(Decoder *d, unsigned bytes)
{
    uint32_t value = 0;
    unsigned i;

    for (i = 0; i < bytes; i++) {
        value |= (uint32_t)next_byte(d) << 8 * i;
    }
    return bytes == 1 ? (int8_t)value
           : bytes == 2 ? (int16_t)value : (int32_t)value;
}

/* In 64-bit mode the four old segments cannot be overridden. */
static void segment_prefix(Decoder *d, SvaInsnSegment segment)
{
    if (d->code_bytes != 8 || segment >= SVA_INSN_FS) {
        d->segment = segment;
    }
}

static bool is_prefix(Decoder *d, uint8_t byte)
{
    switch (byte) {
    case 0x26:
    case 0x2e:
    case 0x36:
    case 0x3e:
        segment_prefix(d, (byte >> 3) & 3);
        return true;
    case 0x64:
    case 0x65:
        segment_prefix(d, byte - 0x64 + SVA_INSN_FS);
        return true;
    case 0x66:
        d->size66 = true;
        return true;
    case 0x67:
        d->address67 = true;
        return true;
    case 0xf0:
        d->lock = true;
        return true;
    case 0xf2:
    case 0xf3:
        d->repeat = byte;
        return true;
    default:
        return false;
    }
}

/* All prefixes; the byte that follows.  REX counts as the last one only. */
static uint8_t prefixes(Decoder *d)
{
    for (;;) {
        uint8_t byte = next_byte(d);

        if (is_prefix(d, byte)) {
            d->rex = 0;
        } else if (d->code_bytes == 8 && (byte & 0xf0) == 0x40) {
            d->rex = byte;
        } else {
            return byte;
        }
    }
}

static unsigned address_bytes(const Decoder *d)
{
    if (d->code_bytes == 8) {
        return d->address67 ? 4 : 8;
    }
    return (d->code_bytes == 2) != d->address67 ? 2 : 4;
}

/* SDM volume 2, table 2-1 */
static void memory16(Decoder *d, unsigned mod, unsigned rm)
{
    static const uint8_t base[8] = { RBX, RBX, RBP, RBP, RSI, RDI, RBP, RBX };
    static const uint8_t index[8] = {
        RSI, RDI, RSI, RDI, SVA_INSN_NO_REG, SVA_INSN_NO_REG, SVA_INSN_NO_REG,
        SVA_INSN_NO_REG
    };
    SvaInsn *insn = d->insn;
    bool absolute = mod == 0 && rm == 6;

    insn->base = absolute ? SVA_INSN_NO_REG : base[rm];
    insn->index = index[rm];
    insn->displacement = next_signed(d, absolute ? 2 : mod);
}

/* SDM volume 2, table 2-3; REX.X and REX.B widen the fields. */
static void sib(Decoder *d, unsigned mod)
{
    uint8_t byte = next_byte(d);
    SvaInsn *insn = d->insn;
    unsigned index = ((byte >> 3) & 7) | (d->rex & 2) << 2;

    insn->scale = byte >> 6;
    insn->index = index == RSP ? SVA_INSN_NO_REG : index;
    insn->base = (byte & 7) == RBP && mod == 0 ? SVA_INSN_NO_REG
                 : (byte & 7) | (d->rex & 1) << 3;
}

/* SDM volume 2, table 2-2; without a base there are 32 bits of displacement. */
static void memory32(Decoder *d, unsigned mod, unsigned rm)
{
    SvaInsn *insn = d->insn;

    if (rm == RSP) {
        sib(d, mod);
    } else if (rm == RBP && mod == 0) {
        insn->base = d->code_bytes == 8 ? SVA_INSN_RIP : SVA_INSN_NO_REG;
    } else {
        insn->base = rm | (d->rex & 1) << 3;
    }
    if (mod == 1) {
        insn->displacement = next_signed(d, 1);
    } else if (mod == 2 || insn->base == SVA_INSN_NO_REG ||
               insn->base == SVA_INSN_RIP) {
        insn->displacement = next_signed(d, 4);
    }
}

/* false: the operand is a register, which none of these instructions takes. */
static bool modrm(Decoder *d, unsigned *reg)
{
    uint8_t byte = next_byte(d);
    unsigned mod = byte >> 6;
    SvaInsn *insn = d->insn;

    *reg = (byte >> 3) & 7;
    insn->reg = *reg | (d->rex & 4) << 1;
    insn->address_bytes = address_bytes(d);
    if (mod == 3) {
        return false;
    }
    if (insn->address_bytes == 2) {
        memory16(d, mod, byte & 7);
    } else {
        memory32(d, mod, byte & 7);
    }
    insn->segment = d->segment != SVA_INSN_NO_REG ? d->segment
                    : insn->base == RSP || insn->base == RBP ? SVA_INSN_SS
                    : SVA_INSN_DS;
    return true;
}

/* F2 and F3 decide before 66 does. */
static SvaInsnOp direct_store(const Decoder *d, uint8_t opcode)
{
    if (opcode == 0xf8) {
        return d->repeat == 0xf2 ? SVA_INSN_ENQCMD
               : d->repeat == 0xf3 ? SVA_INSN_ENQCMDS
               : d->size66 ? SVA_INSN_MOVDIR64B : SVA_INSN_OTHER;
    }
    return opcode == 0xf9 && !d->repeat && !d->size66 ? SVA_INSN_MOVDIRI
                                                     : SVA_INSN_OTHER;
}

static SvaInsnOp group9(const Decoder *d, unsigned reg)
{
    if (d->repeat || d->size66) {
        return SVA_INSN_OTHER;
    }
    return reg == 3 ? SVA_INSN_XRSTORS : reg == 5 ? SVA_INSN_XSAVES
                                                  : SVA_INSN_OTHER;
}

static SvaInsnOp operation(Decoder *d)
{
    SvaInsnOp op;
    uint8_t opcode;
    unsigned reg;

    if (prefixes(d) != 0x0f || d->lock) {
        return SVA_INSN_OTHER;
    }
    opcode = next_byte(d);
    if (opcode == 0xc7) {
        return modrm(d, &reg) ? group9(d, reg) : SVA_INSN_OTHER;
    }
    if (opcode != 0x38) {
        return SVA_INSN_OTHER;
    }
    op = direct_store(d, next_byte(d));
    return op != SVA_INSN_OTHER && modrm(d, &reg) ? op : SVA_INSN_OTHER;
}

SvaInsn sva_insn_decode(const SvaInsnSource *source, unsigned code_bytes)
{
    SvaInsn insn = { .base = SVA_INSN_NO_REG, .index = SVA_INSN_NO_REG };
    Decoder d = {
        .source = source, .insn = &insn, .code_bytes = code_bytes,
        .segment = SVA_INSN_NO_REG,
    };

    insn.op = operation(&d);
    insn.data_bytes = d.rex & 8 ? 8 : 4;
    if (d.too_long) {
        insn.op = SVA_INSN_OTHER;
    }
    return insn;
}

uint64_t sva_insn_truncate(const SvaInsn *insn, uint64_t value)
{
    return insn->address_bytes == 8 ? value
           : value & ((UINT64_C(1) << 8 * insn->address_bytes) - 1);
}

uint64_t sva_insn_offset(const SvaInsn *insn, const uint64_t *regs,
                         uint64_t next)
{
    uint64_t offset = (uint64_t)(int64_t)insn->displacement;

    if (insn->base == SVA_INSN_RIP) {
        offset += next;
    } else if (insn->base != SVA_INSN_NO_REG) {
        offset += regs[insn->base];
    }
    if (insn->index != SVA_INSN_NO_REG) {
        offset += regs[insn->index] << insn->scale;
    }
    return sva_insn_truncate(insn, offset);
}
