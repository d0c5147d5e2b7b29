# SPDX-License-Identifier: GPL-2.0-or-later
"""Evidence about a run: page tables, caches and requests, and the verdict they lead to."""
