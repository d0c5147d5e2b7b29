# SPDX-License-Identifier: GPL-2.0-or-later
"""Sphinx configuration; the documents need no extension and no network."""

project = "qemu-sva"
author = "the qemu-sva developers"
copyright = author
extensions = []
root_doc = "index"
exclude_patterns = ["_build"]
html_theme = "alabaster"
nitpicky = True
