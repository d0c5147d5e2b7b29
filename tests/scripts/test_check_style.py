# SPDX-License-Identifier: GPL-2.0-or-later
"""The style check finds mistakes."""

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / 'scripts/check-style.py'
C_SPDX = '/* SPDX-License-' + 'Identifier: GPL-2.0-or-later */\n'
SPDX = '# SPDX-License-' + 'Identifier: GPL-2.0-or-later\n'


def run(name, text):
    """Exit status and findings for a tree of one file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        done = subprocess.run([sys.executable, SCRIPT, folder], check=False, text=True,
                              capture_output=True)
    return done.returncode, done.stdout.splitlines()


def c_function(lines):
    """A function of so many lines, head and braces included."""
    return C_SPDX + 'int f(int a)\n{\n' + '    a++;\n' * (lines - 3) + '}\n'


class CheckStyleTest(unittest.TestCase):
    def assert_passes(self, name, text):
        self.assertEqual(run(name, text), (0, []))

    def assert_found(self, name, text, line, reason):
        status, found = run(name, text)
        self.assertEqual(status, 1, found)
        self.assertEqual(len(found), 1, found)
        self.assertTrue(found[0].startswith(f'{name}:{line}: '), found[0])
        self.assertIn(reason, found[0])

    def test_license_line_is_needed(self):
        for name in ('hw/a.c', 'scripts/a.py', 'hw/meson.build', 'docs/a.rst', 'Kconfig'):
            self.assert_found(name, 'x = 1\n', 1, 'no SPDX')
        self.assert_found('scripts/tool', '#!/bin/sh\n', 1, 'no SPDX')
        self.assert_passes('scripts/tool', '#!/bin/sh\n' + SPDX)
        self.assert_found('hw/a.c', '\n' * 20 + C_SPDX, 1, 'no SPDX')

    def test_other_license_is_found(self):
        self.assert_found('hw/a.c', C_SPDX.replace('2.0-or-later', '3.0-only'), 1,
                          'license GPL-3.0-only')

    def test_file_of_599_lines_passes(self):
        self.assert_passes('hw/a.c', C_SPDX + '\n' * 598)

    def test_file_of_600_lines_is_found(self):
        for name in ('hw/a.c', 'tests/guest/driver/a.c'):
            self.assert_found(name, C_SPDX + '\n' * 599, 1, '600 lines')
        self.assert_found('scripts/a.py', SPDX + '\n' * 599, 1, '600 lines')
        self.assert_passes('docs/a.rst', '.. ' + SPDX[2:] + '\n' * 599)

    def test_function_of_59_lines_passes(self):
        self.assert_passes('hw/a.c', c_function(59))

    def test_function_of_60_lines_is_found(self):
        self.assert_found('hw/a.c', c_function(60), 2, 'f(): 60 lines')
        self.assert_found('tests/guest/driver/a.c', c_function(60), 2, 'f(): 60 lines')

    def test_head_of_several_lines_counts(self):
        text = c_function(59).replace('int f(int a)', 'static int\nf(int a)')
        self.assert_found('hw/a.c', text, 2, 'f(): 60 lines')

    def test_comment_and_table_do_not_count(self):
        text = C_SPDX + '/*\n' + ' * f(\n' * 60 + ' */\n' + c_function(50)[len(C_SPDX):]
        self.assert_passes('hw/a.c', text)
        self.assert_passes('hw/a.c', C_SPDX + 'int t[] = {\n' + '    1,\n' * 80 + '};\n')

    def test_long_python_function_is_found(self):
        self.assert_passes('scripts/a.py', SPDX + 'def f():\n' + '    pass\n' * 58)
        self.assert_found('scripts/a.py', SPDX + 'def f():\n' + '    pass\n' * 59, 2,
                          'f(): 60 lines')

    def test_python_that_does_not_parse_is_found(self):
        self.assert_found('scripts/a.py', SPDX + 'def f(:\n', 2, 'syntax error')

    def test_tab_is_found_but_not_in_kernel_style(self):
        for name in ('hw/a.c', 'include/a.h', 'tests/unit/a.c'):
            self.assert_found(name, C_SPDX + '\tint a;\n', 2, 'tab')
        self.assert_passes('tests/guest/driver/a.c', C_SPDX + '\tint a;\n')
        self.assert_passes('include/hw/sva/accel-abi.h', C_SPDX + '#define A\t1\n')

    def test_line_of_81_columns_is_found_but_not_in_kernel_style(self):
        for name in ('hw/a.c', 'include/a.h', 'tests/unit/a.c'):
            self.assert_passes(name, C_SPDX + '/*' + 'x' * 76 + '*/\n')
            self.assert_found(name, C_SPDX + '/*' + 'x' * 77 + '*/\n', 2, '81 columns')
        self.assert_passes('tests/guest/driver/a.c', C_SPDX + '/*' + 'x' * 90 + '*/\n')

    def test_trailing_blank_and_missing_newline_are_found(self):
        self.assert_found('hw/a.c', C_SPDX + 'int a; \n', 2, 'blanks')
        self.assert_found('hw/a.c', C_SPDX + 'int a;', 2, 'no newline')

    def test_what_is_not_text_is_found(self):
        self.assert_found('hw/a.c', b'\xff\xfe', 1, 'not UTF-8')

    def test_build_folder_is_not_looked_at(self):
        self.assert_passes('build/a.c', '\t')

    def test_wrong_use_is_status_2(self):
        done = subprocess.run([sys.executable, SCRIPT, '/nonexistent'], check=False,
                              capture_output=True)
        self.assertEqual(done.returncode, 2)


if __name__ == '__main__':
    unittest.main()
