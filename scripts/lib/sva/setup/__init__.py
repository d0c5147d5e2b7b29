# SPDX-License-Identifier: GPL-2.0-or-later
"""Fetch and build what the commands need: packages, QEMU, kernels, guest programs."""
