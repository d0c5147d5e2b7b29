# SPDX-License-Identifier: GPL-2.0-or-later
"""Run Python unit tests and print TAP.

python3 taprunner.py DIRECTORY [--list] [NAME...]

pycotap would be at hand but says nothing about a sub-test that fails.
"""

import sys
import unittest


class TapResult(unittest.TestResult):
    """One line a test; a test with failed sub-tests is one failure."""

    def __init__(self, out):
        super().__init__()
        self.out = out
        self.bad = ''
        self.skip = ''

    def startTest(self, test):
        super().startTest(test)
        self.bad = self.skip = ''

    def addError(self, test, err):
        super().addError(test, err)
        self._note(self.errors[-1][1])
        if not isinstance(test, unittest.TestCase):  # setUpClass or an import
            self.testsRun += 1
            self.stopTest(test)

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self._note(self.failures[-1][1])

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err:
            self._note(f'{subtest}\n{self._exc_info_to_string(err, test)}')

    def addUnexpectedSuccess(self, test):
        super().addUnexpectedSuccess(test)
        self._note('unexpected success')

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self.skip = f' # SKIP {reason}'

    def _note(self, text):
        self.bad += text.rstrip() + '\n'

    def stopTest(self, test):
        super().stopTest(test)
        word = 'not ok' if self.bad else 'ok'
        for line in self.bad.splitlines():
            print(f'# {line}', file=self.out)
        print(f'{word} {self.testsRun} - {test.id()}{"" if self.bad else self.skip}',
              file=self.out, flush=True)


def flatten(suite):
    for item in suite:
        if isinstance(item, unittest.TestSuite):
            yield from flatten(item)
        else:
            yield item


def main(argv):
    directory, *names = argv
    loader = unittest.TestLoader()
    suite = loader.discover(directory)
    if names == ['--list']:
        print('\n'.join(test.id() for test in flatten(suite)))
        return 0
    if names:
        suite = loader.loadTestsFromNames(names)
    # Tests that print must not get between the lines.
    out, sys.stdout = sys.stdout, sys.stderr
    result = TapResult(out)
    print('TAP version 13', file=out)
    suite.run(result)
    print(f'1..{result.testsRun}', file=out)
    return 0 if result.wasSuccessful() else 1


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
