# SPDX-License-Identifier: ISC
"""survey vets ten servers with few packets and proposes the right ones; and
what the tool sends to strangers goes through its ledger."""

import collections
import json
import os
import socket
import struct
import subprocess
import threading
import time

import ntp
from lab import USER, Lab, bus, inside

lab = Lab()
up = lab.host("up", 1)
gw = lab.host("gw", 100)
asked = collections.Counter()


class Server(threading.Thread):
    """One address of the host "up", with a character of its own."""

    def __init__(self, address, refid, stratum=2, offset=0.0, delay=0.0,
                 silent=False, kiss=None):
        super().__init__(daemon=True)
        self.address, self.stratum, self.offset = address, stratum, offset
        self.delay, self.silent, self.kiss = delay, silent, kiss
        self.refid = struct.unpack("!I", socket.inet_aton(refid))[0]
        with inside(up.ns()):
            self.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.sock.bind((address, 123))
        self.start()

    def answer(self, request, arrived):
        if self.kiss:
            return ntp.HEADER.pack(
                0xe4, 0, 6, -20, 0, 0, struct.unpack("!I", self.kiss)[0],
                bytes(8), request[40:48], bytes(8), bytes(8))
        ns = int(self.offset * 1e9)
        return ntp.HEADER.pack(
            4 << 3 | 4, self.stratum, request[2], -20, 0x40, 0x40,
            self.refid, ntp.stamp(arrived + ns - 10**9), request[40:48],
            ntp.stamp(arrived + ns), ntp.stamp(time.time_ns() + ns))

    def run(self):
        while True:
            request, client = self.sock.recvfrom(2048)
            asked[self.address] += 1
            if self.silent:
                continue
            time.sleep(self.delay / 2)
            answer = self.answer(request, time.time_ns())
            time.sleep(self.delay / 2)
            self.sock.sendto(answer, client)


def tool(*argv, state="state", user=USER, timeout=120):
    """The tool on gw, as an ordinary user: status and what it printed."""
    return gw.call([lab.tool("ntpgate"), *argv], timeout=timeout, user=user,
                   env={"XDG_STATE_HOME": os.path.join(lab.dir, state)})


def survey(*argv, **how):
    rc, out = tool("-j", "survey", *argv, **how)
    try:
        found = json.loads(out)
    except ValueError:
        return rc, {"error": out}, {}
    return rc, found, {s["address"] or s["host"]: s for s in
                       found.get("chosen", []) + found.get("refused", [])}


lab.folder("state")
for n in range(2, 11):
    up.address(n)
A = {n: bus(4, n) for n in range(1, 11)}

# The references look like those of the world: nobody asks them.
for n in range(1, 6):
    Server(A[n], f"9.8.{n}.1", delay=0.001 * n)
Server(A[6], "9.8.6.1", delay=0.02)
Server(A[7], "9.8.7.1", offset=0.3)
Server(A[8], A[2])
Server(A[9], "9.8.9.1", silent=True)
Server(A[10], "71.80.83.0", stratum=1)

owner = {n: f"Operator {n}" for n in A} | {6: "OPERATOR 1"}
catalogue = lab.write("catalogue.yaml", "servers:\n" + "".join(
    f"- hostname: {A[n]}\n  AS: Unknown\n  stratum: Unknown\n"
    f"  owner: {owner[n]}\n  permission: open access\n" for n in A))

began = time.monotonic()
rc, found, by = survey(catalogue, "--want", "5")
took = time.monotonic() - began
lab.check(rc == 0, "survey of ten servers, five wanted: status 0",
          found.get("error", rc))
lab.check([s["address"] for s in found.get("chosen", [])]
          == [A[n] for n in range(1, 6)], "the five good ones are chosen",
          [s["address"] for s in found.get("chosen", [])])
for n, verdict, word in ((6, "same-voice", A[1]), (7, "wrong", "smeared"),
                         (8, "circular", A[2]), (9, "silent", "2 packets"),
                         (10, "stratum", "stratum 1")):
    s = by.get(A[n], {})
    lab.check(s.get("verdict") == verdict and word in s.get("why", ""),
              f"{A[n]} is refused: {verdict}", s.get("why"))
lab.check(max(asked.values()) == 4 and len(asked) == 10,
          "no server got more than four packets", dict(asked))
lab.check(asked[A[9]] == 2 and asked[A[10]] == 1,
          "the dead got two, the one that does not suit one")
lab.check(sum(asked.values()) == found.get("packets"),
          "it counts its packets right", found.get("packets"))
lab.check(took < 30, "it takes seconds", f"{took:.1f} s")
lab.check(not os.listdir(os.path.join(lab.dir, "state")),
          "a lab needs no ledger")

asked.clear()
rc, found, _ = survey(catalogue, "--want", "7")
lab.check(rc == 1 and len(found.get("chosen", [])) == 5,
          "seven wanted, five there: status 1", rc)
asked.clear()
rc, found, by = survey(catalogue, "--budget", "7")
lab.check(sum(asked.values()) <= 7 == found.get("packets"),
          "the budget of packets is kept", sum(asked.values()))
lab.check(any("budget" in s.get("why", "") for s in by.values()),
          "who was not asked because of it is told so")

rc, out = tool("survey", "--format", "conf", catalogue)
part = out[out.find("upstream:"):]
rc2, said = tool("check", lab.write("proposed.conf", part))
lab.check(rc == 0 and rc2 == 0 and "0 FAIL" in said,
          "--format conf is a configuration that check likes",
          said.splitlines()[-1:])

# Strangers: addresses of the world, in a world without a way out.
PUBLIC = ("9.9.9.1", "9.9.8.1", "9.9.7.1")
for address in PUBLIC:
    up.call(["ip", "addr", "add", address + "/32", "dev", "eth0"])
    gw.call(["ip", "route", "add", address + "/32", "dev", "eth0"])
Server(PUBLIC[0], "9.8.21.1")
Server(PUBLIC[1], "9.8.22.1")
Server(PUBLIC[2], "9.8.23.1", kiss=b"DENY")
asked.clear()
rc, out = tool("query", PUBLIC[0])
lab.check(rc == 0 and ("slow" in out or "fast" in out),
          "a stranger is asked once", out.splitlines()[:1])
rc, out = tool("query", PUBLIC[0])
lab.check(rc == 1 and "asked again in" in out and len(out.splitlines()) == 1,
          "a second question is refused, and when it may be asked",
          out.strip())
rc, out = tool("-j", "query", PUBLIC[0])
lab.check(rc == 1 and "asked again in" in json.loads(out)["why"],
          "in JSON, too")
many = [subprocess.Popen(
    gw.enter([lab.tool("ntpgate"), "query", PUBLIC[1]], USER),
    env={**os.environ, "XDG_STATE_HOME": os.path.join(lab.dir, "state")},
    stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) for _ in range(8)]
codes = sorted(p.wait(30) for p in many)
lab.check(codes == [0] + 7 * [1], "of eight at once one may ask", codes)
lab.check(asked == {PUBLIC[0]: 1, PUBLIC[1]: 1}, "one packet each",
          dict(asked))

both = lab.write("public.yaml", "".join(
    f"- {{hostname: {a}, owner: op {a}}}\n" for a in (*PUBLIC, A[1])))
lab.folder("other")
asked.clear()
rc, found, by = survey(both, "--want", "4", state="other")
lab.check(rc == 1 and asked[PUBLIC[0]] == 4 and asked[PUBLIC[1]] == 4
          and asked[PUBLIC[2]] == 1, "survey asks strangers four times",
          dict(asked))
lab.check(by.get(PUBLIC[2], {}).get("verdict") == "kiss",
          "but not after a kiss", by.get(PUBLIC[2], {}).get("why"))
rc, found, by = survey(both, "--want", "4", state="other")
rc, out = tool("query", PUBLIC[0], state="other")
lab.check(sum(asked[a] for a in PUBLIC) == 9, "and then not again",
          dict(asked))
lab.check(rc == 1 and "asked again in" in out
          and by.get(PUBLIC[0], {}).get("verdict") == "unasked"
          and asked[A[1]] == 8, "a lab server is, as often as one likes",
          by.get(PUBLIC[0], {}).get("why"))

asked.clear()
locked = lab.folder("locked", "root")
os.chmod(locked, 0o755)
rc, out = tool("query", PUBLIC[0], state="locked")
lab.check(rc == 1 and "ledger" in out and not asked,
          "no ledger, no question", out.strip())
rc, found, by = survey(both, "--want", "4", state="locked")
lab.check(list(asked) == [A[1]], "nor in a survey, but for the lab",
          by.get(PUBLIC[0], {}).get("why"))
lab.end()
