# SPDX-License-Identifier: ISC
"""The promise: a thousand inside hosts, each with four public servers that are
hard-coded in it, one of them with 4300 broken daemons; what goes out is what
two gateways ask.  The gateways, and the rules of the router, are what ntpgate
renders from one site file, in IPv4 and IPv6.  A working day of eight hours, of
28 questions to each server, goes by in 28 seconds, and the gateways ask every
second where they would every 1024; of the days of redirect and audit an hour
is enough."""

import json
import os
import re
import subprocess
import sys

from edge import OUTSIDE, Edge, family_of, give, must, office
from lab import HERE, STRANGERS, Gateway, Lab, bus

HOSTS, DAEMONS, BUDGET = 1000, 4300, 640
# Intervals of 1024 s, each of which goes by in a second.
ROUNDS = {"block": 28, "redirect": 4, "audit": 4}
UPSTREAMS = {4: [f"198.51.100.{n}" for n in (11, 12, 13)],
             6: ["2001:db8:f::14"]}
# One of the gateways' own servers is among those of the hosts.
PUBLIC = {4: UPSTREAMS[4][:1] + [f"198.51.100.{n}" for n in (21, 22, 23)],
          6: UPSTREAMS[6] + [f"2001:db8:f::{n}" for n in (21, 22, 23)]}
GATEWAYS = {f: [bus(f, n) for n in (11, 12)] for f in (4, 6)}
CROWD = {4: [f"10.79.{n // 250}.{n % 250 + 1}" for n in range(HOSTS)],
         6: [f"fd79::{n + 1:x}" for n in range(HOSTS)]}

lab = Lab()
edge = Edge(lab)
tool = lab.tool("ntpgate")


def people():
    """The crowd lives behind one inside host, which has all the addresses."""
    lines = [f"addr add {a}/{32 if f == 4 else 128} dev lo"
             + (" nodad" if f == 6 else "")
             for f, addresses in CROWD.items() for a in addresses]
    must(edge.inside, "ip", "-batch", lab.write("crowd.ip", "\n".join(lines)))
    for net in ("10.79.0.0/22", "fd79::/64"):
        f = family_of(net)
        must(edge.router, "ip", f"-{f}", "route", "add", net, "via",
             office(f, 50))


def world():
    """A stranger answers at all addresses outside, and the kernel counts who
    comes there."""
    for f in (4, 6):
        for a in sorted({*UPSTREAMS[f], *PUBLIC[f]} - {OUTSIDE[f]}):
            give(edge.outside, "eth0", a)
    conf = lab.write("outside.conf", f"""
local stratum 2
allow
cmdport 0
bindcmdaddress /
pidfile {lab.dir}/outside.pid
""")
    edge.outside.start("outside", [
        os.path.join(STRANGERS, "usr/sbin/chronyd"), "-x", "-d", "-u", "root",
        "-f", conf])
    sets = "".join(f"""
        set who{f} {{ type {kind}; flags dynamic; size 65535; counter; }}"""
                   for f, kind in ((4, "ipv4_addr"), (6, "ipv6_addr")))
    must(edge.outside, "nft", f"""table inet seen {{ {sets}
        chain seen {{
            type filter hook prerouting priority raw;
            udp dport 123 update @who4 {{ ip saddr }}
            udp dport 123 update @who6 {{ ip6 saddr }}
        }}
    }}""")


def seen():
    """Packets at the public side by source, since it was looked last."""
    found = {}
    for f in (4, 6):
        rc, out = edge.outside.call(["nft", "-j", "list", "set", "inet",
                                     "seen", f"who{f}"])
        for part in json.loads(out)["nftables"] if rc == 0 else []:
            for e in part.get("set", {}).get("elem", []):
                found[e["elem"]["val"]] = e["elem"]["counter"]["packets"]
        must(edge.outside, "nft", "flush", "set", "inet", "seen", f"who{f}")
    return found


def site(policy):
    servers = "".join(
        f'    - {{host: "{a}", operator: op {a[-2:]}, permission: lab}}\n'
        for a in UPSTREAMS[4] + UPSTREAMS[6])
    gateways = "".join(
        f'  - {{name: gw{n}, inside: [{a4}, "{a6}"]}}\n'
        for n, (a4, a6) in enumerate(zip(GATEWAYS[4], GATEWAYS[6]), 1))
    return lab.write("site.yaml", f"""
site: lab
policy: {policy}
gateways:
{gateways}upstreams:
  servers:
{servers}  budget: {BUDGET}
networks:
  - {{name: servers, prefixes: [10.77.0.0/24, "fd77::/64"]}}
  - {{name: office, prefixes: [10.78.0.0/24, "fd78::/64"]}}
  - {{name: crowd, prefixes: [10.79.0.0/22, "fd79::/64"]}}
routers:
  - {{name: edge, dialect: nftables, inside: [eth0, lan1], outside: [wan0]}}
keys: {{file: {lab.dir}/keys, sibling: 7}}
""")


def render(file):
    """The tree of files for all machines."""
    out = lab.tool("rendered")
    must(edge.router, tool, "render", "all", "--site", file, "--out", out)
    return out


def configure(gw, rendered):
    """As rendered; the clock of the day is quicker, and so is what is asked
    and allowed in it.  The budget is that of a whole day all the same."""
    with open(f"{rendered}/gateways/{gw.name}/ntpgate.conf") as f:
        text = f.read()
    text = text.replace("\tbudget =", '\tpoll = { min = "1s"; max = "4s"; };\n'
                        "\tbudget =", 1)
    text = text.replace("serve: {\n", 'serve: {\n\tlimit = '
                        '{ interval = "8ms"; burst = 16; };\n', 1)
    gw.file = lab.write(gw.name + ".conf", text + f"""
state_dir = "{gw.state_dir}"; run_dir = "{gw.run_dir}"; user = "nobody";
clock = "virtual"; log: {{ to = "stderr"; level = "info"; }};
""")


def gateway(number):
    host = lab.host(f"gw{number}", 10 + number)
    edge.default(host, bus(4, 1), bus(6, 1))
    return Gateway(lab, host, [], name=f"gw{number}")


def a_day(rounds, port):
    """The crowd's day, as the crowd tells it.  A port of its own: what is
    tracked since yesterday was redirected, and stays so."""
    want = {"families": {f: {"hosts": CROWD[f], "servers": PUBLIC[f],
                             "gateways": GATEWAYS[f]} for f in (4, 6)},
            "daemons": DAEMONS, "rounds": rounds, "day_s": rounds,
            "port": port}
    done = subprocess.run(
        edge.inside.enter([sys.executable, os.path.join(HERE, "crowd.py")]),
        input=json.dumps(want), stdout=subprocess.PIPE, text=True,
        timeout=4 * rounds + 20, check=True)
    return json.loads(done.stdout)


def crowd_of(told, key):
    return sum(f[key] for f in told["families"].values())


def heard(told, public):
    """Of each family's hosts, how many were answered by each server."""
    return [n for f in told["families"].values()
            for n in (f["heard"][:-1] if public else f["heard"][-1:])]


def show(policy, told, found, since_start):
    """What holds under every policy, and the three figures."""
    own = {a for f in (4, 6) for a in GATEWAYS[f]}
    would = crowd_of(told, "public")
    did, gateways = sum(found.values()), sum(
        n for a, n in found.items() if a in own)
    print(f"     {policy}, {ROUNDS[policy] * 1024 / 3600:.1f} hours in "
          f"{told['took_s']:.0f} s: to public servers would have gone out "
          f"{would}, went out {did}: 1 in {would / max(did, 1):.1f}",
          flush=True)
    lab.check(would > 0.98 * ROUNDS[policy] * (4 * 2 * HOSTS + DAEMONS),
              f"{policy}: {HOSTS} hosts in each family and {DAEMONS} daemons "
              "have asked", f"{would} questions to public servers, "
              f"{crowd_of(told, 'asked')} to the gateways")
    lab.check(0 < gateways <= BUDGET and since_start <= BUDGET,
              f"{policy}: what the gateways ask is within the budget",
              f"{gateways} today, {since_start} in all, of {BUDGET} a day")
    lab.check(heard(told, False) == [HOSTS, HOSTS],
              f"{policy}: the gateways answer every inside host",
              heard(told, False))
    lab.check(crowd_of(told, "foreign") == 0,
              f"{policy}: every answer comes from who was asked",
              f"{crowd_of(told, 'answers')} answers")
    if policy == "audit":
        lab.check(len(set(found) - own) == 2 * HOSTS and did > 0.8 * would,
                  "audit: all go out, as before",
                  f"{len(found)} addresses at the public side")
        return
    lab.check(set(found) <= own, f"{policy}: at the public side only the "
              "gateways appear", ", ".join(f"{a} {n}" for a, n in
                                           sorted(found.items())))
    lab.check(would >= 100 * did, f"{policy}: of a hundred packets one goes "
              "out, or less", f"1 in {would / max(did, 1):.0f}")


def counter(name):
    _, out = edge.router.call(["nft", "list", "counter", "inet", "ntpgate",
                               name])
    m = re.search(r"packets (\d+)", out)
    return int(m[1]) if m else -1


people()
world()
gws = [gateway(1), gateway(2)]
rc, out = gws[0].host.call([tool, "keys", "--file", lab.tool("keys"), "new",
                            "--id", "7", *(a for f in (4, 6)
                                           for a in GATEWAYS[f])])
lab.check(rc == 0, "a key for the two", out.splitlines()[-1:])
os.chown(lab.tool("keys"), 65534, 65534)
spent = 0
for number, (policy, rounds) in enumerate(ROUNDS.items()):
    rendered = render(site(policy))
    must(edge.router, "nft", "-f", f"{rendered}/routers/edge/ntpgate.nft")
    for gw in gws:
        configure(gw, rendered)
        gw.start()
    took = [gw.wait("synced", 20) for gw in gws]
    lab.check(None not in took, f"{policy}: two gateways, as rendered, "
              "synchronised", took)
    spent += sum(seen().values()) if policy != "audit" else 0
    told = a_day(rounds, 20000 + number)
    found = seen()
    mine = sum(n for a, n in found.items()
               if a in GATEWAYS[4] + GATEWAYS[6])
    spent += mine
    show(policy, told, found, spent)
    public = heard(told, True)
    if policy == "block":
        lab.check(not any(public) and counter("hard_coded") > 0,
                  "block: no public server answers anybody", public)
    else:
        who = "a gateway in its place" if policy == "redirect" else "it"
        lab.check(all(n == HOSTS for n in public),
                  f"{policy}: who asks a public server is answered by {who}",
                  public)
    over = edge.router.call(["nft", "list", "counter", "inet",
                             "ntpgate_budget", "over_budget"])[1]
    lab.check("packets 0 " in over, f"{policy}: the second fence had nothing "
              "to do")
    for gw in gws:
        gw.process.stop()
lab.end()
