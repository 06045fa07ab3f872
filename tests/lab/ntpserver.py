#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""ntpserver.py - a small NTP server for the lab, on each address given.

--offset S   says that it is S seconds later than it is
--stratum N  (2)
--mad N      before each answer, N that are damaged or made up
"""

import argparse
import os
import random
import select
import socket
import time

import ntp


def reply(request, arrived, offset_ns, stratum):
    return ntp.HEADER.pack(
        4 << 3 | 4, stratum, request[2], -20, 0x40, 0x40,
        0x7f7f0101 if stratum > 1 else 0x47505300,
        ntp.stamp(arrived + offset_ns - 10**9), request[40:48],
        ntp.stamp(arrived + offset_ns),
        ntp.stamp(time.time_ns() + offset_ns))


def damaged(good, rng):
    """Never a good answer: a bit of what ties it to the question is wrong,
    or there is too little of it, or nothing of it is right."""
    kind = rng.randrange(4)
    if kind == 0:
        return rng.randbytes(rng.randrange(0, 600))
    if kind == 1:
        return good[:rng.randrange(0, 48)]
    octets = bytearray(good)
    octets[24 + rng.randrange(8)] ^= 1 << rng.randrange(8)
    for _ in range(rng.randrange(8)):
        octets[rng.randrange(24)] = rng.randrange(256)
    return bytes(octets) + rng.randbytes(rng.randrange(0, 64))


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--offset", type=float, default=0)
    p.add_argument("--stratum", type=int, default=2)
    p.add_argument("--mad", type=int, default=0)
    p.add_argument("--port", type=int, default=123)
    p.add_argument("address", nargs="+")
    a = p.parse_args()
    rng = random.Random(os.getpid())
    sockets = []
    for address in a.address:
        s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        s.bind((address, a.port))
        sockets.append(s)
    while True:
        for s in select.select(sockets, [], [])[0]:
            try:
                request, client = s.recvfrom(2048)
            except ConnectionError:  # the client has closed its port
                continue
            arrived = time.time_ns()
            if len(request) < 48 or request[0] & 7 != 3:
                continue
            good = reply(request, arrived, int(a.offset * 1e9), a.stratum)
            for i in range(a.mad):
                s.sendto(damaged(good, rng), client)
                if i % 100 == 99:  # its buffer holds no more at once
                    time.sleep(0.001)
            s.sendto(reply(request, arrived, int(a.offset * 1e9), a.stratum),
                     client)


main()
