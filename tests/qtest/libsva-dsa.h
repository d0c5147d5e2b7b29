/*
 * Driving sva-dsa by hand, behind sva-vtd: its BARs, a process with a WQ
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TESTS_QTEST_LIBSVA_DSA_H
#define TESTS_QTEST_LIBSVA_DSA_H

#include "libsva-vtd.h"

#define DSA_DEVFN   0x28
#define DSA_RID     0x0028
#define DSA_REGS    0x28000000u
#define DSA_PORTALS 0x28100000u
#define DSA_MSIX    0x28200000u
#define DSA_PASID   9
#define DSA_SRC_VA  0x7f1000000000ull
#define DSA_DST_VA  0x7f1000100000ull
#define DSA_CR_VA   0x7f1000200000ull

/* Registers */
#define R_VERSION   0x00
#define R_GENCFG    0x80
#define R_GENSTS    0x90
#define R_CMD       0xa0
#define R_CMDSTS    0xa8
#define R_SWERR     0xc0
#define R_EVLCFG    0xe0
#define R_EVLSTS    0xf0
#define R_GRPCFG    0x1000
#define R_WQCFG     0x2000

/* Commands, with their operand */
#define C_ENABLE    0x00100000u
#define C_ABORT_ALL 0x00400000u
#define C_ENABLE_WQ 0x00600000u

#define DSA_ARGS " -device sva-dsa,id=dsa,addr=5,x-merge-writes=on"

/* Physical addresses; @pte: of the second page of the destination */
typedef struct Dsa {
    SvaTest *t;
    uint64_t pgd;
    uint64_t src;
    uint64_t dst;
    uint64_t cr;
    uint64_t pte;
} Dsa;

/*
 * A machine with a process that has a dedicated WQ.  The first page of the
 * destination is there, the second one is not.  @args: DSA_ARGS and more.
 */
void dsa_start(Dsa *d, const char *args);
/* BARs and bus mastering, as at boot; then PASID, ATS and PRI. */
void dsa_map_bars(Dsa *d);
void dsa_enable_caps(Dsa *d);
/* All of that and the WQ. */
void dsa_configure(Dsa *d);

uint32_t dsa_reg(Dsa *d, unsigned off);
void dsa_set_reg(Dsa *d, unsigned off, uint64_t val);
/* CMDSTS when it is complete. */
uint32_t dsa_command(Dsa *d, uint32_t cmd);

/* A page of the process; the address of its entry. */
uint64_t dsa_map(Dsa *d, uint64_t va, uint64_t pa);

/* To the limited portal of @wq, in eight writes. */
void dsa_submit_words(Dsa *d, unsigned wq, const uint64_t words[8]);
/* Memory Move of @len bytes that blocks on faults, record @n. */
void dsa_submit(Dsa *d, unsigned n, uint32_t len);
uint8_t dsa_status(Dsa *d, unsigned n);

/* Function Level Reset; it is over at once. */
void dsa_flr(Dsa *d);

/* Answer @qw0, @qw1 of the page request queue. */
void dsa_respond(Dsa *d, uint64_t qw0, uint64_t qw1, unsigned code);

#endif
