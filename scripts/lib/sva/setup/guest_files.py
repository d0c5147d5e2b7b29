# SPDX-License-Identifier: GPL-2.0-or-later
"""What runs in the guest: programs, driver, initramfs."""

import os
import re
import time

from ..util import files, paths, proc, text
from ..util.errors import SvaError
from . import arch as arches, busybox, cpio, debian_kernel, debian_tools, linux

USER = paths.ROOT / 'tests/guest/user'
DRIVER = paths.ROOT / 'tests/guest/driver'
KEEP_ARCHIVES = 24 * 3600


def _out(*parts):
    return paths.build('guest', *parts)


def programs(arch):
    """Build the static guest programs where none came ready made; return {name: path}."""
    if paths.prebuilt():
        return _programs(paths.prebuilt('guest', f'user-{arch}'))
    if not (USER / 'Makefile').is_file():
        raise SvaError(f'{USER / "Makefile"} is missing')
    out = _out(f'user-{arch}')
    out.mkdir(parents=True, exist_ok=True)
    proc.logged(['make', '-C', USER, f'O={out}', f'CC={arches.get(arch).compiler}', '-j2'],
                paths.log(f'guest-user-{arch}'), what='building the guest programs')
    found = _programs(out)
    if 'init' not in found:
        raise SvaError(f'tests/guest/user built no program init in {out}')
    return found


def _programs(directory):
    return {path.name: path for path in sorted(directory.iterdir()) if _is_program(path)}


def _is_program(path):
    if not path.is_file() or not path.stat().st_mode & 0o100:
        return False
    with open(path, 'rb') as f:
        return f.read(4) == b'\x7fELF'


def driver(kernel):
    """Build the guest driver against a kernel; return the module."""
    if not kernel.kbuild:
        raise SvaError(f'kernel {kernel.version} has no build directory for the driver')
    out = _out('driver', files.content_key(str(kernel.kbuild)))
    module, stamp, log = out / 'sva_accel.ko', out / 'sva-key.json', paths.log('guest-driver')
    key = _driver_key(kernel)
    if files.read_json(stamp) == key and module.is_file():
        return module
    # From scratch: make trusts time stamps, and bisecting goes back in time.
    files.remove(out)
    out.mkdir(parents=True)
    proc.logged(['make', '-C', DRIVER, f'KDIR={kernel.kbuild}', f'O={out}',
                 *linux.make_words(kernel.arch)], log,
                what=f'building the guest driver for Linux {kernel.version}')
    if not module.is_file():
        raise SvaError(f'the driver build made no {module}', log)
    made_for = _vermagic(module)
    if made_for != kernel.version:
        raise SvaError(f'{kernel.kbuild} makes modules for Linux {made_for}, but the kernel is '
                       f'{kernel.version}: build the kernel there again', log)
    files.write_json(stamp, key)
    return module


def _driver_key(kernel):
    """A hash of all that a module depends on: our sources, and the kernel it is for.

    The image stands for the kernel's headers: a change in them links it again.
    """
    image = kernel.image.stat()
    tree = [kernel.kbuild / name for name in ('.config', 'Module.symvers')]
    inputs = [f for f in sorted(DRIVER.iterdir()) if f.is_file()]
    return files.content_key(kernel.version, image.st_mtime_ns, image.st_size, *tree,
                             paths.ROOT / 'include/hw/sva/accel-abi.h', *inputs)


def _vermagic(module):
    """The kernel release that a module says it is for."""
    found = re.search(rb'vermagic=(\S+) ', module.read_bytes())
    return text.decoded(found[1]) if found else 'unknown'


def initramfs(kernel, arch, extra=()):
    """Pack programs, driver and modules for a kernel; return the archive.

    extra holds (path in the guest, bytes, mode). The file is named after its
    content, so archives of several kernels stand side by side.
    """
    # Several runs at once may find the driver out of date.
    with files.locked(_out('lock')):
        return _initramfs(kernel, arch, extra)


def _initramfs(kernel, arch, extra):
    archive = cpio.Archive()
    archive.character_device('dev/console', 5, 1)
    archive.character_device('dev/null', 1, 3, 0o666)
    for directory in ('proc', 'sys', 'tmp', 'root'):
        archive.directory(directory)
    for name, path in programs(arch).items():
        where = 'init' if name == 'init' else f'bin/{name}'
        archive.file(where, path.read_bytes(), 0o755)
    _add_busybox(archive, arch)
    if kernel.kbuild or kernel.driver:
        archive.file('lib/sva_accel.ko', (kernel.driver or driver(kernel)).read_bytes())
    if kernel.modules_dir:
        _add_modules(archive, kernel)
    for path, data, mode in extra:
        archive.file(path, data, mode)
    # Compressing takes longer than all the rest.
    return _store(arch, files.content_key(archive.plain()), archive.bytes)


def _store(arch, key, make):
    """An archive by the key of what is in it; make() gives its bytes if it is not there."""
    out = _out('initramfs', f'{arch}-{key}.cpio.gz')
    if not out.is_file():
        files.write(out, make())
    os.utime(out)
    for other in out.parent.iterdir():
        if time.time() - other.stat().st_mtime > KEEP_ARCHIVES:
            files.remove(other)
    return out


def extended(initrd, arch, entries):
    """A start archive with more files, in an archive of their own behind it."""
    more = cpio.Archive()
    for path, data, mode in entries:
        more.file(path, data, mode)
    with files.locked(_out('lock')):
        return _store(arch, files.content_key(initrd, more.plain()),
                      lambda: initrd.read_bytes() + more.bytes())


def with_tools(kernel, arch):
    """The start archive with Debian's test suites, and modules for their kmod."""
    release = f'{debian_tools.MODULES_DIR}/{kernel.version}'
    found = debian_kernel.modules_in_order(kernel.modules_dir, debian_tools.MODULES)
    extra = [(f'{release}/kernel/{name}.ko', data, 0o644) for name, data in found]
    extra += [(f'{release}/{name}', (kernel.modules_dir / name).read_bytes(), 0o644)
              for name in ('modules.builtin', 'modules.builtin.modinfo', 'modules.order')]
    start = initramfs(kernel, arch, extra)
    # The kernel unpacks one archive after the other.
    both = start, debian_tools.archive()
    return _store(arch, files.content_key(*both),
                  lambda: b''.join(path.read_bytes() for path in both))


def _add_modules(archive, kernel):
    lines = []
    for name, data in debian_kernel.modules_in_order(kernel.modules_dir):
        path = f'lib/modules/{name}.ko'
        archive.file(path, data)
        lines.append(f'/{path}\n')
    archive.file('etc/sva-modules', ''.join(lines).encode())


def _add_busybox(archive, arch):
    archive.file('bin/busybox', busybox.program(arch).read_bytes(), 0o755)
    for applet in busybox.applets():
        if f'bin/{applet}' not in archive.entries and applet != 'busybox':
            archive.link(f'bin/{applet}', 'busybox')
