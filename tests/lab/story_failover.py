# SPDX-License-Identifier: ISC
"""The service address, by VRRP as rendered: two gateways, and keepalived
beside each, in IPv4 and IPv6.  One gateway's processes are killed, or its whole
machine; the address answers from the other.  Clients ask it all the while."""

import contextlib
import glob
import os
import shutil
import signal
import subprocess
import threading
import time

import ntp
from edge import must
from lab import STRANGERS, Gateway, Lab, bus, servers, shown

WITHIN_S = 6
SERVICE = {4: bus(4, 10), 6: bus(6, 10)}

lab = Lab()
# keepalived runs no program that others than root could have put there.
subprocess.run(["mount", "-t", "tmpfs", "-o", "mode=755", "none", "/run"],
               check=True)
TOOL = shutil.copy(lab.tool("ntpgate"), "/run/ntpgate")
LIBS = ":".join(glob.glob(os.path.join(STRANGERS, "usr/lib/*-linux-gnu")))
upstreams = servers(lab, 1, 4)
site = lab.write("site.yaml", f"""
site: lab
policy: audit
gateways:
  - {{name: gw1, interface: eth0, inside: [{bus(4, 11)}, "{bus(6, 11)}"]}}
  - {{name: gw2, interface: eth0, inside: [{bus(4, 12)}, "{bus(6, 12)}"]}}
service: [{SERVICE[4]}, "{SERVICE[6]}"]
upstreams:
  servers:
"""
    + "".join(f"    - {{host: {a}, operator: op {a}, permission: lab}}\n"
              for a in upstreams) + """
networks:
  - {name: office, prefixes: [10.77.0.0/24, "fd77::/64"]}
keys: {sibling: 0}
""")
client = lab.host("client", 50)
must(client, lab.tool("ntpgate"), "render", "all", "--site", site, "--out",
     lab.tool("out"))


class Machine:
    """A gateway and its keepalived, each with what was rendered."""

    def __init__(self, number):
        self.name = f"gw{number}"
        self.host = lab.host(self.name, 10 + number)
        self.gw = Gateway(lab, self.host, [], name=self.name)
        with open(lab.tool(f"out/gateways/{self.name}/ntpgate.conf")) as f:
            text = f.read()
        # The client here asks without end.
        for old, new in (
                ("\tbudget =", 'poll = { min = "1s"; max = "4s"; }; budget ='),
                ("prefixes = (", "prefixes = (" + "".join(
                    f' {{ prefix = "{p}"; interval = "10ms"; burst = 1000; }},'
                    for p in (bus(4, 50) + "/32", bus(6, 50) + "/128")))):
            text = text.replace(old, new, 1)
        self.gw.file = lab.write(self.name + ".conf", text + f"""
state_dir = "{self.gw.state_dir}"; run_dir = "{self.gw.run_dir}";
user = "nobody"; clock = "virtual"; log: {{ to = "stderr"; level = "info"; }};
""")
        self.gw.start()
        self.keepalived = None

    def announce(self):
        """As rendered, but for the place of the tool."""
        pid = lab.tool(self.name + "-ka")
        with open(lab.tool(f"out/gateways/{self.name}/keepalived.conf")) as f:
            conf = lab.write(self.name + "-keepalived.conf",
                             f.read().replace("/usr/bin/ntpgate", TOOL))
        self.keepalived = self.host.start(f"keepalived-{self.name}", [
            "env", f"LD_LIBRARY_PATH={LIBS}",
            os.path.join(STRANGERS, "usr/sbin/keepalived"), "-n", "-l", "-D",
            "-P", "-p", pid, "-r", pid + "-vrrp", "-f",
            conf])

    def has(self, family):
        _, out = self.host.call(["ip", f"-{family}", "-o", "addr"])
        return f" {SERVICE[family]}/" in out

    def kill(self):
        """The daemon's processes, by their numbers."""
        for pid in (self.gw.pid(), *self.gw.roles().values()):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.gw.process.ended(30)


class Watch:
    """Asks the service address without end; the longest silence, in s."""

    def __init__(self, family):
        self.family, self.going = family, True
        self.silence, self.last, self.wrong = 0, time.monotonic(), 0
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        with client.socket(self.family) as sock:
            while self.going:
                try:
                    a = ntp.ask(sock, SERVICE[self.family], wait_s=0.2)
                except OSError:
                    a = None
                now = time.monotonic()
                if a:
                    self.wrong += (a.source != SERVICE[self.family]
                                   or a.leap == 3
                                   or abs(a.offset) > a.delay / 2 + 1e-3)
                    self.silence = max(self.silence, now - self.last)
                    self.last = now
                time.sleep(0.05)

    def end(self, sentence):
        self.going = False
        self.thread.join(3)
        silence = max(self.silence, time.monotonic() - self.last)
        lab.check(silence < WITHIN_S, f"{sentence}: IPv{self.family} answers "
                  f"again within {WITHIN_S} s", f"silent for {silence:.2f} s")
        lab.check(self.wrong == 0, f"{sentence}: IPv{self.family} is never "
                  "another's address, or another time")


def moved(sentence, to, wait_s):
    took = lab.until(lambda: to.has(4) and to.has(6), wait_s)
    lab.check(took is not None, f"{sentence}: {to.name} has both addresses",
              shown(took))


one, two = Machine(1), Machine(2)
for m in (one, two):
    lab.check(m.gw.wait("synced", 20) is not None, f"{m.name} synchronised")
    m.announce()
moved("at first", one, 20)
asked = [one.host.call([TOOL, "query", bus(4, n)])[0]
         for n in (11, 12) for _ in range(30)]
lab.check(not any(asked), "gateways answer checks of health without end",
          f"{asked.count(0)} of {len(asked)}")
time.sleep(1)
watches = [Watch(f) for f in (4, 6)]
one.kill()
moved("the first gateway's daemon is killed", two, 10)
time.sleep(1)
for w in watches:
    w.end("killed")

watches = [Watch(f) for f in (4, 6)]
one.gw.start()
moved("it is started again", one, 20)
time.sleep(1)
for w in watches:
    w.end("started again")

# The machine is gone, keepalived and all: nobody says goodbye.
watches = [Watch(f) for f in (4, 6)]
must(one.host, "ip", "link", "set", "eth0", "down")
moved("the first machine is cut off", two, 10)
time.sleep(1)
for w in watches:
    w.end("cut off")

# Two that are ill are better than nobody.
two.kill()
time.sleep(5)
lab.check(two.has(4) and two.has(6), "both are ill: the last stays")
lab.end()
