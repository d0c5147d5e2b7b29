/*
 * The lock around a model is not recursive, and who asks for it again is found
 *
 * No emulator runs: the lock is QEMU's, checked as in builds with sanitizers.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#define SVA_PCI_LOCK_CHECKED 1
#include "../../hw/sva/pci/lock.h"

#define ROUNDS 100000u

typedef struct Shared {
    SvaPciLock lock;
    unsigned count;
} Shared;

static void test_taken_again(void)
{
    SvaPciLock lock;

    sva_pci_lock_init(&lock);
    sva_pci_lock_take(&lock);
    if (g_test_subprocess()) {
        sva_pci_lock_take(&lock);
        return;
    }
    g_assert_cmpint(qemu_mutex_trylock(&lock.mutex), !=, 0);
    sva_pci_lock_drop(&lock);
    g_test_trap_subprocess(NULL, 10000000, G_TEST_SUBPROCESS_DEFAULT);
    g_test_trap_assert_failed();
    g_test_trap_assert_stderr("*holder*");
}

static void test_dropped_by_another(void)
{
    SvaPciLock lock;

    sva_pci_lock_init(&lock);
    if (g_test_subprocess()) {
        sva_pci_lock_drop(&lock);
        return;
    }
    g_test_trap_subprocess(NULL, 10000000, G_TEST_SUBPROCESS_DEFAULT);
    g_test_trap_assert_failed();
    g_test_trap_assert_stderr("*holder*");
}

static gpointer count(gpointer opaque)
{
    Shared *shared = opaque;

    for (unsigned i = 0; i < ROUNDS; i++) {
        sva_pci_lock_take(&shared->lock);
        shared->count++;
        sva_pci_lock_drop(&shared->lock);
    }
    return NULL;
}

static void test_two_threads(void)
{
    Shared shared = { .count = 0 };
    GThread *other;

    sva_pci_lock_init(&shared.lock);
    other = g_thread_new("count", count, &shared);
    count(&shared);
    g_thread_join(other);
    g_assert_cmpuint(shared.count, ==, 2 * ROUNDS);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/sva/lock/taken-again", test_taken_again);
    g_test_add_func("/sva/lock/dropped-by-another", test_dropped_by_another);
    g_test_add_func("/sva/lock/two-threads", test_two_threads);
    return g_test_run();
}
