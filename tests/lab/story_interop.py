# SPDX-License-Identifier: ISC
"""The other gateway is another program, chronyd or NTPsec's ntpd: a server
with a key to us and we to it, and chronyd's peer (RFC 5905, mode 1).  NTPsec
has given up that mode: its "peer" is a client, and it answers clients.  All
at once: strangers are asked every 16 seconds and not sooner."""

import os
import sys
import time

import ntp
from lab import HERE, STRANGERS, Gateway, Lab, bus, shown, voices

CHRONYD = os.path.join(STRANGERS, "usr/sbin/chronyd")
CHRONYC = os.path.join(STRANGERS, "usr/bin/chronyc")
NTPD = os.path.join(STRANGERS, "usr/sbin/ntpd")
SECRET = "00112233445566778899aabbccddeeff"
WAIT_S = 45

lab = Lab()
up = lab.host("up", 1)
NUMBERS = range(1, 5)
for n in NUMBERS[1:]:
    up.address(n)
SERVERS = [bus(4, n) for n in NUMBERS]
up.start("servers", [sys.executable, os.path.join(HERE, "ntpserver.py"),
                     *SERVERS])
eyes = lab.host("inside", 10).socket(4)
lab.until(lambda: ntp.ask(eyes, SERVERS[0], wait_s=0.2), 5)


class Chronyd:
    """It serves this machine's clock, and asks us."""

    symmetric = True

    def __init__(self, number, peer):
        self.name = "chronyd's peer" if peer else "chronyd"
        how = "peer" if peer else "server"
        self.gateway, self.number = number + 100, number + 120
        self.host = lab.host(f"chronyd{number}", self.number)
        self.dir = lab.folder(f"chronyd{number}", "root")
        keys = lab.write(f"chronyd{number}.keys",
                         f"7 AES128 HEX:{SECRET}\n", 0o600)
        conf = lab.write(f"chronyd{number}.conf", f"""
local stratum 3
{how} {bus(4, self.gateway)} key 7 minpoll 2 maxpoll 4 noselect
keyfile {keys}
allow
cmdport 0
bindcmdaddress {self.dir}/socket
pidfile {self.dir}/pid
""")
        self.host.start(f"chronyd{number}",
                        [CHRONYD, "-x", "-d", "-u", "root", "-f", conf])

    def sees(self):
        """Of us: how often it heard us, and the offset in s; None: nothing."""
        _, out = self.host.call([CHRONYC, "-h", f"{self.dir}/socket", "-c",
                                 "-n", "sources"])
        for line in out.splitlines():
            f = line.split(",")
            if len(f) > 7 and f[2] == bus(4, self.gateway):
                return int(f[5], 8), float(f[7]), line
        return None


class Ntpd:
    """It does, too, and writes down what it finds."""

    symmetric = False

    def __init__(self, number, peer):
        self.name = "ntpd's peer" if peer else "ntpd"
        how = "peer" if peer else "server"
        self.gateway, self.number = number + 100, number + 120
        self.host = lab.host(f"ntpd{number}", self.number)
        self.dir = lab.folder(f"ntpd{number}", "root")
        keys = lab.write(f"ntpd{number}.keys", f"7 AES {SECRET}\n", 0o600)
        conf = lab.write(f"ntpd{number}.conf", f"""
disable ntp
tos orphan 3 orphanwait 1
restrict default nomodify
keys {keys}
trustedkey 7
statsdir {self.dir}/
statistics peerstats
filegen peerstats file peerstats type none enable
{how} {bus(4, self.gateway)} key 7 minpoll 3 maxpoll 4
""")
        self.host.start(f"ntpd{number}", [
            "setpriv", "--bounding-set=-sys_time", NTPD, "-n", "-c", conf,
            "-p", f"{lab.dir}/ntpd{number}.pid"])

    def sees(self):
        try:
            with open(f"{self.dir}/peerstats") as f:
                lines = [x for x in f if bus(4, self.gateway) in x]
        except OSError:
            return None
        return (len(lines), float(lines[-1].split()[4]), lines[-1]) \
            if lines else None


def gateway(stranger, symmetric):
    number = stranger.gateway
    address = bus(4, stranger.number)
    keys = lab.write(f"gw{number}.keys",
                     f"7 AES128CMAC {SECRET} {address}\n", 0o600, "nobody")
    gw = Gateway(lab, lab.host(f"gw{number}", number), voices(SERVERS),
                 name=f"gw{number}", keys=keys, extra=f"""
sibling: {{ host = "{address}"; key = 7;
           symmetric = {"true" if symmetric else "false"}; }};
""")
    gw.start()
    return gw


PAIRS = []
for number, (kind, peer) in enumerate(
        ((Chronyd, False), (Ntpd, False), (Chronyd, True), (Ntpd, True)), 1):
    s = kind(number, peer)
    symmetric = peer and s.symmetric
    PAIRS.append((s, gateway(s, symmetric), symmetric))


def sibling(gw):
    return gw.ask("sibling").get("sibling") or {}


def done():
    return all(sibling(gw).get("state") == "plain" and (s.sees() or [0])[0]
               and gw.state() == "synced" for s, gw, _ in PAIRS)


took = lab.until(done, WAIT_S, 1)
time.sleep(1)
for s, gw, symmetric in PAIRS:
    b = sibling(gw)
    lab.check(b.get("state") == "plain" and b.get("symmetric") is symmetric
              and abs(b.get("offset_s") or 9) < 1e-3,
              f"{s.name}: a plain sibling of ours, at our time",
              f"{b.get('state')}, {shown(b.get('offset_s'))}, reach "
              f"{b.get('reach')}, {b.get('verdicts')}")
    sees = s.sees()
    lab.check(sees and sees[0] and abs(sees[1]) < 1e-3,
              f"{s.name}: hears us, and finds its own time",
              sees and " ".join(sees[2].split()))
    status = gw.ask("status")
    lab.check(status.get("state") == "synced"
              and status.get("sibling", {}).get("state") == "plain",
              f"{s.name}: we are synchronised, status says what it is",
              f"{status.get('state')}, {status.get('sibling')}")
lab.check(took is not None, f"all within {WAIT_S} s", shown(took))
lab.end()
