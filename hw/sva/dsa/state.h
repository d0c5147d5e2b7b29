/*
 * sva-dsa: its state, to be saved and restored
 *
 * Built on the saved state of the endpoint library, whose rules hold here as
 * well.  Whoever changes the meaning of a member changes the version.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_DSA_STATE_H
#define HW_SVA_DSA_STATE_H

#include "../endpoint/state.h"
#include "model.h"

#define SVA_DSA_STATE_VERSION 1
#define SVA_DSA_OPTIONS 7

/* DsaSlotSaved.flags */
#define DSA_SAVED_QUIT          (1u << 0)
#define DSA_SAVED_PRIV          (1u << 1)
#define DSA_SAVED_IN_BATCH      (1u << 2)
#define DSA_SAVED_BATCH_FAILED  (1u << 3)
#define DSA_SAVED_BATCH_EVENT   (1u << 4)
#define DSA_SAVED_EVENT_RECORD  (1u << 5)
#define DSA_SAVED_EVENT_FIRST   (1u << 6)
#define DSA_SAVED_XFER_WRITE    (1u << 7)
#define DSA_SAVED_XFER_BLOCK    (1u << 8)
#define DSA_SAVED_XFER_EVENT    (1u << 9)
#define DSA_SAVED_XFER_ACTIVE   (1u << 10)
#define DSA_SAVED_REVERSE       (1u << 11)
#define DSA_SAVED_ALONE         (1u << 12)
#define DSA_SAVED_FAULT_MASKED  (1u << 13)
#define DSA_SAVED_MASKED(side)  (1u << (14 + (side)))
#define DSA_SAVED_FLAGS         0xffffu

/* SvaDsaSaved.flags */
#define DSA_SAVED_CMD_BEGUN     (1u << 0)

/* A PASID: its number, and the next bit if there is one. */
#define DSA_SAVED_PASID_VALID   (1u << SVA_PASID_BITS)

typedef struct DsaEntrySaved {
    uint8_t desc[DSA_DESC_BYTES];
    uint64_t seq;
    uint8_t portal;
} DsaEntrySaved;

typedef struct DsaWqSaved {
    uint64_t cfg[DSA_WQ_WORDS];
    uint32_t count;
    uint8_t state;
    uint8_t turns;
} DsaWqSaved;

/* All of it is 0 if the slot is idle; @buf: what descriptors work with. */
typedef struct DsaSlotSaved {
    uint8_t phase;
    uint8_t wq;
    uint8_t portal;
    uint8_t status;
    uint8_t operand;
    uint8_t part;
    uint8_t event;
    uint8_t xfer_operand;
    uint8_t xfer_mode;
    uint8_t op_part;
    uint8_t op_result;
    uint32_t flags;
    uint32_t pasid;
    uint32_t batch_index;
    uint32_t bad_flags;
    uint32_t xfer_offset;
    uint32_t xfer_len;
    uint32_t xfer_done;
    uint32_t op_pos;
    uint32_t op_out;
    uint32_t op_step;
    uint32_t op_count;
    uint32_t ref[2];
    uint16_t app[2];
    uint32_t xfer_pasid;
    uint32_t domain_pasid[2];
    uint16_t domain_handle[2];
    uint16_t fault_handle;
    uint64_t domain_shift[2];
    uint64_t seq;
    uint64_t fault_addr;
    uint64_t xfer_addr;
    uint64_t crc;
    SvaPageGroupSaved group;
    uint8_t stage;
    uint8_t passed;
    uint8_t retries;
    uint8_t code;
    uint8_t action;
    uint32_t cookie;
    uint8_t raw[DSA_DESC_BYTES];
    uint8_t batch[DSA_DESC_BYTES];
    uint8_t buf[DSA_BUF_SIZE];
} DsaSlotSaved;

/*
 * @options: what the properties of the device say
 * @entries: descriptors of WQ 0, oldest first, then those of WQ 1, ...
 */
typedef struct SvaDsaSaved {
    uint32_t version;
    uint32_t options[SVA_DSA_OPTIONS];
    SvaFunctionSaved fn;
    uint32_t flags;
    uint32_t gencfg;
    uint32_t genctrl;
    uint32_t intcause;
    uint32_t cmd;
    uint32_t cmdsts;
    uint32_t filter_pasid;
    uint64_t filter_wqs;
    uint64_t filter_before;
    uint64_t swerr[4];
    uint64_t evlcfg[2];
    uint64_t evlsts;
    uint64_t seq;
    uint64_t counter[DSA_COUNTERS];
    uint8_t state;
    uint8_t handle_given[DSA_VECTORS_MAX];
    uint8_t next_wq[DSA_GROUPS_MAX];
    uint32_t msixperm[DSA_VECTORS_MAX];
    uint64_t idpt[DSA_IDPT_ENTRIES * DSA_IDPT_WORDS];
    uint64_t grpcfg[DSA_GROUPS_MAX * DSA_GRP_WORDS];
    DsaWqSaved wq[DSA_WQS_MAX];
    uint32_t entry_count;
    DsaEntrySaved entries[DSA_WQ_SIZE_MAX];
    uint32_t slots;
    DsaSlotSaved slot[];
} SvaDsaSaved;

/* Room for the state, zeros; g_free() frees it. */
SvaDsaSaved *sva_dsa_saved_new(const SvaDsa *dsa);
size_t sva_dsa_saved_size(const SvaDsa *dsa);
void sva_dsa_save(SvaDsa *dsa, SvaDsaSaved *out);

/* NULL, or why @in cannot be taken; the device is reset then. */
const char *sva_dsa_load(SvaDsa *dsa, const SvaDsaSaved *in);

/* Of state-slot.c */
void sva_dsa_slot_save(const DsaSlot *slot, DsaSlotSaved *out);
const char *sva_dsa_slot_load(DsaSlot *slot, const DsaSlotSaved *in);

static inline uint32_t dsa_pasid_save(SvaPasid pasid)
{
    return pasid.valid ? pasid.id | DSA_SAVED_PASID_VALID : 0;
}

static inline bool dsa_pasid_load(uint32_t in, SvaPasid *pasid)
{
    *pasid = in & DSA_SAVED_PASID_VALID ? sva_pasid(in) : SVA_NO_PASID;
    return in == dsa_pasid_save(*pasid);
}

#endif
