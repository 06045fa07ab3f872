# SPDX-License-Identifier: ISC
"""What an operator is woken for: all of it happens, to one of two gateways,
and snmptrapd hears of it.  (What one server alone does, and attacks, are in
the story of SNMP.)"""

import os
import signal
import sys

from lab import HERE, OFTEN, Gateway, Lab, bus, shown, voices
from mib import OWN
from watcher import Watcher

KEY = "7 AES128CMAC 00112233445566778899aabbccddeeff"
YEAR_S = 365 * 86400

lab = Lab()
up, mad = lab.host("up", 1), lab.host("mad", 11)
for host, numbers in ((up, range(2, 5)), (mad, range(12, 15))):
    for n in numbers:
        host.address(n)
HONEST, MAD = ([bus(4, n) for n in numbers]
               for numbers in (range(1, 5), range(11, 15)))
inside = lab.host("inside", 20)


def serve(host, addresses, offset_s):
    return host.start(f"servers{offset_s}", [
        sys.executable, os.path.join(HERE, "ntpserver.py"), "--offset",
        str(offset_s), *addresses])


def gateway(name, number, other, addresses):
    keys = lab.write(name + ".keys", f"{KEY} {bus(4, other)}\n", 0o600,
                     "nobody")
    return Gateway(lab, lab.host(name, number), voices(addresses), name=name,
                   port="123; redirected = 1123", limit=OFTEN, keys=keys,
                   allow=["10.77.0.0/24"])


def pair(number):
    """Its section, with the other one under this number."""
    return f'sibling: {{ host = "{bus(4, number)}"; key = 7; }};'


def reload(gw, **over):
    gw.configure(**over)
    gw.process.send(signal.SIGHUP)


def paired():
    return (gw.ask("sibling").get("sibling") or {}).get("state") == "paired"


good = serve(up, HONEST, 0)
serve(mad, MAD, 0.5)
gw, other = gateway("gw", 101, 102, HONEST), gateway("other", 102, 101, HONEST)
nms = Watcher(lab, gw.host)
nms.snmpd()
gw.configure(extra=pair(102) + f'snmp: {{ agentx = "unix:{nms.socket}"; }};')
other.configure(extra=pair(101))
gw.start()
other.start()
if not lab.check(lab.until(lambda: paired() and gw.state() == "synced", 30)
                 is not None, "two gateways, paired and synchronised"):
    lab.end()


def expect(number, name, carries="", wait_s=12):
    nms.expect(f"{OWN}.0.{number}", "ntpgateNotif" + name, carries, wait_s)


# ---- a host behind a firewall that redirects: looked for twice a minute

with inside.socket(4) as s:
    for _ in range(4):
        s.sendto(b"\x23" + bytes(47), (bus(4, 101), 1123))

# ---- the operator lowers the budget; half of it is the other one's

# A little is sent between the two: nine tenths would soon be all.
day = gw.ask("status")["upstream"]["sent_day"] * 7 // 6
reload(gw, day=2 * day)
expect(1, "BudgetHigh", f"Gauge32: {day}")
reload(gw, day=1000000)

# ---- the other one goes, and comes back mad: what it takes for our servers
# are not

other.process.stop()
expect(4, "SiblingLost", bus(4, 102))
WRONG_WAY = "\n".join([
    "table ip mad {", "chain out {", "type nat hook output priority -100",
    *(f"ip daddr {a} udp dport 123 dnat to {b}" for a, b in zip(HONEST, MAD)),
    "}", "}"])
rc, out = other.host.call(["nft", WRONG_WAY])
other.configure(extra="", state_dir=lab.folder("mad-state"))
other.start()
lab.check(rc == 0 and other.wait("synced", 30) is not None,
          "the other one is mad", out)
reload(other, extra=pair(101))
expect(5, "SiblingDropped", bus(4, 102), 30)

# ---- the servers go, and come back five seconds off

good.stop()
expect(6, "Holdover", wait_s=30)
good = serve(up, HONEST, 5)
expect(8, "Panic", wait_s=30)
rc, out = gw.host.call([lab.tool("ntpgate"), "-s", gw.run_dir + "/control",
                        "accept", "--yes", "step"])
lab.check(rc == 0 and gw.wait("synced", 10) is not None,
          "an operator accepts the step", out.strip())
expect(10, "RogueFound", bus(4, 20), 60)

# ---- nobody answers for a year: in a time namespace, as no clock is touched

good.stop()
gw.process.stop()
gw.process = lab.start("a-year-on", [
    "unshare", "--time", "--monotonic", str(YEAR_S), "--boottime",
    str(YEAR_S), "--fork", "--kill-child", *gw.host.enter(gw.argv())])
took = gw.wait("orphan", 20)
lab.check(took is not None, "after a year alone: orphan", shown(took))
expect(7, "Orphan", wait_s=20)
lab.end()
