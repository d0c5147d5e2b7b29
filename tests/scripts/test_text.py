# SPDX-License-Identifier: GPL-2.0-or-later
"""Text of a guest cannot control a terminal or break XML or JSON."""

import io
import json
import re
import sys
import tempfile
import unittest
from contextlib import redirect_stderr
from pathlib import Path
from unittest import mock
from xml.etree import ElementTree

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / 'scripts/lib'))

from sva import cli  # noqa: E402
from sva.commands import test as cmd_test  # noqa: E402
from sva.judge import verdict  # noqa: E402
from sva.judge.verdict import Verdict  # noqa: E402
from sva.runs import report  # noqa: E402
from sva.setup import linux  # noqa: E402
from sva.testing import junit, suites  # noqa: E402
from sva.util import text  # noqa: E402
from sva.util.errors import SvaError  # noqa: E402

EVIL = 'evil \x1b]0;title\x07\x1b[2J\x1b[31mall rules kept\x1b[0m \x00\x08\x9b1m\n\u202e\ud800\ufffe'
SAFE = (r'evil \x1b]0;title\x07\x1b[2J\x1b[31mall rules kept\x1b[0m \x00\x08\x9b1m\x0a'
        r'\u202e\ud800\ufffe')
# Characters that are unsafe for a terminal or XML, except newline and tab.
BAD = re.compile('[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e\ud800-\udfff\ufffe\uffff]')


def evil(result=verdict.FAIL, **more):
    values = {'scenario': f'kill{EVIL}', 'state': verdict.BOUND, 'rule': 'data',
              'party': verdict.KERNEL, 'result': result, 'evidence': EVIL, 'finding': EVIL, **more}
    return Verdict(**values).of('x86_64', f'7.2{EVIL}')


class Escapes(unittest.TestCase):

    def test_what_is_hidden_shows(self):
        self.assertEqual(text.printable(EVIL), SAFE)
        self.assertEqual(text.decoded(b'a\xff\x1bz\tend'), r'a\xff\x1bz' + '\tend')
        self.assertEqual(text.block('one\r\ntwo\x1b'), 'one\\x0d\ntwo\\x1b')
        self.assertEqual(text.printable('\U0001fffe'), r'\U0001fffe')

    def test_every_byte_alone_and_among_others(self):
        """Most lines take a shorter way; none takes it that must not."""
        for code in range(0x100):
            for data in (bytes([code]), b'a line with ' + bytes([code]) + b' in it'):
                self.assertEqual(text.decoded(data), text.printable(
                    data.decode('utf-8', 'backslashreplace')))
        self.assertEqual(text.decoded('ü€\u202e'.encode()), 'ü€\\u202e')

    def test_what_shows_stays(self):
        for plain in ('', '9,728 writes · 7.2 ü € 漢 \\x1b', SAFE, '\U0001f600\ufffd'):
            self.assertEqual(text.printable(plain), plain)

    def test_every_code_point(self):
        """What comes out is XML text as the W3C's definition of Char has it."""
        char = re.compile('[\t\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]*')
        for code in range(0x110000):
            self.assertTrue(char.fullmatch(text.printable(chr(code))), hex(code))


class Outputs(unittest.TestCase):

    def assert_safe(self, found):
        self.assertIsNone(BAD.search(found), repr(found)[:400])

    def test_table_and_header(self):
        self.assert_safe(report.table([evil(), evil(verdict.KNOWN)]))
        self.assert_safe(report.header('x86_64', f'7.2{EVIL}', 'd', f'kill{EVIL}', 1.0))
        self.assertEqual(len(report.header('x86_64', EVIL, 'd', 'kill', 1.0).splitlines()), 1)

    def test_ktap_has_as_many_lines_as_results(self):
        found = report.ktap([evil()])
        self.assert_safe(found)
        self.assertEqual(found.count('\n'), report.ktap(
            [evil(evidence='fine', scenario='kill', finding='')]).count('\n'))

    def test_json_and_junit(self):
        verdicts = [evil(result) for result in verdict.RESULTS]
        self.assert_safe(report.to_json(verdicts))
        self.assertEqual(json.loads(report.to_json(verdicts))['verdicts'][0]['evidence'], SAFE)
        self.assert_safe(report.junit(verdicts))
        tree = ElementTree.fromstring(report.junit(verdicts))
        self.assertEqual(tree.find('.//system-out').text, SAFE)

    def test_results_of_tests(self):
        results = {'x': [suites.Case('a', suites.FAIL, EVIL), suites.Case('b', suites.SKIP, EVIL)]}
        self.assert_safe(junit.to_xml(results, {'x': 1}))
        ElementTree.fromstring(junit.to_xml(results, {'x': 1}))
        self.assert_safe(cmd_test.told(suites.Suite('x', 'x', (), list, list), results['x'], 1))

    def test_the_version_string_of_an_image(self):
        with tempfile.TemporaryDirectory() as temp:
            image = Path(temp, 'bzImage')
            head = bytearray(0x10000)
            head[0x202:0x206], head[0x20e:0x210] = b'HdrS', (0x100).to_bytes(2, 'little')
            head[0x300:0x300 + 12] = b'7.2\x1b[2J\xff\x07 #1'
            image.write_bytes(head)
            self.assert_safe(linux.user_kernel(image).version)

    def test_error_messages(self):
        with redirect_stderr(io.StringIO()) as errors, \
                mock.patch.object(cli, 'build_parser', side_effect=SvaError(EVIL)):
            self.assertEqual(cli.main([]), 2)
        self.assert_safe(errors.getvalue())


if __name__ == '__main__':
    unittest.main()
