/*
 * Tests of work that is due at once
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "hw/sva/core/due.h"

typedef struct Item {
    SvaDueWork work;
    char name;
    struct Item *drops;         /* this one, when its own work is done */
    struct Item *makes_due;
    bool calls;                 /* and does so within a call of its own */
} Item;

static SvaDue due;
static GString *done;

static void do_item(SvaDueWork *work)
{
    Item *item = container_of(work, Item, work);

    g_string_append_c(done, item->name);
    if (item->calls) {
        sva_due_enter(&due, true);
    }
    if (item->drops) {
        sva_due_drop(&due, &item->drops->work);
    }
    if (item->makes_due) {
        g_assert_false(sva_due_take(&due, &item->makes_due->work));
    }
    if (item->calls) {
        sva_due_leave(&due, do_item);
    }
}

static void assert_done(const char *names)
{
    g_assert_cmpstr(done->str, ==, names);
    g_string_truncate(done, 0);
}

static void test_done_when_the_call_ends(void)
{
    Item a = { .name = 'a' }, b = { .name = 'b' };

    sva_due_enter(&due, true);
    g_assert_true(sva_due_take(&due, &b.work));
    g_assert_true(sva_due_take(&due, &a.work));
    assert_done("");
    sva_due_leave(&due, do_item);
    assert_done("ba");
    sva_due_enter(&due, true);
    sva_due_leave(&due, do_item);
    assert_done("");
}

static void test_due_twice_is_done_once(void)
{
    Item a = { .name = 'a' };

    sva_due_enter(&due, true);
    g_assert_true(sva_due_take(&due, &a.work));
    g_assert_true(sva_due_take(&due, &a.work));
    sva_due_leave(&due, do_item);
    assert_done("a");
}

static void test_nothing_is_taken_outside_of_calls(void)
{
    Item a = { .name = 'a' };

    g_assert_false(sva_due_take(&due, &a.work));
    sva_due_enter(&due, true);
    sva_due_leave(&due, do_item);
    g_assert_false(sva_due_take(&due, &a.work));
    assert_done("");
}

/* What is done is the work of the call that began first. */
static void test_only_the_outermost_call_does_work(void)
{
    Item a = { .name = 'a' };
    bool takes;

    for (takes = false; ; takes = true) {
        sva_due_enter(&due, true);
        sva_due_enter(&due, takes);
        g_assert_true(sva_due_take(&due, &a.work));
        sva_due_leave(&due, do_item);
        assert_done("");
        sva_due_leave(&due, do_item);
        assert_done("a");
        if (takes) {
            break;
        }
    }
}

/* As a DMA that ends at a register: who makes it is not to be begun again. */
static void test_a_call_made_by_work_takes_none(void)
{
    Item a = { .name = 'a' };

    sva_due_enter(&due, false);
    g_assert_false(sva_due_take(&due, &a.work));
    sva_due_enter(&due, true);
    g_assert_false(sva_due_take(&due, &a.work));
    sva_due_leave(&due, do_item);
    sva_due_leave(&due, do_item);
    assert_done("");
}

static void test_work_that_becomes_due_meanwhile_is_not_taken(void)
{
    Item a = { .name = 'a' }, b = { .name = 'b' };

    a.makes_due = &a;
    b.makes_due = &a;
    b.calls = true;
    sva_due_enter(&due, true);
    g_assert_true(sva_due_take(&due, &a.work));
    g_assert_true(sva_due_take(&due, &b.work));
    sva_due_leave(&due, do_item);
    assert_done("ab");
    sva_due_enter(&due, true);
    g_assert_true(sva_due_take(&due, &a.work));
    sva_due_leave(&due, do_item);
    assert_done("a");
}

static void test_dropped_work_is_not_done(void)
{
    Item a = { .name = 'a' }, b = { .name = 'b' }, c = { .name = 'c' };

    a.drops = &c;
    sva_due_enter(&due, true);
    g_assert_true(sva_due_take(&due, &a.work));
    g_assert_true(sva_due_take(&due, &b.work));
    g_assert_true(sva_due_take(&due, &c.work));
    sva_due_drop(&due, &b.work);
    sva_due_drop(&due, &b.work);
    sva_due_leave(&due, do_item);
    assert_done("a");
    sva_due_drop(&due, &a.work);
}

#define ADD(name) g_test_add_func("/due/" #name, test_##name)

int main(int argc, char **argv)
{
    int status;

    g_test_init(&argc, &argv, NULL);
    done = g_string_new(NULL);
    ADD(done_when_the_call_ends);
    ADD(due_twice_is_done_once);
    ADD(nothing_is_taken_outside_of_calls);
    ADD(only_the_outermost_call_does_work);
    ADD(a_call_made_by_work_takes_none);
    ADD(work_that_becomes_due_meanwhile_is_not_taken);
    ADD(dropped_work_is_not_done);
    status = g_test_run();
    g_string_free(done, true);
    return status;
}
