# SPDX-License-Identifier: ISC
"""What is rendered, before the programs that it is for: each reads it, and
would have said something of a mistake in it.  The worst strings that a site
file may hold open nothing."""

import glob
import json
import os
import shutil
import socket
import subprocess

from lab import SRC, STRANGERS, Lab, ip

SITES = os.path.join(SRC, "tests/golden/render")
SBIN = os.path.join(STRANGERS, "usr/sbin")

lab = Lab()
tool = lab.tool("ntpgate")


def call(*argv, **env):
    """Status and all it said; libraries of what is only unpacked."""
    libs = glob.glob(os.path.join(STRANGERS, "usr/lib/*-linux-gnu"))
    done = subprocess.run(
        argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, timeout=60, text=True, errors="replace",
        env={**os.environ, **env, "LD_LIBRARY_PATH": ":".join(libs)},
        check=False)
    return done.returncode, done.stdout.strip()


def stranger(name):
    return os.path.join(SBIN, name)


def nft(path):
    return call("nft", "-c", "-f", path)


def restore(name):
    """Without --test, which takes what the kernel then refuses."""
    return lambda path: call("unshare", "--net", name, "--noflush", path)


def keepalived(path):
    """Good or bad, it ends with 0 or by a signal; what it says tells."""
    _, out = call("timeout", "-k", "1", "5", stranger("keepalived"), "-t", "-f",
                  path)
    return int(bool(out.replace("Terminated", "").strip())), out


def dnsmasq(path):
    return call(stranger("dnsmasq"), "--test", "-C", path)


def dhcpd(version):
    def check(path):
        lab.write("leases", "")
        return call(stranger("dhcpd"), version, "-t", "-cf", path, "-lf",
                    lab.tool("leases"))
    return check


PARSERS = {
    "routers/*/*.nft": (nft,),
    "routers/*/*.v4": (restore("iptables-nft-restore"),
                       restore("iptables-legacy-restore")),
    "routers/*/*.v6": (restore("ip6tables-nft-restore"),
                       restore("ip6tables-legacy-restore")),
    "dhcp/*/kea-dhcp4.conf": (
        lambda p: call(stranger("kea-dhcp4"), "-t", p),),
    "dhcp/*/kea-dhcp6.conf": (
        lambda p: call(stranger("kea-dhcp6"), "-t", p),),
    "dhcp/*/dhcpd.conf": (dhcpd("-4"),),
    "dhcp/*/dhcpd6.conf": (dhcpd("-6"),),
    "dhcp/*/dnsmasq.conf": (dnsmasq,),
    "gateways/*/bird.conf": (lambda p: call(stranger("bird"), "-p", "-c", p),),
    "gateways/*/keepalived.conf": (keepalived,),
    "gateways/*/*.sh": (lambda p: call("sh", "-n", p),),
    "clients/*/*.sh": (lambda p: call("sh", "-n", p),),
    "clients/chrony/*.sources": (
        lambda p: call(stranger("chronyd"), "-p", "-f", p),),
}
MISTAKE = "\n}} cheese (\n"

# keepalived asks whether its interface is there.
ip("link", "add", "eth0", "type", "veth", "peer", "name", "far0")

for site in ("small", "nasty"):
    out = lab.tool(site)
    rc, said = call(tool, "render", "all", "--site",
                    os.path.join(SITES, site + ".yaml"), "--out", out)
    lab.check(rc == 0, f"the {site} site renders", said[-200:] if rc else "")
    for pattern, parsers in PARSERS.items():
        files = sorted(glob.glob(os.path.join(out, pattern)))
        if not files and (site == "nasty" and "gateways" in pattern):
            continue  # no service, no VRRP
        bad, careless = [], []
        for path in files:
            broken = os.path.join(lab.dir, "broken")
            shutil.copy(path, broken)
            with open(broken, "a") as f:
                f.write(MISTAKE)
            for parse in parsers:
                rc, said = parse(path)
                if rc:
                    bad.append((path, said[-300:]))
                if not parse(broken)[0]:
                    careless.append(path)
        lab.check(files and not bad, f"{site}: {pattern} is taken", bad)
        lab.check(not careless, f"{site}: {pattern} is looked at", careless)

# Nothing but ours is there, whatever the names were.
for site, name in (("small", "edge1"), ("small", "gw1"), ("nasty", "accept")):
    path = lab.tool(f"{site}/routers/{name}/ntpgate.nft")
    call("nft", "flush", "ruleset")
    rc, said = call("nft", "-f", path)
    rc2, said2 = call("nft", "-f", path)
    tables = sorted(
        t["table"]["name"] for t in
        json.loads(call("nft", "-j", "list", "tables")[1])["nftables"]
        if "table" in t)
    lab.check(rc == rc2 == 0 and tables == ["ntpgate", "ntpgate_budget"],
              f"{site}, {name}: loads twice, and two tables are there",
              said or said2 or tables)
    rc, said = call("nft", "-f", path[:-3] + "sets")
    lab.check(rc == 0, f"{site}, {name}: its sets load alone", said)


# A router that is no gateway asks nobody outside, and changing sets does not
# make it forget that it tried.
def tries():
    rows = json.loads(call("nft", "-j", "list", "counter", "inet", "ntpgate",
                           "own_foreign")[1])["nftables"]
    return [r["counter"]["packets"] for r in rows if "counter" in r][0]


ip("link", "add", "wan0", "type", "veth", "peer", "name", "far")
ip("addr", "add", "198.18.0.1/24", "dev", "wan0")
ip("link", "set", "wan0", "up")
ip("link", "set", "far", "up")
call("nft", "flush", "ruleset")
call("nft", "-f", lab.tool("small/routers/edge1/ntpgate.nft"))
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
try:
    s.sendto(bytes(48), ("198.18.0.9", 123))
    refused = False
except PermissionError:
    refused = True
lab.check(refused and tries() == 1, "a router's own question stays at home",
          tries())
call("nft", "-f", lab.tool("small/routers/edge1/ntpgate.sets"))
lab.check(tries() == 1, "the counter outlives a change of the sets", tries())
lab.end()
