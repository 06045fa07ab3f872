# SPDX-License-Identifier: ISC
"""Two gateways: to their servers they are one client, to their clients one
time.  Each is killed, frozen, cut off and set up otherwise; what went over
the link between them is said again, bent and cut.  Intervals are those of a
lab: seconds."""

import contextlib
import ipaddress
import os
import random
import select
import signal
import socket
import struct
import sys
import threading
import time

import ntp
from lab import OFTEN, HERE, Gateway, Lab, bus, inside, ip, shown, voices

KEY = "7 AES128CMAC 00112233445566778899aabbccddeeff"
COUNT_S = 24  # packets of two and of one are counted so long
QUESTION = 48 + 1312 + 4 + 16  # header, field, MAC

lab = Lab()
rng = random.Random(5)
up = lab.host("up", 1)
NUMBERS = range(1, 6)
for n in NUMBERS[1:]:
    up.address(n)
SERVERS = [bus(4, n) for n in NUMBERS]
ARRIVALS = os.path.join(lab.dir, "arrivals")
up.start("servers", [sys.executable, os.path.join(HERE, "ntpserver.py"),
                     "--log", ARRIVALS, *SERVERS])
outside = lab.host("outside", 10)
eyes = outside.socket(4)
lab.until(lambda: ntp.ask(eyes, SERVERS[0], wait_s=0.2), 5)


def link(number):
    """The address of a gateway on the wire between the two."""
    return f"10.78.0.{number}", f"fd78::{number}"


def gateway(name, number, other=None):
    over = {}
    if other:
        four, six = link(other)
        keys = lab.write(name + ".keys", f"{KEY} {four} {six}\n", 0o600,
                         "nobody")
        over = {"keys": keys,
                "extra": f'sibling: {{ host = "{four}"; key = 7; }};'}
    return Gateway(lab, lab.host(name, 100 + number), voices(SERVERS),
                   name=name, poll=("1s", "4s"),
                   limit=OFTEN,
                   allow=["10.77.0.0/24", "10.78.0.0/24", "fd78::/64"],
                   **over)


gw1, gw2, lone = gateway("gw1", 1, 2), gateway("gw2", 2, 1), gateway("lone", 3)
PAIR = (gw1, gw2)
ip("link", "add", "link1", "netns", str(gw1.host.holder.pid), "type", "veth",
   "peer", "name", "link2", "netns", str(gw2.host.holder.pid))
for n, gw in enumerate(PAIR, 1):
    gw.host.call(["ip", "addr", "add", f"{link(n)[0]}/24", "dev", f"link{n}"])
    gw.host.call(["ip", "-6", "addr", "add", f"{link(n)[1]}/64", "dev",
                  f"link{n}", "nodad"])
    gw.host.call(["ip", "link", "set", f"link{n}", "up"])


# --- looking

def arrived(since, till, *gateways):
    """Packets of these at the servers between two instants."""
    whose = {bus(4, g.host.number) for g in gateways}
    with open(ARRIVALS) as f:
        lines = [line.split() for line in f]
    return sum(1 for t, _, who in lines
               if who in whose and since <= float(t) < till)


def turns(since):
    """Who asked the first server when."""
    with open(ARRIVALS) as f:
        return " ".join(f"{who[-1]}:{float(t) - since:.2f}" for t, asked, who
                        in map(str.split, f)
                        if asked == SERVERS[0] and float(t) > since)


def sibling(gw):
    return gw.ask("sibling").get("sibling") or {}


def is_(state, *gateways):
    return all(sibling(g).get("state") == state for g in gateways)


def said(gw, *command):
    """What it tells people, on one line."""
    _, out = gw.host.call([lab.tool("ntpgate"), "-s", gw.run_dir + "/control",
                           *command])
    return " ".join(out.split())


def line(gw):
    """What status says of the sibling."""
    return said(gw, "status").partition("Sibling")[2][:160]


def state(sentence, want, wait_s, *gateways):
    took = lab.until(lambda: is_(want, *gateways), wait_s, 0.2)
    lab.check(took is not None, sentence,
              f"{shown(took)}; " + " | ".join(line(g) for g in gateways))
    return took


class Watch:
    """Asks gateways from outside, until told to end: what clients see."""

    def __init__(self, *gateways):
        self.gateways, self.going = gateways, True
        self.worst, self.apart, self.outside = {}, [], 0
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        sock = outside.socket(4)
        while self.going:
            found = []
            for g in self.gateways:
                a = ntp.best(sock, bus(4, g.host.number), 6)
                if not a or a.leap == 3:
                    continue
                # delay of the wire, and what the gateway itself admits
                allowed = a.delay / 2 + a.root_delay / 2 + a.root_disp
                self.outside += abs(a.offset) > allowed
                self.worst[g.name] = max(self.worst.get(g.name, 0),
                                         abs(a.offset) - a.delay / 2)
                found.append(a)
            if len(found) == 2:
                # A busy machine wakes the asker late: that is no clock.
                one, two = found
                self.apart.append(abs(one.offset - two.offset)
                                  - max(0, one.delay + two.delay - 200e-6) / 2)
            time.sleep(0.1)

    def end(self, sentence, apart_s=None):
        self.going = False
        self.thread.join(10)
        lab.check(self.worst and not self.outside
                  and max(self.worst.values()) < 1e-3,
                  f"{sentence}: clients see no jump",
                  ", ".join(f"{k} {v * 1e6:.0f} us"
                            for k, v in self.worst.items()))
        if apart_s:
            worst = max(self.apart, default=9)
            lab.check(len(self.apart) > 5 and worst < apart_s,
                      f"{sentence}: the two are one time",
                      f"{worst * 1e6:.0f} us apart at most, "
                      f"{len(self.apart)} times compared")


# --- one begins, the other comes: turns

gw1.start()
lone.start()
lab.until(lambda: gw1.state() == lone.state() == "synced", 20, 0.2)
state("one is up, the other not yet", "unheard", 2, gw1)
lab.check("To do" in said(gw1, "sibling")
          and "since we began" in said(gw1, "sibling"),
          "sibling: what to do", said(gw1, "sibling")[:200])
gw2.start()
state("the other comes: paired", "paired", 10, *PAIR)
took = gw2.wait("synced", 15)
lab.check(took is not None, "and synchronised", shown(took))
time.sleep(6)
began = time.monotonic()
watch = Watch(*PAIR)
time.sleep(COUNT_S)
till = time.monotonic()
watch.end("two gateways", 100e-6)
pair, one = arrived(began, till, *PAIR), arrived(began, till, lone)
lab.check(0 < pair <= 1.1 * one,
          "packets of the pair are at most 1.1 times those of one alone",
          f"in {till - began:.0f} s: {pair} of the pair "
          f"({arrived(began, till, gw1)} + {arrived(began, till, gw2)}), "
          f"{one} of one alone: {pair / max(one, 1):.2f}; {turns(began)}")
b = sibling(gw1)
lab.check(b.get("taken", 0) > 10 and b.get("refused") == 0
          and not b.get("differs"), "samples are shared",
          f"{b.get('taken')} taken, {b.get('refused')} refused, "
          f"weight {b.get('weight')}, {b.get('drift_ppm')} ppm")
lab.check("server, last asked by" in said(gw1, "sibling"),
          "sibling: whose turn it is", said(gw1, "sibling")[:300])

# --- what went over the link, again, bent and cut

with inside(gw2.host.ns()):
    tap = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM,
                        socket.htons(0x0003))
    tap.bind(("link2", 0x0003))
    raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)


def heard(wait_s):
    """IPv4 UDP datagrams on the link: from, port, to, port, payload."""
    end = time.monotonic() + wait_s
    while select.select([tap], [], [], max(0, end - time.monotonic()))[0]:
        octets, _ = tap.recvfrom(4096)
        if octets[0] == 0x45 and octets[9] == 17:
            sport, dport = struct.unpack("!HH", octets[20:24])
            yield (str(ipaddress.ip_address(octets[12:16])), sport,
                   str(ipaddress.ip_address(octets[16:20])), dport,
                   octets[28:])


def send(source, to, octets):
    """From an address and port of another's; the kernel fills in the rest."""
    udp = struct.pack("!HHHH", source[1], to[1], 8 + len(octets), 0)
    head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 0, 0, 0, 64, 17, 0,
                       socket.inet_aton(source[0]), socket.inet_aton(to[0]))
    raw.sendto(head + udp + octets, (to[0], 0))


ONE, TWO = link(1)[0], link(2)[0]
talk = list(heard(4))
questions = [o for s, _, d, port, o in talk if s == TWO and port == 123]
answers = [o for s, port, d, _, o in talk if s == TWO and port == 123]
lab.check(len(questions) > 1 and len(answers) > 1, "the link is heard",
          f"{len(questions)} questions, {len(answers)} answers")
lab.check({len(o) for o in questions + answers} == {QUESTION},
          "question and answer have one length",
          {len(o) for o in questions + answers})


def bent(octets):
    """None of these is what was sent."""
    flipped = bytearray(octets)
    flipped[rng.randrange(len(octets))] ^= 1 << rng.randrange(8)
    yield bytes(flipped)
    yield octets[:rng.randrange(len(octets))]
    yield octets[:-20]
    yield octets + bytes(4 * rng.randrange(1, 20))
    yield octets[:-16] + os.urandom(16)
    yield octets[:50] + struct.pack("!H", 65532) + octets[52:]


def lengths(gw_number, octets, source):
    """Sends it to port 123 of a gateway; what came back, in octets."""
    send(source, (link(gw_number)[0], 123), octets)
    return sum(len(o) for s, port, d, back, o in heard(0.15)
               if port == 123 and (d, back) == source)


before = sibling(gw1)
more = [(o, k) for k in range(3) for o in bent(questions[0])]
back = {len(o): lengths(1, o, (TWO, 40000 + k)) for o, k in more}
lab.check(all(got <= sent for sent, got in back.items()),
          "a bent question brings back no more octets than it has",
          ", ".join(f"{s}: {g}" for s, g in sorted(back.items())))
third = outside.socket(4)
for o in (questions[0], *bent(questions[0])):
    third.sendto(o, (bus(4, 101), 123))
back = []
while select.select([third], [], [], 0.3)[0]:
    back.append(len(third.recv(4096)))
lab.check(all(n <= 52 for n in back),
          "who is not the sibling gets no word with its question", back)
for _ in range(40):
    send((TWO, 40100), (ONE, 123), questions[0])
began = time.monotonic()
asked = sum(1 for s, _, d, port, _ in heard(3) if s == ONE and port == 123)
lab.check(0 < asked <= 12, "its question, forty times again: it is asked in "
          "return four times a second at most",
          f"{asked} in {time.monotonic() - began:.0f} s")

# It stands still, so that questions to it stay open: they get what was
# answered before, from its own address.


def frozen(gw, sig):
    for pid in (gw.pid(), *roles[gw.name]):
        os.kill(pid, sig)


roles = {g.name: list(g.roles().values()) for g in PAIR}
began = time.monotonic()
watch = Watch(gw1)
frozen(gw2, signal.SIGSTOP)
sent = 0
for s, port, _, to, _ in heard(7):
    if s == ONE and to == 123:
        old = rng.choice(answers)
        for o in (old, *bent(old)):
            send((TWO, 123), (ONE, port), o)
            sent += 1
watch.end("the other stands still")
state("it stands still: unheard", "unheard", 4, gw1)
till = time.monotonic()
got = arrived(began, till, *PAIR)
lab.check(got <= (till - began) / 4 * 5 * 1.25 + 5,
          "who is left asks as often as one alone",
          f"{got} packets in {till - began:.0f} s, "
          f"{arrived(began, till, lone)} of one alone")
after = sibling(gw1)
told = sum(v for k, v in after["verdicts"].items() if k not in ("word",))
lab.check(sent > 6 and told > 6 and after["refused"] == before["refused"],
          "old answers, bent answers: refused and counted",
          f"{sent} sent, {after['verdicts']}")
frozen(gw2, signal.SIGCONT)
watch = Watch(*PAIR)
state("it goes on: paired", "paired", 10, *PAIR)
time.sleep(2)
watch.end("it goes on", 100e-6)

# --- killed, and started again

watch = Watch(*PAIR)
began = time.monotonic()
for pid in (gw2.pid(), *roles["gw2"]):
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
gw2.process.ended(30)
state("killed: unheard", "unheard", 8, gw1)
watch.end("the other is killed")
lab.check(gw1.state() == "synced", "and synchronised", gw1.state())
gw2.start()
watch = Watch(*PAIR)
state("started again: paired", "paired", 10, *PAIR)
took = gw2.wait("synced", 10)
lab.check(took is not None, "and synchronised", shown(took))
watch.end("started again")
time.sleep(2)
watch = Watch(*PAIR)
time.sleep(3)
watch.end("and a moment later", 100e-6)

# --- one wire of two, and none

for n, gw in ((2, gw1), (1, gw2)):
    four, six = link(n)
    gw.configure(extra=f'sibling: {{ host = "{four}"; also = ( "{six}" ); '
                 'key = 7; };')
    gw.process.send(signal.SIGHUP)
time.sleep(1)
gw1.host.call(["ip", "addr", "del", f"{TWO}/24", "dev", "link1"])
gw2.host.call(["ip", "addr", "del", f"{TWO}/24", "dev", "link2"])
took = lab.until(lambda: ":" in (sibling(gw1).get("address") or "")
                 and is_("paired", gw1), 12, 0.2)
lab.check(took is not None, "its first address is gone: heard over IPv6",
          f"{shown(took)}; {line(gw1)}")
gw2.host.call(["ip", "addr", "add", f"{TWO}/24", "dev", "link2"])
began = time.monotonic()
watch = Watch(*PAIR)
gw1.host.call(["ip", "link", "set", "link1", "down"])
state("the wire is cut: each alone", "unheard", 10, *PAIR)
time.sleep(3)
watch.end("the wire is cut", 200e-6)
till = time.monotonic()
pair = arrived(began, till, *PAIR)
lab.check(pair <= 2.2 * arrived(began, till, lone) + 10
          and gw1.state() == gw2.state() == "synced",
          "each asks as one alone, and stays synchronised",
          f"{pair} packets in {till - began:.0f} s, "
          f"{arrived(began, till, lone)} of one alone")
gw1.host.call(["ip", "link", "set", "link1", "up"])
gw1.host.call(["ip", "-6", "addr", "add", f"{link(1)[1]}/64", "dev", "link1",
               "nodad"])
state("and mended: paired", "paired", 12, *PAIR)

# --- set up otherwise

gw2.configure(poll=("1s", "3s"), day=900000)
gw2.process.send(signal.SIGHUP)
took = lab.until(lambda: all(sorted(sibling(g).get("differs", [])) ==
                             ["budget", "poll"] for g in PAIR), 8, 0.2)
lab.check(took is not None, "set up otherwise: both say what differs",
          f"{shown(took)}; {[sibling(g).get('differs') for g in PAIR]}")
lab.check(all("configurations differ: poll budget" in
              said(g, "sibling").replace(",", "") for g in PAIR),
          "sibling: the alarm", said(gw1, "sibling")[-300:])
lab.check(all(any("configured otherwise" in s and "upstream.poll" in s
                  for s in g.process.text().splitlines()) for g in PAIR),
          "and the log", [s for s in gw1.process.text().splitlines()
                          if "otherwise" in s][:1])
for g in PAIR:
    rc, _ = g.process.stop()
    lab.check(rc == 0, f"{g.name}: SIGTERM: exit status 0", rc)
lab.end()
