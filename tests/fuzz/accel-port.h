/*
 * World of the sva-accel fuzz harness: a port that checks every TLP
 *
 * Memory is a few pages in each of four address spaces; a page has its fixed
 * place, only the rights change.  Checked for each TLP:
 *  - the function may send it now (bus master, PASID, ATS, PRI enables);
 *  - page requests outstanding do not exceed the allocation, and no group
 *    index is used again before its response;
 *  - a translated request has its right from a translation completion that
 *    was not invalidated;
 *  - a write lies in a range that a running descriptor names, or is a probe.
 * And for each job: it begins once, ends once, and its completion record is
 * written once, or counted as lost.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TESTS_FUZZ_ACCEL_PORT_H
#define TESTS_FUZZ_ACCEL_PORT_H

#include "fake-env.h"
#include "fuzz.h"
#include "hw/sva/accel/accel.h"
#include "hw/sva/event.h"

#define ACCEL_CONTEXTS 3
#define ACCEL_SPACES   4        /* without PASID, PASID 1 to 3 */
#define ACCEL_PAGES    16
#define ACCEL_BASE     0x100000ull
#define ACCEL_PASID_BITS 8
#define ACCEL_CAPACITY 8

typedef enum PortPolicy {
    PORT_SILENT, PORT_MAP, PORT_SUCCESS, PORT_INVALID, PORT_FAILURE,
    PORT_POLICIES
} PortPolicy;

/* What happens within a TLP that the function sends. */
typedef enum PortHook {
    HOOK_NONE, HOOK_INVALIDATE, HOOK_RESPOND, HOOK_FLR, HOOK_REGISTERS,
    HOOK_ATS_OFF, HOOK_MASTER_OFF, HOOK_PASID_OFF, HOOK_PRI_OFF,
    HOOK_UNMAP, HOOKS
} PortHook;

typedef struct PortGroup {
    bool open;
    bool complete;              /* the last request came */
    SvaPasid pasid;
    unsigned count;
} PortGroup;

typedef struct PortJob {
    bool enabled;               /* the context was, since the last reset */
    SvaPasid pasid;
    uint64_t ring;
    uint32_t entries;
    uint32_t head;
    bool active;
    struct sva_desc desc;
    unsigned records;           /* writes that bring a status */
    bool ambiguous;             /* others write to its record */
    uint64_t lost;              /* CPL_LOST when it began */
    uint8_t status;
} PortJob;

typedef struct AccelWorld {
    FakeEnv *f;
    SvaAccel *a;
    SvaFunction *fn;            /* of the accelerator */
    SvaPort port;
    SvaEventSink sink;
    uint8_t rights[ACCEL_SPACES][ACCEL_PAGES];
    uint8_t granted[ACCEL_SPACES][ACCEL_PAGES];
    PortGroup groups[SVA_PRGI_COUNT];
    PortJob jobs[ACCEL_CONTEXTS];
    uint32_t put[ACCEL_CONTEXTS];
    bool master;
    bool pasid;
    bool ats;
    bool pri;
    bool rf;
    uint32_t allocation;
    uint32_t inject;            /* SVA_REG_INJECT */
    GArray *itags;            /* bool: not completed yet, by number */
    PortPolicy policy;
    SvaAtsStatus ats_status;
    bool untranslated_only;
    bool abort_translated;
    PortHook hook;
    unsigned hook_in;           /* TLPs until it acts */
    bool probing;               /* a probe is being sent */
} AccelWorld;

AccelWorld *accel_world_new(unsigned atc_entries);
/* Stops everything; it has to stop. */
void accel_world_free(AccelWorld *w);

SvaPasid accel_pasid(unsigned space);
/* First byte of page @index, in any space. */
uint64_t accel_page_va(unsigned index);
/* Where that byte of the space is, or 0. */
uint64_t accel_pa(SvaPasid pasid, uint64_t va);

void accel_set_enables(AccelWorld *w, bool master, bool pasid, bool ats);
void accel_set_pri(AccelWorld *w, const SvaPriControl *control);
void accel_flr(AccelWorld *w);
void accel_respond(AccelWorld *w, SvaPasid pasid, unsigned prgi,
                   unsigned code);
void accel_invalidate(AccelWorld *w, const SvaAtcInvalidation *inv);
/* The function was told to misbehave; remember that it may. */
void accel_set_inject(AccelWorld *w, uint32_t inject);
/* No translation is good any more. */
void accel_revoke_all(AccelWorld *w);
/* The @n-th group that waits for its response; -1 if there is none. */
int accel_waiting_group(AccelWorld *w, unsigned n);

/* -- jobs (accel-jobs.c) -- */

/* Is there a job that this access belongs to?  @buf: what is written. */
void accel_check_access(AccelWorld *w, SvaPasid pasid, uint64_t va,
                        const void *buf, size_t len, bool write);
void accel_check_atomic(AccelWorld *w, SvaPasid pasid, uint64_t va,
                        const SvaAtomicRequest *req);
/* SvaEventSinkFn */
void accel_job_event(void *opaque, const SvaEvent *event);

#endif
