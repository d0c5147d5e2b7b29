/*
 * What the IORT table says of sva-smmuv3: who is behind it, and of ATS
 *
 * The table is read as firmware reads it, from fw_cfg.  Arm DEN 0049 E.b.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "libqtest.h"
#include "qemu/bswap.h"

#define PXB " -device pxb-pcie,id=pxb,bus_nr=32,bus=pcie.0"

#define VIRT_FW_CFG 0x09020000
#define FW_CFG_FILE_DIR 0x19

#define NODE_ROOT_COMPLEX 2
#define NODE_SMMUV3       4
#define NODE_HEADER       16
#define ATS_ATTRIBUTE     24
#define MAPPING           20

/* @ats: ATS attribute; @behind: PCI buses that are mapped to the SMMU */
typedef struct Iort {
    uint32_t ats;
    GArray *behind;
} Iort;

/* -- fw_cfg of the virt board: data at 0, selector at 8, big endian -- */

static void fw_cfg_select(QTestState *qts, uint16_t key)
{
    qtest_writew(qts, VIRT_FW_CFG + 8, bswap16(key));
}

/* The tables are 128 KiB: byte by byte that takes longer than all the rest. */
static void fw_cfg_read(QTestState *qts, uint8_t *to, size_t size)
{
    for (; size >= 8; size -= 8, to += 8) {
        stq_le_p(to, qtest_readq(qts, VIRT_FW_CFG));
    }
    while (size--) {
        *to++ = qtest_readb(qts, VIRT_FW_CFG);
    }
}

static uint8_t *read_tables(QTestState *qts, size_t *size)
{
    uint8_t entry[64];
    uint8_t *tables;
    uint32_t n;

    fw_cfg_select(qts, FW_CFG_FILE_DIR);
    fw_cfg_read(qts, entry, 4);
    for (n = ldl_be_p(entry); n; n--) {
        fw_cfg_read(qts, entry, sizeof(entry));
        if (!strcmp((char *)&entry[8], "etc/acpi/tables")) {
            break;
        }
    }
    g_assert_cmpuint(n, >, 0);
    *size = ldl_be_p(entry);
    tables = g_malloc(*size);
    fw_cfg_select(qts, lduw_be_p(&entry[4]));
    fw_cfg_read(qts, tables, *size);
    return tables;
}

static const uint8_t *find_iort(const uint8_t *tables, size_t size)
{
    for (size_t i = 0; i + 48 < size; i++) {
        if (!memcmp(&tables[i], "IORT", 4) &&
            i + ldl_le_p(&tables[i + 4]) <= size) {
            return &tables[i];
        }
    }
    g_assert_not_reached();
}

static void add_mappings(Iort *out, const uint8_t *iort, const uint8_t *node)
{
    uint32_t count = ldl_le_p(node + 8), at = ldl_le_p(node + 12);

    for (uint32_t i = 0; i < count; i++) {
        const uint8_t *map = node + at + i * MAPPING;
        uint32_t first = ldl_le_p(map), more = ldl_le_p(map + 4);
        uint32_t target = ldl_le_p(map + 12);

        if (iort[target] != NODE_SMMUV3) {
            continue;
        }
        for (uint32_t bus = first >> 8; bus <= (first + more) >> 8; bus++) {
            g_array_append_val(out->behind, bus);
        }
    }
}

static Iort read_iort(const char *machine, const char *devices)
{
    QTestState *qts = qtest_initf("-M virt,gic-version=3%s -cpu cortex-a57 "
                                  "-nodefaults %s", machine, devices);
    Iort out = { .behind = g_array_new(false, false, sizeof(uint32_t)) };
    size_t size;
    g_autofree uint8_t *tables = read_tables(qts, &size);
    const uint8_t *iort = find_iort(tables, size);
    const uint8_t *node = iort + ldl_le_p(iort + 40);
    unsigned complexes = 0;

    for (uint32_t n = ldl_le_p(iort + 36); n; n--) {
        if (node[0] == NODE_ROOT_COMPLEX) {
            out.ats = ldl_le_p(node + ATS_ATTRIBUTE);
            add_mappings(&out, iort, node);
            complexes++;
        }
        node += lduw_le_p(node + 1);
    }
    g_assert_cmpuint(complexes, ==, 1);
    qtest_quit(qts);
    return out;
}

static bool is_behind(const Iort *iort, uint32_t bus)
{
    for (unsigned i = 0; i < iort->behind->len; i++) {
        if (g_array_index(iort->behind, uint32_t, i) == bus) {
            return true;
        }
    }
    return false;
}

/* @bus0, @bus32: are they behind the SMMU? */
static void check(const char *machine, const char *devices, uint32_t ats,
                  bool bus0, bool bus32)
{
    Iort iort = read_iort(machine, devices);

    g_assert_cmphex(iort.ats, ==, ats);
    g_assert_cmpint(is_behind(&iort, 0), ==, bus0);
    g_assert_cmpint(is_behind(&iort, 32), ==, bus32);
    g_array_free(iort.behind, true);
}

static void test_behind(void)
{
    check("", "-device sva-smmuv3", 1, true, false);
    check("", "-device sva-smmuv3" PXB, 1, true, true);
}

static void test_without_ats(void)
{
    check("", "-device sva-smmuv3,ats=off", 0, true, false);
    check("", "-device sva-smmuv3,ats=off" PXB, 0, true, true);
}

static void test_without_iommu(void)
{
    check("", "", 0, false, false);
}

#define BYPASS ",default-bus-bypass-iommu=on"

static void test_bypass(void)
{
    check(BYPASS, "-device sva-smmuv3", 0, false, false);
}

/* The node is one for all host bridges: ATS is that of the others. */
static void test_bypass_of_one(void)
{
    check(BYPASS, "-device sva-smmuv3" PXB, 1, false, true);
    check("", "-device sva-smmuv3" PXB ",bypass_iommu=on", 1, true, false);
    check(BYPASS, "-device sva-smmuv3" PXB ",bypass_iommu=on", 0, false,
          false);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    qtest_add_func("/sva/iort/behind", test_behind);
    qtest_add_func("/sva/iort/without-ats", test_without_ats);
    qtest_add_func("/sva/iort/without-iommu", test_without_iommu);
    qtest_add_func("/sva/iort/bypass", test_bypass);
    qtest_add_func("/sva/iort/bypass-of-one", test_bypass_of_one);
    return g_test_run();
}
