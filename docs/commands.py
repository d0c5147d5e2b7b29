# SPDX-License-Identifier: GPL-2.0-or-later
"""The directive sva-commands: all commands and options, as the parser has them."""

import argparse
import os

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from sva import cli

# Columns of a synopsis, whatever terminal the documents are built on.
COLUMNS = '88'


class Commands(SphinxDirective):
    """A section for each command."""

    def run(self):
        # What a default says depends on neither machine nor terminal.
        os.environ['COLUMNS'] = COLUMNS
        main = cli.build_parser()
        [commands] = [action for action in main._actions if hasattr(action, 'choices')
                      and isinstance(action.choices, dict)]
        titles = {choice.dest: choice.help for choice in commands._choices_actions}
        return [*_body(main, 'sva'),
                *(_section(name, titles[name], parser)
                  for name, parser in commands.choices.items())]


def _section(name, title, parser):
    found = nodes.section(ids=[f'sva-{name}'], names=[f'sva {name}'])
    found += nodes.title('', f'sva {name}')
    found += nodes.paragraph('', f'{title[0].upper()}{title[1:]}.')
    found.extend(_body(parser, f'sva {name}'))
    return found


def _body(parser, name):
    usage = parser.format_usage().removeprefix('usage: ').rstrip()
    text = (parser.epilog or '').strip('\n')
    return [nodes.literal_block(usage, usage), _options(parser),
            *([nodes.literal_block(text, text)] if text else [])]


def _options(parser):
    """A definition list of what follows the command."""
    found = nodes.definition_list()
    formatter = parser._get_formatter()
    for action in parser._actions:
        if isinstance(action, argparse._HelpAction) or isinstance(action.choices, dict):
            continue
        value = formatter._format_args(action, (action.metavar or action.dest).upper()
                                       if action.option_strings else action.metavar or action.dest)
        words = [f'{option} {value}'.strip() for option in action.option_strings] or [value]
        item = nodes.definition_list_item()
        item += nodes.term('', '', nodes.literal('', ', '.join(words)))
        item += nodes.definition('', nodes.paragraph('', formatter._expand_help(action)))
        found += item
    return found


def setup(app):
    app.add_directive('sva-commands', Commands)
    return {'parallel_read_safe': True}
