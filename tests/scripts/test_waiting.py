# SPDX-License-Identifier: GPL-2.0-or-later
"""Requests that wait for the kernel, and runs that did not come to their end."""

import sys
import unittest
import unittest.mock
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / 'scripts/lib'))

import synthetic  # noqa: E402
from judge_cases import by_rule  # noqa: E402
from sva.guest.session import Session, Stage, TROUBLE  # noqa: E402
from sva.judge.debts import Look  # noqa: E402
from sva.judge.takings import SMMU, VTD  # noqa: E402
from sva.judge.waiting import Waiting  # noqa: E402


def asked(seq, index=3, addr=0x7000, pasid=1, last=True):
    return (f'sva_prq {seq} rid 0x0010 pasid {pasid} addr {addr:#x} -w-- prgi {index} '
            f'entry 0x101 {addr | (4 if last else 0) | 2:#x}')


def answered(seq, index=3, code=0, pasid=1):
    return f'sva_prg_response {seq} rid 0x0010 pasid {pasid} prgi {index} code {code}'


def stalled(seq, tag=9, addr=0x7000):
    return f'sva_stall {seq} rid 0x0010 pasid 1 addr {addr:#x} reason 0x10 tag {tag}'


def ended(seq, tag=9, action=0):
    return f'sva_stall_end {seq} rid 0x0010 tag {tag} action {action}'


def waiting(*lines, takings=VTD):
    found = Waiting(takings.last)
    for line in lines:
        found.feed(line)
    return found


class Requests(unittest.TestCase):

    def events(self, *lines, takings=VTD):
        return [request.event for request in waiting(*lines, takings=takings).since(0)]

    def test_a_group_waits_from_its_last_request(self):
        self.assertEqual(self.events(asked(1, last=False)), [])
        self.assertEqual(self.events(asked(1, last=False), asked(2)), [2])
        self.assertEqual(self.events(asked(1, last=False), asked(2), answered(3)), [])

    def test_an_answer_must_name_its_group(self):
        for wrong in (answered(2, index=11), answered(2, pasid=0), answered(2, pasid=-1)):
            found = waiting(asked(1), wrong)
            self.assertEqual(len(found.since(0)), 1, wrong)
            self.assertEqual(len(found.strays), 1, wrong)
        self.assertEqual(waiting(asked(1), answered(2)).strays, [])

    def test_an_answer_before_the_last_request_and_a_second_one(self):
        self.assertEqual(len(waiting(asked(1, last=False), answered(2)).strays), 1)
        self.assertEqual(len(waiting(asked(1), answered(2), answered(3)).strays), 1)

    def test_stalled_requests(self):
        self.assertEqual(self.events(stalled(1), takings=SMMU), [1])
        self.assertEqual(self.events(stalled(1), ended(2, tag=8), takings=SMMU), [1])
        self.assertEqual(self.events(stalled(1), ended(2), takings=SMMU), [])
        self.assertEqual(self.events(stalled(1, tag=(1 << 64) - 1), takings=SMMU), [])

    def test_a_reset_function_waits_no_more(self):
        self.assertEqual(self.events(asked(1), stalled(2), 'sva_reset 3 rid 0x0000'), [])

    def test_for_long(self):
        with unittest.mock.patch('time.monotonic', return_value=100.0):
            found = waiting(asked(1))
        with unittest.mock.patch('time.monotonic', return_value=104.0):
            self.assertEqual(found.since(5), [])
        with unittest.mock.patch('time.monotonic', return_value=106.0):
            [request] = found.since(5)
        self.assertEqual(str(request), 'group 3 of PASID 1, address 0x7000 (event 1)')

    def test_what_is_served_again_and_again(self):
        lines = [line for n in range(0, 300, 2) for line in (asked(n), answered(n + 1))]
        self.assertEqual(waiting(*lines).most(), (150, 0x7000))
        self.assertEqual(waiting(*lines, asked(300), answered(301, code=1)).most(), (0, 0))
        lines = [line for n in range(0, 20, 2) for line in (stalled(n), ended(n + 1))]
        self.assertEqual(waiting(*lines, takings=SMMU).most(), (10, 0x7000))
        # Each address for itself.
        lines = [line for n in range(9)
                 for line in (asked(n, addr=0x1000 * n), answered(n))]
        self.assertEqual(waiting(*lines).most()[0], 1)


class BrokenOff(unittest.TestCase):
    """A hang, a death or a refusal after the first stage is evidence."""

    def run_of(self, upto, error='the guest did not answer in time', **look):
        run = synthetic.kill_with_requests()
        names = list(run.stages)
        for name in names[names.index(upto) + 1:]:
            del run.stages[name]
        run.stages[TROUBLE] = Stage(TROUBLE, look=Look([], {}, [], {}, 0x10, **look))
        run.error, run.status = error, None
        return run

    def test_a_request_without_an_answer(self):
        found = by_rule(self.run_of('held', waiting=('group 3 of PASID 1',),
                                    strays=('an answer to group 3 of PASID 0',)))
        self.assertEqual(list(found), ['complete'])
        self.assertEqual((found['complete'].result, found['complete'].party), ('fail', 'kernel'))
        self.assertEqual(found['complete'].evidence, 'the guest did not answer in time; 1 without '
                         'an answer, the first: group 3 of PASID 1; 1 answered nothing, the first: '
                         'an answer to group 3 of PASID 0')

    def test_an_address_that_is_served_for_ever(self):
        found = by_rule(self.run_of('held', again=(100, 0x7000)))['complete']
        self.assertEqual((found.result, found.party), ('fail', 'kernel'))
        self.assertIn('0x7000 was asked for 100 times', found.evidence)
        found = by_rule(self.run_of('held', again=(99, 0x7000)))['complete']
        self.assertEqual((found.result, found.party), ('error', 'set-up'))

    def test_nothing_that_waits_is_an_error_of_the_set_up(self):
        [found] = by_rule(self.run_of('held')).values()
        self.assertEqual((found.result, found.party), ('error', 'set-up'))

    def test_stages_that_were_reached_are_judged(self):
        run = self.run_of('answered')
        synthetic.set_fact(run, 'answer.done', 0)
        found = by_rule(run)
        self.assertEqual({rule: (v.result, v.party) for rule, v in found.items()},
                         {'no-hang': ('fail', 'kernel'), 'complete': ('error', 'set-up')})

    def test_a_kernel_in_trouble(self):
        run = self.run_of('held')
        run.console.append('BUG: unable to handle page fault for address: 0000')
        self.assertEqual(by_rule(run)['health'].result, 'fail')


class Channel:
    """The parts of a machine that a session needs."""

    def __init__(self, *lines):
        self.lines, self.sent = list(lines), []

    def read_line(self, deadline):
        return self.lines.pop(0)

    def send_line(self, line):
        self.sent.append(line)


class Trouble(unittest.TestCase):

    def stages(self, *lines):
        seen = []
        session = Session(Channel('@begin kill', *lines, '@end kill 2'),
                          lambda stage, run: seen.append((stage.name, list(stage.kmsg))))
        run = session.scenario(1)
        return seen, run

    def test_an_error_is_looked_at_while_it_is_one(self):
        seen, run = self.stages('@stage bound', '@kmsg 1,2,3 before', '@error it hangs',
                                '@kmsg 1,2,3 after', '@error more')
        self.assertEqual(seen, [('bound', []), (TROUBLE, ['before'])])
        self.assertEqual((run.error, list(run.stages)), ('it hangs', ['bound', TROUBLE, 'end']))
        self.assertEqual(run.stages['end'].kmsg, ['after'])

    def test_before_the_first_stage_there_is_nothing_to_look_at(self):
        seen, run = self.stages('@error no driver')
        self.assertEqual((seen, list(run.stages)), ([], ['end']))


if __name__ == '__main__':
    unittest.main()
