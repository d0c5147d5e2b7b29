# SPDX-License-Identifier: GPL-2.0-or-later
"""Build tools: packages of the machine, a Python environment, firmware."""

import os
import re
import shlex
import shutil
from pathlib import Path

from ..util import files, paths, proc
from . import apt

PYTHON = '/usr/bin/python3'
MESON_WANTED = (1, 5)
# Counts changes of how the Python environment is made.
LAYOUT = 1

# Packages of the machine's own suite. To fetch and unpack other ones: few, and mostly there.
BASE_PACKAGES = ('debian-archive-keyring', 'xz-utils')

# To build and run QEMU and guest programs.
PACKAGES = (
    'binutils', 'build-essential', 'busybox-static', 'ccache', 'device-tree-compiler',
    'dpkg-dev', 'libfdt-dev', 'libglib2.0-dev', 'libslirp-dev', 'make', 'ninja-build', 'pkg-config',
    'python3', 'python3-distlib', 'python3-setuptools', 'python3-venv', 'zlib1g-dev', 'zstd',
)

# To build a driver for a kernel alone.
DRIVER_PACKAGES = ('build-essential', 'libelf-dev')

# To build Linux.
LINUX_PACKAGES = ('bc', 'bison', 'cpio', 'flex', 'kmod', 'libelf-dev', 'libssl-dev')

# For tests: another compiler, coverage, a counter of instructions, the runner of Python
# tests, readers of what the tool writes.
MORE_PACKAGES = (
    'clang', 'gcovr', 'gdb-multiarch', 'git', 'python3-jsonschema', 'python3-junitparser',
    'python3-lxml', 'python3-sphinx', 'python3-sphinx-rtd-theme', 'python3-xmlrunner',
    'python3-yaml', 'valgrind',
)

# Only `sva test` needs it.
BROWSER = 'chromium'

# Files of QEMU's firmware directory by package: firmware, loaders of the kernel formats
# that -kernel takes, option ROMs of the devices that are built.
FIRMWARE = {
    'seabios': ['usr/share/seabios/bios-256k.bin', 'usr/share/seabios/vgabios-ramfb.bin'],
    'qemu-system-data': [f'usr/share/qemu/{name}.bin' for name in
                         ('linuxboot_dma', 'multiboot_dma', 'pvh', 'kvmvapic')],
    'ipxe-qemu': ['usr/share/qemu/efi-virtio.rom', 'usr/share/qemu/efi-e1000e.rom'],
    'qemu-efi-aarch64': ['usr/share/qemu-efi-aarch64/QEMU_EFI.fd'],
}


def jobs():
    return max(2, os.cpu_count() or 2)


def install(names, log='packages'):
    """Install packages where they are missing; return a short note."""
    missing = apt.missing_packages(names) if names else []
    apt.install(missing, paths.log(log))
    return f'{len(missing)} installed' if missing else 'all there'


def install_more_packages():
    """Install what the tests take."""
    # clang's ASan runtime is named after the version of clang.
    notes = [install(names()) for names in (lambda: MORE_PACKAGES, _sanitizer_runtime)]
    return ', '.join(dict.fromkeys(notes))


def _sanitizer_runtime():
    out = proc.output(['clang', '--version'], check=False)
    found = re.search(r'clang version (\d+)', out)
    return [f'libclang-rt-{found[1]}-dev'] if found else []


def python_env():
    """The Python environment that holds meson, pycotap and avocado."""
    return paths.build('tools')


def make_python_env(private):
    """Create the environment from Debian packages, private where needed.

    QEMU's build derives its own environment from it, so it must be a real venv.
    """
    wanted = _wanted_packages()
    key = files.content_key(proc.output([PYTHON, '--version']), *wanted, LAYOUT)
    stamp = python_env() / 'sva-key'
    if stamp.is_file() and stamp.read_text(encoding='utf-8') == key:
        return 'unchanged'
    debs = private.download(*wanted) if wanted else []
    files.remove(python_env())
    proc.logged([PYTHON, '-m', 'venv', '--without-pip', '--system-site-packages',
                 python_env()], paths.log('tools'))
    site = next(python_env().glob('lib/python3*/site-packages'))
    for deb in debs:
        with files.new_dir(paths.build('tools-unpack')) as temp:
            apt.extract(deb, temp)
            shutil.copytree(temp / 'usr/lib/python3/dist-packages', site, dirs_exist_ok=True)
        files.remove(paths.build('tools-unpack'))
    _script('meson', 'mesonbuild.mesonmain', 'main')
    _script('avocado', 'avocado.core.main', 'main')
    files.write(stamp, key)
    return ', '.join(Path(deb).name for deb in debs) or 'machine packages'


def _wanted_packages():
    """What the machine's own suite lacks, as package/suite."""
    have = apt.installed_versions('meson', 'python3-pycotap', 'avocado')
    meson = tuple(int(n) for n in re.findall(r'\d+', have.get('meson', '0'))[:2])
    return ([] if meson >= MESON_WANTED else ['meson/trixie']) + [
        f'{package}/{suite}' for package, suite in
        (('python3-pycotap', 'trixie'), ('avocado', 'sid')) if package not in have]


def _script(name, module, function):
    path = python_env() / 'bin' / name
    files.write(path, f'#!{python_env()}/bin/python3\nimport sys\n'
                      f'from {module} import {function}\nsys.exit({function}())\n')
    path.chmod(0o755)


def compiler_wrapper(path, basedir, compiler='cc'):
    """A compiler that goes through the shared ccache, also from plain ninja."""
    # Depend mode takes the header list from the compiler's own dependency
    # file, which makes a cold cache nearly free.
    cache, base = (shlex.quote(str(where)) for where in (paths.cache('ccache'), basedir))
    files.write(path, '#!/bin/sh\n'
                      f'export CCACHE_DIR={cache} CCACHE_BASEDIR={base}\n'
                      'export CCACHE_NOHASHDIR=1 CCACHE_DEPEND=1\n'
                      f'exec ccache {compiler} "$@"\n', 0o755)
    return path


def firmware_dir():
    return paths.prebuilt('firmware') or paths.build('firmware')


def make_firmware(private):
    """Collect the firmware files for `qemu -L`."""
    if all((firmware_dir() / Path(f).name).is_file() for fs in FIRMWARE.values() for f in fs):
        return 'unchanged'
    debs = private.download(*(f'{package}/trixie' for package in FIRMWARE))
    with files.new_dir(firmware_dir()) as temp:
        for deb, names in zip(debs, FIRMWARE.values()):
            with files.new_dir(paths.build('firmware-unpack')) as unpacked:
                apt.extract(deb, unpacked)
                for name in names:
                    shutil.copy(unpacked / name, temp)
            files.remove(paths.build('firmware-unpack'))
    return ', '.join(sorted(f.name for f in firmware_dir().iterdir()))
