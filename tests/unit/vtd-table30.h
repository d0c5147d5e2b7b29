/*
 * Table 30 of VT-d 5.10 (section 7.1.3): conditions of translation faults
 *
 * A copy of the values, made by reading: reason code; qualified by FPD (Y) or
 * not (N); what each kind of request is answered, in the order U, UP
 * (untranslated, without and with PASID), T, TP (translation request), X, XP
 * (translated request), PR, PN (page request with and without LPIG); which
 * kinds are recorded.
 *
 *   UR CA IR DROP  as there
 *   Z              Success with R=W=U=S=0
 *   Z!             the same, and recorded all the same
 *   EFF            Success with the rights that there are
 *   W-U            Success with R=0, W=1, U=1, S=0
 *   -              cannot meet it
 *
 * Rows that only head a group of others are left out.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TESTS_UNIT_VTD_TABLE30_H
#define TESTS_UNIT_VTD_TABLE30_H

#include <stdint.h>

typedef struct Table30Row {
    const char *code;
    uint8_t reason;
    char qualified;
    const char *answers;
    const char *recorded;
} Table30Row;

static const Table30Row table30[] = {
    { "LRT.1", 0x08, 'N', "UR - CA - UR - - -", "U T X" },
    { "LRT.2", 0x01, 'N', "UR - UR - UR - - -", "U T X" },
    { "LRT.3", 0x0a, 'N', "UR - CA - UR - - -", "U T X" },
    { "LCT.1", 0x09, 'N', "UR - CA - UR - - -", "U T X" },
    { "LCT.2", 0x02, 'Y', "UR - UR - UR - - -", "U T X" },
    { "LCT.3", 0x0b, 'Y', "UR - CA - UR - - -", "U T X" },
    { "LCT.4.1", 0x03, 'Y', "UR - CA - UR - - -", "U T X" },
    { "LCT.4.2", 0x03, 'Y', "UR - CA - UR - - -", "U T X" },
    { "LCT.4.3", 0x03, 'Y', "UR - CA - - - - -", "U T" },
    { "LCT.5", 0x0d, 'Y', "- - UR - UR - - -", "T X" },
    { "LSS.1", 0x07, 'Y', "UR - CA - - - - -", "U T" },
    { "LSS.2", 0x0c, 'Y', "UR - CA - - - - -", "U T" },
    { "LGN.1.1", 0x04, 'Y', "UR - Z - - - - -", "U" },
    { "LGN.1.2", 0x04, 'Y', "- - - - UR - - -", "X" },
    { "LGN.1.3", 0x04, 'Y', "UR - - - - - - -", "U" },
    { "LGN.2", 0x05, 'Y', "UR - EFF - - - - -", "U" },
    { "LGN.3", 0x06, 'Y', "UR - EFF - - - - -", "U" },
    { "LGN.4", 0x0e, 'Y', "UR - CA - UR - - -", "U T X" },
    { "RTA.1.1", 0x30, 'N', "UR UR CA CA UR UR IR DROP",
      "U UP T TP X XP PR PN" },
    { "RTA.1.2", 0x30, 'N', "UR UR CA CA UR UR IR DROP",
      "U UP T TP X XP PR PN" },
    { "RTA.1.3", 0x30, 'N', "UR UR CA CA UR UR IR DROP",
      "U UP T TP X XP PR PN" },
    { "RTA.1.4", 0x30, 'N', "UR - CA - UR - - -", "U T X" },
    { "RTA.2", 0x31, 'N', "- UR - UR - UR - -", "UP TP XP" },
    { "RTA.3", 0x32, 'N', "- - - - - - IR DROP", "PR PN" },
    { "RTA.4", 0x33, 'N', "UR UR UR UR UR UR IR DROP", "U UP T TP X XP PR PN" },
    { "RTA.5", 0x34, 'N', "- UR - UR - UR - -", "UP TP XP" },
    { "SRT.1", 0x38, 'N', "UR UR CA CA UR UR IR DROP", "U UP T TP X XP PR PN" },
    { "SRT.2", 0x39, 'N', "UR UR UR UR UR UR IR DROP", "U UP T TP X XP PR PN" },
    { "SRT.3", 0x3a, 'N', "UR UR CA CA UR UR IR DROP", "U UP T TP X XP PR PN" },
    { "SCT.1", 0x40, 'N', "UR UR CA CA UR UR IR DROP", "U UP T TP X XP PR PN" },
    { "SCT.2", 0x41, 'Y', "UR UR UR UR UR UR IR DROP", "U UP T TP X XP PR PN" },
    { "SCT.3", 0x42, 'Y', "UR UR CA CA UR UR IR DROP", "U UP T TP X XP PR PN" },
    { "SCT.4.1", 0x43, 'Y', "UR UR CA CA UR UR IR DROP",
      "U UP T TP X XP PR PN" },
    { "SCT.4.2", 0x43, 'Y', "UR UR CA CA UR UR IR DROP",
      "U UP T TP X XP PR PN" },
    { "SCT.4.3", 0x43, 'Y', "UR - CA - UR UR IR DROP", "U T X XP PR PN" },
    { "SCT.5", 0x44, 'Y', "- - UR UR UR UR - -", "T TP X XP" },
    { "SCT.6", 0x45, 'Y', "- UR - UR - - IR DROP", "UP TP PR PN" },
    { "SCT.7", 0x46, 'Y', "- UR - UR - UR IR DROP", "UP TP XP PR PN" },
    { "SCT.8", 0x47, 'Y', "- - - - - - IR DROP", "PR PN" },
    { "SCT.9", 0x48, 'Y', "- UR - UR - UR IR DROP", "UP TP XP PR PN" },
    { "SCT.10", 0x49, 'Y', "- - - - - UR - -", "XP" },
    { "SPD.1", 0x50, 'N', "UR UR CA CA CA CA IR DROP", "U UP T TP X XP PR PN" },
    { "SPD.2", 0x51, 'Y', "UR UR Z Z UR UR IR DROP", "U UP X XP PR PN" },
    { "SPD.3", 0x52, 'Y', "UR UR CA CA CA CA IR DROP", "U UP T TP X XP PR PN" },
    { "SPT.1", 0x58, 'N', "UR UR CA CA CA CA IR DROP", "U UP T TP X XP PR PN" },
    { "SPT.2", 0x59, 'Y', "UR UR Z Z UR UR IR DROP", "U UP X XP PR PN" },
    { "SPT.3", 0x5a, 'Y', "UR UR CA CA CA CA IR DROP", "U UP T TP X XP PR PN" },
    { "SPT.4.1", 0x5b, 'Y', "UR UR CA CA CA CA IR DROP",
      "U UP T TP X XP PR PN" },
    { "SPT.4.2", 0x5b, 'Y', "UR UR CA CA CA CA IR DROP",
      "U UP T TP X XP PR PN" },
    { "SPT.4.3", 0x5b, 'Y', "UR UR CA CA CA CA IR DROP",
      "U UP T TP X XP PR PN" },
    { "SPT.4.4", 0x5b, 'Y', "UR UR CA CA CA CA IR DROP",
      "U UP T TP X XP PR PN" },
    { "SPT.5", 0x5c, 'Y', "- UR - Z - - - -", "UP" },
    { "SPT.6", 0x5d, 'Y', "UR UR Z Z - - - -", "U UP" },
    { "SPT.9", 0x60, 'Y', "- - - - UR UR - -", "X XP" },
    { "SFS.1", 0x70, 'Y', "UR UR Z Z - - - -", "U UP" },
    { "SFS.2", 0x71, 'Y', "UR UR Z Z - - - -", "U UP" },
    { "SFS.3", 0x72, 'Y', "UR UR Z Z - - - -", "U UP" },
    { "SFS.4", 0x73, 'Y', "UR UR Z Z - - - -", "U UP" },
    { "SFS.5", 0x74, 'Y', "UR UR Z Z - - - -", "U UP" },
    { "SFS.6", 0x75, 'Y', "UR UR Z Z - - - -", "U UP" },
    { "SFS.7", 0x76, 'Y', "UR UR Z Z - - - -", "U UP" },
    { "SFS.8", 0x77, 'Y', "UR UR Z Z - - - -", "U UP" },
    { "SFS.9", 0x90, 'Y', "UR UR Z Z - - - -", "U UP" },
    { "SFS.10", 0x91, 'Y', "UR UR Z! Z! - - - -", "U UP T TP" },
    { "SSS.1", 0x78, 'Y', "UR UR CA CA - - - -", "U UP T TP" },
    { "SSS.2", 0x79, 'Y', "UR UR Z Z - - - -", "U UP" },
    { "SSS.3", 0x7a, 'Y', "UR UR CA CA - - - -", "U UP T TP" },
    { "SSS.4", 0x7b, 'Y', "UR UR CA CA - - - -", "U UP T TP" },
    { "SSS.5", 0x7c, 'Y', "UR UR CA CA - - - -", "U UP T TP" },
    { "SSS.6", 0x7d, 'Y', "UR UR CA CA - - - -", "U UP T TP" },
    { "SGN.1", 0x80, 'Y', "UR UR Z Z - - - -", "U UP" },
    { "SGN.2", 0x81, 'Y', "UR UR Z Z - - - -", "U UP" },
    { "SGN.4.1", 0x83, 'Y', "- - - - UR UR - -", "X XP" },
    { "SGN.4.2", 0x83, 'Y', "UR UR Z Z - - - -", "U UP" },
    { "SGN.5", 0x84, 'Y', "UR UR Z Z - - - -", "U UP" },
    { "SGN.6", 0x85, 'Y', "UR UR EFF EFF - - - -", "U UP" },
    { "SGN.7", 0x86, 'Y', "UR UR EFF EFF - - - -", "U UP" },
    { "SGN.8.1", 0x87, 'Y', "UR UR - - - - - -", "U UP" },
    { "SGN.8.2", 0x87, 'Y', "- - CA CA - - - -", "T TP" },
    { "SGN.8.3", 0x87, 'Y', "- - - - UR UR - -", "X XP" },
    { "SGN.10", 0x89, 'Y', "- UR - UR - UR - -", "UP TP XP" },
    { "S.1", 0x00, '-', "- - W-U - - - - -", "" },
    { "S.2", 0x00, '-', "- - Z - - - - -", "" },
    { "HPT.1", 0xa0, 'Y', "- - - - CA CA - -", "X XP" },
    { "HPT.2", 0xa1, 'Y', "- - - - CA CA - -", "X XP" },
    { "HPT.3", 0xa2, 'Y', "- - - - CA CA - -", "X XP" },
    { "HPT.4", 0xa3, 'Y', "- - - - UR UR - -", "X XP" },
    { "HPT.5", 0xa4, 'Y', "- - - - UR UR - -", "X XP" },
    { "HPT.6", 0xa5, 'Y', "- - - - UR UR - -", "X XP" },
};

#endif
