# SPDX-License-Identifier: ISC
"""The world: five real upstream servers, one of them half a second wrong,
and real clients inside, through a gateway that one loses server by server."""

import os
import re
import sys
import time

import ntp
from lab import OFTEN, HERE, STRANGERS, Gateway, Lab, bus, shown, voices

lab = Lab()
CHRONYD = os.path.join(STRANGERS, "usr/sbin/chronyd")
NTPD = os.path.join(STRANGERS, "usr/sbin/ntpd")
NTPDIG = os.path.join(STRANGERS, "usr/bin/ntpdig")
PYTHON = {"PYTHONPATH": os.path.join(
    STRANGERS, "usr/lib/python3/dist-packages")}


def chronyd(name, number, how):
    host = lab.host(name, number)
    conf = lab.write(name + ".conf", f"""
{how}
allow
cmdport 0
bindcmdaddress /
pidfile {lab.dir}/{name}.pid
""")
    return host.start(name, [CHRONYD, "-x", "-d", "-u", "root", "-f", conf])


def ntpd(name, number):
    host = lab.host(name, number)
    conf = lab.write(name + ".conf",
                     "disable ntp\ntos orphan 2 orphanwait 1\n"
                     "restrict default nomodify\n")
    return host.start(name, ["setpriv", "--bounding-set=-sys_time", NTPD,
                             "-n", "-c", conf, "-p", f"{lab.dir}/{name}.pid"])


def chronyd_query(host, address, *options):
    """The offset that Debian's chronyd finds, in s; None: it found none."""
    rc, out = host.call([CHRONYD, "-Q", "-t", "12", "-u", "root", "-f",
                         "/dev/null", f"server {address} iburst", "cmdport 0",
                         "bindcmdaddress /", "port 0",
                         f"pidfile {lab.dir}/query.pid", *options])
    m = re.search(r"wrong by (-?[0-9.]+) seconds", out)
    return float(m[1]) if rc == 0 and m else None


def ntpdig(host, address):
    rc, out = host.call([sys.executable, NTPDIG, "-t", "3", "-p", "4", address],
                        env=PYTHON)
    m = re.search(r"\) ([+-][0-9.]+) \+/- [0-9.]+ .* s(\d+)", out)
    return (float(m[1]), int(m[2])) if rc == 0 and m else (None, None)


# The liar has learned the wrong time from a server of its own.
wrong = lab.host("wrong", 50)
wrong.start("wrong", [sys.executable, os.path.join(HERE, "ntpserver.py"),
                      "--offset", "0.5", "--stratum", "1", bus(4, 50)])
up = {
    1: chronyd("chronyd1", 1, "local stratum 2"),
    2: chronyd("chronyd2", 2, "local stratum 2"),
    3: ntpd("ntpd3", 3),
    4: ntpd("ntpd4", 4),
    5: chronyd("liar", 5, f"server {bus(4, 50)} iburst minpoll 0 maxpoll 2"),
}
inside = lab.host("inside", 10)
eyes = inside.socket(4)
eyes6 = inside.socket(6)
gw_host = lab.host("gw", 100)
GW4, GW6 = bus(4, 100), bus(6, 100)
LIAR = bus(4, 5)


def ready(number):
    a = ntp.ask(eyes, bus(4, number), wait_s=0.3)
    return a and a.leap != 3 and a.stratum == 2


for n in up:
    lab.until(lambda n=n: ready(n), 30)
lies = {n: ntp.best(eyes, bus(4, n)) for n in up}
lab.check(all(lies.values()) and all(
    abs(a.offset - (0.5 if n == 5 else 0)) < 0.01 for n, a in lies.items()),
    "five upstream servers, one of them half a second wrong",
    " ".join(f"{n}:{a.offset:+.6f}s" for n, a in lies.items() if a))

# One of the five is asked over IPv6.
names = [bus(4, 1), bus(4, 2), bus(4, 3), bus(6, 4), LIAR]
gw = Gateway(lab, gw_host, voices(names), limit=OFTEN)
gw.start()
before = ntp.ask(eyes, GW4, wait_s=2)
lab.check(before is None or before.stratum == 16 and before.leap == 3
          or before.stratum == 3,
          "what it does not know yet it does not claim",
          before and f"stratum {before.stratum} refid {before.refid!r}")
lab.check(before is None or before.refid != b"INIT",
          "the reference id never says INIT")
took = gw.wait("synced", 30)
lab.check(took is not None and took < 15,
          "synchronised within 15 s of its start", shown(took))
if took is None:
    lab.end()
lab.until(lambda: gw.upstream(LIAR).get("state") == "falseticker", 10)
liar = gw.upstream(LIAR)
lab.check(liar.get("tally") == "x" and liar.get("state") == "falseticker",
          "the liar is named", liar.get("why"))
honest = [gw.upstream(n) for n in names[:4]]
lab.check(all(u.get("state") == "used" for u in honest),
          "the other four are used",
          "; ".join(f"{u.get('host')} {u.get('state')}" for u in honest))
status = gw.ask("status")
lab.check(status.get("stratum") == 3, "stratum 3", status.get("stratum"))
lab.check(status.get("error_bound_s", 9) < 0.005,
          "it states a bound", shown(status.get("error_bound_s")))

for family, sock, address in ((4, eyes, GW4), (6, eyes6, GW6)):
    a = ntp.best(sock, address)
    lab.check(a and a.leap == 0 and a.stratum == 3 and abs(a.offset) < 1e-3,
              f"IPv{family}: a client finds the true time to 1 ms",
              a and f"{shown(a.offset)}, stratum {a.stratum}")
    offset = chronyd_query(inside, address)
    lab.check(offset is not None and abs(offset) < 1e-3,
              f"IPv{family}: chronyd -Q agrees to 1 ms", shown(offset))
    offset, stratum = ntpdig(inside, address)
    lab.check(offset is not None and abs(offset) < 1e-3 and stratum == 3,
              f"IPv{family}: ntpdig agrees to 1 ms, sees stratum 3",
              f"{shown(offset)}, stratum {stratum}")

# Now take the servers away, the liar first.
for n in (5, 1, 3):
    up[n].stop()
    time.sleep(5)
    status = gw.ask("status")
    a = ntp.best(eyes, GW4)
    lab.check(status.get("state") == "synced" and a and a.stratum == 3
              and abs(a.offset) < 1e-3,
              f"{up[n].name} killed: synchronised still",
              f"{shown(a and a.offset)}, bound "
              f"{shown(status.get('error_bound_s'))}")
silent = gw.upstream(bus(4, 1))
lab.check("unanswered" in silent.get("why", ""), "a dead server is seen",
          silent.get("why"))
for n in (2, 4):
    up[n].stop()
took = gw.wait("holdover", 60)
lab.check(took is not None, "all killed: holdover", f"after {took:.1f} s" if took else "")
first = gw.ask("status")
time.sleep(6)
then = gw.ask("status")
lab.check(then.get("error_bound_s", 0) > first.get("error_bound_s", 9),
          "the bound grows",
          f"{shown(first.get('error_bound_s'))}, 6 s later "
          f"{shown(then.get('error_bound_s'))}")
a = ntp.best(eyes, GW4)
lab.check(a and a.leap == 0 and abs(a.offset) < 1e-3,
          "in holdover clients are still served",
          a and f"{shown(a.offset)}, dispersion {a.root_disp:.6f} s")
rc, _ = gw.process.stop()
lab.check(rc == 0, "SIGTERM: exit status 0", rc)
lab.end()
