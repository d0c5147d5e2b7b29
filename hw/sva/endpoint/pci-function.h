/*
 * SvaPciFunction: QOM type of a PCIe function with PASID, ATS and PRI
 *
 * Abstract.  It is the QEMU side of a SvaFunction: the capabilities and what
 * a write to them tells the function, MSI-X, reset and FLR, the port, unplug,
 * saved state, and the properties that all such functions have.  A device
 * adds its IDs, its BARs, its own properties and a model with a SvaFunction.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_ENDPOINT_PCI_FUNCTION_H
#define HW_SVA_ENDPOINT_PCI_FUNCTION_H

#include "hw/sva/compat.h"
#include "hw/pci/msix.h"
#include "hw/sva/endpoint-pci.h"
#include "migration/vmstate.h"
#include "function.h"

#define TYPE_SVA_PCI_FUNCTION "sva-pci-function"
OBJECT_DECLARE_TYPE(SvaPciFunction, SvaPciFunctionClass, SVA_PCI_FUNCTION)

#define SVA_PCI_FUNCTION_BARS 6

/*
 * @port:    where the function sends its requests
 * @fn:      NULL until the device is realized
 * @saved:   state of the model, during migration only
 * @ats_cap, @pri_cap, @pasid_cap: offsets of the capabilities; 0: there is
 *           none
 * The other members are properties.  @pri is not auto and @vectors is not 0
 * once the device is realized.
 */
struct SvaPciFunction {
    PCIDevice parent_obj;

    SvaPort *port;
    SvaFunction *fn;
    void *saved;
    MemoryRegion bars[SVA_PCI_FUNCTION_BARS];
    uint16_t ats_cap;
    uint16_t pri_cap;
    uint16_t pasid_cap;

    SvaFunctionConfig config;
    uint32_t pasid_bits;
    uint32_t vectors;
    bool ats;
    OnOffAuto pri;
};

/*
 * What a device offers.  @model is SvaFunction.device, what it gave to
 * sva_function_init().
 *
 * @msix_bar: number of the BAR that holds the MSI-X table
 * @check:    check the properties of the device, and replace 0 vectors by
 *            another default than 1; the first thing of realize.  Optional.
 * @create:   make the model, with the environment of @port and @config
 * @destroy:  when the device object is finalized
 * @add_bars: call sva_pci_function_add_bar() for each BAR but that of MSI-X
 * @saved_new, @save, @load: for SVA_PCI_FUNCTION_VMSTATE(); without it the
 *            device blocks migration.  @saved_new: room for the state, which
 *            g_free() frees.  @load: NULL, or why that state is refused
 */
struct SvaPciFunctionClass {
    PCIDeviceClass parent_class;

    uint8_t msix_bar;
    bool (*check)(SvaPciFunction *f, Error **errp);
    SvaFunction *(*create)(SvaPciFunction *f);
    void (*destroy)(void *model);
    void (*add_bars)(SvaPciFunction *f);
    void *(*saved_new)(const void *model);
    void (*save)(void *model, void *saved);
    const char *(*load)(void *model, const void *saved);
};

/* BAR @number; the model is the opaque argument of @ops. */
void sva_pci_function_add_bar(SvaPciFunction *f, unsigned number,
                              const char *name, const MemoryRegionOps *ops,
                              uint64_t size);

/* The same with another opaque argument. */
void sva_pci_function_add_bar_of(SvaPciFunction *f, unsigned number,
                                 const char *name, const MemoryRegionOps *ops,
                                 void *opaque, uint64_t size);

/* For @check: false, with an error, if property @name is out of range. */
bool sva_pci_function_check_range(SvaPciFunction *f, const char *name,
                                  uint32_t value, uint32_t min, uint32_t max,
                                  Error **errp);

/* Every access comes through as it is: wrong ones are the model's business. */
#define SVA_PCI_ANY_ACCESS {                                            \
        .min_access_size = 1, .max_access_size = 8, .unaligned = true,  \
    }

#define SVA_PCI_BAR_OPS(read_fn, write_fn) {    \
        .read = (read_fn),                      \
        .write = (write_fn),                    \
        .endianness = DEVICE_LITTLE_ENDIAN,     \
        .valid = SVA_PCI_ANY_ACCESS,            \
        .impl = SVA_PCI_ANY_ACCESS,             \
    }

/* The VMStateDescription of a device whose model is saved as @state_vmsd. */
#define SVA_PCI_FUNCTION_VMSTATE(type_name, state_vmsd) {               \
        .name = (type_name),                                            \
        .version_id = 1,                                                \
        .minimum_version_id = 1,                                        \
        .pre_save = sva_pci_function_pre_save,                          \
        .post_save = sva_pci_function_post_save,                        \
        .pre_load = sva_pci_function_pre_load,                          \
        .post_load = sva_pci_function_post_load,                        \
        .fields = (const VMStateField[]) {                              \
            VMSTATE_PCI_DEVICE(parent_obj, SvaPciFunction),             \
            VMSTATE_MSIX(parent_obj, SvaPciFunction),                   \
            {                                                           \
                .name = "saved",                                        \
                .vmsd = &(state_vmsd),                                  \
                .size = sizeof(void *),                                 \
                .flags = VMS_STRUCT | VMS_POINTER,                      \
                .offset = offsetof(SvaPciFunction, saved),              \
            },                                                          \
            VMSTATE_END_OF_LIST()                                       \
        },                                                              \
    }

int sva_pci_function_pre_save(void *opaque);
int sva_pci_function_post_save(void *opaque);
int sva_pci_function_pre_load(void *opaque);
int sva_pci_function_post_load(void *opaque, int version);

#endif
