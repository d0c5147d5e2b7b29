/*
 * Spaces: what the TLB, the walk caches and ATCs may hold of page tables
 *
 * What an invalidation drops as a whole is marked once for all spaces that it
 * names, by domain, address space, both or neither.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "space.h"

/* -- marks -- */

static SvaCheckMarks *marks_lookup(SvaChecker *c, uint32_t domain,
                                   uint32_t asid)
{
    SvaCheckMarks key = { .domain = domain, .asid = asid };

    return g_hash_table_lookup(c->marks, &key);
}

static guint marks_hash(gconstpointer p)
{
    const SvaCheckMarks *marks = p;

    return marks->domain * 0x9e3779b1u ^ marks->asid;
}

static gboolean marks_equal(gconstpointer a, gconstpointer b)
{
    const SvaCheckMarks *x = a;
    const SvaCheckMarks *y = b;

    return x->domain == y->domain && x->asid == y->asid;
}

static void marks_ids(unsigned which, uint32_t *domain, uint32_t *asid)
{
    if (which == SVA_MARKS_ASID || which == SVA_MARKS_ALL) {
        *domain = SVA_CHECK_ANY;
    }
    if (which == SVA_MARKS_DOMAIN || which == SVA_MARKS_ALL) {
        *asid = SVA_CHECK_ANY;
    }
}

static void marks_enter(SvaChecker *c, SvaCheckSpace *space, unsigned which)
{
    uint32_t domain = space->domain, asid = space->asid;
    SvaCheckMarks *marks;

    marks_ids(which, &domain, &asid);
    marks = marks_lookup(c, domain, asid);
    if (!marks) {
        marks = g_new0(SvaCheckMarks, 1);
        marks->domain = domain;
        marks->asid = asid;
        g_hash_table_add(c->marks, marks);
    }
    space->marks[which] = marks;
    space->link[which].next = marks->spaces;
    if (marks->spaces) {
        marks->spaces->link[which].prev = space;
    }
    marks->spaces = space;
    marks->count++;
}

static void marks_leave(SvaChecker *c, SvaCheckSpace *space, unsigned which)
{
    SvaCheckMarks *marks = space->marks[which];
    SvaCheckSpace *prev = space->link[which].prev;
    SvaCheckSpace *next = space->link[which].next;

    if (prev) {
        prev->link[which].next = next;
    } else {
        marks->spaces = next;
    }
    if (next) {
        next->link[which].prev = prev;
    }
    if (!--marks->count) {
        g_hash_table_remove(c->marks, marks);
    }
}

SvaCheckMarks *sva_check_marks_find(SvaChecker *c, bool by_domain,
                                    uint16_t domain, bool by_asid,
                                    uint32_t asid)
{
    return marks_lookup(c, by_domain ? domain : SVA_CHECK_ANY,
                        by_asid ? asid : SVA_CHECK_ANY);
}

static unsigned marks_which(const SvaCheckMarks *marks)
{
    if (marks->domain == SVA_CHECK_ANY) {
        return marks->asid == SVA_CHECK_ANY ? SVA_MARKS_ALL : SVA_MARKS_ASID;
    }
    return marks->asid == SVA_CHECK_ANY ? SVA_MARKS_DOMAIN : SVA_MARKS_BOTH;
}

SvaCheckSpace *sva_check_marks_next(const SvaCheckMarks *marks,
                                    const SvaCheckSpace *space)
{
    return space ? space->link[marks_which(marks)].next : marks->spaces;
}

/* -- spaces -- */

static guint space_hash(gconstpointer p)
{
    const SvaCheckSpace *space = p;

    return (space->asid * 0x9e3779b1u) ^ space->domain << 4 ^
           space->kind << 1 ^ space->below;
}

static gboolean space_equal(gconstpointer a, gconstpointer b)
{
    const SvaCheckSpace *x = a;
    const SvaCheckSpace *y = b;

    return x->asid == y->asid && x->domain == y->domain &&
           x->kind == y->kind && x->below == y->below;
}

SvaCheckSpace *sva_check_space(SvaChecker *c, uint32_t asid, uint16_t domain,
                               uint8_t kind, bool below)
{
    SvaCheckSpace key = {
        .asid = asid, .domain = domain, .kind = kind, .below = below,
    };
    SvaCheckSpace *space = g_hash_table_lookup(c->spaces, &key);
    unsigned i;

    if (space) {
        return space;
    }
    space = g_new0(SvaCheckSpace, 1);
    *space = key;
    space->walk_kind = below ? SVA_CHECK_SECOND : kind;
    space->target = UINT64_MAX;
    space->nodes = g_sequence_new(NULL);
    g_hash_table_add(c->spaces, space);
    for (i = 0; i < SVA_MARKS; i++) {
        marks_enter(c, space, i);
    }
    return space;
}

SvaCheckSpace *sva_check_space_tagged(const SvaChecker *c,
                                      const SvaCheckTag *tag)
{
    SvaCheckSpace key = {
        .asid = tag->asid, .domain = tag->domain, .kind = tag->kind,
    };

    return tag->valid ? g_hash_table_lookup(c->spaces, &key) : NULL;
}

SvaCheckSpace *sva_check_space_below(const SvaChecker *c,
                                     const SvaCheckSpace *space)
{
    SvaCheckSpace key = {
        .asid = SVA_CHECK_BELOW, .domain = space->domain, .kind = space->kind,
        .below = true,
    };

    return g_hash_table_lookup(c->spaces, &key);
}

unsigned sva_check_user_spaces(const SvaChecker *c, const SvaCheckUser *user,
                               SvaCheckSpace *spaces[SVA_CHECK_SPACES])
{
    const uint32_t asids[] = {
        user->slot ? user->slot->entry.words[0] >> 48 : 0,
        SVA_FILL_SMMU_GLOBAL, SVA_FILL_SMMU_GLOBAL | SVA_FILL_SMMU_ASET,
    };
    SvaCheckSpace key, *space;
    unsigned i, n = 0;

    if (!user->space) {
        return 0;
    }
    spaces[n++] = user->space;
    key = *user->space;
    for (i = 0; c->arch_id == SVA_REGS_SMMUV3 && user->slot &&
                i < G_N_ELEMENTS(asids); i++) {
        key.asid = asids[i];
        space = g_hash_table_lookup(c->spaces, &key);
        if (space && space != user->space) {
            spaces[n++] = space;
        }
    }
    return n;
}

void sva_check_space_put(SvaChecker *c, SvaCheckSpace *space)
{
    unsigned i;

    if (space->pins || space->users || g_sequence_get_length(space->nodes)) {
        return;
    }
    for (i = 0; i < SVA_MARKS; i++) {
        marks_leave(c, space, i);
    }
    g_hash_table_remove(c->spaces, space);
}

static void space_free(gpointer p)
{
    SvaCheckSpace *space = p;

    g_sequence_free(space->nodes);
    g_free(space);
}

void sva_check_spaces_init(SvaChecker *c)
{
    c->marks = g_hash_table_new_full(marks_hash, marks_equal, g_free, NULL);
    c->spaces = g_hash_table_new_full(space_hash, space_equal, space_free,
                                      NULL);
}

void sva_check_spaces_free(SvaChecker *c)
{
    g_hash_table_destroy(c->spaces);
    g_hash_table_destroy(c->marks);
}
