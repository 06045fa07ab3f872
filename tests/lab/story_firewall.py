# SPDX-License-Identifier: ISC
"""The packet filter of a router: in force, looked at, changed by hand, taken
back by itself, and taken away.  An inside host, the router, and two servers
outside, in IPv4 and IPv6."""

import json
import os
import re
import signal
import socket
import subprocess
import threading
import time

import ntp
from edge import OUTSIDE, Edge, Server, must, office
from lab import USER, Lab
from lab import inside as namespace

HOLD_S = 3

lab = Lab()
edge = Edge(lab)
inside, router = edge.inside, edge.router


def site(name, policy="block", budget=640, network="10.78.0.0/24"):
    servers = "".join(
        f"    - {{host: 203.0.113.{n}, operator: op {n}, permission: lab}}\n"
        for n in range(1, 5))
    return lab.write(name, f"""
site: lab
policy: {policy}
gateways:
  - {{name: gw1, inside: [10.77.0.11, "fd77::b"]}}
  - {{name: gw2, inside: [10.77.0.12, "fd77::c"]}}
upstreams:
  servers:
{servers}  budget: {budget}
networks:
  - {{name: office, prefixes: [{network}, "fd78::/64"]}}
routers:
  - {{name: edge, dialect: nftables, inside: [eth0, lan1], outside: [wan0]}}
""")


def firewall(*argv, user=None, json_too=False):
    return router.call([lab.tool("ntpgate"), *(["-j"] if json_too else []),
                        "firewall", *argv], user=user)


def asker(family):
    with namespace(inside.ns()):
        s = socket.socket(socket.AF_INET if family == 4 else socket.AF_INET6,
                          socket.SOCK_DGRAM)
    s.bind((office(family, 50), 0))
    return s


def answered(family, wait_s=0.3):
    with asker(family) as s:
        try:
            return ntp.ask(s, OUTSIDE[family], wait_s=wait_s) is not None
        except OSError:
            return False  # a router says that it must not be


def listing():
    """The rules as they are, without what counts; the order of lines says
    nothing here, for that of objects changes when they are made anew."""
    text = re.sub(r"(\tset (?:offenders|nts|keyed|since)[46] {[^}]*?)\t\telements = {[^}]*}\n",
                  r"\1", router.call(["nft", "-s", "list", "ruleset"])[1])
    return sorted(text.splitlines())


class Apply:
    """The tool at a pipe; what it says is read as it says it."""

    def __init__(self, *argv):
        self.said = ""
        self.popen = subprocess.Popen(
            router.enter([lab.tool("ntpgate"), "firewall", "apply", *argv]),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, bufsize=0)
        self.thread = threading.Thread(target=self.read, daemon=True)
        self.thread.start()

    def read(self):
        while True:
            octets = os.read(self.popen.stdout.fileno(), 4096)
            if not octets:
                return
            self.said += octets.decode(errors="replace")

    def says(self, words, wait_s=5):
        return lab.until(lambda: words in self.said, wait_s, 0.01) is not None

    def answer(self, text):
        self.popen.stdin.write(text.encode())

    def end(self, wait_s=HOLD_S + 5):
        rc = self.popen.wait(wait_s)
        self.thread.join(2)
        return rc


for address in OUTSIDE.values():
    Server(edge.outside, address)
lab.until(lambda: answered(4) and answered(6), 10)
lab.check(answered(4) and answered(6), "before, an inside host gets out")
block = site("site.yaml")
must(router, "nft", "add table inet mine; "
     "add chain inet mine c { type filter hook forward priority 5; }")
before_all = listing()

rc, out = firewall("check", "--site", block)
lab.check(rc == 1 and "not in the kernel" in out and out.count("\n") == 1,
          "check, before: not there", out.strip())
rc, out = firewall("check", "--site", block, user=USER)
lab.check(rc == 1 and "CAP_NET_ADMIN" in out and out.count("\n") == 1,
          "without the right to look: one sentence", out.strip())
rc, out = firewall("rogues", "--site", block)
lab.check(rc == 1 and "firewall apply" in out, "rogues, before: a sentence",
          out.strip())

a = Apply("--site", block)
lab.check(a.says("Put these rules in force?"), "apply shows and asks",
          f"{a.said.count(chr(10))} lines")
a.answer("n\n")
lab.check(a.end() == 1 and listing() == before_all, "no is no: nothing changed",
          a.said.splitlines()[-1:])
rc, out = firewall("apply", "--site", block, "--yes")
lab.check(rc == 0, "apply --yes", out.splitlines()[-1:])
rc, out = firewall("check", "--site", block)
lab.check(rc == 0, "check: the kernel has them", out.strip())
lab.check(not answered(4) and not answered(6),
          "an inside host gets no answer from outside any more")

# Who still tries, and with what: a plain request, a key, NTS's length.
with asker(4) as s:
    for extra in (0, 0, 24, 24):
        try:
            ntp.ask(s, "198.51.100.6" if extra else OUTSIDE[4],
                    ntp.request() + bytes(extra), wait_s=0.1)
        except OSError:
            pass
with asker(6) as s:
    try:
        ntp.ask(s, "2001:db8:f::6", ntp.request() + bytes(180), wait_s=0.1)
    except OSError:
        pass
with namespace(inside.ns()):
    tls = socket.socket()
tls.bind((office(4, 50), 0))
with tls:
    try:
        tls.connect((OUTSIDE[4], 4460))
    except OSError:
        pass
time.sleep(1.1)
answered(4, 0.1)  # once more: since when it asks is another time than the last
rc, out = firewall("rogues", "--site", block, json_too=True)
exchanges = json.loads(out)["exchanges"]
found = {(r["source"], r["destination"]): r
         for r in json.loads(out)["rogues"]}
me = {4: office(4, 50), 6: office(6, 50)}
lab.check(set(found) == {(me[4], OUTSIDE[4]), (me[6], OUTSIDE[6]),
                         (me[4], "198.51.100.6"), (me[6], "2001:db8:f::6")},
          "rogues names each pair", sorted(found))
pair = found.get((me[4], OUTSIDE[4]), {})
lab.check(pair.get("packets") == 4 and pair.get("octets") == 304
          and 0 <= pair.get("last_s", -1) < 60
          and pair.get("network") == "office",
          "how often, how much, when last, where",
          {k: pair.get(k) for k in ("packets", "octets", "last_s")})
lab.check(1 <= pair["first_s"] - pair["last_s"] < 60, "and since when",
          {k: pair.get(k) for k in ("first_s", "last_s")})
lab.check([(r["source"], r["destination"], r["carries"]) for r in exchanges]
          == [(me[4], OUTSIDE[4], "nts")], "who asks for keys of NTS", exchanges)
lab.check([found.get(p, {}).get("carries") for p in (
    (me[4], OUTSIDE[4]), (me[4], "198.51.100.6"), (me[6], "2001:db8:f::6"))]
          == ["nothing", "key", "nts"], "and who carries keys or NTS")
rc, out = firewall("rogues", "--site", block)
lab.check(rc == 0 and "10.77.0.11, 10.77.0.12" in out
          and "a redirection would break them" in out
          and "2 hosts in the last day" in out, "for people, with what to do",
          out.splitlines()[1:2])

# By hand.
must(router, "nft", "insert", "rule", "inet", "ntpgate", "forward", "udp",
     "dport", "123", "accept")
rc, out = firewall("check", "--site", block)
lab.check(rc == 1 and "- udp dport 123 accept" in out
          and "ntpgate, chain forward" in out,
          "a rule that was added by hand is seen", out.splitlines()[-1:])
rc, out = firewall("check", "--site", block, json_too=True)
lab.check(rc == 1 and [d["line"] for d in json.loads(out)["differences"]]
          == ["udp dport 123 accept"], "and in JSON")
must(router, "nft", "delete", "element", "inet", "ntpgate", "outside_if",
     '{ "wan0" }')
rc, out = firewall("check", "--site", block)
lab.check(rc == 1 and '+ "wan0"' in out, "an element that is missing, too",
          out.splitlines()[-1:])
rc, out = firewall("apply", "--site", block, "--yes")
rc2, _ = firewall("check", "--site", block)
lab.check((rc, rc2) == (0, 0), "apply puts that right")


def hard_coded():
    m = re.search(r"packets (\d+)", router.call(
        ["nft", "list", "counter", "inet", "ntpgate", "hard_coded"])[1])
    return int(m[1])


# Elements alone.
answered(4)
counted = hard_coded()
wider = site("wider.yaml", network="10.78.0.0/23")
a = Apply("--site", wider, "--timeout", "60")
a.says("Put these")
lab.check("own4" in a.said and a.said.count("    + ") == 1,
          "another network is another element of a set, and no more")
a.answer("y\n")
a.says("Keep the new ones?")
a.answer("y\n")
rc = a.end()
lab.check(rc == 0 and "stay" in a.said
          and firewall("check", "--site", wider)[0] == 0,
          "confirmed, it stays", a.said.splitlines()[-1:])
rogues = json.loads(firewall("rogues", "--site", wider,
                             json_too=True)[1])["rogues"]
lab.check(hard_coded() == counted > 0 and len(rogues) == 1,
          "counters and offenders stay where only elements changed", counted)

# Nobody confirms.
audit = site("audit.yaml", policy="audit", budget=700)
rules = listing()
a = Apply("--site", audit, "--timeout", str(HOLD_S))
a.says("Put these")
a.answer("y\n")
a.says("Keep the new ones?")
began = time.monotonic()
lab.check(answered(4) and answered(6)
          and firewall("check", "--site", audit)[0] == 0,
          "new rules are in force while somebody may confirm them")
rc, out = firewall("apply", "--site", block, "--yes")
lab.check(rc == 1 and "not confirmed" in out,
          "nobody else changes them meanwhile", out.splitlines()[-1:])
lab.until(lambda: listing() == rules, HOLD_S + 3, 0.02)
took = time.monotonic() - began
lab.check(listing() == rules and abs(took - HOLD_S) < 0.7,
          "without confirmation the old ones are back, at the time",
          f"{took:.2f} s")
lab.check(a.end() == 1 and "old rules are back" in a.said, "and it says so",
          a.said.splitlines()[-1:])
lab.check(not answered(4), "and they work")

# The tool is killed.
a = Apply("--site", audit, "--timeout", str(HOLD_S))
a.says("Put these")
a.answer("y\n")
a.says("Keep the new ones?")
began = time.monotonic()
a.popen.send_signal(signal.SIGKILL)
a.popen.wait(30)
lab.check(firewall("check", "--site", audit)[0] == 0,
          "the tool is killed while they are in force")
lab.until(lambda: listing() == rules, HOLD_S + 3, 0.02)
took = time.monotonic() - began
lab.check(listing() == rules and abs(took - HOLD_S) < 0.7,
          "the old ones are back all the same, at the time", f"{took:.2f} s")

# Its terminal is gone: end of input.
a = Apply("--site", audit, "--timeout", "1")
a.says("Put these")
a.answer("y\n")
a.popen.stdin.close()
rc = a.end()
lab.check(rc == 1 and listing() == rules,
          "who cannot answer has not confirmed", a.said.splitlines()[-1:])

a = Apply("--site", audit, "--timeout", "60")
a.says("Put these")
a.answer("y\n")
a.says("Keep the new ones?")
began = time.monotonic()
a.answer("n\n")
rc = a.end()
lab.check(rc == 1 and listing() == rules
          and time.monotonic() - began < 2, "no puts them back at once")

# Redirected, those alone are named whom that breaks.
redirect = site("redirect.yaml", policy="redirect")
rc, out = firewall("apply", "--site", redirect, "--yes")
for family in (4, 6):
    for to, octets in ((OUTSIDE[family], 0), (OUTSIDE[family], 20)):
        with asker(family) as s:  # the first packet of a flow each
            ntp.ask(s, to, ntp.request() + bytes(octets), wait_s=0.1)
with asker(4) as s:
    ntp.ask(s, "198.51.100.6", ntp.request(), wait_s=0.1)
rc2, out = firewall("rogues", "--site", redirect, json_too=True)
keyed = json.loads(out)["keyed"]
lab.check((rc, rc2) == (0, 0) and
          {(r["source"], r["destination"], r["packets"], r["carries"])
           for r in keyed} == {(me[f], OUTSIDE[f], 1, "key") for f in me}
          and all(0 <= r["first_s"] < 60 for r in keyed)
          and json.loads(out)["rogues"] == [],
          "redirected hosts with keys are named, and no others", keyed)
rc, out = firewall("rogues", "--site", redirect)
lab.check("a redirection breaks them" in out and "flows: 5" in out,
          "for people, too", out.splitlines()[-2:])

# And away.
rc, out = firewall("remove", "--yes")
lab.check(rc == 0 and listing() == before_all and "table inet mine {" in listing(),
          "remove takes our tables, and nothing else", out.strip())
rc, out = firewall("remove", "--yes")
lab.check(rc == 0 and "nothing to remove" in out, "twice is no harm")
lab.check(answered(4) and answered(6), "and an inside host gets out again")
lab.end()
