# SPDX-License-Identifier: ISC
"""rig.py - two hosts, a cable, a load at one end and a server at the other,
for serve and watch.  All of it is in namespaces that end with the program."""

import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

BUILD = os.path.abspath(os.environ.get("builddir", "."))
LOAD = os.path.join(BUILD, "tests/bench/load")
OURS = "ntpgated"
SERVER, CLIENT = "192.168.123.1", "192.168.123.2"
GOOD = "10.0.0.1"
UPSTREAM = [f"192.168.123.{n}" for n in range(70, 74)]
LOAD_CPU, SERVER_CPU = "0", "1"
COUNTERS = """
table netdev count {
 counter good { }
 counter bad { }
 chain in {
  type filter hook ingress device g0 priority 0;
  ip daddr 10.0.0.0/9 counter name good drop
  ip daddr 10.128.0.0/9 counter name bad drop
 }
}
"""
# Rights as its unit gives them, and not the one to set a clock: the size of
# its socket's buffer depends on them.
RIGHTS = "--bounding-set=-sys_time,-net_admin"
UNLIMITED = 'limit = { interval = "1ms"; burst = 10000; };'


def sh(*argv, text=None):
    return subprocess.run(argv, check=True, input=text, text=True, timeout=60,
                          stdout=subprocess.PIPE).stdout


def median(values):
    return statistics.median(values) if values else float("nan")


class Rig:
    def __init__(self):
        self.holder = subprocess.Popen(
            ["unshare", "--net", "sleep", "infinity"])
        own = os.readlink("/proc/self/ns/net")
        self.ns = f"/proc/{self.holder.pid}/ns/net"
        while os.readlink(self.ns) == own:
            time.sleep(0.01)
        sh("ip", "link", "add", "g0", "type", "veth", "peer", "name", "s0",
           "netns", str(self.holder.pid))
        sides = (([], "g0", CLIENT), (self.enter(), "s0", SERVER))
        for there, link, address in sides:
            sh(*there, "sysctl", "-qw", "net.ipv4.conf.all.rp_filter=0",
               "net.ipv4.conf.default.rp_filter=0",
               f"net.ipv4.conf.{link}.rp_filter=0",
               "net.ipv6.conf.all.disable_ipv6=1")
            sh(*there, "ip", "addr", "add", address + "/24", "dev", link)
            sh(*there, "ip", "link", "set", "lo", "up")
            sh(*there, "ip", "link", "set", link, "up")
        mac = [self.mac(there, link) for there, link, _ in sides]
        self.server_mac = mac[1]
        sh(*self.enter(), "ip", "neigh", "replace", CLIENT, "lladdr", mac[0],
           "dev", "s0", "nud", "permanent")
        sh("ip", "neigh", "replace", SERVER, "lladdr", mac[1], "dev", "g0",
           "nud", "permanent")
        sh(*self.enter(), "ip", "route", "add", "10.0.0.0/8", "via", CLIENT)
        sh("nft", "-f", "-", text=COUNTERS)

    def enter(self):
        return ["nsenter", f"--net={self.ns}"]

    @staticmethod
    def mac(there, link):
        return json.loads(sh(*there, "ip", "-j", "link", "show",
                             link))[0]["address"]

    @staticmethod
    def answers():
        """Answers so far: to good hosts, to bad ones."""
        n = {}
        for o in json.loads(sh("nft", "-j", "list", "counters"))["nftables"]:
            if "counter" in o:
                n[o["counter"]["name"]] = o["counter"]["packets"]
        return n["good"], n["bad"]

    def load(self, server, seconds, *crowds, options=()):
        """Asks; what load says, "answered" (good, bad), "cpu_s", "lost"."""
        before, cpu = self.answers(), server.cpu_s()
        argv = ["chrt", "-f", "10", LOAD, "-i", "g0", "-d", SERVER, "-m",
                self.server_mac, "-t", str(seconds), "-c", LOAD_CPU,
                *options, *crowds]
        r = json.loads(sh(*argv))
        time.sleep(0.15)  # what waits is answered
        r["cpu_s"] = server.cpu_s() - cpu
        r["answered"] = [b - a for a, b in zip(before, self.answers())]
        sent, got = sum(r["sent"]), sum(r["answered"])
        r["loss"] = 1 - got / sent if sent else 1
        r["ns"] = r["cpu_s"] * 1e9 / got if got else float("nan")
        r["rate"] = got / r["seconds"]
        return r


class Server:
    """Real-time, so that other work on the machine takes less part; if it is
    not to be first among its own processes, too, only much preferred."""

    def __init__(self, rig, name, argv, cpus=SERVER_CPU, first=True):
        self.rig, self.name = rig, name
        self.log = tempfile.TemporaryFile("w+")
        self.popen = subprocess.Popen(
            rig.enter() + ["taskset", "-c", cpus]
            + (["chrt", "-f", "10"] if first else ["nice", "-n", "-20"])
            + argv,
            stdin=subprocess.DEVNULL, stdout=self.log,
            stderr=subprocess.STDOUT)
        for _ in range(50):
            time.sleep(0.1)
            if self.popen.poll() is not None:
                break
            if self.rig.load(self, 0.05, f"{GOOD}/9@1000")["answered"][0] > 0:
                return
        self.log.seek(0)
        sys.exit(f"{name} does not answer\n{self.log.read()}")

    def pids(self):
        children = {}
        for p in os.listdir("/proc"):
            if p.isdigit():
                try:
                    with open(f"/proc/{p}/stat") as f:
                        parent = int(f.read().rsplit(")", 1)[1].split()[1])
                except OSError:
                    continue
                children.setdefault(parent, []).append(int(p))
        found, left = [], [self.popen.pid]
        while left:
            found.append(left.pop())
            left += children.get(found[-1], [])
        return found

    def cpu_s(self):
        """On a processor since it began: all threads of all processes."""
        ns = 0
        for p in self.pids():
            for t in os.listdir(f"/proc/{p}/task"):
                with open(f"/proc/{p}/task/{t}/schedstat") as f:
                    ns += int(f.read().split()[0])
        return ns / 1e9

    def pss_mb(self):
        kb = 0
        for p in self.pids():
            with open(f"/proc/{p}/smaps_rollup") as f:
                kb += sum(int(x.split()[1]) for x in f if x.startswith("Pss:"))
        return kb / 1024

    def buffer_kb(self):
        """Of its socket, as the kernel counts it: twice what was asked."""
        for line in sh(*self.rig.enter(), "ss", "-Hulnm",
                       "sport = :123").splitlines():
            if ",rb" in line:
                return int(line.split(",rb")[1].split(",")[0]) // 1024
        return 0

    def __enter__(self):
        return self

    def __exit__(self, *why):
        """Real-time no more: a task that waits in the kernel for another of
        the same processor while it ends would wait for ever."""
        pids = self.pids()
        for p in pids:
            for t in os.listdir(f"/proc/{p}/task"):
                os.sched_setscheduler(int(t), os.SCHED_OTHER,
                                      os.sched_param(0))
        for p in reversed(pids):
            os.kill(p, signal.SIGTERM)
        try:
            self.popen.wait(5)
        except subprocess.TimeoutExpired:
            for p in reversed(self.pids()):
                os.kill(p, signal.SIGKILL)
            self.popen.wait()


class Places:
    """Folders and configurations for servers, one after another."""

    def __init__(self, inside):
        self.dir, self.count = inside, 0

    def folder(self):
        self.count += 1
        d = os.path.join(self.dir, str(self.count))
        for sub in ("", "state", "run"):
            os.mkdir(os.path.join(d, sub))
            shutil.chown(os.path.join(d, sub), "nobody")
        return d

    def conf(self, serve, upstream="", more=""):
        """Its folder; the upstream servers are 192.168.123.70 to .73."""
        d = self.folder()
        hosts = ", ".join(f'{{ host = "{h}"; operator = "{h}"; '
                          'permission = "lab"; }' for h in UPSTREAM)
        with open(os.path.join(d, "conf"), "w") as f:
            f.write(f"""
name = "bench"; clock = "virtual"; user = "nobody";
state_dir = "{d}/state"; run_dir = "{d}/run";
upstream: {{ servers = ( {hosts} ); {upstream} }};
serve: {{ listen = ( "0.0.0.0" ); allow = ( "10.0.0.0/8", "192.168.0.0/16" );
 {serve} }};
{more}
""")
        return d


def ours(d):
    """How it is started; d as Places.conf() has it."""
    return ["setpriv", RIGHTS, os.path.join(BUILD, "src/ntpgated"), "-f", "-c",
            os.path.join(d, "conf")]


def outside():
    """The program again, as process 1 of namespaces: what is left in them ends
    with it, however it ends."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    with tempfile.TemporaryDirectory(prefix="bench.") as d:
        os.chmod(d, 0o755)
        p = subprocess.Popen([
            "unshare", "--net", "--pid", "--mount", "--fork",
            "--kill-child=KILL", "--mount-proc", sys.executable,
            os.path.abspath(sys.argv[0]), "--inside", d, *sys.argv[1:]])
        try:
            return p.wait()
        finally:
            p.kill()
            p.wait()
