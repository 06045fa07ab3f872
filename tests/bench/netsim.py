#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""netsim.py - our daemon beside others in clknetsim, one table as output.

	netsim.py rows [NET OSC POLL]...	error of the clock, days 3 to 14
	netsim.py chain [NET OSC]		of an inside client that follows it
	netsim.py promise [NET OSC]...	our packets for a promise of 5 ms, and
					chronyd's for the same worst error

Needs built programs, named in the environment; what is not named is left out:

	CLKNETSIM	folder with clknetsim and clknetsim.so (needed)
	CHRONYD		chronyd: the four perfect servers, too (needed)
	NTPGATED	our daemon
	NTPD		NTPsec's ntpd; NTPD_PRELOAD: a library that it needs
			in there (pselect)
	SEEDS=5 DAYS=14 JOBS=2

The daemons run unmodified in simulated time; this machine's clock and
network are not touched.  POLL is log2 of seconds, the same as minimum and
maximum, for each daemon, or MIN-MAX; "default" lets chronyd and ntpd choose (6
to 10).  "promise" tries chronyd with polls ever shorter, fixed ones first and
then 6 to some maximum, until its worst error is no more than ours.
"""
import array
import concurrent.futures
import math
import os
import random
import shutil
import subprocess
import sys
import tempfile

DAY = 86400
START = 1830000000  # a date that all daemons believe
WARM = 2 * DAY  # left out
SERVERS = 4
ROWS = ("lan w9 12", "lan w8 12", "wan w9 10", "wan w9 12", "wan w9t 12",
        "wan w8 12", "wan w9 14", "bad w9 12", "bad w8 14")
CELLS = ("lan w10", "lan w9", "lan w8", "wan w10", "wan w9", "wan w8",
         "bad w10", "bad w9", "bad w8")

# Per server: one way there, back; mean of the queue each way; spikes: how
# often, mean.  Seconds.
NETS = {
    "lan": [(1e-3, 1e-3, 50e-6, 0, 0)] * 4,
    "wan": [(0.010, 0.010, 1.0e-3, 0, 0), (0.016, 0.016, 1.3e-3, 0, 0),
            (0.023, 0.023, 1.7e-3, 0, 0), (0.030, 0.030, 2.0e-3, 0, 0)],
    "bad": [(0.042, 0.040, 5e-3, 0.02, 0.06), (0.039, 0.040, 5e-3, 0.02, 0.06),
            (0.043, 0.040, 5e-3, 0.02, 0.06), (0.040, 0.040, 5e-3, 0.02, 0.06)],
}
# Wander per sqrt(s), amplitude of a daily sine; all begin 30 ppm off.
OSCILLATORS = {"w10": (1e-10, 0), "w9": (1e-9, 0), "w8": (1e-8, 0),
               "w9t": (1e-9, 0.5e-6)}
PROMISE = "6-14"  # what ours may choose from; chronyd, from 14 downwards
CLIENT_LINK = (100e-6, 100e-6, 20e-6, 0, 0)


def setting(name, default=None):
    return os.environ.get(name, default)


def write(path, text):
    with open(path, "w") as f:
        f.write(text)
    return path


# ---- daemons: the command line, after their configuration was written

def chronyd(folder, node, servers, poll, extra=""):
    low, high = poll
    text = "".join("server %s iburst minpoll %d maxpoll %d\n" % (s, low, high)
                   for s in servers)
    text += "makestep 1 3\n" if servers else "local stratum 1\n"
    text += "allow\ncmdport 0\npidfile %s/pid.%d\ndriftfile %s/drift.%d\n" % (
        folder, node, folder, node)
    conf = write("%s/conf.%d" % (folder, node), text + extra)
    return [setting("CHRONYD"), "-d", "-f", conf], ""


def ntpd(folder, node, servers, poll):
    low, high = poll
    text = "restrict default\ntos minclock 4 minsane 1\n"
    text += "driftfile %s/drift.%d\nstatsdir %s/\n" % (folder, node, folder)
    text += "".join("server %s iburst minpoll %d maxpoll %d\n" % (s, low, high)
                    for s in servers)
    conf = write("%s/conf.%d" % (folder, node), text)
    return [setting("NTPD"), "-n", "-g", "-c", conf], setting("NTPD_PRELOAD", "")


def ntpgated(folder, node, servers, poll):
    upstream = ",\n".join(
        '  { host = "%s"; operator = "op %d"; permission = "lab"; }' % (s, i)
        for i, s in enumerate(servers))
    here = "%s/gate.%d" % (folder, node)
    for d in ("state", "run"):
        os.makedirs("%s.%s" % (here, d))
    text = """
name = "bench"; clock = "system";
state_dir = "%s.state"; run_dir = "%s.run";
upstream: { servers = (
%s );
 accuracy = "5ms"; poll = { min = "%ds"; max = "%ds"; };
 budget = { day = 100000; }; };
serve: { listen = ( "0.0.0.0" ); allow = ( "192.168.123.0/24" ); workers = 1; };
step: { limit = "1s"; };
""" % (here, here, upstream, 2 ** poll[0], 2 ** poll[1])
    conf = write("%s.conf" % here, text)
    return [setting("NTPGATED"), "-f", "--solo", "-c", conf], ""


DAEMONS = {"ntpgated": ntpgated, "chronyd": chronyd, "ntpd": ntpd}


def present():
    return [n for n in DAEMONS if setting(n.upper())]


# ---- the world

def delay(way, jitter, often, spike):
    queue = "(* %g (exponential))" % jitter
    if often:
        queue += " (* %g (equal %g (uniform) 0.5) (exponential))" % (
            spike, often / 2)
    return "(+ %.9g %s)" % (way, queue)


def link(node, server, path):
    there, back, jitter, often, spike = path
    return "node%d_delay%d = %s\nnode%d_delay%d = %s\n" % (
        node, server, delay(there, jitter, often, spike),
        server, node, delay(back, jitter, often, spike))


def oscillator(path, name, seconds, seed):
    """The same for each daemon that meets this seed."""
    wander, sine = OSCILLATORS[name]
    rng = random.Random("%s/%s" % (name, seed))
    phase, walk, turn = 2 * math.pi * rng.random(), 0.0, 2 * math.pi / DAY
    with open(path, "w") as f:
        for t in range(seconds + 2):
            day = sine * math.sin(turn * t + phase) if sine else 0
            f.write("%.12e\n" % (30e-6 + walk + day))
            walk += rng.gauss(0, wander)
    return path


class World:
    """One run; files vanish with it."""

    def __init__(self, seed, seconds):
        self.folder = tempfile.mkdtemp(prefix="netsim.")
        self.seed, self.seconds = seed, seconds
        self.conf, self.running = "", []

    def start(self, node, command):
        argv, preload = command
        library = os.path.abspath(setting("CLKNETSIM") + "/clknetsim.so")
        env = dict(os.environ, CLKNETSIM_NODE=str(node),
                   CLKNETSIM_SOCKET=self.folder + "/sock",
                   CLKNETSIM_START_DATE=str(START),
                   CLKNETSIM_CONNECT_TIMEOUT="60",
                   CLKNETSIM_RANDOM_SEED=str(7919 * self.seed + node),
                   LD_PRELOAD=":".join(filter(None, (preload, library))),
                   EVENT_NOEPOLL="1")
        env.pop("NOTIFY_SOCKET", None)
        log = open("%s/log.%d" % (self.folder, node), "w")
        self.running.append(subprocess.Popen(
            argv, env=env, cwd=self.folder, stdin=subprocess.DEVNULL,
            stdout=log, stderr=log))
        log.close()

    def clock(self, node, oscillator_name, behind, salt=""):
        path = oscillator("%s/osc.%d" % (self.folder, node), oscillator_name,
                          self.seconds, "%s%d" % (salt, self.seed))
        self.conf += 'node%d_offset = %g\nnode%d_freq = (file "%s")\n' % (
            node, behind, node, path)

    def run(self, nodes):
        conf = write(self.folder + "/world", self.conf)
        done = subprocess.run(
            [setting("CLKNETSIM") + "/clknetsim", "-s", self.folder + "/sock",
             "-v", "0", "-l", str(self.seconds), "-o", self.folder + "/off",
             "-f", self.folder + "/freq", "-p", self.folder + "/packets",
             conf, str(nodes)],
            env=dict(os.environ, CLKNETSIM_RANDOM_SEED=str(self.seed)),
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=1800)
        return done.returncode == 0

    def column(self, name, node):
        """What the simulator logged of a node, a number a second."""
        with open(self.folder + "/" + name) as f:
            return array.array("d", (float(l.split()[node - 1]) for l in f))

    def sent(self, node):
        n = 0
        with open(self.folder + "/packets") as f:
            for line in f:
                t, who, to = line.split()[:3]
                n += (float(t) >= WARM and int(who) == node and
                      int(to) <= SERVERS)
        return n

    def end(self):
        for p in self.running:
            if p.poll() is None:
                p.terminate()
        for p in self.running:
            try:
                p.wait(5)
            except subprocess.TimeoutExpired:
                p.kill()
        shutil.rmtree(self.folder, ignore_errors=True)


def one(daemon, net, osc, poll, seed, client=False):
    """Squares and the like of one run; None if it failed."""
    seconds = int(float(setting("DAYS", "14")) * DAY)
    w, gate, last = World(seed, seconds), SERVERS + 1, SERVERS + 1
    try:
        servers = ["192.168.123.%d" % (i + 1) for i in range(SERVERS)]
        for i in range(SERVERS):
            w.conf += link(gate, i + 1, NETS[net][i])
            w.start(i + 1, chronyd(w.folder, i + 1, [], (0, 0)))
        w.clock(gate, osc, 2)
        w.start(gate, DAEMONS[daemon](w.folder, gate, servers, poll))
        if client:
            last = gate + 1
            w.conf += link(last, gate, CLIENT_LINK)
            w.clock(last, "w9", 0.5, "client/")
            w.start(last, chronyd(w.folder, last, ["192.168.123.%d" % gate],
                                  (6, 6)))
        if not w.run(last):
            return None
        off = w.column("off", last)[WARM:]
        freq = w.column("freq", last)[WARM:]
        return {"n": len(off), "squares": math.fsum(x * x for x in off),
                "max": max(map(abs, off)),
                "freq": math.fsum(x * x for x in freq) / len(freq),
                "packets": w.sent(gate) / SERVERS * DAY / len(off)}
    except subprocess.TimeoutExpired:
        return None
    finally:
        w.end()


def pooled(runs):
    good = [r for r in runs if r]
    if not good:
        return None
    n = sum(r["n"] for r in good)
    return {"rms": math.sqrt(sum(r["squares"] for r in good) / n),
            "worst": max(math.sqrt(r["squares"] / r["n"]) for r in good),
            "max": max(r["max"] for r in good),
            "freq": math.sqrt(sum(r["freq"] for r in good) / len(good)),
            "packets": sum(r["packets"] for r in good) / len(good),
            "failed": len(runs) - len(good)}


def line(*cells):
    print("| " + " | ".join(cells) + " |", flush=True)


def show(what, poll, daemon, f):
    if f is None:
        line(*what, poll, daemon, *["failed"] * 5)
        return
    line(*what, poll, daemon, "%.1f" % (f["rms"] * 1e6),
         "%.1f" % (f["worst"] * 1e6), "%.1f" % (f["max"] * 1e6),
         "%.0f" % (f["freq"] * 1e9), "%.1f" % f["packets"] +
         (" (%d failed)" % f["failed"] if f["failed"] else ""))


def heading():
    line("net", "osc", "poll", "daemon", "rms us", "worst seed", "max us",
         "rms ppb", "packets")
    print("|---" * 9 + "|")


def submit(pool, net, osc, poll, daemon, client=False):
    """A run a seed, all under way."""
    low, _, high = ("6-10" if poll == "default" else poll).partition("-")
    poll = int(low), int(high or low)
    return [pool.submit(one, daemon, net, osc, poll, seed, client)
            for seed in range(1, int(setting("SEEDS", "5")) + 1)]


def finish(job, runs):
    """Waits for them; prints and returns their figures."""
    net, osc, poll, daemon = job
    figures = pooled([r.result() for r in runs])
    show((net, osc), poll, daemon, figures)
    return figures


def measure(pool, jobs, client):
    """jobs: (net, osc, poll as text, daemon)"""
    heading()
    waiting = [(job, submit(pool, *job, client)) for job in jobs]
    for job, runs in waiting:
        finish(job, runs)


def promise(pool, net, osc):
    """Ours, then chronyd: the fewest packets whose worst error is no more."""
    ours = (net, osc, PROMISE, "ntpgated")
    wanted = finish(ours, submit(pool, *ours))
    for polls in ("%d", "6-%d"):
        for high in range(14, 5, -1):
            theirs = (net, osc, polls % high, "chronyd")
            f = finish(theirs, submit(pool, *theirs))
            if f and wanted and not f["failed"] and f["max"] <= wanted["max"]:
                break


def grouped(words, size, default):
    """The cells that were asked for."""
    cells = [words[i:i + size] for i in range(0, len(words), size)]
    return cells or [cell.split() for cell in default]


def main(argv):
    what = argv[1] if len(argv) > 1 else None
    if what not in ("rows", "chain", "promise") or not (
            setting("CLKNETSIM") and setting("CHRONYD")) or (
            what == "promise" and not setting("NTPGATED")):
        sys.stderr.write(__doc__)
        return 2
    with concurrent.futures.ThreadPoolExecutor(
            int(setting("JOBS", "2"))) as pool:
        if what == "chain":
            net, osc = (argv[2:] + ["wan", "w9"])[:2]
            measure(pool, [(net, osc, poll, d) for poll in ("10", "12")
                           for d in present()], True)
        elif what == "promise":
            heading()
            for net, osc in grouped(argv[2:], 2, CELLS):
                promise(pool, net, osc)
        else:
            measure(pool, [(*row, d) for row in grouped(argv[2:], 3, ROWS)
                           for d in present()], False)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
