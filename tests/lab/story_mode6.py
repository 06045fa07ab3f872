# SPDX-License-Identifier: ISC
"""Mode 6: Debian's ntpq, ntpmon and check_ntp_peer see the gateway as they
see ntpd, and see what it says of itself; nobody else does."""

import os
import re
import signal
import struct
import sys
import time

import ntp
from lab import HERE, OFTEN, STRANGERS, Gateway, Lab, bus, servers, shown
from lab import voices

NTPQ = os.path.join(STRANGERS, "usr/bin/ntpq")
NTPMON = os.path.join(STRANGERS, "usr/bin/ntpmon")
CHECK = os.path.join(STRANGERS, "usr/lib/nagios/plugins/check_ntp_peer")
PYTHON = {"PYTHONPATH": os.path.join(STRANGERS,
                                     "usr/lib/python3/dist-packages"),
          "TERM": "xterm", "LINES": "50", "COLUMNS": "120"}
READSTAT, READVAR, WRITEVAR, READ_MRU, REQ_NONCE = 1, 2, 3, 10, 12

lab = Lab()
up = servers(lab, 1, 4)
liar = lab.host("liar", 9)
liar.start("liar", [sys.executable, os.path.join(HERE, "ntpserver.py"),
                    "--offset", "0.2", bus(4, 9)])
watch, other = lab.host("watch", 20), lab.host("other", 21)
MODE6 = f'mode6: {{ allow = ( "{bus(4, 20)}", "{bus(6, 20)}", "::1" ); }};'
gw = Gateway(lab, lab.host("gw", 100), voices([*up, bus(4, 9), bus(4, 8)]),
             limit=OFTEN, extra=MODE6)
# Nobody is where its servers should be.
dark = Gateway(lab, lab.host("dark", 101), voices(bus(4, n) for n in
                                                  range(30, 34)),
               name="dark", extra=MODE6)
GW, DARK = bus(4, 100), bus(4, 101)
gw.start()
dark.start()
took = gw.wait("synced", 30)
if not lab.check(took is not None, "synchronised", shown(took)):
    lab.end()
lab.until(lambda: gw.upstream(bus(4, 9)).get("tally") == "x", 10)


# ---- messages by hand

def message(op, association=0, data=b"", sequence=7):
    return struct.pack("!BBHHHHH", 4 << 3 | 6, op, sequence, 0, association, 0,
                       len(data)) + data + bytes(-len(data) % 4)


def ask(sock, octets, address=GW, wait_s=1.0):
    """The datagrams of the answer, and their data put together."""
    sock.settimeout(wait_s)
    sock.sendto(octets, (address, 123))
    got = []
    try:
        while not got or got[-1][1] & 0x20:
            got.append(sock.recv(4096))
    except TimeoutError:
        return [], b""
    return got, b"".join(g[12:12 + struct.unpack("!H", g[10:12])[0]]
                         for g in got)


eyes, stranger = watch.socket(4), other.socket(4)
got, data = ask(eyes, message(READVAR))
lab.check(got and max(map(len, got)) <= 480 and b"stratum=3" in data,
          "variables come in datagrams of 480 octets at most",
          f"{[len(g) for g in got]}")
bad = gw.ask("status")["serve"]["bad"]
got = [ask(stranger, message(op), wait_s=0.2)[0]
       for op in (READSTAT, READVAR, READ_MRU, REQ_NONCE, WRITEVAR)]
bad = gw.ask("status")["serve"]["bad"] - bad
lab.check(not any(got) and bad == 5,
          "who is not in mode6.allow gets nothing, and is counted", bad)
got, _ = ask(watch.socket(6), message(READSTAT), bus(6, 100))
lab.check(len(got) == 1, "IPv6, too")
got, _ = ask(eyes, message(WRITEVAR, data=b"leap=3"))
lab.check(got and got[0][1] == 0xc3 and got[0][4] == 7 and len(got[0]) == 12,
          "to write is prohibited, in 12 octets", got and got[0].hex())
got, _ = ask(eyes, message(READVAR, 77))
lab.check(got and got[0][1] & 0x40 and got[0][4] == 4,
          "an association that there is not is an error")
got, _ = ask(eyes, message(READ_MRU, data=b"nonce=00000000" + b"0" * 32
                           + b", frags=4"), wait_s=0.3)
lab.check(not got, "without a good nonce nobody is told who asked")

# ---- ntpq


def ntpq(*argv, host=watch, to=GW):
    return host.call([sys.executable, NTPQ, *argv, to], env=PYTHON,
                     timeout=20)


for host in (watch, other, other):
    ntp.ask(host.socket(4), GW)
    ntp.ask(host.socket(6), bus(6, 100))
rc, out = ntpq("-n", "-c", "peers", "-c", "associations", "-c", "rv", "-c",
               "mrulist")
lab.check(rc == 0 and "sys.peer" in out and "sync_ntp" in out
          and 'version="ntpgate' in out
          and all(re.search(rf"{bus(f, n)}$", out, re.M)
                  for f in (4, 6) for n in (20, 21)),
          "ntpq -c peers -c associations -c rv -c mrulist",
          f"{len(out.splitlines())} lines")

for command in ("as", "rv 1", "opeers", "lpeers", "rv &1 offset", "sysinfo"):
    rc, out = ntpq("-n", "-c", command)
    bad = rc or "***" in out or "Traceback" in out or len(out) < 15
    lab.check(not bad, f"ntpq -c {command!r}", out if bad else "")

# Each asks for many variables that are not there, one after the other.
began = time.monotonic()
rc, out = ntpq("-n", *(w for c in ("sysstats", "monstats", "iostats",
                                   "timerstats", "authinfo", "kerninfo",
                                   "sysinfo") for w in ("-c", c)))
took = time.monotonic() - began
lab.check(rc == 0 and "Traceback" not in out and took < 5,
          "all that ntpq counts in ntpd: a question mark, and no wait",
          shown(took))

# More than one answer can hold: 120 hosts, each an address of the same one.
other.call(["ip", "route", "add", "local", "10.77.0.128/25", "dev", "lo"])
for n in range(130, 250):
    with other.socket(4, n) as s:
        s.sendto(ntp.request(), (GW, 123))


def listed():
    """The hosts of the lab that mrulist tells."""
    _, text = ntpq("-n", "-c", "mrulist")
    return set(re.findall(r"10\.77\.0\.(\d+)$", text, re.M))


# A walk through the tables is good for a second, and longer if it took long.
took = lab.until(lambda: listed() >= {str(n) for n in range(130, 250)}, 20, 1)
lab.check(took is not None, "mrulist goes on until all are told",
          f"{len(listed())} hosts, {shown(took)}")


def columns():
    """What ntpq -p says of each, by its address."""
    _, text = ntpq("-n", "-p")
    found = {}
    for line in text.splitlines()[2:]:
        f = line[1:].split()
        if len(f) >= 10:
            found[f[0]] = {
                "tally": line[0], "refid": f[1], "stratum": int(f[2]),
                "reach": int(f[6], 8), "delay_s": float(f[7]) / 1e3,
                "offset_s": float(f[8]) / 1e3, "jitter_s": float(f[9]) / 1e3}
    return found


def differs(ours, theirs):
    """The columns of one in which ntpq and we are not of one mind."""
    wrong = []
    for key in ("tally", "reach", "stratum", "refid", "offset_s", "delay_s",
                "jitter_s"):
        a, b = ours.get(key), theirs.get(key)
        if isinstance(a, float) and isinstance(b, float):
            if abs(a - b) > 2e-6:
                wrong.append((key, a, b))
        elif a is not None and a != b:  # None: never heard
            wrong.append((key, a, b))
    return wrong


# Who was asked between the two looks at it is looked at again.
wrong, tries = {u: "not seen" for u in [*up, bus(4, 9), bus(4, 8)]}, 0
while wrong and tries < 15:
    tries += 1
    seen = columns()
    for u in gw.ask("upstreams").get("upstreams", []):
        host = u["host"]
        if host in wrong and host in seen:
            wrong[host] = differs(u, seen[host])
            if not wrong[host]:
                del wrong[host]
lab.check(not wrong, "ntpq -p has the columns of \"upstreams\"",
          wrong or f"{tries} looks")
rc, out = ntpq("-n", "-c", "rv 0 stratum,leap,offset")
lab.check(rc == 0 and "stratum=3" in out and "refid" not in out,
          "rv with names tells these", out.strip())
rc, out = ntpq("-n", "-c", "rv 0 nonsense")
lab.check("UNKNOWNVAR" in out, "one that there is not is an error",
          out.strip())

# ---- ntpmon: a screen, for as long as it takes to draw it

# All that ntpq asked has cost octets (mode6.h); who finds too few left is not
# answered and waits 5 s.  So long after they are all there again.
time.sleep(4)
screen = watch.start("ntpmon", ["env", *(f"{k}={v}" for k, v in
                                         PYTHON.items()),
                                "script", "-qfc",
                                f"{sys.executable} {NTPMON} -n {GW}",
                                "/dev/null"])
took = lab.until(lambda: "ntpgate" in screen.text()
                 and all(re.search(rf"{bus(4, n)}\D", screen.text())
                         for n in (1, 2, 3, 4, 9, 249)), 30)
lab.check(took is not None and screen.alive(),
          "ntpmon shows servers and hosts",
          f"{len(screen.text())} octets of screen in {shown(took)}")
screen.stop()

# ---- check_ntp_peer


def check_ntp_peer(*argv, to=GW):
    rc, text = watch.call([CHECK, "-H", to, *argv])
    return rc, text.strip()


rc, out = check_ntp_peer("-w", "1", "-c", "2", "-j", "100", "-k", "200",
                         "-W", "4", "-C", "6", "-m", "3:", "-n", "2:")
lab.check(rc == 0 and "NTP OK" in out and "stratum=2" in out
          and "truechimers=4" in out, "check_ntp_peer is content", out)
rc, out = check_ntp_peer("-w", "0.000000001", "-c", "2")
lab.check(rc == 1 and "WARNING" in out, "it warns of an offset", out)
rc, out = check_ntp_peer("-w", "1", "-c", "2", to=DARK)
lab.check(rc == 2 and "CRITICAL" in out and "synchronized" in out,
          "a gateway that does not know the time is critical", out)

# ---- a flood, and a desk that stands still

flood = watch.socket(4)
flood.setblocking(False)
plain = message(READVAR, 1)
asked, octets, lost, slow = 0, 0, 0, []
began = time.monotonic()
clock = other.socket(4)
while time.monotonic() - began < 2:
    for _ in range(50):
        flood.sendto(plain, (GW, 123))
        asked += 1
    a = ntp.ask(clock, GW)
    lost += a is None
    slow.append(a.delay if a else 1)
    try:
        while True:
            octets += len(flood.recv(4096))
    except BlockingIOError:
        pass
took = time.monotonic() - began
lab.check(octets <= 65536 + 16384 * (took + 1),
          "a flood without a nonce gets what the purse allows",
          f"{asked} requests of {len(plain)} octets, {octets} octets in "
          f"{took:.1f} s")
slow.sort()
lab.check(lost == 0 and slow[len(slow) * 99 // 100] < 0.05,
          "meanwhile who asks for time gets it", f"{len(slow)} asked, 99 % in "
          f"{slow[len(slow) * 99 // 100] * 1e6:.0f} us")
desk = gw.roles()["desk"]
os.kill(desk, signal.SIGSTOP)
got, _ = ask(watch.socket(4), message(READSTAT), wait_s=0.5)
answers = [ntp.ask(clock, GW) for _ in range(20)]
began = time.monotonic()
while time.monotonic() - began < 2.5:
    flood.sendto(message(WRITEVAR), (GW, 123))
    time.sleep(0.001)
_, out = gw.host.call(["ss", "-xaHn"])
waiting = max(int(line.split()[2]) for line in out.splitlines())
os.kill(desk, signal.SIGCONT)
lab.check(not got and all(answers),
          "a desk that stands still is silence, and time goes on")
lab.check(0 < waiting <= 256 * 1024,
          "what waits for it leaves room for events",
          f"{waiting} octets")
took = lab.until(lambda: ask(watch.socket(4), message(READSTAT))[0], 10)
lab.check(took is not None, "and answers again", shown(took))

# ---- a reload

gw.configure(extra=f'mode6: {{ allow = ( "{bus(4, 21)}" ); }};')
gw.process.send(signal.SIGHUP)
took = lab.until(lambda: ask(stranger, message(READSTAT), wait_s=0.3)[0], 10)
got, _ = ask(eyes, message(READSTAT), wait_s=0.3)
lab.check(took is not None and not got, "a reload says who may ask from now",
          shown(took))
lab.end()
