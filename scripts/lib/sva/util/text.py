# SPDX-License-Identifier: GPL-2.0-or-later
"""Make text from a guest safe to show.

A guest may print terminal control sequences, characters that XML does not allow, and
invalid UTF-8. All of its text passes through here.
"""

import re

# Control characters of both kinds; what turns the direction of text or ends a
# line; halves of surrogate pairs; what is no character at all.
_HIDDEN = re.compile('[\x00-\x08\x0a-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2060-\u206f'
                     '\ud800-\udfff\ufdd0-\ufdef\ufeff\ufff9-\ufffb\ufffe\uffff'
                     + ''.join(chr(n << 16 | low) for n in range(1, 17)
                               for low in (0xfffe, 0xffff))
                     + ']')


def printable(text):
    """One line that is safe on a terminal, in XML and in JSON.

    Other characters are escaped as Python and the kernel do: \\x1b, \\u202e. Tabs and
    printable text stay as they are.
    """
    return _HIDDEN.sub(_escape, text)


def block(text):
    """The same for text of several lines."""
    return '\n'.join(map(printable, text.split('\n')))


# Bytes that stay as they are, which nearly all do.
_PLAIN = bytes(range(0x20, 0x7f)) + b'\t'


def decoded(data):
    """Bytes of a guest as one printable line."""
    if not data.translate(None, _PLAIN):
        return data.decode('ascii')
    return printable(data.decode('utf-8', 'backslashreplace'))


def option(value):
    """A value within an option of QEMU, where a comma would end it."""
    return str(value).replace(',', ',,')


def _escape(match):
    code = ord(match[0])
    if code < 0x100:
        return f'\\x{code:02x}'
    return f'\\u{code:04x}' if code < 0x10000 else f'\\U{code:08x}'
