/*
 * A guest that knows the devices well and treats them badly
 *
 * Its memory is a pool of pages, each of which has a role: tables of all
 * kinds, queues, rings, data.  What it does is drawn from a sequence that its
 * seed determines: first the set-up of sane software, then registers, tables,
 * descriptors and configuration space with a taste for values that mean
 * something.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TESTS_FUZZ_DEVICE_GUEST_H
#define TESTS_FUZZ_DEVICE_GUEST_H

#include "machine.h"

/* Where things are; the accelerator is at 00:04.0, sva-dsa at 00:05.0. */
#define ACCEL_CFG   (board->ecam + (4 << 15))
#define ACCEL_RID   0x20
#define BAR0        (board->bars)
#define BAR2        (board->bars + 0x100000)
#define BAR4        (board->bars + 0x800000)
#define INTERRUPTS  (board->interrupts)

#define POOL        (board->pool)
#define POOL_PAGES  64
#define VA          0x7f1000000000ull   /* of the pool */
#define CONTEXTS    4

/* Where a long queue is, and its commands */
#define FLOOD       (board->ram_end - 0x100000)
#define FLOOD_COUNT 2048

/* Pages of the pool */
enum {
    ROOT, CONTEXT, CONTEXT_HI, DIRECTORY, PASIDS,
    FIRST, FIRST_3, FIRST_2, FIRST_1,
    SECOND, SECOND_3, SECOND_2, SECOND_1,
    QUEUE, PRQ, STATUS, IRTES, RECORDS,
    RING,                               /* one for each context */
    DATA = RING + CONTEXTS,
    DATA_PAGES = 8,
    DSA_LIST = DATA + DATA_PAGES, DSA_RECORDS, DSA_LOG,
    /* Disks and the slot, see neighbours.c, have 40 to 49. */
    PASS_DIRECTORY = 56, PASS_PASIDS,
};

/* What the unit has to say, as read after the last batch. */
typedef struct VtdNews {
    uint64_t iqh;
    uint64_t fsts;
    uint64_t pqh;
    uint64_t pqt;
    uint64_t request[2];                /* page request at PQH */
} VtdNews;

typedef struct SmmuNews {
    uint64_t cmdq_cons;
    uint64_t gerror;
    uint64_t gerrorn;
    uint64_t eventq[2];                 /* PROD, CONS */
    uint64_t priq[2];
    uint64_t event[2];                  /* at CONS */
    uint64_t request[2];
} SmmuNews;

/* As read after the last batch; @handle: of an interrupt. */
typedef struct DsaNews {
    uint64_t gensts;
    uint64_t cmdsts;
    uint64_t evlsts;
    uint64_t handle;
} DsaNews;

typedef struct Guest {
    Machine *m;
    uint64_t state;                     /* of the random sequence */
    uint32_t queue;                     /* where the next command goes */
    uint32_t tail[CONTEXTS];
    uint64_t base[CONTEXTS];            /* of the pool, as it sees it */
    uint32_t step;
    VtdNews vtd;
    SmmuNews smmu;
    DsaNews dsa;
    uint64_t context[CONTEXTS];         /* STATE, after the last batch */
    unsigned express;                   /* capability of the ports */
    uint16_t avail[2];                  /* index of each disk's ring */
    uint32_t slot_tail;
    uint32_t record;                    /* of sva-dsa, the next one */
} Guest;

/* A register and its value after a reset. */
typedef struct RegisterValue {
    uint32_t offset;
    uint32_t size;
    uint64_t value;
} RegisterValue;

/*
 * A machine type and its IOMMU.
 *
 * @options:   of QEMU, up to NULL
 * @odd:       addresses that are no memory, up to ~0
 * @registers: after a reset, up to size 0
 * @table, @leaf: flags of first-stage entries for all rights
 * @bare:      PASIDs, as a mask, for which the pool is where it is; 0 means
 *             without PASID
 * @setup_tables, @setup_unit: as sane software does
 * @look:      read what it has to say; called again, with @again, when that
 *             has been read
 * @step:      one step that concerns the IOMMU
 * @window:    addresses that are messages of interrupts to the IOMMU; 0: none
 * @setup_requester: let it do DMA without PASID that is passed as it is
 * @withdraw:  and no more
 * @invalidate: all that the function may have cached
 * @serve:     answer all page requests, as sane software does; NULL: nobody
 *             does
 * @flood:     many flushes that look at much and find nothing, by one register
 *             write; the queue is another one afterwards
 */
typedef struct Board {
    const char *name;
    const char *const *options;
    uint64_t ram_end;
    uint64_t pool;
    uint64_t ecam;
    bool ecam_off;
    uint64_t bars;
    uint64_t interrupts;
    uint64_t unit;
    const uint64_t *odd;
    const RegisterValue *registers;
    uint64_t table;
    uint64_t leaf;
    unsigned bare;
    void (*setup_tables)(Guest *g);
    void (*setup_unit)(Guest *g);
    void (*look)(Guest *g, bool again);
    void (*step)(Guest *g);
    uint64_t window;
    void (*setup_requester)(Guest *g, uint16_t rid);
    void (*withdraw)(Guest *g, uint16_t rid);
    void (*invalidate)(Guest *g, uint16_t rid);
    void (*serve)(Guest *g);
    void (*flood)(Guest *g);
} Board;

extern const Board board_vtd;
extern const Board board_smmu;
/* With interrupts that processors take without their system registers. */
extern const Board board_smmu_gicv2;

/*
 * What else is in the machine.
 *
 * @options: of QEMU, up to NULL
 * @rid:     a function that has the tables of the accelerator, or 0
 * @odd:     addresses that are no memory, from Board.bars on, up to ~0; NULL:
 *           none
 * @rounds:  until the machine is a new one; 0: it stays
 * @setup:   after guest_setup(), as sane software does
 * @look:    read what it has to say; NULL: nothing
 * @step:    one step that concerns it
 * @check_reset: reset by itself, with all else as it is, it must have the
 *           values of a reset; NULL, or what is not so.  NULL: no check
 * @check:   after a reset of the machine it must work, see guest_check().
 *           NULL: no check
 */
typedef struct Company {
    const char *const *options;
    uint16_t rid;
    const uint64_t *odd;
    unsigned rounds;
    void (*setup)(Guest *g);
    void (*look)(Guest *g);
    void (*step)(Guest *g);
    const char *(*check_reset)(Guest *g);
    const char *(*check)(Guest *g);
} Company;

/* Ports, bridges, disks with threads of their own. */
extern const Company company_slots;
/* sva-dsa */
extern const Company company_dsa;

/* Those of this process; without company NULL. */
extern const Board *board;
extern const Company *company;

void guest_init(Guest *g, Machine *m, uint64_t seed);
/* Set up tables, queues and the accelerator as software does. */
void guest_setup(Guest *g);
/* BARs 0, 2 and 4 and the enables of the function at @cfg. */
void guest_enable_function(Guest *g, uint64_t cfg, const uint64_t bars[3]);
/* Function Level Reset */
void guest_reset_function(Guest *g, uint64_t cfg);
/* Parts of it, for when they are broken. */
void guest_setup_function(Guest *g);
/* Context @n: mode and PASID follow from @kind; starts afresh. */
void guest_setup_context(Guest *g, unsigned n, unsigned kind);
/*
 * Have the accelerator touch more pages than the caches hold, then have the
 * unit flush them.
 */
void guest_fill_and_flush(Guest *g);
/* Look at what the devices have to say. */
bool guest_look(Guest *g);

/* One step that concerns the accelerator. */
void guest_accel_step(Guest *g);

/*
 * Reset the machine; then everything must be as on the first day.  NULL, or
 * what is not.
 */
const char *guest_check(Guest *g);
/* Of registers from @base on, up to size 0; NULL, or which one is not so. */
const char *guest_check_values(Guest *g, uint64_t base,
                               const RegisterValue *values);

/* -- for the steps -- */

static inline uint64_t page(unsigned n)
{
    return POOL + n * 0x1000ull;
}

/* Whether the process or the IOMMU see it as such is another matter. */
uint64_t guest_rnd(Guest *g);
/* 0 to @n - 1 */
unsigned guest_below(Guest *g, unsigned n);
/* A word that may mean something. */
uint64_t guest_word(Guest *g);
/* Somewhere to point at: memory, registers, nothing at all. */
uint64_t guest_place(Guest *g);
/* A function that sends requests. */
uint16_t guest_requester(Guest *g);
/* Writes and reads of the configuration space at @cfg. */
void guest_configure(Guest *g, uint64_t cfg);
/* An entry of the MSI-X table at @table, which is that of the function. */
void guest_vector(Guest *g, uint64_t cfg, uint64_t table);
/* An address that a process would use, mostly. */
uint64_t guest_va(Guest *g, uint64_t base);

void guest_put64(Guest *g, uint64_t addr, uint64_t val);
/* Registers of the IOMMU. */
void guest_unit32(Guest *g, unsigned off, uint32_t val);
void guest_unit64(Guest *g, unsigned off, uint64_t val);
void guest_accel32(Guest *g, unsigned off, uint32_t val);
void guest_accel64(Guest *g, unsigned off, uint64_t val);
#define guest_pick(g, array) ((array)[guest_below(g, G_N_ELEMENTS(array))])

#endif
