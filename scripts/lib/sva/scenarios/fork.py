# SPDX-License-Identifier: GPL-2.0-or-later
"""fork: copy on write while the device writes."""

from ..judge import counters
from ..judge.verdict import BOUND, KERNEL, SETUP, UNBOUND
from ..rules import blame, revocation, shared
from ..rules.facts import count, iommu, number, numbers
from ..rules.rule import Check, Result, Rule


EPERM = 1


def copy_on_write(run):
    """The device's writes reach the parent and never the child."""
    rounds, steps, failed, wrong, changed = (number(run, key) for key in (
        'rounds', 'steps', 'steps.failed', 'parent.wrong', 'child.changed'))
    blamed = blame.revoked('done')
    return Result(f'{count(rounds, "fork")}, {count(steps, "pass", "passes")} of the device: all '
                  'seen by the parent, none by the child', [
        Check(steps > rounds > 0, SETUP, 'the device wrote nothing after fork'),
        Check(not changed, blamed, f'{count(changed, "page")} of the child changed'),
        Check(not wrong, blamed, f'{count(wrong, "page")} of the parent without what the device '
              'wrote'),
        Check(not failed, KERNEL, f'{count(failed, "pass", "passes")} of the device failed')])


def page_requests(run):
    """A page request ends the sharing of a page, and it succeeds."""
    if not iommu(run).page_requests:
        return shared.answered(run, counters.STALL_RETRIES, 'bound', 'done')
    requests, success, invalid, failure = numbers(
        run, 'delta.fork.ats-pri', 'page_reqs', 'prg_success', 'prg_invalid', 'prg_failure')
    answers = (f'{count(requests, "page request")} for shared pages, {success} x Success, '
               f'{invalid} x Invalid Request, {failure} x Response Failure')
    return Result(answers, [
        Check(requests > 0, SETUP, 'no page request was sent'),
        Check(success > 0 and not invalid and not failure, KERNEL, answers)])


def own_context(run):
    """The child cannot use the parent's context; its own works."""
    inherited, doorbell, owner, refused, pasid, theirs, status, different = (
        number(run, key) for key in (
            'child.inherited', 'child.doorbell', 'child.owner', 'child.mmap-errno', 'pasid',
            'child.pasid', 'child.copy.status', 'child.data.different'))
    return Result(f'doorbell not inherited, mmap refused (errno {refused}), child bound under '
                  f'PASID {theirs}', [
        Check(not inherited and not doorbell and not owner and refused == EPERM, blame.work,
              f'{count(inherited, "child", "children")} could use the context; the last: '
              f'doorbell {doorbell}, owner {owner}, mmap gave errno {refused}'),
        Check(pasid != theirs, KERNEL, f'parent and child both have PASID {pasid}'),
        Check(status == shared.STATUS_SUCCESS and different == 0, blame.work,
              f'a copy of the child: status {status:#x}, {count(different, "byte")} wrong')])


RULES = [
    Rule(BOUND, 'data', revocation.data('fork')),
    Rule(BOUND, 'copy-on-write', copy_on_write),
    Rule(BOUND, 'page-requests', page_requests),
    Rule(BOUND, 'own-context', own_context),
    # A page that is copied is taken away for a moment.
    Rule(BOUND, 'silence', revocation.silence(revocation.REASON_NO_WRITE, certain=False,
                                              also=(revocation.REASON_NOT_PRESENT,))),
    Rule(UNBOUND, 'drain', shared.drain('done', 'unbound')),
]
