/*
 * A checker with one topic, and forged events of a real architecture
 *
 * There is one function, RULES_RID, with PASID 5, 6, ... in a table at
 * RULES_TABLE.  An entry is what the test writes; rules_read() has the IOMMU
 * read it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TESTS_UNIT_CHECKER_RULES_H
#define TESTS_UNIT_CHECKER_RULES_H

#include "fake-env.h"
#include "hw/sva/observe/checker/checker.h"

#define RULES_RID   0x0110
#define RULES_TABLE 0x100000ull
#define RULES_STE   0x200000ull
#define P5          sva_pasid(5)
#define LIMIT       SVA_CHECK_LIMIT_DEFAULT

/* VT-d: first stage, 4 levels, DID 1; quiesced: FPD */
#define VTD_BOUND   0x41ull
#define VTD_FPD     0x2ull
/* SMMUv3: V, AA64, A, EPD1; quiesced: EPD0 */
#define CD_BOUND    0x0005420580000000ull
#define CD_QUIET    (CD_BOUND | 1ull << 14 | 1ull << 30)

/* @slow: the host lets the machine run one part in so many; 0: always */
typedef struct RulesFixture {
    FakeEnv *env;
    SvaChecker *c;
    int64_t slow;
    SvaEventSink sink;
    SvaRegsArch arch;
    const SvaCheckTopic *topics[2];
} RulesFixture;

RulesFixture *rules_new(SvaRegsArch arch, const SvaCheckTopic *topic);
void rules_free(RulesFixture *f);

#define rules_emit(f, ...) sva_emit(&(f)->env->env, __VA_ARGS__)

/* Write the first word of the entry of @pasid, and where its tables are. */
void rules_write(RulesFixture *f, SvaPasid pasid, uint64_t word,
                 uint64_t tables);
/* A request has the IOMMU read that entry. */
void rules_read(RulesFixture *f, SvaPasid pasid);
/* Both, the entry being present. */
void rules_bind(RulesFixture *f, SvaPasid pasid, uint64_t tables);
void rules_unbind(RulesFixture *f, SvaPasid pasid);

/* A page request of VT-d or SMMUv3, and software's answer. */
void rules_ask(RulesFixture *f, SvaPasid pasid, uint64_t addr, uint16_t prgi,
               bool last);
void rules_answer(RulesFixture *f, SvaPasid pasid, uint16_t prgi,
                  SvaPrgCode code);

/* The rules of the topic that were reported, each once: "" or "a b". */
void rules_reports(RulesFixture *f, const char *ids);
/* The last report. */
const SvaCheckReport *rules_last(RulesFixture *f);

#endif
