/*
 * Requests to a unit, for its fixture
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "ask-iommu.h"

/* As if nobody listened: while somebody does, nothing is known. */
static bool peek(FakeEnv *env, const SvaIommu *iommu, const SvaRequest *req,
                 SvaHit *out)
{
    SvaEventBus *bus = env->env.bus;
    bool known;

    /* Others may read it, if it is NULL anyway. */
    if (bus) {
        env->env.bus = NULL;
    }
    known = iommu->ops->peek && iommu->ops->peek(iommu, req, out);
    if (bus) {
        env->env.bus = bus;
    }
    return known;
}

SvaTranslation ask_iommu(FakeEnv *env, SvaIommu *iommu, const SvaRequest *req,
                         unsigned *known)
{
    SvaTranslation out;
    SvaHit hit;
    bool knew = peek(env, iommu, req, &hit);

    if (req->at == SVA_AT_TRANSLATED) {
        iommu->ops->check_translated(iommu, req, &out);
    } else {
        iommu->ops->translate(iommu, req, &out);
    }
    if (knew) {
        ++*known;
        g_assert_cmpint(out.outcome, ==, SVA_OK);
        g_assert_cmphex(out.map.addr, ==, hit.addr);
        g_assert_cmphex(out.map.mask, ==, hit.mask);
        g_assert_cmphex(out.map.access, ==, hit.access);
    }
    return out;
}
