# SPDX-License-Identifier: GPL-2.0-or-later
"""A machine whose guest follows a script, for tests of the harness."""

import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / 'scripts/lib'))

from sva.guest import machine  # noqa: E402
from sva.runs import runner  # noqa: E402

FAKE = Path(__file__).with_name('fake_qemu.py')

START = ['>boot', '@hello 1 x86_64 6.12.57-test', '@fact kernel.release 6.12.57-test',
         '@fact device 0000:00:02.0', '@begin smoke', 'some noise']
STAGE = ['KTAP version 1', '@fact mode ats', '@fact pasid 1', 'ok 1 - copy', '@kmsg 6,1,2 hello',
         '@stage bound', '>await go']
END = ['1..1', '@kmsg 4,2,3 late words', '@end smoke 0', '@bye', '>exit 0']


class FakeMachine(unittest.TestCase):
    """Lines of a guest, see fake_qemu.py; the result of the harness."""

    def setUp(self):
        temp = tempfile.TemporaryDirectory()
        self.addCleanup(temp.cleanup)
        self.dir = Path(temp.name)

    def spec(self, lines):
        script = self.dir / 'script'
        script.write_text('\n'.join(lines) + '\n', encoding='utf-8', errors='surrogateescape')
        patch = mock.patch.object(machine, 'command', lambda spec, sockets, files: [
            sys.executable, str(FAKE), str(sockets), *files, spec.token, str(script)])
        patch.start()
        self.addCleanup(patch.stop)
        return machine.Spec('x86_64', self.dir / 'Image', self.dir / 'initrd', self.dir)

    def verdicts(self, lines, timeout=20):
        return runner.run_scenario(self.spec(lines), 'smoke', timeout=timeout).verdicts

    def only(self, lines):
        found = self.verdicts(lines)
        self.assertEqual(len(found), 1, found)
        return found[0]
