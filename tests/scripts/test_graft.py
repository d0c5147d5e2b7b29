# SPDX-License-Identifier: GPL-2.0-or-later
"""The graft: right places, idempotent, loud when a tree is not as expected."""

import os
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / 'scripts/lib'))

from sva.setup import graft  # noqa: E402
from sva.util.errors import SvaError  # noqa: E402

MESON = """\
subdir('qapi')
subdir('trace')
subdir('util')
if host_os != 'emscripten'
  subdir('tests')
endif
"""
KCONFIG = 'source Kconfig.host\nsource hw/Kconfig\n'
IORT = '#include "hw/virtio/virtio-acpi.h"\n{\n    append(0); /* ATS Attribute */\n}\n'


class GraftTest(unittest.TestCase):
    def setUp(self):
        temp = tempfile.TemporaryDirectory()
        self.addCleanup(temp.cleanup)
        self.repository = Path(temp.name, 'repository')
        self.repository.mkdir()
        self.tree = self.repository / 'build/qemu/src'
        self.tree.mkdir(parents=True)
        self.put('VERSION', '10.2.2\n')
        self.put('configure', '')
        self.put('meson.build', MESON)
        self.put('Kconfig', KCONFIG)
        (self.tree / 'hw/arm').mkdir(parents=True)
        self.put(graft.IORT, IORT)

    def put(self, name, text):
        (self.tree / name).write_text(text, encoding='utf-8')

    def get(self, name):
        return (self.tree / name).read_text(encoding='utf-8')

    def graft(self):
        return graft.graft(self.tree, self.repository)

    def test_lines_are_next_to_their_anchors(self):
        self.assertEqual(self.graft(), ['meson.build', 'Kconfig', graft.IORT, 'sva'])
        self.assertEqual(self.get(graft.IORT), '''\
#include "hw/virtio/virtio-acpi.h"
#include "sva/include/hw/sva/hooks.h"
{
    append(0); /* ATS Attribute */
    sva_iort_ats(table_data);
}
''')
        self.assertEqual(self.get('meson.build'), """\
subdir('qapi')
subdir('sva/hw')
subdir('trace')
subdir('util')
if host_os != 'emscripten'
  subdir('tests')
  subdir('sva/tests/qtest')
endif
""")
        self.assertEqual(self.get('Kconfig'),
                         'source Kconfig.host\nsource hw/Kconfig\nsource sva/Kconfig\n')

    def test_tests_outside_of_a_condition(self):
        # As in 10.0.
        self.put('VERSION', '10.0.13\n')
        self.put('meson.build', "subdir('trace')\nsubdir('tests')\n")
        self.graft()
        self.assertEqual(self.get('meson.build'), "subdir('sva/hw')\nsubdir('trace')\n"
                         "subdir('tests')\nsubdir('sva/tests/qtest')\n")

    def test_link_is_relative_and_leads_to_the_repository(self):
        self.graft()
        self.assertEqual(os.readlink(self.tree / 'sva'), '../../..')
        self.assertTrue((self.tree / 'sva').samefile(self.repository))

    def test_second_time_changes_nothing(self):
        self.graft()
        before = [(name, self.get(name), (self.tree / name).stat().st_mtime_ns)
                  for name in ('meson.build', 'Kconfig')]
        self.assertEqual(self.graft(), [])
        after = [(name, self.get(name), (self.tree / name).stat().st_mtime_ns)
                 for name in ('meson.build', 'Kconfig')]
        self.assertEqual(before, after)

    def test_half_a_graft_is_completed(self):
        self.put('Kconfig', KCONFIG + 'source sva/Kconfig\n')
        self.assertEqual(self.graft(), ['meson.build', graft.IORT, 'sva'])

    def test_moved_repository_gets_a_new_link(self):
        (self.tree / 'sva').symlink_to('/nowhere')
        self.assertIn('sva', self.graft())
        self.assertTrue((self.tree / 'sva').samefile(self.repository))

    def assert_refused(self, *words):
        before = {name: self.get(name) for name in ('meson.build', 'Kconfig')}
        with self.assertRaises(SvaError) as caught:
            self.graft()
        for word in words:
            self.assertIn(word, caught.exception.message)
        self.assertEqual(before, {name: self.get(name) for name in before})
        self.assertFalse((self.tree / 'sva').is_symlink())

    def test_missing_anchor_names_file_anchor_and_versions(self):
        self.put('VERSION', '12.0.0\n')
        self.put('Kconfig', 'source hw/devices/Kconfig\n')
        self.assert_refused('12.0.0', 'Kconfig', 'source hw/Kconfig', 'not found', '10.2.x',
                            '10.0.x')

    def test_ambiguous_anchor_is_refused(self):
        self.put('meson.build', MESON + "subdir('trace')\n")
        self.assert_refused('meson.build', "subdir('trace')", 'not unique')

    def test_not_a_qemu_tree(self):
        (self.tree / 'VERSION').unlink()
        self.assert_refused('not an unpacked QEMU source tree')

    def test_foreign_sva_directory_is_left_alone(self):
        (self.tree / 'sva').mkdir()
        with self.assertRaises(SvaError):
            self.graft()
        self.assertTrue((self.tree / 'sva').is_dir())


if __name__ == '__main__':
    unittest.main()
