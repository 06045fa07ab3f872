# SPDX-License-Identifier: ISC
"""A hundred thousand random and damaged packets at the server's port, and
as many in replies: still alive, still right, and no reply ever longer than
its request."""

import os
import random
import select
import time

import ntp
from lab import OFTEN, Gateway, Lab, bus, servers, shown, voices

# LAB_LONG=1: the million; takes some minutes.
PACKETS = 1_000_000 if os.environ.get("LAB_LONG") else 100_000
AT_ONCE = 50
MAD = PACKETS // 40  # bad replies to a question

lab = Lab()
up = servers(lab, 1, 3)
mad = servers(lab, 20, 1, "--mad", str(MAD)) + servers(
    lab, 30, 1, "--mad", str(MAD))
inside = lab.host("inside", 10)
gw = Gateway(lab, lab.host("gw", 100), voices(up + mad), limit=OFTEN)
gw.start()
took = gw.wait("synced", 30)
if not lab.check(took is not None, "synchronised", shown(took)):
    lab.end()
roles = gw.roles()

seed = time.time_ns() & 0xffffffff
rng = random.Random(seed)
print("seed", seed)


def packet():
    """A request with a few octets changed, cut or grown; or nothing like
    one.  The cookie stays ours, so that an answer finds its question."""
    kind = rng.randrange(8)
    if kind == 0:
        return rng.randbytes(rng.randrange(0, 1200))
    octets = bytearray(ntp.request(rng.randrange(8), rng.choice((1, 3, 3, 3)),
                                   rng.randbytes(8)))
    if kind > 2:
        for _ in range(rng.randrange(6)):
            octets[rng.randrange(48)] = rng.randrange(256)
    if kind > 4:  # fields, MACs and what is neither
        octets += rng.randbytes(rng.choice((4, 12, 16, 20, 24, 28, 40, 200)))
    if kind == 6:
        octets[48:52] = bytes((rng.randrange(256), rng.randrange(256), 0,
                               rng.choice((0, 4, 16, 20, 24, 28, 255))))
    if kind == 7:
        del octets[rng.randrange(len(octets)):]
    return bytes(octets)


sock = inside.socket(4)
asked, answers, longest, long_replies, unasked = {}, 0, 0, 0, 0


def drain(wait_s):
    global answers, longest, long_replies, unasked
    while select.select([sock], [], [], wait_s)[0]:
        reply = sock.recv(4096)
        size = asked.get(reply[24:32])
        answers += 1
        longest = max(longest, len(reply))
        unasked += size is None
        long_replies += size is not None and len(reply) > size


for i in range(PACKETS):
    octets = packet()
    cookie = octets[40:48]
    asked[cookie] = min(len(octets), asked.get(cookie, 9999))
    sock.sendto(octets, (bus(4, 100), 123))
    if i % AT_ONCE == 0:
        drain(0)
drain(0.5)
lab.check(answers > PACKETS / 10, "what was a request is answered",
          f"{answers} of {PACKETS} packets")
lab.check(long_replies == 0 and unasked == 0,
          "no reply is longer than its request",
          f"longest {longest} octets, {long_replies} too long, "
          f"{unasked} unasked")
lab.check(gw.process.alive() and gw.roles() == roles,
          "every process is alive", gw.roles())


def questions():
    return sum(gw.upstream(host).get("sent", 0) for host in mad)


lab.until(lambda: questions() > 40, 300, 1)
sent = questions()
status = gw.ask("status")
a = ntp.best(sock, bus(4, 100))
lab.check(sent > 40 and gw.process.alive() and gw.roles() == roles,
          f"two servers send {MAD} bad replies before each good one: alive",
          f"{sent * MAD} bad replies")
lab.check(status.get("state") == "synced" and a and a.leap == 0
          and abs(a.offset) < 1e-3, "and right", shown(a and a.offset))
rc, _ = gw.process.stop()
lab.check(rc == 0, "SIGTERM: exit status 0", rc)
lab.end()
