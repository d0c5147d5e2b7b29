/*
 * What tests of the event stream share: longest events, a check of syntax
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include <string.h>
#include "observe-samples.h"

static SvaMapping longest_mapping(void)
{
    return (SvaMapping) {
        .addr = UINT64_MAX, .mask = UINT64_MAX, .access = UINT8_MAX,
        .block = UINT8_MAX, .snoop = false, .cached = false,
    };
}

static const SvaViolation *longest_violation(void)
{
    static SvaViolation v;
    static char text[600];

    memset(&v, 0xff, sizeof(v));
    memset(text, 'x', sizeof(text) - 1);
    v.rule = v.text = v.owed = text;
    v.culprit = "unknown";
    v.has_rid = true;
    return &v;
}

static const SvaObligation *longest_obligation(void)
{
    static SvaObligation o;
    static char text[600];

    memset(&o, 0xff, sizeof(o));
    memset(text, 'x', sizeof(text) - 1);
    o.owed = text;
    o.type = SVA_ENTRY_VTD_PASID_DIR;
    o.end = SVA_OBLIGATION_WITHDRAWN;
    return &o;
}

SvaEvent observe_longest(SvaEventKind kind)
{
    SvaEvent e;

    memset(&e, 0xff, sizeof(e));
    e.kind = kind;
    e.seq = UINT64_MAX;
    e.time = INT64_MAX;
    e.pasid = (SvaPasid) { .id = UINT32_MAX, .valid = true };
    switch (kind) {
    case SVA_EV_VIOLATION:
        e.violation = longest_violation();
        break;
    case SVA_EV_OBLIGATION:
    case SVA_EV_OBLIGATION_DONE:
        e.obligation = longest_obligation();
        break;
    case SVA_EV_XLATE:
        e.xlate = (SvaTranslation) { longest_mapping(), SVA_RAZ_WI };
        break;
    case SVA_EV_ATS:
        e.ats = (SvaAtsCompletion) {
            .map = longest_mapping(), .status = SVA_ATS_SUCCESS,
        };
        break;
    case SVA_EV_PRQ_AUTO:
    case SVA_EV_PRG_RESPONSE:
        e.response.code = SVA_PRG_FAILURE;
        break;
    case SVA_EV_STALL_END:
        e.stall.action = SVA_STALL_RAZ_WI;
        break;
    case SVA_EV_ENTRY:
        e.entry.type = SVA_ENTRY_VTD_PASID_DIR;
        break;
    case SVA_EV_FILL:
        e.fill.map = longest_mapping();
        break;
    case SVA_EV_REGS:
        e.regs.arch = SVA_REGS_SMMUV3;
        break;
    case SVA_EV_ATC_INV:
        e.atc_inv.global = false;
        break;
    case SVA_EV_ATC_HIT:
        e.atc_hit.stale = false;
        break;
    case SVA_EV_FUNCTION:
        e.function.ats = e.function.pri = false;
        break;
    default:
        break;
    }
    return e;
}

/* -- syntax -- */

typedef struct Reader {
    const char *at;
    const char *end;
} Reader;

static bool take(Reader *r, const char *s)
{
    size_t n = strlen(s);

    if ((size_t)(r->end - r->at) < n || memcmp(r->at, s, n)) {
        return false;
    }
    r->at += n;
    return true;
}

static void skip_space(Reader *r)
{
    while (r->at < r->end && (*r->at == '\n' || *r->at == ' ')) {
        r->at++;
    }
}

/* Stricter than JSON: no escapes, printable ASCII only. */
static bool take_string(Reader *r)
{
    if (!take(r, "\"")) {
        return false;
    }
    while (r->at < r->end && *r->at != '"') {
        if (*r->at < ' ' || *r->at > '~' || *r->at == '\\') {
            return false;
        }
        r->at++;
    }
    return take(r, "\"");
}

static bool take_digits(Reader *r)
{
    const char *from = r->at;

    while (r->at < r->end && g_ascii_isdigit(*r->at)) {
        r->at++;
    }
    return r->at > from;
}

static bool take_number(Reader *r)
{
    const char *from = r->at;

    if (!take_digits(r)) {
        return false;
    }
    if (*from == '0' && r->at > from + 1) {
        return false;
    }
    return !take(r, ".") || take_digits(r);
}

static bool take_value(Reader *r);

static bool take_items(Reader *r, bool keys, const char *end)
{
    skip_space(r);
    if (take(r, end)) {
        return true;
    }
    do {
        skip_space(r);
        if (keys && !(take_string(r) && take(r, ":"))) {
            return false;
        }
        if (!take_value(r)) {
            return false;
        }
        skip_space(r);
    } while (take(r, ","));
    return take(r, end);
}

static bool take_value(Reader *r)
{
    if (take(r, "{")) {
        return take_items(r, true, "}");
    }
    if (take(r, "[")) {
        return take_items(r, false, "]");
    }
    return take(r, "null") || take(r, "true") || take(r, "false") ||
           take_string(r) || take_number(r);
}

bool observe_is_json(const char *text, size_t len)
{
    Reader r = { text, text + len };

    return take_value(&r) && r.at == r.end;
}
