# SPDX-License-Identifier: ISC
"""An inside host proves the site: two gateways, a router with each policy, a
server outside, and a DHCP server that names the gateways, or somebody else."""

import json
import os
import subprocess

from edge import OUTSIDE, Edge, Server, must
from lab import STRANGERS, Gateway, Lab, bus, servers, voices

STRANGER = "9.9.9.5"  # an address of the world, in a world without a way out

lab = Lab()
edge = Edge(lab)
gateways = []
ups = servers(lab, 21, 4)
for n in (11, 12):
    host = lab.host(f"gw{n}", n)
    Edge.default(host, bus(4, 1), bus(6, 1))
    g = Gateway(lab, host, voices(ups), name=f"gw{n}",
                port="123; redirected = 1123",
                allow=["10.77.0.0/24", "fd77::/64", "10.78.0.0/24",
                       "fd78::/64"])
    g.start()
    gateways.append(g)
for address in (*OUTSIDE.values(), STRANGER):
    if address == STRANGER:
        must(edge.outside, "ip", "addr", "add", STRANGER + "/32", "dev",
             "eth0")
        must(edge.router, "ip", "route", "add", STRANGER + "/32", "dev",
             "wan0")
    Server(edge.outside, address)
# One name with an address of each family, for this story alone.
hosts = lab.write("hosts", "127.0.0.1 localhost\n" + "".join(
    f"{a} ntp.outside.example\n" for a in OUTSIDE.values()))
subprocess.run(["mount", "--bind", hosts, "/etc/hosts"], check=True)


def site(name, policy="block", outside="ntp.outside.example"):
    lines = "".join(
        f"    - {{host: {a}, operator: op {a}, permission: lab}}\n"
        for a in ups)
    return lab.write(name, f"""
site: lab
policy: {policy}
gateways:
  - {{name: gw11, inside: [{bus(4, 11)}, "{bus(6, 11)}"]}}
  - {{name: gw12, inside: [{bus(4, 12)}, "{bus(6, 12)}"]}}
upstreams:
  servers:
{lines}networks:
  - {{name: core, prefixes: [10.77.0.0/24, "fd77::/64"]}}
  - {{name: office, prefixes: [10.78.0.0/24, "fd78::/64"]}}
routers:
  - {{name: edge, dialect: nftables, inside: [eth0, lan1], outside: [wan0]}}
dhcp:
  - {{name: dhcp1, dialect: dnsmasq, networks: [office]}}
verify: {{outside: {outside}}}
""")


def load(path):
    must(edge.router, lab.tool("ntpgate"), "firewall", "apply", "--site", path,
         "--yes")


def verify(path, *argv):
    rc, out = edge.inside.call(
        [lab.tool("ntpgate"), "-j", "verify", "--site", path, *argv],
        env={"HOME": lab.dir})
    try:
        points = json.loads(out)["points"]
    except (ValueError, KeyError):
        points = []
        print(out)
    return rc, points


def about(points, word):
    return [p for p in points if word in p["what"]]


def verdicts(points, word):
    return [p["verdict"] for p in about(points, word)]


def said(points, word):
    return [p["text"] for p in about(points, word)]


dhcp = None


def serve_dhcp(v4, v6):
    """A real server of leases on the router, that names these."""
    global dhcp
    if dhcp:
        dhcp.stop()
    libs = ":".join(os.path.join(d, n) for d, names, _ in os.walk(
        os.path.join(STRANGERS, "usr/lib")) for n in names
        if n.endswith("-linux-gnu"))
    leases = lab.write("leases", "")
    dhcp = edge.router.start("dnsmasq", [
        "env", f"LD_LIBRARY_PATH={libs}",
        os.path.join(STRANGERS, "usr/sbin/dnsmasq"), "--keep-in-foreground",
        "--conf-file=/dev/null", "--port=0", "--interface=lan1",
        "--bind-interfaces", "--user=root", "--log-facility=-", "--log-dhcp",
        f"--dhcp-leasefile={leases}", "--pid-file=", "--no-ping",
        "--dhcp-range=10.78.0.100,10.78.0.200,1h",
        "--dhcp-range=fd78::1000,fd78::2000,64,1h",
        "--dhcp-option=option:ntp-server," + ",".join(v4),
        "--dhcp-option=option6:sntp-server," + ",".join(f"[{a}]" for a in v6),
        "--dhcp-option=option6:ntp-server," + f"[{v6[0]}]"])
    lab.until(lambda: "DHCP, IP range" in dhcp.text(), 5)
    return leases


for g in gateways:
    g.wait("synced", 30)
lab.check(all(g.state() == "synced" for g in gateways),
          "both gateways know the time")
block = site("block.yaml")
redirect = site("redirect.yaml", "redirect")
audit = site("audit.yaml", "audit")
names = ([bus(4, 11), bus(4, 12)], [bus(6, 11), bus(6, 12)])
leases = serve_dhcp(*names)

load(block)
rc, points = verify(block)
lab.check(rc == 0, "block: all is as it should be",
          [(p["verdict"], p["what"], p["text"]) for p in points
           if p["verdict"] != "PASS"])
lab.check([p["what"] for p in points if p["what"].startswith("gw")] ==
          [f"gw{n} {bus(f, n)}" for n in (11, 12) for f in (4, 6)],
          "each gateway is asked in both families")
lab.check(verdicts(points, "gateways") == ["PASS"]
          and "4 answers agree" in said(points, "gateways")[0], "they agree",
          said(points, "gateways"))
lab.check(verdicts(points, "outside") == ["PASS"] * 2
          and all("policy block" in t for t in said(points, "outside")),
          "nobody outside answers, in both families",
          said(points, "outside"))
lab.check(verdicts(points, "DHCP server 10.78") == ["PASS"]
          and all(a in said(points, "DHCP server 10.78")[0]
                  for a in names[0]), "DHCP names the gateways",
          said(points, "DHCP server"))
six = said(points, "DHCP server fe80")
lab.check(verdicts(points, "DHCP server fe80") == ["PASS"] and six
          and "option 31" in six[0] and "option 56" in six[0],
          "and DHCPv6, in both options", six)
with open(leases) as f:
    lines = [x for x in f.read().splitlines() if not x.startswith("duid")]
lab.check(not lines and "DHCPDISCOVER" in dhcp.text()
          and "DHCPREQUEST" not in dhcp.text(), "no lease was taken", lines)

rc, out = edge.inside.call([lab.tool("ntpgate"), "verify", "--site", block,
                            "--no-dhcp"], env={"HOME": lab.dir})
lab.check(rc == 0 and out.splitlines()[-1].endswith(
    "7 PASS, 0 FAIL, 0 SKIP") and all(
        x.startswith("PASS  ") for x in out.splitlines()[:-1]),
    "a point a line, for people", out.splitlines()[-1:])
rc, points = verify(redirect, "--no-dhcp")
lab.check(rc == 1 and verdicts(points, "outside") == ["FAIL"] * 2,
          "the site says redirect, the router blocks: FAIL",
          said(points, "outside")[:1])

load(redirect)
rc, points = verify(redirect, "--no-dhcp")
lab.check(rc == 0 and all("answers in its place" in t and "hop limit" in t
                          for t in said(points, "outside"))
          and len(said(points, "outside")) == 2,
          "redirect: a gateway answers in its place, in both families",
          said(points, "outside"))
rc, points = verify(block, "--no-dhcp")
lab.check(rc == 1 and verdicts(points, "outside") == ["FAIL"] * 2,
          "and where the site says block: FAIL")

load(audit)
rc, points = verify(audit, "--no-dhcp")
lab.check(rc == 0 and all("answers itself" in t
                          for t in said(points, "outside")),
          "audit: it answers itself", said(points, "outside")[:1])
rc, points = verify(block, "--no-dhcp")
lab.check(rc == 1 and "inside hosts get out" in said(points, "outside")[0],
          "and where the site says block: FAIL", said(points, "outside")[:1])

# A server of strangers: through the ledger.
stranger = site("stranger.yaml", "audit", STRANGER)
rc, points = verify(stranger, "--no-dhcp")
lab.check(rc == 0 and verdicts(points, STRANGER) == ["PASS"],
          "a stranger is asked")
rc, points = verify(stranger, "--no-dhcp")
lab.check(rc == 0 and verdicts(points, STRANGER) == ["SKIP"]
          and "asked again in" in said(points, STRANGER)[0],
          "but not twice within a minute", said(points, STRANGER))

# A server of leases that names somebody else, and one that names nobody.
load(block)
serve_dhcp([bus(4, 11), "192.0.2.99"], [bus(6, 11), "2001:db8::99"])
rc, points = verify(block)
lab.check(rc == 1 and "192.0.2.99, which is no gateway"
          in said(points, "DHCP server 10.78")[0],
          "DHCP that names a stranger: FAIL", said(points, "DHCP server"))
dhcp.stop()
rc, points = verify(block)
lab.check(rc == 1 and verdicts(points, "DHCP") == ["FAIL", "SKIP"],
          "no DHCP server where there should be one: FAIL",
          said(points, "DHCP"))

# A gateway dies.
gateways[1].process.stop()
rc, points = verify(block, "--no-dhcp")
lab.check(rc == 1 and verdicts(points, "gw12") == ["FAIL"] * 2
          and "nothing listens there; " in said(points, "gw12")[0],
          "a gateway that is down: FAIL, and what to look at",
          said(points, "gw12")[:1])
lab.end()
