# SPDX-License-Identifier: ISC
"""What an operator does, and what the kernel does to a process: rights,
reload, a desk that dies, the end, and what systemd hears of it; statistics
files; and a start as an ordinary user."""

import os
import signal
import socket
import stat
import struct
import threading
import time

import ntp
from lab import OFTEN, USER, Gateway, Lab, bus, servers, shown, voices

SYS_TIME, NET_BIND = 1 << 25, 1 << 10

MJD_1970 = 40587


class Systemd:
    """The socket at which it hears of its services, and who says what."""

    def __init__(self, path):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        self.sock.setblocking(False)
        self.sock.bind(path)
        os.chmod(path, 0o777)
        self.heard, self.who = [], set()

    def listen(self):
        try:
            while True:
                text, extra, _, _ = self.sock.recvmsg(4096, 256)
                self.who |= {struct.unpack("3i", c[2])[0] for c in extra}
                self.heard += text.decode().splitlines()
        except BlockingIOError:
            return self.heard

    def last(self, key):
        """What it was told last; None: nothing."""
        words = [s.split("=", 1) for s in self.listen()]
        return next((w[1] for w in reversed(words) if w[0] == key), None)


lab = Lab()
up = servers(lab, 1, 4) + servers(lab, 5, 1, "--offset", "0.25")
files = os.path.join(lab.dir, "statistics")
inside = lab.host("inside", 10)
gw = Gateway(lab, lab.host("gw", 100), voices(up), allow=["10.77.0.10/32"],
             limit=OFTEN, log=f'statistics = "{files}";')
GW = bus(4, 100)
eyes = inside.socket(4)
os.environ["NOTIFY_SOCKET"] = os.path.join(lab.dir, "notify")
systemd = Systemd(os.environ["NOTIFY_SOCKET"])
gw.start()
took = gw.wait("synced", 30)
if not lab.check(took is not None, "synchronised", shown(took)):
    lab.end()


# The numbers of ntpd's files, and that they are the same as the tool's.
def lines(name, folder=files):
    """The fields of each line, the first two as one time."""
    try:
        with open(os.path.join(folder, name)) as f:
            rows = [s.split() for s in f]
    except OSError:
        return []
    return [((int(r[0]) - MJD_1970) * 86400 + float(r[1]), *r[2:])
            for r in rows if 0 <= float(r[1]) < 86400]


def differ():
    """Servers whose last line is not what the tool shows."""
    shows = {u["address"]: u["offset_s"]
             for u in gw.ask("upstreams").get("upstreams", [])}
    time.sleep(0.2)
    wrote = {r[1]: float(r[3]) for r in lines("peerstats")}
    return {a for a in up if a not in wrote or shows.get(a) is None
            or abs(wrote[a] - shows[a]) > 1e-3}


took = lab.until(lambda: not differ(), 15)
lab.check(took is not None, "peerstats has the offset of each server as the "
          "tool has it", shown(took))
peers = {r[1]: r for r in lines("peerstats")}
lab.check(abs(float(peers[up[4]][3]) - 0.25) < 2e-3,
          "positive is a server ahead of us", peers[up[4]])
lab.check({len(r) for r in lines("peerstats")} == {7}
          and all(0 < float(r[4]) < 0.1 and 0 <= float(r[5]) <= 16
                  and 0 <= float(r[6]) < 1 for r in lines("peerstats")),
          "its fields are seven, and sane", lines("peerstats")[-1:])
words = [int(peers[a][2], 16) for a in up]
lab.check(words[4] == 0x9100 and set(words[:4]) <= {0x9600, 0x9400},
          "a falseticker, and candidates", [f"{w:x}" for w in words])
# Which one it is changes, and each line is of another moment.
took = lab.until(lambda: "9600" in {r[2] for r in lines("peerstats")}, 10)
lab.check(took is not None, "a system peer", shown(took))
loop, clock = lines("loopstats"), lines("clockstats")
lab.check(loop and {len(r) for r in loop} == {6}
          and all(abs(float(r[1])) < 2e-3 and abs(float(r[2])) < 600
                  and 0 < float(r[3]) < 1 and float(r[4]) >= 0
                  and 0 <= int(r[5]) <= 17 for r in loop),
          "loopstats: six fields, and sane", loop[-1:])
lab.check(clock and clock[-1][1] == "NTPGATE(0)"
          and clock[-1][2] == "state=synced", "clockstats: state", clock[-1:])
today = time.strftime("%Y%m%d", time.gmtime(loop[-1][0]))
is_at = os.stat(os.path.join(files, "loopstats"))
lab.check(abs(is_at.st_mtime - loop[-1][0]) < 0.5,
          "the time of a line is the time of its writing",
          shown(is_at.st_mtime - loop[-1][0]))
lab.check(is_at.st_ino == os.stat(
    os.path.join(files, f"loopstats.{today}")).st_ino
          and stat.S_IMODE(is_at.st_mode) == 0o640,
          "in a file of the day, by two names, for its owner and group")
lab.check(systemd.last("READY") == "1"
          and lab.until(lambda: (systemd.last("STATUS") or "").startswith(
              "synced, within "), 15) is not None,
          "systemd shows the state in a line", systemd.last("STATUS"))


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


def counted():
    """Requests, packets to servers and back: of this engine, by the tool."""
    served = gw.ask("status").get("serve", {})
    of = gw.ask("upstreams").get("upstreams", [])
    return (served.get("answered", -1) + served.get("limited", 0),
            sum(u["sent"] for u in of), sum(u["received"] for u in of))


def booked():
    """The same by the report of the month."""
    m = gw.ask("report", "--month")
    return (m.get("inside", {}).get("requests"),
            m.get("outside", {}).get("packets_out"),
            m.get("outside", {}).get("packets_in"))


def same(before=(0, 0, 0), slack=0):
    """Do they agree?  A question may go out between the two."""
    def agree():
        want, got = counted(), booked()
        return None not in got and got[0] == before[0] + want[0] and all(
            0 <= g - b - w <= slack
            for g, b, w in zip(got[1:], before[1:], want[1:]))
    return lab.until(agree, 3, 0.2) is not None


lab.check(same(), "the month has what the status has",
          f"{booked()}, {counted()}")
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
lab.check(same(), "and the month lost nothing, and has nothing twice",
          f"{booked()}, {counted()}")

other = lab.host("other", 11)
other_eyes = other.socket(4)
lab.check(ntp.ask(other_eyes, GW, wait_s=0.5) is None,
          "a host that is not allowed: silence")
watch = Watch()
before = gw.ask("status")
moved = os.path.join(lab.folder("moved"), "to")
gw.configure(allow=["10.77.0.10/32", "10.77.0.11/32"],
             log=f'statistics = "{moved}";')
gw.process.send(signal.SIGHUP)
took = lab.until(lambda: ntp.ask(other_eyes, GW, wait_s=0.2), 10)
lab.check(took is not None, "SIGHUP: a new allow is in force", shown(took))
gw.wait("synced", 5)  # reload gives the desk the new configuration
after = gw.ask("status")
lab.check(after.get("state") == "synced"
          and after.get("uptime_s", 0) >= before.get("uptime_s", 1e9),
          "the reload keeps time and state", after.get("state"))
took = lab.until(lambda: lines("loopstats", moved), 15)
lab.check(took is not None, "statistics go where the new one says, in a "
          "directory that the desk made", shown(took))
heard = systemd.listen()
lab.check("RELOADING=1" in heard
          and "READY=1" in heard[heard.index("RELOADING=1"):],
          "systemd heard of the reload")
took = lab.until(lambda: systemd.last("STATUS").startswith("synced"), 15)
lab.check(took is not None, "and sees the state again", shown(took))
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
lab.check(systemd.last("STATUS").startswith("synced"),
          "a reload that is refused leaves the state in sight",
          systemd.last("STATUS"))
lab.check(same(), "the month took part in nothing of that",
          f"{booked()}, {counted()}")

gw.configure(extra=gw.conf["extra"] + "report: { price_per_gb = 2.0; };\n")
before = counted()
roles = gw.roles()
rc, took = gw.process.stop()
lab.check(rc == 0 and took < 2, "SIGTERM: exit status 0 at once",
          f"{rc}, {took:.2f} s")
lab.check(systemd.last("STOPPING") == "1" and systemd.who == {gw.pid()},
          "systemd heard of the end, and all that from main",
          systemd.listen()[-2:])
del os.environ["NOTIFY_SOCKET"]
took = lab.until(lambda: all(map(dead, roles.values())), 2)
lab.check(took is not None, "the roles end with it", shown(took))

# Once more, and now main is killed.
gw.start()
took = gw.wait("synced", 30)
lab.check(took is not None, "a second start synchronises", shown(took))
ntp.ask(eyes, GW)
lab.check(same(before, 5), "after a restart the month goes on",
          f"{booked()}, {before} + {counted()}")
month = gw.ask("report", "--month")
lab.check(month["time"]["starts"] == 2 and month["cost"]["price_per_gb"] == 2
          and month["inside"]["hosts"] == 2
          and 0 < month["time"]["covered_s"] < 120
          and len(month["upstreams"]) == 5, "starts, price and hosts", month)
took = lab.until(lambda: [
    i for i in gw.ask("report", "--month").get("incidents", [])
    if i["event"] == "source.falseticker"
    and i["hosts"][0]["host"] == bus(4, 5)], 10, 0.2)
lab.check(took is not None, "a liar is an incident", shown(took))
lab.check("month." not in gw.process.text()
          and gw.ask("report", "--month", "1999-12").get("error", "")
          .startswith("nothing is recorded of 1999-12"),
          "of another month there is nothing to say")
lab.check(gw.ask("report", "--month", "2199-12").get("error", "")
          .startswith("2199-12 has not begun: it is "),
          "and one to come has not begun")

# ---- a desk that hangs, one that is in the making, and one that cannot be


def reload(burst):
    gw.configure(limit=f'limit = {{ interval = "1ms"; burst = {burst}; }};')
    gw.process.send(signal.SIGHUP)


def room(most):
    """So many processes may its user have, from now, for all that main knows;
    the user itself may say so."""
    return gw.host.call(["prlimit", f"--pid={gw.pid()}", f"--nproc={most}:"],
                     user=USER)


desk = gw.roles()["desk"]
os.kill(desk, signal.SIGSTOP)
reload(9000)
took = lab.until(lambda: gw.roles().get("desk", desk) != desk and gw.state(),
                 12)
lab.check(took is not None and "does not end for a reload: killed"
          in gw.process.text(), "a desk that hangs goes at a reload",
          shown(took))
for n in range(12):
    reload(9001 + n)
    time.sleep(0.12)
took = lab.until(gw.state, 5)
lab.check(took is not None and "desk died (signal 9)" in gw.process.text()
          and gw.process.text().count("desk died") == 1,
          "one that is just starting hears a reload, and does not die of it",
          shown(took))
rc, out = room("1")
os.kill(gw.roles()["desk"], signal.SIGKILL)
took = lab.until(lambda: "the desk cannot be started: fork"
                 in gw.process.text(), 5)
time.sleep(2.5)
lab.check(rc == 0 and took is not None and ntp.ask(eyes, GW)
          and gw.process.text().count("cannot be started") == 1,
          "without room for a process there is no desk, and time goes on",
          out or shown(took))
rc, out = room("30000")
took = lab.until(gw.state, 5)
lab.check(took is not None, "with room there is one again", shown(took))
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

# Another version wrote the record of the months, as it seems.
month = os.path.join(mine.state_dir, "month")
with open(month, "rb") as f:
    record = bytearray(f.read())
record[11] = 2
with open(month, "wb") as f:
    f.write(record)
# And nobody wrote the list of hosts that were named.
with open(os.path.join(mine.state_dir, "watched"), "w") as f:
    f.write("nobody\n" * 20)
mine.start(USER)
took = lab.until(lambda: "month.forgotten" in mine.process.text(), 10)
said = mine.process.text().partition("set aside as ")[2].partition(";")[0]
lab.check("of version 2, this program reads 1" in mine.process.text(),
          "a month of another version is not read", shown(took))
lab.check("watched: not a list of watched hosts" in mine.process.text(),
          "nor what is no list of the hosts that were named")
mine.process.stop()
lab.check(said.startswith(month) and os.path.exists(said)
          and open(said, "rb").read() == record, "but kept", said)
lab.end()
