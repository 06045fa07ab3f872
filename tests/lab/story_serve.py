# SPDX-License-Identifier: ISC
"""Serving: old versions, keys, and who is not answered at all."""

import os
import re
import signal
import sys

import ntp
from lab import HERE, STRANGERS, Gateway, Lab, bus, servers, shown, voices

SHA1 = "00112233445566778899aabbccddeeff00112233"
AES = "0123456789abcdef0123456789abcdef"
OTHER = "ffffffffffffffffffffffffffffffff"
CHRONYD = os.path.join(STRANGERS, "usr/sbin/chronyd")

lab = Lab()
up = servers(lab, 1, 4)
inside = lab.host("inside", 10)
stranger = lab.host("stranger", 0x66)
stranger.call(["ip", "addr", "add", "10.77.0.66/24", "dev", "eth0"])
keys = lab.write("keys", f"7 SHA1 {SHA1}\n"
                 f"9 AES128CMAC {AES} {bus(4, 10)}\n"
                 f"11 AES128CMAC {OTHER} {bus(4, 11)}\n", 0o600, "nobody")
gw = Gateway(lab, lab.host("gw", 100), voices(up), keys=keys)
GW = {4: bus(4, 100), 6: bus(6, 100)}
gw.start()
took = gw.wait("synced", 30)
if not lab.check(took is not None, "synchronised", shown(took)):
    print(gw.ask("upstreams"))
    lab.end()

for family in (4, 6):
    eyes = inside.socket(family)
    for version in (1, 2, 3, 4):
        a = ntp.ask(eyes, GW[family], ntp.request(version))
        lab.check(a and a.version == version and a.mode == 4
                  and a.stratum == 3 and a.length == 48,
                  f"IPv{family}: version {version} is answered in version "
                  f"{version}", a and f"version {a.version}, mode {a.mode}, "
                  f"{a.length} octets")
    # Version 1 has no mode: zero is a client's.
    a = ntp.ask(eyes, GW[family], ntp.request(1, 0))
    lab.check(a and a.version == 1, f"IPv{family}: version 1, mode 0")
    for version in (0, 5, 7):
        a = ntp.ask(eyes, GW[family], ntp.request(version), wait_s=0.3)
        lab.check(a is None, f"IPv{family}: version {version}: silence")
    for mode in (4, 5, 6, 7):
        a = ntp.ask(eyes, GW[family], ntp.request(4, mode), wait_s=0.3)
        lab.check(a is None, f"IPv{family}: mode {mode}: silence")

eyes = inside.socket(4)
a = ntp.ask(eyes, GW[4], ntp.request(3, key=(7, bytes.fromhex(SHA1))))
lab.check(a and a.length == 72, "version 3 with a SHA1 key: answered, signed",
          a and f"{a.length} octets")
a = ntp.ask(eyes, GW[4], ntp.request(3, key=(7, b"wrong")), wait_s=0.5)
lab.check(a is None, "a digest that does not fit: silence")
a = ntp.ask(eyes, GW[4], ntp.request(4, key=(8, b"?")), wait_s=0.5)
lab.check(a is None, "a key that nobody has: silence")


def chronyd(key_id, secret):
    """What chronyd -Q finds with this key; None: no answer."""
    path = lab.write("client.keys", f"{key_id} AES128 HEX:{secret}\n", 0o600)
    _, out = inside.call([
        CHRONYD, "-Q", "-t", "6", "-u", "root", "-f", "/dev/null",
        f"server {GW[4]} iburst maxsamples 1 key {key_id}", f"keyfile {path}",
        "cmdport 0", "bindcmdaddress /", "port 0",
        f"pidfile {lab.dir}/q.pid"])
    m = re.search(r"wrong by (-?[0-9.]+) seconds", out)
    return float(m[1]) if m else None


offset = chronyd(9, AES)
lab.check(offset is not None and abs(offset) < 1e-3,
          "chronyd with an AES-128-CMAC key: answered", shown(offset))
lab.check(chronyd(9, OTHER) is None, "chronyd with the wrong secret: not")
lab.check(chronyd(11, OTHER) is None,
          "with the right secret of another host: not")

for family, number in ((4, 66), (6, 0x66)):
    eyes = stranger.socket(family, number)
    a = ntp.ask(eyes, GW[family], wait_s=0.5)
    lab.check(a is None, f"IPv{family}: a host that is not allowed: silence")

# An address that arrives later answers too, and from itself.
gw.host.address(101)
for family in (4, 6):
    a = ntp.ask(inside.socket(family), bus(family, 101))
    lab.check(a and a.source == bus(family, 101),
              f"IPv{family}: the answer comes from the address asked",
              a and a.source)
serve = gw.ask("status").get("serve", {})
lab.check(serve.get("answered", 0) >= 12 and serve.get("denied", 0) >= 2
          and serve.get("bad", 0) >= 14, "all of it is counted", serve)


def client(number):
    """What is known of this host of the lab."""
    for c in gw.ask("clients").get("clients", []):
        if c["address"] == bus(4, number):
            return c
    return {}


def told(process, number):
    """Of what the log has told on a host: each word as often as it was."""
    return [w for flags in re.findall(
        f"host={re.escape(bus(4, number))} flags=([^:]*):", process.text())
        for w in flags.split(",")]


# Healthy ones, with iburst, are not limited; and all are known.
good = lab.host("good", 20)
chrony = good.start("chronyd", [
    CHRONYD, "-d", "-x", "-u", "root", "-f", lab.write(
        "chrony.conf", f"server {GW[4]} iburst minpoll 4\n"
        f"cmdport 0\nbindcmdaddress /\npidfile {lab.dir}/c.pid\n")])
took = lab.until(lambda: client(20).get("answered", 0) >= 5, 30)
c = client(20)
lab.check(took is not None and c["limited"] == 0 and not c["flags"],
          "chronyd with iburst: answered, not limited, not flagged", c)
c = client(66)
lab.check(c.get("denied", 0) >= 1 and c["answered"] == 0,
          "who is not allowed is known, too", c)

# Fifty daemons with made-up origins behind one address, deaf to kisses.
bad = lab.host("bad", 30)
flood = bad.start("flood", [
    sys.executable, os.path.join(HERE, "flood.py"), bus(4, 30), GW[4], "50",
    "10"])


def flagged():
    return [x for x in gw.ask("clients", "--flagged").get("clients", [])
            if x["address"] == bus(4, 30)]


took = lab.until(lambda: flagged() and
                 "many-daemons" in flagged()[0]["flags"], 60, 1)
c = client(30)
lab.check(took is not None, "a flood is flagged within a minute",
          shown(took))
lab.check(c["limited"] > c["answered"], "and limited",
          f"{c['limited']} of {c['requests']}")
lab.check(45 <= (c["clients"] or 0) <= 55, "its daemons are counted",
          c["clients"])
lab.check("bad-origin" in c["flags"], "as what it is", c["flags"])
took = lab.until(lambda: told(gw.process, 30), 90, 1)
lab.check(took is not None, "the log says so", shown(took))
others = [x for x in gw.ask("clients", "--flagged")["clients"]
          if x["address"] not in (bus(4, 30), bus(4, 10), bus(6, 10))]
lab.check(not others, "nobody else is", [x["address"] for x in others])
c = client(20)
lab.check(c["limited"] == 0, "chronyd meanwhile: not limited", c["requests"])
rc, text = gw.host.call([lab.tool("ntpgate"), "-s", gw.run_dir + "/control",
                         "report", bus(4, 30)])
lab.check(rc == 0 and "many-daemons" in text and "What helps" in text,
          "the report says what, and what helps")
print(text)
flood.stop()

# All of it survives a desk that dies, and a restart.
before, first = client(30)["requests"], gw.process
os.kill(gw.roles()["desk"], signal.SIGKILL)
gw.wait("synced", 10)
rc, took = gw.process.stop()
lab.check(rc == 0, "stops", f"{took:.1f} s")
gw.start()
gw.wait("synced", 30)
# Who asks while the sockets are not yet steered may be in two tables, with one
# request in each.
late = lab.host("late", 40).socket(4)
for _ in range(2):
    lab.until(lambda: ntp.ask(late, GW[4], ntp.request(1), wait_s=0.2), 10)
c = client(30)
lab.check(c.get("requests", 0) >= before * 0.99 and
          "many-daemons" in c.get("flags", []),
          "after a restart it is remembered", c.get("requests"))
lab.check("remembered clients=" in gw.process.text(), "and the log says so")
took = lab.until(lambda: told(gw.process, 40), 90, 1)
words = told(first, 30) + told(gw.process, 30)
lab.check(took is not None and len(words) == len(set(words)),
          "who becomes sick then is named; who was named is not named again",
          f"{shown(took)}, {words}")
lab.end()
