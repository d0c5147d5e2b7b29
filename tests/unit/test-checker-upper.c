/*
 * Checker: which commands reach copies of upper tables' entries
 *
 * L1STD, L1CD, the PASID directory and the root table have entries for many
 * streams or PASIDs.  One of them is cut off, and one command comes.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "checker-smmu.h"
#include "checker-vtd.h"
#include "fake-env.h"
#include "hw/sva/observe/checker/convict.h"

#define RID   0x0110
#define ENTRY 0x600000ull
#define SID   0x0000011000000000ull
#define SID2  0x0000011100000000ull
#define SSID(n) ((uint64_t)(n) << 12)

#define L1STD SVA_ENTRY_SMMU_L1STD
#define L1CD  SVA_ENTRY_SMMU_L1CD
#define DIR   SVA_ENTRY_VTD_PASID_DIR
#define ROOT  SVA_ENTRY_VTD_ROOT
#define KEPT  "inval-entry-missing"

/* S1Fmt: CD tables of 64 and of 1024 entries */
#define FMT4K  (1ull << 4)
#define FMT64K (2ull << 4)

/* @fmt: of the STE; L1CD and DIR are read for PASID 70 */
typedef struct Row {
    const char *name;
    SvaEntryType type;
    uint64_t fmt;
    uint64_t command[2];
    const char *rules;
} Row;

static const Row rows[] = {
    { "l1cd/cd", L1CD, FMT4K, { SID | SSID(70) | 0x05, 0 }, "" },
    { "l1cd/cd-leaf", L1CD, FMT4K, { SID | SSID(70) | 0x05, 1 }, KEPT },
    { "l1cd/cd-beside", L1CD, FMT4K, { SID | SSID(127) | 0x05, 0 }, "" },
    { "l1cd/cd-above", L1CD, FMT4K, { SID | SSID(128) | 0x05, 0 }, KEPT },
    { "l1cd/cd-below", L1CD, FMT4K, { SID | SSID(63) | 0x05, 0 }, KEPT },
    { "l1cd/cd-of-1024", L1CD, FMT64K, { SID | SSID(1023) | 0x05, 0 }, "" },
    { "l1cd/cd-0-of-1024", L1CD, FMT64K, { SID | 0x05, 0 }, "" },
    { "l1cd/cd-not-of-1024", L1CD, FMT64K, { SID | SSID(1024) | 0x05, 0 },
      KEPT },
    { "l1cd/other-stream", L1CD, FMT4K, { SID2 | SSID(70) | 0x05, 0 }, KEPT },
    { "l1cd/cds", L1CD, FMT4K, { SID | 0x06, 0 }, "" },
    { "l1cd/other-cds", L1CD, FMT4K, { SID2 | 0x06, 0 }, KEPT },
    { "l1cd/ste", L1CD, FMT4K, { SID | 0x03, 1 }, "" },
    { "l1cd/other-ste", L1CD, FMT4K, { SID2 | 0x03, 0 }, KEPT },
    { "l1cd/all", L1CD, FMT4K, { 0x04, 31 }, "" },
    { "l1std/ste", L1STD, 0, { SID | 0x03, 0 }, "" },
    { "l1std/ste-leaf", L1STD, 0, { SID | 0x03, 1 }, KEPT },
    { "l1std/ste-beside", L1STD, 0, { 0x000001ff00000003, 0 }, "" },
    { "l1std/ste-above", L1STD, 0, { 0x0000020000000003, 0 }, KEPT },
    { "l1std/range", L1STD, 0, { 0x0000018000000004, 6 }, "" },
    { "l1std/range-above", L1STD, 0, { 0x0000020000000004, 6 }, KEPT },
    { "l1std/all", L1STD, 0, { 0x04, 31 }, "" },
    { "l1std/cds", L1STD, 0, { SID | 0x06, 0 }, KEPT },
    { "dir/pasid", DIR, 0, { 0x4600010017 }, "" },
    { "dir/pasid-beside", DIR, 0, { 0x7f00010017 }, "" },
    { "dir/pasid-above", DIR, 0, { 0x8000010017 }, KEPT },
    { "dir/domain", DIR, 0, { 0x10007 }, "" },
    { "dir/global", DIR, 0, { 0x37 }, "" },
    { "root/device", ROOT, 0, { 0x11000000031 }, KEPT },
    { "root/global", ROOT, 0, { 0x11 }, "" },
};

static const SvaCheckArch *const archs[SVA_REGS_ARCHS] = {
    &sva_check_vtd, &sva_check_smmu,
};
static const SvaCheckTopic *const topics[] = { &sva_check_topic_inval, NULL };

typedef struct World {
    FakeEnv *env;
    SvaChecker *c;
    uint64_t seq;
} World;

static void event(World *w, SvaEvent e)
{
    e.seq = ++w->seq;
    e.time = w->env->now;
    sva_checker_event(w->c, &e);
}

static void command(World *w, uint64_t qw0, uint64_t qw1)
{
    event(w, (SvaEvent) {
        .kind = SVA_EV_COMMAND,
        .command = { .words = { qw0, qw1 }, .type = qw0 & 0xff },
    });
}

/* Stream table of two levels, 256 STEs in each of the second. */
static void regs(World *w, SvaRegsArch arch)
{
    static const uint64_t smmu[SVA_EVENT_WORDS] = CHECK_REGS;
    SvaEvent e = {
        .kind = SVA_EV_REGS, .regs = { .arch = arch, .count = 7 },
    };

    if (arch == SVA_REGS_SMMUV3) {
        memcpy(e.regs.words, smmu, sizeof(smmu));
        e.regs.words[SVA_REGS_SMMU_STRTAB_BASE_CFG] = 0x10210;
    } else {
        check_vtd_regs(e.regs.words);
    }
    event(w, e);
}

static void read_entry(World *w, SvaEntryType type, SvaPasid pasid,
                       uint64_t pa, uint64_t word)
{
    fake_put64(w->env, pa, word);
    event(w, (SvaEvent) {
        .kind = SVA_EV_ENTRY, .rid = RID, .pasid = pasid,
        .entry = { .type = type, .pa = pa, .count = 1, .words = { word } },
    });
}

static void test_row(gconstpointer data)
{
    static const SvaCheckOptions options = {
        .limit = SVA_CHECK_LIMIT_DEFAULT, .history = 64,
        .entries = SVA_CHECK_ENTRIES_DEFAULT,
    };
    const Row *row = data;
    bool smmu = row->type >= L1STD;
    World w = { .env = fake_env_new() };
    const SvaCheckReport *r;
    uint64_t wait = smmu ? 0x46 : 0x25;

    w.c = sva_checker_new(&w.env->env, &options);
    sva_checker_set_parts(w.c, archs, topics);
    regs(&w, smmu ? SVA_REGS_SMMUV3 : SVA_REGS_VTD);
    if (row->type == L1CD) {
        read_entry(&w, SVA_ENTRY_SMMU_STE, SVA_NO_PASID, 0x1004400,
                   0x580000000200000bull | row->fmt);
    }
    read_entry(&w, row->type,
               row->type == L1CD || row->type == DIR ? sva_pasid(70)
                                                     : SVA_NO_PASID,
               ENTRY, row->type == L1STD ? 0x100009 : 0x100001);
    fake_put64(w.env, ENTRY, 0);
    command(&w, row->command[0], row->command[1]);
    command(&w, wait, 0);
    event(&w, (SvaEvent) { .kind = SVA_EV_WAIT_DONE, .wait.word = wait });
    fake_env_advance(w.env, 2 * SVA_CHECK_LIMIT_DEFAULT);
    r = sva_checker_report(w.c, 0);
    g_assert_cmpstr(r ? r->facts.rule->id : "", ==, row->rules);
    sva_checker_free(w.c);
    fake_env_free(w.env);
}

int main(int argc, char **argv)
{
    unsigned i;

    g_test_init(&argc, &argv, NULL);
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *path = g_strdup_printf("/checker/upper/%s",
                                                rows[i].name);

        g_test_add_data_func(path, &rows[i], test_row);
    }
    return g_test_run();
}
