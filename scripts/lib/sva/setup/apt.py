# SPDX-License-Identifier: GPL-2.0-or-later
"""Debian packages: those of the machine, and those of newer suites.

Packages of newer suites are never installed. They come through a private apt
root below the cache: own sources, lists and archive, an empty status file. The
machine's apt configuration is read (proxies, mirror) and never changed. apt
checks the signatures against Debian's archive keyring.
"""

import os
import re
import shutil
import subprocess
import tempfile
import time
import urllib.parse
from pathlib import Path

from ..util import files, paths, proc
from ..util.errors import SvaError

KEYRING = Path('/usr/share/keyrings/debian-archive-keyring.gpg')
SUITES = ('sid', 'trixie')
# Debian's name of what the set-up runs on.
HOST = 'amd64'
LISTS_MAX_AGE = 24 * 3600


def missing_packages(names):
    """Those names that are not installed on the machine."""
    have = installed_versions(*names)
    return [name for name in names if name not in have]


def installed_versions(*names):
    """{name: version} of those packages that are installed on the machine."""
    # dpkg-query fails when it does not know a name, but lists the others.
    shape = '${Package} ${Version} ${db:Status-Status}\n'
    done = subprocess.run(['dpkg-query', '-W', '-f', shape, *names], text=True, check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    lines = [line.split() for line in done.stdout.splitlines()]
    return {line[0]: line[1] for line in lines if len(line) == 3 and line[2] == 'installed'}


def install(names, log):
    """Install packages of the machine's own suite, as root or through sudo."""
    if not names:
        return
    command = ['apt-get', 'install', '-y', '--no-install-recommends',
               '-o', 'DPkg::Lock::Timeout=600', *names]
    prefix = _root_prefix()
    if prefix is None:
        raise SvaError('packages are missing and neither root nor password-less sudo is '
                       'at hand; run this, then try again:\n    sudo apt-get install -y '
                       '--no-install-recommends ' + ' '.join(names))
    # Through env, because sudo drops the caller's environment.
    prefix += ['env', 'DEBIAN_FRONTEND=noninteractive']
    try:
        proc.logged([*prefix, *command], log, what='apt-get install')
    except SvaError:
        # Lists that are absent or outdated are the usual reason.
        proc.logged([*prefix, 'apt-get', 'update'], log, append=True, what='apt-get update')
        proc.logged([*prefix, *command], log, append=True, what='apt-get install')
    still = missing_packages(names)
    if still:
        raise SvaError('apt-get did not install ' + ', '.join(still), log)


def _root_prefix():
    if os.geteuid() == 0:
        return []
    if shutil.which('sudo') and proc.output(['sudo', '-n', 'echo', 'ok'], check=False):
        return ['sudo', '-n']
    return None


def mirror():
    """The Debian mirror that the machine's apt is configured with."""
    for origin, label, uri in _targets():
        if origin == 'Debian' and label == 'Debian':
            return uri
    # No lists yet: apt does not know the labels, and leaves out what it has no list of.
    for _, _, uri in _targets('--no-release-info'):
        if uri.rstrip('/').endswith('/debian'):
            return uri
    raise SvaError('apt has no Debian archive configured on this machine '
                   '(see `apt-get indextargets --no-release-info`)')


def _targets(*options):
    """(origin, label, URI) of each list of packages that apt is configured with."""
    shape = '$(ORIGIN)|$(LABEL)|$(REPO_URI)'
    out = proc.output(['apt-get', 'indextargets', *options, '--format', shape,
                       'Created-By: Packages'])
    return [line.split('|') for line in out.splitlines()]


class PrivateRoot:
    """A private apt root of this user, one for each architecture of packages.

    beside: the name of another one for its suites alone, without source packages.
    """

    def __init__(self, architecture=HOST, suites=SUITES, beside=''):
        name = '-'.join(['apt'] + [architecture] * (architecture != HOST)
                        + [beside] * bool(beside))
        self.dir = paths.cache(name)
        self.log = paths.log(f'{name}-private')
        self.architecture = architecture
        self.suites = suites
        # Sources are the same for all architectures.
        self.kinds = ('deb',) if beside or architecture != HOST else ('deb', 'deb-src')
        self.ready = False

    def prepare(self, refresh=False):
        """Write the configuration; fetch the lists unless they are fresh."""
        if self.ready and not refresh:
            return
        if not KEYRING.is_file():
            raise SvaError(f'{KEYRING} is missing: install debian-archive-keyring')
        files.need_space(self.dir, 1)
        for sub in ('lists/partial', 'archives/partial', 'etc'):
            (self.dir / sub).mkdir(parents=True, exist_ok=True)
        files.write(self.dir / 'status', '')
        files.write(self.dir / 'etc/debian.sources', self._sources())
        files.write(self.dir / 'apt.conf', self._configuration())
        with files.locked(self.dir / 'lock'):
            _remove_old(self.dir.glob('fetch-*'))
            if refresh or not self._fresh():
                self._update()
                files.write(self.dir / 'updated', self._sources() + str(time.time()))
        self.ready = True

    def _update(self):
        command = ['apt-get', 'update', '--error-on=any']
        what = 'fetching the package lists of ' + ', '.join(self.suites)
        try:
            proc.logged(command, self.log, self.env(), what=what)
        except SvaError as e:
            if 'NO_PUBKEY' not in e.message and 'Missing key' not in e.message:
                raise
            # The suites are signed with a key younger than this keyring.
            install(['debian-archive-keyring'], self.log)
            proc.logged(command, self.log, self.env(), append=True, what=what)

    def _fresh(self):
        stamp = self.dir / 'updated'
        return (stamp.is_file() and stamp.read_text(encoding='utf-8').startswith(self._sources())
                and time.time() - stamp.stat().st_mtime < LISTS_MAX_AGE)

    def _sources(self):
        return ''.join(f'Types: {kind}\nURIs: {mirror()}\nSuites: {" ".join(self.suites)}\n'
                       f'Components: main\nSigned-By: {KEYRING}\n\n' for kind in self.kinds)

    def _configuration(self):
        # The packages run in the guest or are independent of the machine.
        # The archive lies in a home directory, which the _apt user cannot read.
        return (f'Dir::State "{self.dir}";\n'
                f'Dir::State::status "{self.dir}/status";\n'
                f'Dir::State::lists "{self.dir}/lists";\n'
                f'Dir::Cache "{self.dir}";\n'
                f'Dir::Etc::sourcelist "{self.dir}/etc/debian.sources";\n'
                'Dir::Etc::sourceparts "/dev/null";\n'
                'Dir::Etc::preferences "/dev/null";\n'
                'Dir::Etc::preferencesparts "/dev/null";\n'
                f'APT::Architecture "{self.architecture}";\n'
                f'APT::Architectures {{ "{self.architecture}"; }};\n'
                'APT::Sandbox::User "root";\n'
                'Acquire::Languages "none";\n'
                'Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled "false";\n'
                'Acquire::Retries "3";\n')

    def env(self):
        return {'APT_CONFIG': self.dir / 'apt.conf', 'LC_ALL': 'C'}

    def records(self, command, *names):
        """The control records that `apt-cache <command> names` prints."""
        self.prepare()
        text = proc.output(['apt-cache', command, *names], self.env(), check=False)
        return [record for record in map(parse_record, text.split('\n\n')) if record]

    def newest(self, name):
        """The control record of the newest version of a binary package."""
        records = self.records('show', name)
        if not records:
            raise SvaError(f'Debian package {name} is not in ' + ', '.join(self.suites))
        return records[0]

    def names(self, pattern):
        """The package names that match a regular expression."""
        self.prepare()
        out = proc.output(['apt-cache', 'search', '--names-only', pattern], self.env())
        return sorted(line.split(' - ')[0] for line in out.splitlines())

    def closure(self, names, absent=()):
        """Binary packages and all that they need, as 'name=version'.

        absent: packages that are needed by name only, and left out.
        """
        self.prepare()
        with tempfile.NamedTemporaryFile('w', dir=self.dir, prefix='status-') as status:
            # To apt they are installed, whatever version is asked for.
            status.write(''.join(
                f'Package: {name}\nStatus: install ok installed\nVersion: 9999:0\n'
                f'Architecture: {self.architecture}\nMaintainer: nobody\nDescription: none\n\n'
                for name in absent))
            status.flush()
            out = proc.output(['apt-get', 'install', '--simulate', '--no-install-recommends',
                               '-o', f'Dir::State::status={status.name}', *names], self.env())
        found = dict(re.findall(r'^Inst (\S+) \((\S+) ', out, re.M))
        missing = [name for name in names if name not in found]
        if missing:
            raise SvaError('apt-get does not say which version it would install of '
                           + ', '.join(missing))
        return [f'{name}={version}' for name, version in found.items()]

    def download(self, *wanted):
        """Fetch binary packages ('name=version'); return their files in order."""
        self.prepare()
        downloads = paths.cache('downloads')
        downloads.mkdir(parents=True, exist_ok=True)
        plan = self._plan(wanted)
        # What lies in the cache may have been damaged since apt checked it.
        if all(files.has_hash(downloads / name, algorithm, value)
               for name, algorithm, value in plan):
            return [downloads / name for name, *_ in plan]
        with tempfile.TemporaryDirectory(dir=self.dir, prefix='fetch-') as temp:
            temp = Path(temp)
            files.need_space(temp, 1)
            self._fetch(['apt-get', 'download', *wanted], temp, ', '.join(wanted))
            for name, *_ in plan:
                os.replace(temp / name, downloads / name)
        return [downloads / name for name, *_ in plan]

    def _fetch(self, command, directory, what):
        try:
            proc.logged(command, self.log, self.env(), cwd=directory, append=True,
                        what='downloading ' + what)
        except SvaError as e:
            if '404' not in e.message:
                raise
            self.prepare(refresh=True)
            raise SvaError(f'the mirror no longer has {what}; the package lists were out of '
                           'date and are fresh now: run the command again', self.log) from e

    def _plan(self, wanted):
        """[(file, hash algorithm, its value)], as the signed lists have them."""
        out = proc.output(['apt-get', 'download', '--print-uris', *wanted], self.env())
        fields = [line.split() for line in out.splitlines() if line.startswith("'")]
        plan = [(name, *digest.split(':')) for _, name, _, digest in fields]
        # apt prints them in an order of its own.
        order = [re.split('[/=:]', one)[0] for one in wanted]
        return sorted(plan, key=lambda entry: order.index(entry[0].split('_')[0]))

    def download_source(self, package, version, suffix):
        """Fetch the upstream part of a source package; return the file."""
        self.prepare()
        downloads = paths.cache('downloads')
        downloads.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self.dir, prefix='fetch-') as temp:
            temp = Path(temp)
            self._fetch(['apt-get', 'source', '--download-only', '--tar-only',
                         f'{package}={version}'], temp, f'source {package} {version}')
            found = [f for f in temp.iterdir() if f.name.endswith(suffix)]
            if len(found) != 1:
                raise SvaError(f'source {package} {version} has no *{suffix}', self.log)
            name = urllib.parse.unquote(found[0].name)
            os.replace(found[0], downloads / name)
        return downloads / name


def _remove_old(directories):
    # Left by runs that were killed; a running one is younger.
    for directory in directories:
        if time.time() - directory.stat().st_mtime > LISTS_MAX_AGE:
            files.remove(directory)


def parse_record(text):
    """One record in Debian's control format as a dictionary."""
    record, key = {}, None
    for line in text.splitlines():
        if line[:1] in (' ', '\t'):
            record[key] = record.get(key, '') + '\n' + line.strip()
        elif ':' in line:
            key, value = line.split(':', 1)
            record[key] = value.strip()
    return record


def extract(deb, directory):
    """Unpack the files of a binary package below a directory."""
    log = paths.log('extract')
    proc.logged(['dpkg-deb', '-x', deb, directory], log, append=True,
                what=f'unpacking {Path(deb).name}')
