/*
 * Requests to a unit, for its fixture
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TESTS_UNIT_ASK_IOMMU_H
#define TESTS_UNIT_ASK_IOMMU_H

#include "fake-env.h"
#include "hw/sva/iommu.h"

/*
 * Send @req, and compare the answer with what peek() said before, if it knew;
 * @known counts that.
 */
SvaTranslation ask_iommu(FakeEnv *env, SvaIommu *iommu, const SvaRequest *req,
                         unsigned *known);

#endif
