# SPDX-License-Identifier: GPL-2.0-or-later
"""The test suites of the project, and how they are measured."""
