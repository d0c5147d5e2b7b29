# SPDX-License-Identifier: GPL-2.0-or-later
"""The report page: what the logs of a run say, joined and on one clock."""
