# SPDX-License-Identifier: GPL-2.0-or-later
"""The layer check finds mistakes."""

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / 'scripts/check-layers.py'
OSDEP = '#include "qemu/osdep.h"\n'

TREE = {
    'include/hw/sva/types.h': '#include <stdint.h>\n',
    'include/hw/sva/env.h': '#include <glib.h>\n#include "hw/sva/types.h"\n',
    'include/hw/sva/iommu.h': '#include "hw/sva/env.h"\n',
    'include/hw/sva/endpoint.h': '#include "hw/sva/env.h"\n',
    'include/hw/sva/endpoint-pci.h': '#include "hw/pci/pci_device.h"\n',
    'include/hw/sva/accel-abi.h': '#include <linux/types.h>\n',
    'hw/sva/core/ring.h': '#include "hw/sva/types.h"\n',
    'hw/sva/core/ring.c': OSDEP + '#include "ring.h"\n',
    'hw/sva/core/meson.build': "sva_core_files = files(\n  'ring.c',\n)\n",
    'hw/sva/vtd/inv.h': '#include "../core/ring.h"\n',
    'hw/sva/vtd/inv.c': OSDEP + '#include "inv.h"\n#include "hw/sva/iommu.h"\n',
    'hw/sva/vtd/device.c': OSDEP + '#include "hw/qdev-core.h"\n#include "inv.h"\n',
    'hw/sva/vtd/meson.build': "sva_vtd_files = files('inv.c')\n"
                              "sva_vtd_qemu_files = files('device.c')\n",
    'hw/sva/endpoint/prg.h': '#include "hw/sva/endpoint.h"\n',
    'hw/sva/endpoint/pci-function.h': '#include "hw/pci/pci_device.h"\n',
    'hw/sva/accel/job.c': OSDEP + '#include "hw/sva/endpoint.h"\n'
                                  '#include "../endpoint/prg.h"\n',
    'hw/sva/accel/meson.build': "sva_accel_files = files('job.c')\n",
    'hw/sva/pci/port.c': OSDEP + '#include "hw/sva/endpoint-pci.h"\n',
    'hw/sva/pci/meson.build': "sva_pci_qemu_files = files('port.c')\n",
    'hw/sva/observe/trace.h': '#include "hw/sva/env.h"\n',
}


def run(changes):
    """Exit status and findings for the good tree with @changes."""
    with tempfile.TemporaryDirectory() as folder:
        for name, text in {**TREE, **changes}.items():
            path = Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding='utf-8')
        done = subprocess.run([sys.executable, SCRIPT, folder], check=False, text=True,
                              capture_output=True)
    return done.returncode, done.stdout.splitlines()


class CheckLayersTest(unittest.TestCase):
    def assert_found(self, name, text, line, reason):
        status, found = run({name: text})
        self.assertEqual(status, 1, found)
        self.assertEqual(len(found), 1, found)
        self.assertTrue(found[0].startswith(f'{name}:{line}: '), found[0])
        self.assertIn(reason, found[0])

    def test_good_tree_passes(self):
        self.assertEqual(run({}), (0, []))

    def test_this_tree_passes(self):
        done = subprocess.run([sys.executable, SCRIPT], check=False, text=True,
                              capture_output=True)
        self.assertEqual((done.returncode, done.stdout), (0, ''))

    def test_core_may_not_know_a_model(self):
        self.assert_found('hw/sva/core/ring.h', '#include "../vtd/inv.h"\n', 1,
                          'core must not depend on vtd')

    def test_core_may_not_know_the_iommu_interface(self):
        self.assert_found('hw/sva/core/ring.h', '\n#include "hw/sva/iommu.h"\n', 2,
                          'core must not depend on include')

    def test_model_may_not_know_the_endpoint_interface(self):
        self.assert_found('hw/sva/vtd/inv.h', '#include "hw/sva/endpoint.h"\n', 1,
                          'vtd must not depend on include')

    def test_endpoint_library_may_not_know_a_device(self):
        self.assert_found('hw/sva/endpoint/prg.h', '#include "hw/sva/accel-abi.h"\n', 1,
                          'endpoint must not depend on include')
        self.assert_found('hw/sva/endpoint/prg.h', '#include "../core/ring.h"\n', 1,
                          'endpoint must not depend on core')

    def test_model_may_not_know_the_qom_type_of_functions(self):
        for name in ('accel/job.c', 'endpoint/prg.h'):
            osdep = OSDEP if name.endswith('.c') else ''
            self.assert_found(f'hw/sva/{name}',
                              osdep + '#include "hw/sva/endpoint/pci-function.h"\n',
                              2 if osdep else 1, 'must not depend on endpoint-qemu')

    def test_endpoint_may_not_know_the_iommu(self):
        self.assert_found('hw/sva/accel/job.c', OSDEP + '#include "../vtd/inv.h"\n', 2,
                          'accel must not depend on vtd')
        self.assert_found('hw/sva/accel/job.c', OSDEP + '#include "hw/sva/iommu.h"\n', 2,
                          'accel must not depend on include')

    def test_accelerator_takes_nothing_from_core(self):
        self.assert_found('hw/sva/accel/job.c', OSDEP + '#include "hw/sva/core/ring.h"\n', 2,
                          'accel must not depend on core')

    def test_nobody_includes_observe(self):
        for name in ('hw/sva/vtd/inv.h', 'hw/sva/core/ring.h', 'include/hw/sva/env.h'):
            self.assert_found(name, '#include "hw/sva/observe/trace.h"\n', 1, 'observe')
        self.assert_found('hw/sva/vtd/device.c', OSDEP + '#include "../observe/trace.h"\n', 2,
                          'vtd-qemu must not depend on observe')
        self.assert_found('hw/sva/pci/port.c', OSDEP + '#include "../observe/trace.h"\n', 2,
                          'pci-qemu must not depend on observe')

    def test_environment_free_file_may_not_include_qemu(self):
        self.assert_found('hw/sva/vtd/inv.h', '#include "qemu/bitops.h"\n', 1,
                          'vtd is environment-free')
        self.assert_found('hw/sva/vtd/inv.h', '#include <sys/mman.h>\n', 1,
                          'vtd is environment-free')
        self.assert_found('include/hw/sva/iommu.h', '#include "hw/pci/pci.h"\n', 1,
                          'include is environment-free')

    def test_environment_free_file_may_include_what_has_a_stand_in(self):
        self.assertEqual(run({'hw/sva/vtd/inv.h': '#include "hw/registerfields.h"\n'}), (0, []))

    def test_environment_free_file_may_not_reach_qemu_by_a_header(self):
        self.assert_found('include/hw/sva/env.h', '#include "hw/sva/endpoint-pci.h"\n', 1,
                          'include must not depend on include-qemu')

    def test_header_may_not_include_osdep(self):
        self.assert_found('hw/sva/core/ring.h', OSDEP, 1, 'a header must not include it')

    def test_osdep_comes_first(self):
        self.assert_found('hw/sva/core/ring.c', '#include "ring.h"\n' + OSDEP, 1,
                          'qemu/osdep.h must be included first')

    def test_guest_abi_needs_nothing(self):
        self.assert_found('include/hw/sva/accel-abi.h', '#include <glib.h>\n', 1,
                          'the guest ABI')

    def test_unknown_folder_is_found(self):
        status, found = run({'hw/sva/new/a.h': ''})
        self.assertEqual(status, 1)
        self.assertIn('folder new is in no layer', found[0])

    def test_source_in_no_list_is_found(self):
        status, found = run({'hw/sva/core/lost.c': OSDEP})
        self.assertEqual((status, len(found)), (1, 1))
        self.assertIn('core/lost.c:1: named by 0 lists', found[0])

    def test_qemu_file_in_the_environment_free_list_is_found(self):
        status, found = run({'hw/sva/vtd/meson.build':
                             "sva_vtd_files = files('inv.c', 'device.c')\n"})
        self.assertEqual((status, len(found)), (1, 1))
        self.assertIn('wrong list', found[0])

    def test_wrong_use_is_status_2(self):
        done = subprocess.run([sys.executable, SCRIPT, '/nonexistent'], check=False,
                              capture_output=True)
        self.assertEqual(done.returncode, 2)


if __name__ == '__main__':
    unittest.main()
