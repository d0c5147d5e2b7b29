# SPDX-License-Identifier: GPL-2.0-or-later
"""MOVDIRI, MOVDIR64B, ENQCMD, ENQCMDS, IA32_PASID and XSAVES under TCG."""

import json
import re
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from harness import FunctionalTest  # noqa: E402
from sva.setup import artifacts  # noqa: E402
from sva.util import paths, proc  # noqa: E402
from test_options import start  # noqa: E402

SOURCE = paths.ROOT / 'tests/guest/boot/direct-stores.c'
ENTRY = SOURCE.with_name('direct-stores-entry.S')
# isa-debug-exit makes it of the 1 that the image writes.
STATUS = 3
# Far above what the BIOS takes.
TIMEOUT = 120
DEVICE = ('-device', 'sva-portal-testdev')


def build(directory):
    """A 32-bit image without any library."""
    image = directory / 'direct-stores'
    proc.output(['cc', '-m32', '-O1', '-Wall', '-Werror', '-ffreestanding', '-fno-pic',
                 '-fno-stack-protector', '-fno-asynchronous-unwind-tables',
                 '-mgeneral-regs-only', '-nostdlib', '-static', '-no-pie',
                 '-Wl,--build-id=none', '-Wl,-Ttext=0x100000', '-Wl,-N',
                 '-Wl,--no-warn-rwx-segments', '-o', image, ENTRY, SOURCE])
    return image


class Image(unittest.TestCase):
    """A guest without an operating system executes each form and each fault."""

    def command(self, *options):
        """A machine with the image; the words of its command."""
        temp = self.enterContext(tempfile.TemporaryDirectory())
        words = [artifacts.qemu('x86_64'), '-L', artifacts.firmware_dir(), '-M', 'q35',
                 '-accel', 'tcg', '-cpu', 'max', '-nodefaults', '-display', 'none', '-no-reboot',
                 '-device', 'isa-debug-exit,iobase=0xf4,iosize=4', '-kernel', build(Path(temp)),
                 *options]
        return [str(word) for word in words]

    def execute(self, *options):
        """The cases that went well."""
        command = self.command('-debugcon', 'stdio', '-device', 'edu', *options)
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=TIMEOUT, check=False)
        lines = done.stdout.splitlines()
        self.assertEqual([line for line in lines if line.startswith('not ok')], [])
        self.assertEqual((done.returncode, done.stderr), (STATUS, ''), done.stdout)
        self.assertEqual(lines[-1], 'done')
        return [line[3:] for line in lines if line.startswith('ok ')]

    def cases(self, function):
        """What the source checks in a function, in its order."""
        text = SOURCE.read_text(encoding='utf-8')
        body = re.search(rf'^static void {function}\(.*?^}}', text, re.M | re.S)[0]
        return re.findall(r'check\("([^"]+)"', body)

    def test_all(self):
        wanted = [case for name in ('cpuid', 'movdir64b', 'single_step', 'movdiri',
                                    'pasid_register', 'enqcmd', 'enqcmds', 'xsaves')
                  for case in self.cases(f'test_{name}')]
        self.assertEqual(self.execute(*DEVICE), wanted)

    def test_off_without_a_device(self):
        self.assertEqual(self.execute(), self.cases('test_cpuid') + self.cases('test_absent'))

    def until(self, log, machine, *commands):
        """Wait for the image to speak, then end the machine by its monitor; what it said."""
        end = time.monotonic() + TIMEOUT
        while not log.exists() or log.read_text().count('\n') < 2:
            self.assertLess(time.monotonic(), end)
            time.sleep(0.1)
        said = machine.communicate('\n'.join((*commands, 'quit', '')), timeout=TIMEOUT)[0]
        self.assertEqual(machine.returncode, 0, said)
        return log.read_text().splitlines()[0]

    def test_migration(self):
        """IA32_PASID and IA32_XSS go along."""
        temp = Path(self.enterContext(tempfile.TemporaryDirectory()))
        state, said = temp / 'state', []
        for name, options, commands in (
                ('source', (), (f'migrate "exec:cat > {state}"',)),
                ('destination', ('-incoming', f'exec:cat {state}'), ())):
            log = temp / name
            command = self.command('-debugcon', f'file:{log}', '-monitor', 'stdio', *DEVICE,
                                   *options)
            with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, text=True) as machine:
                self.addCleanup(machine.kill)
                said.append(self.until(log, machine, *commands))
        self.assertEqual(said[0], 'state 8001234500000400')
        # It may begin in the midst of a line.
        self.assertTrue(said[0].endswith(said[1]) or said[0] == said[1], said)

    def test_without_xsave(self):
        """No XSAVE, so nothing switches IA32_PASID, so no ENQCMD."""
        log = Path(self.enterContext(tempfile.TemporaryDirectory())) / 'log'
        command = self.command('-debugcon', f'file:{log}', '-monitor', 'stdio', '-device', 'edu',
                               *DEVICE, '-cpu', 'qemu64')
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True) as machine:
            self.addCleanup(machine.kill)
            said = self.until(log, machine)
        self.assertEqual(said, f'not ok {self.cases("test_cpuid")[0]}: 00000003 instead of '
                         '00000007')

    def test_counting_instructions(self):
        """Each is one instruction on the virtual clock of icount, and does what it does."""
        self.assertIn('enqcmd', self.execute(*DEVICE, '-icount', 'shift=0'))


class Options(unittest.TestCase):

    def monitor(self, *commands, options=()):
        """What a machine that does not run answers."""
        command = [artifacts.qemu('x86_64'), '-L', artifacts.firmware_dir(), '-M', 'q35', '-S',
                   '-accel', 'tcg', '-cpu', 'max', '-smp', '1,sockets=2,maxcpus=2', '-nodefaults',
                   '-display', 'none', '-monitor', 'stdio', *options]
        done = subprocess.run([str(word) for word in command], text=True, capture_output=True,
                              input='\n'.join((*commands, 'quit', '')), timeout=TIMEOUT,
                              check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout + done.stderr

    def test_plugged_too_late(self):
        said = self.monitor('device_add sva-portal-testdev,bus=root0',
                            options=('-device', 'pcie-root-port,id=root0'))
        self.assertIn('on the command line', said)

    def test_processor_plugged(self):
        """It has what the others have."""
        for options, wanted in ((DEVICE, 7), ((), 0)):
            said = self.monitor('device_add max-x86_64-cpu,id=cpu1,socket-id=1,core-id=0,'
                                'thread-id=0',
                                'qom-get /machine/peripheral/cpu1 feature-words', options=options)
            words = json.loads(said[said.index('[\n'):said.rindex(']') + 1])
            found = [word['features'] for word in words
                     if (word['cpuid-input-eax'], word['cpuid-register']) == (7, 'ECX')
                     and not word.get('cpuid-input-ecx')]
            self.assertEqual([word >> 27 & 7 for word in found], [wanted])

    def test_on_another_architecture(self):
        status, text = start('aarch64', *DEVICE)
        self.assertEqual(status, 1)
        self.assertIn('qemu-system-x86_64', text)

    def test_two_devices(self):
        self.assertEqual(start('x86_64', *DEVICE, *DEVICE), (0, ''))


class Linux(FunctionalTest):

    def test_enqcmd(self):
        self.check('enqcmd', ['own-pasid', 'retry', 'threads', 'not-bound', 'own-bond',
                              'switched', 'fixed-once', 'silence', 'drain', 'stale-pasid'])


if __name__ == '__main__':
    unittest.main()
