# SPDX-License-Identifier: ISC
"""crowd.py - the inside hosts of a site, and a working day of theirs.

Reads, as JSON on standard input, for each family the addresses of the hosts,
the servers that are hard-coded in them and the gateways; how many daemons, of
one server each, run on the first of them; how often each asks, in how many
seconds, and from which port.  Prints, as JSON, what was sent and how many
hosts were answered by whom.
"""

import json
import os
import resource
import socket
import struct
import sys
import time

HEAD = bytes([0x23, 0, 10, 0xec]) + bytes(36)  # a client's question, poll 10
TAG = struct.Struct("!HBBI")  # host, server, round, magic: the transmit stamp
MAGIC = 0x6e747067
BATCH = 64
IP_PKTINFO, SO_RCVBUFFORCE = 8, 33  # of Linux; Python does not know them


def control(family, source):
    """The datagram leaves with this address of ours."""
    octets = socket.inet_pton(family, source)
    if family == socket.AF_INET:
        return [(socket.IPPROTO_IP, IP_PKTINFO,
                 struct.pack("=I4s4s", 0, octets, bytes(4)))]
    return [(socket.IPPROTO_IPV6, socket.IPV6_PKTINFO,
             struct.pack("=16sI", octets, 0))]


class Family:
    """The hosts' half in one of the two protocols."""

    def __init__(self, number, port, hosts, servers, gateways, daemons):
        self.number, self.hosts, self.servers = number, hosts, servers
        self.family = socket.AF_INET if number == 4 else socket.AF_INET6
        self.gateways = gateways
        self.controls = [control(self.family, h) for h in hosts]
        self.sock = self.socket(("", port))
        # Broken daemons hear nothing, so that little is kept for them.
        self.daemons = [self.socket((hosts[0], 0)) for _ in range(daemons)]
        for s in self.daemons:
            s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 0)
        self.sock.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 16 << 20)
        self.public = self.asked = self.answers = self.foreign = 0
        self.heard = [set() for _ in range(len(servers) + 1)]

    def socket(self, address):
        s = socket.socket(self.family, socket.SOCK_DGRAM)
        s.setblocking(False)
        if self.number == 6:
            s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        s.bind(address)
        return s

    def target(self, host, server):
        """The last is the gateway: of two, every other host has the other."""
        if server < len(self.servers):
            return self.servers[server]
        return self.gateways[host % len(self.gateways)]

    def round(self, number):
        """Sends what is asked in one interval; yields now and then."""
        n = 0
        for host, how in enumerate(self.controls):
            for server in range(len(self.servers) + 1):
                tag = TAG.pack(host, server, number, MAGIC)
                self.send(self.sock, [HEAD, tag], how,
                          self.target(host, server),
                          server < len(self.servers))
            n += len(self.servers) + 1
            if n >= BATCH:
                yield n
                n = 0
        for i, s in enumerate(self.daemons):
            self.send(s, [HEAD, os.urandom(8)], [],
                      self.servers[i % len(self.servers)], True)
            n += 1
            if n >= BATCH:
                yield n
                n = 0
        yield n

    def send(self, sock, octets, how, to, public):
        try:
            sock.sendmsg(octets, how, 0, (to, 123))
        except OSError:
            return  # the wire is full
        if public:
            self.public += 1
        else:
            self.asked += 1

    def hear(self):
        """An answer counts only where it comes from who was asked."""
        try:
            for _ in range(4 * BATCH):
                octets, source = self.sock.recvfrom(128)
                host, server, _, magic = TAG.unpack(octets[24:32])
                if magic != MAGIC or self.target(host, server) != source[0]:
                    self.foreign += 1
                # A kiss has stratum 0.
                elif octets[1] != 0:
                    self.answers += 1
                    self.heard[server].add(host)
        except BlockingIOError:
            pass

    def told(self):
        return {"public": self.public, "asked": self.asked,
                "answers": self.answers, "foreign": self.foreign,
                "heard": [len(h) for h in self.heard]}


def main():
    want = json.load(sys.stdin)
    resource.setrlimit(resource.RLIMIT_NOFILE, (16384, 16384))
    families = [Family(int(f), want["port"], daemons=want["daemons"] // 2, **w)
                for f, w in want["families"].items()]
    a_round = sum(len(f.hosts) * (len(f.servers) + 1)
                  + len(f.daemons) for f in families)
    began, sent = time.monotonic(), 0
    for number in range(want["rounds"]):
        walks = [(f, f.round(number)) for f in families]
        while walks:
            for f, walk in list(walks):
                n = next(walk, None)
                if n is None:
                    walks.remove((f, walk))
                else:
                    sent += n
                f.hear()
            due = began + want["day_s"] * sent / a_round / want["rounds"]
            time.sleep(max(0, due - time.monotonic()))
    took = time.monotonic() - began
    for _ in range(50):  # what comes late
        time.sleep(0.02)
        for f in families:
            f.hear()
    json.dump({"took_s": took,
               "families": {f.number: f.told() for f in families}},
              sys.stdout)


main()
