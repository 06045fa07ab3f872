# SPDX-License-Identifier: ISC
"""The pages: who may have what, health in each state, slow readers, reload;
and that serving time notices nothing of it."""

import os
import shutil
import signal
import socket
import statistics
import subprocess
import threading
import time

import ntp
from lab import OFTEN, Gateway, Lab, bus, servers, voices
from lab import inside as within

PORT = 8123

lab = Lab()
up = servers(lab, 1, 4)
outside = lab.hosts[0]
inside = lab.host("inside", 10)
GW, GW6 = bus(4, 100), bus(6, 100)
gw = Gateway(lab, lab.host("gw", 100), voices(up), keys=None,
             allow=["10.77.0.0/24"],
             limit=OFTEN,
             extra=f'http: {{ listen = "{GW}:{PORT}"; }};')


def connect(to=GW, wait_s=5):
    """A connection from the inside host."""
    with within(inside.ns()):
        s = socket.socket(socket.AF_INET6 if ":" in to else socket.AF_INET,
                          socket.SOCK_STREAM)
    s.settimeout(wait_s)
    s.connect((to, PORT))
    return s


def ask(path="/", method="GET", to=GW, head="Host: gw\r\n", version="1.1"):
    """Status, head and body; status 0: nothing came."""
    try:
        s = connect(to)
        s.sendall(f"{method} {path} HTTP/{version}\r\n{head}\r\n".encode())
        got = b""
        while piece := s.recv(65536):
            got += piece
        s.close()
    except OSError:
        return 0, "", b""
    head, _, body = got.partition(b"\r\n\r\n")
    return int(head.split()[1]) if head else 0, head.decode(), body


gw.start()
lab.check(lab.until(lambda: ask("/healthz")[0] == 503, 5, 0.05) is not None,
          "before it is synchronised, health is 503", ask("/healthz")[2])
lab.check(b"not yet known" in ask()[2] or b"not spoken" in ask()[2],
          "and the page says that the time is not known")
took = gw.wait("synced", 30)
if not lab.check(took is not None, "synchronised", took):
    lab.end()
time.sleep(1.1)
status, head, body = ask("/healthz")
lab.check((status, body) == (200, b"ok\n"), "synced: health is ok", body)

# ---- who may have what
for path, kind in (("/", "text/html"), ("/metrics", "text/plain"),
                   ("/status.json", "application/json"),
                   ("/upstreams.json", "application/json"),
                   ("/clients.json", "application/json"),
                   ("/ntpgate.css", "text/css"),
                   ("/ntpgate.js", "text/javascript")):
    status, head, body = ask(path)
    lab.check(status == 200 and f"Content-Type: {kind}" in head
              and "frame-ancestors 'none'" in head and "nosniff" in head
              and "unsafe" not in head, f"GET {path}", len(body))
weight = sum(len(ask(p)[2]) for p in ("/", "/ntpgate.css", "/ntpgate.js",
                                      "/ntpgate.svg"))
lab.check(weight < 100_000, "the page weighs less than 100 kB", weight)
lab.check(b"openmetrics" not in ask("/metrics")[1].encode()
          and ask("/metrics", head="Host: a\r\nAccept: application/"
                  "openmetrics-text\r\n")[2].endswith(b"# EOF\n"),
          "OpenMetrics is for who accepts it")
status, head, body = ask("/", "HEAD")
lab.check(status == 200 and body == b"" and "Content-Length: " in head,
          "HEAD has no body")
lab.check([ask("/", m)[0] for m in ("POST", "PUT", "DELETE", "TRACE")]
          == [405] * 4, "nothing but GET and HEAD")
lab.check(ask("/nothing")[0] == 404 and ask("/../../etc/passwd")[0] == 404,
          "what is not there is 404")
lab.check(ask(head="")[0] == 400, "no Host is 400")
lab.check(ask("/" + "a" * 9000)[0] == 414
          and ask(head="Host: a\r\nX: " + "a" * 9000 + "\r\n")[0] == 431,
          "what is too long is refused")
if shutil.which("promtool"):
    done = subprocess.run(["promtool", "check", "metrics"],
                          input=ask("/metrics")[2], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=20, check=False)
    lab.check(done.returncode == 0 and done.stdout == b"",
              "promtool finds nothing", done.stdout)

# ---- how fast, and slow readers
times = []
for _ in range(100):
    began = time.monotonic()
    ask()
    times.append(time.monotonic() - began)
lab.check(statistics.median(times) < 0.020, "a page takes less than 20 ms",
          f"median {statistics.median(times) * 1e3:.1f} ms, "
          f"worst {max(times) * 1e3:.1f} ms")

eyes = inside.socket(4)
eyes.settimeout(0.3)


def latency(n):
    """How long n requests of NTP take, the 99th of 100 and the lost."""
    took, lost = [], 0
    for _ in range(n):
        began = time.monotonic()
        eyes.sendto(ntp.request(), (GW, 123))
        try:
            eyes.recv(512)
            took.append(time.monotonic() - began)
        except TimeoutError:
            lost += 1
        time.sleep(0.002)
    return sorted(took)[int(len(took) * 0.99)] * 1e6 if took else None, lost


quiet, lost = latency(300)
slow = []
for i in range(200):
    s = connect()
    # A third says nothing, a third asks slowly, a third never reads.
    s.sendall((b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")[i % 3])
    slow.append(s)
busy, more = latency(300)
lab.check(quiet is not None and busy is not None and more <= lost,
          "200 slow readers cost NTP no answer",
          f"p99 {quiet:.0f} us before, {busy:.0f} us with them")
lab.check(ask("/healthz")[0] == 200, "and nobody is kept out by them")
with open(f"/proc/{gw.roles()['desk']}/status") as f:
    rss = [int(line.split()[1]) for line in f
           if line.startswith("RssAnon")][0]
# The clients' tables, which it shares, are not its own.
lab.check(rss < 16 * 1024, "the desk's memory stays bounded", f"{rss} kB")
fds = f"/proc/{gw.roles()['desk']}/fd"
gone = lab.until(lambda: len(os.listdir(fds)) < 30, 20)
lab.check(gone is not None, "who is slow is cut off", gone)
for s in slow:
    s.close()

# ---- reload: nobody is refused, and it moves
refused, stop = [], threading.Event()


def go_on():
    while not stop.is_set():
        if ask("/ntpgate.svg")[0] != 200:
            refused.append(time.monotonic())
        time.sleep(0.01)


watcher = threading.Thread(target=go_on)
watcher.start()
desk = gw.roles()["desk"]
os.kill(gw.pid(), signal.SIGHUP)
lab.check(lab.until(lambda: gw.roles().get("desk") not in (None, desk), 2)
          is None,
          "a reload that changes nothing leaves the desk alone")
gw.configure(extra=f'http: {{ listen = "{GW}:{PORT}"; }}; '
             'report: { price_per_gb = 0.01; };')
os.kill(gw.pid(), signal.SIGHUP)
lab.check(lab.until(lambda: gw.roles().get("desk") not in (None, desk), 5)
          is not None, "one that does starts another")
time.sleep(1)
stop.set()
watcher.join()
# Those whose request was being read when the desk went have to ask again.
lab.check(len(refused) <= 1, "and refuses nobody", len(refused))
lab.check(os.path.getsize(gw.state_dir + "/history") > 10000,
          "the history is kept")
lab.check(b"plot-offset" in ask()[2] and b'class="ours" d="M' in ask()[2],
          "and shown after the reload")
gw.configure(extra=f'http: {{ listen = "[{GW6}]:{PORT}"; }};')
os.kill(gw.pid(), signal.SIGHUP)
lab.check(lab.until(lambda: ask("/healthz", to=GW6)[0] == 200, 5) is not None
          and ask("/healthz")[0] == 0, "it moves to IPv6")
gw.configure(extra="")
os.kill(gw.pid(), signal.SIGHUP)
lab.check(lab.until(lambda: ask("/healthz", to=GW6)[0] == 0, 5) is not None
          and lab.until(lambda: gw.state() == "synced", 5) is not None,
          "and can be switched off")
gw.configure(extra=f'http: {{ listen = "{GW}:{PORT}"; }};')
os.kill(gw.pid(), signal.SIGHUP)
lab.until(lambda: ask("/healthz")[0] == 200, 5)

# ---- health in holdover, and without an engine
outside.call(["ip", "link", "set", "eth0", "down"])
took = gw.wait("holdover", 60)
time.sleep(1.1)
lab.check(took is not None and ask("/healthz")[0] == 200,
          "holdover that is still good is healthy", took)
lab.check(b"still right" in ask()[2], "and the page says so")
os.kill(gw.roles()["engine"], signal.SIGSTOP)
time.sleep(7)
status, head, body = ask("/healthz")
lab.check(status == 503, "an engine that stands still is not", body)
lab.check(b"The engine has not answered" in ask()[2],
          "and the page says how old it is")
lab.check(ask("/metrics")[0] == 503 and ask("/status.json")[0] == 503,
          "programs are not given what was true once")
os.kill(gw.roles()["engine"], signal.SIGCONT)
lab.check(lab.until(lambda: ask("/healthz")[0] == 200, 5) is not None,
          "it goes on: healthy again")
lab.check("Operation not permitted" not in gw.process.text(),
          "no system call was missing")
lab.end()
