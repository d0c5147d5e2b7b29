/*
 * sva-accel: registers
 *
 * Everything is a 32-bit word; an access of 8 bytes is two of them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "command.h"
#include "ctx-access.h"
#include "error.h"
#include "irq.h"
#include "misbehaviour.h"
#include "probe.h"
#include "regs.h"
#include "stop.h"

#define GLOBAL_WORDS (SVA_REG_COUNTERS / 4)

#define REG_DISABLED_ONLY (1u << 0)     /* writable while disabled */

/*
 * A word of a register.  Without @name there is none at that offset.
 * @write takes the place of storing @wmask bits; @read of what is stored.
 */
typedef struct CtxReg {
    const char *name;
    uint32_t wmask;
    uint32_t flags;
    uint32_t (*read)(const SvaCtx *ctx);
    void (*write)(SvaCtx *ctx, uint32_t value);
} CtxReg;

typedef struct GlobalReg {
    const char *name;
    uint32_t (*read)(const SvaAccel *accel);
    void (*write)(SvaAccel *accel, uint32_t value);
} GlobalReg;

static uint32_t read_state(const SvaCtx *ctx)
{
    return ctx->state;
}

static uint32_t read_head(const SvaCtx *ctx)
{
    return ctx->head;
}

static uint32_t read_tail(const SvaCtx *ctx)
{
    return ctx->tail;
}

static uint32_t read_cmd_status(const SvaCtx *ctx)
{
    return ctx->cmd_status;
}

static uint32_t read_err_status(const SvaCtx *ctx)
{
    return ctx->err_status;
}

static uint32_t read_err_id(const SvaCtx *ctx)
{
    return ctx->err_id;
}

static uint32_t read_err_addr(const SvaCtx *ctx)
{
    return ctx->err_addr;
}

static uint32_t read_err_addr_hi(const SvaCtx *ctx)
{
    return ctx->err_addr >> 32;
}

static uint32_t read_break_at(const SvaCtx *ctx)
{
    return ctx->held;
}

static uint32_t read_running(const SvaCtx *ctx)
{
    return sva_ctx_running(ctx);
}

static uint32_t read_probe_status(const SvaCtx *ctx)
{
    return ctx->probe_status;
}

static uint32_t read_zero(const SvaCtx *ctx G_GNUC_UNUSED)
{
    return 0;
}

static void write_prg_pages(SvaCtx *ctx, uint32_t value)
{
    if (value < 1 || value > 32) {
        sva_guest_error(ctx->accel->env, "sva-accel: context %u: PRG_PAGES "
                        "%" PRIu32 " is not 1 to 32", ctx->index, value);
        return;
    }
    ctx->reg[SVA_CTX_PRG_PAGES / 4] = value;
}

static void write_release(SvaCtx *ctx, uint32_t value G_GNUC_UNUSED)
{
    sva_ctx_release(ctx);
}

static void write_inject(SvaCtx *ctx, uint32_t value)
{
    ctx->reg[SVA_CTX_INJECT / 4] = value & SVA_INJECT_ALL;
    sva_ctx_inject_changed(ctx);
}

#define RW(n, mask) { .name = n, .wmask = mask }
#define RW_DISABLED(n, mask) \
    { .name = n, .wmask = mask, .flags = REG_DISABLED_ONLY }
#define RO(n, fn) { .name = n, .read = fn }
#define WO(n, fn) { .name = n, .read = read_zero, .write = fn }

static const CtxReg ctx_regs[SVA_CTX_WORDS] = {
    [SVA_CTX_CFG / 4] =
        RW_DISABLED("CFG", SVA_CFG_PASID | SVA_CFG_PASID_EN | SVA_CFG_MODE),
    [SVA_CTX_STATE / 4] = RO("STATE", read_state),
    [SVA_CTX_RING_BASE / 4] = RW_DISABLED("RING_BASE", ~0x3fu),
    [SVA_CTX_RING_BASE / 4 + 1] = RW_DISABLED("RING_BASE", ~0u),
    [SVA_CTX_RING_SIZE / 4] = RW_DISABLED("RING_SIZE", 0xff),
    [SVA_CTX_VECTOR / 4] = RW("VECTOR", 0x7ff),
    [SVA_CTX_HEAD / 4] = RO("HEAD", read_head),
    [SVA_CTX_TAIL / 4] = RO("TAIL", read_tail),
    [SVA_CTX_CMD / 4] = WO("CMD", sva_ctx_command),
    [SVA_CTX_CMD_STATUS / 4] = RO("CMD_STATUS", read_cmd_status),
    [SVA_CTX_BW_LIMIT / 4] = RW("BW_LIMIT", ~0u),
    [SVA_CTX_PRG_PAGES / 4] = {
        .name = "PRG_PAGES", .write = write_prg_pages,
    },
    [SVA_CTX_ERR_STATUS / 4] = {
        .name = "ERR_STATUS", .read = read_err_status,
        .write = sva_ctx_clear_error,
    },
    [SVA_CTX_ERR_ID / 4] = RO("ERR_ID", read_err_id),
    [SVA_CTX_ERR_ADDR / 4] = RO("ERR_ADDR", read_err_addr),
    [SVA_CTX_ERR_ADDR / 4 + 1] = RO("ERR_ADDR", read_err_addr_hi),
    [SVA_CTX_BREAK_MASK / 4] = RW("BREAK_MASK", SVA_BREAK_ALL),
    [SVA_CTX_BREAK_AT / 4] = RO("BREAK_AT", read_break_at),
    [SVA_CTX_RELEASE / 4] = WO("RELEASE", write_release),
    [SVA_CTX_INJECT / 4] = { .name = "INJECT", .write = write_inject },
    [SVA_CTX_STOP_DELAY / 4] = RW("STOP_DELAY", ~0u),
    [SVA_CTX_RUNNING / 4] = RO("RUNNING", read_running),
    [SVA_CTX_PROBE_CTRL / 4] = WO("PROBE_CTRL", sva_probe_start),
    [SVA_CTX_PROBE_PASID / 4] =
        RW("PROBE_PASID", SVA_CFG_PASID | SVA_CFG_PASID_EN),
    [SVA_CTX_PROBE_ADDR / 4] = RW("PROBE_ADDR", ~0u),
    [SVA_CTX_PROBE_ADDR / 4 + 1] = RW("PROBE_ADDR", ~0u),
    [SVA_CTX_PROBE_DATA / 4] = RW("PROBE_DATA", ~0u),
    [SVA_CTX_PROBE_DATA / 4 + 1] = RW("PROBE_DATA", ~0u),
    [SVA_CTX_PROBE_STATUS / 4] = RO("PROBE_STATUS", read_probe_status),
};

bool sva_ctx_regs_possible(const uint32_t *reg)
{
    uint32_t pages = reg[SVA_CTX_PRG_PAGES / 4];

    for (unsigned i = 0; i < SVA_CTX_WORDS; i++) {
        uint32_t mask = i == SVA_CTX_PRG_PAGES / 4 ? ~0u
                        : i == SVA_CTX_INJECT / 4 ? SVA_INJECT_ALL
                        : ctx_regs[i].wmask;

        if (reg[i] & ~mask) {
            return false;
        }
    }
    return pages >= 1 && pages <= 32;
}

static uint32_t counter_word(const uint64_t *counter, unsigned word)
{
    return counter[word / 2] >> (word % 2 ? 32 : 0);
}

static uint32_t ctx_read(const SvaCtx *ctx, unsigned word)
{
    const CtxReg *reg;

    if (word >= SVA_CTX_WORDS) {
        return counter_word(ctx->counter, word - SVA_CTX_WORDS);
    }
    reg = &ctx_regs[word];
    return reg->read ? reg->read(ctx) : ctx->reg[word];
}

static void ctx_write(SvaCtx *ctx, unsigned word, uint32_t value)
{
    const CtxReg *reg = word < SVA_CTX_WORDS ? &ctx_regs[word] : NULL;

    if (!reg || !reg->name || (!reg->wmask && !reg->write)) {
        sva_guest_error(ctx->accel->env, "sva-accel: context %u: write to "
                        "read-only offset 0x%x", ctx->index, word * 4);
        return;
    }
    if ((reg->flags & REG_DISABLED_ONLY) &&
        (ctx->state != SVA_CTX_DISABLED || sva_ctx_running(ctx))) {
        sva_guest_error(ctx->accel->env, "sva-accel: context %u: write to "
                        "%s while enabled", ctx->index, reg->name);
        return;
    }
    if (reg->write) {
        reg->write(ctx, value);
    } else {
        ctx->reg[word] = value & reg->wmask;
    }
}

static uint32_t read_magic(const SvaAccel *accel G_GNUC_UNUSED)
{
    return SVA_MAGIC;
}

static uint32_t read_version(const SvaAccel *accel G_GNUC_UNUSED)
{
    return SVA_VERSION;
}

static uint32_t read_cap(const SvaAccel *accel)
{
    return accel->config.contexts | accel->config.pasid_bits << 16;
}

static uint32_t read_ops(const SvaAccel *accel G_GNUC_UNUSED)
{
    return (1u << SVA_OP_MAX) - 1;
}

static uint32_t read_ctx_injects(const SvaAccel *accel G_GNUC_UNUSED)
{
    return SVA_INJECT_ALL;
}

static uint32_t read_injects(const SvaAccel *accel G_GNUC_UNUSED)
{
    return SVA_GINJECT_ALL;
}

static uint32_t read_probes(const SvaAccel *accel G_GNUC_UNUSED)
{
    return ((1u << SVA_PROBE_MAX) - 2) | SVA_PROBES_FORCE;
}

static uint32_t read_inject(const SvaAccel *accel)
{
    return accel->inject;
}

static uint32_t read_inval_delay(const SvaAccel *accel)
{
    return accel->inval_delay;
}

static uint32_t read_inval_held(const SvaAccel *accel)
{
    return accel->fn.late_count;
}

static uint32_t read_ctrl(const SvaAccel *accel G_GNUC_UNUSED)
{
    return 0;
}

static uint32_t read_irq_cause(const SvaAccel *accel)
{
    return accel->irq_cause;
}

static uint32_t read_irq_mask(const SvaAccel *accel)
{
    return accel->irq_mask;
}

static void write_ctrl(SvaAccel *accel, uint32_t value)
{
    if (value & SVA_CTRL_RESET) {
        sva_accel_soft_reset(accel);
    }
}

static void write_irq_cause(SvaAccel *accel, uint32_t value)
{
    accel->irq_cause &= ~value;
}

static void write_irq_mask(SvaAccel *accel, uint32_t value)
{
    sva_accel_set_irq_mask(accel, value & (SVA_IRQ_ERROR | SVA_IRQ_CMD));
}

static void write_global_inject(SvaAccel *accel, uint32_t value)
{
    sva_accel_set_inject(accel, value & SVA_GINJECT_ALL);
}

static void write_inval_delay(SvaAccel *accel, uint32_t value)
{
    accel->inval_delay = value;
}

static const GlobalReg global_regs[GLOBAL_WORDS] = {
    [SVA_REG_MAGIC / 4] = { "MAGIC", read_magic, NULL },
    [SVA_REG_VERSION / 4] = { "VERSION", read_version, NULL },
    [SVA_REG_CAP / 4] = { "CAP", read_cap, NULL },
    [SVA_REG_OPS / 4] = { "OPS", read_ops, NULL },
    [SVA_REG_CTRL / 4] = { "CTRL", read_ctrl, write_ctrl },
    [SVA_REG_IRQ_CAUSE / 4] =
        { "IRQ_CAUSE", read_irq_cause, write_irq_cause },
    [SVA_REG_IRQ_MASK / 4] = { "IRQ_MASK", read_irq_mask, write_irq_mask },
    [SVA_REG_ERR_CTX / 4] = { "ERR_CTX", sva_accel_err_ctx, NULL },
    [SVA_REG_CTX_INJECTS / 4] = { "CTX_INJECTS", read_ctx_injects, NULL },
    [SVA_REG_INJECTS / 4] = { "INJECTS", read_injects, NULL },
    [SVA_REG_PROBES / 4] = { "PROBES", read_probes, NULL },
    [SVA_REG_INJECT / 4] = { "INJECT", read_inject, write_global_inject },
    [SVA_REG_INVAL_DELAY / 4] =
        { "INVAL_DELAY", read_inval_delay, write_inval_delay },
    [SVA_REG_INVAL_HELD / 4] = { "INVAL_HELD", read_inval_held, NULL },
};

static uint32_t global_read(const SvaAccel *accel, unsigned word)
{
    if (word >= GLOBAL_WORDS) {
        word -= GLOBAL_WORDS;
        return word / 2 < SVA_CNT_MAX
               ? counter_word(accel->counter, word) : 0;
    }
    return global_regs[word].name ? global_regs[word].read(accel) : 0;
}

static void global_write(SvaAccel *accel, unsigned word, uint32_t value)
{
    if (word >= GLOBAL_WORDS || !global_regs[word].write) {
        sva_guest_error(accel->env, "sva-accel: write to read-only offset "
                        "0x%x", word * 4);
        return;
    }
    global_regs[word].write(accel, value);
}

/* The context at BAR 0 offset @offset, which is not below the first one. */
static SvaCtx *ctx_at(SvaAccel *accel, uint64_t offset)
{
    uint64_t index = (offset - SVA_CTX_BASE) / SVA_CTX_STRIDE;

    return index < accel->config.contexts ? &accel->ctx[index] : NULL;
}

static uint32_t regs_read32(SvaAccel *accel, uint64_t offset)
{
    SvaCtx *ctx;

    if (offset < SVA_CTX_BASE) {
        return global_read(accel, offset / 4);
    }
    ctx = ctx_at(accel, offset);
    return ctx ? ctx_read(ctx, offset % SVA_CTX_STRIDE / 4) : 0;
}

static void regs_write32(SvaAccel *accel, uint64_t offset, uint32_t value)
{
    SvaCtx *ctx;

    if (offset < SVA_CTX_BASE) {
        global_write(accel, offset / 4, value);
        return;
    }
    ctx = ctx_at(accel, offset);
    if (ctx) {
        ctx_write(ctx, offset % SVA_CTX_STRIDE / 4, value);
    }
}

static uint32_t doorbell_read32(SvaAccel *accel, uint64_t offset)
{
    uint64_t index = offset / SVA_DB_STRIDE;
    const SvaCtx *ctx;

    if (index >= accel->config.contexts) {
        return 0;
    }
    ctx = &accel->ctx[index];
    switch (offset % SVA_DB_STRIDE) {
    case SVA_DB_TAIL:
        return ctx->tail;
    case SVA_DB_HEAD:
        return ctx->head;
    case SVA_DB_STATE:
        return ctx->state;
    default:
        return 0;
    }
}

static void doorbell_write32(SvaAccel *accel, uint64_t offset, uint32_t value)
{
    uint64_t index = offset / SVA_DB_STRIDE;

    if (index >= accel->config.contexts ||
        offset % SVA_DB_STRIDE != SVA_DB_TAIL) {
        sva_guest_error(accel->env, "sva-accel: write to read-only doorbell "
                        "offset 0x%" PRIx64, offset);
        return;
    }
    sva_ctx_doorbell(&accel->ctx[index], value);
}

static bool access_ok(SvaAccel *accel, uint64_t offset, unsigned size)
{
    if (accel->fn.busy) {
        sva_guest_error(accel->env, "sva-accel: access to its own registers");
        return false;
    }
    if ((size != 4 && size != 8) || offset % size) {
        sva_guest_error(accel->env, "sva-accel: access of %u bytes at offset "
                        "0x%" PRIx64, size, offset);
        return false;
    }
    return true;
}

uint64_t sva_accel_read(SvaAccel *accel, uint64_t offset, unsigned size)
{
    uint64_t value;

    if (!access_ok(accel, offset, size)) {
        return 0;
    }
    value = regs_read32(accel, offset);
    if (size == 8) {
        value |= (uint64_t)regs_read32(accel, offset + 4) << 32;
    }
    return value;
}

void sva_accel_write(SvaAccel *accel, uint64_t offset, uint64_t value,
                     unsigned size)
{
    if (!access_ok(accel, offset, size)) {
        return;
    }
    regs_write32(accel, offset, value);
    if (size == 8) {
        regs_write32(accel, offset + 4, value >> 32);
    }
}

uint64_t sva_accel_doorbell_read(SvaAccel *accel, uint64_t offset,
                                 unsigned size)
{
    uint64_t value;

    if (!access_ok(accel, offset, size)) {
        return 0;
    }
    value = doorbell_read32(accel, offset);
    if (size == 8) {
        value |= (uint64_t)doorbell_read32(accel, offset + 4) << 32;
    }
    return value;
}

void sva_accel_doorbell_write(SvaAccel *accel, uint64_t offset,
                              uint64_t value, unsigned size)
{
    if (!access_ok(accel, offset, size)) {
        return;
    }
    doorbell_write32(accel, offset, value);
    if (size == 8) {
        doorbell_write32(accel, offset + 4, value >> 32);
    }
}
