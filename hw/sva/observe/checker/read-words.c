/*
 * Words of tables that the IOMMU read, as SVA_EV_ENTRY told
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "read-words.h"

static bool is_page_table(SvaEntryType type)
{
    return type == SVA_ENTRY_VTD_FIRST || type == SVA_ENTRY_VTD_SECOND ||
           type == SVA_ENTRY_SMMU_STAGE1 || type == SVA_ENTRY_SMMU_STAGE2;
}

/* Bits that hardware, or a processor, may change in an entry in use. */
static uint64_t flags_of(SvaEntryType type)
{
    switch (type) {
    case SVA_ENTRY_VTD_FIRST:
        return 1 << 5 | 1 << 6 | 1 << 10;
    case SVA_ENTRY_VTD_SECOND:
        return 1 << 8 | 1 << 9;
    case SVA_ENTRY_SMMU_STAGE1:
    case SVA_ENTRY_SMMU_STAGE2:
        return 1 << 7 | 1 << 10;
    default:
        return 0;
    }
}

static SvaCheckReadWord *find(SvaCheckReadRequest *r, uint64_t pa)
{
    for (unsigned i = 0; i < r->count; i++) {
        if (r->words[i].pa == pa) {
            return &r->words[i];
        }
    }
    return NULL;
}

static void add_word(SvaCheckReadRequest *r, const SvaEvent *event,
                     uint64_t pa, uint64_t word)
{
    SvaEntryType type = event->entry.type;
    SvaCheckReadWord *w = find(r, pa);

    if (!w && r->count == SVA_CHECK_READ_WORDS) {
        r->racing = true;
        return;
    }
    if (!w) {
        w = &r->words[r->count++];
        *w = (SvaCheckReadWord) {
            .pa = pa, .first = word, .last = word,
            .page_table = is_page_table(type),
        };
    }
    if (w->last != word) {
        r->changed = true;
        r->racing |= (w->last ^ word) & ~flags_of(type);
    }
    w->addr = event->addr;
    w->last = word;
    w->reads++;
}

/* Tables are pages: the upper bits choose a part, the lower ones a word. */
static size_t place(uint64_t pa, size_t places)
{
    return (pa >> 3 ^ (pa >> 12) * 0x9e5) % places;
}

static SvaCheckKeptWord *kept_at(SvaCheckReads *r, uint64_t pa,
                                 bool page_table)
{
    return page_table ? &r->kept[place(pa, SVA_CHECK_KEPT_WORDS)]
                      : &r->config[place(pa, SVA_CHECK_KEPT_CONFIG)];
}

static void keep(SvaCheckReads *r, const SvaEvent *event, uint64_t pa,
                 uint64_t word)
{
    bool page_table = is_page_table(event->entry.type);
    SvaCheckKeptWord *kept = kept_at(r, pa, page_table);
    SvaCheckKeptWord *other = kept_at(r, pa, !page_table);

    /* What was a table of one kind may be one of the other kind. */
    other->valid &= other->pa != pa;
    if (!kept->valid) {
        kept->since = INT64_MIN;
    } else if (kept->pa != pa || kept->word != word) {
        kept->since = event->time;
    }
    kept->pa = pa;
    kept->word = word;
    kept->page_table = page_table;
    kept->valid = true;
}

void sva_check_reads_add(SvaCheckReads *r, const SvaEvent *event)
{
    unsigned count = MIN(event->entry.count, SVA_EVENT_WORDS);

    for (unsigned i = 0; i < count; i++) {
        uint64_t pa = event->entry.pa + 8 * i, word = event->entry.words[i];

        add_word(&r->request, event, pa, word);
        keep(r, event, pa, word);
    }
}

void sva_check_reads_end(SvaCheckReads *r)
{
    r->request.count = 0;
    r->request.changed = r->request.racing = false;
}

/* -- as a source -- */

/* The address that page tables are walked by: without the byte of TBI. */
uint64_t sva_check_walked_addr(const SvaChecker *c, uint64_t addr)
{
    return sva_check_arch_id(c) == SVA_REGS_SMMUV3
           ? (uint64_t)((int64_t)(addr << 8) >> 8) : addr;
}

bool sva_check_takes_liberties(const SvaChecker *c)
{
    return sva_check_regs(c)[sva_check_arch_id(c) == SVA_REGS_SMMUV3
                             ? SVA_REGS_SMMU_ADVERSARY
                             : SVA_REGS_VTD_ADVERSARY];
}

static bool is_of_request(const SvaCheckSource *s, const SvaCheckReadWord *w)
{
    return !sva_check_takes_liberties(s->checker) ||
           (w->page_table &&
            w->addr == sva_check_walked_addr(s->checker, s->event->addr));
}

static const SvaCheckKeptWord *find_kept(const SvaCheckReads *r, uint64_t pa)
{
    const SvaCheckKeptWord *config =
        &r->config[place(pa, SVA_CHECK_KEPT_CONFIG)];
    const SvaCheckKeptWord *table = &r->kept[place(pa, SVA_CHECK_KEPT_WORDS)];

    if (config->valid && config->pa == pa) {
        return config;
    }
    return table->valid && table->pa == pa ? table : NULL;
}

/* Nothing was ever in its places. */
static bool is_never(const SvaCheckReads *r, uint64_t pa)
{
    return !r->config[place(pa, SVA_CHECK_KEPT_CONFIG)].pa &&
           !r->kept[place(pa, SVA_CHECK_KEPT_WORDS)].pa;
}

static bool borrow(SvaCheckSource *s, uint64_t pa, uint64_t *word)
{
    const SvaCheckKeptWord *kept = find_kept(s->reads, pa);

    if (!kept || s->borrowed_count == SVA_CHECK_BORROWED) {
        s->never = !kept && is_never(s->reads, pa);
        return false;
    }
    *word = kept->word;
    s->borrowed[s->borrowed_count++] = kept;
    return true;
}

static SvaOracleRead source_read(const SvaOracleSource *source, uint64_t pa,
                                 uint64_t *word)
{
    SvaCheckSource *s = (SvaCheckSource *)source;
    const SvaCheckReadRequest *r = &s->reads->request;

    for (unsigned i = 0; i < r->count; i++) {
        if (r->words[i].pa == pa && is_of_request(s, &r->words[i])) {
            *word = s->before ? r->words[i].first : r->words[i].last;
            return SVA_ORACLE_READ;
        }
    }
    return borrow(s, pa, word) ? SVA_ORACLE_READ : SVA_ORACLE_NOT_READ;
}

bool sva_check_source_has_pages(const SvaCheckSource *s)
{
    const SvaCheckReadRequest *r = &s->reads->request;

    for (unsigned i = 0; i < r->count; i++) {
        if (r->words[i].page_table && is_of_request(s, &r->words[i])) {
            return true;
        }
    }
    return false;
}

void sva_check_source_init(SvaCheckSource *s, SvaChecker *c,
                           const SvaCheckReads *reads, const SvaEvent *event,
                           bool before)
{
    s->source = (SvaOracleSource) { .read = source_read };
    s->checker = c;
    s->reads = reads;
    s->before = before;
    s->event = event;
    s->borrowed_count = 0;
    s->never = false;
}

static bool is_doubtful(const SvaCheckSource *s, const SvaCheckKeptWord *kept)
{
    int64_t limit = 2 * sva_check_limit(s->checker);
    uint64_t now;

    return (kept->page_table && sva_check_takes_liberties(s->checker)) ||
           kept->since > s->event->time - limit ||
           !sva_env_read64(sva_check_env(s->checker), kept->pa, &now) ||
           now != kept->word;
}

bool sva_check_source_is_doubtful(const SvaCheckSource *s)
{
    if (!s->borrowed_count) {
        return false;
    }
    if (sva_check_unwaited(s->checker) ||
        sva_check_owes_at(s->checker, s->event->rid, s->event->pasid,
                          s->event->addr)) {
        return true;
    }
    for (unsigned i = 0; i < s->borrowed_count; i++) {
        if (is_doubtful(s, s->borrowed[i])) {
            return true;
        }
    }
    return false;
}
