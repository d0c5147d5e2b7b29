/*
 * SMMUv3: stalled transactions
 *
 * IHI 0070 G.b, "Stall model", "Event queue", CMD_RESUME, CMD_STALL_TERM.
 *
 * A stalled transaction has a record, and a STAG by which software answers.
 * It is unrecorded if the queue cannot be written or no STAG is left.  An
 * unrecorded stall is never recorded late.  The transaction is sent again when
 * there is room, so that a record is true when it becomes visible,
 * whatever was invalidated in between.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "regs.h"
#include "stall.h"

#define NIL     UINT16_MAX
#define BUCKETS 256

/*
 * As many are sent again at a time as there is room for, and others a little
 * later: the first may have no use for the room by now.
 */
#define RETRY_PAUSE_NS 100000

/*
 * @stag: slot number, and above it a generation that changes with each use,
 *        so that a second answer has no effect
 * @next, @prev: neighbours in the bucket of @rid
 * @newer, @older: neighbours by age; @newer alone links free slots
 */
typedef struct Slot {
    uint32_t cookie;
    uint16_t rid;
    uint16_t stag;
    uint16_t next;
    uint16_t prev;
    uint16_t newer;
    uint16_t older;
    bool used;
} Slot;

/* Free slots are taken in turn, the one that was left first is next. */
typedef struct SlotTable {
    Slot *slots;
    uint16_t capacity;
    uint16_t count;
    uint16_t oldest;
    uint16_t newest;
    uint16_t free_first;
    uint16_t free_last;
    uint16_t generation;        /* step of a generation in a STAG */
    uint16_t buckets[BUCKETS];
} SlotTable;

struct SvaSmmuStalls {
    SlotTable recorded;
    SlotTable unrecorded;
    SvaTimer *timer;
};

/* -- slots -- */

static void append_free(SlotTable *t, unsigned i)
{
    t->slots[i].used = false;
    t->slots[i].newer = NIL;
    if (t->free_last != NIL) {
        t->slots[t->free_last].newer = i;
    } else {
        t->free_first = i;
    }
    t->free_last = i;
}

/* Mark all slots unused; the caller rebuilds the free list. */
static void table_clear(SlotTable *t)
{
    unsigned i;

    for (i = 0; i < t->capacity; i++) {
        t->slots[i].used = false;
    }
    t->count = 0;
    t->oldest = t->newest = NIL;
    t->free_first = t->free_last = NIL;
    memset(t->buckets, 0xff, sizeof(t->buckets));
}

static void table_free_unused(SlotTable *t)
{
    unsigned i;

    for (i = 0; i < t->capacity; i++) {
        if (!t->slots[i].used) {
            append_free(t, i);
        }
    }
}

static void table_init(SlotTable *t, unsigned capacity)
{
    unsigned i;

    t->slots = g_new0(Slot, capacity);
    t->capacity = capacity;
    t->generation = 1;
    while (t->generation < capacity) {
        t->generation *= 2;
    }
    for (i = 0; i < capacity; i++) {
        t->slots[i].stag = i;
    }
    table_clear(t);
    table_free_unused(t);
}

static uint16_t *bucket(SlotTable *t, uint16_t rid)
{
    return &t->buckets[(rid ^ rid >> 8) % BUCKETS];
}

/* Slot @i, which is not free any more, belongs to a transaction of @rid. */
static void occupy(SlotTable *t, unsigned i, uint16_t rid, uint32_t cookie)
{
    uint16_t *head = bucket(t, rid);
    Slot *slot = &t->slots[i];

    slot->rid = rid;
    slot->cookie = cookie;
    slot->used = true;
    slot->prev = NIL;
    slot->next = *head;
    if (*head != NIL) {
        t->slots[*head].prev = i;
    }
    *head = i;
    slot->newer = NIL;
    slot->older = t->newest;
    if (t->newest != NIL) {
        t->slots[t->newest].newer = i;
    } else {
        t->oldest = i;
    }
    t->newest = i;
    t->count++;
}

/* There is a free one. */
static unsigned take(SlotTable *t, uint16_t rid, uint32_t cookie)
{
    unsigned i = t->free_first;

    t->free_first = t->slots[i].newer;
    if (t->free_first == NIL) {
        t->free_last = NIL;
    }
    t->slots[i].stag += t->generation;
    occupy(t, i, rid, cookie);
    return i;
}

static void give_back(SlotTable *t, unsigned i)
{
    Slot *slot = &t->slots[i];

    if (slot->prev != NIL) {
        t->slots[slot->prev].next = slot->next;
    } else {
        *bucket(t, slot->rid) = slot->next;
    }
    if (slot->next != NIL) {
        t->slots[slot->next].prev = slot->prev;
    }
    if (slot->older != NIL) {
        t->slots[slot->older].newer = slot->newer;
    } else {
        t->oldest = slot->newer;
    }
    if (slot->newer != NIL) {
        t->slots[slot->newer].older = slot->older;
    } else {
        t->newest = slot->older;
    }
    t->count--;
    append_free(t, i);
}

/* -- how a stall ends -- */

/* false: no function waits for it any more. */
static bool end(SvaSmmu *smmu, SlotTable *t, unsigned i,
                SvaStallAction action)
{
    static const SvaSmmuCounter counters[] = {
        [SVA_STALL_RETRY] = SVA_SMMU_CNT_STALL_RETRIES,
        [SVA_STALL_ABORT] = SVA_SMMU_CNT_STALL_ABORTS,
        [SVA_STALL_RAZ_WI] = SVA_SMMU_CNT_STALL_RAZ_WI,
    };
    const SvaFabricOps *ops = smmu->iommu.fabric.ops;
    const Slot *slot = &t->slots[i];
    SvaStallEnd e = {
        .rid = slot->rid, .cookie = slot->cookie, .action = action,
    };

    sva_smmu_count(smmu, counters[action]);
    sva_emit(smmu->iommu.env, .kind = SVA_EV_STALL_END, .rid = slot->rid,
             .stall = {
                 .tag = t == &smmu->stalls->unrecorded ? SVA_SMMU_NO_STAG
                                                       : slot->stag,
                 .action = action,
             });
    give_back(t, i);
    return ops && ops->stall_end &&
           ops->stall_end(smmu->iommu.fabric.opaque, &e);
}

unsigned sva_smmu_stall_kick(SvaSmmu *smmu)
{
    SvaSmmuStalls *s = smmu->stalls;
    const SvaEnvOps *ops = smmu->iommu.env->ops;
    uint32_t room = MIN(sva_smmu_event_room(smmu),
                        (uint32_t)s->recorded.capacity - s->recorded.count);
    unsigned looked;

    if (!room) {
        return 0;
    }
    for (looked = 0; room && s->unrecorded.count; looked++) {
        room -= end(smmu, &s->unrecorded, s->unrecorded.oldest,
                    SVA_STALL_RETRY);
    }
    if (s->unrecorded.count) {
        ops->timer_at(s->timer, ops->now(smmu->iommu.env) + RETRY_PAUSE_NS);
    }
    return looked;
}

unsigned sva_smmu_stall_resume(SvaSmmu *smmu, uint32_t sid, uint16_t stag,
                               SvaStallAction action)
{
    SlotTable *t = &smmu->stalls->recorded;
    unsigned i = stag & (t->generation - 1);

    if (i >= t->capacity || !t->slots[i].used || t->slots[i].stag != stag ||
        t->slots[i].rid != sid) {
        /* Not an error: it may be the second answer, or too late. */
        sva_smmu_count(smmu, SVA_SMMU_CNT_STALL_UNKNOWN);
        return 0;
    }
    end(smmu, t, i, action);
    return sva_smmu_stall_kick(smmu);
}

static unsigned abort_stream(SvaSmmu *smmu, SlotTable *t, uint16_t rid)
{
    unsigned i, next, looked = 0;

    for (i = *bucket(t, rid); i != NIL; i = next, looked++) {
        next = t->slots[i].next;
        if (t->slots[i].rid == rid) {
            end(smmu, t, i, SVA_STALL_ABORT);
        }
    }
    return looked;
}

unsigned sva_smmu_stall_term(SvaSmmu *smmu, uint32_t sid)
{
    unsigned looked;

    if (sid >> SVA_SMMU_SID_BITS) {
        return 0;
    }
    looked = abort_stream(smmu, &smmu->stalls->unrecorded, sid);
    looked += abort_stream(smmu, &smmu->stalls->recorded, sid);
    return looked + sva_smmu_stall_kick(smmu);
}

static void abort_table(SvaSmmu *smmu, SlotTable *t)
{
    while (t->count) {
        end(smmu, t, t->oldest, SVA_STALL_ABORT);
    }
}

void sva_smmu_stall_abort_all(SvaSmmu *smmu)
{
    abort_table(smmu, &smmu->stalls->unrecorded);
    abort_table(smmu, &smmu->stalls->recorded);
    smmu->iommu.env->ops->timer_cancel(smmu->stalls->timer);
}

/* -- how it begins -- */

/* After a stall; one of them is the request that stalled, made again. */
#define HEARD_REQUESTS (1u << 20)

static void announce(SvaSmmu *smmu, const SvaSmmuFault *fault,
                     const SvaRequest *req, uint64_t stag)
{
    smmu->heard = HEARD_REQUESTS;
    sva_smmu_count(smmu, SVA_SMMU_CNT_STALLS);
    sva_smmu_count(smmu, stag == SVA_SMMU_NO_STAG
                         ? SVA_SMMU_CNT_STALLS_UNRECORDED
                         : SVA_SMMU_CNT_STALLS_RECORDED);
    sva_emit(smmu->iommu.env, .kind = SVA_EV_STALL, .rid = req->rid,
             .pasid = req->pasid, .addr = req->addr, .access = req->access,
             .stall = { .tag = stag, .reason = fault->event });
}

static bool record(SvaSmmu *smmu, const SvaSmmuFault *fault,
                   const SvaSmmuTransaction *txn)
{
    SlotTable *t = &smmu->stalls->recorded;
    uint64_t words[4];
    unsigned i;

    if (t->count == t->capacity || !sva_smmu_event_room(smmu)) {
        return false;
    }
    i = take(t, txn->req.rid, txn->req.cookie);
    sva_smmu_event_encode(fault, txn, true, t->slots[i].stag, words);
    if (!sva_smmu_event_put(smmu, words)) {
        give_back(t, i);
        return false;
    }
    announce(smmu, fault, &txn->req, t->slots[i].stag);
    return true;
}

bool sva_smmu_stall(SvaSmmu *smmu, const SvaSmmuFault *fault,
                    const SvaSmmuTransaction *txn)
{
    const SvaRequest *req = &txn->req;
    SlotTable *waiting = &smmu->stalls->unrecorded;

    if (!req->may_stall) {
        return false;
    }
    if (record(smmu, fault, txn)) {
        return true;
    }
    if (waiting->count == waiting->capacity) {
        return false;
    }
    take(waiting, req->rid, req->cookie);
    announce(smmu, fault, req, SVA_SMMU_NO_STAG);
    return true;
}

/* -- life and state -- */

static void timer_fired(void *opaque)
{
    sva_smmu_stall_kick(opaque);
}

SvaSmmuStalls *sva_smmu_stalls_new(SvaSmmu *smmu)
{
    SvaSmmuStalls *s = g_new0(SvaSmmuStalls, 1);
    SvaEnv *env = smmu->iommu.env;

    table_init(&s->recorded, smmu->config.stall_max);
    table_init(&s->unrecorded,
               smmu->config.stall_max ? SVA_SMMU_UNRECORDED_MAX : 0);
    s->timer = env->ops->timer_new(env, timer_fired, smmu);
    return s;
}

void sva_smmu_stalls_free(SvaSmmu *smmu)
{
    SvaSmmuStalls *s = smmu->stalls;

    smmu->iommu.env->ops->timer_free(s->timer);
    g_free(s->recorded.slots);
    g_free(s->unrecorded.slots);
    g_free(s);
}

static uint32_t save_table(const SlotTable *t, SvaSmmuStallState *out)
{
    uint32_t n = 0;
    unsigned i;

    for (i = t->oldest; i != NIL; i = t->slots[i].newer) {
        out[n].cookie = t->slots[i].cookie;
        out[n].rid = t->slots[i].rid;
        out[n].stag = t->slots[i].stag;
        n++;
    }
    return n;
}

void sva_smmu_stalls_save(const SvaSmmu *smmu, SvaSmmuStallsState *out)
{
    const SvaSmmuStalls *s = smmu->stalls;
    unsigned i;

    memset(out, 0, sizeof(*out));
    out->recorded_count = save_table(&s->recorded, out->recorded);
    out->unrecorded_count = save_table(&s->unrecorded, out->unrecorded);
    for (i = 0; i < out->unrecorded_count; i++) {
        out->unrecorded[i].stag = 0;
    }
    for (i = 0; i < s->recorded.capacity; i++) {
        out->stags[i] = s->recorded.slots[i].stag;
    }
}

static bool restore_recorded(SlotTable *t, const SvaSmmuStallsState *in)
{
    unsigned n, i;

    for (i = 0; i < t->capacity; i++) {
        if ((in->stags[i] & (t->generation - 1)) != i) {
            return false;
        }
        t->slots[i].stag = in->stags[i];
    }
    for (n = 0; n < in->recorded_count; n++) {
        i = in->recorded[n].stag & (t->generation - 1);
        if (i >= t->capacity || t->slots[i].used ||
            t->slots[i].stag != in->recorded[n].stag) {
            return false;
        }
        occupy(t, i, in->recorded[n].rid, in->recorded[n].cookie);
    }
    return true;
}

bool sva_smmu_stalls_restore(SvaSmmu *smmu, const SvaSmmuStallsState *in)
{
    SvaSmmuStalls *s = smmu->stalls;
    bool good;
    unsigned n;

    table_clear(&s->recorded);
    table_clear(&s->unrecorded);
    good = in->recorded_count <= s->recorded.capacity &&
           in->unrecorded_count <= s->unrecorded.capacity &&
           restore_recorded(&s->recorded, in);
    if (!good) {
        table_clear(&s->recorded);
    }
    for (n = 0; good && n < in->unrecorded_count; n++) {
        occupy(&s->unrecorded, n, in->unrecorded[n].rid,
               in->unrecorded[n].cookie);
    }
    table_free_unused(&s->recorded);
    table_free_unused(&s->unrecorded);
    if (s->unrecorded.count) {
        smmu->iommu.env->ops->timer_at(s->timer,
            smmu->iommu.env->ops->now(smmu->iommu.env));
    }
    return good;
}
