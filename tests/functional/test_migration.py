# SPDX-License-Identifier: GPL-2.0-or-later
"""A guest is stopped, or moved into another QEMU, in the middle of a scenario."""

import sys
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from harness import FunctionalTest  # noqa: E402
from sva.guest import machine  # noqa: E402

KILL = ('data', 'abort', 'silence', 'ats-no-access', 'invalid-request', 'drain', 'late-dma',
        'pasid-reuse')
REQUESTS = ('invalid-request', 'no-hang', 'silence', 'drain', 'pasid-reuse')
LATE = ('data', 'abort', 'late-dma', 'drain')


class Stop(FunctionalTest):
    """Stopped at each stage and continued later: no verdict changes."""

    SECONDS = 0.5

    def stop_everywhere(self, scenario, rules, stages):
        seen = []

        def stop(guest, stage):
            guest.qmp.execute('stop')
            before = self.counters(guest)
            time.sleep(self.SECONDS)
            seen.append((stage.name, self.counters(guest) == before))
            guest.qmp.execute('cont')
        self.check(scenario, rules, at_stage=stop)
        self.assertEqual(seen, [(name, True) for name in stages], 'the device works on')

    @staticmethod
    def counters(guest):
        return guest.counters(machine.IOMMU), guest.accel_counters()

    def test_stop_kill(self):
        self.stop_everywhere('kill', KILL, ['bound', 'exited', 'mm-gone', 'unbound', 'late', 'reused'])

    def test_stop_with_requests(self):
        self.stop_everywhere('kill-with-requests,break=in-prg', REQUESTS,
                             ['held', 'exited', 'mm-gone', 'answered', 'unbound', 'reused'])

    def test_stop_late(self):
        self.stop_everywhere('late', LATE, ['bound', 'unbound', 'late', 'stopped'])


class Migration(FunctionalTest):
    """Migrated at a stage: no verdict changes."""

    def move(self, scenario, rules, where, saved=False):
        seen = []

        def move(guest, stage):
            if stage.name not in where:
                return
            before, counted = guest.process.pid, guest.accel_counters()
            guest.migrate(saved)
            self.assertNotEqual(guest.process.pid, before)
            after = guest.accel_counters()
            lost = [name for name in counted if after[name] < counted[name]]
            self.assertEqual(lost, [], 'counters went back')
            seen.append(stage.name)
        self.check(scenario, rules, at_stage=move)
        self.assertEqual(seen, list(where))

    def test_migrate_bound(self):
        self.move('kill', KILL, ['bound'])

    def test_migrate_bound_saved(self):
        self.move('kill', KILL, ['bound'], saved=True)

    def test_migrate_mm_gone(self):
        self.move('kill', KILL, ['mm-gone'])

    def test_migrate_request_held(self):
        self.move('kill-with-requests,break=in-prg', REQUESTS, ['held'])

    def test_migrate_request_of_the_dead(self):
        self.move('kill-with-requests,break=after-prg', REQUESTS, ['mm-gone'], saved=True)

    def test_migrate_late(self):
        self.move('late', LATE, ['unbound'])

    def test_migrate_at_every_stage(self):
        self.move('late', LATE, ['bound', 'unbound', 'late', 'stopped'], saved=True)


if __name__ == '__main__':
    unittest.main()
