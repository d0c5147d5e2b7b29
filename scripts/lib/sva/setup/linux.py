# SPDX-License-Identifier: GPL-2.0-or-later
"""Guest kernels built from source, and the ones the user brings."""

import re
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Optional

from ..util import files, paths, proc, text
from ..util.errors import SvaError
from . import apt, arch as arches, tools, variants

OLDEST = (7, 0)
FRAGMENTS = paths.ROOT / 'tests/guest/kernel'
# Configurations: for ordinary runs, or with debugging options.
FLAVOURS = ('plain', 'debug')
# Broken in many ways, see variants.py; otherwise as plain.
VARIANTS = 'variants'
# The first kernels that know a symbol of the fragments; older ones need not take it.
SINCE = {'CONFIG_IOMMUFD': (6, 2), 'CONFIG_VFIO_DEVICE_CDEV': (6, 6), 'CONFIG_IOMMU_IOPF': (6, 9)}
# Objects of the small configuration; only the scale of the progress bar.
OBJECTS = 1150


@dataclass(frozen=True)
class Kernel:
    """A bootable kernel and what it takes to extend it."""
    image: Path
    version: str
    origin: str
    kbuild: Optional[Path] = None
    modules_dir: Optional[Path] = None
    arch: str = arches.DEFAULT
    # Of a package, which brings no build directory.
    driver: Optional[Path] = None

    def to_json(self):
        return {k: str(v) if v is not None else None for k, v in asdict(self).items()}

    @staticmethod
    def from_json(value, base=Path()):
        """Paths of a package are from its directory on."""
        where = {k: base / value[k] if value.get(k) else None
                 for k in ('image', 'kbuild', 'modules_dir', 'driver')}
        return Kernel(version=value['version'], origin=value['origin'],
                      arch=value.get('arch', arches.DEFAULT), **where)


def record_name(arch, flavour='plain'):
    """What a kernel built by the set-up is recorded as."""
    return f'kernel-{arch}' if flavour == 'plain' else f'kernel-{arch}-{flavour}'


def _record(name):
    return paths.build('guest', name + '.json')


def source_record():
    """The file that says where the kernel source is."""
    return _record('linux-source')


def load(name):
    """The recorded kernel of a set-up step, if its files are still there."""
    value, ready = files.read_json(_record(name)), paths.prebuilt('guest')
    kernel = Kernel.from_json(value) if value else None
    if ready and not kernel and (ready / f'{name}.json').is_file():
        kernel = Kernel.from_json(files.read_json(ready / f'{name}.json'), ready)
    return kernel if kernel and kernel.image.is_file() else None


def save(name, kernel):
    files.write_json(_record(name), kernel.to_json())


def used_directories():
    """Build directories of all kernels that this clone has a record of."""
    records = map(files.read_json, paths.build('guest').glob('kernel-*.json'))
    return {Path(record['kbuild']) for record in records if record and record.get('kbuild')}


def cached_directories():
    """Build directories in the cache, of whichever clone."""
    return sorted(path for path in paths.cache('kernel').glob('*') if path.is_dir())


def version_key(text):
    return [int(n) for n in re.findall(r'\d+', text)]


def tree_version(tree):
    """(version, patch level) of a source tree."""
    text = (Path(tree) / 'Makefile').read_text(encoding='utf-8')
    found = dict(re.findall(r'(?m)^(VERSION|PATCHLEVEL) = (\d+)$', text))
    if len(found) != 2:
        raise SvaError(f'{tree}/Makefile does not say which Linux that is')
    return int(found['VERSION']), int(found['PATCHLEVEL'])


def get_source(private, user_tree=None, update=False):
    """Record where the kernel source is; unpack Debian's newest if none is given."""
    have = files.read_json(source_record())
    if user_tree:
        record = _user_source(Path(user_tree).resolve())
    elif have and not update and Path(have['tree']).is_dir():
        record = have  # also a tree that the user gave earlier
    else:
        record = _debian_source(private, update)
    files.write_json(source_record(), record)
    return record['origin']


def _user_source(tree):
    if not (tree / 'Kbuild').is_file() or not (tree / 'arch').is_dir():
        raise SvaError(f'{tree} is not a Linux source tree')
    if (tree / '.config').is_file() or (tree / 'include/config').is_dir():
        raise SvaError(f'{tree} has been built in place, so it cannot be built elsewhere: '
                       'run `make mrproper` there, or use `sva check --kernel`')
    return {'tree': str(tree), 'origin': f'source tree {tree}', 'user': True}


def _debian_source(private, update):
    known = files.read_json(paths.cache('linux', 'current.json'))
    if known and not update and Path(known['tree']).is_dir():
        return known
    names = [n for n in private.names(r'^linux-source-[0-9.]+$')
             if version_key(n) >= list(OLDEST)]
    if not names:
        raise SvaError(f'Debian has no linux-source package from {OLDEST[0]}.{OLDEST[1]} on; '
                       'use --kernel-src DIR')
    name = max(names, key=version_key)
    version = private.newest(name)['Version']
    tree = paths.cache('linux', f'{name}_{version}')
    with files.locked(paths.cache('linux', 'lock')):
        if not tree.is_dir():
            files.need_space(paths.cache(), 4)
            [deb] = private.download(f'{name}={version}')
            _unpack(deb, tree)
            # The unpacked tree replaces it.
            files.remove(deb)
        record = {'tree': str(tree), 'origin': f'{name} {version} (Debian)'}
        files.write_json(paths.cache('linux', 'current.json'), record)
    return record


def _unpack(deb, tree):
    log = paths.log('linux-source')
    with files.new_dir(tree) as temp:
        with files.new_dir(tree.with_name('package')) as package:
            apt.extract(deb, package)
            [archive] = (package / 'usr/src').glob('linux-source-*.tar.*')
            proc.logged(['tar', '-xf', archive, '-C', temp, '--strip-components=1'], log,
                        append=True, what='unpacking Linux')
        files.remove(tree.with_name('package'))


def build(arch, on_progress=None, flavour='plain'):
    """Build the guest kernel, or find the one built from the same inputs."""
    source = files.read_json(source_record())
    if flavour == VARIANTS:
        source = variants.broken_source(source)
    out = _output_dir(arch, source, flavour)
    out.mkdir(parents=True, exist_ok=True)
    with files.locked(out.with_suffix('.lock')):
        done = files.read_json(out / 'sva-kernel.json')
        if source.get('user') or not done:
            files.need_space(out, 2)
            make = ['make', '-C', source['tree'], f'O={out}', *make_words(arch),
                    f'CC={_compiler(arch)}', '-j', str(tools.jobs())]
            _configure(arch, make, out, _fragments(arch, flavour),
                       tree_version(source['tree']))
            _compile(arch, make, on_progress)
            version = (out / 'include/config/kernel.release').read_text(encoding='utf-8').strip()
            kernel = Kernel(out / arches.get(arch).image, version, source['origin'], kbuild=out,
                            arch=arch)
            files.write_json(out / 'sva-kernel.json', kernel.to_json())
            done = kernel.to_json()
    kernel = Kernel.from_json(done)
    save(record_name(arch, flavour), kernel)
    return f'{kernel.version} from {kernel.origin}'


def make_words(arch):
    """Options of the kernel's build for an architecture."""
    target = arches.get(arch)
    return [f'ARCH={target.linux}'] + ([f'CROSS_COMPILE={target.cross}'] if target.cross else [])


def _compiler(arch):
    target = arches.get(arch)
    name = f'cc-{arch}' if target.cross else 'cc'
    return tools.compiler_wrapper(paths.cache(name), paths.cache(), target.compiler)


def _output_dir(arch, source, flavour):
    name = arch if flavour == 'plain' else f'{arch}-{flavour}'
    if source.get('user'):
        # In a tree that is being worked on make knows what has changed.
        return paths.build('guest', f'linux-{name}-{files.content_key(source["tree"])}')
    compiler = proc.output([arches.get(arch).compiler, '--version']).splitlines()[0]
    key = files.content_key(source['tree'], compiler, *_fragments(arch, flavour))
    return paths.cache('kernel', f'{name}-{key}')


def _fragments(arch, flavour='plain'):
    names = ['base', arch] + ([] if flavour in ('plain', VARIANTS) else [flavour])
    return [FRAGMENTS / f'{name}.config' for name in names]


def _wanted(fragments):
    """{symbol: (value or None for 'not set', required)}; a later fragment wins."""
    wanted = {}
    for path in fragments:
        for number, line in enumerate(path.read_text(encoding='utf-8').splitlines(), 1):
            found = re.fullmatch(r'(\?)?(CONFIG_\w+)=(\S+)', line)
            off = re.fullmatch(r'# (CONFIG_\w+) is not set', line)
            if found:
                wanted[found[2]] = found[3], not found[1]
            elif off:
                wanted[off[1]] = None, True
            elif line.strip() and not line.startswith('#'):
                raise SvaError(f'{path}:{number}: not a configuration line: {line}')
    return wanted


def _configure(arch, make, out, fragments, version):
    log = paths.log(f'linux-config-{arch}')
    wanted = _wanted(fragments)
    stamp = files.content_key(*fragments)
    config = out / '.config'
    if config.is_file() and files.read_json(out / 'sva-config.json') == stamp:
        proc.logged([*make, 'olddefconfig'], log, what='Linux olddefconfig')
        return
    files.remove(out / 'sva-config.json')
    proc.logged([*make, 'tinyconfig'], log, what='Linux tinyconfig')
    with open(config, 'a', encoding='utf-8') as f:
        for symbol, (value, _) in wanted.items():
            f.write(f'# {symbol} is not set\n' if value is None else f'{symbol}={value}\n')
    proc.logged([*make, 'olddefconfig'], log, append=True, what='Linux olddefconfig')
    have = config.read_text(encoding='utf-8').splitlines()
    values = dict(line.split('=', 1) for line in have if line.startswith('CONFIG_'))
    wrong = [symbol for symbol, (value, required) in wanted.items()
             if required and values.get(symbol) != value
             and version >= SINCE.get(symbol, version)]
    if wrong:
        raise SvaError('this Linux tree does not take the configuration that is wanted: '
                       + ', '.join(f'{s} is {values.get(s, "not set")}' for s in wrong), log)
    files.write_json(out / 'sva-config.json', stamp)


def _compile(arch, make, on_progress):
    count = 0

    def watch(line):
        nonlocal count
        count += line.startswith(('  CC ', '  AS ', '  AR '))
        if on_progress:
            on_progress(min(count, OBJECTS), OBJECTS)

    # No trace of the machine or the time in the image.
    fixed = {'KBUILD_BUILD_TIMESTAMP': '@0', 'KBUILD_BUILD_USER': 'sva',
             'KBUILD_BUILD_HOST': 'sva', 'KBUILD_BUILD_VERSION': '1'}
    image = Path(arches.get(arch).image).name
    proc.logged([*make, image, 'modules'], paths.log(f'linux-build-{arch}'), fixed,
                on_line=watch, what='Linux build')


def user_kernel(image, kbuild=None, arch=arches.DEFAULT):
    """A kernel that the user brings."""
    image = Path(image).resolve()
    if not image.is_file():
        raise SvaError(f'no such kernel image: {image}')
    if not kbuild:
        return Kernel(image, _image_version(image), f'image {image}', arch=arch)
    kbuild = Path(kbuild).resolve()
    release = kbuild / 'include/config/kernel.release'
    if not release.is_file():
        raise SvaError(f'{kbuild} is not the build directory of a configured and built '
                       'kernel (include/config/kernel.release is missing)')
    for needed in ('Module.symvers', '.config'):
        if not (kbuild / needed).is_file():
            raise SvaError(f'{kbuild} lacks {needed}: build the kernel with modules first')
    version = release.read_text(encoding='utf-8').strip()
    found = _image_version(image)
    if found not in ('unknown', version):
        raise SvaError(f'{image} is Linux {found}, but {kbuild} is built for {version}: build '
                       'both together, or name the right directory with --kbuild')
    return Kernel(image, version, f'image {image}, build {kbuild}', kbuild=kbuild, arch=arch)


def _head(image):
    with open(image, 'rb') as f:
        return f.read(0x10000)


def image_arch(image):
    """The architecture that a kernel image is for; None if it does not say."""
    return arches.of_image(_head(image))


def _image_version(image):
    """The release that an image names where it is not compressed, else 'unknown'."""
    head = _head(image)
    if head[0x202:0x206] != b'HdrS':
        banner = re.search(rb'Linux version (\d[^ \0]{0,100}) \(', image.read_bytes())
        return text.decoded(banner[1]) if banner else 'unknown'
    at = int.from_bytes(head[0x20e:0x210], 'little') + 0x200
    return text.decoded(head[at:at + 128].split(b'\0')[0].split(b' ')[0])
