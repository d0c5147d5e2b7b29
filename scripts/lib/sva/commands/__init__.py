# SPDX-License-Identifier: GPL-2.0-or-later
"""The sub-commands of sva: register(subparsers) and run(args) in each module."""
