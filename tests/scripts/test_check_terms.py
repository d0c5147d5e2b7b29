# SPDX-License-Identifier: GPL-2.0-or-later
"""The check for home-made words finds each of them, and no plain English."""

import importlib.util
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / 'scripts/check-terms.py'

# The word: lines that use it in the sense that has another name.
EXAMPLES = {
    'front cache': ('/* the front cache */', 'typedef struct SvaFront {', 'sva_front_init(f);',
                    '#include "front-cache.h"'),
    'known, remember': ('sva_smmu_known(smmu, req);', 'sva_vtd_remember(vtd, &map);'),
    'ticket': ('struct SvaInvalTicket {', 'inv.ticket = 1;', '/* all tickets */'),
    'epoch': ('uint32_t sync_epoch;', '/* an Epoch begins */'),
    'target': ('SvaVtdTarget target;', 'SvaSmmuTarget *out)'),
    'space': ('SvaVtdSpace space;',),
    'client': ('const SvaSmmuClient *client)',),
    'owner of a group': ('SvaPrgOwner owner;',),
    'held stall': ('/* held stalls */', 'STALLS_HELD,', 'count-stalls-held'),
    'hold': ('SVA_EV_HOLD,', 'SVA_HOLD_IN_PRG', 'HOLD_MASK', 'trace: sva_hold', 'def hold_point(run):', '/* a hold point */'),
    'evidence of a device': ('#include "hw/sva/evidence.h"', 'sva_evidence_add(obj);'),
    'nowhere': ('case SVA_NOWHERE:', 'return &sva_nowhere;', '#include "nowhere.h"'),
    'pci-probe': ('-device sva-pci-probe', 'pci_probe_realize('),
    'visit': ('sva_visit_cpus();', '#include "visit.h"'),
    'crew': ('struct sva_crew *crew;', 'the_crew'),
    'heir': ('sva_heir_main(void *arg)', 'heir: it has the fd', 'HEIR_KEYS'),
    'outage': ('#include "outage.h"', 'OUTAGE = 1', 'class Outages:'),
    'dying': ('static void dying_main(void)', '/* dying: exits with jobs */'),
    'replace': ('#include "sva-replace.h"', 'sva_replace_pages(', '#include "replace.h"'),
    'starve': ('sva_starve(cpus);', 'starved = 1'),
    'story': ('STORY = [', 'the story of a process'),
    'catalogue': ('CATALOGUE = [',),
    'claim': ('return Claim(text)', 'claims.judge(run)'),
    'not owed': ('raise NotOwed()',),
    'lane': ('lane: str', 'LANES = ('),
    'patience': ('sva.patience=3', 'PATIENCE = 2'),
    'forge': ('import forge_arm', 'forge.run()', 'def forged(run):'),
    'spoil': ('SPOILT = [', 'spoil(run)'),
    'bench of a test': ('VtdBench *b;', 'smmu_bench_put(b);', '#include "accel-bench.h"'),
}
PLAIN = ('/* Do not forget what it replaced. */', 'A rule claims that memory is gone.',
         'It leads nowhere.', 'The job is held before the access.', 'tests/bench/bench-vtd.c',
         'their own', 'forgets', 'evidence about a kernel', '/* each entry is visited */',
         'The target of a branch', 'the page is unknown; remember it')
# Where every term counts.
HERE = {'hw': 'hw/sva/x.c', 'scripts': 'scripts/lib/sva/x.py', 'tests/guest': 'tests/guest/user/x.c'}


def load():
    spec = importlib.util.spec_from_file_location('check_terms', SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


CHECK = load()


class CheckTermsTest(unittest.TestCase):
    def found(self, files):
        with tempfile.TemporaryDirectory() as folder:
            for name in ('Kconfig', 'README.rst', 'meson.build', 'meson_options.txt'):
                Path(folder, name).touch()
            for name, text in files.items():
                path = Path(folder, name)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding='utf-8')
            return list(CHECK.check(Path(folder)))

    def test_this_tree_passes(self):
        done = subprocess.run([sys.executable, SCRIPT], check=False, text=True,
                              capture_output=True)
        self.assertEqual((done.returncode, done.stdout), (0, ''))

    def test_each_word_is_found(self):
        for term in CHECK.TERMS:
            name = next(file for folder, file in HERE.items()
                        if any(not where or file.startswith(f'{where}/') for where in term.where))
            for line in EXAMPLES[term.word]:
                with self.subTest(line, term=term.word):
                    found = self.found({name: f'\n{line}\n'})
                    self.assertTrue(any(one.startswith(f'{name}:2: ') and term.use in one
                                        for one in found), found)

    def test_plain_english_is_not(self):
        for name in HERE.values():
            self.assertEqual(self.found({name: '\n'.join(PLAIN) + '\n'}), [])

    def test_names_of_files_count(self):
        self.assertEqual(self.found({'tests/guest/user/heir.c': ''}),
                         ['tests/guest/user/heir.c:1: the name says "heir"; use: survivor'])

    def test_a_word_counts_where_it_would_be_that_word(self):
        self.assertEqual(self.found({'hw/sva/x.c': '/* none may starve */\n'}), [])


if __name__ == '__main__':
    unittest.main()
