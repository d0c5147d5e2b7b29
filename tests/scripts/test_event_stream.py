# SPDX-License-Identifier: GPL-2.0-or-later
"""The lines of docs/specs/event-stream.rst are what a reader of JSON makes of them.

The unit test observe-json compares them with what the models' events become.
"""

import json
import re
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = (ROOT / 'docs/specs/event-stream.rst').read_text(encoding='utf-8')
EVENT_H = (ROOT / 'include/hw/sva/event.h').read_text(encoding='utf-8')
HEADER_ENUM = re.search(r'typedef enum SvaEventKind \{(.*?)\} SvaEventKind;', EVENT_H, re.S)
HEX = re.compile(r'0x(0|[1-9a-f][0-9a-f]{0,15})')


def leaves(value, name=''):
    """(name, value) of all that is neither object nor list."""
    if isinstance(value, dict):
        for key, member in value.items():
            yield from leaves(member, key)
    elif isinstance(value, list):
        for member in value:
            yield from leaves(member, name)
    else:
        yield name, value


class Lines(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.objects = [json.loads(line) for line in
                       re.findall(r'^    (\{.*\})$', DOCUMENT, re.M)]

    def test_each_kind_has_a_line(self):
        kinds = re.findall(r'\bSVA_EV_(\w+)', HEADER_ENUM[1])
        self.assertEqual(len(kinds), 30)
        self.assertCountEqual([each['kind'] for each in self.objects],
                              kinds + ['FORMAT', 'LOST'])

    def test_numbers_are_exact_in_every_reader(self):
        for each in self.objects:
            for name, value in leaves(each):
                if isinstance(value, str) and value.startswith('0x'):
                    self.assertRegex(value, HEX)
                elif not isinstance(value, (str, bool, type(None))):
                    self.assertIsInstance(value, int, name)
                    self.assertLess(value, 2 ** 53, name)

    def test_payloads_are_those_of_the_header(self):
        members = {'seq', 'time', 'kind', 'rid', 'pasid', 'addr', 'access'}
        for each in self.objects:
            if each['kind'] in ('FORMAT', 'LOST'):
                continue
            rest = set(each) - members
            self.assertLessEqual(len(rest), 1, each)
            for payload in rest:
                self.assertRegex(EVENT_H, rf'\b{payload};')


if __name__ == '__main__':
    unittest.main()
