/*
 * Counters of the VT-d unit: names
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "counters.h"

static const char *const names[SVA_VTD_CNT_COUNT] = {
#define SVA_VTD_COUNTER_TEXT(name, text) [SVA_VTD_CNT_##name] = text,
    SVA_VTD_COUNTERS(SVA_VTD_COUNTER_TEXT)
#undef SVA_VTD_COUNTER_TEXT
};

const char *sva_vtd_counter_name(SvaVtdCounter counter)
{
    return counter < SVA_VTD_CNT_COUNT ? names[counter] : "";
}
