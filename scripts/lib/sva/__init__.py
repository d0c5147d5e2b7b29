# SPDX-License-Identifier: GPL-2.0-or-later
"""The library behind scripts/sva."""

# Of the newest section of CHANGELOG.rst.
VERSION = '0.1'
