# SPDX-License-Identifier: GPL-2.0-or-later
"""What a rule is, and the rules that several scenarios share."""
