# SPDX-License-Identifier: GPL-2.0-or-later
"""bench-bind: binds and unbinds in a second; `sva bench` reads the facts."""

NOT_OFFERED = 'for `sva bench`'
# It proves nothing but what every scenario has to keep.
RULES = []
