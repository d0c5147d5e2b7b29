# SPDX-License-Identifier: GPL-2.0-or-later
"""The package of Debian: built, looked at, and tried where nothing else is installed."""

import platform
import time

from ..packaging import package
from ..setup import apt, tools
from ..util import paths, proc
from ..util.errors import SvaError
from .junit import Case, FAIL, PASS

CASES = ('build', 'lintian', 'demo')
DEMO = paths.ROOT / 'debian/tests/demo'
# One of each architecture is enough to see that all that it takes is there.
SCENARIOS = 'kill'


def run():
    """The cases; each needs those before it."""
    log, found, debs = paths.log('test-package'), [], []
    log.write_text('', encoding='utf-8')
    for name, step in zip(CASES, (lambda: debs.extend(package.build()),
                                  lambda: lint(debs, log), lambda: demo(debs, log))):
        began = time.monotonic()
        try:
            step()
        except SvaError as e:
            return [*found, Case(name, FAIL, e.message, time.monotonic() - began)]
        found.append(Case(name, PASS, '', time.monotonic() - began))
    return found


def lint(debs, log):
    proc.logged(['lintian', '--allow-root', '--fail-on', 'error,warning', *debs], log, append=True,
                what='lintian', tied=True)


def demo(debs, log):
    """Install it into a system of the machine's own suite, and run its test as a user there."""
    tools.install(('mmdebstrap',), 'package-packages')
    in_clean_system([
        'mkdir "$1/opt/sva"', f'cp {" ".join(map(str, (DEMO, *debs)))} "$1/opt/sva"',
        'chroot "$1" sh -c "apt-get install -y --no-install-recommends /opt/sva/*.deb"',
        'chroot "$1" useradd --create-home tester',
        'chroot "$1" runuser -u tester -- env -C /home/tester -i PATH=/usr/bin:/bin '
        f'SCENARIOS={SCENARIOS} /opt/sva/demo'], log)


def in_clean_system(hooks, log, suite=None):
    """Run commands beside a new, smallest Debian, whose directory is $1; it is removed then."""
    suite = suite or platform.freedesktop_os_release()['VERSION_CODENAME']
    proc.logged(['mmdebstrap', '--variant=minbase', *(f'--customize-hook={one}' for one in hooks),
                 suite, '/dev/null', apt.mirror()], log, append=True,
                what=f'what is done in a clean {suite}', tied=True)
