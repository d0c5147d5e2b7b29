# SPDX-License-Identifier: GPL-2.0-or-later
"""The verdicts about events of the device must be seen to go red."""

import unittest

from judge_cases import JudgeCases, at, by_rule, fact
import synthetic
import synthetic_device as device
from sva import scenarios


def left_over(name, value):
    return lambda run: run.stages['recovered'].accel.update({name: value})


def removal_mutations(make):
    """What can go wrong when the device is removed or reset."""
    return (
        (make, fact('delta.bound.ats.bytes_written', 0), 'data', 'error', 'set-up'),
        (make, fact('delta.bound.untranslated.aborts', 1), 'data', 'fail', 'undecided'),
        (make, fact('removed.changed', 1), 'no-dma', 'fail', 'undecided'),
        (make, fact('removed.running', 1), 'no-dma', 'fail', 'undecided'),
        (make, fact('removed.bound', 2), 'no-dma', 'fail', 'undecided'),
        (make, fact('removed.contexts', 0), 'no-dma', 'error', 'set-up'),
        (make, fact('removed.contexts', 0), 'errors', 'error', 'set-up'),
        (make, fact('removed.polled', 3), 'errors', 'fail', 'undecided'),
        (make, fact('removed.errno', 0), 'errors', 'fail', 'undecided'),
        (make, fact('removed.errno', -1), 'errors', 'fail', 'undecided'),
        (make, fact('removed.sigbus', 2), 'errors', 'fail', 'undecided'),
        (make, at('removed', synthetic.PASID_LINE), 'silence', 'fail', 'kernel'),
        (make, at('again', synthetic.PASID_LINE), 'silence', 'fail', 'kernel'),
        (make, at('done', faults_recorded=1), 'silence', 'fail', 'undecided'),
        (make, at('removed', waits_page_drain=0), 'drain', 'fail', 'kernel'),
        (make, fact('again.errno', 22), 'bind-again', 'fail', 'kernel'),
        (make, fact('again.pasid', 2), 'bind-again', 'fail', 'kernel'),
        (make, fact('again.status', '0x24'), 'bind-again', 'fail', 'undecided'),
        (make, fact('again.different', 1), 'bind-again', 'fail', 'undecided'),
        (make, fact('pasid.after', 2), 'nothing-lost', 'fail', 'kernel'),
        (make, fact('contexts.open', 60), 'nothing-lost', 'fail', 'undecided'),
        # Counted by the models after it, not before.
        (make, at('done', ats_granted=10), 'models-agree', 'fail', 'model'),
        (make, at('done', atc_timeouts=1), 'models-agree', 'fail', 'model'),
    )


MUTATIONS = (
    *removal_mutations(device.flr),
    *removal_mutations(device.driver_unbind),
    *removal_mutations(device.hot_unplug),
    *removal_mutations(device.other_slot),
    (device.flr, left_over('accesses', 1), 'no-dma', 'fail', 'undecided'),
    (device.flr, left_over('xlate-reqs', 1), 'no-dma', 'fail', 'undecided'),
    (device.flr, left_over('page-reqs', 1), 'no-dma', 'fail', 'undecided'),
    (device.flr, lambda run: run.stages['recovered'].accel.clear(), 'no-dma', 'error', 'set-up'),
    (device.driver_unbind, at('removed', ats_granted=10), 'models-agree', 'fail', 'model'),
    (device.flr_after_exit, fact('probe.gone.write', 'ok - 1 0x0'), 'abort', 'fail', 'undecided'),
    (device.flr_after_exit, fact('probe.gone.write', 'not-sent - 1 0x0'), 'abort', 'error',
     'set-up'),
    (device.flr_after_exit, fact('probe.gone.ats', 'ok rw 1 0x0'), 'ats-no-access', 'fail',
     'undecided'),
    (device.flr_after_exit, fact('probe.gone.ats', 'ur - 1 0x0'), 'ats-no-access', 'fail',
     'undecided'),
    (device.flr_after_exit, fact('probe.gone.prg', 'prg-failure - 1 0x0'), 'invalid-request',
     'fail', 'undecided'),
    (device.flr_after_exit, fact('probe.gone.prg', 'timeout - 1 0x0'), 'invalid-request', 'error',
     'set-up'),
    (device.flr_after_exit, at('removed', faults_recorded=2), 'silence', 'fail', 'undecided'),
    (device.flr_after_exit, at('removed', entry=synthetic.LIVE, faults_recorded=2), 'silence', 'fail',
     'kernel'),
    (device.flr_after_exit, at('removed', synthetic.PASID_LINE), 'silence', 'fail', 'kernel'),
    (device.flr_after_exit, at('mm-gone', entry=synthetic.LIVE), 'silence', 'error', 'set-up'),
    (device.flr_after_exit, at('removed', faults_silent=0), 'silence', 'fail', 'model'),
    (device.flr_after_exit, at('unbound', waits_page_drain=0), 'drain', 'fail', 'kernel'),
    (device.flr_after_exit, fact('unbind.status', 5), 'drain', 'fail', 'kernel'),
    (device.domain_type, fact('before.type', 'DMA'), 'pass-through', 'error', 'set-up'),
    (device.domain_type, fact('after.pages', 0), 'pass-through', 'error', 'set-up'),
    (device.domain_type, fact('before.writes', 15), 'pass-through', 'fail', 'undecided'),
    (device.domain_type, fact('after.arrived', 15), 'pass-through', 'fail', 'undecided'),
    (device.domain_type, fact('after.reads', 15), 'pass-through', 'fail', 'undecided'),
    (device.domain_type, fact('before.granted', 15), 'pass-through', 'fail', 'undecided'),
    (device.domain_type, at('after', faults_recorded=1), 'pass-through', 'fail', 'undecided'),
    (device.domain_type, fact('translated.type', 'identity'), 'no-access', 'error', 'set-up'),
    (device.domain_type, fact('translated.pages', 0), 'no-access', 'error', 'set-up'),
    (device.domain_type, fact('translated.writes', 1), 'no-access', 'fail', 'undecided'),
    (device.domain_type, fact('translated.arrived', 1), 'no-access', 'fail', 'undecided'),
    (device.domain_type, fact('translated.reads', 1), 'no-access', 'fail', 'undecided'),
    (device.domain_type, fact('translated.granted', 1), 'no-access', 'fail', 'undecided'),
    (device.domain_type, fact('translated.refused', 15), 'no-access', 'fail', 'undecided'),
    (device.domain_type, at('translated', faults_recorded=0), 'no-access', 'fail', 'undecided'),
    (device.domain_type, at('before', ats_granted=10), 'models-agree', 'fail', 'model'),
    (device.domain_type, at('after', ats_granted=10), 'models-agree', 'fail', 'model'),
    (device.uio_exit, fact('data.different', 1), 'data', 'fail', 'undecided'),
    (device.uio_exit, fact('exit.running', 1), 'stopped', 'fail', 'kernel'),
    (device.uio_exit, fact('delta.exit.ats.xlate_reqs', 1), 'stopped', 'fail', 'kernel'),
    (device.uio_exit, fact('delta.exit.untranslated.accesses', 1), 'stopped', 'fail', 'kernel'),
    (device.uio_exit, fact('exit.contexts', 0), 'stopped', 'error', 'set-up'),
    (device.uio_exit, at('unbound', entry=synthetic.LIVE), 'stopped', 'error', 'set-up'),
    (device.uio_exit, fact('next.changed', 1), 'pasid-reuse', 'fail', 'kernel'),
    (device.uio_twice, at('bound', entry=synthetic.ZERO), 'own-bond', 'error', 'set-up'),
    (device.uio_twice, at('closed', entry=synthetic.ZERO), 'own-bond', 'fail', 'kernel'),
    (device.uio_twice, fact('second.status', '0x00'), 'own-bond', 'fail', 'kernel'),
    (device.uio_twice, fact('second.different', 1), 'own-bond', 'fail', 'kernel'),
    (device.uio_twice, at('worked', entry=synthetic.LIVE), 'nothing-lost', 'fail', 'kernel'),
    (device.uio_exit, fact('next.same', 0), 'pasid-reuse', 'error', 'set-up'),
)


class DeviceJudges(JudgeCases, unittest.TestCase):

    MAKERS = device.ALL
    MUTATIONS = MUTATIONS

    def test_uio_is_held_to_the_rules_of_kill(self):
        rules = {verdict.rule: verdict.result for verdict in scenarios.judge(device.uio())}
        self.assertEqual(rules, {rule: 'pass' for rule in by_rule(synthetic.kill())
                                 if rule != 'pasid-kept'})
        run = device.uio()
        synthetic.set_fact(run, 'reuse.changed', 1)
        self.assertEqual(by_rule(run)['abort'].result, 'fail')

    def test_a_driver_that_refuses_the_second_process_is_right(self):
        run = device.uio_twice()
        for key, value in (('second.errno', 16), ('second.status', 0), ('second.different', 9)):
            synthetic.set_fact(run, key, value)
        self.assertEqual(by_rule(run)['own-bond'].result, 'pass')

    def test_a_probe_let_through_by_a_present_entry_is_the_kernels_fault(self):
        run = device.flr_after_exit()
        synthetic.set_fact(run, 'probe.gone.write', 'ok - 1 0x0')
        synthetic.mutate(run, 'removed', entry=synthetic.LIVE)
        self.assertEqual(by_rule(run)['abort'].party, 'kernel')


if __name__ == '__main__':
    unittest.main()
