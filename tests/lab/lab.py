# SPDX-License-Identifier: ISC
"""lab.py - the world of one story: hosts, processes, a gateway, PASS or FAIL.

A story runs as process 1 of its own process and network namespaces, which
"run" makes for it, so that whatever it leaves behind ends with it.  Its
hosts are further network namespaces on one bridge.  All of them read the
same kernel clock: what the upstream servers say and what inside hosts find
can be compared to the microsecond.  Nothing here ever sets that clock.
"""

import atexit
import contextlib
import ctypes
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
BUILD = os.path.abspath(os.environ.get("builddir", "."))
SRC = os.path.abspath(os.environ.get("srcdir", "."))
STRANGERS = os.path.abspath(
    os.environ.get("STRANGERS", os.path.join(BUILD, "strangers")))
USER = "nobody"
# Who watches a gateway asks it more often than its limit for clients allows.
OFTEN = 'limit = { interval = "1ms"; burst = 10000; };'
CLONE_NEWNET = 0x40000000

libc = ctypes.CDLL(None, use_errno=True)


def bus(family, host):
    """The address of host number HOST on the lab's one wire."""
    return f"10.77.0.{host}" if family == 4 else f"fd77::{host:x}"


class Process:
    """Something that the story started, and ends by its number."""

    def __init__(self, name, popen, log):
        self.name, self.popen, self.log = name, popen, log

    @property
    def pid(self):
        return self.popen.pid

    def alive(self):
        return self.popen.poll() is None

    def send(self, sig):
        if self.alive():
            os.kill(self.pid, sig)

    def ended(self, wait_s):
        """Its exit status, once it has ended by itself; None: too slow."""
        try:
            return self.popen.wait(wait_s)
        except subprocess.TimeoutExpired:
            return None

    def stop(self, sig=signal.SIGTERM, wait_s=5):
        """Ends it; its exit status, and the seconds that it took."""
        began = time.monotonic()
        self.send(sig)
        rc = self.ended(wait_s)
        if rc is None:
            os.kill(self.pid, signal.SIGKILL)
            rc = self.popen.wait()
        return rc, time.monotonic() - began

    def text(self):
        with open(self.log, errors="replace") as f:
            return f.read()


class Host:
    """A network namespace with an interface on the bridge."""

    def __init__(self, lab, name, number):
        self.lab, self.name, self.number = lab, name, number
        self.holder = subprocess.Popen(
            ["unshare", "--net", "sleep", "infinity"])
        own = os.stat("/proc/self/ns/net").st_ino
        lab.until(lambda: os.stat(self.ns()).st_ino != own, 5)
        ip("link", "add", f"to-{name}", "type", "veth", "peer", "name",
           "eth0", "netns", str(self.holder.pid))
        ip("link", "set", f"to-{name}", "master", "lan", "up")
        self.call(["ip", "link", "set", "lo", "up"])
        self.call(["ip", "link", "set", "eth0", "up"])
        self.address(number)

    def ns(self):
        return f"/proc/{self.holder.pid}/ns/net"

    def address(self, number):
        for family, length in ((4, 24), (6, 64)):
            rc, out = self.call(
                ["ip", f"-{family}", "addr", "add",
                 f"{bus(family, number)}/{length}", "dev", "eth0"]
                + (["nodad"] if family == 6 else []))
            if rc:
                raise RuntimeError(out)

    def enter(self, argv, user=None):
        who = ["setpriv", "--pdeathsig", "KILL"]
        if user:
            who += ["--reuid", user, "--regid", "nogroup", "--clear-groups"]
        return ["nsenter", f"--net={self.ns()}", *who, *argv]

    def call(self, argv, timeout=30, user=None, env=None):
        """Runs it to its end: exit status (-1: too slow) and all it said."""
        try:
            done = subprocess.run(
                self.enter(argv, user), stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                timeout=timeout, text=True, errors="replace",
                env={**os.environ, **(env or {})}, check=False)
        except subprocess.TimeoutExpired as e:
            return -1, str(e.stdout)
        return done.returncode, done.stdout

    def start(self, name, argv, user=None):
        return self.lab.start(name, self.enter(argv, user))

    def socket(self, family, number=None):
        """A UDP socket in this host, bound to one of its addresses."""
        with inside(self.ns()):
            s = socket.socket(
                socket.AF_INET if family == 4 else socket.AF_INET6,
                socket.SOCK_DGRAM)
        s.bind((bus(family, number or self.number), 0))
        return s


@contextlib.contextmanager
def inside(ns):
    """The calling thread, for a moment, in another network namespace."""
    with open("/proc/self/ns/net") as home, open(ns) as there:
        if libc.setns(there.fileno(), CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), "setns")
        try:
            yield
        finally:
            if libc.setns(home.fileno(), CLONE_NEWNET):
                os._exit(1)


def ip(*argv):
    subprocess.run(["ip", *argv], check=True, timeout=10)


class Lab:
    def __init__(self):
        if os.geteuid() != 0:
            sys.exit("the lab needs root")
        if os.getpid() != 1:
            sys.exit("start a story with tests/lab/run NAME")
        self.good = self.bad = 0
        self.processes, self.hosts = [], []
        self.dir = tempfile.mkdtemp(prefix="ntpgate-lab-")
        os.chmod(self.dir, 0o755)
        atexit.register(self.close)
        for sig in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(sig, lambda *_: sys.exit(1))
        # The build may stand where only its owner may look.
        for name in ("ntpgated", "ntpgate", "ntpgated-snmp"):
            if os.path.exists(os.path.join(BUILD, "src", name)):
                shutil.copy(os.path.join(BUILD, "src", name), self.dir)
        ip("link", "set", "lo", "up")
        ip("link", "add", "lan", "type", "bridge")
        ip("link", "set", "lan", "up")

    def tool(self, name):
        return os.path.join(self.dir, name)

    def host(self, name, number):
        h = Host(self, name, number)
        self.hosts.append(h)
        return h

    def folder(self, name, owner=USER):
        path = os.path.join(self.dir, name)
        os.makedirs(path, exist_ok=True)
        shutil.chown(path, owner)
        os.chmod(path, 0o750)
        return path

    def write(self, name, text, mode=0o644, owner=None):
        path = os.path.join(self.dir, name)
        with open(path, "w") as f:
            f.write(text)
        os.chmod(path, mode)
        if owner:
            shutil.chown(path, owner)
        return path

    def start(self, name, argv):
        # A second start has a log of its own.
        log = os.path.join(self.dir, f"{name}-{len(self.processes)}.log")
        with open(log, "w") as f:
            p = Process(name, subprocess.Popen(
                argv, stdin=subprocess.DEVNULL, stdout=f,
                stderr=subprocess.STDOUT), log)
        self.processes.append(p)
        return p

    @staticmethod
    def until(true, wait_s, every_s=0.1):
        """Waits for it; the seconds that it took, or None: too slow."""
        began = time.monotonic()
        while True:
            if true():
                return time.monotonic() - began
            if time.monotonic() - began > wait_s:
                return None
            time.sleep(every_s)

    def check(self, ok, sentence, figure=""):
        """One thing that the story shows, with the figure that shows it."""
        if ok:
            self.good += 1
        else:
            self.bad += 1
        print("PASS" if ok else "FAIL", sentence,
              f"[{figure}]" if figure != "" else "", flush=True)
        return ok

    def end(self):
        if self.bad:
            for p in self.processes:
                print(f"--- {p.name}: its last words")
                print("\n".join(p.text().splitlines()[-25:]))
        print(f"{self.good} passed, {self.bad} failed", flush=True)
        self.close()
        sys.exit(1 if self.bad else 0)

    def close(self):
        for p in reversed(self.processes):
            p.stop(wait_s=3)
        for h in self.hosts:
            h.holder.kill()
            h.holder.wait()
        self.processes, self.hosts = [], []
        shutil.rmtree(self.dir, ignore_errors=True)


def shown(seconds):
    """Seconds for the figure behind a check; None stays visible."""
    return "none" if seconds is None else f"{seconds:+.6f} s"


def voices(hosts):
    """These hosts as servers, each with a voice of its own."""
    return [f'{{ host = "{h}"; operator = "op {h}"; permission = "lab"; }}'
            for h in hosts]


class Gateway:
    """ntpgated on one host, with what it needs around it."""

    def __init__(self, lab, host, servers, name="gw", user=USER, **over):
        self.lab, self.host, self.name, self.user = lab, host, name, user
        self.state_dir = lab.folder(name + "-state")
        self.run_dir = lab.folder(name + "-run")
        self.process = None
        self.conf = {"servers": servers, "port": 123, "extra": "",
                     "poll": ("1s", "2s"), "day": 1000000, "limit": "",
                     "allow": ["10.77.0.0/24", "fd77::/64"],
                     "deny": ["10.77.0.66/32", "fd77::66/128"],
                     "keys": None, "spares": [], "log": "",
                     "state_dir": self.state_dir, **over}
        self.configure()

    def configure(self, **over):
        """Writes the configuration anew, with what is said otherwise."""
        self.conf.update(over)
        c = self.conf

        def quoted(names):
            return ", ".join(f'"{n}"' for n in names)

        keys = f'keys = "{c["keys"]}";' if c["keys"] else ""
        self.file = self.lab.write(self.name + ".conf", f"""
name = "{self.name}"; clock = "virtual";
state_dir = "{c["state_dir"]}"; run_dir = "{self.run_dir}";
user = "{USER}"; {keys}
upstream: {{
    servers = ( {", ".join(c["servers"])} );
    spares = ( {", ".join(c["spares"])} );
    poll = {{ min = "{c["poll"][0]}"; max = "{c["poll"][1]}"; }};
    budget = {{ day = {c["day"]}; }};
}};
serve: {{
    port = {c["port"]};
    allow = ( {quoted(c["allow"])} ); deny = ( {quoted(c["deny"])} );
    {c["limit"]}
}};
log: {{ to = "stderr"; level = "info"; {c["log"]} }};
{c["extra"]}
""")
        return self.file

    def argv(self):
        return [self.lab.tool("ntpgated"), "-f", "-c", self.file]

    def start(self, user=None):
        self.process = self.host.start(self.name, self.argv(), user)
        return self.process

    def run(self, timeout=10):
        """Starts it where it should refuse: exit status and sentence."""
        return self.host.call(self.argv(), timeout=timeout)

    def ask(self, *command):
        """What the tool's -j says, or {}."""
        rc, out = self.host.call(
            [self.lab.tool("ntpgate"), "-s", self.run_dir + "/control",
             "-j", *command])
        try:
            return json.loads(out) if rc in (0, 1) else {}
        except ValueError:
            return {}

    def state(self):
        return self.ask("status").get("state")

    def wait(self, state, wait_s):
        return self.lab.until(lambda: self.state() == state, wait_s, 0.2)

    def upstream(self, host):
        for u in self.ask("upstreams").get("upstreams", []):
            if u["host"] == host:
                return u
        return {}

    def roles(self):
        """Its processes by the names that they have in ps: engine, desk."""
        found = {}
        if not self.process or not self.process.alive():
            return found
        with open(f"/proc/{self.pid()}/task/{self.pid()}/children") as f:
            for pid in f.read().split():
                # One that is just ending has no name any more.
                with contextlib.suppress(OSError), \
                        open(f"/proc/{pid}/comm") as c:
                    found[c.read().strip().rpartition("-")[2]] = int(pid)
        return found

    def pid(self):
        return self.process.pid


def servers(lab, number_from, count, *options):
    """Small honest servers on one host; their addresses."""
    h = lab.host(f"up{number_from}", number_from)
    numbers = range(number_from, number_from + count)
    for n in numbers[1:]:
        h.address(n)
    addrs = [bus(4, n) for n in numbers]
    h.start(f"servers-{number_from}",
            [sys.executable, os.path.join(HERE, "ntpserver.py"), *options,
             *addrs])
    return addrs
