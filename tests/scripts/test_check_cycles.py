# SPDX-License-Identifier: GPL-2.0-or-later
"""The check for circles finds what it is there for."""

import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / 'scripts/check-cycles.py'

# The job asks the engine for nothing: it calls back what it was given.
TREE = {
    'hw/sva/accel/job.h': 'void job_run(void (*done)(void));\nextern int job_count;\n',
    'hw/sva/accel/job.c': '#include "job.h"\nint job_count;\n'
                          'void job_run(void (*done)(void)) { job_count++; done(); }\n',
    'hw/sva/accel/engine.h': '#include "job.h"\nvoid engine_run(void);\n'
                             'extern int engine_count;\n'
                             'extern void (*const engine_ops[])(void);\n',
    'hw/sva/accel/engine.c': '#include "engine.h"\nint engine_count;\n'
                             'static void done(void) { engine_count++; }\n'
                             'void (*const engine_ops[])(void) = { engine_run };\n'
                             'void engine_run(void) { job_run(done); }\n',
    'hw/sva/core/ring.c': 'int ring_size(void);\nint ring_size(void) { return 8; }\n',
    'include/hw/sva/types.h': '#include <stdint.h>\n',
}


def write(folder, files):
    for name, text in files.items():
        path = Path(folder, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding='utf-8')


def build(folder, names):
    """Compile what meson would, and leave its list of commands."""
    commands = []
    for number, name in enumerate(names):
        output = f'{number}.o'
        subprocess.run(['cc', '-c', '-o', output, Path('..', name)], cwd=folder, check=True)
        commands.append({'directory': str(folder), 'file': f'../{name}', 'output': output})
    write(folder, {'compile_commands.json': json.dumps(commands)})


def run(changes, built=True, lost=None):
    """Exit status, output and errors for the good tree with @changes; @lost is not built."""
    files = {**TREE, **changes}
    with tempfile.TemporaryDirectory() as folder:
        write(folder, files)
        objects = Path(folder, 'build')
        objects.mkdir()
        if built:
            build(objects, [name for name in files if name.endswith('.c')])
        if lost:
            Path(objects, lost).unlink()
        done = subprocess.run([sys.executable, SCRIPT, '--root', folder, objects], check=False,
                              text=True, capture_output=True)
    return done.returncode, done.stdout.splitlines(), done.stderr


class CheckCyclesTest(unittest.TestCase):
    def assert_circle(self, changes, head, *arrows):
        status, found, _ = run(changes)
        self.assertEqual(status, 1, found)
        self.assertEqual(found[0], head)
        self.assertEqual(sorted(found[1:]), sorted(f'  {arrow}' for arrow in arrows))

    def test_good_tree_passes_callback_included(self):
        self.assertEqual(run({})[:2], (0, []))

    def test_the_includes_of_this_tree_pass(self):
        done = subprocess.run([sys.executable, SCRIPT], check=False, text=True,
                              capture_output=True)
        self.assertEqual((done.returncode, done.stdout), (0, ''))

    def test_call_back_up_is_found(self):
        self.assert_circle(
            {'hw/sva/accel/job.c': 'void engine_run(void);\n'
                                   'void job_run(void (*done)(void)) { done(); engine_run(); }\n'},
            'hw/sva/accel/engine.c:1: references in build: 2 files need each other',
            'hw/sva/accel/engine.c -> hw/sva/accel/job.c: job_run',
            'hw/sva/accel/job.c -> hw/sva/accel/engine.c: engine_run')

    def test_use_of_data_is_found(self):
        self.assert_circle(
            {'hw/sva/accel/job.c': 'extern int engine_count;\n'
                                   'void job_run(void (*done)(void)) { engine_count++; done(); }\n'},
            'hw/sva/accel/engine.c:1: references in build: 2 files need each other',
            'hw/sva/accel/engine.c -> hw/sva/accel/job.c: job_run',
            'hw/sva/accel/job.c -> hw/sva/accel/engine.c: engine_count')

    def test_function_in_a_table_is_found(self):
        self.assert_circle(
            {'hw/sva/accel/job.c': 'void engine_run(void);\n'
                                   'void (*const job_ops[])(void) = { engine_run };\n'
                                   'void job_run(void (*done)(void)) { done(); }\n'},
            'hw/sva/accel/engine.c:1: references in build: 2 files need each other',
            'hw/sva/accel/engine.c -> hw/sva/accel/job.c: job_run',
            'hw/sva/accel/job.c -> hw/sva/accel/engine.c: engine_run')

    def test_long_circle_names_all_that_are_in_it(self):
        self.assert_circle(
            {'hw/sva/accel/job.c': 'int wake(void);\n'
                                   'void job_run(void (*done)(void)) { wake(); done(); }\n',
             'hw/sva/accel/wake.c': 'void engine_run(void);\nint ring_size(void);\n'
                                    'int wake(void) { engine_run(); return ring_size(); }\n'},
            'hw/sva/accel/engine.c:1: references in build: 3 files need each other',
            'hw/sva/accel/engine.c -> hw/sva/accel/job.c: job_run',
            'hw/sva/accel/job.c -> hw/sva/accel/wake.c: wake',
            'hw/sva/accel/wake.c -> hw/sva/accel/engine.c: engine_run')

    def test_circle_of_headers_is_found(self):
        self.assert_circle(
            {'hw/sva/accel/job.h': '#pragma once\n#include "engine.h"\n',
             'hw/sva/accel/engine.h': '#pragma once\n#include "hw/sva/accel/job.h"\n'
                                      'void job_run(void (*done)(void));\n'
                                      'void engine_run(void);\n',
             'hw/sva/accel/job.c': '', 'hw/sva/accel/engine.c': ''},
            'hw/sva/accel/engine.h:1: includes: 2 files need each other',
            'hw/sva/accel/engine.h -> hw/sva/accel/job.h: hw/sva/accel/job.h',
            'hw/sva/accel/job.h -> hw/sva/accel/engine.h: engine.h')

    def test_what_is_not_built_is_no_pass(self):
        status, found, errors = run({}, built=False)
        self.assertEqual((status, found), (2, []))
        self.assertIn('is no build folder of meson', errors)

    def test_object_that_is_missing_is_no_pass(self):
        status, found, errors = run({}, lost='0.o')
        self.assertEqual((status, found), (2, []))
        self.assertIn('0.o', errors)


if __name__ == '__main__':
    unittest.main()
