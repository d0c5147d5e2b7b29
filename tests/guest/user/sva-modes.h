/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The translation modes that an architecture's kernel offers a device
 */
#ifndef SVA_MODES_H
#define SVA_MODES_H

#include "hw/sva/accel-abi.h"

/*
 * SVA_MODE_ASKING: in which pages that are not there are brought in.  Linux
 * leaves PRI off behind an SMMUv3; there an untranslated request stalls until
 * its page is there.
 *
 * SVA_MODES_SILENT: those in which a living process that asks for too much is
 * refused without a report.
 * SVA_BREAK_ASKING: where a request can be held back that a reset overtakes.
 */
#ifdef __aarch64__
#define SVA_MODE_ASKING		SVA_MODE_UNTRANSLATED
#define SVA_MODE_ASKING_NAME	"untranslated"
#define SVA_ALL_MODES(sep)	"untranslated" sep "ats"
#define SVA_MODE_COUNT		2	/* they are the first ones */
#define SVA_MODE_STALLS(mode)	((mode) == SVA_MODE_UNTRANSLATED)
#define SVA_MODES_SILENT	SVA_ALL_MODES(":")
#define SVA_BREAK_ASKING		SVA_BREAK_BEFORE_ACCESS
#else
#define SVA_MODE_ASKING		SVA_MODE_ATS_PRI
#define SVA_MODE_ASKING_NAME	"ats-pri"
#define SVA_ALL_MODES(sep)	"untranslated" sep "ats" sep "ats-pri"
#define SVA_MODE_COUNT		3
#define SVA_MODE_STALLS(mode)	((void)(mode), false)
#define SVA_MODES_SILENT	"ats:ats-pri"
#define SVA_BREAK_ASKING		SVA_BREAK_IN_PRG
#endif

#endif
