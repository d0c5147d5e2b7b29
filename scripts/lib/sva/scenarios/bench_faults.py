# SPDX-License-Identifier: GPL-2.0-or-later
"""bench-faults: page faults of the device in a second; `sva bench` reads the facts."""

NOT_OFFERED = 'for `sva bench`'
# It proves nothing but what every scenario has to keep.
RULES = []
