# SPDX-License-Identifier: GPL-2.0-or-later
"""Progress: one line a step; what runs in a live line, off a terminal now and then."""

import os
import sys
import threading
import time

from . import estimate

BAR_WIDTH = 24
SHORT = 1.5
# Seconds between lines off a terminal while nothing ends.
HEARTBEAT = 30
TICK = 0.5


class Progress:
    """Reports the steps of a set-up, or suites of tests; several may run at once."""

    def __init__(self, stream=None, brief=False, rest=None):
        """rest: an estimate.Estimate whose jobs have the titles of the steps."""
        self.stream = stream or sys.stderr
        self.tty = self.stream.isatty() and os.environ.get('TERM') != 'dumb'
        # Brief: steps that had nothing to do are not worth a line.
        self.brief = brief
        self.rest = rest or estimate.Estimate({})
        self.lock = threading.RLock()
        self.began = time.monotonic()
        self.running = {}
        self.total = 0
        self.done = 0
        self.drawn = 0.0
        self.said = self.began
        self.ended = threading.Event()
        self.ticker = None

    def start(self, title):
        with self.lock:
            self.running[title] = (time.monotonic(), None)
            self.rest.begin(title)
            self._draw(force=True)
            if not self.ticker:
                self.ticker = threading.Thread(target=self._tick, daemon=True)
                self.ticker.start()
        if not self.tty:
            timer = threading.Timer(SHORT, self._announce, (title,))
            timer.daemon = True
            timer.start()

    def _tick(self):
        # Keeps the clock going while a step has nothing to say.
        while not self.ended.wait(TICK):
            with self.lock:
                if self.tty:
                    self._draw()
                elif self.running and time.monotonic() - self.said >= HEARTBEAT:
                    self._print(f'      {self._line()}')

    def _announce(self, title):
        with self.lock:
            if title in self.running:
                self._print(f'      {title} ...')

    def update(self, title, now, goal):
        with self.lock:
            if title in self.running:
                share = now / max(goal, 1)
                self.running[title] = (self.running[title][0], share)
                self.rest.update(title, share)
            self._draw()

    def finish(self, title, note):
        """Returns the seconds that it took."""
        with self.lock:
            took = self._end(title)
            if took >= SHORT or not self.brief:
                self._print(f'{self.done:2}/{self.total:<2} {title}: {note or "done"}'
                            f' ({took:.1f} s)')
            self._draw(force=True)
            return took

    def leave(self, title):
        """It has ended, and somebody else tells about it; the seconds that it took."""
        with self.lock:
            took = self._end(title)
            self._draw(force=True)
            return took

    def _end(self, title):
        self.done += 1
        self.rest.end(title)
        return time.monotonic() - self.running.pop(title)[0]

    def failed(self, title):
        with self.lock:
            self.running.pop(title, None)
            self._print(f'      {title}: FAILED')

    def say(self, text, stream=None):
        """Print whole lines, of several threads one after the other."""
        with self.lock:
            self._print(text, stream)
            self._draw(force=True)

    def stop(self):
        with self.lock:
            self.ended.set()
            self.running.clear()
            self._clear()

    def elapsed(self):
        return time.monotonic() - self.began

    def _print(self, text, stream=None):
        self._clear()
        self.said = time.monotonic()
        print(text, file=stream or self.stream, flush=True)

    def _clear(self):
        if self.tty:
            self.stream.write('\r\033[K')
            self.stream.flush()

    def _line(self):
        parts = []
        for title, (_, share) in self.running.items():
            bar, share = '', self.rest.share(title) if share is None else share
            if share is not None:
                full = int(min(share, 1.0) * BAR_WIDTH)
                bar = f' [{"#" * full}{"." * (BAR_WIDTH - full)}]' if self.tty else ''
                bar += f' {share:4.0%}'
            parts.append(title + bar)
        rest = self.rest.rest() if self.rest.jobs else None
        left = '' if rest is None else f', about {estimate.words(rest)} left'
        return f'{self.elapsed():4.0f} s{left}: ' + ' | '.join(parts)

    def _draw(self, force=False):
        if not self.tty or not self.running:
            return
        if not force and time.monotonic() - self.drawn < 0.2:
            return
        self.drawn = time.monotonic()
        # Some terminals claim to have no columns at all.
        width = (os.get_terminal_size(self.stream.fileno()).columns or 80) - 1
        self.stream.write('\r\033[K' + self._line()[:width])
        self.stream.flush()
