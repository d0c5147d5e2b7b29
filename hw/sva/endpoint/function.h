/*
 * SvaFunction: a PCIe function with PASID, ATS and PRI
 *
 * What the PCIe rules ask of every such function, once for all devices: its
 * enables, the ATC, page request groups, invalidate requests, stalls and
 * reset, behind the port that carries its TLPs.  A device embeds one, makes
 * its memory accesses with it (access.h) and owns its own queues, descriptors
 * and registers.
 *
 * Environment-free: the device's QEMU side tells it what configuration space
 * says, and hands sva_function_client_ops to the port.
 *
 * PCIe r6 6.20 "PASID TLP prefix", 10 "Address Translation Services".
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_ENDPOINT_FUNCTION_H
#define HW_SVA_ENDPOINT_FUNCTION_H

#include <glib.h>
#include "atc.h"
#include "misbehaviour.h"
#include "prg.h"
#include "hw/sva/adversary.h"
#include "hw/sva/endpoint.h"

/* Accesses that a function can have in flight. */
#define SVA_FUNCTION_ACCESSES_MAX 1024

/* Invalidate requests without a completion, as the ATS capability says. */
#define SVA_INVALS_MAX 32

/* What the library counts; by how much, if not by 1. */
typedef enum SvaFunctionCounter {
    SVA_FN_REQUESTS,            /* memory requests */
    SVA_FN_BYTES_READ,          /* bytes */
    SVA_FN_BYTES_WRITTEN,       /* bytes */
    SVA_FN_ABORTS,              /* memory requests aborted */
    SVA_FN_STALLS,              /* memory requests that stalled */
    SVA_FN_ATS_REQUESTS,        /* translation requests */
    SVA_FN_ATS_GRANTED,         /* ... with the rights wanted */
    SVA_FN_ATS_NO_ACCESS,       /* ... Success with R=W=0 */
    SVA_FN_ATS_PARTIAL,         /* ... Success, fewer rights than wanted */
    SVA_FN_ATS_ERROR,           /* ... UR or CA */
    SVA_FN_ATC_HITS,
    SVA_FN_ATC_STALE_HITS,      /* hits on entries that should have gone */
    SVA_FN_PAGE_REQUESTS,       /* page requests (not groups) */
    SVA_FN_STOP_MARKERS,
    SVA_FN_PRG_SUCCESS,         /* group responses by code */
    SVA_FN_PRG_INVALID,
    SVA_FN_PRG_FAILURE,
    SVA_FN_PRG_UNEXPECTED,      /* responses that match no group */
    SVA_FN_PRG_WITHHELD,        /* page requests withheld */
    SVA_FN_PRG_DUPLICATES,      /* page requests sent twice */
    SVA_FN_PRG_EXCESS,          /* page requests beyond credits */
    SVA_FN_PRG_SHARED,          /* groups with an index in use */
    SVA_FN_INVALIDATIONS,       /* invalidate requests */
    SVA_FN_ATC_DROPPED,         /* ATC entries they removed */
    SVA_FN_ATC_STALE_KEPT,      /* ATC entries that should have gone */
    SVA_FN_INVALS_LATE,         /* not completed at once */
    SVA_FN_COUNTERS
} SvaFunctionCounter;

/* What an access can wait for. */
typedef enum SvaAccessWait {
    SVA_ACCESS_WAIT_BREAKPOINT, /* until the device goes on */
    SVA_ACCESS_WAIT_CREDIT,     /* to send page requests */
    SVA_ACCESS_WAIT_RESPONSE,   /* to a page request group */
    SVA_ACCESS_WAIT_STALL,      /* the end of a stall */
} SvaAccessWait;

/*
 * What a device has to offer.  @device is what it gave to sva_function_init(),
 * @owner what it gave to sva_mem_access_init() or sva_page_group_init().
 */
typedef struct SvaFunctionOps {
    /* The function is being reset: clear the device's state, send nothing. */
    void (*reset)(void *device);
    /*
     * Bus mastering, PASID, ATS or PRI were enabled or disabled, otherwise
     * than by a reset.  Send nothing.  Optional.
     */
    void (*changed)(void *device);
    /* @owner: of the request, or NULL if there is none.  Optional. */
    void (*count)(void *device, void *owner, SvaFunctionCounter which,
                  uint64_t n);
    /*
     * A wait of @owner's access has ended.  If the access still waits for
     * that, step it again, but not from within this call.
     */
    void (*wake)(void *owner, SvaAccessWait ended);
    /* Page requests that a group may have now, 1 to 32; NULL: 1. */
    unsigned (*group_pages)(void *owner);
    /* NULL: the function keeps the rules. */
    const SvaMisbehaviour *misbehaviour;
} SvaFunctionOps;

/*
 * @atc_entries:  translations that the ATC holds
 * @atc_largest:  bytes that one of them is for, at most; a power of two, or 0:
 *                one page
 * @pri_capacity: Outstanding Page Request Capacity
 * @adversary:    seed of the liberties that the function takes; 0: none
 */
typedef struct SvaFunctionConfig {
    unsigned atc_entries;
    uint64_t atc_largest;
    unsigned pri_capacity;
    uint32_t adversary;
} SvaFunctionConfig;

/* What configuration space says about page requests. */
typedef struct SvaPriControl {
    bool enable;
    bool reset;
    uint32_t allocation;
} SvaPriControl;

/* Status bits of the PRI capability that the function drives. */
#define SVA_PRI_RF      (1u << 0)
#define SVA_PRI_UPRGI   (1u << 1)
#define SVA_PRI_STOPPED (1u << 8)

/* An invalidate request that was not completed yet. */
typedef struct SvaLateInval {
    SvaAtcInvalidation inv;
    bool in_force;              /* the ATC holds nothing of it any more */
    bool withheld;              /* else until @due */
    int64_t due;
} SvaLateInval;

/* To be read by devices and written by the library. */
typedef struct SvaFunction {
    SvaEnv *env;
    SvaPort *port;
    const SvaFunctionOps *ops;
    const SvaMisbehaviour *misbehaviour;    /* never NULL */
    void *device;
    SvaFunctionConfig config;
    GRand *adversary;           /* NULL: it takes no liberties */
    SvaAtc *atc;
    GPtrArray *accesses;        /* of SvaMemAccess; the index is its number */
    GPtrArray *groups;          /* of SvaPageGroup */

    bool busy;                  /* requests are being sent */
    bool reset_pending;
    bool bus_master;
    bool pasid_enable;
    bool ats_enable;
    bool pri_enable;
    bool said_ats;              /* what was announced last */
    bool said_pri;
    bool pri_rf;
    bool pri_uprgi;

    SvaPrgTable prg;
    GQueue credit_queue;        /* of SvaPageGroup, in the order they came */
    uint32_t stall_seq;         /* goes on over resets */

    SvaTimer *pause_timer;
    bool pausing;               /* it is set */
    SvaTimer *inval_timer;      /* next of @late */
    unsigned late_next;         /* ms that the next completion waits */
    unsigned late_count;
    SvaLateInval late[SVA_INVALS_MAX];      /* oldest first */
} SvaFunction;

/*
 * The port is attached afterwards, since a port is made with its client; call
 * nothing but sva_function_destroy() before.  Accesses and groups that were
 * initialized with @fn must live as long as it does.
 */
void sva_function_init(SvaFunction *fn, SvaEnv *env,
                       const SvaFunctionConfig *config,
                       const SvaFunctionOps *ops, void *device);
void sva_function_attach(SvaFunction *fn, SvaPort *port);
void sva_function_destroy(SvaFunction *fn);

/* What the port calls with the SvaFunction as client. */
extern const SvaPortClientOps sva_function_client_ops;

/* Conventional reset and FLR. */
void sva_function_reset(SvaFunction *fn);

/* Configuration space as the function sees it; repeating it is harmless. */
void sva_function_set_bus_master(SvaFunction *fn, bool enable);
void sva_function_set_pasid(SvaFunction *fn, bool enable);
void sva_function_set_ats(SvaFunction *fn, bool enable);
void sva_function_set_pri(SvaFunction *fn, const SvaPriControl *control);
void sva_function_clear_pri_status(SvaFunction *fn, uint16_t bits);
uint16_t sva_function_pri_status(const SvaFunction *fn);

/*
 * Put these around whatever sends requests.  A request may reach the
 * function's own registers and its configuration space: in between the device
 * must refuse accesses to its registers (@busy), and a reset is deferred.
 */
void sva_function_begin(SvaFunction *fn);
void sva_function_end(SvaFunction *fn);

/*
 * Both parts of a reset by a register of the device.  sva_function_quiesce()
 * sends what groups need to be answered and stops waiting for the responses;
 * such groups keep index and credits until then.  It completes invalidate
 * requests that are late.  sva_function_clear() drops
 * everything else, and sends nothing.
 */
void sva_function_quiesce(SvaFunction *fn);
void sva_function_clear(SvaFunction *fn);

/* Its requester ID: the guest chooses the bus number. */
static inline uint16_t sva_function_rid(const SvaFunction *fn)
{
    return fn->port ? fn->port->ops->rid(fn->port) : 0;
}

/* May the function send requests with @pasid? */
static inline bool sva_function_may_send(const SvaFunction *fn,
                                         SvaPasid pasid)
{
    return fn->bus_master && (!pasid.valid || fn->pasid_enable);
}

/* May it send page requests with @pasid, credits left aside? */
static inline bool sva_function_pri_usable(const SvaFunction *fn,
                                           SvaPasid pasid)
{
    return fn->pri_enable && !fn->pri_rf && fn->prg.allocation &&
           sva_function_may_send(fn, pasid);
}

/* For the library: an enable has changed. */
static inline void sva_function_changed(const SvaFunction *fn)
{
    if (fn->ops->changed) {
        fn->ops->changed(fn->device);
    }
}

static inline void sva_function_count(const SvaFunction *fn, void *owner,
                                      SvaFunctionCounter which, uint64_t n)
{
    if (fn->ops->count) {
        fn->ops->count(fn->device, owner, which, n);
    }
}

#endif
