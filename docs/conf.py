# SPDX-License-Identifier: GPL-2.0-or-later
"""Sphinx configuration; the documents need no network."""

import sys
from pathlib import Path

DOCS = Path(__file__).resolve().parent
sys.path.insert(0, str(DOCS))
sys.path.insert(0, str(DOCS.parent / 'scripts/lib'))
sys.dont_write_bytecode = True

from sva.util.version import VERSION  # noqa: E402

project = "qemu-sva"
author = "the qemu-sva developers"
copyright = author
version = release = VERSION
extensions = ["commands"]
root_doc = "index"
exclude_patterns = ["_build"]
# What is no program is shown as it is: logs, dialogues, tables of words.
highlight_language = "none"
nitpicky = True

html_theme = "sphinx_rtd_theme"
html_theme_options = {"navigation_depth": 3, "prev_next_buttons_location": None}
html_static_path = ["static"]
html_css_files = ["qemu-sva.css"]
html_copy_source = False

man_pages = [("commands", "sva", "test shared virtual addressing in Linux kernels", [], 1)]
