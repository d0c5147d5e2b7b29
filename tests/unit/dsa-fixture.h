/*
 * Fixture of the sva-dsa unit tests: an accelerator on a FakePort
 *
 * WQ 0 is dedicated and has PASID 5, WQ 1 is shared; both have 8 entries and
 * are in group 0 with engine 0.  Completion records of PASID 5 are at
 * DSA_CR + 32 * i, mapped.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TESTS_UNIT_DSA_FIXTURE_H
#define TESTS_UNIT_DSA_FIXTURE_H

#include "fake-port.h"
#include "hw/sva/dsa/bytes.h"
#include "hw/sva/dsa/state.h"

#define DSA_PASID sva_pasid(5)
#define DSA_CR 0x100000ull
#define DSA_SRC 0x200000ull
#define DSA_DST 0x300000ull
#define DSA_DEDICATED 0
#define DSA_SHARED 1
#define DSA_DONE (DSA_FLAG_CR_VALID | DSA_FLAG_CR_REQUEST)
#define DSA_RW (SVA_READ | SVA_WRITE)

typedef struct DsaFixture {
    FakeEnv *env;
    FakePort *p;
    SvaDsa *d;
    SvaFunction *fn;
    SvaDsaConfig config;
    unsigned records;           /* used */
} DsaFixture;

/* As the driver finds it: bus master, PASID, ATS and PRI are enabled. */
DsaFixture *dsa_fixture_raw(void);
/* Another device in its place, with what @config says by now. */
void dsa_remake(DsaFixture *f);
/* With WQs and engine enabled. */
DsaFixture *dsa_fixture_new(void);
/* As above, with the event log of 64 entries at PA 0x10000, no PRI. */
DsaFixture *dsa_fixture_log(void);
/* Enable WQs and engine as dsa_fixture_new() does. */
void dsa_enable(DsaFixture *f);
void dsa_fixture_free(DsaFixture *f);
void dsa_set_pri(DsaFixture *f, bool enable);

uint32_t dsa_read32(DsaFixture *f, unsigned reg);
uint64_t dsa_read64(DsaFixture *f, unsigned reg);
void dsa_write32(DsaFixture *f, unsigned reg, uint32_t value);
void dsa_write64(DsaFixture *f, unsigned reg, uint64_t value);

/* To be freed by the caller. */
SvaDsaSaved *dsa_save(DsaFixture *f);
/*
 * Another device takes over from the one there is, on the same port; nothing
 * of the state may change.
 */
void dsa_move(DsaFixture *f);

/* Configure WQ @wq of @size and priority 1; the PASID is for dedicated ones. */
void dsa_config_wq(DsaFixture *f, unsigned wq, unsigned size, bool dedicated);
void dsa_config_group(DsaFixture *f, unsigned group, uint64_t wqs,
                      uint64_t engines);

/* Give a command, let time pass; the error code of CMDSTS. */
uint32_t dsa_command(DsaFixture *f, DsaCommand code, uint32_t operand);
/* Let what can be done be done. */
void dsa_run(DsaFixture *f);

/* 64 bytes: a descriptor of @op that asks for the next record. */
typedef struct DsaRaw {
    uint8_t b[DSA_DESC_BYTES];
} DsaRaw;

DsaRaw dsa_desc(DsaFixture *f, unsigned op, uint32_t flags, uint64_t src,
                uint64_t dst, uint32_t size);

/* To the limited portal of @wq; the answer. */
bool dsa_submit(DsaFixture *f, unsigned wq, const DsaRaw *desc);
/* Submit to the dedicated WQ and run; the record. */
const uint8_t *dsa_execute(DsaFixture *f, const DsaRaw *desc);

/* The record that @desc asks for. */
const uint8_t *dsa_record(DsaFixture *f, const DsaRaw *desc);
uint8_t dsa_status(DsaFixture *f, const DsaRaw *desc);

/* Memory of PASID 5. */
void dsa_map(DsaFixture *f, uint64_t va, uint64_t len);
void dsa_put(DsaFixture *f, uint64_t va, const void *data, size_t len);
void dsa_get(DsaFixture *f, uint64_t va, void *data, size_t len);
/* Bytes that depend on their address. */
void dsa_pattern(DsaFixture *f, uint64_t va, size_t len, uint8_t seed);

#define dsa_assert_log(f, text)                                         \
    do {                                                                \
        g_autofree char *log_ = fake_port_take_log((f)->p);             \
                                                                        \
        g_assert_cmpstr(log_, ==, text);                                \
    } while (0)

#endif
