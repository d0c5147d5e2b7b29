# SPDX-License-Identifier: GPL-2.0-or-later
"""The QMP session: what the tool makes of answers, events and ends."""

import json
import socket
import sys
import threading
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / 'scripts/lib'))

from sva.guest.qmp import Qmp, QmpClosed  # noqa: E402
from sva.util.errors import SvaError  # noqa: E402

GREETING = {'QMP': {'version': {}, 'capabilities': []}}
GONE = {'event': 'DEVICE_DELETED', 'data': {'device': 'accel0', 'path': '/p'}}


class Monitor(threading.Thread):
    """QEMU's side: answers with what a function makes of a command and its arguments.

    The function may return several messages; None ends the session.
    """

    def __init__(self, sock, answer, greeting=GREETING):
        super().__init__(daemon=True)
        self.sock, self.answer, self.greeting = sock, answer, greeting
        self.commands = []
        self.start()

    def say(self, *messages):
        self.sock.sendall(b''.join(json.dumps(one).encode() + b'\r\n' for one in messages))

    def run(self):
        with self.sock, self.sock.makefile('r', encoding='utf-8') as stream:
            if self.greeting is None:
                return
            self.say(self.greeting)
            for request in map(json.loads, stream):
                self.commands.append(request['execute'])
                answers = [{'return': {}}] if len(self.commands) == 1 else \
                    self.answer(request['execute'], request.get('arguments', {}))
                if answers is None:
                    return
                self.say(*answers)


class QmpTest(unittest.TestCase):

    def session(self, answer=lambda *unused: [{'return': {}}], timeout=10, **more):
        ours, theirs = socket.socketpair()
        self.addCleanup(ours.close)
        self.monitor = Monitor(theirs, answer, **more)
        qmp = Qmp(ours, timeout)
        self.addCleanup(qmp.close)
        return qmp

    def test_a_command_has_its_answer(self):
        qmp = self.session(lambda name, args: [{'return': [name, args]}])
        self.assertEqual(qmp.execute('device_add', bus_addr=3), ['device_add', {'bus-addr': 3}])
        self.assertEqual(qmp.monitor('info pci'),
                         ['human-monitor-command', {'command-line': 'info pci'}])

    def test_an_error_says_what_and_the_session_goes_on(self):
        qmp = self.session(lambda name, args: [{'return': 1}] if name == 'good' else [
            {'error': {'class': 'GenericError', 'desc': 'no such device'}}])
        with self.assertRaisesRegex(SvaError, '^QMP device_del: no such device$'):
            qmp.execute('device_del')
        self.assertEqual(qmp.execute('good'), 1)

    def test_events_before_an_answer_are_kept(self):
        other = {**GONE, 'data': {'path': '/other'}}
        qmp = self.session(lambda *unused: [{'event': 'RESET'}, other, GONE, {'return': {}}])
        qmp.execute('device_del')
        found = qmp.wait_event('DEVICE_DELETED', 10, device='accel0')
        self.assertEqual(found['data']['path'], '/p')
        self.assertEqual(qmp.wait_event('RESET', 10)['event'], 'RESET')
        self.assertIsNone(qmp.wait_event('RESET', 0.1))

    def test_waiting_asks_nothing_and_ends_with_the_event(self):
        qmp = self.session()
        threading.Timer(0.5, self.monitor.say, [{'event': 'RESET'}, GONE]).start()
        begin = time.monotonic()
        self.assertTrue(qmp.wait_event('DEVICE_DELETED', 30, device='accel0'))
        self.assertLess(time.monotonic() - begin, 10)
        self.assertEqual(self.monitor.commands, ['qmp_capabilities'])

    def test_an_event_that_does_not_come(self):
        qmp = self.session()
        self.assertIsNone(qmp.wait_event('DEVICE_DELETED', 0.2, device='accel0'))
        self.assertEqual(qmp.execute('query-status'), {})

    def test_the_end_of_qemu_ends_a_wait(self):
        qmp = self.session()
        threading.Timer(0.2, self.monitor.sock.shutdown, [socket.SHUT_RDWR]).start()
        with self.assertRaises(QmpClosed):
            qmp.wait_event('DEVICE_DELETED', 30)
        with self.assertRaises(QmpClosed):
            qmp.wait_event('DEVICE_DELETED', 30)

    def test_the_end_of_qemu_during_a_command(self):
        qmp = self.session(lambda *unused: None)
        for _ in range(2):
            with self.assertRaisesRegex(QmpClosed, 'closed its QMP socket during quit'):
                qmp.execute('quit')

    def test_the_end_of_qemu_between_commands(self):
        qmp = self.session()
        self.monitor.sock.shutdown(socket.SHUT_RDWR)
        self.monitor.join()
        with self.assertRaises(QmpClosed):
            qmp.execute('query-status')

    def test_no_greeting(self):
        with self.assertRaisesRegex(QmpClosed, 'does not greet'):
            self.session(greeting=None)

    def test_no_answer(self):
        qmp = self.session(lambda *unused: [], timeout=0.3)
        with self.assertRaisesRegex(SvaError, 'does not answer QMP query-status'):
            qmp.execute('query-status')


if __name__ == '__main__':
    unittest.main()
