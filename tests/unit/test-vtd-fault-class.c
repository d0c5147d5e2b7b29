/*
 * Tests of fault values: what is recorded (VT-d 5.10 7.1)
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "hw/sva/vtd/fault.h"

static SvaFault fault(uint8_t cls, bool qualified)
{
    return (SvaFault) { .reason = 0x71, .cls = cls, .qualified = qualified };
}

static void test_no_fault_is_never_recorded(void)
{
    g_assert_true(sva_fault_is_none(SVA_NO_FAULT));
    g_assert_cmpuint(SVA_NO_FAULT.reason, ==, 0);
    g_assert_false(sva_fault_is_recorded(SVA_NO_FAULT, SVA_AT_UNTRANSLATED,
                                         false));
}

static void test_page_fault_of_a_translation_request_is_recoverable(void)
{
    SvaFault f = fault(SVA_FAULT_PAGE, true);

    g_assert_true(sva_fault_is_recoverable(f, SVA_AT_TRANSLATION));
    g_assert_false(sva_fault_is_recorded(f, SVA_AT_TRANSLATION, false));
    g_assert_false(sva_fault_is_recoverable(f, SVA_AT_UNTRANSLATED));
    g_assert_true(sva_fault_is_recorded(f, SVA_AT_UNTRANSLATED, false));
}

static void test_other_faults_of_a_translation_request_are_recorded(void)
{
    static const uint8_t classes[] = {
        SVA_FAULT_FUNCTION, SVA_FAULT_ERROR, SVA_FAULT_UPDATE,
    };
    size_t i;

    for (i = 0; i < ARRAY_SIZE(classes); i++) {
        SvaFault f = fault(classes[i], true);

        g_assert_false(sva_fault_is_recoverable(f, SVA_AT_TRANSLATION));
        g_assert_true(sva_fault_is_recorded(f, SVA_AT_TRANSLATION, false));
        g_assert_false(sva_fault_is_recorded(f, SVA_AT_TRANSLATION, true));
    }
}

static void test_fault_disable_suppresses_qualified_faults_only(void)
{
    g_assert_false(sva_fault_is_recorded(fault(SVA_FAULT_UPDATE, true),
                                         SVA_AT_UNTRANSLATED, true));
    g_assert_true(sva_fault_is_recorded(fault(SVA_FAULT_ERROR, false),
                                        SVA_AT_UNTRANSLATED, true));
}

static void test_answer_follows_the_class_of_the_fault(void)
{
    static const struct {
        uint8_t cls;
        SvaAtsStatus status;
    } rows[] = {
        { SVA_FAULT_FUNCTION, SVA_ATS_UR },
        { SVA_FAULT_ERROR, SVA_ATS_CA },
        { SVA_FAULT_UPDATE, SVA_ATS_SUCCESS },
        { SVA_FAULT_PAGE, SVA_ATS_SUCCESS },
    };
    size_t i;

    for (i = 0; i < ARRAY_SIZE(rows); i++) {
        SvaFault fault = { .reason = 0x59, .cls = rows[i].cls };
        SvaRequest req = {
            .access = SVA_READ | SVA_PRIV, .pasid = sva_pasid(1),
        };
        bool success = rows[i].status == SVA_ATS_SUCCESS;
        SvaAtsCompletion out;

        memset(&out, 0xff, sizeof(out));
        sva_vtd_fault_answer(&req, fault, &out);
        g_assert_cmpint(out.status, ==, rows[i].status);
        g_assert_cmphex(out.map.access, ==, success ? SVA_PRIV : SVA_NONE);
        g_assert_cmphex(out.map.mask, ==, 0xfff);
        g_assert_false(out.untranslated_only);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/fault/no-fault-is-never-recorded",
                    test_no_fault_is_never_recorded);
    g_test_add_func("/fault/page-fault-of-a-translation-request-is-recoverable",
                    test_page_fault_of_a_translation_request_is_recoverable);
    g_test_add_func("/fault/other-faults-of-a-translation-request-are-recorded",
                    test_other_faults_of_a_translation_request_are_recorded);
    g_test_add_func("/fault/fault-disable-suppresses-qualified-faults-only",
                    test_fault_disable_suppresses_qualified_faults_only);
    g_test_add_func("/fault/answer-follows-the-class-of-the-fault",
                    test_answer_follows_the_class_of_the_fault);
    return g_test_run();
}
