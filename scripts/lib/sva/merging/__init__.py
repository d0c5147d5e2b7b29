# SPDX-License-Identifier: GPL-2.0-or-later
"""Results of several runs, put together."""
