/*
 * Events of the SMMUv3 as IHI 0070 G.b has them: one row for each
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "smmu-event-rows.h"

#define FAULT (EVF_SSV | EVF_RNW | EVF_ATTRS | EVF_ADDR | EVF_IPA | EVF_STALL)

static const EventRow rows[] = {
    { "C_BAD_STREAMID", 0x02, EVU_INVALID_SID, EVA_CA, EVT_SILENT,
      EVP_LOOKUP, false, EVF_SSV, "IHI 0070 G.b 7.3.3" },
    { "F_STE_FETCH", 0x03, EVU_ABORT, EVA_CA, EVT_SILENT,
      EVP_LOOKUP, false, EVF_SSV | EVF_FETCH, "IHI 0070 G.b 7.3.4" },
    { "C_BAD_STE", 0x04, EVU_ABORT, EVA_CA, EVT_SILENT,
      EVP_LOOKUP, false, EVF_SSV, "IHI 0070 G.b 7.3.5" },
    { "F_BAD_ATS_TREQ", 0x05, EVU_NEVER, EVA_UR_RECORDED, EVT_NEVER,
      EVP_NEVER, false, EVF_SSV | EVF_TREQ, "IHI 0070 G.b 7.3.6" },
    { "F_STREAM_DISABLED", 0x06, EVU_ABORT, EVA_CA, EVT_NEVER,
      EVP_NEVER, false, EVF_SSV, "IHI 0070 G.b 7.3.7" },
    { "F_TRANSL_FORBIDDEN", 0x07, EVU_NEVER, EVA_NEVER, EVT_RECORDED,
      EVP_NEVER, false, EVF_SSV | EVF_RNW | EVF_ADDR, "IHI 0070 G.b 7.3.8" },
    { "C_BAD_SUBSTREAMID", 0x08, EVU_ABORT, EVA_CA, EVT_NEVER,
      EVP_NEVER, false, EVF_SSID, "IHI 0070 G.b 7.3.9" },
    { "F_CD_FETCH", 0x09, EVU_ABORT, EVA_CA, EVT_NEVER,
      EVP_NEVER, false, EVF_SSV | EVF_FETCH, "IHI 0070 G.b 7.3.10" },
    { "C_BAD_CD", 0x0a, EVU_ABORT, EVA_CA, EVT_NEVER,
      EVP_NEVER, false, EVF_SSV, "IHI 0070 G.b 7.3.11" },
    { "F_WALK_EABT", 0x0b, EVU_ABORT, EVA_CA, EVT_SPLIT_ALWAYS,
      EVP_NEVER, false, EVF_SSV | EVF_RNW | EVF_ATTRS | EVF_ADDR | EVF_FETCH,
      "IHI 0070 G.b 7.3.12" },
    { "F_TRANSLATION", 0x10, EVU_FAULT, EVA_RIGHTS, EVT_SPLIT,
      EVP_NEVER, true, FAULT, "IHI 0070 G.b 7.3.13" },
    { "F_ADDR_SIZE", 0x11, EVU_FAULT, EVA_RIGHTS, EVT_SPLIT,
      EVP_NEVER, true, FAULT, "IHI 0070 G.b 7.3.14" },
    { "F_ACCESS", 0x12, EVU_FAULT, EVA_RIGHTS, EVT_SPLIT,
      EVP_NEVER, true, FAULT, "IHI 0070 G.b 7.3.15" },
    { "F_PERMISSION", 0x13, EVU_FAULT, EVA_RIGHTS, EVT_SPLIT,
      EVP_NEVER, true, FAULT | EVF_TTRNW, "IHI 0070 G.b 7.3.16" },
};

const EventRow *smmu_event_row(unsigned number)
{
    unsigned i;

    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (rows[i].number == number) {
            return &rows[i];
        }
    }
    return NULL;
}

const EventNotProvoked smmu_events_not_provoked[] = {
    { "F_UUT (01h)", "every kind of request of the fabric can be passed",
      "IHI 0070 G.b 7.3.2" },
    { "F_TLB_CONFLICT (20h)", "forbidden with BBML=2; optional with less, and "
      "one of the entries that match is used", "IHI 0070 G.b 7.3.17" },
    { "F_CFG_CONFLICT (21h)", "STE.CONT is a hint that is not used",
      "IHI 0070 G.b 7.3.18" },
    { "E_PAGE_REQUEST (24h)", "no client of the fabric gives such hints",
      "IHI 0070 G.b 7.3.19" },
    { "F_VMS_FETCH (25h)", "MPAM is not offered", "IHI 0070 G.b 7.3.20" },
    { "IMPDEF_EVENTn (E0h to EFh)", "there is none", "IHI 0070 G.b 7.3.21" },
    { "records of ATS with REC_CFG_ATS=1", "IDR0.ATSRECERR is 0: the bit is "
      "not there", "IHI 0070 G.b 3.9.1.2" },
    { "events of the CD for translated requests", "IDR3.PASIDTT is 0",
      "IHI 0070 G.b 3.9.1.3" },
    { "cache maintenance, hints, destructive reads", "no client of the fabric "
      "has them", "IHI 0070 G.b 3.22" },
    { "checks of DPT and GPT (GPCF, Reason)", "neither is offered",
      "IHI 0070 G.b 3.24" },
    { "asynchronous bus errors of queues", "memory of the emulator answers at "
      "once", "IHI 0070 G.b 7.2" },
    { "requests of Secure and Realm streams", "there is the Non-secure state "
      "alone", "IHI 0070 G.b 3.10" },
    { "E0PDx", "IDR3.E0PD is 0", "IHI 0070 G.b 5.4" },
};

const unsigned smmu_events_not_provoked_count =
    G_N_ELEMENTS(smmu_events_not_provoked);
