# SPDX-License-Identifier: GPL-2.0-or-later
"""Synthetic runs of the scenarios with programs of others, all rules kept."""

from sva.guest.session import Stage
from sva.scenarios import dsa_dmadev, dsa_user_tests
from synthetic import ACCEL, run

DEVICE = {**ACCEL, 'accepted': 500, 'retried': 0, 'dropped': 0, 'completed': 2500, 'failed': 4,
          'faults': 0, 'interrupts': 12}
PROCESSORS = {'host.cpu.enqcmd': 90, 'host.cpu.enqcmds': 150, 'host.cpu.movdir64b': 260}
TEST = '/usr/libexec/accel-config/test/dsa_test'


def ran(scenario, lines, stages, **more):
    made = run(scenario, PROCESSORS, {name: (None, {}, []) for name in stages})
    for name in stages:
        made.stages[name].accel = dict(DEVICE)
    for key, values in {'exec': lines, **more}.items():
        for value in values:
            made.add(Stage('synthetic'), key, value)
    return made


def executed(words, status=0):
    return f'{status} 21 {words}'


def calls(code):
    """Each call that dsa_user_test_runner.sh has for an operation."""
    dif = 0x12 <= int(code, 16) <= 0x15
    for flag in ('0x1', '0x0'):
        for queue in '01':
            for size in (512, 1024, 4096) if dif else (1, 4096, 65536, 1 << 20, 2 << 20):
                yield f'-w {queue} -l {size} -o {code} -f {flag} t200 '
                if code != '0x2':
                    yield (f'-w {queue} -l {size} -o 0x1 -b {code} -c 16 -f {flag} t2000 '
                           + ('-u' if queue == '1' else ''))


def dsa_user_tests_():
    lines = [executed(f'{TEST} {words}') for code, *_ in dsa_user_tests.OPERATIONS
             for words in calls(code)]
    lines += [executed('grep -q dsa', 1), executed('/bin/bash -E /dsa_user_test_runner.sh')]
    return ran('dsa-user-tests', lines, ('ready', 'done'))


def dsa_config_tests_():
    accel = [f'config-group dsa0/group0.0 -r {n}' for n in range(12)]
    accel += [f'config-engine dsa0/engine0.0 -g {n}' for n in range(4)]
    accel += [f'config-wq dsa0/wq0.0 -g {n}' for n in range(10)]
    accel += ['config-device -l 11 dsa0', 'config-device -l 0 dsa0']
    accel += ['enable-device dsa0', 'enable-wq dsa0/wq0.0', 'disable-device dsa0'] * 2
    lines = [executed(f'/usr/bin/accel-config {words}') for words in accel]
    lines += [executed(f'{TEST} -w 0 -l 4096 -o 0x3', status) for status in (16, 2, 0, 16, 2)]
    return ran('dsa-config-tests', lines, ('ready', 'done'))


def dsa_dmadev_():
    names = (*dsa_dmadev.API, 'copy', 'sva_copy', 'stop_start', 'burst_capacity',
             'error_handling', 'fill')
    output = [f' + TestCase [ {n}] : {name} succeeded' for n, name in enumerate(names)]
    output.append(' + TestCase [ 9] : sg_copy skipped')
    return ran('dsa-dmadev', [executed('dpdk-test -l 0')] * 2,
               ('ready', 'small', 'huge', 'done'), output=output * 2)


ALL = (dsa_user_tests_, dsa_config_tests_, dsa_dmadev_)
