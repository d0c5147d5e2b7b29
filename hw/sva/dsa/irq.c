/*
 * sva-dsa: interrupts and their handles
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "irq.h"

static void irq_send(SvaDsa *dsa, unsigned vector)
{
    SvaPort *port = dsa->fn.port;

    sva_dsa_count(dsa, DSA_CNT_INTERRUPTS);
    port->ops->interrupt(port, vector);
}

void sva_dsa_irq_cause(SvaDsa *dsa, uint32_t cause)
{
    dsa->intcause |= cause;
    irq_send(dsa, 0);
}

/* The entry of the table that @handle stands for; @vectors: none. */
static unsigned handle_vector(const SvaDsa *dsa, uint16_t handle)
{
    unsigned vectors = dsa->config.vectors;
    unsigned vector = handle;

    if (dsa->config.int_handles) {
        if (handle < DSA_HANDLE_BASE) {
            return vectors;
        }
        vector = handle - DSA_HANDLE_BASE;
        if (vector < vectors && !dsa->handle_given[vector]) {
            return vectors;
        }
    }
    return MIN(vector, vectors);
}

bool sva_dsa_irq_handle_valid(const SvaDsa *dsa, uint16_t handle)
{
    return handle_vector(dsa, handle) < dsa->config.vectors;
}

bool sva_dsa_irq_handle_ok(const DsaSlot *slot, uint16_t handle)
{
    const SvaDsa *dsa = slot->dsa;
    unsigned vector = handle_vector(dsa, handle);
    uint32_t perm;

    if (vector >= dsa->config.vectors) {
        return false;
    }
    perm = dsa->msixperm[vector];
    if (!(perm & DSA_MSIXPERM_PASID_EN) == slot->pasid.valid) {
        return false;
    }
    return !slot->pasid.valid ||
           perm >> DSA_MSIXPERM_PASID_SHIFT == slot->pasid.id;
}

void sva_dsa_irq_completion(SvaDsa *dsa, uint16_t handle)
{
    unsigned vector = handle_vector(dsa, handle);

    if (vector < dsa->config.vectors &&
        !(dsa->msixperm[vector] & DSA_MSIXPERM_IGNORE)) {
        irq_send(dsa, vector);
    }
}

void sva_dsa_irq_handle(SvaDsa *dsa, uint16_t handle)
{
    unsigned vector = handle_vector(dsa, handle);

    if (vector < dsa->config.vectors) {
        irq_send(dsa, vector);
    }
}

uint8_t sva_dsa_handle_request(SvaDsa *dsa, uint32_t operand,
                               uint16_t *handle)
{
    uint32_t index = operand & 0xffff;

    if (operand & DSA_CMD_TABLE_IMS || index >= dsa->config.vectors) {
        return DSA_CE_INT_INDEX;
    }
    dsa->handle_given[index] = true;
    *handle = (uint16_t)(DSA_HANDLE_BASE + index);
    return DSA_CE_OK;
}

/*
 * Table 9-5 has the index of the table for operand, section 3.15 the handle,
 * and so has Linux; the numbers tell which it is.
 */
uint8_t sva_dsa_handle_release(SvaDsa *dsa, uint32_t operand)
{
    uint32_t index = operand & 0xffff;

    index -= index >= DSA_HANDLE_BASE ? DSA_HANDLE_BASE : 0;
    if (operand & DSA_CMD_TABLE_IMS || index >= dsa->config.vectors) {
        return DSA_CE_INT_INDEX;
    }
    dsa->handle_given[index] = false;
    return DSA_CE_OK;
}
