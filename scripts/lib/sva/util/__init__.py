# SPDX-License-Identifier: GPL-2.0-or-later
"""What every package uses: errors, text, files, places, other programs."""
