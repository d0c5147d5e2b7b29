/*
 * What the checker consists of: one line for each part
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "convict.h"
#include "rules-life.h"
#include "rules-oracle.h"
#include "rules-page.h"
#include "rules-stall.h"
#include "rules-smmu.h"
#include "rules-vtd.h"
#include "topics.h"

const SvaCheckArch *const sva_check_archs[SVA_REGS_ARCHS] = {
    [SVA_REGS_VTD] = &sva_check_vtd,
    [SVA_REGS_SMMUV3] = &sva_check_smmu,
};

const SvaCheckTopic *const sva_check_topics[] = {
    &sva_check_topic_inval,
    &sva_check_topic_oracle,
    &sva_check_topic_smmu_asid,
    &sva_check_topic_smmu_entry,
    &sva_check_topic_smmu_queue,
    &sva_check_topic_vtd_domain,
    &sva_check_topic_vtd_entry,
    &sva_check_topic_vtd_queue,
    &sva_check_topic_vtd_root,
    &sva_check_topic_page,
    &sva_check_topic_stall,
    &sva_check_topic_life,
    NULL
};
