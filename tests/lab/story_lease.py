# SPDX-License-Identifier: ISC
"""Real leases: dnsmasq, Kea and ISC dhcpd, each with what is rendered for it,
tell udhcpc and dhclient of the gateways, in DHCP option 42 and in DHCPv6
options 31 and 56; and chronyd then asks whom the client was told of, from the
address that it was given."""

import contextlib
import glob
import os
import re
import subprocess

from edge import must
from lab import STRANGERS, Gateway, Lab, bus, servers, shown, voices

POOL = re.compile(r"10\.77\.0\.1\d\d|fd77::1[0-9a-f]{2}")
LIBS = ":".join(glob.glob(os.path.join(STRANGERS, "usr/lib/*-linux-gnu")))

# Servers keep leases and locks where the machine's would.
for place in ("/run", "/var/lib"):
    subprocess.run(["mount", "-t", "tmpfs", "none", place], check=True)
for place in ("/var/lib/kea", "/run/kea"):
    os.mkdir(place)

lab = Lab()
upstreams = servers(lab, 1, 4)
gws = []
for number in (11, 12):
    gw = Gateway(lab, lab.host(f"gw{number}", number), voices(upstreams),
                 name=f"gw{number}")
    gw.start()
    gws.append(gw)
server = lab.host("dhcp", 30)
client = lab.host("client", 50)
# Its network is the second of the site: the second gateway comes first.
TOLD = {f: [bus(f, 12), bus(f, 11)] for f in (4, 6)}

site = lab.write("site.yaml", """
site: lab
policy: block
gateways:
  - {name: gw11, inside: [10.77.0.11, "fd77::b"]}
  - {name: gw12, inside: [10.77.0.12, "fd77::c"]}
upstreams:
  servers:
"""
    + "".join(f"    - {{host: {a}, operator: op {a}, permission: lab}}\n"
              for a in upstreams) + """
networks:
  - {name: servers, prefixes: [10.76.0.0/24, "fd76::/64"]}
  - {name: office, prefixes: [10.77.0.0/24, "fd77::/64"],
     pools: [10.77.0.100-10.77.0.199, "fd77::100-fd77::1ff"]}
dhcp:
"""
    + "".join(f"  - {{name: {d}, dialect: {d}, networks: office, "
              "interfaces: eth0}\n" for d in ("dnsmasq", "kea", "isc-dhcp")))
must(server, lab.tool("ntpgate"), "render", "all", "--site", site, "--out",
     lab.tool("out"))


def stranger(path, *argv):
    return ["env", f"LD_LIBRARY_PATH={LIBS}",
            f"KEA_LFC_EXECUTABLE={STRANGERS}/usr/sbin/kea-lfc",
            os.path.join(STRANGERS, path), *argv]


def rendered(name):
    return lab.tool(f"out/dhcp/{name}")


def dhcpd(version, file):
    leases = lab.write(f"leases{version}", "")
    return stranger("usr/sbin/dhcpd", f"-{version}", "-d", "-f", "-cf",
                    rendered(f"isc-dhcp/{file}"), "-lf", leases, "-pf",
                    lab.tool(f"dhcpd{version}.pid"), "eth0")


SERVERS = {
    "dnsmasq": [stranger("usr/sbin/dnsmasq", "-k", "-p", "0", "-u", "root",
                         "-C", rendered("dnsmasq/dnsmasq.conf"),
                         "--log-facility=-", "--pid-file=",
                         "--dhcp-leasefile=" + lab.tool("leases"))],
    "kea": [stranger("usr/sbin/kea-dhcp4", "-d", "-c",
                     rendered("kea/kea-dhcp4.conf")),
            stranger("usr/sbin/kea-dhcp6", "-d", "-c",
                     rendered("kea/kea-dhcp6.conf"))],
    "isc-dhcp": [dhcpd(4, "dhcpd.conf"), dhcpd(6, "dhcpd6.conf")],
}

# What a client's hook is for: it takes the address, and says what it was told.
HOOK = lab.write("hook", f"""#!/bin/sh
a=${{ip:-${{new_ip_address:-$new_ip6_address}}}}
[ -n "$a" ] || exit 0
case $a in
*:*) ip addr add "$a/64" dev eth0 nodad ;;
*) ip addr add "$a/24" dev eth0 ;;
esac
env >{lab.dir}/told.new && mv {lab.dir}/told.new {lab.dir}/told
""", 0o755)
DHCLIENT = lab.write("dhclient.conf", """
option dhcp6.ntp-server code 56 = string;
request subnet-mask, ntp-servers, dhcp6.sntp-servers, dhcp6.ntp-server;
""")


def dhclient(version):
    leases = lab.write(f"client{version}", "")
    return stranger("sbin/dhclient", f"-{version}", "-1", "-d", "-cf",
                    DHCLIENT, "-lf", leases, "-pf", lab.tool("dhclient.pid"),
                    "-sf", HOOK, "eth0")


CLIENTS = {
    "udhcpc": stranger("bin/busybox", "udhcpc", "-f", "-q", "-n", "-i",
                       "eth0", "-O", "ntpsrv", "-t", "8", "-T", "1", "-s",
                       HOOK),
    "dhclient": dhclient(4),
    "dhclient -6": dhclient(6),
}


def lease(name, argv):
    """Asks for one; what the hook was told."""
    must(client, "ip", "addr", "flush", "dev", "eth0", "scope", "global")
    with contextlib.suppress(FileNotFoundError):
        os.remove(lab.tool("told"))
    p = client.start(name.replace(" ", ""), argv)
    took = lab.until(lambda: os.path.exists(lab.tool("told")), 12)
    p.stop()
    if took is None:
        return {}
    with open(lab.tool("told")) as f:
        return dict(line.rstrip("\n").split("=", 1) for line in f
                    if "=" in line)


def address_of(told):
    for key in ("ip", "new_ip_address", "new_ip6_address"):
        if key in told:
            return told[key]
    return ""


def one_of_56(told):
    """Suboption 1 of 16 octets, an address: RFC 5908, 4.1."""
    octets = bytes(int(o, 16) for o in
                   told.get("new_dhcp6_ntp_server", "").split(":") if o)
    return octets == b"\0\1\0\x10" + bytes([0xfd, 0x77]) + bytes(13) + b"\x0c"


def chronyd(addresses):
    """The offset that Debian's chronyd finds with these, in s, or None."""
    rc, out = client.call([
        os.path.join(STRANGERS, "usr/sbin/chronyd"), "-Q", "-t", "12", "-u",
        "root", "-f", "/dev/null", "cmdport 0", "bindcmdaddress /", "port 0",
        f"pidfile {lab.dir}/query.pid",
        *(f"server {a} iburst" for a in addresses)])
    m = re.search(r"wrong by (-?[0-9.]+) seconds", out)
    return float(m[1]) if rc == 0 and m else None


def synchronises(sentence, addresses):
    offset = chronyd(addresses) if addresses else None
    lab.check(offset is not None and abs(offset) < 1e-3,
              f"{sentence}: chronyd synchronises to these", shown(offset))


for gw in gws:
    lab.check(gw.wait("synced", 20) is not None, f"{gw.name} is synchronised")
for kind, argvs in SERVERS.items():
    running = [server.start(f"{kind}-{i}", argv)
               for i, argv in enumerate(argvs)]
    for name, argv in CLIENTS.items():
        told = lease(name, argv)
        both = f"{name} of {kind}"
        lab.check(POOL.fullmatch(address_of(told)), f"{both}: a lease",
                  address_of(told))
        addresses = next((told[k].split() for k in (
            "ntpsrv", "new_ntp_servers", "new_dhcp6_sntp_servers")
            if k in told), [])
        family = 6 if name.endswith("6") else 4
        lab.check(addresses == TOLD[family],
                  f"{both}: option {'31' if family == 6 else '42'} has both "
                  "gateways, in this network's order", addresses)
        if family == 6:
            lab.check(one_of_56(told), f"{both}: option 56 has one gateway",
                      told.get("new_dhcp6_ntp_server"))
        if name != "udhcpc":
            synchronises(both, addresses)
    for p in running:
        p.stop()
lab.end()
