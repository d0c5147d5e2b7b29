/*
 * SMMUv3: register file
 *
 * IHI 0070 G.b, "Memory map and registers".  Each register is a row of a table;
 * code is for what a row cannot express.  Page 1 mirrors page 0.  Accesses are
 * split into words, the low one first, so that a 64-bit register may be
 * written as a whole or in halves.
 *
 * An update of CR0 or IRQ_CTRL is complete when the write returns.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "cmd.h"
#include "ids.h"
#include "queue.h"
#include "regs.h"
#include "stall.h"

/* Registers of a feature that is absent are reserved: zero, read-only. */
typedef enum Feature {
    ANY,
    HYP,
    MSI,
    PRI,
    PRI_MSI,
} Feature;

/* A write is ignored unless this is off, in the register and in its ACK. */
typedef enum Guard {
    OPEN,
    SMMUEN,
    CMDQEN,
    EVENTQEN,
    PRIQEN,
    GERROR_IRQEN,
    EVENTQ_IRQEN,
    PRIQ_IRQEN,
    BY_FIELD,                   /* CR1 */
    UPDATE,                     /* GBPA: with bit Update only */
} Guard;

/*
 * @rw:      bits that take what is written
 * @address: bits from OAS on are not stored, but for the hint in bit 62
 * @written: called after a write
 */
typedef struct RegRow {
    const char *name;
    uint16_t offset;
    uint8_t size;
    uint8_t feature;
    uint8_t guard;
    bool address;
    uint64_t rw;
    void (*written)(SvaSmmu *smmu, uint32_t old);
} RegRow;

static bool turned_on(uint32_t old, uint32_t now, uint32_t bit)
{
    return ~old & now & bit;
}

static bool turned_off(uint32_t old, uint32_t now, uint32_t bit)
{
    return turned_on(now, old, bit);
}

static uint64_t pair(const SvaSmmu *smmu, unsigned low, unsigned high)
{
    return sva_smmu_reg32(smmu, low) |
           (uint64_t)sva_smmu_reg32(smmu, high) << 32;
}

void sva_smmu_regs_announce(SvaSmmu *smmu)
{
    sva_emit(smmu->iommu.env, .kind = SVA_EV_REGS,
             .regs = {
                 .arch = SVA_REGS_SMMUV3, .count = SVA_REGS_SMMU_WORDS,
                 .words = {
                     [SVA_REGS_SMMU_STRTAB_BASE] =
                         sva_smmu_reg64(smmu, A_SMMU_STRTAB_BASE),
                     [SVA_REGS_SMMU_STRTAB_BASE_CFG] =
                         sva_smmu_reg32(smmu, A_SMMU_STRTAB_BASE_CFG),
                     [SVA_REGS_SMMU_IDR0] =
                         pair(smmu, A_SMMU_IDR0, A_SMMU_IDR1),
                     [SVA_REGS_SMMU_IDR3] =
                         pair(smmu, A_SMMU_IDR3, A_SMMU_IDR5),
                     [SVA_REGS_SMMU_CR0ACK] =
                         pair(smmu, A_SMMU_CR0ACK, A_SMMU_CR1),
                     [SVA_REGS_SMMU_CR2] = sva_smmu_reg32(smmu, A_SMMU_CR2),
                     [SVA_REGS_SMMU_GBPA] = sva_smmu_reg32(smmu, A_SMMU_GBPA),
                     [SVA_REGS_SMMU_ADVERSARY] = smmu->config.adversary,
                 },
             });
}

static void gbpa_written(SvaSmmu *smmu, uint32_t old)
{
    if (sva_smmu_reg32(smmu, A_SMMU_GBPA) != old) {
        sva_smmu_regs_announce(smmu);
    }
}

static void cr0_written(SvaSmmu *smmu, uint32_t old)
{
    uint32_t now = sva_smmu_reg32(smmu, A_SMMU_CR0);

    sva_smmu_set32(smmu, A_SMMU_CR0ACK, now);
    if (now != old) {
        sva_smmu_regs_announce(smmu);
    }
    if (turned_off(old, now, R_SMMU_CR0_SMMUEN_MASK)) {
        sva_smmu_stall_abort_all(smmu);
    }
    if (turned_off(old, now, R_SMMU_CR0_CMDQEN_MASK)) {
        sva_smmu_sync_cancel(smmu);
    }
    if (turned_on(old, now, R_SMMU_CR0_EVENTQEN_MASK)) {
        sva_smmu_stall_kick(smmu);
    }
    sva_smmu_cmdq_run(smmu);
}

static void irq_ctrl_written(SvaSmmu *smmu, uint32_t old G_GNUC_UNUSED)
{
    sva_smmu_set32(smmu, A_SMMU_IRQ_CTRLACK,
                   sva_smmu_reg32(smmu, A_SMMU_IRQ_CTRL));
}

/* Either queue may go on when its error is acknowledged. */
static void gerrorn_written(SvaSmmu *smmu, uint32_t old G_GNUC_UNUSED)
{
    sva_smmu_stall_kick(smmu);
    sva_smmu_cmdq_run(smmu);
}

static void cmdq_prod_written(SvaSmmu *smmu, uint32_t old G_GNUC_UNUSED)
{
    sva_smmu_cmdq_run(smmu);
}

static void eventq_cons_written(SvaSmmu *smmu, uint32_t old G_GNUC_UNUSED)
{
    sva_smmu_stall_kick(smmu);
}

#define QUEUE_BASE (R_SMMU_Q_BASE_LOG2SIZE_MASK |                           \
                    R_SMMU_Q_BASE_ADDR_MASK | R_SMMU_Q_BASE_HINT_MASK)
#define POINTER    (R_SMMU_Q_PTR_POINTER_MASK | R_SMMU_Q_PTR_OVFLG_MASK)

/* CFG0, CFG1 and CFG2 of an interrupt source */
#define IRQ_ROWS(NAME, feat, guard_, lo)                                    \
    { #NAME "_IRQ_CFG0", A_SMMU_##NAME##_IRQ_CFG0, 8, feat, guard_,         \
      .address = true, .rw = R_SMMU_IRQ_CFG0_ADDR_MASK },                   \
    { #NAME "_IRQ_CFG1", A_SMMU_##NAME##_IRQ_CFG0 + SVA_SMMU_IRQ_CFG1, 4,   \
      feat, guard_, .rw = 0xffffffff },                                     \
    { #NAME "_IRQ_CFG2", A_SMMU_##NAME##_IRQ_CFG0 + SVA_SMMU_IRQ_CFG2, 4,   \
      (lo) != 0 ? PRI : feat, guard_, .rw = SVA_SMMU_IRQ_CFG2_ATTR | (lo) }

#define PAGE_1(off) ((off) & SVA_SMMU_PAGE_OFFSET)

static const RegRow rows[] = {
    { "IDR0", A_SMMU_IDR0, 4, .rw = 0 },
    { "IDR1", A_SMMU_IDR1, 4, .rw = 0 },
    { "IDR2", A_SMMU_IDR2, 4, .rw = 0 },
    { "IDR3", A_SMMU_IDR3, 4, .rw = 0 },
    { "IDR4", A_SMMU_IDR4, 4, .rw = 0 },
    { "IDR5", A_SMMU_IDR5, 4, .rw = 0 },
    { "IIDR", A_SMMU_IIDR, 4, .rw = 0 },
    { "AIDR", A_SMMU_AIDR, 4, .rw = 0 },
    { "CR0", A_SMMU_CR0, 4,
      .rw = R_SMMU_CR0_SMMUEN_MASK | R_SMMU_CR0_PRIQEN_MASK |
            R_SMMU_CR0_EVENTQEN_MASK | R_SMMU_CR0_CMDQEN_MASK |
            R_SMMU_CR0_ATSCHK_MASK, .written = cr0_written },
    { "CR0ACK", A_SMMU_CR0ACK, 4, .rw = 0 },
    { "CR1", A_SMMU_CR1, 4, .guard = BY_FIELD,
      .rw = SVA_SMMU_CR1_QUEUE | SVA_SMMU_CR1_TABLE },
    { "CR2", A_SMMU_CR2, 4, .guard = SMMUEN,
      .rw = R_SMMU_CR2_E2H_MASK | R_SMMU_CR2_RECINVSID_MASK },
    { "STATUSR", A_SMMU_STATUSR, 4, .rw = 0 },
    { "GBPA", A_SMMU_GBPA, 4, .guard = UPDATE,
      .rw = SVA_SMMU_GBPA_ATTR | R_SMMU_GBPA_ABORT_MASK,
      .written = gbpa_written },
    { "AGBPA", A_SMMU_AGBPA, 4, .rw = 0 },
    { "IRQ_CTRL", A_SMMU_IRQ_CTRL, 4,
      .rw = R_SMMU_IRQ_CTRL_GERROR_MASK | R_SMMU_IRQ_CTRL_PRIQ_MASK |
            R_SMMU_IRQ_CTRL_EVENTQ_MASK, .written = irq_ctrl_written },
    { "IRQ_CTRLACK", A_SMMU_IRQ_CTRLACK, 4, .rw = 0 },
    { "GERROR", A_SMMU_GERROR, 4, .rw = 0 },
    { "GERRORN", A_SMMU_GERRORN, 4,
      .rw = R_SMMU_GERROR_CMDQ_MASK | R_SMMU_GERROR_EVENTQ_MASK |
            R_SMMU_GERROR_PRIQ_MASK | R_SMMU_GERROR_MSI_CMDQ_MASK |
            R_SMMU_GERROR_MSI_EVENTQ_MASK | R_SMMU_GERROR_MSI_PRIQ_MASK |
            R_SMMU_GERROR_MSI_GERROR_MASK, .written = gerrorn_written },
    IRQ_ROWS(GERROR, MSI, GERROR_IRQEN, 0),
    { "STRTAB_BASE", A_SMMU_STRTAB_BASE, 8, .guard = SMMUEN,
      .address = true,
      .rw = R_SMMU_STRTAB_BASE_ADDR_MASK | R_SMMU_STRTAB_BASE_RA_MASK },
    { "STRTAB_BASE_CFG", A_SMMU_STRTAB_BASE_CFG, 4, .guard = SMMUEN,
      .rw = R_SMMU_STRTAB_BASE_CFG_LOG2SIZE_MASK |
            R_SMMU_STRTAB_BASE_CFG_SPLIT_MASK |
            R_SMMU_STRTAB_BASE_CFG_FMT_MASK },
    { "CMDQ_BASE", A_SMMU_CMDQ_BASE, 8, .guard = CMDQEN,
      .address = true, .rw = QUEUE_BASE },
    { "CMDQ_PROD", A_SMMU_CMDQ_PROD, 4, .rw = R_SMMU_Q_PTR_POINTER_MASK,
      .written = cmdq_prod_written },
    { "CMDQ_CONS", A_SMMU_CMDQ_CONS, 4, .guard = CMDQEN,
      .rw = R_SMMU_Q_PTR_POINTER_MASK },
    { "EVENTQ_BASE", A_SMMU_EVENTQ_BASE, 8, .guard = EVENTQEN,
      .address = true, .rw = QUEUE_BASE },
    { "EVENTQ_PROD", PAGE_1(A_SMMU_EVENTQ_PROD), 4,
      .guard = EVENTQEN, .rw = POINTER },
    { "EVENTQ_CONS", PAGE_1(A_SMMU_EVENTQ_CONS), 4, .rw = POINTER,
      .written = eventq_cons_written },
    IRQ_ROWS(EVENTQ, MSI, EVENTQ_IRQEN, 0),
    { "PRIQ_BASE", A_SMMU_PRIQ_BASE, 8, PRI, PRIQEN,
      .address = true, .rw = QUEUE_BASE },
    { "PRIQ_PROD", PAGE_1(A_SMMU_PRIQ_PROD), 4, PRI, PRIQEN,
      .rw = POINTER },
    { "PRIQ_CONS", PAGE_1(A_SMMU_PRIQ_CONS), 4, PRI, .rw = POINTER },
    IRQ_ROWS(PRIQ, PRI_MSI, PRIQ_IRQEN, R_SMMU_IRQ_CFG2_LO_MASK),
};

static bool is_present(const SvaSmmu *smmu, const RegRow *row)
{
    const SvaSmmuConfig *c = &smmu->config;

    switch (row->feature) {
    case MSI:
        return c->msi;
    case PRI:
        return c->pri;
    case PRI_MSI:
        return c->pri && c->msi;
    default:
        return true;
    }
}

/* Bits of a register that are reserved without a feature. */
static uint64_t absent_bits(const SvaSmmu *smmu, unsigned off)
{
    const SvaSmmuConfig *c = &smmu->config;
    uint32_t bits = 0;

    switch (off) {
    case A_SMMU_CR0:
        bits |= c->pri ? 0 : R_SMMU_CR0_PRIQEN_MASK;
        bits |= c->ats ? 0 : R_SMMU_CR0_ATSCHK_MASK;
        break;
    case A_SMMU_CR2:
        bits |= c->stage1 && c->stage2 ? 0 : R_SMMU_CR2_E2H_MASK;
        break;
    case A_SMMU_IRQ_CTRL:
        bits |= c->pri ? 0 : R_SMMU_IRQ_CTRL_PRIQ_MASK;
        break;
    case A_SMMU_GERRORN:
        bits |= c->pri ? 0 : R_SMMU_GERROR_PRIQ_MASK;
        bits |= c->pri && c->msi ? 0 : R_SMMU_GERROR_MSI_PRIQ_MASK;
        bits |= c->msi ? 0 : R_SMMU_GERROR_MSI_CMDQ_MASK |
                R_SMMU_GERROR_MSI_EVENTQ_MASK | R_SMMU_GERROR_MSI_GERROR_MASK;
        break;
    case A_SMMU_PRIQ_IRQ_CFG0 + SVA_SMMU_IRQ_CFG2:
        bits |= c->msi ? 0 : SVA_SMMU_IRQ_CFG2_ATTR;
        break;
    default:
        break;
    }
    return bits;
}

static uint64_t implemented(const SvaSmmu *smmu, const RegRow *row)
{
    uint64_t above = ~0ull << smmu->config.oas & ~R_SMMU_Q_BASE_HINT_MASK;

    return row->rw & ~absent_bits(smmu, row->offset) &
           ~(row->address ? above : 0);
}

static uint32_t either(const SvaSmmu *smmu, unsigned off)
{
    return sva_smmu_reg32(smmu, off) | sva_smmu_reg32(smmu, off + 4);
}

/* Bits of @row that may be written now. */
static uint64_t open_bits(const SvaSmmu *smmu, const RegRow *row,
                          uint32_t val)
{
    uint32_t cr0 = either(smmu, A_SMMU_CR0);
    uint32_t irq = either(smmu, A_SMMU_IRQ_CTRL);
    bool closed = false;

    switch (row->guard) {
    case SMMUEN:
        closed = cr0 & R_SMMU_CR0_SMMUEN_MASK;
        break;
    case CMDQEN:
        closed = cr0 & R_SMMU_CR0_CMDQEN_MASK;
        break;
    case EVENTQEN:
        closed = cr0 & R_SMMU_CR0_EVENTQEN_MASK;
        break;
    case PRIQEN:
        closed = cr0 & R_SMMU_CR0_PRIQEN_MASK;
        break;
    case GERROR_IRQEN:
        closed = irq & R_SMMU_IRQ_CTRL_GERROR_MASK;
        break;
    case EVENTQ_IRQEN:
        closed = irq & R_SMMU_IRQ_CTRL_EVENTQ_MASK;
        break;
    case PRIQ_IRQEN:
        closed = irq & R_SMMU_IRQ_CTRL_PRIQ_MASK;
        break;
    case UPDATE:
        closed = !(val & R_SMMU_GBPA_UPDATE_MASK);
        break;
    case BY_FIELD:
        return (cr0 & R_SMMU_CR0_SMMUEN_MASK ? 0 : SVA_SMMU_CR1_TABLE) |
               (cr0 & (R_SMMU_CR0_CMDQEN_MASK | R_SMMU_CR0_EVENTQEN_MASK |
                       R_SMMU_CR0_PRIQEN_MASK) ? 0 : SVA_SMMU_CR1_QUEUE);
    default:
        break;
    }
    return closed ? 0 : implemented(smmu, row);
}

void sva_smmu_regs_reset(SvaSmmu *smmu)
{
    const SvaSmmuConfig *c = &smmu->config;

    memset(smmu->regs, 0, sizeof(smmu->regs));
    sva_smmu_set32(smmu, A_SMMU_IDR0, sva_smmu_idr0_value(c));
    sva_smmu_set32(smmu, A_SMMU_IDR1, sva_smmu_idr1_value(c));
    sva_smmu_set32(smmu, A_SMMU_IDR3, sva_smmu_idr3_value(c));
    sva_smmu_set32(smmu, A_SMMU_IDR5, sva_smmu_idr5_value(c));
    sva_smmu_set32(smmu, A_SMMU_AIDR, sva_smmu_aidr_value(c));
    sva_smmu_set32(smmu, A_SMMU_GBPA, SVA_SMMU_GBPA_RESET);
}

/* The row of a word, or NULL; @half: 4 in the upper half of a register. */
static const RegRow *row_at(const SvaSmmu *smmu, unsigned off,
                            unsigned *half)
{
    unsigned i;

    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (off - rows[i].offset < rows[i].size) {
            *half = off - rows[i].offset;
            return is_present(smmu, &rows[i]) ? &rows[i] : NULL;
        }
    }
    return NULL;
}

/* Bits of the word at @off that can ever be set, but for constants. */
uint32_t sva_smmu_regs_writable(const SvaSmmu *smmu, unsigned off)
{
    unsigned half;
    const RegRow *row = row_at(smmu, off, &half);

    return row ? implemented(smmu, row) >> (half * 8) : 0;
}

static void write_word(SvaSmmu *smmu, uint64_t off, uint32_t val)
{
    const RegRow *row;
    uint32_t rw, old;
    unsigned half;

    off &= SVA_SMMU_PAGE_OFFSET;
    row = row_at(smmu, off, &half);
    if (!row) {
        sva_guest_error(smmu->iommu.env, "smmuv3: write of 0x%" PRIx32
                        " to reserved register 0x%x", val, (unsigned)off);
        return;
    }
    rw = open_bits(smmu, row, val) >> (half * 8);
    if (!rw && row->guard != OPEN && row->guard != UPDATE) {
        sva_guest_error(smmu->iommu.env, "smmuv3: write of 0x%" PRIx32
                        " to %s, which is in use", val, row->name);
    }
    old = sva_smmu_reg32(smmu, off);
    sva_smmu_set32(smmu, off, (old & ~rw) | (val & rw));
    if (row->written) {
        row->written(smmu, old);
    }
}

/* Bits of a pointer that the unit writes as 0: above the wrap bit (6.3.28). */
static uint32_t missing_bits(const SvaSmmu *smmu, uint64_t off)
{
    SvaSmmuQueue q;

    switch (off) {
    case A_SMMU_CMDQ_CONS:
        q = sva_smmu_cmdq(smmu);
        break;
    case PAGE_1(A_SMMU_EVENTQ_PROD):
        q = sva_smmu_eventq(smmu);
        break;
    case PAGE_1(A_SMMU_PRIQ_PROD):
        q = sva_smmu_priq(smmu);
        break;
    default:
        return 0;
    }
    return R_SMMU_Q_PTR_POINTER_MASK & ~sva_smmu_queue_mask(&q);
}

static uint32_t read_word(const SvaSmmu *smmu, uint64_t off)
{
    off &= SVA_SMMU_PAGE_OFFSET;
    return off < SVA_SMMU_REG_BYTES
           ? sva_smmu_reg32(smmu, off) & ~missing_bits(smmu, off) : 0;
}

static bool is_valid_access(SvaSmmu *smmu, uint64_t off, unsigned size)
{
    if ((size == 4 || size == 8) && !(off & (size - 1)) &&
        off <= SVA_SMMU_MMIO_BYTES - size) {
        return true;
    }
    sva_guest_error(smmu->iommu.env, "smmuv3: register access of %u bytes "
                    "at 0x%" PRIx64, size, off);
    return false;
}

uint64_t sva_smmu_mmio_read(SvaSmmu *smmu, uint64_t off, unsigned size)
{
    uint64_t val;

    if (!is_valid_access(smmu, off, size)) {
        return 0;
    }
    val = read_word(smmu, off);
    if (size == 8) {
        val |= (uint64_t)read_word(smmu, off + 4) << 32;
    }
    return val;
}

void sva_smmu_mmio_write(SvaSmmu *smmu, uint64_t off, uint64_t val,
                         unsigned size)
{
    if (!is_valid_access(smmu, off, size)) {
        return;
    }
    write_word(smmu, off, val);
    if (size == 8) {
        write_word(smmu, off + 4, val >> 32);
    }
}
