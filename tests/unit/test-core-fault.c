/*
 * Tests of fault values: what is recorded (VT-d 5.10 7.1)
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "hw/sva/core/fault.h"

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
    return g_test_run();
}
