# SPDX-License-Identifier: GPL-2.0-or-later
"""ksm: equal pages are merged, and the device writes to one of them."""

from ..verdict import BOUND, KERNEL, SETUP, UNBOUND
from . import replaced, revocation, shared
from .claims import Check, Claim, Rule, count, judge as hold, modes, number

NAME = 'ksm'
THOROUGH = ('rounds=200', 1800)


def data(run):
    """The device reads what is shared, and writes when that is over."""
    rounds, merged, unmerged, reads, bad, wrong, failed = (number(run, key) for key in (
        'rounds', 'pages.merged', 'pages.unmerged', 'reads', 'reads.bad', 'pages.wrong',
        'passes.failed'))
    blamed = revocation.culprit(run)
    return Claim(f'{count(rounds, "round")}, {count(merged, "page")} merged, {unmerged} unmerged '
                 f'by the kernel, {count(reads, "copy", "copies")} of shared pages', [
        Check(merged > 0 and unmerged > 0, SETUP, f'{count(merged, "page")} merged, {unmerged} '
              'unmerged by the kernel'),
        Check(reads > 0, SETUP, 'nothing was read'),
        Check(not bad, KERNEL, f'{bad} of {count(reads, "copy", "copies")} failed'),
        Check(not wrong, blamed, f'{count(wrong, "page")} without what the device wrote'),
        Check(not failed, KERNEL, f'{count(failed, "pass", "passes")} of the device failed')])


def copy_on_write(run):
    """What is written to a page that is shared never reaches the other owner."""
    changed, tried, refused = (number(run, key) for key in (
        'twin.changed', 'writes.tried', 'writes.refused'))
    blamed = revocation.culprit(run)
    asks_only = modes(run) == ['ats-pri']
    return Claim(f'0 pages of the twin changed; {refused} writes refused in modes that cannot ask', [
        Check(not changed, blamed, f'{count(changed, "page")} of the twin changed'),
        Check(tried > 0 or asks_only, SETUP, 'no shared page was written to'),
        Check(refused == tried, blamed, f'{refused} of {count(tried, "write")} to shared pages '
              'refused')])


RULES = [
    Rule(BOUND, 'data', data),
    Rule(BOUND, 'copy-on-write', copy_on_write),
    Rule(BOUND, 'page-requests', replaced.page_requests('shared', certain=('shared',))),
    Rule(BOUND, 'silence', revocation.silence(revocation.REASON_NO_WRITE)),
    Rule(UNBOUND, 'drain', shared.drain('done', 'unbound')),
]


def judge(run):
    return hold(run, RULES)
