# SPDX-License-Identifier: ISC
"""edge.py - an inside host, the router of a site, and the world outside.

The router has the lab's one wire (eth0), on which the gateways stand, too, the
network of the inside host (lan1), and the way out (wan0).
"""

import socket
import struct
import subprocess
import threading
import time

import ntp
from lab import inside, ip

OUTSIDE = {4: "198.51.100.5", 6: "2001:db8:f::5"}


def must(host, *argv):
    rc, out = host.call(list(argv))
    if rc:
        raise RuntimeError(f"{argv}: {out}")


def family_of(address):
    return 6 if ":" in address else 4


def office(family, host):
    """The address of number HOST in the network of the inside host."""
    return f"10.78.0.{host}" if family == 4 else f"fd78::{host:x}"


def give(host, dev, address):
    six = family_of(address) == 6
    must(host, "ip", "-6" if six else "-4", "addr", "add",
         address + ("/64" if six else "/24"), "dev", dev,
         *(["nodad"] if six else []))


class Edge:
    def __init__(self, lab):
        # What the tool keeps there is this story's alone.
        for kept in ("/run", "/var/lib"):
            subprocess.run(["mount", "-t", "tmpfs", "none", kept], check=True)
        self.router = lab.host("router", 1)
        self.inside = lab.host("inside", 50)
        self.outside = lab.host("outside", 200)
        self.wire("lan1", self.inside)
        self.wire("wan0", self.outside)
        for family in (4, 6):
            give(self.router, "lan1", office(family, 1))
            give(self.inside, "eth0", office(family, 50))
            give(self.outside, "eth0", OUTSIDE[family])
        give(self.router, "wan0", "198.51.100.1")
        give(self.router, "wan0", "2001:db8:f::1")
        for key in ("ipv4.ip_forward", "ipv6.conf.all.forwarding"):
            must(self.router, "sysctl", "-qw", f"net.{key}=1")
        self.default(self.inside, office(4, 1), office(6, 1))
        self.default(self.outside, "198.51.100.1", "2001:db8:f::1")

    def wire(self, dev, host):
        """A wire of its own to this host, instead of the common one."""
        must(host, "ip", "link", "del", "eth0")
        ip("link", "add", dev, "netns", str(self.router.holder.pid), "type",
           "veth", "peer", "name", "eth0", "netns", str(host.holder.pid))
        must(host, "ip", "link", "set", "eth0", "up")
        must(self.router, "ip", "link", "set", dev, "up")

    @staticmethod
    def default(host, *gateways):
        for g in gateways:
            must(host, "ip", f"-{family_of(g)}", "route", "add", "default",
                 "via", g)


class Server(threading.Thread):
    """A server outside, with a reference id of its own."""

    def __init__(self, host, address, refid="203.0.113.77", stratum=2):
        super().__init__(daemon=True)
        self.stratum, self.asked = stratum, 0
        self.refid = struct.unpack("!I", socket.inet_aton(refid))[0]
        with inside(host.ns()):
            self.sock = socket.socket(
                socket.AF_INET6 if family_of(address) == 6
                else socket.AF_INET, socket.SOCK_DGRAM)
        self.sock.bind((address, 123))
        self.start()

    def run(self):
        while True:
            request, client = self.sock.recvfrom(2048)
            now = time.time_ns()
            self.asked += 1
            self.sock.sendto(ntp.HEADER.pack(
                4 << 3 | 4, self.stratum, 6, -20, 0x40, 0x40, self.refid,
                ntp.stamp(now - 10**9), request[40:48], ntp.stamp(now),
                ntp.stamp(time.time_ns())), client)
