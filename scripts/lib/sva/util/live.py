# SPDX-License-Identifier: GPL-2.0-or-later
"""What goes on at this moment: a line that is drawn anew, or a sign of life now and then."""

import os
import sys
import threading
import time

# Seconds between two lines where nothing can be drawn anew, and between two drawings.
HEARTBEAT = 30
REDRAW = 0.5


class Live:
    """Says what work goes on and for how long, on a stream that is not for results."""

    def __init__(self, prefix='', stream=None):
        self.prefix = prefix
        self.stream = stream or sys.stderr
        self.tty = self.stream.isatty() and os.environ.get('TERM') != 'dumb'
        self.lock = threading.Lock()
        self.over = threading.Event()
        self.title = self.detail = ''
        self.began = 0.0
        self.ticker = None

    def begin(self, title):
        """Some work has begun."""
        self.title, self.detail, self.began = title, '', time.monotonic()
        self.over = threading.Event()
        if self.tty:
            self._draw(self.over)
        self.ticker = threading.Thread(target=self._tick, args=(self.over,), daemon=True)
        self.ticker.start()

    def say(self, detail):
        """How far it is."""
        self.detail = detail
        if self.tty:
            self._draw(self.over)

    def end(self):
        """It is over, and nothing of this is left on a terminal."""
        with self.lock:
            self.over.set()
            if self.tty:
                self._write('\r\033[K')
        self.ticker.join()

    def _tick(self, over):
        while not over.wait(REDRAW if self.tty else HEARTBEAT):
            self._draw(over)

    def _draw(self, over):
        with self.lock:
            if over.is_set():
                return
            seconds = time.monotonic() - self.began
            text = ': '.join(filter(None, (f'{self.prefix}{self.title}', self.detail)))
            if self.tty:
                # One column stays free: some terminals go on to the next line in the last.
                columns = os.get_terminal_size(self.stream.fileno()).columns or 80
                self._write('\r\033[K' + f'{seconds:4.0f} s  {text}'[:columns - 1])
            else:
                self._write(f'sva: {text}, {seconds:.0f} s\n')

    def _write(self, text):
        try:
            self.stream.write(text)
            self.stream.flush()
        except OSError:     # nobody looks any more, which is no reason to end
            self.over.set()
