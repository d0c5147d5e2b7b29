/*
 * Statistics of an IOMMU as QOM properties
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qapi/visitor.h"
#include "hw/sva/cache-summary.h"
#include "iommu-call.h"
#include "iommu-device.h"

static const SvaIommuStats *stats_of(Object *obj)
{
    return &SVA_IOMMU_GET_CLASS(obj)->ops->stats;
}

/* Before it is realized the device has no lock, and counts nothing. */
static void get_counter(Object *obj, Visitor *v, const char *name,
                        void *opaque, Error **errp)
{
    unsigned counter = GPOINTER_TO_UINT(opaque);
    SvaPciFabric *fabric = &sva_iommu_device(obj)->fabric;
    uint64_t val = 0;

    if (fabric->iommu) {
        sva_pci_hits_take(&fabric->hits, fabric->iommu->hits);
        sva_pci_lock(fabric);
        val = stats_of(obj)->counter(obj, counter);
        sva_pci_unlock(fabric);
    }
    visit_type_uint64(v, name, &val, errp);
}

static void get_register(Object *obj, Visitor *v, const char *name,
                         void *opaque, Error **errp)
{
    const SvaIommuStatsRegister *reg =
        &stats_of(obj)->registers[GPOINTER_TO_UINT(opaque)];
    SvaPciFabric *fabric = &sva_iommu_device(obj)->fabric;
    uint64_t val = 0;

    if (fabric->iommu) {
        val = sva_pci_iommu_read(fabric, reg->offset, reg->size);
    }
    visit_type_uint64(v, name, &val, errp);
}

static void add_translation(const SvaCached *cached, void *opaque)
{
    if (!cached->config) {
        sva_cache_summary_add(opaque, 0, cached->tag);
    }
}

static void add_config(const SvaCached *cached, void *opaque)
{
    if (cached->config) {
        sva_cache_summary_add(opaque, cached->rid, cached->tag);
    }
}

static SvaCacheSummary *summary_of(Object *obj, SvaCachedFn *add)
{
    SvaPciFabric *fabric = &sva_iommu_device(obj)->fabric;
    SvaCacheSummary *summary = sva_cache_summary_new();

    if (fabric->iommu) {
        sva_pci_lock(fabric);
        fabric->iommu->ops->cached(fabric->iommu, add, summary);
        sva_pci_unlock(fabric);
    }
    return summary;
}

static char *get_translations(Object *obj, Error **errp)
{
    return sva_cache_summary_translations(summary_of(obj, add_translation));
}

static char *get_configs(Object *obj, Error **errp)
{
    return sva_cache_summary_configs(summary_of(obj, add_config));
}

void sva_iommu_stats_add(ObjectClass *klass, const SvaIommuStats *stats)
{
    unsigned i;

    for (i = 0; i < stats->counter_count; i++) {
        g_autofree char *name = g_strconcat("count-",
                                            stats->counter_name(i), NULL);

        object_class_property_add(klass, name, "uint64", get_counter, NULL,
                                  NULL, GUINT_TO_POINTER(i));
    }
    object_class_property_add_str(klass, "cached-translations",
                                  get_translations, NULL);
    object_class_property_add_str(klass, "cached-configs", get_configs, NULL);
    for (i = 0; i < stats->register_count; i++) {
        object_class_property_add(klass, stats->registers[i].name,
                                  "uint64", get_register, NULL, NULL,
                                  GUINT_TO_POINTER(i));
    }
}
