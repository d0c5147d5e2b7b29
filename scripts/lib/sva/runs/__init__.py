# SPDX-License-Identifier: GPL-2.0-or-later
"""From a list of scenarios to verdicts and reports."""
