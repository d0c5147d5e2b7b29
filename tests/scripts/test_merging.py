# SPDX-License-Identifier: GPL-2.0-or-later
"""Results of several runs as one, and what is told if they do not fit together."""

import json
import re
import shutil
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / 'scripts/lib'))
# Where Debian has them, for a Python that comes from elsewhere.
sys.path.append('/usr/lib/python3/dist-packages')

import junitparser  # noqa: E402
from lxml import etree  # noqa: E402

import fake_runs  # noqa: E402
from own_root import OwnRoot  # noqa: E402
from sva.merging import inputs, kcidb, merge, outputs  # noqa: E402
from sva.runs import explored, judging  # noqa: E402
from sva.testing import junit  # noqa: E402
from sva.util import files  # noqa: E402
from sva.util.errors import SvaError  # noqa: E402
from sva.util.shard import Shard  # noqa: E402

XSD = etree.XMLSchema(etree.parse(str(Path(__file__).with_name('junit.xsd'))))
WHOLE = sorted(f'{arch}.{name}' for arch in ('x86_64', 'aarch64')
               for name in judging.choose((), arch))


class Merging(OwnRoot):

    def parts(self, number, *words, **script):
        """Directories of the parts of a run, all at the same time in processes."""
        roots = [self.dir / f'{n}-of-{number}-{"-".join(words)}' for n in range(1, number + 1)]
        children = [fake_runs.start(root, *words, '--shard', f'{n}/{number}', **script)
                    for n, root in enumerate(roots, 1)]
        self.said = [child.communicate(timeout=120) for child in children]
        self.statuses = [child.returncode for child in children]
        return roots

    def demo(self, name, *words, **script):
        root = self.dir / name
        self.status, *self.said = fake_runs.run(root, 'demo', '--arch', 'x86_64', *(
            f'--scenario={one}' for one in words), **script)
        return root

    def merge(self, *results, **script):
        """The merged JSON; self.status, self.out and self.err are those of the command."""
        self.into = self.dir / 'merged'
        self.status, self.out, self.err = fake_runs.run(
            self.dir / 'merger', 'merge', *results, '--output', self.into, **script)
        return json.loads((self.into / 'merged.json').read_text('utf-8'))

    def problems(self, *results):
        return [one['kind'] for one in self.merge(*results)['problems']]


class Processes(Merging):

    def test_scenarios_on_several_machines(self):
        roots = self.parts(3, 'demo', results={'x86_64.kill': 'known'})
        self.assertEqual(self.statuses, [0, 0, 0], self.said)
        found = self.merge(*roots)
        self.assertEqual((self.status, found['problems'], self.err), (0, [], ''))
        names = [f'{v["arch"]}.{v["scenario"]}' for v in found['verdicts']]
        self.assertEqual(sorted(set(names)), WHOLE)
        self.assertEqual(len(names), 3 * len(WHOLE))
        self.assertIn(f'{len(WHOLE)} scenarios, {len(names)} verdicts: {len(names) - 1} pass, '
                      '1 known, 0 fail.', self.out)
        page = (self.into / 'report.html').read_text('utf-8')
        self.assertEqual(page.count('id="block-'), len(WHOLE))
        self.assertNotIn('"events":0', page)

    def test_a_broken_rule(self):
        roots = self.parts(2, 'demo', results={'x86_64.kill': 'fail', 'x86_64.late': 'error'})
        self.assertIn(1, self.statuses)
        self.merge(*roots)
        self.assertEqual(self.status, 1)
        self.assertRegex(self.out, r'x86_64\.kill \(Linux 7\.2\.13\)\n  mm gone +abort +fail +kernel')

    def test_kernels_that_are_broken(self):
        names = ('unbind-no-drain', 'release-ignored', 'range-ends-early')
        roots = self.parts(2, 'mutants', *names, '--arch', 'x86_64')
        self.assertEqual(self.statuses, [0, 0], self.said)
        found = self.merge(*roots)
        self.assertEqual(sorted(one['name'] for one in found['mutants']), sorted(names))
        self.assertEqual((self.status, found['problems']), (0, []))
        self.assertRegex(self.out, r'3 of 3 broken kernels caught; \d control runs, 0 false')

    def test_a_broken_kernel_that_is_missed(self):
        roots = self.parts(2, 'mutants', 'unbind-no-drain', 'range-ends-early', '--arch', 'x86_64',
                           results={'x86_64.unbind-no-drain': 'missed'})
        self.merge(*roots)
        self.assertEqual(self.status, 1)
        self.assertRegex(self.out, r'(?m)^x86_64 +unbind-no-drain .* NO ')
        self.assertIn('fault-in of unbind-no-drain', (self.into / 'report.html').read_text('utf-8'))

    def test_a_machine_that_ended_early(self):
        roots = self.parts(2, 'demo', '--scenario', 'kill', '--scenario', 'late',
                           end='aarch64.late')
        self.assertEqual(sorted(self.statuses), [0, 137])
        found = self.merge(*roots)
        self.assertEqual(self.status, 2)
        self.assertEqual([one['text'] for one in found['problems']],
                         ['sva demo: not run: aarch64.late'])
        self.assertEqual(self.err, 'sva: sva demo: not run: aarch64.late\n')


class Conflicts(Merging):

    def test_a_part_that_is_missing_of_one_of_two_runs(self):
        runs = [self.parts(3, 'demo', '--arch', arch) for arch in ('x86_64', 'aarch64')]
        runs += [self.parts(2, 'mutants', *names, '--arch', 'x86_64') for names in
                 (('unbind-no-drain', 'release-ignored'), ('range-ends-early', 'unbind-no-drain'))]
        self.assertEqual(self.problems(*sum(runs, [])), [])
        self.assertEqual([one['text'] for one in self.merge(
            *runs[0], *runs[1][:2], runs[2][0], *runs[3])['problems']],
            ['sva demo: there is no result of part 3/3',
             'sva mutants: there is no result of part 2/2'])

    def test_a_part_that_is_missing(self):
        roots = self.parts(3, 'demo', '--arch', 'x86_64')
        found = self.merge(roots[0], roots[2])
        self.assertEqual(self.status, 2)
        self.assertEqual([one['text'] for one in found['problems']],
                         ['sva demo: there is no result of part 2/3'])
        # It comes later, to what is merged.
        self.into.rename(self.dir / 'first')
        self.assertEqual(self.merge(self.dir / 'first', roots[1])['problems'], [])
        self.assertEqual(self.status, 0)

    def test_the_same_twice(self):
        first, again = (self.demo(name, 'kill', 'late') for name in ('a', 'b'))
        self.assertEqual(self.problems(first, again, first), [])
        self.assertEqual(self.status, 0)
        self.assertIn('6 verdicts', self.out)
        self.assertIn('2 results came more than once.', self.out)

    def test_different_results(self):
        first = self.demo('a', 'kill')
        other = self.demo('b', 'kill', results={'x86_64.kill': 'error'})
        for order in ((first, other), (other, first)):
            self.assertEqual(self.problems(*order), ['conflict'])
            self.assertEqual(self.status, 2)
            self.assertIn('x86_64.kill has different results: abort (mm gone) is ', self.err)
            self.assertIn('1 error', self.out)      # the worst one counts
        self.into.rename(self.dir / 'merged-before')
        self.assertEqual(self.problems(self.dir / 'merged-before'), ['conflict'])
        failed = self.demo('c', 'kill', results={'x86_64.kill': 'fail'})
        self.problems(first, failed)
        self.assertEqual(self.status, 1)

    def test_different_kernels(self):
        self.assertEqual(self.problems(self.demo('a', 'kill', kernel='7.2.13'),
                                       self.demo('b', 'late', kernel='7.3.1')), ['kernels'])
        self.assertEqual(self.status, 2)
        self.assertRegex(self.err, 'different kernels on x86_64: 7.2.13 in .*/a/.*, 7.3.1 in .*/b/')
        self.into.rename(self.dir / 'merged-before')
        self.assertEqual(self.problems(self.dir / 'merged-before'), ['kernels'])
        self.assertEqual(self.problems(self.demo('a', 'kill'), self.demo('c', 'late',
                                                                         kernel='unknown')), [])

    def test_different_versions_of_the_tool(self):
        first = self.demo('a', 'kill')
        self.assertEqual(self.problems(first, self.demo('b', 'late', tool='0.2')), ['tools'])
        self.assertEqual(self.status, 2)
        self.assertRegex(self.err, r'versions of sva, .*: 0\.1 \(abc\) in .*/a/.*, 0\.2 in .*/b/')
        old = self.dir / 'old.json'
        record = json.loads((first / 'build/runs/latest/verdicts.json').read_text('utf-8'))
        old.write_text(json.dumps({key: record[key] for key in ('format', 'verdicts')}))
        self.assertEqual(self.problems(first, old), ['tools'])
        self.assertEqual(self.problems(old), [])


class Tests(Merging):

    def part(self, number, detail='', **results):
        cases = [junit.Case(name, result, detail, 1.5) for name, result in results.items()]
        path = self.dir / f'junit/{number}.xml'
        files.write(path, junit.to_xml({'functional': cases}, {'functional': 3.0},
                                       Shard(number, 2)))
        return path

    def merged(self, *paths):
        return merge.merge(inputs.read(paths))

    def test_all_passed(self):
        found = self.merged(self.part(1, a='pass', b='skip'), self.part(2, c='pass'))
        self.assertEqual([case.name for case in found.cases()['functional']], ['a', 'b', 'c'])
        self.assertEqual((merge.exit_status(found), found.problems), (0, []))

    def test_parts_and_conflicts(self):
        found = self.merged(self.part(1, a='pass', b='fail'))
        self.assertEqual([p.text for p in found.problems],
                         ['sva test: there is no result of part 2/2'])
        self.assertEqual(merge.exit_status(found), 1)
        found = self.merged(self.part(1, a='pass'), self.part(2, a='skip'))
        self.assertRegex(found.problems[0].text, r'functional\.a has different results: it is '
                                                 r'pass in \S+1.xml and skip in \S+2.xml')
        self.assertEqual(found.cases()['functional'][0].result, 'pass')
        self.assertEqual(merge.exit_status(found), 2)

    def test_all_kinds_together(self):
        self.part(1, 'no\nway\x1b', a='pass', b='fail'), self.part(2, 'later', c='skip')
        mutants = self.dir / 'mutants'
        fake_runs.run(mutants, 'mutants', 'unbind-no-drain', '--arch', 'x86_64')
        found = self.merge(self.demo('a', 'kill', results={'x86_64.kill': 'known'}), mutants,
                           self.dir / 'junit', '--junit', self.dir / 'all.xml',
                           '--json', self.dir / 'all.json', tool='0.1 (abc)')
        self.assertEqual(self.status, 1, self.err)
        self.assertEqual(found, json.loads((self.dir / 'all.json').read_text('utf-8')))
        self.assertEqual([p['kind'] for p in found['problems']], ['tools'])
        for line in ('FAILED functional.b\n', '3 tests: 1 passed, 1 failed, 1 skipped.',
                     '1 of 1 broken kernels caught; 1 control runs', '1 scenario, 3 verdicts'):
            self.assertIn(line, self.out)
        text = (self.dir / 'all.xml').read_text('utf-8')
        self.assertTrue(XSD.validate(etree.fromstring(text.encode())), XSD.error_log)
        suites = {suite.name: suite for suite in junitparser.JUnitXml.fromstring(text.encode())}
        self.assertEqual(set(suites), {'x86_64.kill', 'functional', 'sva mutants', 'sva merge'})
        self.assertEqual((suites['functional'].tests, suites['functional'].failures), (3, 1))
        root = etree.fromstring(text.encode())
        self.assertEqual(int(root.get('tests')), sum(suite.tests for suite in suites.values()))
        again = json.loads(outputs.to_json(merge.merge(inputs.read([self.into]))))
        for one in (again, found):      # places are others
            one['problems'] = [problem['kind'] for problem in one['problems']]
        self.assertEqual(again, found)

    def test_the_page_has_the_tests(self):
        found = outputs.entries(self.merged(self.part(1, 'no way', a='pass', b='fail', d='pass'),
                                            self.part(2, 'later', c='skip')))
        self.assertEqual([(row['rule'], row['result'], row['evidence'])
                          for row in found[0]['verdicts']],
                         [('b', 'fail', 'no way'), ('c', 'known', 'later'),
                          ('passed', 'pass', '2 tests')])


class Explorations(Merging):
    WORDS = ('explore', 'kill', '--flavour', 'plain', '--arch', 'x86_64', '--points', '10', '--jobs',
             '2')
    FAULTS = ('kill', 'flr', 'loss', 'late')

    def points(self, root):
        path = root / 'build/runs/latest' / explored.POINTS
        return [(one['fault'], one['event']) for one in
                map(json.loads, path.read_text('utf-8').splitlines())]

    def test_the_parts_are_the_whole_and_each_point_runs_once(self):
        [whole] = self.parts(1, *self.WORDS)
        self.assertEqual(len(set(self.points(whole))), 10 * len(self.FAULTS))
        roots = self.parts(3, *self.WORDS)
        self.assertEqual(self.statuses, [0, 0, 0], self.said)
        tried = sum(map(self.points, roots), [])
        self.assertEqual(sorted(tried), sorted(self.points(whole)))
        found = self.merge(*roots)
        self.assertEqual((self.status, found['problems'], self.err), (0, [], ''))
        self.assertEqual(sorted((one['fault'], one['event']) for one in found['explored']),
                         sorted(tried))
        self.assertIn('40 points explored, 0 fail.\n  finding 6: reset: in 10 of them', self.out)
        self.assertIn('40 points', (self.into / 'report.html').read_text('utf-8'))

    def test_the_first_point_that_fails_in_any_part(self):
        roots = self.parts(3, *self.WORDS, fails={'loss': 200, 'kill': 300})
        failed = [point for root in roots for point in self.points(root)
                  if point[1] >= {'kill': 300, 'loss': 200}.get(point[0], 1000)]
        # No part looks for more: others have those points.
        self.assertEqual(sum(len(self.points(root)) for root in roots), 40)
        found = self.merge(*roots)
        self.assertEqual(self.status, 1)
        for fault in ('loss', 'kill'):
            first = min(event for name, event in failed if name == fault)
            self.assertIn(f'x86_64.kill, first with {fault}: event {first:,}\n  health: seen\n',
                          self.out)
        self.assertIn(f'40 points explored, {len(failed)} fail.', self.out)
        text = (self.into / 'merged.xml').read_text('utf-8')
        self.assertTrue(XSD.validate(etree.fromstring(text.encode())), XSD.error_log)
        [suite] = junitparser.JUnitXml.fromstring(text.encode())
        self.assertEqual((suite.name, suite.tests, suite.failures),
                         ('sva explore', 40, len(failed)))
        again = json.loads(outputs.to_json(merge.merge(inputs.read([self.into]))))
        self.assertEqual(again, found)

    def test_what_is_missing(self):
        roots = self.parts(2, *self.WORDS)
        self.assertEqual([one['text'] for one in self.merge(roots[0])['problems']],
                         ['sva explore: there is no result of part 2/2'])
        self.assertEqual(self.status, 2)
        fault, event = self.points(roots[1])[-1]
        roots = self.parts(2, *self.WORDS, '--seed=1', end=f'{fault}-{event}')
        self.assertEqual(sorted(self.statuses), [0, 137])
        found = self.merge(*roots)
        self.assertEqual([one['kind'] for one in found['problems']], ['not run'])
        self.assertNotIn((fault, event), [(one['fault'], one['event'])
                                          for one in found['explored']])
        self.assertEqual(self.status, 2)

    def test_machines_that_do_not_do_the_same(self):
        first = self.parts(2, *self.WORDS)[0]
        other = self.parts(2, *self.WORDS, '--seed=1', baseline='other')[1]
        found = self.merge(first, other)
        self.assertEqual((self.status, [one['kind'] for one in found['problems']]),
                         (2, ['machines']))
        self.assertRegex(self.err, 'different machines explored with x86_64.kill: same in .*, '
                                   'other in .*; kernel, emulator')
        self.into.rename(self.dir / 'merged-before')
        self.assertEqual(self.problems(self.dir / 'merged-before'), ['machines'])

    def test_the_same_point_with_another_end(self):
        [root] = self.parts(1, *self.WORDS)
        [run] = [path for path in (root / 'build/runs').iterdir() if not path.is_symlink()]
        other = self.dir / 'other'
        shutil.copytree(run, other)
        path = other / explored.POINTS
        path.write_text(path.read_text('utf-8').replace('console of flr', 'CONSOLE of flr', 1))
        self.assertEqual(self.problems(root, other), ['conflict'])
        self.assertIn('has different results: its console is', self.err)

    def test_damaged_points(self):
        [root] = self.parts(1, *self.WORDS)
        [run] = [path for path in (root / 'build/runs').iterdir() if not path.is_symlink()]
        path = run / explored.POINTS
        good = path.read_text('utf-8')
        for key, value in (('fault', '../..'), ('fault', 3), ('event', '7'), ('rules', 3),
                           ('seconds', float('nan')), ('digest', None)):
            entry = {**json.loads(good.splitlines()[0]), key: value}
            path.write_text(json.dumps(entry) + '\n' + good, encoding='utf-8')
            with self.assertRaisesRegex(SvaError, 'is damaged', msg=key):
                inputs.read([root])
        # The last line was being written when the run ended.
        path.write_text(good[:-20], encoding='utf-8')
        self.assertEqual(self.problems(root), ['not run'])


class Inputs(Merging):

    def refused(self, why, *names):
        with self.assertRaisesRegex(SvaError, why):
            inputs.read(names)

    def test_what_is_no_result(self):
        self.refused('no such file or directory', self.dir / 'none')
        self.refused('has no results: neither', self.dir)
        for name, content, why in (
                ('a.json', '{', 'is damaged'), ('b.json', '[]', 'is damaged'),
                ('c.json', '{"format": 1, "rows": []}', 'neither verdicts nor mutants'),
                ('d.json', '{"format": 2, "verdicts": []}', 'format 2, not 1'),
                ('e.json', '{"format": 1, "verdicts": [3]}', 'is damaged'),
                ('f.xml', '<testsuites/>', 'is not of `sva test`'), ('g.xml', '<', 'is damaged'),
                ('h.json', '[' * 100000, 'is damaged')):
            path = self.dir / name
            path.write_text(content, encoding='utf-8')
            self.refused(f'{name}.* {why}', path)
        for name in ('d.json', 'e.json'):
            (self.dir / name).unlink()
        # Others leave such files, too.
        self.refused('has no results', self.dir)
        (self.dir / 'x').mkdir()
        (self.dir / 'x/verdicts.json').write_text('{"format": 1, "verd', encoding='utf-8')
        self.refused('verdicts.json is damaged', self.dir)

    def test_damaged_results(self):
        path = self.demo('a', 'kill') / 'build/runs/latest/verdicts.json'
        record = json.loads(path.read_text('utf-8'))
        for key, value in (('scenario', '../..'), ('arch', 'vax'), ('configuration', '..'),
                           ('result', 'good'), ('party', 'us'), ('state', 3), ('seconds', 'x'),
                           ('seconds', float('nan')), ('evidence', None), ('violations', 3),
                           ('kernel', 7)):
            changed = json.loads(json.dumps(record))
            changed['verdicts'][0][key] = value
            path.write_text(json.dumps(changed), encoding='utf-8')
            self.refused('is damaged', path)
        record['run']['cases'] = [3]
        path.write_text(json.dumps(record), encoding='utf-8')
        self.refused('is damaged', path)

    def test_a_directory_of_directories(self):
        for name in ('kill', 'late'):
            self.demo(f'all/{name}', name)
        found = inputs.read([self.dir / 'all'])
        # `latest` leads to one of them, and verdicts.xml is a copy.
        self.assertEqual([source.path.name for source in found], ['verdicts.json'] * 2)
        self.assertEqual(len(inputs.read([self.dir / 'all', found[0].path])), 2)
        (self.dir / 'all/late/loop').symlink_to(self.dir / 'all')
        (self.dir / 'all/link').symlink_to(self.demo('other', 'kill'))
        self.assertEqual(len(inputs.read([self.dir / 'all'])), 2)
        # What was merged before does not count beside it.
        self.merge(self.dir / 'all')
        self.into.rename(self.dir / 'all/merged')
        self.assertEqual(len(inputs.read([self.dir / 'all'])), 2)
        self.assertEqual(len(inputs.read([self.dir / 'all/merged'])), 1)

    def test_verdicts_on_broken_kernels_do_not_count(self):
        root = self.dir / 'm'
        fake_runs.run(root, 'mutants', 'unbind-no-drain', '--arch', 'x86_64')
        [run] = [path for path in (root / 'build/runs').iterdir() if not path.is_symlink()]
        files.write(run / 'x86_64.unbind-no-drain/verdicts.json',
                    '{"format": 1, "verdicts": []}')
        self.assertEqual([source.path.name for source in inputs.read([root])], ['mutants.json'])

    def test_nothing_at_all(self):
        path = self.dir / 'verdicts.json'
        path.write_text('{"format": 1, "verdicts": []}', encoding='utf-8')
        self.assertEqual(self.merge(path)['verdicts'], [])
        self.assertEqual(self.status, 2)


# Members that kcidb_io/schema/v05_03.py of kernelci/kcidb-io has, those it asks for first.
MEMBERS = {
    'checkouts': (('id', 'origin'), (
        'tree_name', 'git_repository_url', 'git_commit_hash', 'git_commit_name',
        'git_commit_tags', 'git_commit_message', 'git_repository_branch',
        'git_repository_branch_tip', 'patchset_files', 'patchset_hash', 'message_id', 'comment',
        'start_time', 'origin_builds_finish_time', 'origin_tests_finish_time', 'log_url',
        'log_excerpt', 'valid', 'misc')),
    'builds': (('id', 'origin', 'checkout_id'), (
        'comment', 'start_time', 'duration', 'architecture', 'command', 'compiler', 'input_files',
        'output_files', 'config_name', 'config_url', 'log_url', 'log_excerpt', 'status', 'misc')),
    'tests': (('id', 'origin', 'build_id'), (
        'environment', 'path', 'comment', 'log_url', 'log_excerpt', 'status', 'number',
        'start_time', 'duration', 'input_files', 'output_files', 'misc')),
    'issues': (('id', 'origin', 'version'), (
        'categories', 'report_url', 'report_subject', 'culprit', 'comment', 'misc')),
    'incidents': (('id', 'origin', 'issue_id', 'issue_version'), (
        'build_id', 'test_id', 'present', 'comment', 'misc')),
}
PATTERNS = {'origin': '[a-z0-9_]+', 'path': r'([a-zA-Z0-9_-]+(\.[a-zA-Z0-9_-]+)*)?',
            'architecture': '[a-z0-9_]*', 'status': 'FAIL|ERROR|MISS|PASS|DONE|SKIP',
            'start_time': r'\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d'}
POINTERS = {'checkout_id': 'checkouts', 'build_id': 'builds', 'issue_id': 'issues',
            'test_id': 'tests'}


class Kcidb(Merging):

    def record(self, *words, results=None, origin=''):
        root = self.demo('a', *words, results=results or {})
        path = self.dir / 'kcidb.json'
        self.merge(root, '--kcidb', path, *(['--origin', origin] if origin else []))
        return json.loads(path.read_text('utf-8'))

    def check(self, record):
        self.assertEqual(record.pop('version'), {'major': 5, 'minor': 3})
        self.assertLessEqual(set(record), set(MEMBERS))
        ids = {kind: [one['id'] for one in found] for kind, found in record.items()}
        for kind, found in record.items():
            self.assertEqual(len(set(ids[kind])), len(found))
            for one in found:
                needed, more = MEMBERS[kind]
                self.assertLessEqual(set(needed), set(one))
                self.assertLessEqual(set(one), {*needed, *more})
                self.assertTrue(one['id'].startswith(one['origin'] + ':'))
                for key, value in one.items():
                    self.assertRegex(str(value), f'^({PATTERNS.get(key, ".*")})$(?s:.*)')
                    self.assertIsNotNone(value)
                    if key in POINTERS:
                        self.assertIn(value, ids[POINTERS[key]])

    def test_members(self):
        record = self.record('kill', 'late', 'segfault', 'mprotect', results={
            'x86_64.kill': 'known', 'x86_64.late': 'fail', 'x86_64.segfault': 'error'})
        found = {one['path']: one for one in record['tests']}
        self.check(record)
        self.assertEqual({path: one['status'] for path, one in found.items()
                          if path.count('.') == 1 or path.endswith('abort')}, {
            'sva.kill': 'FAIL', 'sva.late': 'FAIL', 'sva.segfault': 'MISS', 'sva.mprotect': 'PASS',
            'sva.kill.mm-gone.abort': 'FAIL', 'sva.late.mm-gone.abort': 'FAIL',
            'sva.segfault.mm-gone.abort': 'MISS', 'sva.mprotect.mm-gone.abort': 'PASS'})
        self.assertEqual(found['sva.kill']['duration'], 1.5)
        # A known mistake is an incident of an issue, no other one is.
        [issue], [incident] = record['issues'], record['incidents']
        self.assertEqual(issue['id'], 'qemu_sva:finding-1')
        self.assertEqual(incident['test_id'], found['sva.kill.mm-gone.abort']['id'])
        self.assertEqual(record['builds'][0]['architecture'], 'x86_64')
        self.assertIn('Linux 7.2.13', record['checkouts'][0]['comment'])

    def test_a_broken_model_says_nothing_about_the_kernel(self):
        for party, result, status in (('model', 'fail', 'ERROR'), ('undecided', 'fail', 'FAIL'),
                                      ('kernel', 'error', 'ERROR'), ('set-up', 'error', 'MISS')):
            [item, *_] = fake_runs.verdicts('x86_64', 'kill', 'pass', '7.2.13')
            item = fake_runs.verdict.replace(item, party=party, result=result)
            merged = merge.Merged([], [merge.Unit('x86_64.kill', {}, 1, [item], None)], [], [])
            record = json.loads(kcidb.to_json(merged))
            self.assertEqual([one['status'] for one in record['tests']], [status] * 2)

    def test_ids(self):
        """Those of the same results are the same, of others they are others."""
        root = self.demo('a', 'kill')
        found = [kcidb.to_json(merge.merge(inputs.read([root]))) for _ in range(2)]
        found.append(kcidb.to_json(merge.merge(inputs.read([self.demo('b', 'late')]))))
        ids = [{one['id'] for one in json.loads(text)['tests']} for text in found]
        self.assertEqual(ids[0], ids[1])
        self.assertFalse(ids[0] & ids[2])

    def test_the_origin(self):
        record = self.record('kill', origin='my_lab')
        self.assertEqual({one['origin'] for one in record['tests']}, {'my_lab'})
        self.check(record)
        self.status, _, err = fake_runs.run(self.dir / 'x', 'merge', 'x', '--origin', 'My lab')
        self.assertEqual(self.status, 2)
        self.assertTrue(re.search('an origin has small letters', err), err)


if __name__ == '__main__':
    unittest.main()
