/*
 * sva-dsa: registers in BAR0 (9.2)
 *
 * All of them are words of 8 bytes here; a smaller access is one to some of
 * the bits.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "command.h"
#include "config.h"
#include "descriptor.h"
#include "domain.h"
#include "run-queue.h"

G_STATIC_ASSERT(DSA_MSIXPERM + DSA_VECTORS_MAX * 8 <= DSA_GRPCFG);
G_STATIC_ASSERT(DSA_GRPCFG + DSA_GROUPS_MAX * 64 <= DSA_WQCFG);
G_STATIC_ASSERT(DSA_WQCFG + DSA_WQS_MAX * 64 <= DSA_IDPT);
G_STATIC_ASSERT(DSA_IDPT + DSA_IDPT_ENTRIES * 32 <= DSA_DUMMY);

/* -- capabilities -- */

static uint64_t gencap(const SvaDsa *dsa)
{
    return DSA_GENCAP_BLOCK_ON_FAULT | DSA_GENCAP_OVERLAP |
           DSA_GENCAP_CACHE_CONTROL | DSA_GENCAP_CMDCAP |
           DSA_GENCAP_INTER_DOMAIN | DSA_GENCAP_STRIDE |
           DSA_GENCAP_READBACK | DSA_GENCAP_DRAIN_READBACK |
           DSA_GENCAP_FILL16 | DSA_GENCAP_CRC64 | DSA_GENCAP_FAULT_INFO |
           DSA_GENCAP_EVL_64 | DSA_GENCAP_BATCH_GO_ON |
           (uint64_t)dsa->config.xfer_shift << DSA_GENCAP_XFER_SHIFT |
           (uint64_t)dsa->config.batch_shift << DSA_GENCAP_BATCH_SHIFT |
           DSA_GENCAP_CONFIG;
}

static uint64_t wqcap(const SvaDsa *dsa)
{
    return dsa->config.wq_size |
           (uint64_t)dsa->config.wqs << DSA_WQCAP_COUNT_SHIFT |
           DSA_WQCAP_CFG_64 | DSA_WQCAP_SHARED | DSA_WQCAP_DEDICATED |
           DSA_WQCAP_ATS | DSA_WQCAP_PRIORITY | DSA_WQCAP_OCCUPANCY |
           DSA_WQCAP_OCCUPANCY_INT | DSA_WQCAP_OPCFG | DSA_WQCAP_PRS;
}

static uint64_t grpcap(const SvaDsa *dsa)
{
    return dsa->config.groups |
           (uint64_t)DSA_READ_BUFFERS << DSA_GRPCAP_RDBUFS_SHIFT |
           DSA_GRPCAP_RDBUF_CTRL | DSA_GRPCAP_RDBUF_LIMIT |
           DSA_GRPCAP_PROGRESS;
}

static uint64_t engcap(const SvaDsa *dsa)
{
    return dsa->config.engines |
           (uint64_t)DSA_WORK_SLOTS << DSA_ENGCAP_WORK_SHIFT |
           (uint64_t)DSA_BATCH_SLOTS << DSA_ENGCAP_BATCH_SHIFT;
}

static uint64_t opcap_word(unsigned n)
{
    uint64_t words[4];

    sva_dsa_opcap(words);
    return words[n];
}

/* 9.2.7: in units of 0x100; there is no IMS and no Perfmon. */
static uint64_t table_offsets(void)
{
    return DSA_GRPCFG / 0x100 | (uint64_t)(DSA_WQCFG / 0x100) << 16 |
           (uint64_t)(DSA_MSIXPERM / 0x100) << 32;
}

/* No entry has a bitmap of submitters. */
static uint64_t idcap(void)
{
    return DSA_IDCAP_SASS |
           (uint64_t)DSA_IDPT_ENTRIES << DSA_IDCAP_SIZE_SHIFT |
           DSA_IDCAP_OFFSET_MODE | DSA_IDCAP_NO_DRAIN;
}

/* -- reading -- */

static uint64_t read_table(const SvaDsa *dsa, uint64_t offset)
{
    uint64_t index = offset % 0x1000 / 64;
    unsigned word = offset % 64 / 8;

    if (offset >= DSA_MSIXPERM &&
        offset < DSA_MSIXPERM + dsa->config.vectors * 8) {
        return dsa->msixperm[(offset - DSA_MSIXPERM) / 8];
    }
    if (offset >= DSA_GRPCFG && offset < DSA_WQCFG &&
        index < dsa->config.groups) {
        return dsa->grpcfg[index][word];
    }
    if (offset >= DSA_WQCFG && offset < DSA_WQCFG + 0x1000 &&
        index < dsa->config.wqs) {
        return sva_dsa_config_read_wq(dsa, (unsigned)index, word);
    }
    if (offset >= DSA_IDPT && offset < DSA_IDPT + sizeof(dsa->idpt)) {
        return dsa->idpt[(offset - DSA_IDPT) / 32][word % 4];
    }
    return 0;
}

static uint64_t read_word(const SvaDsa *dsa, uint64_t offset)
{
    switch (offset) {
    case DSA_VERSION:
        return DSA_VERSION_2_0;
    case DSA_GENCAP:
        return gencap(dsa);
    case DSA_WQCAP:
        return wqcap(dsa);
    case DSA_GRPCAP:
        return grpcap(dsa);
    case DSA_ENGCAP:
        return engcap(dsa);
    case DSA_OPCAP ... DSA_OPCAP + 24:
        return opcap_word((unsigned)(offset - DSA_OPCAP) / 8);
    case DSA_OFFSETS:
        return table_offsets();
    case DSA_OFFSETS + 8:
        return (uint64_t)(DSA_IDPT / 0x100) << 16;
    case DSA_IDCAP:
        return idcap();
    case DSA_GENCFG:
        return dsa->gencfg;
    case DSA_GENCTRL:
        return dsa->genctrl;
    case DSA_GENSTS:
        return dsa->state;
    case DSA_INTCAUSE:
        return dsa->intcause;
    case DSA_CMDSTS:
        return dsa->cmdsts;
    case DSA_CMDCAP:
        return sva_dsa_cmdcap(dsa);
    case DSA_SWERR ... DSA_SWERR + 24:
        return dsa->swerr[(offset - DSA_SWERR) / 8];
    case DSA_EVLCFG ... DSA_EVLCFG + 8:
        return dsa->evlcfg[(offset - DSA_EVLCFG) / 8];
    case DSA_EVLSTS:
        return dsa->evlsts;
    default:
        return read_table(dsa, offset);
    }
}

/* -- writing -- */

static uint64_t merge(uint64_t old, uint64_t value, uint64_t mask)
{
    return (old & ~mask) | (value & mask);
}

/* The head is software's; room may make an event go on. */
static void write_evlsts(SvaDsa *dsa, uint64_t value, uint64_t mask)
{
    dsa->evlsts = merge(dsa->evlsts, value, mask & 0xffff);
    dsa->evlsts &= ~(value & mask & DSA_EVLSTS_PENDING);
    dsa->kick = true;
    sva_dsa_arm(dsa, 0);
}

static void write_table(SvaDsa *dsa, uint64_t offset, uint64_t value,
                        uint64_t mask)
{
    uint64_t index = offset % 0x1000 / 64;
    unsigned word = offset % 64 / 8;

    if (offset >= DSA_MSIXPERM &&
        offset < DSA_MSIXPERM + dsa->config.vectors * 8) {
        uint32_t *perm = &dsa->msixperm[(offset - DSA_MSIXPERM) / 8];

        *perm = (uint32_t)merge(*perm, value, mask & DSA_MSIXPERM_WRITABLE);
    } else if (offset >= DSA_GRPCFG && offset < DSA_WQCFG &&
               index < dsa->config.groups && dsa->state == DSA_DISABLED) {
        dsa->grpcfg[index][word] =
            merge(dsa->grpcfg[index][word], value,
                  mask & sva_dsa_config_group_mask(word));
    } else if (offset >= DSA_WQCFG && offset < DSA_WQCFG + 0x1000 &&
               index < dsa->config.wqs) {
        sva_dsa_config_write_wq(dsa, (unsigned)index, word, value, mask);
    } else if (offset >= DSA_IDPT &&
               offset < DSA_IDPT + sizeof(dsa->idpt)) {
        sva_dsa_domain_write(dsa, (unsigned)(offset - DSA_IDPT) / 32,
                             word % 4, value, mask);
    }
}

/* Read-only while the device is not Disabled (Table 9-4). */
static void write_locked(SvaDsa *dsa, uint64_t offset, uint64_t value,
                         uint64_t mask)
{
    if (dsa->state != DSA_DISABLED) {
        return;
    }
    switch (offset) {
    case DSA_GENCFG:
        dsa->gencfg = (uint32_t)merge(dsa->gencfg, value,
                                      mask & DSA_GENCFG_WRITABLE);
        break;
    case DSA_EVLCFG:
        dsa->evlcfg[0] = merge(dsa->evlcfg[0], value,
                               mask & DSA_EVLCFG_WRITABLE0);
        break;
    case DSA_EVLCFG + 8:
    default:
        dsa->evlcfg[1] = merge(dsa->evlcfg[1], value,
                               mask & DSA_EVLCFG_WRITABLE1);
        break;
    }
}

static void write_word(SvaDsa *dsa, uint64_t offset, uint64_t value,
                       uint64_t mask)
{
    switch (offset) {
    case DSA_GENCFG:
    case DSA_EVLCFG ... DSA_EVLCFG + 8:
        write_locked(dsa, offset, value, mask);
        break;
    case DSA_GENCTRL:
        dsa->genctrl = (uint32_t)merge(dsa->genctrl, value,
                                       mask & DSA_GENCTRL_WRITABLE);
        break;
    case DSA_INTCAUSE:
        dsa->intcause &= ~(uint32_t)(value & mask);
        break;
    case DSA_CMD:
        if (mask & 0xffffffff) {
            sva_dsa_command(dsa, (uint32_t)(value & mask));
        }
        break;
    case DSA_SWERR:
        dsa->swerr[0] &= ~(value & mask & (DSA_ERR_VALID | DSA_ERR_OVERFLOW));
        break;
    case DSA_EVLSTS:
        write_evlsts(dsa, value, mask);
        break;
    default:
        write_table(dsa, offset, value, mask);
        break;
    }
}

/* -- accesses (9.2) -- */

static bool access_ok(SvaDsa *dsa, uint64_t offset, unsigned size)
{
    if (dsa->fn.busy) {
        sva_guest_error(dsa->env, "sva-dsa: access to its own registers");
        return false;
    }
    if ((size != 1 && size != 2 && size != 4 && size != 8) ||
        offset % size) {
        sva_guest_error(dsa->env, "sva-dsa: access of %u bytes at offset "
                        "0x%" PRIx64, size, offset);
        return false;
    }
    return true;
}

static uint64_t size_mask(unsigned size)
{
    return size < 8 ? (1ull << size * 8) - 1 : UINT64_MAX;
}

uint64_t sva_dsa_read(SvaDsa *dsa, uint64_t offset, unsigned size)
{
    if (!access_ok(dsa, offset, size)) {
        return 0;
    }
    return read_word(dsa, offset & ~7ull) >> offset % 8 * 8 &
           size_mask(size);
}

void sva_dsa_write(SvaDsa *dsa, uint64_t offset, uint64_t value,
                   unsigned size)
{
    unsigned shift = offset % 8 * 8;

    if (access_ok(dsa, offset, size)) {
        write_word(dsa, offset & ~7ull, value << shift,
                   size_mask(size) << shift);
    }
}
