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

import mib
import ntp
from lab import (HERE, OFTEN, SRC, USER, Gateway, Lab, bus, libc, shown,
                 voices)
from mib import OWN, RFC
from watcher import Watcher

GW = bus(4, 100)
PIDFD_GETFD = 438
TICKS = os.sysconf("SC_CLK_TCK")


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

nms = Watcher(lab, home)
told, expect = nms.told, nms.expect
V2 = ["-v2c", "-c", "private"]
V3 = ["-v3", "-u", "watcher", "-l", "authPriv", "-a", "SHA-256",
      "-A", "authentication", "-x", "AES", "-X", "encryption"]


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


MESSAGES = names("src/roles.h", "message")


os.makedirs(lab.tool("alone"))
shutil.copy(lab.tool("ntpgated"), lab.tool("alone"))
master = nms.snmpd()
gw = Gateway(lab, home, voices(A[n] for n in range(1, 6)), limit=OFTEN,
             allow=["10.77.0.0/24"],
             extra=f'snmp: {{ agentx = "unix:{nms.socket}"; }};')
rc, out = home.call([lab.tool("alone/ntpgated"), "-t", "-c", gw.file])
lab.check(rc == 0 and "note: snmp.agentx: there is no program" in out,
          "without its program SNMP is a note, and all else is right",
          out.strip()[-90:])
gw.start()
lab.until(lambda: gw.roles().get("snmp"), 5, 0.05)
took = back()
lab.check(took is not None and "= INTEGER: 2" in mode(),
          "before it is synchronised, SNMP says so", shown(took))
expect(RFC + ".0.1", "ntpEntNotifModeChange: it starts",
       r"\.197\.1\.2\.1\.0 = INTEGER: 2")
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


def look():
    return {"now": time.time() + AHEAD, "told": len(told()), "status":
            gw.ask("status"), "upstreams": gw.ask("upstreams"),
            "budget": gw.ask("budget")}


def compare(root, table, sentence):
    """The walk is of a world that is at most a second old; on a machine with
    much else to do a sample may come and go between two looks."""
    bad = got = None
    for _ in range(3):
        first = look()
        time.sleep(1.1)
        got = walk(root + ".1")
        bad = mib.differences(root, table, got, (first, look()))
        if not bad:
            break
    lab.check(not bad, sentence, "; ".join(bad) or f"{len(got)} instances")


compare(RFC, mib.NTP_TABLE,
        "every object of RFC 5907 says what ntpgate -j says")
compare(OWN, mib.OWN_TABLE, "every object of our own MIB does")
began = time.monotonic()
lab.check(len(walk(RFC, V3)) == len(mib.NTP_TABLE), "SNMPv3 sees the same",
          f"{len(mib.NTP_TABLE)} objects in {time.monotonic() - began:.2f} s")
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

# ---- what it may do, and whom it could hurt


def of_process(pid, what):
    with open(f"/proc/{pid}/{what}") as f:
        return f.read()


roles = gw.roles()
status = dict(line.split(":\t", 1) for line in
              of_process(roles["snmp"], "status").splitlines())
nice = int(of_process(roles["snmp"], "stat").rpartition(")")[2].split()[16])
lab.check(nice == 10 and int(status["CapEff"], 16) == 0
          and status["NoNewPrivs"] == "1" and status["Seccomp"] == "2"
          and status["Uid"].split()[0] != "0",
          "it has no right and a list of system calls, and is niced",
          f"nice {nice}, uid {status['Uid'].split()[0]}")
lab.check("netsnmp" in of_process(roles["snmp"], "maps")
          and not any("netsnmp" in of_process(p, "maps") for p in
                      (gw.pid(), roles["engine"], roles["desk"])),
          "net-snmp is in no process that keeps time")


def wire_of(pid):
    """Its end of the wire to the desk, as ours."""
    argv = of_process(pid, "cmdline").split("\0")
    holder = os.pidfd_open(pid)
    fd = libc.syscall(PIDFD_GETFD, holder, int(argv[argv.index("-w") + 1]), 0)
    os.close(holder)
    return socket.socket(fileno=fd)


def worked(*pids):
    """Seconds of the processor so far."""
    return sum(sum(map(int, of_process(p, "stat").rpartition(")")[2]
                       .split()[11:13])) for p in pids) / TICKS


class Flood(threading.Thread):
    """Asks the desk without end, and reads nothing."""

    def __init__(self, wire):
        super().__init__(daemon=True)
        self.wire, self.stop, self.sent = wire, False, 0
        self.start()

    def run(self):
        question = struct.pack("=II", MESSAGES["MESSAGE_WATCH"], 0)
        while not self.stop:
            try:
                self.wire.send(question)
                self.sent += 1
            except BlockingIOError:
                time.sleep(0.0001)


def date():
    """How far off ntpEntStatusDateTime is."""
    found = walk(RFC + ".1.2.9").get(RFC + ".1.2.9.0")
    return found and mib.plain("date", found[1]) - time.time() - AHEAD


os.kill(roles["snmp"], signal.SIGSTOP)
flood = Flood(wire_of(roles["snmp"]))
began, before = time.monotonic(), worked(roles["desk"], roles["engine"])
time.sleep(3)
status_began = time.monotonic()
state = gw.state()
status_s = time.monotonic() - status_began
load = (worked(roles["desk"], roles["engine"]) - before) / (
    time.monotonic() - began)
flood.stop = True
flood.join()
flood.wire.close()
os.kill(roles["snmp"], signal.SIGCONT)
lab.check(state == "synced" and status_s < 1.5 and load < 0.3,
          "it stands still, and asks without end: the desk takes it easy",
          f"{flood.sent} questions, {shown(status_s)}, {load:.2f} of a CPU")
off = date()
lab.check(off is not None and abs(off) < 0.5,
          "what it is told late is not taken for new", shown(off))
lab.check(back() is not None and gw.roles() == roles, "and it goes on")

# ---- the agent dies: what was set stays, and counters go on

before = walk(RFC)
os.kill(gw.roles()["snmp"], signal.SIGKILL)
took = lab.until(lambda: "INTEGER: 6" in mode(), 15, 0.1)
after = walk(RFC)
COUNTERS = [k for k, v in before.items() if v[0] == "Counter32"]
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
lab.check(state == "synced" and status_s < 1.5,
          "the master stands still: status answers at once", shown(status_s))
lab.check(took is not None and took < 5,
          "it goes on: the tree is back within 5 s", shown(took))
clients.now = "killed"
master.stop(signal.SIGKILL)
time.sleep(1)
master = nms.snmpd()
took = back()
lab.check(took is not None and took < 5,
          "killed and started: the tree is back within 5 s", shown(took))
clients.now = "restarted"
master.stop()
master = nms.snmpd()
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

lab.until(lambda: "INTEGER: 6" in mode(), 5)
sent = int(get(SENT).split()[-1])
rc, took = gw.process.stop()
lab.check(rc == 0 and took < 2, "stop takes no longer for it", shown(took))
expect(RFC + ".0.1", "ntpEntNotifModeChange: it stops",
       r"\.197\.1\.2\.1\.0 = INTEGER: 1")
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

# ---- an agent that is told nothing

desk, end = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
agent = subprocess.Popen(
    home.enter([lab.tool("ntpgated-snmp"), "-w", str(end.fileno()), "-a",
                f"unix:{nms.socket}", "-s", gw.state_dir, "-u", USER, "-o",
                "stderr", "-l", "6"]), pass_fds=[end.fileno()])
lab.check(back() is not None and "INTEGER: 1" in mode(),
          "an agent whose desk says nothing: not running")
lab.check("No Such Instance" in get(RFC + ".1.2.12.0"),
          "and what is not known is no zero", get(RFC + ".1.2.12.0"))
desk.close()
end.close()
agent.send_signal(signal.SIGTERM)
lab.check(agent.wait(30) == 0, "it ends when it is asked to")
lab.check("Operation not permitted" not in gw.process.text(),
          "no system call was missing")
lab.end()
