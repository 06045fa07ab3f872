# SPDX-License-Identifier: ISC
"""Kisses of death: obeyed, remembered and shown when they are true, counted
when they are forged; who does not want us is left alone, a spare takes his
place, and the operator can take him back."""

import json
import os
import signal
import subprocess
import sys
import time

from lab import HERE, STRANGERS, Gateway, Lab, bus, shown, voices
from lab import servers as honest

CHRONYD = os.path.join(STRANGERS, "usr/sbin/chronyd")
NTPD = os.path.join(STRANGERS, "usr/sbin/ntpd")

lab = Lab()
up = lab.host("up", 1)
N = range(1, 8)
A = {n: bus(4, n) for n in N}
for n in N[1:]:
    up.address(n)
ARRIVALS = os.path.join(lab.dir, "arrivals")
MOOD = os.path.join(lab.dir, "mood")
moods = {}


def mood(**new):
    """m3=[["RATE", ""]]: what server 3 answers from now on."""
    moods.update({A[int(k[1:])]: v for k, v in new.items()})
    with open(MOOD + ".new", "w") as f:
        json.dump(moods, f)
    os.rename(MOOD + ".new", MOOD)


def arrived(n, since=0.0):
    """The instants at which server n was asked."""
    with open(ARRIVALS) as f:
        lines = [line.split() for line in f]
    return [float(t) for t, to, _ in lines if to == A[n] and float(t) > since]


mood()
up.start("servers", [sys.executable, os.path.join(HERE, "ntpserver.py"),
                     "--log", ARRIVALS, "--mood", MOOD, *A.values()])

# --- real ones, at the same time as the made ones


def stranger(name, number, argv, text):
    h = lab.host(name, number)
    conf = lab.write(name + ".conf", text)
    h.start(name, [a.format(conf=conf, dir=lab.dir) for a in argv])
    return bus(4, number)


def kissing_chronyd():
    """Debian 12's only drops what comes too fast; 4.7 says so."""
    for words in ("kod 0", ""):
        line = f"ratelimit interval 5 burst 2 leak 4 {words}\n"
        conf = lab.write("try.conf", line)
        if subprocess.run([CHRONYD, "-p", "-f", conf], capture_output=True,
                          check=False).returncode == 0:
            return line, words != ""
    return "", False


limit, chronyd_kisses = kissing_chronyd()
chronyd = stranger("chronyd", 50, [CHRONYD, "-x", "-d", "-u", "root", "-f",
                                   "{conf}"], f"""
local stratum 2
allow
{limit}
cmdport 0
bindcmdaddress /
pidfile {lab.dir}/chronyd.pid
""")
ntpd = stranger("ntpd", 51, ["setpriv", "--bounding-set=-sys_time", NTPD, "-n",
                             "-c", "{conf}", "-p", "{dir}/ntpd.pid"], """
disable ntp
tos orphan 2 orphanwait 1
restrict default limited kod nomodify
limit average 0.1 burst 3 kod 1
""")
others = honest(lab, 60, 4)
real = Gateway(lab, lab.host("real", 101), voices([*others, chronyd, ntpd]),
               name="real", poll=("1s", "1s"))
real.start()

gw = Gateway(lab, lab.host("gw", 100), voices([A[n] for n in range(1, 7)]),
             spares=voices([A[7]]), poll=("1s", "2s"))
gw.start()
took = gw.wait("synced", 30)
if not lab.check(took is not None, "synchronised", shown(took)):
    lab.end()


def account(host, gateway=gw):
    """What `budget` and `upstreams` say of it."""
    found = {}
    for u in gateway.ask("budget").get("servers", []):
        if u["host"] == host:
            found.update(u)
    return {**gateway.upstream(host), **found}


# --- forged, unknown, and RATE

mood(m1=[["RATE", "origin"], ["DENY", "zero"], ["RSTR", "port"],
         ["DENY", "address"], ["DENY", "origin"], ["", ""]],
     m2=[["XXXX", ""]], m3=[["RATE", ""]])
began = time.monotonic()
time.sleep(16)
u = account(A[1])
lab.check(u.get("kisses") == 0 and u.get("state") == "used"
          and not u.get("retired"), "forged kisses change nothing", u.get("why"))
lab.check(u.get("verdicts", {}).get("zero origin", 0) > 3
          and u.get("verdicts", {}).get("unasked", 0) > 3,
          "they are counted", u.get("verdicts"))
u = account(A[2])
lab.check(u.get("kisses") == 0 and u.get("floor_s", 9) <= 1
          and not u.get("retired"), "an unknown kiss moves nothing",
          u.get("why"))
u, asked, calm = account(A[3]), arrived(3, began), arrived(4, began)
lab.check(u.get("kiss") == "RATE" and u.get("floor_s", 0) >= 8,
          "RATE doubles the time between two questions",
          f"{u.get('floor_s')} s after {u.get('kisses')} kisses")
gaps = [b - a for a, b in zip(asked, asked[1:])]
lab.check(2 <= len(asked) <= 5 < len(calm)
          and all(b > 1.5 * a for a, b in zip(gaps, gaps[1:])),
          "and is obeyed", f"{[round(g, 1) for g in gaps]} s apart, another "
          f"was asked {len(calm)} times")

# --- DENY and RSTR

mood(m2=[["", ""]], m3=[["", ""]], m5=[["DENY", ""]])
took = lab.until(lambda: arrived(7), 20)
denied = arrived(5, began)
lab.check(took is not None and account(A[5]).get("retired", True),
          "twice denied: a spare takes over", shown(took))
refusals = [t for t in denied if t > arrived(7)[0] - 6] if took else []
lab.check(took is not None and refusals
          and arrived(7)[0] - refusals[-1] < 3,
          "within one interval",
          shown(arrived(7)[0] - refusals[-1]) if refusals else "")
mood(m6=[["RSTR", ""]])
took = lab.until(lambda: account(A[6]).get("retired"), 20)
lab.check(took is not None, "and who says RSTR twice is left alone, too",
          shown(took))
quiet = time.monotonic()
words = gw.process.text()
lab.check(f"{A[7]} takes the place of {A[5]}" in words
          and words.count("state=retired") == 2, "it is said",
          [s for s in words.splitlines() if "retired" in s][:1])
before = account(A[3])
lab.check(gw.state() == "synced", "synchronised all the while", gw.state())

# --- a restart changes none of it

gw.process.stop(signal.SIGKILL)
gw.start()
gw.wait("synced", 20)
time.sleep(6)
u = account(A[3])
lab.check(u.get("kiss") == "RATE" and u.get("kisses", 0) >= before["kisses"]
          and u.get("floor_s", 0) >= before["floor_s"],
          "killed and started again: RATE is remembered",
          f"{u.get('floor_s')} s after {u.get('kisses')} kisses")
lab.check(not arrived(5, quiet) and not arrived(6, quiet),
          "and no packet goes to who denied us",
          f"in {time.monotonic() - quiet:.0f} s")
lab.check(len(arrived(7, quiet)) > 1 and gw.upstream(A[7]),
          "the spare still stands in", gw.upstream(A[7]).get("why"))
spares = {s["host"]: s for s in gw.ask("upstreams").get("spares", [])}
lab.check(spares.get(A[5], {}).get("retired") is True,
          "the retired one is shown", spares.get(A[5], {}).get("why"))

# --- the operator takes one back

mood(m5=[["", ""]])


def tool(*words):
    return gw.host.call([lab.tool("ntpgate"), "-s", gw.run_dir + "/control",
                         *words])


rc, out = tool("upstreams", "revive", A[4], "--yes")
lab.check(rc == 1 and not arrived(5, quiet), "who is not retired is not "
          "revived", f"{rc}: {out.strip()}")
rc, out = tool("upstreams", "revive", A[5], "--yes")
lab.check(rc == 0, "ntpgate upstreams revive", f"{rc}: {out.strip()}")
took = lab.until(lambda: arrived(5, quiet), 10)
lab.check(took is not None, "he is asked again", shown(took))
took = lab.until(lambda: gw.upstream(A[5]).get("state") == "used", 15)
lab.check(took is not None, "and used", gw.upstream(A[5]).get("why"))
gone = time.monotonic()
time.sleep(4)
lab.check(not arrived(7, gone), "the spare is a spare again")
lab.check("taken back by the operator" in gw.process.text(),
          "a line in the log says who did it")

# --- what the real ones made of it

u = account(ntpd, real)
lab.check(u.get("kiss") == "RATE" and u.get("floor_s", 0) >= 4,
          "NTPsec's ntpd says RATE, and is asked more rarely",
          f"{u.get('kisses')} kisses, floor {u.get('floor_s')} s")
u = account(chronyd, real)
asked = account(others[0], real).get("sent", 0)
lab.check(u.get("sent", asked) < asked / 2 if not chronyd_kisses
          else u.get("kiss") == "RATE",
          "chronyd kisses, and is asked more rarely" if chronyd_kisses else
          "chronyd drops what comes too fast, and is asked more rarely",
          f"{u.get('sent')} packets of {asked}, {u.get('kisses')} kisses")
lab.check(real.state() == "synced", "synchronised by the others",
          real.state())
for g in (gw, real):
    rc, _ = g.process.stop()
    lab.check(rc == 0, "exit status 0", rc)
lab.end()
