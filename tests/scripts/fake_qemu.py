#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A stand-in for QEMU in tests of the harness: a monitor and a guest script.

fake_qemu.py SOCKETS CONSOLE EVENTS STREAM TOKEN SCRIPT: SCRIPT is a file of lines. A
plain line is sent on the control channel; the others are commands:
  >await TEXT    wait for this answer
  >boot          print the command line on the console, with the token
  >console TEXT  print on the console
  >events N      write N lines of events
  >stream N      write N lines of the event stream
  >stream LINE   write this one
  >data N        send N bytes on the control channel, and no line feed
  >violation JSON  let the checker find something, and say so unless it is "silent"
  >say TEXT      print on the standard error
  >stop          stop as the checker does, until somebody says `cont`
  >sleep         hang
  >exit STATUS   end the process
  >signal N      die of a signal
"""

import json
import os
import socket
import sys
import threading
import time

CHECKER = {'count-events': 42, 'count-violations': 0, 'violations': '[]'}
COUNTERS = {'/machine/peripheral/iommu0': {'count-translations': 7, 'count-faults-recorded': 1},
            '/machine/peripheral/accel0': {'count-page-reqs': 3},
            '/machine/peripheral/checker0': CHECKER}
RUNNING = threading.Event()
RUNNING.set()
MEMORY = {0x1000: 0x2001, 0x2000 + 0x10 * 32: 0x3201, 0x3000: 0x4001, 0x4040: 0x49,
          0x4048: 0x800001, 0x4050: 0x5000}


def answer(request):
    name, args = request['execute'], request.get('arguments', {})
    if name == 'qom-list' and args['path'] == '/machine/peripheral':
        return [{'name': path.rsplit('/', 1)[-1]} for path in COUNTERS]
    if name == 'qom-list':
        return [{'name': n} for n in (*COUNTERS[args['path']], 'rtaddr')]
    if name == 'qom-get':
        if args['property'].startswith('cached-'):
            return ''
        if args['property'] == 'rtaddr':
            return 0x1400
        return COUNTERS[args['path']][args['property']]
    if name == 'query-status':
        return {'status': 'running' if RUNNING.is_set() else 'debug'}
    if name == 'cont':
        RUNNING.set()
    if name == 'query-pci':
        return [{'bus': 0, 'devices': [{'qdev_id': 'accel0', 'bus': 0, 'slot': 2,
                                        'function': 0}]}]
    if name == 'human-monitor-command':
        return examine(args['command-line'])
    return {}


def examine(line):
    """xp /Ngx ADDR"""
    if line == 'info registers -a':
        return 'RIP=ffffffff81000000 RFL=00000246 [---Z-P-] CPL=0\r\n'
    if not line.startswith('xp'):
        return line
    count, addr = int(line.split()[1][1:-2]), int(line.split()[2], 16)
    words = [MEMORY.get(addr + 8 * i, 0) for i in range(count)]
    rows = []
    for i in range(0, count, 2):
        row = ' '.join(f'{w:#018x}' for w in words[i:i + 2])
        rows.append(f'{addr + 8 * i:016x}: {row}\r\n')
    return ''.join(rows)


def monitor(path, ready):
    sock = socket.socket(socket.AF_UNIX)
    sock.connect(path)
    with sock.makefile('rw', encoding='utf-8') as stream:
        def say(message):
            stream.write(json.dumps(message) + '\r\n')
            stream.flush()
        say({'QMP': {}})
        for line in stream:
            say({'event': 'RTC_CHANGE', 'data': {}})
            say({'return': answer(json.loads(line))})
            ready.set()


def append(name, text):
    with open(name, 'a', encoding='utf-8', errors='surrogateescape') as out:
        out.write(text)


def violate(text):
    """As the checker does it: in the list of its property, and as a warning."""
    found = json.loads(CHECKER['violations']) + [json.loads(text)]
    CHECKER.update({'violations': json.dumps(found), 'count-violations': len(found)})
    said = found[-1]
    if said.get('silent'):
        return
    print(f'qemu: warning: sva-checker: violation {said["number"]} {said["rule"]} '
          f'{said["culprit"]} rid {said["rid"]:#06x} pasid -: {said["text"]} Owed: '
          f'{said["owed"]}', file=sys.stderr, flush=True)


def main():
    sockets, console, events, streamed, token, script = sys.argv[1:7]
    control = socket.socket(socket.AF_UNIX)
    control.connect(sockets + '/control')
    ready = threading.Event()
    threading.Thread(target=monitor, args=(sockets + '/qmp', ready), daemon=True).start()
    ready.wait(10)
    stream = control.makefile('rw', encoding='utf-8')
    with open(script, encoding='utf-8', errors='surrogateescape') as lines:
        for line in lines:
            command, _, rest = line.rstrip('\n').partition(' ')
            if command == '>await':
                if stream.readline().rstrip('\n') != rest:
                    sys.exit(9)
            elif command == '>boot':
                append(console, f'[    0.0] Command line: console=ttyS0 sva.token={token}\n')
            elif command == '>console':
                append(console, rest + '\n')
            elif command == '>events':
                append(events, ''.join(f'event {n}\n' for n in range(int(rest))))
            elif command == '>stream':
                append(streamed, rest + '\n' if rest[0] == '{' else ''.join(f'{{"seq":{n},"time":{n},"kind":"RESET"}}\n'
                                         for n in range(int(rest))))
            elif command == '>data':
                stream.write('x' * int(rest))
                stream.flush()
            elif command == '>violation':
                violate(rest)
            elif command == '>say':
                print(rest, file=sys.stderr, flush=True)
            elif command == '>stop':
                RUNNING.clear()
                if not RUNNING.wait(20):
                    sys.exit(9)
            elif command == '>sleep':
                time.sleep(600)
            elif command == '>exit':
                print('fake: last words', file=sys.stderr, flush=True)
                os._exit(int(rest))
            elif command == '>signal':
                os.kill(os.getpid(), int(rest))
            else:
                stream.write(line)
                stream.flush()


if __name__ == '__main__':
    main()
