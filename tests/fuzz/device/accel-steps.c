/*
 * What the guest does to the accelerator
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>
#include "guest.h"
#include "hw/sva/accel-abi.h"

static unsigned any_context(Guest *g)
{
    return guest_below(g, 16) ? guest_below(g, CONTEXTS)
                              : guest_below(g, 70);
}

static void write_register(Guest *g)
{
    unsigned size = guest_below(g, 8) ? 4 << guest_below(g, 2)
                                      : 1 << guest_below(g, 4);
    unsigned off = guest_below(g, 4)
                   ? SVA_CTX(any_context(g), guest_below(g, 0x20) * 4)
                   : guest_below(g, 2) ? guest_below(g, 16) * 4
                                       : guest_below(g, 0x8000);

    machine_write(g->m, BAR0 + off, guest_word(g), size);
}

static void read_register(Guest *g)
{
    uint64_t at = guest_below(g, 2) ? BAR0 + guest_below(g, 0x8000)
                                    : BAR2 + guest_below(g, 0x40000);

    machine_read(g->m, at, NULL, 1 << guest_below(g, 4));
}

static void setup_sanely(Guest *g)
{
    guest_setup_context(g, guest_below(g, CONTEXTS), guest_below(g, 12));
}

static void setup(Guest *g)
{
    unsigned n = guest_below(g, CONTEXTS), pasid = guest_below(g, 5);

    guest_accel32(g, SVA_CTX(n, SVA_CTX_CFG),
                  (pasid ? SVA_CFG_PASID_EN | (pasid & 3) : 0) |
                  guest_below(g, 4) << SVA_CFG_MODE_SHIFT);
    guest_accel64(g, SVA_CTX(n, SVA_CTX_RING_BASE), guest_below(g, 4)
                  ? (pasid ? VA : POOL) + ((uint64_t)(RING + n) << 12)
                  : guest_place(g));
    guest_accel32(g, SVA_CTX(n, SVA_CTX_RING_SIZE), guest_below(g, 8));
    guest_accel32(g, SVA_CTX(n, SVA_CTX_CMD), SVA_CMD_ENABLE);
    g->tail[n] = 0;
}

static void command(Guest *g)
{
    guest_accel32(g, SVA_CTX(any_context(g), SVA_CTX_CMD),
                  guest_below(g, 5));
}

static uint64_t any_size(Guest *g)
{
    static const uint64_t sizes[] = {
        8, 64, 0x1000, 0x1008, 0x4000, 0x8000, 1ull << 20, 1ull << 40,
        1, 7, 0, (1ull << 40) + 8, ~0ull,
    };

    return sizes[guest_below(g, guest_below(g, 4) ? 6
                                                  : G_N_ELEMENTS(sizes))];
}

/* A descriptor as it should be, but for its addresses. */
static struct sva_desc make_descriptor(Guest *g, unsigned n)
{
    struct sva_desc d = {
        .opcode = guest_below(g, SVA_OP_MAX),
        .flags = guest_rnd(g) & 7,
        .id = g->tail[n],
        .src = guest_va(g, g->base[n]),
        .dst = guest_va(g, g->base[n]),
        .size = any_size(g),
        .completion = g->base[n] + (RECORDS << 12) + n * 0x400 +
                      g->tail[n] % 32 * 32,
    };

    switch (d.opcode) {
    case SVA_OP_NOP:
        d.src = d.dst = d.size = 0;
        break;
    case SVA_OP_TOUCH:
        d.flags |= guest_rnd(g) & (SVA_DF_TOUCH_WRITE | SVA_DF_KEEP_GOING);
        d.stride = 8ull << guest_below(g, 12);
        d.rounds = guest_below(g, 4);
        d.interval = guest_below(g, 3);
        break;
    case SVA_OP_DELAY:
        d.src = d.dst = 0;
        break;
    case SVA_OP_FETCH_ADD:
    case SVA_OP_COMPARE_SWAP:
        d.size = 8;
        break;
    default:
        break;
    }
    return d;
}

/* Into the ring where it is by default, whatever the context uses. */
static void descriptor(Guest *g)
{
    unsigned n = guest_below(g, CONTEXTS);
    struct sva_desc d;
    uint64_t words[8], at;

    if (g->context[n] != SVA_CTX_ENABLED && guest_below(g, 4)) {
        guest_setup_context(g, n, guest_below(g, 12));
        g->context[n] = SVA_CTX_ENABLED;
    }
    d = make_descriptor(g, n);
    memcpy(words, &d, sizeof(words));
    if (guest_below(g, 4) == 0) {
        words[guest_below(g, 8)] = guest_word(g);
    }
    at = page(RING + n) + g->tail[n] % 64 * 64;
    for (unsigned i = 0; i < G_N_ELEMENTS(words); i++) {
        guest_put64(g, at + i * 8, words[i]);
    }
    g->tail[n]++;
    if (guest_below(g, 4)) {
        machine_write(g->m, BAR2 + n * SVA_DB_STRIDE, g->tail[n], 4);
    }
}

static void doorbell(Guest *g)
{
    machine_write(g->m, BAR2 + any_context(g) * SVA_DB_STRIDE +
                        (guest_below(g, 8) ? 0 : guest_below(g, 16)),
                  guest_word(g), 1 << guest_below(g, 4));
}

static void hold(Guest *g)
{
    unsigned n = guest_below(g, CONTEXTS);

    guest_accel32(g, SVA_CTX(n, guest_below(g, 2) ? SVA_CTX_BREAK_MASK
                                                  : SVA_CTX_RELEASE),
                  guest_below(g, 2) ? guest_below(g, 0x40) : 0);
}

static void inject(Guest *g)
{
    unsigned n = guest_below(g, CONTEXTS);

    switch (guest_below(g, 4)) {
    case 0:
        guest_accel32(g, SVA_REG_INJECT, guest_below(g, 8));
        guest_accel32(g, SVA_REG_INVAL_DELAY, guest_below(g, 3));
        break;
    case 1:
        guest_accel32(g, SVA_CTX(n, SVA_CTX_INJECT), 0);
        break;
    default:
        guest_accel32(g, SVA_CTX(n, SVA_CTX_STOP_DELAY), guest_below(g, 3));
        guest_accel32(g, SVA_CTX(n, SVA_CTX_INJECT), guest_below(g, 0x200));
        break;
    }
}

/* Requests of all kinds to all places, its own registers among them. */
static void probe(Guest *g)
{
    unsigned n = guest_below(g, CONTEXTS);

    guest_accel32(g, SVA_CTX(n, SVA_CTX_PROBE_PASID), guest_below(g, 4)
                  ? SVA_CFG_PASID_EN | guest_below(g, 5)
                  : guest_rnd(g) & 0x1fffff);
    guest_accel64(g, SVA_CTX(n, SVA_CTX_PROBE_ADDR),
                  guest_below(g, 2) ? guest_va(g, g->base[n])
                                    : guest_place(g));
    guest_accel64(g, SVA_CTX(n, SVA_CTX_PROBE_DATA), guest_word(g));
    guest_accel32(g, SVA_CTX(n, SVA_CTX_PROBE_CTRL),
                  guest_below(g, 9) | (guest_below(g, 2) ? 0x100 : 0));
}

static void configure(Guest *g)
{
    guest_configure(g, ACCEL_CFG);
    if (guest_below(g, 4)) {
        guest_setup_function(g);
    }
}

/* MSI-X: its table is in BAR 4. */
static void vectors(Guest *g)
{
    if (guest_below(g, 4) == 0) {
        machine_write(g->m, BAR4 + guest_below(g, 0x1000), guest_word(g),
                      1 << guest_below(g, 4));
        return;
    }
    guest_vector(g, ACCEL_CFG, BAR4);
    guest_accel32(g, SVA_REG_IRQ_MASK, guest_below(g, 4));
    guest_accel32(g, SVA_CTX(guest_below(g, CONTEXTS), SVA_CTX_VECTOR),
                  guest_below(g, 70));
}

static void function_reset(Guest *g)
{
    if (guest_below(g, 2)) {
        guest_reset_function(g, ACCEL_CFG);
    } else {
        guest_accel32(g, SVA_REG_CTRL, SVA_CTRL_RESET);
    }
    guest_setup_function(g);
    for (unsigned i = 0; i < CONTEXTS; i++) {
        g->context[i] = SVA_CTX_DISABLED;
    }
}

static void spend_time(Guest *g)
{
    static const int64_t times[] = {
        1, 1000, 3000, 20000, 20000, 50000, 200000, 2000000,
    };

    machine_step(g->m, guest_pick(g, times));
}

void guest_accel_step(Guest *g)
{
    static void (*const steps[])(Guest *) = {
        write_register, write_register, read_register, setup_sanely, setup,
        command, descriptor, descriptor, descriptor, descriptor, descriptor,
        descriptor, descriptor, descriptor, descriptor, descriptor, doorbell,
        hold, hold, inject, probe, probe, probe, configure,
        guest_setup_function, vectors, vectors, function_reset, spend_time,
        spend_time, spend_time, spend_time,
    };

    guest_pick(g, steps)(g);
}
