# SPDX-License-Identifier: GPL-2.0-or-later
"""Put the page together: one file that asks nobody for anything.

Text of a guest is in it only as JSON in blocks that browsers do not run, and the policy
in its head lets no other script run than ours.
"""

import base64
import hashlib
import html
import json
import zlib
from pathlib import Path

ASSETS = Path(__file__).parent / 'page'
SCRIPTS = ('dom.js', 'block.js', 'chart.js', 'draw.js', 'control.js', 'panel.js', 'app.js')


def asset(name):
    return (ASSETS / name).read_text(encoding='utf-8')


def script():
    """All parts in one function, so that the page has no other names in common."""
    parts = '\n'.join(asset(name) for name in SCRIPTS)
    return f"(() => {{\n'use strict';\n{parts}}})();\n"


def page(title, scenarios, blocks):
    """scenarios: dictionaries about each; blocks: for each the text of its block."""
    code, style = script(), asset('page.css')
    report = {'title': title, 'scenarios': scenarios}
    data = [f'<script type="application/json" id="report">{as_json(report)}</script>']
    data += [f'<script type="application/octet-stream" id="block-{number}">{packed(block)}</script>'
             for number, block in enumerate(blocks)]
    policy = (f"default-src 'none'; script-src '{digest(code)}'; style-src '{digest(style)}'; "
              "img-src data:; base-uri 'none'; form-action 'none'")
    values = {'POLICY': policy, 'TITLE': html.escape(f'SVA report: {title}'), 'STYLE': style,
              'DATA': '\n'.join(data), 'SCRIPT': code}
    parts = asset('page.html').split('@')
    return ''.join(values.get(part, part) if number % 2 else part
                   for number, part in enumerate(parts))


def digest(text):
    """Of a script or style, for the policy."""
    return 'sha256-' + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def as_json(value):
    """JSON that holds nothing that means something to HTML."""
    text = json.dumps(value, separators=(',', ':'))
    return text.replace('<', r'\u003c').replace('>', r'\u003e').replace('&', r'\u0026')


def packed(text):
    return base64.b64encode(zlib.compress(text.encode('utf-8', 'backslashreplace'), 6)).decode()
