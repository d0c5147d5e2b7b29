# SPDX-License-Identifier: GPL-2.0-or-later
"""Debian's chromium without a window, driven through the DevTools protocol.

Over two pipes: messages are JSON, each ended by a null byte.
"""

import base64
import json
import os
import select
import shutil
import subprocess
import tempfile
import time

PROGRAM = 'chromium'
FLAGS = ('--headless', '--disable-gpu', '--no-first-run', '--disable-background-networking',
         '--disable-component-update', '--disable-sync', '--disable-extensions',
         '--remote-debugging-pipe', '--hide-scrollbars', '--force-color-profile=srgb')
TIMEOUT = 60


class BrowserError(Exception):
    """The browser, or the page in it, said that something went wrong."""


class Browser:
    """One browser with one page; use as a context manager."""

    def __init__(self):
        self.number = 0
        self.buffer = b''
        self.session = None
        # What the page did: errors and messages on the console, addresses asked for.
        self.errors, self.requests = [], []

    def __enter__(self):
        self.dir = tempfile.mkdtemp(prefix='sva-page-')
        ours, theirs = os.pipe(), os.pipe()
        # The browser wants to read from descriptor 3 and write to 4.
        root = ['--no-sandbox'] if os.geteuid() == 0 else []
        self.child = subprocess.Popen(
            ['/bin/sh', '-c', f'exec "$@" 3<&{ours[0]} 4>&{theirs[1]}', 'sh', PROGRAM, *FLAGS,
             *root, f'--user-data-dir={self.dir}', 'about:blank'],
            pass_fds=(ours[0], theirs[1]), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)
        os.close(ours[0])
        os.close(theirs[1])
        self.input, self.output = ours[1], theirs[0]
        pages = self.call('Target.getTargets')['targetInfos']
        page = next(one['targetId'] for one in pages if one['type'] == 'page')
        self.session = self.call('Target.attachToTarget', targetId=page, flatten=True)['sessionId']
        for domain in ('Page', 'Runtime', 'Log', 'Network'):
            self.call(f'{domain}.enable')
        return self

    def __exit__(self, *unused):
        try:
            self.session = None
            self.call('Browser.close')
            self.child.wait(10)
        except (BrowserError, OSError, subprocess.TimeoutExpired):
            self.child.kill()
            self.child.wait()
        os.close(self.input)
        os.close(self.output)
        shutil.rmtree(self.dir, ignore_errors=True)

    def call(self, method, **parameters):
        """The result of a command."""
        self.number += 1
        number = self.number
        message = {'id': number, 'method': method, 'params': parameters}
        if self.session:
            message['sessionId'] = self.session
        os.write(self.input, json.dumps(message).encode() + b'\0')
        deadline = time.monotonic() + TIMEOUT
        while True:
            answer = self._receive(deadline)
            if answer.get('id') == number:
                if 'error' in answer:
                    raise BrowserError(f'{method}: {answer["error"]["message"]}')
                return answer['result']
            self._hear(answer)

    def _receive(self, deadline):
        while b'\0' not in self.buffer:
            if not select.select([self.output], [], [], max(0, deadline - time.monotonic()))[0]:
                raise BrowserError('the browser does not answer')
            data = os.read(self.output, 1 << 16)
            if not data:
                raise BrowserError('the browser has ended')
            self.buffer += data
        message, self.buffer = self.buffer.split(b'\0', 1)
        return json.loads(message)

    def _hear(self, message):
        about = message.get('params', {})
        if message.get('method') == 'Runtime.exceptionThrown':
            detail = about['exceptionDetails']
            self.errors.append(detail.get('exception', {}).get('description') or detail['text'])
        elif message.get('method') == 'Runtime.consoleAPICalled':
            self.errors.append(f'console: {about["args"]}')
        elif message.get('method') == 'Log.entryAdded':
            self.errors.append(about['entry']['text'])
        elif message.get('method') == 'Network.requestWillBeSent':
            self.requests.append(about['request']['url'])

    # -- the page --

    def open(self, path, name=''):
        """Load a file; name: what follows # in the address."""
        self.call('Page.navigate', url=f'{path.resolve().as_uri()}#{name}')

    def run(self, code):
        """The value of an expression in the page; promises are waited for."""
        answer = self.call('Runtime.evaluate', expression=code, awaitPromise=True,
                           returnByValue=True)
        if 'exceptionDetails' in answer:
            raise BrowserError(answer['exceptionDetails'].get('exception', {}).get('description')
                               or answer['exceptionDetails']['text'])
        return answer['result'].get('value')

    def wait(self, code, timeout=30):
        """Wait until an expression is true."""
        deadline = time.monotonic() + timeout
        while not self.run(code):
            if time.monotonic() > deadline:
                raise BrowserError(f'the page does not come to {code}')
            time.sleep(0.02)

    def window(self, width, height, dark=False, touch=False):
        self.call('Emulation.setDeviceMetricsOverride', width=width, height=height,
                  deviceScaleFactor=1, mobile=touch)
        self.call('Emulation.setEmulatedMedia', features=[
            {'name': 'prefers-color-scheme', 'value': 'dark' if dark else 'light'}])

    def click(self, x, y):
        for kind in ('mousePressed', 'mouseReleased'):
            self.call('Input.dispatchMouseEvent', type=kind, x=x, y=y, button='left',
                      clickCount=1)

    def wheel(self, x, y, by, ctrl=False):
        self.call('Input.dispatchMouseEvent', type='mouseWheel', x=x, y=y, deltaX=0, deltaY=by,
                  modifiers=2 if ctrl else 0)

    def key(self, key, text=None):
        self.call('Input.dispatchKeyEvent', type='keyDown', key=key,
                  **({'text': text or key} if len(text or key) == 1 else {}))
        self.call('Input.dispatchKeyEvent', type='keyUp', key=key)

    def picture(self, path):
        """A screenshot, as PNG."""
        path.write_bytes(base64.b64decode(self.call('Page.captureScreenshot')['data']))
