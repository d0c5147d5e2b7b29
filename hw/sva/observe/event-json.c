/*
 * An event as one JSON object (docs/specs/event-stream.rst)
 *
 * One table says which members an event of a kind has.  What the guest chose
 * is written as numbers only, and every name is from a table here, so no guest
 * can break the syntax.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "event-json.h"

typedef enum FieldType {
    FIELD_U8,
    FIELD_U16,
    FIELD_U32,
    FIELD_BOOL,
    FIELD_HEX64,                /* a string: readers round such numbers */
    FIELD_HEX64_PAIR,           /* a list of two of them */
    FIELD_ACCESS,
    FIELD_MAPPING,
    FIELD_OUTCOME,
    FIELD_ATS_STATUS,
    FIELD_PRG_CODE,
    FIELD_STALL_ACTION,
    FIELD_END,
    FIELD_ENTRY_TYPE,
    FIELD_REGS_ARCH,
    FIELD_CACHES,
    FIELD_WORDS,                /* @words of SvaEvent.entry, .regs */
    FIELD_SOME_WORDS,           /* the first of them */
    FIELD_U64,                  /* of time and counters: no address */
    FIELD_NAME,
    FIELD_TEXT,
    FIELD_SHORT_TEXT,
} FieldType;

/*
 * @name:  as in the object: "name":
 * @count: FIELD_WORDS: where the number of words is
 */
typedef struct Field {
    const char *name;
    size_t name_len;
    size_t offset;
    FieldType type;
    size_t count;
} Field;

/* Members in front of the payload; seq, time and kind are always there. */
enum {
    HAS_RID    = 1 << 0,
    HAS_PASID  = 1 << 1,
    HAS_ADDR   = 1 << 2,
    HAS_ACCESS = 1 << 3,
    IS_INDIRECT = 1 << 4,       /* the event points to its payload */
    HAS_REQUEST = HAS_RID | HAS_PASID | HAS_ADDR | HAS_ACCESS,
};

#define MAX_FIELDS 11
#define MAX_TEXT   256
#define MAX_SHORT_TEXT 128
#define MAX_SOME_WORDS 3

typedef struct KindFormat {
    unsigned head;
    const char *payload;
    Field fields[MAX_FIELDS];
} KindFormat;

#define NAMED(name_) "\"" name_ "\":", sizeof("\"" name_ "\":") - 1
#define FIELD(payload_, name_, type_)                                   \
    { NAMED(#name_), offsetof(SvaEvent, payload_.name_), FIELD_ ## type_, 0 }
#define MAP_FIELD(name_, type_)                                         \
    { NAMED(#name_), offsetof(SvaMapping, name_), FIELD_ ## type_, 0 }
#define VIOLATION(name_, type_)                                         \
    { NAMED(#name_), offsetof(SvaViolation, name_), FIELD_ ## type_, 0 }
#define VIOLATION_WORDS(name_)                                          \
    { NAMED(#name_), offsetof(SvaViolation, name_), FIELD_SOME_WORDS,   \
      offsetof(SvaViolation, name_ ## _count) }
#define OBLIGATION(name_, type_)                                        \
    { NAMED(#name_), offsetof(SvaObligation, name_), FIELD_ ## type_, 0 }
#define OBLIGATION_WORDS(name_)                                         \
    { NAMED(#name_), offsetof(SvaObligation, name_), FIELD_SOME_WORDS,  \
      offsetof(SvaObligation, name_ ## _count) }
#define WORDS(payload_)                                                 \
    { NAMED("words"), offsetof(SvaEvent, payload_.words), FIELD_WORDS,  \
      offsetof(SvaEvent, payload_.count) }

static const Field mapping_fields[] = {
    MAP_FIELD(addr, HEX64),
    MAP_FIELD(mask, HEX64),
    MAP_FIELD(access, ACCESS),
    MAP_FIELD(block, U8),
    MAP_FIELD(snoop, BOOL),
    MAP_FIELD(cached, BOOL),
};

static const KindFormat formats[] = {
    [SVA_EV_XLATE] = { HAS_REQUEST, "xlate", {
        FIELD(xlate, map, MAPPING),
        FIELD(xlate, outcome, OUTCOME) } },
    [SVA_EV_ATS] = { HAS_REQUEST, "ats", {
        FIELD(ats, map, MAPPING),
        FIELD(ats, untranslated_only, BOOL),
        FIELD(ats, status, ATS_STATUS) } },
    [SVA_EV_FAULT] = { HAS_REQUEST, "fault", {
        FIELD(fault, record, HEX64_PAIR),
        FIELD(fault, reason, U32) } },
    [SVA_EV_FAULT_SILENT] = { HAS_REQUEST, "fault", {
        FIELD(fault, reason, U32) } },
    [SVA_EV_PRQ] = { HAS_REQUEST, "prq", {
        FIELD(prq, entry, HEX64_PAIR),
        FIELD(prq, prgi, U16) } },
    [SVA_EV_PRQ_AUTO] = { HAS_RID | HAS_PASID | HAS_ADDR, "response", {
        FIELD(response, code, PRG_CODE),
        FIELD(response, reason, U32),
        FIELD(response, prgi, U16) } },
    [SVA_EV_PRG_RESPONSE] = { HAS_RID | HAS_PASID, "response", {
        FIELD(response, code, PRG_CODE),
        FIELD(response, prgi, U16) } },
    [SVA_EV_PRQ_CLEARED] = { 0, "queue", {
        FIELD(queue, head, U32),
        FIELD(queue, tail, U32) } },
    [SVA_EV_COMMAND] = { 0, "command", {
        FIELD(command, words, HEX64_PAIR),
        FIELD(command, type, U32) } },
    [SVA_EV_INVALIDATED] = { 0, "command", {
        FIELD(command, words, HEX64_PAIR),
        FIELD(command, type, U32) } },
    [SVA_EV_COMMAND_ERROR] = { 0, "command", {
        FIELD(command, words, HEX64_PAIR),
        FIELD(command, type, U32),
        FIELD(command, code, U32) } },
    [SVA_EV_WAIT_DONE] = { HAS_ADDR, "wait", {
        FIELD(wait, word, HEX64) } },
    [SVA_EV_ATC_INV] = { HAS_RID | HAS_PASID | HAS_ADDR, "atc_inv", {
        FIELD(atc_inv, mask, HEX64),
        FIELD(atc_inv, global, BOOL),
        FIELD(atc_inv, itag, U32) } },
    [SVA_EV_ATC_INV_DONE] = { HAS_RID, "atc_inv", {
        FIELD(atc_inv, itag, U32) } },
    [SVA_EV_JOB_START] = { HAS_RID | HAS_PASID, "job", {
        FIELD(job, id, HEX64),
        FIELD(job, context, U32),
        FIELD(job, opcode, U32) } },
    [SVA_EV_JOB_DONE] = { HAS_RID | HAS_PASID | HAS_ADDR, "job", {
        FIELD(job, id, HEX64),
        FIELD(job, context, U32),
        FIELD(job, opcode, U32),
        FIELD(job, status, U32) } },
    [SVA_EV_CTX_STATE] = { HAS_RID | HAS_PASID, "context", {
        FIELD(context, index, U32),
        FIELD(context, state, U32) } },
    [SVA_EV_BREAKPOINT] = { HAS_RID | HAS_PASID | HAS_ADDR, "breakpoint", {
        FIELD(breakpoint, context, U32),
        FIELD(breakpoint, point, U32) } },
    [SVA_EV_STALL] = { HAS_REQUEST, "stall", {
        FIELD(stall, tag, HEX64),
        FIELD(stall, reason, U32) } },
    [SVA_EV_STALL_END] = { HAS_RID, "stall", {
        FIELD(stall, tag, HEX64),
        FIELD(stall, action, STALL_ACTION) } },
    [SVA_EV_ENTRY] = { HAS_RID | HAS_PASID | HAS_ADDR, "entry", {
        FIELD(entry, type, ENTRY_TYPE),
        FIELD(entry, level, U8),
        FIELD(entry, shift, U8),
        FIELD(entry, pa, HEX64),
        WORDS(entry) } },
    [SVA_EV_FILL] = { HAS_RID | HAS_PASID | HAS_ADDR, "fill", {
        FIELD(fill, map, MAPPING),
        FIELD(fill, asid, U32),
        FIELD(fill, domain, U16),
        FIELD(fill, kind, U8),
        FIELD(fill, priv, U8) } },
    [SVA_EV_DROP] = { HAS_RID, "drop", {
        FIELD(drop, caches, CACHES) } },
    [SVA_EV_REGS] = { 0, "regs", {
        FIELD(regs, arch, REGS_ARCH),
        WORDS(regs) } },
    [SVA_EV_FUNCTION] = { HAS_RID, "function", {
        FIELD(function, ats, BOOL),
        FIELD(function, pri, BOOL) } },
    [SVA_EV_ATC_HIT] = { HAS_REQUEST, "atc_hit", {
        FIELD(atc_hit, pa, HEX64),
        FIELD(atc_hit, stale, BOOL) } },
    [SVA_EV_VIOLATION] = { IS_INDIRECT | HAS_RID | HAS_PASID | HAS_ADDR,
        "violation", {
        VIOLATION(number, U64),
        VIOLATION(rule, NAME),
        VIOLATION(culprit, NAME),
        VIOLATION(text, TEXT),
        VIOLATION(owed, SHORT_TEXT),
        VIOLATION(event, U64),
        VIOLATION(obligation, U64),
        VIOLATION(since, U64),
        VIOLATION(pa, HEX64),
        VIOLATION_WORDS(before),
        VIOLATION_WORDS(now) } },
    [SVA_EV_OBLIGATION] = { IS_INDIRECT | HAS_RID | HAS_PASID | HAS_ADDR,
        "obligation", {
        OBLIGATION(id, U64),
        OBLIGATION(last, HEX64),
        OBLIGATION(type, ENTRY_TYPE),
        OBLIGATION(entries, U32),
        OBLIGATION(pa, HEX64),
        OBLIGATION_WORDS(before),
        OBLIGATION_WORDS(now),
        OBLIGATION(owed, TEXT),
        OBLIGATION(since, U64),
        OBLIGATION(lost, U64) } },
    [SVA_EV_OBLIGATION_DONE] = { IS_INDIRECT | HAS_RID | HAS_PASID,
        "obligation", {
        OBLIGATION(id, U64),
        OBLIGATION(end, END),
        OBLIGATION(until, U64),
        OBLIGATION(lost, U64) } },
    [SVA_EV_RESET] = { 0, NULL, { { 0 } } },
};

/* -- values -- */

static void add_hex64(SvaText *t, uint64_t value)
{
    sva_text_add(t, "\"0x");
    sva_text_hex(t, value, 1);
    sva_text_add(t, "\"");
}

static void add_words(SvaText *t, const uint64_t *words, unsigned count)
{
    unsigned i;

    sva_text_add(t, "[");
    for (i = 0; i < MIN(count, SVA_EVENT_WORDS); i++) {
        sva_text_add(t, i ? "," : "");
        add_hex64(t, words[i]);
    }
    sva_text_add(t, "]");
}

static void add_caches(SvaText *t, uint8_t caches)
{
    static const char *const names[] = {
        "CONFIG", "PASID", "TLB", "WALK", "ATC",
    };
    const char *comma = "";
    unsigned i;

    sva_text_add(t, "[");
    for (i = 0; i < G_N_ELEMENTS(names); i++) {
        if (caches & 1u << i) {
            sva_text_add(t, comma);
            sva_text_add(t, "\"");
            sva_text_add(t, names[i]);
            sva_text_add(t, "\"");
            comma = ",";
        }
    }
    sva_text_add(t, "]");
}

static void add_access(SvaText *t, uint8_t access)
{
    sva_text_add(t, "\"");
    sva_text_add(t, access & SVA_READ ? "r" : "");
    sva_text_add(t, access & SVA_WRITE ? "w" : "");
    sva_text_add(t, access & SVA_EXEC ? "x" : "");
    sva_text_add(t, access & SVA_PRIV ? "p" : "");
    sva_text_add(t, "\"");
}

static void add_bool(SvaText *t, bool value)
{
    sva_text_add(t, value ? "true" : "false");
}

/* Models announce members of the enum only; a table with holes is safe. */
static void add_name(SvaText *t, const char *const *names, size_t n,
                     unsigned value)
{
    sva_text_add(t, "\"");
    sva_text_add(t, value < n && names[value] ? names[value] : "UNKNOWN");
    sva_text_add(t, "\"");
}

static void add_enum(SvaText *t, FieldType type, const void *at)
{
    static const char *const outcomes[] = {
        [SVA_OK] = "OK", [SVA_ABORT] = "ABORT",
        [SVA_RAZ_WI] = "RAZ_WI", [SVA_STALL] = "STALL",
    };
    static const char *const ats_statuses[] = {
        [SVA_ATS_SUCCESS] = "SUCCESS", [SVA_ATS_UR] = "UR",
        [SVA_ATS_CA] = "CA",
    };
    static const char *const prg_codes[] = {
        [SVA_PRG_SUCCESS] = "SUCCESS", [SVA_PRG_INVALID] = "INVALID",
        [SVA_PRG_FAILURE] = "FAILURE",
    };
    static const char *const actions[] = {
        [SVA_STALL_RETRY] = "RETRY", [SVA_STALL_ABORT] = "ABORT",
        [SVA_STALL_RAZ_WI] = "RAZ_WI",
    };
    static const char *const ends[] = {
        [SVA_OBLIGATION_COMPLETE] = "COMPLETE",
        [SVA_OBLIGATION_WITHDRAWN] = "WITHDRAWN",
        [SVA_OBLIGATION_FORGOTTEN] = "FORGOTTEN",
    };
    static const char *const archs[] = {
        [SVA_REGS_VTD] = "VTD", [SVA_REGS_SMMUV3] = "SMMUV3",
    };

    switch (type) {
    case FIELD_OUTCOME:
        add_name(t, outcomes, G_N_ELEMENTS(outcomes),
                 *(const SvaOutcome *)at);
        break;
    case FIELD_ATS_STATUS:
        add_name(t, ats_statuses, G_N_ELEMENTS(ats_statuses),
                 *(const SvaAtsStatus *)at);
        break;
    case FIELD_PRG_CODE:
        add_name(t, prg_codes, G_N_ELEMENTS(prg_codes),
                 *(const SvaPrgCode *)at);
        break;
    case FIELD_END:
        add_name(t, ends, G_N_ELEMENTS(ends), *(const SvaObligationEnd *)at);
        break;
    case FIELD_REGS_ARCH:
        add_name(t, archs, G_N_ELEMENTS(archs), *(const SvaRegsArch *)at);
        break;
    default:
        add_name(t, actions, G_N_ELEMENTS(actions),
                 *(const SvaStallAction *)at);
        break;
    }
}

static void add_entry_type(SvaText *t, SvaEntryType type)
{
    sva_text_add(t, "\"");
    sva_text_add(t, sva_event_entry_name(type));
    sva_text_add(t, "\"");
}

/* What would need an escape is not to be expected. */
static void add_text(SvaText *t, const char *text, unsigned max)
{
    char c[2] = "";
    unsigned i;

    sva_text_add(t, "\"");
    for (i = 0; text && text[i] && i < max; i++) {
        c[0] = text[i] < ' ' || text[i] > '~' || text[i] == '"' ||
               text[i] == '\\' ? '?' : text[i];
        sva_text_add(t, c);
    }
    sva_text_add(t, "\"");
}

static const char *pointer_at(const void *at)
{
    return *(const char *const *)at;
}

static void add_any_text(SvaText *t, const Field *field, const void *at)
{
    switch (field->type) {
    case FIELD_NAME:
        add_text(t, pointer_at(at), 32);
        break;
    case FIELD_TEXT:
        add_text(t, pointer_at(at), MAX_TEXT);
        break;
    default:
        add_text(t, pointer_at(at), MAX_SHORT_TEXT);
        break;
    }
}

static void add_mapping(SvaText *t, const SvaMapping *map);

static void add_field(SvaText *t, const Field *field, const void *base)
{
    const void *at = (const char *)base + field->offset;

    sva_text_add_bytes(t, field->name, field->name_len);
    switch (field->type) {
    case FIELD_U8:
        sva_text_dec(t, *(const uint8_t *)at);
        break;
    case FIELD_U16:
        sva_text_dec(t, *(const uint16_t *)at);
        break;
    case FIELD_U32:
        sva_text_dec(t, *(const uint32_t *)at);
        break;
    case FIELD_BOOL:
        add_bool(t, *(const bool *)at);
        break;
    case FIELD_HEX64:
        add_hex64(t, *(const uint64_t *)at);
        break;
    case FIELD_HEX64_PAIR:
        add_words(t, at, 2);
        break;
    case FIELD_WORDS:
        add_words(t, at, *((const uint8_t *)base + field->count));
        break;
    case FIELD_SOME_WORDS:
        add_words(t, at, MIN(*((const uint8_t *)base + field->count),
                             MAX_SOME_WORDS));
        break;
    case FIELD_U64:
        sva_text_dec(t, *(const uint64_t *)at);
        break;
    case FIELD_NAME:
    case FIELD_TEXT:
    case FIELD_SHORT_TEXT:
        add_any_text(t, field, at);
        break;
    case FIELD_CACHES:
        add_caches(t, *(const uint8_t *)at);
        break;
    case FIELD_ENTRY_TYPE:
        add_entry_type(t, *(const SvaEntryType *)at);
        break;
    case FIELD_ACCESS:
        add_access(t, *(const uint8_t *)at);
        break;
    case FIELD_MAPPING:
        add_mapping(t, at);
        break;
    default:
        add_enum(t, field->type, at);
        break;
    }
}

static void add_fields(SvaText *t, const Field *fields, size_t n,
                       const void *base)
{
    size_t i;

    sva_text_add(t, "{");
    for (i = 0; i < n && fields[i].name; i++) {
        sva_text_add(t, i ? "," : "");
        add_field(t, &fields[i], base);
    }
    sva_text_add(t, "}");
}

static void add_mapping(SvaText *t, const SvaMapping *map)
{
    add_fields(t, mapping_fields, G_N_ELEMENTS(mapping_fields), map);
}

/* -- objects -- */

/* Virtual time is never negative. */
static void add_time(SvaText *t, int64_t time)
{
    sva_text_add(t, "\"time\":");
    sva_text_dec(t, (uint64_t)MAX(time, 0));
}

static void add_head(SvaText *t, const SvaEvent *e, unsigned head)
{
    if (head & HAS_RID &&
        (e->kind != SVA_EV_VIOLATION || e->violation->has_rid)) {
        sva_text_add(t, ",\"rid\":");
        sva_text_dec(t, e->rid);
    }
    if (head & HAS_PASID) {
        sva_text_add(t, ",\"pasid\":");
        if (e->pasid.valid) {
            sva_text_dec(t, e->pasid.id);
        } else {
            sva_text_add(t, "null");
        }
    }
    if (head & HAS_ADDR) {
        sva_text_add(t, ",\"addr\":");
        add_hex64(t, e->addr);
    }
    if (head & HAS_ACCESS) {
        sva_text_add(t, ",\"access\":");
        add_access(t, e->access);
    }
}

static const void *payload_of(const SvaEvent *e, const KindFormat *format)
{
    if (!(format->head & IS_INDIRECT)) {
        return e;
    }
    return e->kind == SVA_EV_VIOLATION ? (const void *)e->violation
                                       : e->obligation;
}

static void add_payload(SvaText *t, const SvaEvent *e, const KindFormat *format)
{
    if (format->payload) {
        sva_text_add(t, ",\"");
        sva_text_add(t, format->payload);
        sva_text_add(t, "\":");
        add_fields(t, format->fields, MAX_FIELDS,
                   payload_of(e, format));
    }
}

void sva_event_json(SvaText *t, const SvaEvent *e)
{
    static const KindFormat unknown;
    const KindFormat *format = (size_t)e->kind < G_N_ELEMENTS(formats)
                               ? &formats[e->kind] : &unknown;

    sva_text_add(t, "{\"seq\":");
    sva_text_dec(t, e->seq);
    sva_text_add(t, ",");
    add_time(t, e->time);
    sva_text_add(t, ",\"kind\":\"");
    sva_text_add(t, sva_event_kind_name(e->kind));
    sva_text_add(t, "\"");
    add_head(t, e, format->head);
    add_payload(t, e, format);
    sva_text_add(t, "}");
}

void sva_event_json_format(SvaText *t)
{
    sva_text_add(t, "{\"kind\":\"FORMAT\",\"name\":\"sva-events\",\"v\":");
    sva_text_dec(t, SVA_EVENT_JSON_VERSION);
    sva_text_add(t, "}");
}

void sva_event_json_lost(SvaText *t, int64_t time, uint64_t count)
{
    sva_text_add(t, "{\"kind\":\"LOST\",");
    add_time(t, time);
    sva_text_add(t, ",\"count\":");
    sva_text_dec(t, count);
    sva_text_add(t, "}");
}
