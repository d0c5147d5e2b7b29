/*
 * FakePort: an SvaPort for unit tests
 *
 * Plays the platform: pages that were mapped translate, page requests are
 * answered when and how the test says, and every TLP is written to a log:
 *
 *     ur 5:10000+40          untranslated read, PASID 5, 0x40 bytes
 *     uw -:10000+8           untranslated write without PASID
 *     tr 1000010000+40       translated read
 *     tw 1000010000+8        translated write
 *     ux 5:10000+8           untranslated atomic request
 *     tx 1000010000+8        translated atomic request
 *     at 5:10000 rw          translation request, for read and write
 *     pr 5:10000 w 3 L       page request, for write, index 3, last
 *     mw 4000+1000           written in place at a physical address
 *     ic 7                   invalidate completion of ITag 7
 *     irq 2                  message of vector 2
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TESTS_UNIT_FAKE_PORT_H
#define TESTS_UNIT_FAKE_PORT_H

#include "fake-env.h"
#include "hw/sva/endpoint.h"

#define FAKE_PORT_RID 0x0110     /* bus 1, device 2, function 0 */

/* What happens to a page request group when its last request arrives. */
typedef enum FakePrgPolicy {
    FAKE_PRG_SILENT,            /* nothing; see fake_port_respond() */
    FAKE_PRG_MAP,               /* map its pages, then Success */
    FAKE_PRG_SUCCESS,           /* Success, but nothing is mapped */
    FAKE_PRG_INVALID,
    FAKE_PRG_FAILURE,
} FakePrgPolicy;

typedef struct FakePort FakePort;

/* Called before a TLP takes effect, with its log entry. */
typedef void FakeTlpFn(FakePort *p, const char *tlp, void *opaque);

struct FakePort {
    SvaPort port;
    FakeEnv *f;
    GHashTable *pages;          /* PASID and page -> FakePage */
    GArray *group;              /* SvaPageRequest of the group arriving */
    GString *log;
    FakePrgPolicy prg_policy;
    SvaAtsStatus ats_status;    /* of all translation requests */
    uint64_t ats_mask;          /* of all completions; a page at first */
    bool untranslated_only;     /* U=1 in all completions */
    bool abort_translated;
    bool ram;                   /* requests can be made in place; "mr", "mw" */
    bool stall;                 /* what is not allowed stalls */
    GArray *stalled;            /* uint32_t: cookies, in their order */
    size_t partial;             /* bytes that such a request transfers */
    uint64_t invalid_page;      /* FAKE_PRG_MAP: Invalid Request for groups
                                 * with this page; 0: none */
    unsigned page_requests;     /* received, not answered yet */
    unsigned most_page_requests;
    unsigned final_requests;    /* translation requests, SvaRequest.final */
    FakeTlpFn *hook;
    void *hook_opaque;
};

FakePort *fake_port_new(FakeEnv *f, const SvaPortClientOps *ops, void *client);
void fake_port_free(FakePort *p);

/* Where the page of @va is in FakeEnv's memory, mapped or not. */
uint64_t fake_port_pa(SvaPasid pasid, uint64_t va);

/* Grant @access to the pages of [@va, @va + @len); SVA_NONE unmaps. */
void fake_port_map(FakePort *p, SvaPasid pasid, uint64_t va, uint64_t len,
                   uint8_t access);

/* What has been sent since the last call, entries separated by "; ". */
char *fake_port_take_log(FakePort *p);

/* Answer group @prgi; @code may be any number. */
void fake_port_respond(FakePort *p, SvaPasid pasid, unsigned prgi,
                       unsigned code);
/* End the first stall, or the next one; true: the client waited for it. */
bool fake_port_resume(FakePort *p, SvaStallAction action);
void fake_port_invalidate(FakePort *p, const SvaAtcInvalidation *inv);

#endif
