# SPDX-License-Identifier: GPL-2.0-or-later
"""A machine that runs: its specification, its console, its control and monitor channels."""
