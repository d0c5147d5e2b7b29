# SPDX-License-Identifier: GPL-2.0-or-later
"""Inside a kernel tree the tool finds out by itself what to configure, build and judge."""

import contextlib
import os
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / 'scripts/lib'))

from sva import cli  # noqa: E402
from sva.guest import specs  # noqa: E402
from sva.runs import judging  # noqa: E402
from sva.setup import artifacts, kconfig, kernel_tree, linux  # noqa: E402
from sva.util import files, paths  # noqa: E402

# A kernel that only knows how it is configured and built: O=, ARCH= and goals.
MAKEFILE = '''
O ?= .
defconfig:
\t@{ echo "CONFIG_$(if $(filter x86_64,$(ARCH)),X86_64,ARM64)=y"; echo CONFIG_OTHER=y; } > $O/.config
\t@[ $O = . ] || ln -sfn $(CURDIR) $O/source
olddefconfig:
\t@sed -i '/CONFIG_ZRAM=/d' $O/.config
.NOTPARALLEL:
bzImage Image modules:
\t@[ ! -e broken ] || { echo 'foo.c:1: error: no'; exit 2; }
\t@mkdir -p $O/arch/x86/boot $O/arch/arm64/boot $O/include/config
\t@echo 6.12.1 > $O/include/config/kernel.release
\t@cp x86 $O/arch/x86/boot/bzImage; cp arm64 $O/arch/arm64/boot/Image
\t@echo "$@ $(ARCH) $(CROSS_COMPILE)" >> $O/made; touch $O/Module.symvers
'''
# -m -O DIR BASE FRAGMENT...
MERGE = '''#!/bin/sh
out=$3/.config
shift 4
cat "$@" | grep ^CONFIG_ >> "$out"
sed -i 's/^CONFIG_INTEL_IOMMU_SVM=y/&\\nCONFIG_IOMMU_SVA=y/;
        s/^CONFIG_ARM_SMMU_V3_SVA=y/&\\nCONFIG_IOMMU_SVA=y/' "$out"
'''
# The word at 20Eh leads to the release.
X86_IMAGE = (bytes(0x202) + b'HdrS' + bytes(8) + (0x100).to_bytes(2, 'little') + bytes(0xf0)
             + b'6.12.1 (me)' + bytes(64))
ARM_IMAGE = bytes(0x38) + b'ARM\x64' + bytes(64)


class KernelTree(unittest.TestCase):

    def setUp(self):
        temp = tempfile.TemporaryDirectory()
        self.addCleanup(temp.cleanup)
        self.dir = Path(temp.name).resolve()
        self.tree = self.dir / 'linux'
        files.write(self.tree / 'Makefile', MAKEFILE)
        files.write(self.tree / 'x86', X86_IMAGE)
        files.write(self.tree / 'arm64', ARM_IMAGE)
        for name in ('Kbuild', 'Kconfig', 'arch/Kconfig', 'drivers/iommu/Kconfig'):
            files.write(self.tree / name, '')
        merge = self.tree / 'scripts/kconfig/merge_config.sh'
        files.write(merge, MERGE)
        merge.chmod(0o755)
        self.output = self.dir / 'out'

    def sva(self, *words, cwd=None, status=0, **more):
        """What the command says, from a directory of the tree."""
        env = {**os.environ, paths.BUILD_DIR: str(self.dir / 'sva'), **more}
        env.pop('MAKEFLAGS', None)
        done = subprocess.run([sys.executable, paths.ROOT / 'scripts/sva', *map(str, words)],
                              cwd=cwd or self.tree / 'drivers/iommu', text=True, env=env,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        self.assertEqual(done.returncode, status, done.stdout)
        return done.stdout

    def found(self, *words, cwd=None, env=None):
        """{name: value} of the arguments with which `sva check` goes on."""
        seen = {}
        with mock.patch.object(judging, 'having'), mock.patch.object(artifacts, 'ensure'), \
                mock.patch.object(specs, 'user', lambda arch, image, kbuild: seen.update(
                    arch=arch, image=image, kbuild=str(kbuild))), \
                mock.patch.object(judging, 'run', return_value=0), \
                mock.patch.dict(os.environ, env or {}), contextlib.chdir(cwd or self.tree):
            self.assertEqual(cli.main(['check', *map(str, words)]), 0)
        return seen

    def test_from_nothing_to_a_kernel(self):
        self.assertIn('`sva config` does it', self.sva('check', status=2))
        self.assertIn('`sva config` does it', self.sva('build', status=2))
        said = self.sva('config')
        self.assertRegex(said, r'linux/\.config: \d+ symbols changed for x86-64 guests')
        self.assertIn('does not take: CONFIG_ZRAM;', said)
        self.assertIn('`sva build` does it', self.sva('check', status=2))
        self.assertIn('next is `sva check`', self.sva('build'))
        self.assertEqual(sorted((self.tree / 'made').read_text('utf-8').splitlines()),
                         ['bzImage x86_64 ', 'modules x86_64 '])
        self.assertEqual(self.found(), {
            'arch': 'x86_64', 'kbuild': str(self.tree),
            'image': str(self.tree / 'arch/x86/boot/bzImage')})

    def test_a_build_directory_of_its_own(self):
        self.sva('config', '--arch', 'aarch64', f'O={self.output}')
        self.sva('build', f'O={self.output}', '--jobs', '3')
        self.assertIn('Image arm64 aarch64-linux-gnu-\n',
                      (self.output / 'made').read_text('utf-8'))
        self.assertFalse((self.tree / '.config').exists())
        wanted = {'arch': 'aarch64', 'kbuild': str(self.output),
                  'image': str(self.output / 'arch/arm64/boot/Image')}
        self.assertEqual(self.found(f'O={self.output}'), wanted)
        self.assertEqual(self.found(env={'KBUILD_OUTPUT': str(self.output)}), wanted)
        # Where it was built leads back to the source.
        self.assertEqual(self.found(cwd=self.output), wanted)
        self.assertEqual(self.found('--tree', self.output, cwd=self.dir), wanted)
        self.assertEqual(self.found('--tree', self.tree, f'O={self.output}', cwd=self.dir),
                         wanted)
        self.assertIn('is for aarch64, not for x86_64', self.sva(
            'check', f'O={self.output}', '--arch', 'x86_64', status=2))
        self.assertIn('is for aarch64, not for x86_64', self.sva(
            'config', f'O={self.output}', '--arch', 'x86_64', status=2))

    def test_what_is_there_is_kept(self):
        files.write(self.tree / '.config', 'CONFIG_ARM64=y\nCONFIG_MINE=y\n')
        self.sva('config')
        config = (self.tree / '.config').read_text('utf-8')
        self.assertIn('CONFIG_MINE=y', config)
        self.assertIn('CONFIG_ARM_SMMU_V3_SVA=y', config)
        self.assertNotIn('CONFIG_INTEL_IOMMU=y', config)

    def test_a_build_that_fails(self):
        self.sva('config')
        (self.tree / 'broken').touch()
        said = self.sva('build', status=2)
        self.assertIn('foo.c:1: error: no', said)
        self.assertRegex(said, 'the build of .*/linux failed')

    def test_what_cannot_be_built_for(self):
        files.write(self.tree / '.config', 'CONFIG_RISCV=y\n')
        self.assertIn('for none of x86_64, aarch64', self.sva('build', status=2))
        files.write(self.tree / '.config', 'CONFIG_X86_64=y\nCONFIG_MODULES=y\n')
        self.assertRegex(self.sva('build', status=2), r'lacks CONFIG_\w+.*`sva config`')

    def test_somewhere_else(self):
        for command in ('check', 'config', 'build'):
            self.assertIn('not inside of a Linux source tree', self.sva(
                command, cwd=self.dir, status=2))
            self.assertIn('neither a Linux source tree nor', self.sva(
                command, '--tree', self.dir, status=2))
            self.assertIn('no such directory', self.sva(
                command, '--tree', self.dir / 'none', status=2))
            self.assertIn('is not O=DIR', self.sva(command, 'ARCH=arm64', status=2))
        self.assertIn('go without --kernel', self.sva('check', '--tree', '.', '--flavour', 'debug',
                                                      status=2))

    def test_the_fragment_alone(self):
        for arch, symbol, other in (('x86_64', 'INTEL_IOMMU_SVM', 'ARM_SMMU_V3'),
                                    ('aarch64', 'ARM_SMMU_V3_SVA', 'INTEL_IOMMU')):
            for where in ('-', self.dir / 'sva.config'):
                text = self.sva('config', '--arch', arch, '--write', where, cwd=self.dir)
                text = text or where.read_text('utf-8')
                self.assertIn(f'\nCONFIG_{symbol}=y\n', text)
                self.assertNotIn(f'CONFIG_{other}', text)


class Fragments(unittest.TestCase):

    def test_nothing_that_is_needed_is_missing(self):
        selected = {'IOMMU_SVA'}    # by the driver of the IOMMU
        for arch, needed in kconfig.NEEDED.items():
            self.assertEqual(set(needed) - selected - set(kernel_tree.wanted(arch)), set())

    def test_they_agree_with_the_kernel_of_the_set_up(self):
        """So that no scenario needs what only one of them has."""
        for arch in kconfig.NEEDED:
            own = linux._wanted(linux._fragments(arch))
            for symbol, value in kernel_tree.wanted(arch).items():
                self.assertEqual(own[f'CONFIG_{symbol}'][0], value, symbol)

    def test_each_line_is_one_for_merge_config(self):
        for path in kernel_tree.FRAGMENTS.glob('*.config'):
            for line in path.read_text(encoding='utf-8').splitlines():
                self.assertTrue(not line or re.fullmatch(r'#.*|CONFIG_\w+=y', line), line)


if __name__ == '__main__':
    unittest.main()
