/*
 * Tests of the decoder of direct and enqueue stores
 *
 * The bytes are what GNU as makes of the text beside them, or what no
 * assembler makes.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "hw/sva/x86/insn.h"

#define NONE SVA_INSN_NO_REG

typedef struct Row {
    const char *text;
    unsigned code_bytes;
    unsigned length;            /* of @bytes, and of the instruction */
    uint8_t bytes[16];
    SvaInsn insn;               /* length is that of the row */
} Row;

/* Registers have values that no sum confuses. */
static const uint64_t regs[16] = {
    0x0101, 0x0202000000000000, 0x0404, 0x0808, 0x1010, 0x2020, 0x4040, 0x8080,
    0x11110000, 0x22220000, 0x44440000, 0x88880000, 0x100000000, 0x200000000,
    0x400000000, 0x800000000,
};

static const Row rows[] = {
    { "movdir64b (%rsi),%rdi", 8, 5, { 0x66, 0x0f, 0x38, 0xf8, 0x3e },
      { SVA_INSN_MOVDIR64B, 0, 4, 8, 7, SVA_INSN_DS, 6, NONE, 0, 0 } },
    { "movdir64b 0x40(%r12,%r13,4),%r15", 8, 8,
      { 0x66, 0x47, 0x0f, 0x38, 0xf8, 0x7c, 0xac, 0x40 },
      { SVA_INSN_MOVDIR64B, 0, 4, 8, 15, SVA_INSN_DS, 12, 13, 2, 0x40 } },
    { "movdir64b -16(%rip),%rax", 8, 9,
      { 0x66, 0x0f, 0x38, 0xf8, 0x05, 0xf0, 0xff, 0xff, 0xff },
      { SVA_INSN_MOVDIR64B, 0, 4, 8, 0, SVA_INSN_DS, SVA_INSN_RIP, NONE, 0,
        -16 } },
    { "movdir64b %fs:0x10,%rax", 8, 11,
      { 0x64, 0x66, 0x0f, 0x38, 0xf8, 0x04, 0x25, 0x10, 0, 0, 0 },
      { SVA_INSN_MOVDIR64B, 0, 4, 8, 0, SVA_INSN_FS, NONE, NONE, 0, 0x10 } },
    { "movdir64b (,%rax,8),%rax", 8, 10,
      { 0x66, 0x0f, 0x38, 0xf8, 0x04, 0xc5, 0, 0, 0, 0x80 },
      { SVA_INSN_MOVDIR64B, 0, 4, 8, 0, SVA_INSN_DS, NONE, 0, 3, INT32_MIN } },
    { "movdir64b (%esi),%edi", 8, 6, { 0x67, 0x66, 0x0f, 0x38, 0xf8, 0x3e },
      { SVA_INSN_MOVDIR64B, 0, 4, 4, 7, SVA_INSN_DS, 6, NONE, 0, 0 } },
    { "movdir64b %ds:(%rbp),%rdi in 64-bit mode: SS all the same", 8, 7,
      { 0x3e, 0x66, 0x0f, 0x38, 0xf8, 0x7d, 0 },
      { SVA_INSN_MOVDIR64B, 0, 4, 8, 7, SVA_INSN_SS, 5, NONE, 0, 0 } },
    { "movdiri %ecx,(%rdi)", 8, 4, { 0x0f, 0x38, 0xf9, 0x0f },
      { SVA_INSN_MOVDIRI, 0, 4, 8, 1, SVA_INSN_DS, 7, NONE, 0, 0 } },
    { "movdiri %rcx,-8(%rbp)", 8, 6, { 0x48, 0x0f, 0x38, 0xf9, 0x4d, 0xf8 },
      { SVA_INSN_MOVDIRI, 0, 8, 8, 1, SVA_INSN_SS, 5, NONE, 0, -8 } },
    { "movdiri %r9,0(%r13)", 8, 6, { 0x4d, 0x0f, 0x38, 0xf9, 0x4d, 0 },
      { SVA_INSN_MOVDIRI, 0, 8, 8, 9, SVA_INSN_DS, 13, NONE, 0, 0 } },
    { "REX that is not in front of the opcode", 8, 6,
      { 0x48, 0x2e, 0x0f, 0x38, 0xf9, 0x0f },
      { SVA_INSN_MOVDIRI, 0, 4, 8, 1, SVA_INSN_DS, 7, NONE, 0, 0 } },
    { "enqcmd (%rdx),%rcx", 8, 5, { 0xf2, 0x0f, 0x38, 0xf8, 0x0a },
      { SVA_INSN_ENQCMD, 0, 4, 8, 1, SVA_INSN_DS, 2, NONE, 0, 0 } },
    { "66 beside F2", 8, 6, { 0xf2, 0x66, 0x0f, 0x38, 0xf8, 0x0a },
      { SVA_INSN_ENQCMD, 0, 4, 8, 1, SVA_INSN_DS, 2, NONE, 0, 0 } },
    { "F3 behind F2", 8, 6, { 0xf2, 0xf3, 0x0f, 0x38, 0xf8, 0x0a },
      { SVA_INSN_ENQCMDS, 0, 4, 8, 1, SVA_INSN_DS, 2, NONE, 0, 0 } },
    { "enqcmds 0x1000(%rsp),%r8", 8, 11,
      { 0xf3, 0x44, 0x0f, 0x38, 0xf8, 0x84, 0x24, 0x00, 0x10, 0, 0 },
      { SVA_INSN_ENQCMDS, 0, 4, 8, 8, SVA_INSN_SS, 4, NONE, 0, 0x1000 } },
    { "xsaves (%rdi)", 8, 3, { 0x0f, 0xc7, 0x2f },
      { SVA_INSN_XSAVES, 0, 4, 8, 5, SVA_INSN_DS, 7, NONE, 0, 0 } },
    { "xsaves64 (%rdi)", 8, 4, { 0x48, 0x0f, 0xc7, 0x2f },
      { SVA_INSN_XSAVES, 0, 8, 8, 5, SVA_INSN_DS, 7, NONE, 0, 0 } },
    { "xrstors64 (%r8)", 8, 4, { 0x49, 0x0f, 0xc7, 0x18 },
      { SVA_INSN_XRSTORS, 0, 8, 8, 3, SVA_INSN_DS, 8, NONE, 0, 0 } },
    { "xrstors with REX.R, which means nothing", 8, 4,
      { 0x4c, 0x0f, 0xc7, 0x1f },
      { SVA_INSN_XRSTORS, 0, 8, 8, 11, SVA_INSN_DS, 7, NONE, 0, 0 } },
    { "movdir64b (%ebp,%ecx,2),%edi", 4, 7,
      { 0x66, 0x0f, 0x38, 0xf8, 0x7c, 0x4d, 0 },
      { SVA_INSN_MOVDIR64B, 0, 4, 4, 7, SVA_INSN_SS, 5, 1, 1, 0 } },
    { "movdiri %ecx,0x12345678", 4, 8,
      { 0x0f, 0x38, 0xf9, 0x0d, 0x78, 0x56, 0x34, 0x12 },
      { SVA_INSN_MOVDIRI, 0, 4, 4, 1, SVA_INSN_DS, NONE, NONE, 0,
        0x12345678 } },
    { "enqcmd %cs:(%eax),%ebx", 4, 6, { 0x2e, 0xf2, 0x0f, 0x38, 0xf8, 0x18 },
      { SVA_INSN_ENQCMD, 0, 4, 4, 3, SVA_INSN_CS, 0, NONE, 0, 0 } },
    { "enqcmds (%bx,%si),%ax", 4, 6, { 0x67, 0xf3, 0x0f, 0x38, 0xf8, 0x00 },
      { SVA_INSN_ENQCMDS, 0, 4, 2, 0, SVA_INSN_DS, 3, 6, 0, 0 } },
    { "movdir64b -2(%bp),%cx", 4, 7,
      { 0x67, 0x66, 0x0f, 0x38, 0xf8, 0x4e, 0xfe },
      { SVA_INSN_MOVDIR64B, 0, 4, 2, 1, SVA_INSN_SS, 5, NONE, 0, -2 } },
    { "movdir64b 0x1234,%cx", 4, 8,
      { 0x67, 0x66, 0x0f, 0x38, 0xf8, 0x0e, 0x34, 0x12 },
      { SVA_INSN_MOVDIR64B, 0, 4, 2, 1, SVA_INSN_DS, NONE, NONE, 0, 0x1234 } },
    { "movdir64b (%bx,%di),%ax in 16-bit code", 2, 5,
      { 0x66, 0x0f, 0x38, 0xf8, 0x01 },
      { SVA_INSN_MOVDIR64B, 0, 4, 2, 0, SVA_INSN_DS, 3, 7, 0, 0 } },
    { "movdir64b (%esi),%eax in 16-bit code", 2, 6,
      { 0x67, 0x66, 0x0f, 0x38, 0xf8, 0x06 },
      { SVA_INSN_MOVDIR64B, 0, 4, 4, 0, SVA_INSN_DS, 6, NONE, 0, 0 } },
    { "40 is no REX outside of 64-bit mode", 4, 1,
      { 0x40, 0x0f, 0x38, 0xf9, 0x0f }, { .op = SVA_INSN_OTHER } },
    { "lock movdir64b", 8, 2, { 0xf0, 0x66, 0x0f }, { .op = SVA_INSN_OTHER } },
    { "F8 with no prefix", 8, 3, { 0x0f, 0x38, 0xf8, 0x3e },
      { .op = SVA_INSN_OTHER } },
    { "movdiri with 66", 8, 4, { 0x66, 0x0f, 0x38, 0xf9, 0x0f },
      { .op = SVA_INSN_OTHER } },
    { "movdiri with F2", 8, 4, { 0xf2, 0x0f, 0x38, 0xf9, 0x0f },
      { .op = SVA_INSN_OTHER } },
    { "urdmsr: F2 0F 38 F8 with a register", 8, 5,
      { 0xf2, 0x0f, 0x38, 0xf8, 0xc8 }, { .op = SVA_INSN_OTHER } },
    { "xsavec", 8, 3, { 0x0f, 0xc7, 0x27 }, { .op = SVA_INSN_OTHER } },
    { "vmclear", 8, 4, { 0x66, 0x0f, 0xc7, 0x37 }, { .op = SVA_INSN_OTHER } },
    { "F3 0F C7 /5", 8, 4, { 0xf3, 0x0f, 0xc7, 0x2f },
      { .op = SVA_INSN_OTHER } },
    { "rdrand", 8, 3, { 0x0f, 0xc7, 0xf0 }, { .op = SVA_INSN_OTHER } },
    { "ud2", 8, 2, { 0x0f, 0x0b }, { .op = SVA_INSN_OTHER } },
};

typedef struct Code {
    const uint8_t *bytes;
    unsigned length;
} Code;

static uint8_t byte_of(void *opaque, unsigned at)
{
    const Code *code = opaque;

    g_assert_cmpuint(at, <, code->length);
    return code->bytes[at];
}

static SvaInsn decode(const uint8_t *bytes, unsigned length,
                      unsigned code_bytes)
{
    Code code = { bytes, length };
    SvaInsnSource source = { byte_of, &code };

    return sva_insn_decode(&source, code_bytes);
}

static void assert_operand(const SvaInsn *insn, const SvaInsn *want)
{
    g_assert_cmpuint(insn->data_bytes, ==, want->data_bytes);
    g_assert_cmpuint(insn->address_bytes, ==, want->address_bytes);
    g_assert_cmpuint(insn->reg, ==, want->reg);
    g_assert_cmpuint(insn->segment, ==, want->segment);
    g_assert_cmpuint(insn->base, ==, want->base);
    g_assert_cmpuint(insn->index, ==, want->index);
    g_assert_cmpuint(insn->scale, ==, want->scale);
    g_assert_cmpint(insn->displacement, ==, want->displacement);
}

static void test_rows(void)
{
    size_t i;

    for (i = 0; i < ARRAY_SIZE(rows); i++) {
        const Row *row = &rows[i];
        SvaInsn insn = decode(row->bytes, sizeof(row->bytes), row->code_bytes);

        g_test_message("%s", row->text);
        g_assert_cmpint(insn.op, ==, row->insn.op);
        if (insn.op != SVA_INSN_OTHER) {
            g_assert_cmpuint(insn.length, ==, row->length);
            assert_operand(&insn, &row->insn);
        }
    }
}

/* What lies behind the instruction may be on a page that is not there. */
static void test_reads_no_byte_too_many(void)
{
    size_t i;

    for (i = 0; i < ARRAY_SIZE(rows); i++) {
        g_test_message("%s", rows[i].text);
        decode(rows[i].bytes, rows[i].length + (rows[i].insn.op ==
                                                SVA_INSN_OTHER),
               rows[i].code_bytes);
    }
}

static void test_length(void)
{
    uint8_t bytes[24];
    unsigned prefixes;

    for (prefixes = 1; prefixes < 16; prefixes++) {
        SvaInsn insn;

        memset(bytes, 0x66, sizeof(bytes));
        memcpy(bytes + prefixes, "\x0f\x38\xf8\x3e", 4);
        insn = decode(bytes, SVA_INSN_MAX_LENGTH, 8);
        g_assert_cmpint(insn.op, ==, prefixes <= 11 ? SVA_INSN_MOVDIR64B
                                                    : SVA_INSN_OTHER);
    }
}

static void test_offsets(void)
{
    static const struct { SvaInsn insn; uint64_t offset; } cases[] = {
        { { .address_bytes = 8, .base = 6, .index = NONE }, 0x4040 },
        { { .address_bytes = 8, .base = 12, .index = 13, .scale = 2,
            .displacement = -1 }, 0x8ffffffff },
        { { .address_bytes = 8, .base = SVA_INSN_RIP, .index = NONE,
            .displacement = -0x100 }, 0x7000000f00 },
        { { .address_bytes = 4, .base = SVA_INSN_RIP, .index = NONE,
            .displacement = 0x10 }, 0x1010 },
        { { .address_bytes = 8, .base = NONE, .index = NONE,
            .displacement = -8 }, 0xfffffffffffffff8 },
        { { .address_bytes = 4, .base = NONE, .index = 1, .scale = 3,
            .displacement = -8 }, 0xfffffff8 },
        { { .address_bytes = 2, .base = 7, .index = 7,
            .displacement = 0x123 }, 0x0223 },
    };
    size_t i;

    for (i = 0; i < ARRAY_SIZE(cases); i++) {
        g_assert_cmphex(sva_insn_offset(&cases[i].insn, regs, 0x7000001000), ==,
                        cases[i].offset);
    }
}

/* Whatever a guest runs: the decoder ends and stays within 15 bytes. */
static void test_any_bytes(void)
{
    GRand *rand = g_rand_new_with_seed(1);
    static const unsigned modes[] = { 2, 4, 8 };
    static const uint8_t likely[] = {
        0x0f, 0x38, 0xf8, 0xf9, 0xc7, 0x66, 0x67, 0xf2, 0xf3, 0x48, 0x04, 0x25,
    };
    unsigned n, i;

    for (n = 0; n < 200000; n++) {
        uint8_t bytes[SVA_INSN_MAX_LENGTH];
        SvaInsn insn;

        for (i = 0; i < sizeof(bytes); i++) {
            uint32_t random = g_rand_int(rand);

            bytes[i] = random & 0x300 ? likely[(random & 0xff) %
                                               ARRAY_SIZE(likely)] : random;
        }
        insn = decode(bytes, sizeof(bytes), modes[n % 3]);
        g_assert_cmpuint(insn.length, <=, SVA_INSN_MAX_LENGTH);
        g_assert_cmpint(insn.op, <, SVA_INSN_OPS);
    }
    g_rand_free(rand);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/x86/insn/rows", test_rows);
    g_test_add_func("/x86/insn/reads-no-byte-too-many",
                    test_reads_no_byte_too_many);
    g_test_add_func("/x86/insn/length", test_length);
    g_test_add_func("/x86/insn/offsets", test_offsets);
    g_test_add_func("/x86/insn/any-bytes", test_any_bytes);
    return g_test_run();
}
