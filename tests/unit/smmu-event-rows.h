/*
 * Events of the SMMUv3 as IHI 0070 G.b has them: one row for each
 *
 * These are values of the specification and of nothing else; the model's own
 * tables have no part in them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TESTS_UNIT_SMMU_EVENT_ROWS_H
#define TESTS_UNIT_SMMU_EVENT_ROWS_H

#include "hw/sva/types.h"

/* Fields of a record besides event number and StreamID; others are 0. */
#define EVF_SSV     0x0001      /* SSV(11), SubstreamID(31:12) of the client */
#define EVF_SSID    0x0002      /* SubstreamID(31:12) alone */
#define EVF_RNW     0x0004      /* RnW(99) */
#define EVF_ATTRS   0x0008      /* PnU(97), InD(98), S2(103), CLASS(105:104) */
#define EVF_ADDR    0x0010      /* InputAddr(191:128) */
#define EVF_FETCH   0x0020      /* FetchAddr(247:195) */
#define EVF_IPA     0x0040      /* IPA(247:204), with S2=1 */
#define EVF_STALL   0x0080      /* Stall(95), STAG(79:64) */
#define EVF_TTRNW   0x0100      /* TTRnW(108), with CLASS=TT */
#define EVF_TREQ    0x0200      /* R, W, X, Priv (95:92), Span(67:64), page */

/* What becomes of an untranslated read or write, and of its record. */
typedef enum EventUntranslated {
    EVU_NEVER,                  /* it cannot meet this */
    EVU_ABORT,                  /* abort, always recorded */
    EVU_INVALID_SID,            /* the same, if CR2.RECINVSID=1 */
    EVU_FAULT,                  /* CD.{A,R,S} or STE.{S2R,S2S} decide */
} EventUntranslated;

/* How a translation request is completed. */
typedef enum EventAts {
    EVA_NEVER,
    EVA_UR_RECORDED,            /* recorded whatever REC_CFG_ATS is */
    EVA_CA,                     /* recorded with REC_CFG_ATS=1 alone */
    EVA_RIGHTS,                 /* Success, the rights there are; no record */
} EventAts;

/* What becomes of a translated request. */
typedef enum EventTranslated {
    EVT_NEVER,
    EVT_SILENT,                 /* ATSCHK=1: abort, REC_CFG_ATS=0: silent */
    EVT_RECORDED,               /* abort, recorded */
    EVT_SPLIT,                  /* EATS=0b10: abort; S2R decides of stage 2 */
    EVT_SPLIT_ALWAYS,           /* EATS=0b10: abort, always recorded */
} EventTranslated;

/* What becomes of a page request. */
typedef enum EventPage {
    EVP_NEVER,
    EVP_LOOKUP,                 /* overflow: PPAR is looked up; Failure */
} EventPage;

typedef struct EventRow {
    const char *name;
    uint8_t number;
    uint8_t untranslated;       /* EventUntranslated */
    uint8_t ats;                /* EventAts */
    uint8_t translated;         /* EventTranslated */
    uint8_t page;               /* EventPage */
    bool stallable;
    uint16_t fields;
    const char *section;
} EventRow;

/* NULL: there is no such event. */
const EventRow *smmu_event_row(unsigned number);

/* What is not provoked, and why. */
typedef struct EventNotProvoked {
    const char *what;
    const char *why;
    const char *section;
} EventNotProvoked;

extern const EventNotProvoked smmu_events_not_provoked[];
extern const unsigned smmu_events_not_provoked_count;

#endif
