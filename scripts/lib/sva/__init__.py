# SPDX-License-Identifier: GPL-2.0-or-later
"""The library behind scripts/sva."""
