# SPDX-License-Identifier: ISC
"""What an operator does, and what the kernel does to a process: rights,
reload, a desk that dies, the end; and a start as an ordinary user."""

import os
import signal
import threading
import time

import ntp
from lab import OFTEN, USER, Gateway, Lab, bus, servers, shown, voices

SYS_TIME, NET_BIND = 1 << 25, 1 << 10

lab = Lab()
up = servers(lab, 1, 4)
inside = lab.host("inside", 10)
gw = Gateway(lab, lab.host("gw", 100), voices(up), allow=["10.77.0.10/32"],
             limit=OFTEN)
GW = bus(4, 100)
eyes = inside.socket(4)
gw.start()
took = gw.wait("synced", 30)
if not lab.check(took is not None, "synchronised", shown(took)):
    lab.end()


def rights(pid):
    with open(f"/proc/{pid}/status") as f:
        fields = dict(line.split(":", 1) for line in f)
    return {"uid": set(fields["Uid"].split()),
            "caps": int(fields["CapPrm"], 16) | int(fields["CapEff"], 16),
            "gained": fields["NoNewPrivs"].strip(),
            "seccomp": fields["Seccomp"].strip()}


def dead(pid):
    try:
        with open(f"/proc/{pid}/stat") as f:
            return f.read().rsplit(")", 1)[1].split()[0] == "Z"
    except OSError:
        return True


roles = gw.roles()
lab.check(set(roles) == {"engine", "desk"}, "two roles, by their names",
          roles)
nobody = str(int(os.popen(f"id -u {USER}").read()))
for name, pid in {"main": gw.pid(), **roles}.items():
    r = rights(pid)
    may = SYS_TIME | NET_BIND if name == "engine" else 0
    lab.check(r["uid"] == {nobody}, f"{name} runs as the user", r["uid"])
    lab.check(r["caps"] & ~may == 0, f"{name} has no capability too many",
              f"{r['caps']:#x}")
    lab.check(r["gained"] == "1", f"{name} can gain no privilege")
    if name != "main":
        lab.check(r["seccomp"] == "2", f"{name} has its list of system calls")
lab.check(len({os.getpgid(p) for p in (gw.pid(), *roles.values())}) == 1,
          "the roles are in main's process group")


class Watch(threading.Thread):
    """A client that asks five times a second while something happens."""

    def __init__(self):
        super().__init__(daemon=True)
        self.done, self.answers, self.wrong = False, 0, []
        self.sock = inside.socket(4)
        self.start()

    def run(self):
        while not self.done:
            a = ntp.ask(self.sock, GW, wait_s=0.5)
            self.answers += a is not None
            if (a is None or a.leap != 0 or a.stratum != 3
                    or abs(a.offset) > 2e-3 + a.delay / 2):
                self.wrong.append(a)
            time.sleep(0.2)

    def end(self):
        """Was all well?  Looks at no less than ten answers."""
        lab.until(lambda: self.answers >= 10, 5)
        self.done = True
        self.join()
        return not self.wrong and self.answers > 0

    def __str__(self):
        return f"{self.answers} answers, missing or wrong: {self.wrong}"


watch = Watch()
os.kill(roles["desk"], signal.SIGKILL)
took = lab.until(lambda: gw.roles().get("desk", roles["desk"])
                 != roles["desk"], 10)
lab.check(took is not None, "a desk that is killed is started again",
          shown(took))
took = gw.wait("synced", 10)
lab.check(took is not None and gw.roles().get("engine") == roles["engine"],
          "and says that all is well; the engine never stopped", shown(took))
lab.check(watch.end(), "time went on meanwhile", watch)

other = lab.host("other", 11)
other_eyes = other.socket(4)
lab.check(ntp.ask(other_eyes, GW, wait_s=0.5) is None,
          "a host that is not allowed: silence")
watch = Watch()
before = gw.ask("status")
gw.configure(allow=["10.77.0.10/32", "10.77.0.11/32"])
gw.process.send(signal.SIGHUP)
took = lab.until(lambda: ntp.ask(other_eyes, GW, wait_s=0.2), 10)
lab.check(took is not None, "SIGHUP: a new allow is in force", shown(took))
gw.wait("synced", 5)  # reload gives the desk the new configuration
after = gw.ask("status")
lab.check(after.get("state") == "synced"
          and after.get("uptime_s", 0) >= before.get("uptime_s", 1e9),
          "the reload keeps time and state", after.get("state"))
good = open(gw.file).read()
lab.write(gw.name + ".conf", good.replace("budget", "bugdet"))
gw.process.send(signal.SIGHUP)
took = lab.until(lambda: "bugdet" in gw.process.text(), 10)
words = [s for s in gw.process.text().splitlines() if "bugdet" in s]
lab.check(took is not None and "budget" in words[-1],
          "a bad reload is named, with the word that was meant", words[-1:])
lab.check(ntp.ask(other_eyes, GW) is not None
          and gw.state() == "synced", "and the old configuration stays")
lab.check(watch.end(), "time went on through both reloads", watch)

gw.configure()
roles = gw.roles()
rc, took = gw.process.stop()
lab.check(rc == 0 and took < 2, "SIGTERM: exit status 0 at once",
          f"{rc}, {took:.2f} s")
took = lab.until(lambda: all(map(dead, roles.values())), 2)
lab.check(took is not None, "the roles end with it", shown(took))

# Once more, and now main is killed.
gw.start()
took = gw.wait("synced", 30)
lab.check(took is not None, "a second start synchronises", shown(took))
roles = gw.roles()
gw.process.stop(signal.SIGKILL)


took = lab.until(lambda: all(map(dead, roles.values())), 3)
lab.check(roles and took is not None, "main killed: the roles die with it",
          shown(took))

# An ordinary user, on a high port.
mine = Gateway(lab, lab.host("desk", 120), voices(up), name="own", port=11123)
mine.start(USER)
took = mine.wait("synced", 30)
lab.check(took is not None, "started as an ordinary user on a high port",
          shown(took))
a = ntp.ask(eyes, bus(4, 120), port=11123)
lab.check(a and a.stratum == 3 and abs(a.offset) < 1e-3, "it serves",
          shown(a and a.offset))
lab.check(mine.process.alive() and all(
    rights(p)["caps"] == 0 for p in (mine.pid(), *mine.roles().values())),
    "without any capability")
rc, took = mine.process.stop()
lab.check(rc == 0 and took < 2, "and ends at once", f"{rc}, {took:.2f} s")
lab.end()
