# SPDX-License-Identifier: GPL-2.0-or-later
"""Progress on the terminal: one line a step, a bar only on a terminal."""

import os
import sys
import threading
import time

BAR_WIDTH = 24
SHORT = 1.5


class Progress:
    """Reports the steps of a set-up; several may run at once."""

    def __init__(self, stream=None, brief=False):
        self.stream = stream or sys.stderr
        self.tty = self.stream.isatty() and os.environ.get('TERM') != 'dumb'
        # Brief: steps that had nothing to do are not worth a line.
        self.brief = brief
        self.lock = threading.Lock()
        self.began = time.monotonic()
        self.running = {}
        self.total = 0
        self.done = 0
        self.drawn = 0.0
        self.ticker = None

    def start(self, title):
        with self.lock:
            self.running[title] = (time.monotonic(), None)
            self._draw(force=True)
            if self.tty and not self.ticker:
                self.ticker = threading.Thread(target=self._tick, daemon=True)
                self.ticker.start()
        if not self.tty:
            timer = threading.Timer(SHORT, self._announce, (title,))
            timer.daemon = True
            timer.start()

    def _tick(self):
        # Keeps the clock going while a step has nothing to say.
        while True:
            time.sleep(0.5)
            with self.lock:
                self._draw()

    def _announce(self, title):
        with self.lock:
            if title in self.running:
                self._print(f'      {title} ...')

    def update(self, title, now, goal):
        with self.lock:
            if title in self.running:
                self.running[title] = (self.running[title][0], now / max(goal, 1))
            self._draw()

    def finish(self, title, note):
        with self.lock:
            took = time.monotonic() - self.running.pop(title)[0]
            self.done += 1
            if took >= SHORT or not self.brief:
                self._print(f'{self.done:2}/{self.total:<2} {title}: {note or "done"}'
                            f' ({took:.1f} s)')
            self._draw(force=True)

    def failed(self, title):
        with self.lock:
            self.running.pop(title, None)
            self._print(f'      {title}: FAILED')

    def stop(self):
        with self.lock:
            self.running.clear()
            self._clear()

    def elapsed(self):
        return time.monotonic() - self.began

    def _print(self, text):
        self._clear()
        print(text, file=self.stream, flush=True)

    def _clear(self):
        if self.tty:
            self.stream.write('\r\033[K')
            self.stream.flush()

    def _draw(self, force=False):
        if not self.tty or not self.running:
            return
        if not force and time.monotonic() - self.drawn < 0.2:
            return
        self.drawn = time.monotonic()
        parts = []
        for title, (_, share) in self.running.items():
            bar = ''
            if share is not None:
                full = int(min(share, 1.0) * BAR_WIDTH)
                bar = f' [{"#" * full}{"." * (BAR_WIDTH - full)}] {share:4.0%}'
            parts.append(title + bar)
        # Some terminals claim to have no columns at all.
        width = (os.get_terminal_size(self.stream.fileno()).columns or 80) - 1
        line = f'{self.elapsed():4.0f} s  ' + ' | '.join(parts)
        self.stream.write('\r\033[K' + line[:width])
        self.stream.flush()
