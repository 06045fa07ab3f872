# SPDX-License-Identifier: ISC
"""ntp.py - just enough NTP to play an inside host or an upstream server."""

import hashlib
import os
import select
import struct
import time
from dataclasses import dataclass

EPOCH = 2208988800  # seconds from 1900 to 1970
HEADER = struct.Struct("!BBbbIII8s8s8s8s")


def stamp(ns):
    """Nanoseconds since 1970 as they go on the wire."""
    s, rest = divmod(ns, 10**9)
    return struct.pack("!II", (s + EPOCH) & 0xffffffff, (rest << 32) // 10**9)


def seconds(octets):
    s, frac = struct.unpack("!II", octets)
    return s - EPOCH + frac / 2**32


@dataclass
class Answer:
    leap: int
    version: int
    mode: int
    stratum: int
    root_delay: float
    root_disp: float
    refid: bytes
    origin: bytes
    offset: float
    delay: float
    length: int
    source: str


def request(version=4, mode=3, cookie=None, key=None):
    """A client's request; key: (id, secret) of SHA1."""
    octets = HEADER.pack(version << 3 | mode, 0, 6, -20, 0, 0, 0, bytes(8),
                         bytes(8), bytes(8), cookie or os.urandom(8))
    if key:
        octets += struct.pack("!I", key[0])
        octets += hashlib.sha1(key[1] + octets[:48]).digest()
    return octets


def read(octets, t1, t4, source):
    f = HEADER.unpack(octets[:48])
    t2, t3 = seconds(f[9]), seconds(f[10])
    return Answer(leap=f[0] >> 6, version=f[0] >> 3 & 7, mode=f[0] & 7,
                  stratum=f[1], root_delay=f[4] / 65536,
                  root_disp=f[5] / 65536, refid=struct.pack("!I", f[6]),
                  origin=f[8], offset=((t2 - t1) + (t3 - t4)) / 2,
                  delay=(t4 - t1) - (t3 - t2), length=len(octets),
                  source=source)


def ask(sock, address, octets=None, port=123, wait_s=1.0):
    """Sends a request, waits for its answer; None: silence."""
    octets = octets or request()
    t1 = time.time()
    sock.sendto(octets, (address, port))
    end = time.monotonic() + wait_s
    while select.select([sock], [], [], max(0, end - time.monotonic()))[0]:
        try:
            reply, source = sock.recvfrom(2048)
        except ConnectionError:
            return None
        t4 = time.time()
        if len(reply) >= 48 and reply[24:32] == octets[40:48]:
            return read(reply, t1, t4, source[0])
    return None


def best(sock, address, count=8):
    """The answer with the least delay: what the wire's jitter leaves."""
    answers = [a for a in (ask(sock, address) for _ in range(count)) if a]
    return min(answers, key=lambda a: a.delay, default=None)
