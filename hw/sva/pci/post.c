/*
 * Post: messages on their way to device models that use QEMU's public calls
 *
 * Such a model may hold a lock of its own when it calls an IOMMU, and take the
 * same lock when it is called, and it may do anything then.  So it is called
 * from a bottom half: under no lock of ours, never from within the call that
 * caused the message, and in the order of sending.  An invalidation stays
 * outstanding until then, and what waits for it in the guest waits.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/log.h"
#include "system/replay.h"
#include "system/runstate.h"
#include "iommu-call.h"
#include "listener.h"
#include "post.h"
#include "space.h"

/*
 * Pending responses.  A function has at most one page request group per index
 * in flight, so that nobody waits for more responses than that.
 */
#define RESPONSES_MAX (8 * SVA_PRGI_COUNT)

typedef enum SvaPciMessageKind {
    MESSAGE_INVALIDATION,
    MESSAGE_RESPONSE,
    MESSAGE_DROP_COPIES,
} SvaPciMessageKind;

struct SvaPciMessage {
    SvaPciMessageKind kind;
    union {
        SvaAtcInvalidation invalidation;
        SvaPageResponse response;
        uint32_t drop_itag;
    };
    QSIMPLEQ_ENTRY(SvaPciMessage) next;
};

static SvaPciMessage *post(SvaPciFabric *fabric, SvaPciMessageKind kind)
{
    SvaPciMessage *message = g_new0(SvaPciMessage, 1);

    if (QSIMPLEQ_EMPTY(&fabric->post)) {
        sva_env_machine_bh(fabric->post_bh);
    }
    message->kind = kind;
    QSIMPLEQ_INSERT_TAIL(&fabric->post, message, next);
    return message;
}

/* There are no more than the IOMMU has ITags. */
void sva_pci_post_invalidation(SvaPciFabric *fabric,
                               const SvaAtcInvalidation *inv)
{
    post(fabric, MESSAGE_INVALIDATION)->invalidation = *inv;
}

void sva_pci_post_response(SvaPciFabric *fabric, const SvaPageResponse *rsp)
{
    if (fabric->responses == RESPONSES_MAX) {
        qemu_log_mask(LOG_GUEST_ERROR, "sva: too many page responses, one to "
                      "%04x is lost\n", rsp->rid);
        return;
    }
    fabric->responses++;
    post(fabric, MESSAGE_RESPONSE)->response = *rsp;
}

/* Of those that nobody waits for, one pending message is enough. */
void sva_pci_post_drop_copies(SvaPciFabric *fabric, uint32_t itag)
{
    if (itag || !fabric->drop_pending) {
        fabric->drop_pending |= !itag;
        post(fabric, MESSAGE_DROP_COPIES)->drop_itag = itag;
    }
}

static void complete(SvaPciFabric *fabric, uint16_t rid, uint32_t itag,
                     unsigned resets)
{
    if (fabric->post_resets == resets) {
        sva_pci_iommu_inval_done(fabric, rid, itag);
    }
}

static void deliver_invalidation(SvaPciFabric *fabric,
                                 const SvaAtcInvalidation *inv)
{
    SvaPciSpace *space = sva_pci_space_find(fabric, inv->rid);
    unsigned resets = fabric->post_resets;

    if (space) {
        object_ref(OBJECT(space));
        sva_pci_listener_invalidate(space, inv);
        object_unref(OBJECT(space));
    }
    complete(fabric, inv->rid, inv->itag, resets);
}

static void deliver_response(SvaPciFabric *fabric, const SvaPageResponse *rsp)
{
    SvaPciSpace *space = sva_pci_space_find(fabric, rsp->rid);

    if (space) {
        object_ref(OBJECT(space));
        sva_pci_listener_respond(space, rsp);
        object_unref(OBJECT(space));
    }
}

/* The copies may be of any address. */
static void deliver_drop_copies(SvaPciFabric *fabric, uint32_t itag)
{
    g_autoptr(GPtrArray) spaces = sva_pci_spaces_with_copies(fabric);
    IOMMUTLBEvent event = {
        .type = IOMMU_NOTIFIER_UNMAP,
        .entry = {
            .target_as = &address_space_memory,
            .addr_mask = HWADDR_MAX,
            .perm = IOMMU_NONE,
        },
    };
    unsigned resets = fabric->post_resets;

    fabric->drop_pending &= itag != 0;
    for (guint i = 0; i < spaces->len; i++) {
        sva_pci_listener_unmap(spaces->pdata[i], event);
    }
    if (itag) {
        complete(fabric, SVA_RID_COPIES, itag, resets);
    }
}

static void deliver(SvaPciFabric *fabric, const SvaPciMessage *message)
{
    switch (message->kind) {
    case MESSAGE_INVALIDATION:
        deliver_invalidation(fabric, &message->invalidation);
        break;
    case MESSAGE_RESPONSE:
        fabric->responses--;
        deliver_response(fabric, &message->response);
        break;
    case MESSAGE_DROP_COPIES:
        deliver_drop_copies(fabric, message->drop_itag);
        break;
    }
}

/* Deliver all messages, including those that a delivery causes. */
static void post_deliver(void *opaque)
{
    SvaPciFabric *fabric = opaque;
    SvaPciMessage *message;

    while ((message = QSIMPLEQ_FIRST(&fabric->post))) {
        QSIMPLEQ_REMOVE_HEAD(&fabric->post, next);
        deliver(fabric, message);
        g_free(message);
    }
}

/*
 * A stopped machine may be saved, but messages are not: deliver them now.  One
 * that is recorded or replayed may stop anywhere, and must not notice; QEMU
 * does not save it while a bottom half is pending.
 */
static void post_machine_stops(void *opaque, bool running, RunState state)
{
    if (!running && replay_mode == REPLAY_MODE_NONE) {
        post_deliver(opaque);
    }
}

/* The IOMMU was reset: drop its messages. */
void sva_pci_post_reset(SvaPciFabric *fabric)
{
    SvaPciMessage *message;

    while ((message = QSIMPLEQ_FIRST(&fabric->post))) {
        QSIMPLEQ_REMOVE_HEAD(&fabric->post, next);
        g_free(message);
    }
    fabric->responses = 0;
    fabric->drop_pending = false;
    fabric->post_resets++;
    if (fabric->iommu->fabric.copies) {
        sva_pci_post_drop_copies(fabric, 0);
    }
}

void sva_pci_post_init(SvaPciFabric *fabric)
{
    QSIMPLEQ_INIT(&fabric->post);
    fabric->post_bh = qemu_bh_new(post_deliver, fabric);
    qemu_add_vm_change_state_handler(post_machine_stops, fabric);
}
