# SPDX-License-Identifier: GPL-2.0-or-later
"""A small client for QEMU's machine protocol."""

import json
import socket
import time

from ..util.errors import SvaError

EVENT_POLL = 0.1


class QmpClosed(SvaError):
    """QEMU is gone, or about to go."""


class Qmp:
    """A QMP session over a connected stream socket."""

    def __init__(self, sock, timeout=20):
        self.sock = sock
        self.sock.settimeout(timeout)
        self.reader = sock.makefile('r', encoding='utf-8')
        self.events = []
        try:
            self._message()  # the greeting
        except OSError as e:
            raise QmpClosed('QEMU does not greet on its QMP socket') from e
        self.execute('qmp_capabilities')

    def close(self):
        self.reader.close()
        self.sock.close()

    def execute(self, command, **arguments):
        """Run a command and return its result; events meanwhile are kept."""
        request = {'execute': command}
        if arguments:
            request['arguments'] = {k.replace('_', '-'): v for k, v in arguments.items()}
        try:
            self.sock.sendall(json.dumps(request).encode() + b'\n')
            while True:
                message = self._message()
                if 'event' in message:
                    self.events.append(message)
                elif 'error' in message:
                    raise SvaError(f'QMP {command}: {message["error"].get("desc")}')
                elif 'return' in message:
                    return message['return']
        except (socket.timeout, TimeoutError) as e:
            raise SvaError(f'QEMU does not answer QMP {command}') from e
        except OSError as e:
            raise QmpClosed(f'QEMU closed its QMP socket during {command}') from e

    def wait_event(self, name, timeout, **data):
        """Wait for an event with this data, or return None; others are kept."""
        deadline = time.monotonic() + timeout
        while True:
            for event in self.events:
                if event['event'] == name and data.items() <= event.get('data', {}).items():
                    self.events.remove(event)
                    return event
            if time.monotonic() > deadline:
                return None
            # A query makes the events before its answer come.
            time.sleep(EVENT_POLL)
            self.execute('query-status')

    def monitor(self, line):
        """Run a command of the human monitor and return what it prints."""
        return self.execute('human-monitor-command', command_line=line)

    def get(self, path, name):
        return self.execute('qom-get', path=path, property=name)

    def properties(self, path):
        return [entry['name'] for entry in self.execute('qom-list', path=path)]

    def _message(self):
        line = self.reader.readline()
        if not line:
            raise ConnectionResetError('end of file')
        return json.loads(line)
