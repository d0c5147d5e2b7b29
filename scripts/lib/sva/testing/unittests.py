# SPDX-License-Identifier: GPL-2.0-or-later
"""Run Python unit tests and write a JUnit file.

unittests.py DIRECTORY REPORT [NAME...]
unittests.py DIRECTORY --list

A program of its own, for Debian's Python, which has xmlrunner.
"""

import io
import sys
import unittest
from pathlib import Path


def flatten(suite):
    for item in suite:
        if isinstance(item, unittest.TestSuite):
            yield from flatten(item)
        else:
            yield item


def run(suite, report):
    import xmlrunner  # pylint: disable=import-outside-toplevel
    # What is written comes at the end: half a file would be read as one.
    out = io.BytesIO()
    result = xmlrunner.XMLTestRunner(output=out, verbosity=2).run(suite)
    Path(report).write_bytes(out.getvalue())
    return 0 if result.wasSuccessful() else 1


def main(argv):
    directory, report, *names = argv
    loader = unittest.TestLoader()
    suite = loader.discover(directory)
    if report == '--list':
        print('\n'.join(test.id() for test in flatten(suite)))
        return 0
    return run(loader.loadTestsFromNames(names) if names else suite, report)


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
