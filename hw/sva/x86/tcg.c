/*
 * Direct and enqueue stores, IA32_PASID and XSAVES under TCG
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * QEMU's TCG raises #UD on MOVDIRI, MOVDIR64B, ENQCMD, ENQCMDS, XSAVES and
 * XRSTORS, and knows neither IA32_PASID nor IA32_XSS.  This file adds them
 * without a change in QEMU, once a device asks for them.  It is the only file
 * that needs what no interface of QEMU promises:
 *
 * 1. CPUClass.tcg_ops can be replaced before the machine runs.  The loop of a
 *    processor calls do_interrupt of it under the BQL for each exception, with
 *    EIP, cc_op and exception_index up to date.  It may raise another
 *    exception, or change the state and return, which resumes at EIP.
 * 2. helper_info_cpuid, _rdmsr and _wrmsr can be written to.  Code that is
 *    translated later calls what their member func names.
 * 3. env->features[] is what CPUID answers.  env->xss is saved, is kept when
 *    the processor is reset, and nothing of TCG uses it.
 * 4. x86_ext_save_areas[] is what CPUID leaf 0xd says of a component; entry 10
 *    is free.
 * 5. x86_cpu_xsave_all_areas() and x86_cpu_xrstor_all_areas() move registers
 *    to and from a standard-form area that is laid out by that table, x87
 *    registers as env->fpregs[] has them.  What depends on the control words
 *    is brought up to date by cpu_set_fpuc(), cpu_set_mxcsr() and
 *    cpu_sync_bndcs_hflags().
 *
 * The compiler checks names and types of these (end of the file), the version
 * just below, and enable() what can only be seen in the running program.
 * tests/functional/test_direct_stores.py shows that they do what they should.
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "cpu.h"
#include "accel/tcg/cpu-ops.h"
#include "accel/tcg/getpc.h"
#include "exec/cputlb.h"
#include "exec/helper-proto.h"
#include "exec/target_page.h"
#include "hw/sva/compat.h"
#include "hw/sva/direct-store.h"
#include "system/reset.h"
#include "system/tcg.h"
#include "target/i386/tcg/helper-tcg.h"
#include "target/i386/tcg/tcg-cpu.h"
#include "tcg/helper-info.h"
#if SVA_QEMU_AT_LEAST(10, 1)
#include "accel/tcg/cpu-ldst.h"
#include "accel/tcg/probe.h"
#else
#include "exec/cpu_ldst.h"
#include "exec/exec-all.h"
#endif
#include "direct-stores.h"
#include "enqueue.h"
#include "insn.h"
#include "xstate.h"

#if QEMU_VERSION_MAJOR != 10 || \
    (QEMU_VERSION_MINOR != 0 && QEMU_VERSION_MINOR != 2)
#error "compare this QEMU with the list at the top of this file"
#endif

#define CPUID_7_0_ECX_ENQCMD (1u << 29)
#define XSTATE_PASID_MASK    (UINT64_C(1) << SVA_XSTATE_PASID)
#define MXCSR_BITS           0xffffu    /* as TCG's FXSAVE says in MXCSR_MASK */

extern TCGHelperInfo helper_info_cpuid, helper_info_rdmsr, helper_info_wrmsr;

static SvaDirectStoreState *stores;     /* null while they are off */
static TCGCPUOps ops;
static void (*qemu_do_interrupt)(CPUState *cs);
static SvaXstateForm image_form;        /* how components lie in an Image */

static uint64_t *ia32_pasid(CPUX86State *env)
{
    return &stores->ia32_pasid[env_cpu(env)->cpu_index];
}

static void count(unsigned counter)
{
    qatomic_inc(&stores->counters[counter]);
}

static G_NORETURN void general_protection(CPUX86State *env)
{
    raise_exception_err(env, EXCP0D_GPF, 0);
}

/* Addresses */

static bool in_64bit_mode(CPUX86State *env)
{
    return env->hflags & HF_CS64_MASK;
}

static unsigned code_bytes(CPUX86State *env)
{
    return in_64bit_mode(env) ? 8 : env->hflags & HF_CS32_MASK ? 4 : 2;
}

/* TCG checks no segment limits, here as elsewhere. */
static target_ulong linear(CPUX86State *env, unsigned segment, uint64_t offset)
{
    if (!in_64bit_mode(env)) {
        return (uint32_t)(env->segs[segment].base + offset);
    }
    return segment < R_FS ? offset : env->segs[segment].base + offset;
}

static target_ulong memory_operand(CPUX86State *env, const SvaInsn *insn)
{
    return linear(env, insn->segment,
                  sva_insn_offset(insn, env->regs, env->eip + insn->length));
}

/* Direct and enqueue stores */

/* Memory takes words one by one, as do registers of devices without portals. */
static void copy_words(CPUX86State *env, target_ulong addr, uint64_t words[8],
                       bool store)
{
    unsigned i;

    for (i = 0; i < 8; i++) {
        if (store) {
            cpu_stq_data_ra(env, addr + 8 * i, words[i], 0);
        } else {
            words[i] = cpu_ldq_data_ra(env, addr + 8 * i, 0);
        }
    }
}

/* The region of I/O that a store to @addr goes to; null: memory.  May fault. */
static MemoryRegion *io_region(CPUX86State *env, target_ulong addr,
                               hwaddr *offset)
{
    CPUState *cs = env_cpu(env);
    hwaddr len = SVA_DIRECT_BYTES;
    CPUTLBEntryFull *full;
    AddressSpace *as;
    void *host;

    probe_access_full(env, addr, len, MMU_DATA_STORE,
                      x86_mmu_index_pl(env, env->hflags & HF_CPL_MASK), false,
                      &host, &full, 0);
    if (host) {
        return NULL;
    }
    as = cpu_get_address_space(cs, cpu_asidx_from_attrs(cs, full->attrs));
    return address_space_translate(as, (full->phys_addr & TARGET_PAGE_MASK) |
                                   (addr & ~TARGET_PAGE_MASK),
                                   offset, &len, true, full->attrs);
}

/* false: retry.  What is no portal takes no enqueue store: it is dropped. */
static bool store_64_bytes(CPUX86State *env, target_ulong addr,
                           uint64_t words[8], SvaPortalWrite kind)
{
    hwaddr offset = 0;
    MemoryRegion *mr = io_region(env, addr, &offset);
    bool taken = false;

    if (!(mr && sva_portal_store(mr, offset, words, kind, &taken)) &&
        kind == SVA_PORTAL_POSTED) {
        copy_words(env, addr, words, true);
    }
    return taken;
}

static target_ulong destination(CPUX86State *env, const SvaInsn *insn)
{
    target_ulong addr = linear(env, R_ES, sva_insn_truncate(insn,
                                                  env->regs[insn->reg]));

    if (addr % SVA_DIRECT_BYTES) {
        general_protection(env);
    }
    return addr;
}

static void movdir64b(CPUX86State *env, const SvaInsn *insn)
{
    target_ulong addr = destination(env, insn);
    uint64_t words[8];

    copy_words(env, memory_operand(env, insn), words, false);
    store_64_bytes(env, addr, words, SVA_PORTAL_POSTED);
}

static void movdiri(CPUX86State *env, const SvaInsn *insn)
{
    target_ulong addr = memory_operand(env, insn);

    if (insn->data_bytes == 8) {
        cpu_stq_data_ra(env, addr, env->regs[insn->reg], 0);
    } else {
        cpu_stl_data_ra(env, addr, env->regs[insn->reg], 0);
    }
}

/* ZF is the answer, the other flags become 0. */
static void enqueue(CPUX86State *env, const SvaInsn *insn)
{
    bool user = insn->op == SVA_INSN_ENQCMD;
    target_ulong addr;
    uint64_t words[8];

    if (user ? !(*ia32_pasid(env) & SVA_IA32_PASID_VALID)
        : env->hflags & HF_CPL_MASK) {
        count(SVA_COUNT_REFUSED);
        general_protection(env);
    }
    addr = destination(env, insn);
    copy_words(env, memory_operand(env, insn), words, false);
    if (!sva_enqueue_command(words, user ? ia32_pasid(env) : NULL)) {
        general_protection(env);
    }
    CC_SRC = store_64_bytes(env, addr, words, SVA_PORTAL_DEFERRABLE) ? 0 : CC_Z;
    CC_OP = CC_OP_EFLAGS;
    if (CC_SRC) {
        count(SVA_COUNT_RETRIES);
    }
}

/* XSAVES and XRSTORS */

typedef struct Image {
    X86XSaveArea standard;
    uint64_t ia32_pasid;
} Image;

static uint64_t area_read(void *opaque, uint64_t addr)
{
    return cpu_ldq_data_ra(opaque, addr, 0);
}

static void area_write(void *opaque, uint64_t addr, uint64_t value)
{
    cpu_stq_data_ra(opaque, addr, value, 0);
}

static uint64_t enabled_components(CPUX86State *env)
{
    return env->xcr0 | env->xss;
}

/* In use, that is, perhaps not in its initial state */
static uint64_t used_components(CPUX86State *env)
{
    uint64_t used = enabled_components(env);

    used &= env->hflags & HF_MPX_IU_MASK ? ~0ull : ~XSTATE_BNDREGS_MASK;
    return used & (*ia32_pasid(env) ? ~0ull : ~XSTATE_PASID_MASK);
}

static uint64_t edx_eax(CPUX86State *env)
{
    return (uint32_t)env->regs[R_EAX] | (uint64_t)env->regs[R_EDX] << 32;
}

/* Where it is, after the checks that both instructions begin with. */
static SvaXstateArea xsave_area(CPUX86State *env, const SvaInsn *insn)
{
    target_ulong addr = memory_operand(env, insn);

    if (env->hflags & HF_TS_MASK) {
        raise_exception(env, EXCP07_PREX);
    }
    if (env->hflags & HF_CPL_MASK || addr % 64) {
        general_protection(env);
    }
    return (SvaXstateArea) { area_read, area_write, env, addr };
}

static void take_image(CPUX86State *env, Image *image)
{
    update_mxcsr_from_sse_status(env);
    x86_cpu_xsave_all_areas(env_archcpu(env), &image->standard,
                            sizeof(image->standard));
    image->standard.legacy.mxcsr_mask = MXCSR_BITS;
    image->ia32_pasid = *ia32_pasid(env);
}

static void put_image(CPUX86State *env, const Image *image, uint64_t requested,
                      uint64_t present)
{
    uint32_t pkru = env->pkru;

    x86_cpu_xrstor_all_areas(env_archcpu(env), &image->standard,
                             sizeof(image->standard));
    cpu_set_fpuc(env, image->standard.legacy.fcw);
    cpu_set_mxcsr(env, image->standard.legacy.mxcsr);
    if (requested & XSTATE_BNDREGS_MASK) {
        env->hflags &= ~HF_MPX_IU_MASK;
        env->hflags |= present & XSTATE_BNDREGS_MASK ? HF_MPX_IU_MASK : 0;
    }
    if (requested & XSTATE_BNDCSR_MASK) {
        cpu_sync_bndcs_hflags(env);
    }
    if (env->pkru != pkru) {
        tlb_flush(env_cpu(env));
    }
    *ia32_pasid(env) = image->ia32_pasid;
}

static void xsaves(CPUX86State *env, const SvaInsn *insn)
{
    SvaXstateArea area = xsave_area(env, insn);
    uint64_t requested = edx_eax(env) & enabled_components(env);
    Image image;

    take_image(env, &image);
    sva_xstate_save(&image_form, &area, (uint8_t *)&image, requested,
                    used_components(env));
}

static void xrstors(CPUX86State *env, const SvaInsn *insn)
{
    SvaXstateArea area = xsave_area(env, insn);
    uint64_t requested = edx_eax(env) & enabled_components(env);
    uint64_t present;
    Image image;

    take_image(env, &image);
    if (!sva_xstate_restore(&image_form, &area, (uint8_t *)&image, requested,
                            enabled_components(env), &present) ||
        !sva_ia32_pasid_ok(image.ia32_pasid)) {
        general_protection(env);
    }
    put_image(env, &image, requested, present);
}

/* Instructions in place of #UD */

typedef struct Instruction {
    void (*execute)(CPUX86State *env, const SvaInsn *insn);
    FeatureWord word;           /* where CPUID says that it exists */
    uint32_t feature;
} Instruction;

static const Instruction instructions[SVA_INSN_OPS] = {
    [SVA_INSN_MOVDIRI] = { movdiri, FEAT_7_0_ECX, CPUID_7_0_ECX_MOVDIRI },
    [SVA_INSN_MOVDIR64B] = { movdir64b, FEAT_7_0_ECX, CPUID_7_0_ECX_MOVDIR64B },
    [SVA_INSN_ENQCMD] = { enqueue, FEAT_7_0_ECX, CPUID_7_0_ECX_ENQCMD },
    [SVA_INSN_ENQCMDS] = { enqueue, FEAT_7_0_ECX, CPUID_7_0_ECX_ENQCMD },
    [SVA_INSN_XSAVES] = { xsaves, FEAT_XSAVE, CPUID_XSAVE_XSAVES },
    [SVA_INSN_XRSTORS] = { xrstors, FEAT_XSAVE, CPUID_XSAVE_XSAVES },
};

static uint8_t code_byte(void *env, unsigned at)
{
    return cpu_ldub_code(env, linear(env, R_CS,
                                     ((CPUX86State *)env)->eip + at));
}

/* To the next instruction; a single step traps there. */
static void retire(CPUX86State *env, const SvaInsn *insn)
{
    bool trap = env->eflags & TF_MASK;

    env->eip += insn->length;
    env->eip = code_bytes(env) == 8 ? env->eip
               : code_bytes(env) == 4 ? (uint32_t)env->eip : (uint16_t)env->eip;
    do_end_instruction(env);
    if (trap) {
        env->dr[6] |= DR6_BS;
        raise_exception(env, EXCP01_DB);
    }
}

/* false: the exception is right.  May raise another one, and not return. */
static bool execute(CPUX86State *env)
{
    const SvaInsnSource source = { code_byte, env };
    SvaInsn insn = sva_insn_decode(&source, code_bytes(env));
    const Instruction *i = &instructions[insn.op];

    if (!i->execute || !(env->features[i->word] & i->feature) ||
        (i->word == FEAT_XSAVE && !(env->cr[4] & CR4_OSXSAVE_MASK))) {
        return false;
    }
    i->execute(env, &insn);
    count(insn.op);
    retire(env, &insn);
    return true;
}

static void do_interrupt(CPUState *cs)
{
    CPUX86State *env = cpu_env(cs);

    /* INT 6 is an interrupt of that number, not an exception. */
    if (cs->exception_index == EXCP06_ILLOP && !env->exception_is_int &&
        execute(env)) {
        return;
    }
    qemu_do_interrupt(cs);
}

/* Registers and CPUID */

/* The register of ours that ECX names, and which bits of it may be set. */
static uint64_t *our_msr(CPUX86State *env, uint64_t *mask)
{
    switch ((uint32_t)env->regs[R_ECX]) {
    case SVA_IA32_PASID:
        *mask = SVA_IA32_PASID_VALID | SVA_IA32_PASID_MASK;
        return env->features[FEAT_7_0_ECX] & CPUID_7_0_ECX_ENQCMD
               ? ia32_pasid(env) : NULL;
    case MSR_IA32_XSS:
        *mask = env->features[FEAT_XSAVE_XSS_LO];
        return env->features[FEAT_XSAVE] & CPUID_XSAVE_XSAVES ? &env->xss
                                                              : NULL;
    default:
        return NULL;
    }
}

static void wrmsr(CPUX86State *env)
{
    uint64_t mask, *msr = our_msr(env, &mask);

    if (!msr) {
        helper_wrmsr(env);
        return;
    }
    cpu_svm_check_intercept_param(env, SVM_EXIT_MSR, 1, GETPC());
    if (edx_eax(env) & ~mask) {
        raise_exception_err_ra(env, EXCP0D_GPF, 0, GETPC());
    }
    *msr = edx_eax(env);
    if (msr != &env->xss) {
        count(SVA_COUNT_PASID_WRITES);
    }
}

static void rdmsr(CPUX86State *env)
{
    uint64_t mask, *msr = our_msr(env, &mask);

    if (!msr) {
        helper_rdmsr(env);
        return;
    }
    cpu_svm_check_intercept_param(env, SVM_EXIT_MSR, 0, GETPC());
    env->regs[R_EAX] = (uint32_t)*msr;
    env->regs[R_EDX] = *msr >> 32;
}

/* QEMU gives the size of an area with all that exists, not of what is on. */
static void cpuid(CPUX86State *env)
{
    bool size = (uint32_t)env->regs[R_EAX] == 0xd &&
                (uint32_t)env->regs[R_ECX] == 1;

    helper_cpuid(env);
    if (size && env->features[FEAT_XSAVE] & CPUID_XSAVE_XSAVES) {
        env->regs[R_EBX] = sva_xstate_size(&image_form,
                                           enabled_components(env));
    }
}

/* Switching on */

/* IA32_PASID is of no use where nothing switches it. */
static void add_features(CPUX86State *env)
{
    env->features[FEAT_7_0_ECX] |= CPUID_7_0_ECX_MOVDIRI |
                                   CPUID_7_0_ECX_MOVDIR64B;
    if (env->features[FEAT_1_ECX] & CPUID_EXT_XSAVE) {
        env->features[FEAT_7_0_ECX] |= CPUID_7_0_ECX_ENQCMD;
        env->features[FEAT_XSAVE] |= CPUID_XSAVE_XSAVES;
        env->features[FEAT_XSAVE_XSS_LO] |= XSTATE_PASID_MASK;
    }
}

static void add_cpu(CPUState *cs)
{
    CPUX86State *env = cpu_env(cs);

    cs->cc->tcg_ops = &ops;
    *ia32_pasid(env) = 0;
    add_features(env);
}

static void cpu_plugged(DeviceListener *listener, DeviceState *dev)
{
    if (object_dynamic_cast(OBJECT(dev), TYPE_X86_CPU)) {
        add_cpu(CPU(dev));
    }
}

static void reset(void *opaque)
{
    CPUState *cs;

    CPU_FOREACH(cs) {
        cpu_env(cs)->xss = 0;
        *ia32_pasid(cpu_env(cs)) = 0;
    }
}

static bool possible(Error **errp)
{
    if (!tcg_enabled()) {
        error_setg(errp, "MOVDIR64B and ENQCMD need -accel tcg: they cannot be"
                   " added to processors of another accelerator");
    } else if (HOST_BIG_ENDIAN) {
        error_setg(errp, "MOVDIR64B and ENQCMD need a little-endian host");
    } else if (phase_check(PHASE_MACHINE_READY)) {
        error_setg(errp, "processors that run cannot get MOVDIR64B and ENQCMD;"
                   " give a device that needs them on the command line");
    } else if (!first_cpu || helper_info_cpuid.func != helper_cpuid ||
               helper_info_rdmsr.func != helper_rdmsr ||
               helper_info_wrmsr.func != helper_wrmsr ||
               first_cpu->cc->tcg_ops->do_interrupt != x86_cpu_do_interrupt ||
               x86_ext_save_areas[SVA_XSTATE_PASID].size) {
        error_setg(errp, "MOVDIR64B and ENQCMD cannot be added: the processors"
                   " are not as QEMU makes them");
    } else {
        return true;
    }
    return false;
}

static void hook_processors(void)
{
    qemu_do_interrupt = first_cpu->cc->tcg_ops->do_interrupt;
    ops = *first_cpu->cc->tcg_ops;
    ops.do_interrupt = do_interrupt;
    helper_info_cpuid.func = cpuid;
    helper_info_rdmsr.func = rdmsr;
    helper_info_wrmsr.func = wrmsr;
}

static void add_component(void)
{
    unsigned n;

    x86_ext_save_areas[SVA_XSTATE_PASID] = (ExtSaveArea) {
        .feature = FEAT_7_0_ECX, .bits = CPUID_7_0_ECX_ENQCMD,
        .size = sizeof(uint64_t),
    };
    for (n = 2; n < ARRAY_SIZE(x86_ext_save_areas); n++) {
        image_form.component[n].offset = x86_ext_save_areas[n].offset;
        image_form.component[n].bytes = x86_ext_save_areas[n].size;
    }
    image_form.component[SVA_XSTATE_PASID].offset = offsetof(Image, ia32_pasid);
}

static bool enable(Error **errp)
{
    static DeviceListener listener = { .realize = cpu_plugged };
    CPUState *cs;

    if (stores) {
        return true;
    }
    if (!possible(errp)) {
        return false;
    }
    stores = sva_direct_stores_new(MACHINE(qdev_get_machine())->smp.max_cpus);
    add_component();
    hook_processors();
    CPU_FOREACH(cs) {
        add_cpu(cs);
    }
    device_listener_register(&listener);
    qemu_register_reset(reset, NULL);
    return true;
}

static void __attribute__((constructor)) provide(void)
{
    sva_direct_stores_provide(enable);
}

/* What the list at the top names. */
#define SAME_TYPE(value, type) \
    QEMU_BUILD_BUG_ON(!__builtin_types_compatible_p(typeof(value), type))

SAME_TYPE(((CPUClass *)0)->tcg_ops, const TCGCPUOps *);
SAME_TYPE(((TCGCPUOps *)0)->do_interrupt, void (*)(CPUState *));
SAME_TYPE(helper_cpuid, void (CPUX86State *));
SAME_TYPE(helper_rdmsr, void (CPUX86State *));
SAME_TYPE(helper_wrmsr, void (CPUX86State *));
SAME_TYPE(((TCGHelperInfo *)0)->func, void *);
SAME_TYPE(((CPUX86State *)0)->features[0], uint64_t);
SAME_TYPE(((CPUX86State *)0)->xss, uint64_t);
QEMU_BUILD_BUG_ON(offsetof(CPUX86State, xss) <
                  offsetof(CPUX86State, end_reset_fields));
SAME_TYPE(x86_ext_save_areas[0], ExtSaveArea);
QEMU_BUILD_BUG_ON(ARRAY_SIZE(x86_ext_save_areas) <= SVA_XSTATE_PASID);
SAME_TYPE(x86_cpu_xsave_all_areas, void (X86CPU *, void *, uint32_t));
SAME_TYPE(x86_cpu_xrstor_all_areas, void (X86CPU *, const void *, uint32_t));
QEMU_BUILD_BUG_ON(offsetof(X86XSaveArea, header) != SVA_XSTATE_HEADER);
QEMU_BUILD_BUG_ON(offsetof(X86XSaveArea, avx_state) != SVA_XSTATE_EXTENDED);
SAME_TYPE(((CPUX86State *)0)->fpregs, FPReg[8]);
QEMU_BUILD_BUG_ON(sizeof(FPReg) != 16);
