# SPDX-License-Identifier: ISC
"""Like a single polite client, whatever happens: killed again and again,
started by the hundred, with its ledger lost, damaged, old or on a dead disk.
What counts is what arrives at the upstream servers.  LAB_LONG=1: as often as
the promise says, and not only as often as a check has time for."""

import collections
import contextlib
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time

import ntp
from lab import HERE, USER, Gateway, Lab, bus, inside, shown, voices

LONG = os.environ.get("LAB_LONG") == "1"
KILLS = 1000 if LONG else 120
COPIES = 4300 if LONG else 200
RECORD, RING = 8192, 64

lab = Lab()
rng = random.Random(7)


def public(number):
    """Looks like a stranger's; nothing leaves this namespace."""
    return f"9.9.9.{number}"


def host(name, number):
    h = lab.host(name, number)
    h.call(["ip", "addr", "add", f"{public(number)}/24", "dev", "eth0"])
    return h


up = host("up", 1)
NUMBERS = range(1, 5)
for n in NUMBERS[1:]:
    up.address(n)
    up.call(["ip", "addr", "add", f"{public(n)}/24", "dev", "eth0"])
STRANGERS_UP = [public(n) for n in NUMBERS]
LAB_UP = [bus(4, n) for n in NUMBERS]
ARRIVALS = os.path.join(lab.dir, "arrivals")
up.start("servers", [sys.executable, os.path.join(HERE, "ntpserver.py"),
                     "--log", ARRIVALS, *STRANGERS_UP, *LAB_UP])
inside_host = lab.host("inside", 10)
eyes = inside_host.socket(4)
lab.until(lambda: ntp.ask(eyes, LAB_UP[0], wait_s=0.2), 5)


def arrived(number):
    """Packets to each server from the gateway of that host number."""
    with open(ARRIVALS) as f:
        lines = [line.split() for line in f]
    return collections.Counter(
        line[1] for line in lines if line[2] in (bus(4, number),
                                                 public(number)))


def gateway(name, number, strangers=True, **over):
    polite = {"poll": ("64s", "1024s"), "day": 640} if strangers else {}
    return Gateway(lab, host(name, number),
                   voices(STRANGERS_UP if strangers else LAB_UP), name=name,
                   limit='memory = "1MB";',  # the file of clients is small
                   **{**polite, **over})


# --- killed at random moments, and started again

def crash(gw, times):
    # The first lives are long enough for some packets, the last for none.
    long = [1.5, 4, 8, 12]
    for n in range(times):
        gw.start()
        time.sleep(rng.uniform(0, long[n] if n < len(long) else 0.3))
        who = gw.pid()
        if rng.random() < 0.5:
            who = gw.roles().get("engine", who)
        os.kill(who, signal.SIGKILL)
        if gw.process.ended(10) is None:
            gw.process.stop(signal.SIGKILL)


pairs = [(gateway("killed", 100), gateway("calm", 101)),
         (gateway("killed-lab", 102, strangers=False),
          gateway("calm-lab", 103, strangers=False))]
began = time.monotonic()
for _, calm in pairs:
    calm.start()
threads = [threading.Thread(target=crash, args=(killed, KILLS))
           for killed, _ in pairs]
for t in threads:
    t.start()
for t in threads:
    t.join()
span = time.monotonic() - began
for killed, calm in pairs:
    is_, was = arrived(killed.host.number), arrived(calm.host.number)
    lab.check(sum(was.values()) > 0 and sum(is_.values()) > 0
              and all(is_[u] <= was[u] + 1 for u in was | is_),
              f"{killed.name}: {KILLS} times: no server hears more than one "
              "packet above what a calm one sends",
              f"{span:.0f} s, {sorted(is_.values())} packets, calm "
              f"{sorted(was.values())}")
    calm.process.stop()
killed = pairs[0][0]
killed.start()
took = lab.until(lambda: ntp.ask(eyes, bus(4, 100), wait_s=0.2), 5)
lab.check(took is not None, "it lives, and answers", shown(took))
said = [s for s in killed.process.text().splitlines() if "times lately" in s]
lab.check(len(said) == 1, "it says why it waits", said)
killed.process.stop()

# --- many at once on one state_dir

many = gateway("many", 104)
outs = [open(os.path.join(lab.dir, f"copy-{n}"), "w+")  # noqa: SIM115
        for n in range(min(COPIES, 500))]


def launch(n):
    """Each with a file to talk to; the files are shared by the thousands."""
    with inside(many.host.ns()):
        return subprocess.Popen(many.argv(), stdin=subprocess.DEVNULL,
                                stdout=outs[n % len(outs)],
                                stderr=subprocess.STDOUT)


began = time.monotonic()
copies = {}
for n in range(COPIES):
    copies[launch(n)] = time.monotonic()
started = time.monotonic() - began
ended = {}
while len(ended) < COPIES - 1 and time.monotonic() - began < 120:
    for p, at in copies.items():
        if p not in ended and p.poll() is not None:
            ended[p] = time.monotonic() - at
    time.sleep(0.02)
time.sleep(1)
alive = [p for p in copies if p.poll() is None]
lab.check(len(alive) == 1 and len(ended) == COPIES - 1,
          f"{COPIES} at once on one state_dir: one lives",
          f"{len(alive)} live, all started in {started:.1f} s")
lab.check(all(p.returncode == 1 for p in ended), "the others exit 1",
          collections.Counter(p.returncode for p in ended))
slowest = max(ended.values(), default=999)
lab.check(slowest < (30 if LONG else 4), "each of them within seconds",
          f"slowest {slowest:.1f} s")
text = []
for f in outs:
    f.flush()
    f.seek(0)
    text += f.read().splitlines()
refusals = [s for s in text if "another ntpgated" in s]
if COPIES == len(outs):
    lab.check(len(refusals) == COPIES - 1
              and all(many.state_dir in s for s in refusals),
              "with one sentence", refusals[:1])
took = many.wait("synced", 20)
got = arrived(104)
lab.check(took is not None and max(got.values(), default=0) <= 5,
          "what arrives is of one", sorted(got.values()))
for p in alive:
    p.terminate()
    p.wait(30)
for f in outs:
    f.close()

# --- another run_dir is no way around the lock, nor is a process that stands

first = gateway("first", 106)
second = Gateway(lab, first.host, voices(STRANGERS_UP), name="second",
                 state_dir=first.state_dir, port=1123,
                 poll=("64s", "1024s"), day=640)
for sentence, step in (
        ("another run_dir", lambda: None),
        ("one that stands still holds its place",
         lambda: [os.kill(p, signal.SIGSTOP) for p in pids])):
    first.start()
    lab.until(first.roles, 5)
    pids = (first.pid(), *first.roles().values())
    step()
    rc, out = second.run()
    lab.check(rc == 1 and "another ntpgated" in out, f"{sentence}: refused",
              out.strip().splitlines()[-1:])
    for p in pids:
        os.kill(p, signal.SIGCONT)
    first.process.stop()

# --- a ledger that is lost, damaged, old; a disk that is dead

base = gateway("base", 105)
base.start()
took = base.wait("synced", 30)
lab.check(took is not None, "a gateway to take the ledger from", shown(took))
base.process.stop()


def ring(gw):
    return os.path.join(gw.state_dir, "ledger")


def witness(gw):
    return os.path.join(gw.state_dir, "ledger.witness")


def gone(gw):
    os.unlink(ring(gw))
    os.unlink(witness(gw))


def cut(path, length):
    os.truncate(path, length)


def flip(path, at):
    with open(path, "r+b") as f:
        f.seek(at)
        octet = f.read(1)[0]
        f.seek(at)
        f.write(bytes([octet ^ 16]))


def records(gw):
    with open(ring(gw), "rb") as f:
        octets = f.read()
    return {int.from_bytes(octets[at + 8:at + 16], "big"): at
            for at in range(0, len(octets), RECORD)}


def flip_newest(gw):
    place = records(gw)
    flip(ring(gw), place[max(place)] + 70)
    flip(witness(gw), 70)


def flip_all(gw):
    for at in range(0, RECORD * RING, RECORD):
        flip(ring(gw), at + rng.randrange(RECORD))
    flip(witness(gw), rng.randrange(RECORD))


def others(gw, mode=0o600):
    for path in (ring(gw), witness(gw)):
        shutil.chown(path, "root")
        os.chmod(path, mode)


def directory(gw):
    gone(gw)
    os.mkdir(ring(gw))
    os.mkdir(witness(gw))


def disk(gw, size="4m"):
    """state_dir on a disk of its own, what was in it with it."""
    aside = gw.state_dir + ".aside"
    os.rename(gw.state_dir, aside)
    os.mkdir(gw.state_dir)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "none",
                    gw.state_dir], check=True)
    shutil.chown(gw.state_dir, USER)
    for name in os.listdir(aside):
        shutil.copy(os.path.join(aside, name), gw.state_dir)
        shutil.chown(os.path.join(gw.state_dir, name), USER)


def full(gw):
    disk(gw)
    fd = os.open(os.path.join(gw.state_dir, "filler"),
                 os.O_WRONLY | os.O_CREAT)
    with contextlib.suppress(OSError):
        while True:
            os.write(fd, bytes(4096))
    os.close(fd)


def read_only(gw):
    disk(gw)
    subprocess.run(["mount", "-o", "remount,ro", gw.state_dir], check=True)


def old(gw):
    """As it was before the first packet; run_dir is of this boot."""
    shutil.copy(witness(gw), gw.run_dir)
    shutil.chown(os.path.join(gw.run_dir, "ledger.witness"), USER)
    with open(ring(gw), "r+b") as f:
        octets = f.read()
        first = octets[records(gw)[1]:][:RECORD]
        f.seek(0)
        f.write(bytes(RECORD) + first + bytes(RECORD * (RING - 2)))
    with open(witness(gw), "wb") as f:
        f.write(first)


def after(*steps):
    def both(gw):
        for step in steps:
            step(gw)
    return both


# What happened, what is done for it, what it says: None, nothing to say.
CASES = (
    ("nothing at all", lambda gw: None, None),
    ("ledger deleted", gone, "gone or cannot be read"),
    ("ring deleted", lambda gw: os.unlink(ring(gw)), "its witness is not"),
    ("ring cut", lambda gw: cut(ring(gw), 100000), "its witness is not"),
    ("ring empty", lambda gw: cut(ring(gw), 0), "its witness is not"),
    ("both cut", after(lambda gw: cut(ring(gw), RECORD - 1),
                       lambda gw: cut(witness(gw), 17)), "set aside"),
    ("newest record flipped", flip_newest, "cut short"),
    ("a bit of each flipped", flip_all, "set aside"),
    ("another's, unreadable", others, "set aside"),
    ("another's, readable", lambda gw: others(gw, 0o644), "set aside"),
    ("directories in its place", directory, "set aside"),
    ("an old copy in its place", old, "older than its copy"),
    ("full disk", full, None),
    ("full disk, ledger deleted", after(gone, full), "it is kept in"),
    ("read-only disk", read_only, "it is kept in"),
    ("read-only disk, all deleted", after(
        gone, lambda gw: os.unlink(os.path.join(gw.state_dir, "lock")),
        read_only), "it is kept in"),
)

gws = []
for n, (sentence, damage, words) in enumerate(CASES):
    gw = gateway(f"case{n}", 120 + n)
    shutil.rmtree(gw.state_dir)
    shutil.copytree(base.state_dir, gw.state_dir)
    for path in ("", *os.listdir(gw.state_dir)):
        shutil.chown(os.path.join(gw.state_dir, path), USER)
    os.chmod(gw.state_dir, 0o750)
    damage(gw)
    gw.start()
    gws.append(gw)
time.sleep(12)
for n, (sentence, damage, words) in enumerate(CASES):
    gw, got = gws[n], arrived(120 + n)
    said = [s for s in gw.process.text().splitlines()
            if "ledger" in s and "first question" not in s]
    a = ntp.ask(eyes, bus(4, 120 + n), wait_s=2)
    lab.check(gw.process.alive() and a and a.leap == 0
              and abs(a.offset) < 5e-3, f"{sentence}: it serves",
              shown(a and a.offset))
    lab.check(max(got.values(), default=0) <= 1,
              f"{sentence}: at most one packet a server", dict(got))
    lab.check(len(said) == 1 and words in said[0] if words else not said,
              f"{sentence}: " + ("one line says so" if words
                                 else "nothing is wrong"), said)
    is_ = gw.ask("status").get("upstream", {}).get("ledger")
    lab.check(is_ == ("frugal" if said and "once an hour" in said[0]
                      else "good"), f"{sentence}: status says the same", is_)
    rc, _ = gw.process.stop()
    lab.check(rc == 0, f"{sentence}: exit status 0", rc)
lab.end()
