/*
 * State of the instructions that x86/tcg.c adds to the processors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/module.h"
#include "hw/sva/compat.h"
#include "migration/vmstate.h"
#include "direct-stores.h"
#include "enqueue.h"

static const char *const counter_names[SVA_COUNTERS] = {
    [SVA_INSN_MOVDIRI] = "movdiri",
    [SVA_INSN_MOVDIR64B] = "movdir64b",
    [SVA_INSN_ENQCMD] = "enqcmd",
    [SVA_INSN_ENQCMDS] = "enqcmds",
    [SVA_INSN_XSAVES] = "xsaves",
    [SVA_INSN_XRSTORS] = "xrstors",
    [SVA_COUNT_REFUSED] = "refused",
    [SVA_COUNT_RETRIES] = "retries",
    [SVA_COUNT_PASID_WRITES] = "pasid-writes",
};

/* A saved state is no better than what a guest writes. */
static int post_load(void *opaque, int version_id)
{
    SvaDirectStoreState *s = opaque;
    uint32_t i;

    for (i = 0; i < s->cpus; i++) {
        if (!sva_ia32_pasid_ok(s->ia32_pasid[i])) {
            return -EINVAL;
        }
    }
    return 0;
}

static const VMStateDescription vmstate = {
    .name = TYPE_SVA_DIRECT_STORES,
    .version_id = 1,
    .minimum_version_id = 1,
    .post_load = post_load,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT32_EQUAL(cpus, SvaDirectStoreState, NULL),
        VMSTATE_VARRAY_UINT32(ia32_pasid, SvaDirectStoreState, cpus, 1,
                              vmstate_info_uint64, uint64_t),
        VMSTATE_END_OF_LIST()
    },
};

SvaDirectStoreState *sva_direct_stores_new(unsigned cpus)
{
    SvaDirectStoreState *s =
        SVA_DIRECT_STORES(object_new(TYPE_SVA_DIRECT_STORES));

    object_property_add_child(qdev_get_machine(), TYPE_SVA_DIRECT_STORES,
                              OBJECT(s));
    object_unref(s);
    s->cpus = cpus;
    s->ia32_pasid = g_new0(uint64_t, cpus);
    vmstate_register(NULL, 0, &vmstate, s);
    return s;
}

static void direct_stores_init(Object *obj)
{
    SvaDirectStoreState *s = SVA_DIRECT_STORES(obj);
    unsigned i;

    for (i = 0; i < SVA_COUNTERS; i++) {
        if (counter_names[i]) {
            object_property_add_uint64_ptr(obj, counter_names[i],
                                           &s->counters[i], OBJ_PROP_FLAG_READ);
        }
    }
}

static const TypeInfo direct_stores_types[] = { {
    .name = TYPE_SVA_DIRECT_STORES,
    .parent = TYPE_OBJECT,
    .instance_size = sizeof(SvaDirectStoreState),
    .instance_init = direct_stores_init,
} };

DEFINE_TYPES(direct_stores_types)
