# SPDX-License-Identifier: GPL-2.0-or-later
"""The verdicts about programs that make their own address spaces must be seen to go red."""

import unittest

from judge_cases import UNJUDGED, JudgeCases, at, by_rule, fact
import synthetic
import synthetic_vfio as vfio


def not_flushed(run):
    """The pages changed, and no invalidation was sent."""
    synthetic.set_fact(run, 'unmapped.ours-changed', 1)
    for stage in run.stages.values():
        if stage.accel:
            stage.accel['invalidations'] = 9


MUTATIONS = (
    (vfio.iommufd, fact('copy.ats.status', '0x24'), 'data', 'fail', 'undecided'),
    (vfio.iommufd, fact('copy.untranslated.different', 1), 'data', 'fail', 'undecided'),
    (vfio.iommufd, fact('no-pasid.untranslated.different', 1), 'data', 'fail', 'undecided'),
    (vfio.iommufd, fact('other.ours-changed', 1), 'isolation', 'fail', 'undecided'),
    (vfio.iommufd, fact('other.alias-changed', 0), 'isolation', 'fail', 'undecided'),
    (vfio.iommufd, fact('replace.errno', 22), 'isolation', 'fail', 'kernel'),
    (vfio.iommufd, fact('replaced.ours-changed', 2), 'isolation', 'fail', 'undecided'),
    (vfio.iommufd, at('isolated', synthetic.PASID_LINE), 'silence', 'fail', 'kernel'),
    (vfio.iommufd, fact('unmapped.ats.failed', 0), 'no-access', 'fail', 'undecided'),
    (vfio.iommufd, not_flushed, 'no-access', 'fail', 'kernel'),
    (vfio.iommufd, at('unmapped', faults_recorded=0), 'no-access', 'fail', 'undecided'),
    (vfio.iommufd, fact('detach.errno', 22), 'detach', 'fail', 'kernel'),
    (vfio.iommufd, at('detached', entry=synthetic.LIVE), 'detach', 'fail', 'kernel'),
    (vfio.iommufd, fact('detached.alias-changed', 1), 'late-dma', 'fail', 'undecided'),
    (vfio.iommufd, fact('detached.ats.error', 0), 'late-dma', 'fail', 'undecided'),
    (vfio.iommufd, at('detached', faults_recorded=1), 'late-dma', 'fail', 'undecided'),
    (vfio.iommufd, fact('kept.alias-changed', 0), 'late-dma', 'fail', 'undecided'),
    (vfio.iommufd_faults, fact('served.faults', 0), 'data', 'fail', 'kernel'),
    (vfio.iommufd_faults, fact('served.fault.pasid', -1), 'data', 'fail', 'kernel'),
    (vfio.iommufd_faults, fact('served.fault.address', 0), 'data', 'fail', 'kernel'),
    (vfio.iommufd_faults, fact('served.again.errno', 0), 'data', 'fail', 'kernel'),
    (vfio.iommufd_faults, fact('served.different', 1), 'data', 'fail', 'undecided'),
    (vfio.iommufd_faults, fact('refused.status', '0x01'), 'invalid-request', 'fail', 'undecided'),
    (vfio.iommufd_faults, fact('refused.fault.write', 0), 'invalid-request', 'fail', 'kernel'),
    (vfio.iommufd_faults, at('served', synthetic.PASID_LINE), 'silence', 'fail', 'kernel'),
    (vfio.iommufd_faults, fact('orphan.over', 0), 'unanswered', 'fail', 'kernel'),
    (vfio.iommufd_faults, fact('delta.orphan.ats-pri.prg_invalid', 0), 'unanswered', 'fail', 'kernel'),
    (vfio.iommufd_faults, fact('orphan.answer.errno', 0), 'unanswered', 'fail', 'kernel'),
    (vfio.iommufd_faults, at('detached', entry=synthetic.LIVE), 'detach', 'fail', 'kernel'),
    (vfio.iommufd_nested, fact('nested.errno', 95), 'data', 'fail', 'kernel'),
    (vfio.iommufd_nested, fact('copy.ats.different', 1), 'data', 'fail', 'undecided'),
    (vfio.iommufd_nested, at('mapped', faults_recorded=1), 'silence', 'fail', 'undecided'),
    (vfio.iommufd_nested, fact('invalidate.errno', 22), 'no-access', 'fail', 'kernel'),
    (vfio.iommufd_nested, fact('unmapped.changed', 1), 'no-access', 'fail', 'undecided'),
    (vfio.iommufd_nested, fact('detach.errno', 16), 'detach', 'fail', 'kernel'),
)


class VfioJudges(JudgeCases, unittest.TestCase):

    MAKERS = vfio.ALL
    MUTATIONS = MUTATIONS
    UNJUDGED = (*UNJUDGED, 'no-pasid')

    def test_where_devices_stall_a_refused_one_is_aborted(self):
        run = vfio.iommufd_faults()
        run.setup['arch'] = 'aarch64'
        synthetic.set_fact(run, 'refused.status', '0x24')
        for name, value in synthetic.delta('orphan', 'untranslated', aborts=1).items():
            run.facts[name] = str(value)
        verdicts = by_rule(run)
        self.assertEqual({verdicts[rule].result for rule in
                          ('data', 'invalid-request', 'unanswered')}, {'pass'})


if __name__ == '__main__':
    unittest.main()
