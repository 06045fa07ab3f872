#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""ntpserver.py - a small NTP server for the lab, on each address given.

--offset S   says that it is S seconds later than it is
--stratum N  (2)
--mad N      before each answer, N that are damaged or made up
--log FILE   a line for each question: when, who is asked, who asks
--mood FILE  how to answer, read anew for each question.  JSON: for the address
             that is asked a list of [code, how], each a datagram.  The code is
             that of a kiss, "" for the time; how is "" or what is forged:
             "origin", "zero" (origin), "port", "address".  [] is silence.
"""

import argparse
import json
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


def kiss(request, code, origin):
    now = ntp.stamp(time.time_ns())
    return ntp.HEADER.pack(3 << 6 | 4 << 3 | 4, 0, 17, -20, 0, 0,
                           int.from_bytes(code.encode(), "big"), bytes(8),
                           origin, now, now)


def say(sock, another, client, octets, how):
    """From the socket that was asked, or from where it was not."""
    if how == "port":
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.bind((sock.getsockname()[0], 0))
            s.sendto(octets, client)
    else:
        (another if how == "address" else sock).sendto(octets, client)


def moods(path, address):
    with open(path) as f:
        return json.load(f).get(address, [["", ""]])


class Server:
    def __init__(self, a):
        self.a, self.rng = a, random.Random(os.getpid())
        self.log = open(a.log, "a", buffering=1) if a.log else None
        self.sockets = []
        for address in a.address:
            s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            s.bind((address, a.port))
            self.sockets.append(s)

    def moody(self, s, request, client, good):
        another = self.sockets[self.sockets.index(s) - 1]
        for code, how in moods(self.a.mood, s.getsockname()[0]):
            origin = {"origin": os.urandom(8), "zero": bytes(8)}.get(
                how, request[40:48])
            say(s, another, client,
                kiss(request, code, origin) if code else good, how)

    def answer(self, s, request, client):
        a, arrived = self.a, time.time_ns()
        if self.log:
            self.log.write(f"{time.monotonic():.6f} {s.getsockname()[0]} "
                           f"{client[0]}\n")
        offset = int(a.offset * 1e9)
        good = reply(request, arrived, offset, a.stratum)
        if a.mood:
            self.moody(s, request, client, good)
            return
        for i in range(a.mad):
            s.sendto(damaged(good, self.rng), client)
            if i % 100 == 99:  # its buffer holds no more at once
                time.sleep(0.001)
        s.sendto(reply(request, arrived, offset, a.stratum), client)

    def run(self):
        while True:
            for s in select.select(self.sockets, [], [])[0]:
                try:
                    request, client = s.recvfrom(2048)
                    if len(request) >= 48 and request[0] & 7 == 3:
                        self.answer(s, request, client)
                except ConnectionError:  # the client has closed its port
                    continue


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--offset", type=float, default=0)
    p.add_argument("--stratum", type=int, default=2)
    p.add_argument("--mad", type=int, default=0)
    p.add_argument("--log")
    p.add_argument("--mood")
    p.add_argument("--port", type=int, default=123)
    p.add_argument("address", nargs="+")
    Server(p.parse_args()).run()


main()
