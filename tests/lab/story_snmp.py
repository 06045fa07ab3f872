# SPDX-License-Identifier: ISC
"""SNMP: every object compared with what "ntpgate -j" says at that time, what
can be set, each notification, and a master agent that stops, dies and comes
back while time is served."""

import calendar
import json
import os
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import threading
import time

import ntp
from lab import HERE, OFTEN, SRC, USER, Gateway, Lab, bus, shown, voices

RFC, OWN = ".1.3.6.1.2.1.197", ".1.3.6.1.4.1.8072.9999.9999.123"
GW = bus(4, 100)


def last_of_month():
    """Noon of the last day of the next month."""
    year, month = time.gmtime()[:2]
    month += 2
    first = calendar.timegm((year + (month - 1) // 12, (month - 1) % 12 + 1, 1,
                             0, 0, 0))
    return first - 43200


# In this story it is the last day of a month, with a leap second to come.
AHEAD = last_of_month() - int(time.time())
lab = Lab()
up = lab.host("up", 1)
NUMBERS = range(1, 7)
A = {n: bus(4, n) for n in NUMBERS}
LIAR, NEW = 5, 6
for n in NUMBERS[1:]:
    up.address(n)
MOOD = lab.write("mood", "{}")
up.start("servers", [sys.executable, os.path.join(HERE, "ntpserver.py"),
                     "--offset", str(AHEAD), "--mood", MOOD]
         + [A[n] for n in NUMBERS if n != LIAR])
up.start("liar", [sys.executable, os.path.join(HERE, "ntpserver.py"),
                  "--offset", str(AHEAD + 0.5), A[LIAR]])
inside = lab.host("inside", 10)
home = lab.host("gw", 100)

os.makedirs(os.path.join(lab.dir, "agentx"))
os.makedirs(os.path.join(lab.dir, "persistent"))
SOCKET = os.path.join(lab.dir, "agentx", "master")
# The sample, at the lab's addresses, and somebody who may do everything.
with open(os.path.join(SRC, "deploy/snmp/snmpd.conf.sample")) as f:
    sample = f.read()
for was, is_ in (("/var/agentx/master", SOCKET),
                 ("root ntpgate", "root nogroup"),
                 ("udp:127.0.0.1:161", f"udp:{GW}:161"),
                 ("\ntrapsess ", "\ntrap2sink 127.0.0.1:162 public\n#"),
                 ("change this pass phrase", "authentication"),
                 ("and this one", "encryption")):
    assert was in sample, was
    sample = sample.replace(was, is_)
CONF = lab.write("snmpd.conf", sample + "rwcommunity private\n")
os.environ["SNMP_PERSISTENT_DIR"] = os.path.join(lab.dir, "persistent")
os.environ["SNMPCONFPATH"] = "/dev/null"
V2 = ["-v2c", "-c", "private"]
V3 = ["-v3", "-u", "watcher", "-l", "authPriv", "-a", "SHA-256",
      "-A", "authentication", "-x", "AES", "-X", "encryption"]


def snmpd():
    return home.start("snmpd", ["snmpd", "-f", "-Lo", "-C", "-c", CONF,
                                "-I", "-smux"])


def snmp(command, *argv, who=None, wait=1):
    rc, out = home.call([command, *(who or V2), "-On", "-m", "", "-t",
                         str(wait), "-r", "0", *argv])
    return out if rc == 0 else f"{rc}: {out}"


def walk(root, who=None):
    """{name: (type, value)} of a tree; texts are octets."""
    found = {}
    for line in re.sub(r"\n(?!\.1)", " ", snmp(
            "snmpwalk", "-Ox", "-Ot", GW, root, who=who)).splitlines():
        m = re.match(r'(\.[0-9.]+) = (?:([A-Za-z0-9-]+): )?(.*)$', line)
        if not m or "No " in m[3]:
            continue
        value = m[3].strip().strip('"')
        if m[2] == "Hex-STRING" or value == "":
            found[m[1]] = "Hex-STRING", bytes.fromhex(value)
        else:  # -Ot: ticks have no word
            found[m[1]] = m[2] or "Timeticks", int(value.split()[0])
    return found


def mode():
    return snmp("snmpget", GW, RFC + ".1.2.1.0")


def back(wait_s=8):
    """Until the tree can be read."""
    return lab.until(lambda: "INTEGER" in mode(), wait_s, 0.1)


# ---- what is told, as snmptrapd hears it

trapd = home.start("snmptrapd", ["snmptrapd", "-f", "-Lo", "-On", "-C", "-c",
                                 "/dev/null", "--disableAuthorization=yes",
                                 "-m", "", "udp:127.0.0.1:162"])


def told(name=f"({RFC}|{OWN})\\S+".replace(".", "\\.")):
    """The notifications of that name so far, each with its objects."""
    return [line for line in trapd.text().splitlines()
            if re.search(r"\.6\.3\.1\.1\.4\.1\.0 = OID: " + name + r"(\t|$)",
                         line)]


def expect(name, sentence, carries="", wait_s=6):
    """A notification of that name, which carries that."""
    took = lab.until(lambda: any(re.search(carries, line)
                                 for line in told(name.replace(".", "\\."))),
                     wait_s, 0.2)
    return lab.check(took is not None, sentence, shown(took))


os.makedirs(lab.tool("alone"))
shutil.copy(lab.tool("ntpgated"), lab.tool("alone"))
master = snmpd()
gw = Gateway(lab, home, voices(A[n] for n in range(1, 6)), limit=OFTEN,
             allow=["10.77.0.0/24"],
             extra=f'snmp: {{ agentx = "unix:{SOCKET}"; }};')
rc, out = home.call([lab.tool("alone/ntpgated"), "-t", "-c", gw.file])
lab.check(rc == 0 and "note: snmp.agentx: there is no program" in out,
          "without its program SNMP is a note, and all else is right",
          out.strip()[-90:])
gw.start()
lab.until(lambda: gw.roles().get("snmp"), 5, 0.05)
took = back()
lab.check(took is not None and "= INTEGER: 2" in mode(),
          "before it is synchronised, SNMP says so", shown(took))
if not lab.check(gw.wait("synced", 30) is not None, "synchronised"):
    lab.end()
expect(RFC + ".0.1", "ntpEntNotifModeChange: synchronised",
       r"\.197\.1\.2\.1\.0 = INTEGER: 6")
expect(RFC + ".0.2", "ntpEntNotifStratumChange", r"\.1\.2\.2\.0 = Gauge32: 3")
expect(RFC + ".0.3", "ntpEntNotifSyspeerChanged", r"our reference id names")
expect(OWN + ".0.3", "ntpgateNotifUpstreamFalseticker", A[LIAR])

# ---- every object of both trees against "ntpgate -j"

eyes = inside.socket(4)
for i in range(5):
    ntp.ask(eyes, GW)
for octets in (b"\x3b" + bytes(47), b"\x3b" + bytes(47), b"short"):
    eyes.sendto(octets, (GW, 123))


def gauge(value, tolerance=0):
    return "Gauge32", value, tolerance


def integer(value, tolerance=0):
    return "INTEGER", value, tolerance


def micro(value, tolerance=1000):
    """Seconds as microseconds; clocks move on between two looks."""
    return integer(lambda j: value(j) * 1e6, tolerance)


def count(value, kind="Counter32"):
    return kind, value, 0


def text(value):
    return "Hex-STRING", lambda j: value(j).encode(), None


def span(value, unit=" ms"):
    """A text: so many milliseconds, within one."""
    return "span" + unit, lambda j: value(j) * 1e3, 1


def s(j):
    return j["status"]


def of_upstreams(column):
    """The same for each row."""
    def rows(j):
        return {i + 1: u for i, u in enumerate(j["upstreams"]["upstreams"])}
    return lambda make: {
        f"{column}.{i}": make(lambda j, i=i: rows(j)[i])
        for i in range(1, 6)}


def account(j, host):
    return next(x for x in j["budget"]["servers"] if x["host"] == host)


def address(u):
    return socket.inet_aton(u["address"])


def heard(j):
    return sum(u["received"] for u in j["upstreams"]["upstreams"])


STATE = ["used", "falseticker", "leap-late", "silent", "waiting",
         "unresolved", "refused", "retired", "bad"]
NTP_TABLE = {
    # ntpEntInfo
    "1.1.0": text(lambda j: "ntpgated"),
    "1.2.0": ("Hex-STRING", None, None),
    "1.3.0": text(lambda j: "the ntpgate project"),
    "1.4.0": text(lambda j: f"{os.uname().sysname} {os.uname().release} / "
                  f"{os.uname().machine}"),
    "1.5.0": gauge(lambda j: 10**9),
    "1.6.0": integer(lambda j: -20, 11),
    "1.7.0": span(lambda j: s(j)["root_distance_s"]),
    # ntpEntStatus
    "2.1.0": integer(lambda j: 6),
    "2.2.0": gauge(lambda j: s(j)["stratum"]),
    "2.3.0": gauge(lambda j: 1 + [u["host"] for u in j["upstreams"][
        "upstreams"]].index(s(j)["source"])),
    "2.4.0": text(lambda j: s(j)["source"]),
    "2.5.0": span(lambda j: next(
        u["offset_s"] for u in j["upstreams"]["upstreams"]
        if u["host"] == s(j)["source"])),
    "2.6.0": gauge(lambda j: len(j["upstreams"]["upstreams"])),
    "2.7.0": span(lambda j: s(j)["root_dispersion_s"], ""),
    "2.8.0": ("Timeticks", lambda j: s(j)["uptime_s"] * 100, 20),
    "2.9.0": ("date", lambda j: j["now"], 0.2),
    "2.10.0": text(lambda j: ""),
    "2.11.0": integer(lambda j: 0),
    "2.12.0": count(lambda j: s(j)["serve"]["received"] + heard(j)),
    "2.13.0": count(lambda j: s(j)["serve"]["answered"]
                    + s(j)["upstream"]["sent_total"]),
    "2.14.0": count(lambda j: 2),
    "2.15.0": count(lambda j: 1),
    "2.16.0": count(lambda j: j["told"]),
    # ntpEntStatPktModeTable: what is sent and received as a client is ours
    **{f"2.17.1.{c}.{m}": count(lambda j: 0)
       for c in (2, 3) for m in range(1, 7)},
    "2.17.1.2.3": count(lambda j: s(j)["upstream"]["sent_total"]),
    "2.17.1.2.4": count(lambda j: s(j)["serve"]["answered"]),
    "2.17.1.3.3": count(lambda j: s(j)["serve"]["received"]),
    "2.17.1.3.4": count(heard),
    # ntpAssociationTable
    **of_upstreams("3.1.1.2")(lambda u: text(lambda j: u(j)["host"])),
    **of_upstreams("3.1.1.3")(lambda u: text(lambda j: "")),
    **of_upstreams("3.1.1.4")(lambda u: integer(lambda j: 1)),
    **of_upstreams("3.1.1.5")(lambda u: (
        "Hex-STRING", lambda j: address(u(j)), None)),
    **of_upstreams("3.1.1.6")(lambda u: span(lambda j: u(j)["offset_s"])),
    **of_upstreams("3.1.1.7")(lambda u: gauge(lambda j: u(j)["stratum"])),
    **of_upstreams("3.1.1.8")(lambda u: span(
        lambda j: u(j)["jitter_s"], "")),
    **of_upstreams("3.1.1.9")(lambda u: span(lambda j: u(j)["delay_s"], "")),
    **of_upstreams("3.1.1.10")(lambda u: span(
        lambda j: u(j)["root_dispersion_s"], "")),
    # ntpAssociationStatisticsTable
    **of_upstreams("3.2.1.1")(lambda u: count(lambda j: u(j)["received"])),
    **of_upstreams("3.2.1.2")(lambda u: count(lambda j: u(j)["sent"])),
    **of_upstreams("3.2.1.3")(lambda u: count(lambda j: 0)),
    # ntpEntControl
    "4.1.0": gauge(lambda j: 60),
    "4.2.0": ("Hex-STRING", lambda j: b"\x7f\x00", None),
}
U64 = "Counter64"
OWN_TABLE = {
    # ntpgateClock
    "1.1.0": text(lambda j: s(j)["name"]),
    "1.2.0": integer(lambda j: 2),
    "1.3.0": gauge(lambda j: s(j)["since_s"], 1),
    "1.4.0": gauge(lambda j: s(j)["stratum"]),
    "1.5.0": micro(lambda j: s(j)["offset_s"]),
    "1.6.0": micro(lambda j: s(j)["error_bound_s"]),
    "1.7.0": micro(lambda j: s(j)["root_delay_s"]),
    "1.8.0": micro(lambda j: s(j)["root_dispersion_s"]),
    "1.9.0": micro(lambda j: s(j)["root_distance_s"]),
    "1.10.0": integer(lambda j: s(j)["frequency_ppm"] * 1e3, 5000),
    "1.11.0": count(lambda j: s(j)["steps"]),
    "1.12.0": gauge(lambda j: s(j)["groups"]["answering"]),
    "1.13.0": gauge(lambda j: s(j)["groups"]["agreeing"]),
    "1.14.0": gauge(lambda j: s(j)["groups"]["losses"]),
    # ntpgateBudget
    "2.1.0": gauge(lambda j: s(j)["upstream"]["budget_day"]),
    "2.2.0": gauge(lambda j: s(j)["upstream"]["sent_hour"]),
    "2.3.0": gauge(lambda j: s(j)["upstream"]["sent_day"]),
    "2.4.0": count(lambda j: s(j)["upstream"]["sent_total"], U64),
    "2.5.0": gauge(lambda j: s(j)["upstream"]["left"]),
    "2.6.0": gauge(lambda j: 0),
    "2.7.0": gauge(lambda j: s(j)["upstream"]["interval_s"], 1),
    "2.8.0": integer(lambda j: 1),
    # ntpgateUpstreamTable
    **of_upstreams("3.1.1.2")(lambda u: text(lambda j: u(j)["host"])),
    **of_upstreams("3.1.1.3")(lambda u: integer(lambda j: 1)),
    **of_upstreams("3.1.1.4")(lambda u: (
        "Hex-STRING", lambda j: address(u(j)), None)),
    **of_upstreams("3.1.1.5")(lambda u: integer(
        lambda j: 1 + STATE.index(u(j)["state"]))),
    **of_upstreams("3.1.1.6")(lambda u: integer(
        lambda j: 1 if u(j)["host"] == s(j)["source"] else 2)),
    **of_upstreams("3.1.1.7")(lambda u: gauge(lambda j: u(j)["stratum"])),
    **of_upstreams("3.1.1.8")(lambda u: gauge(
        lambda j: u(j)["reach"], 255)),
    **of_upstreams("3.1.1.9")(lambda u: micro(lambda j: u(j)["offset_s"])),
    **of_upstreams("3.1.1.10")(lambda u: micro(lambda j: u(j)["delay_s"])),
    **of_upstreams("3.1.1.11")(lambda u: micro(
        lambda j: u(j)["jitter_s"])),
    **of_upstreams("3.1.1.12")(lambda u: micro(
        lambda j: u(j)["distance_s"])),
    **of_upstreams("3.1.1.13")(lambda u: integer(
        lambda j: u(j)["score"] * 100, 1)),
    **of_upstreams("3.1.1.14")(lambda u: count(lambda j: u(j)["sent"], U64)),
    **of_upstreams("3.1.1.15")(lambda u: count(
        lambda j: u(j)["received"], U64)),
    **of_upstreams("3.1.1.16")(lambda u: gauge(
        lambda j: account(j, u(j)["host"])["sent_day"])),
    **of_upstreams("3.1.1.17")(lambda u: gauge(lambda j: 0)),
    **of_upstreams("3.1.1.18")(lambda u: integer(lambda j: 2)),
    **of_upstreams("3.1.1.19")(lambda u: gauge(lambda j: u(j)["poll_s"], 1)),
    # ntpgateSibling: there is none
    "4.1.0": integer(lambda j: 1),
    "4.2.0": text(lambda j: ""),
    "4.3.0": gauge(lambda j: 2**32 - 1),
    "4.4.0": integer(lambda j: 2**31 - 1),
    "4.5.0": integer(lambda j: 2**31 - 1),
    "4.6.0": gauge(lambda j: 0),
    # ntpgateService
    "5.1.0": count(lambda j: s(j)["serve"]["received"], U64),
    "5.2.0": count(lambda j: s(j)["serve"]["answered"], U64),
    "5.3.0": count(lambda j: s(j)["serve"]["limited"], U64),
    "5.4.0": count(lambda j: s(j)["serve"]["kissed"], U64),
    "5.5.0": count(lambda j: s(j)["serve"]["denied"], U64),
    "5.6.0": count(lambda j: s(j)["serve"]["bad"], U64),
    "5.7.0": count(lambda j: 7 * 48 + 5, U64),
    "5.8.0": count(lambda j: 5 * 48, U64),
    "5.9.0": gauge(lambda j: s(j)["serve"]["clients"]),
    # ntpgateHosts: nobody misbehaves
    "6.1.0": gauge(lambda j: 0),
    "6.2.0": gauge(lambda j: 0),
}


def look():
    return {"now": time.time() + AHEAD, "told": len(told()), "status":
            gw.ask("status"), "upstreams": gw.ask("upstreams"),
            "budget": gw.ask("budget")}


def plain(kind, value):
    """As a number, or as octets."""
    if kind == "date":  # era, second of it, fraction: RFC 5905, section 6
        era, second, fraction = struct.unpack("!iIQ", value)
        return era * 2**32 + second + fraction / 2**64 - 2208988800
    if kind.startswith("span"):
        found = value.decode()
        assert found.endswith(kind[4:]), found
        return float(found.removesuffix(kind[4:] or "\0"))
    return value


def agrees(row, got, looks):
    """Within what was so before and after."""
    kind, value, tolerance = row
    wire = {"date": "Hex-STRING", "span": "Hex-STRING",
            "span ms": "Hex-STRING"}.get(kind, kind)
    if got[0] != wire:
        return False
    if value is None:
        return True
    want = [value(j) for j in looks]
    is_ = plain(kind, got[1])
    if tolerance is None:
        return is_ in want
    return min(want) - tolerance - 1e-9 <= is_ <= max(want) + tolerance + 1e-9


def compare(root, table, sentence):
    """The walk is of a world that is at most a second old."""
    first = look()
    time.sleep(1.1)
    got = walk(root + ".1")
    looks = first, look()
    want = {f"{root}.1.{k}": v for k, v in table.items()}
    bad = [f"{k} {got.get(k)} for {[v[1](j) for j in looks] if v[1] else v}"
           for k, v in want.items()
           if k not in got or not agrees(v, got[k], looks)]
    bad += [f"{k} {v} is not in the table" for k, v in got.items()
            if k not in want]
    lab.check(not bad, sentence, "; ".join(bad) or f"{len(want)} instances")
    return got


compare(RFC, NTP_TABLE, "every object of RFC 5907 says what ntpgate -j says")
compare(OWN, OWN_TABLE, "every object of our own MIB does")
began = time.monotonic()
lab.check(len(walk(RFC, V3)) == len(NTP_TABLE), "SNMPv3 sees the same",
          f"{len(NTP_TABLE)} objects in {time.monotonic() - began:.2f} s")
UPTIME = ".1.3.6.1.2.1.1.3.0"
lab.check("Timeticks" in snmp("snmpget", GW, UPTIME)
          and "No Such" in snmp("snmpget", GW, UPTIME, who=V3),
          "and nothing but our trees")
rc, out = home.call(["snmptable", *V2, "-m", "NTPGATE-MIB", "-M",
                     f"{SRC}/etc:{SRC}/tests/mib", "-Cb", GW,
                     "NTPGATE-MIB::ntpgateUpstreamTable"])
lab.check(rc == 0 and all(a in out for a in (A[1], A[LIAR]))
          and "falseticker" in out and "used" in out,
          "snmptable reads our MIB", len(out.splitlines()))

# ---- what can be set, and what cannot

INTERVAL, BITS = RFC + ".1.4.1.0", RFC + ".1.4.2.0"


def get(name):
    return snmp("snmpget", GW, name).strip().partition(" = ")[2]


for argv, error in (((INTERVAL, "i", "5"), "wrongType"),
                    ((BITS, "x", "0001"), "wrongValue"),
                    ((BITS, "i", "5"), "wrongType"),
                    ((INTERVAL, "a", "1.2.3.4"), "wrongType"),
                    ((RFC + ".1.2.2.0", "u", "1"), "notWritable"),
                    ((OWN + ".1.1.4.0", "u", "1"), "notWritable"),
                    ((INTERVAL, "u", "7", RFC + ".1.2.2.0", "u", "1"),
                     "notWritable")):
    answer = snmp("snmpset", GW, *argv)
    lab.check(error in answer and get(INTERVAL) == "Gauge32: 60",
              f"SET of {argv[0]} as {argv[1]} {argv[2]}: {error}",
              re.sub(r"\s+", " ", answer)[:60])
lab.check("no access" in snmp("snmpset", GW, INTERVAL, "u", "9",
                              who=V3).lower()
          or get(INTERVAL) == "Gauge32: 60", "SNMPv3's view is read only")
answer = snmp("snmpset", GW, INTERVAL, "u", "1", BITS, "x", "7f80")
lab.check(get(INTERVAL) == "Gauge32: 1" and "7F 80" in get(BITS),
          "heartbeat interval and bits are set at once", answer[:60])
expect(RFC + ".0.8", "ntpEntNotifHeartbeat, each second",
       r"\.1\.4\.1\.0 = Gauge32: 1")

SENT = RFC + ".1.2.16.0"
took = lab.until(lambda: get(SENT) == f"Counter32: {len(told())}", 3, 0.05)
lab.check(took is not None, "ntpEntStatusNotifications counts what snmptrapd "
          "received", get(SENT))

# ---- the agent dies: what was set stays, and counters go on

before = walk(RFC)
os.kill(gw.roles()["snmp"], signal.SIGKILL)
took = back()
after = walk(RFC)
COUNTERS = [k for k, v in before.items() if v[0] == "Counter32"
            and not k.endswith(".1.2.16.0")]
lab.check(took is not None and all(after[k][1] >= before[k][1]
                                   for k in COUNTERS),
          f"the agent is killed: {len(COUNTERS)} counters go on", shown(took))
lab.check(get(INTERVAL) == "Gauge32: 1" and "7F 80" in get(BITS),
          "and what was set is")
roles = gw.roles()

# ---- a master that stops, dies, and comes back


class Clients(threading.Thread):
    """Asks for the time; what it took, by what went on."""

    def __init__(self):
        super().__init__(daemon=True)
        self.now, self.took, self.lost = "before", {}, 0
        self.start()

    def run(self):
        sock = inside.socket(4)
        while self.now:
            at, began = self.now, time.monotonic()
            if ntp.ask(sock, GW, wait_s=0.5):
                self.took.setdefault(at, []).append(time.monotonic() - began)
            else:
                self.lost += 1
            time.sleep(0.005)

    def said(self, at):
        t = sorted(self.took[at])
        return (f"{at}: p50 {t[len(t) // 2] * 1e6:.0f} "
                f"p99 {t[len(t) * 99 // 100] * 1e6:.0f} "
                f"max {t[-1] * 1e6:.0f} us of {len(t)}")


attacker = up.socket(4)
stop = threading.Event()


def attack():
    """Answers that nobody asked for."""
    while not stop.wait(0.02):
        attacker.sendto(b"\x24" + bytes(47), (GW, 123))


clients = Clients()
time.sleep(1)
clients.now = "stopped"
master.send(signal.SIGSTOP)
time.sleep(4)
# Found in some seconds, and told once the master is back.
threading.Thread(target=attack, daemon=True).start()
time.sleep(2)
began = time.monotonic()
state = gw.state()
status_s = time.monotonic() - began
master.send(signal.SIGCONT)
took = back()
lab.check(state == "synced" and status_s < 0.5,
          "the master stands still: status answers at once", shown(status_s))
lab.check(took is not None and took < 5,
          "it goes on: the tree is back within 5 s", shown(took))
clients.now = "killed"
master.stop(signal.SIGKILL)
time.sleep(1)
master = snmpd()
took = back()
lab.check(took is not None and took < 5,
          "killed and started: the tree is back within 5 s", shown(took))
clients.now = "restarted"
master.stop()
master = snmpd()
took = back()
lab.check(took is not None and took < 5,
          "restarted: the tree is back within 5 s", shown(took))
clients.now = "after"
time.sleep(1)
clients.now = None
clients.join()
lab.check(clients.lost == 0 and gw.roles() == roles,
          "no request for time was lost, and no role died of it",
          "; ".join(clients.said(at) for at in ("before", "stopped", "killed",
                                                "restarted", "after")))

# ---- what happens is told

snmp("snmpset", GW, BITS, "x", "7f00")
with open(MOOD + ".new", "w") as f:
    json.dump({A[3]: [["DENY", ""]]}, f)
os.rename(MOOD + ".new", MOOD)
expect(OWN + ".0.2", "ntpgateNotifUpstreamRetired", A[3], 12)
midnight = (int(time.time()) + AHEAD) // 86400 * 86400 + 86400 + 2208988800
LEAP = lab.write("leap", f"#@ {midnight + 10**7}\n3692217600 37\n"
                 f"{midnight} 38\n")
gw.configure(servers=voices(A[n] for n in (1, 2, 4, 5, 6)),
             extra=gw.conf["extra"] + f'leap: {{ file = "{LEAP}"; }};')
agent = gw.roles()["snmp"]
os.kill(gw.pid(), signal.SIGHUP)
expect(RFC + ".0.4", "ntpEntNotifAddAssociation", A[NEW])
expect(RFC + ".0.5", "ntpEntNotifRemoveAssociation", A[3])
expect(RFC + ".0.6", "ntpEntNotifConfigChanged", "new configuration")
expect(RFC + ".0.7", "ntpEntNotifLeapSecondAnnounced", "a second more", 12)
lab.check(get(RFC + ".1.2.11.0") == "INTEGER: 1"
          and len(walk(RFC + ".1.2.10")[RFC + ".1.2.10.0"][1]) == 16,
          "ntpEntStatusLeapSecond is a date")
lab.check(gw.roles()["snmp"] == agent, "the agent lives through a reload")
expect(OWN + ".0.9", "ntpgateNotifAttackSuspected", "unasked=", 20)
stop.set()

SNMP = gw.conf["extra"]
gw.configure(extra="")
os.kill(gw.pid(), signal.SIGHUP)
off = lab.until(lambda: "snmp" not in gw.roles(), 3, 0.05)
gw.configure(extra=SNMP)
os.kill(gw.pid(), signal.SIGHUP)
took = back()
lab.check(off is not None and took is not None,
          "a reload ends it, another starts it",
          f"{shown(off)}, {shown(took)}")

# ---- the daemon starts again, and goes

sent = int(get(SENT).split()[-1])
rc, took = gw.process.stop()
lab.check(rc == 0 and took < 2, "stop takes no longer for it", shown(took))
gw.start()
back()
lab.check(get(INTERVAL) == "Gauge32: 1" and "7F 00" in get(BITS)
          and int(get(SENT).split()[-1]) >= sent,
          "another daemon knows what was set, and goes on counting")
master.send(signal.SIGSTOP)
time.sleep(3)
rc, took = gw.process.stop()
lab.check(rc == 0 and took < 2, "nor while the master stands still",
          shown(took))
master.send(signal.SIGCONT)

# ---- what takes too long to happen: the real agent, told what a desk tells


def names(path, kind):
    """An enum's numbers, as they stand in a header."""
    with open(os.path.join(SRC, path)) as header:
        body = re.search(rf"enum {kind} {{(.*?)}};", header.read(), re.S)[1]
    body = re.sub(r"/\*.*?\*/", "", body, flags=re.S)
    found, n = {}, 0
    for part in filter(None, map(str.strip, body.split(","))):
        name, _, value = part.partition(" = ")
        n = int(value) if value else n
        found[name] = n
        n += 1
    return found


EVENTS = names("include/core/event.h", "event_id")
MESSAGES = names("src/roles.h", "message")
desk, end = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
agent = subprocess.Popen(
    home.enter([lab.tool("ntpgated-snmp"), "-w", str(end.fileno()), "-a",
                f"unix:{SOCKET}", "-s", gw.state_dir, "-u", USER, "-o",
                "stderr", "-l", "6"]), pass_fds=[end.fileno()])
lab.check(back() is not None and "INTEGER: 1" in mode(),
          "an agent whose desk says nothing: not running")
lab.check("No Such Instance" in get(RFC + ".1.2.12.0"),
          "and what is not known is no zero", get(RFC + ".1.2.12.0"))
for number, name, event in (
        (1, "BudgetHigh", "EVENT_BUDGET_HIGH"),
        (4, "SiblingLost", "EVENT_SIBLING_LOST"),
        (5, "SiblingDropped", "EVENT_SIBLING_DROPPED"),
        (6, "Holdover", "EVENT_CLOCK_HOLDOVER"),
        (7, "Orphan", "EVENT_CLOCK_ORPHAN"),
        (8, "Panic", "EVENT_CLOCK_PANIC"),
        (10, "RogueFound", "EVENT_CLIENTS_ROGUE")):
    event = struct.pack("=i4xq256s", EVENTS[event], 0, f"as {name}".encode())
    desk.send(struct.pack("=II", MESSAGES["MESSAGE_EVENT"], len(event))
              + event)
    expect(f"{OWN}.0.{number}", f"ntpgateNotif{name}", f"as {name}")
desk.close()
end.close()
agent.send_signal(signal.SIGTERM)
lab.check(agent.wait(5) == 0, "it ends when it is asked to")
lab.check("Operation not permitted" not in gw.process.text(),
          "no system call was missing")
lab.end()
