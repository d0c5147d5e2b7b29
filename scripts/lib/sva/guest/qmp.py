# SPDX-License-Identifier: GPL-2.0-or-later
"""A small client for QEMU's machine protocol.

QEMU's own, python/qemu/qmp, is asynchronous and raises AssertionError where QEMU
ends during the first exchange, which the tool has to tell from its own mistakes.
"""

import json
import time

from ..util.errors import SvaError


class QmpClosed(SvaError):
    """QEMU is gone, or about to go."""


class QmpSilent(SvaError):
    """QEMU does not answer."""


class Qmp:
    """A QMP session over a connected stream socket."""

    def __init__(self, sock, timeout=20):
        self.sock = sock
        self.timeout = timeout
        self.received = b''
        self.events = []
        try:
            self._message(timeout)  # the greeting
        except OSError as e:
            raise QmpClosed('QEMU does not greet on its QMP socket') from e
        self.execute('qmp_capabilities')

    def close(self):
        self.sock.close()

    def execute(self, command, **arguments):
        """Run a command and return its result; events meanwhile are kept."""
        request = {'execute': command}
        if arguments:
            request['arguments'] = {k.replace('_', '-'): v for k, v in arguments.items()}
        try:
            self.sock.settimeout(self.timeout)
            self.sock.sendall(json.dumps(request).encode() + b'\n')
            while True:
                message = self._message(self.timeout)
                if 'event' in message:
                    self.events.append(message)
                elif 'error' in message:
                    raise SvaError(f'QMP {command}: {message["error"].get("desc")}')
                elif 'return' in message:
                    return message['return']
        except TimeoutError as e:
            raise QmpSilent(f'QEMU does not answer QMP {command}') from e
        except OSError as e:
            raise QmpClosed(f'QEMU closed its QMP socket during {command}') from e

    def wait_event(self, name, timeout, **data):
        """Wait for an event with this data, or return None; others are kept."""
        def wanted(event):
            return event.get('event') == name and data.items() <= event.get('data', {}).items()

        deadline = time.monotonic() + timeout
        try:
            while not (found := next(filter(wanted, self.events), None)):
                # Nothing was asked, so that what comes is an event.
                self.events.append(self._message(deadline - time.monotonic()))
        except TimeoutError:
            return None
        except OSError as e:
            raise QmpClosed(f'QEMU closed its QMP socket before {name}') from e
        self.events.remove(found)
        return found

    def monitor(self, line):
        """Run a command of the human monitor and return what it prints."""
        return self.execute('human-monitor-command', command_line=line)

    def get(self, path, name):
        return self.execute('qom-get', path=path, property=name)

    def properties(self, path):
        return [entry['name'] for entry in self.execute('qom-list', path=path)]

    def _message(self, timeout):
        """The next message; TimeoutError if it is not there in time."""
        deadline = time.monotonic() + timeout
        while b'\n' not in self.received:
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError
            self.sock.settimeout(left)
            data = self.sock.recv(65536)
            if not data:
                raise ConnectionResetError('end of file')
            self.received += data
        line, self.received = self.received.split(b'\n', 1)
        return json.loads(line)
