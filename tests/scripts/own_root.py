# SPDX-License-Identifier: GPL-2.0-or-later
"""A test whose clone is an empty directory."""

import tempfile
import unittest
from pathlib import Path
from unittest import mock

from sva.util import paths


class OwnRoot(unittest.TestCase):
    """What is kept below build/ goes there; self.dir is removed afterwards."""

    def setUp(self):
        temp = tempfile.TemporaryDirectory()
        self.addCleanup(temp.cleanup)
        self.dir = Path(temp.name)
        patch = mock.patch.object(paths, 'ROOT', self.dir)
        patch.start()
        self.addCleanup(patch.stop)
