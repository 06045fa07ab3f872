# SPDX-License-Identifier: ISC
"""flood.py FROM TO CLIENTS RATE: that many broken daemons behind one address.

Each has a port of its own and asks RATE times a second, with a random origin
stamp, and hears nothing.
"""

import os
import socket
import sys
import time

source, to, count, rate = sys.argv[1], sys.argv[2], *map(int, sys.argv[3:])
daemons = []
for _ in range(count):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.bind((source, 0))
    s.setblocking(False)
    daemons.append(s)
began, sent = time.monotonic(), 0
while True:
    due = (time.monotonic() - began) * rate * count
    while sent < due:
        s = daemons[sent % count]
        # Version 3, poll 6, a made-up origin and a random transmit stamp.
        s.sendto(bytes([0x1b, 0, 6, 0xec]) + bytes(20) + os.urandom(8)
                 + bytes(8) + os.urandom(8), (to, 123))
        sent += 1
    time.sleep(0.01)
