# SPDX-License-Identifier: ISC
"""mib.py - what SNMP is to say: a table of names, and how to get the same
from "ntpgate -j".

A row is what snmpwalk calls the type, a function of what the tool said (see
look() in story_snmp.py), and how far off the value may be; no function: any
value will do.
"""

import os
import socket
import struct

RFC, OWN = ".1.3.6.1.2.1.197", ".1.3.6.1.4.1.8072.9999.9999.123"


def gauge(value, tolerance=0):
    return "Gauge32", value, tolerance


def integer(value, tolerance=0):
    return "INTEGER", value, tolerance


def micro(value, tolerance=1000):
    """Seconds as microseconds; clocks move on between two looks."""
    return integer(lambda j: value(j) * 1e6, tolerance)


def count(value, kind="Counter32"):
    return kind, value, 0


def text(value):
    return "Hex-STRING", lambda j: value(j).encode(), None


def span(value, unit=" ms"):
    """A text: so many milliseconds, within one."""
    return "span" + unit, lambda j: value(j) * 1e3, 1


def s(j):
    return j["status"]


def of_upstreams(column):
    """The same for each row."""
    def rows(j):
        return {i + 1: u for i, u in enumerate(j["upstreams"]["upstreams"])}
    return lambda make: {
        f"{column}.{i}": make(lambda j, i=i: rows(j)[i])
        for i in range(1, 6)}


def account(j, host):
    return next(x for x in j["budget"]["servers"] if x["host"] == host)


def address(u):
    return socket.inet_aton(u["address"])


def heard(j):
    return sum(u["received"] for u in j["upstreams"]["upstreams"])


STATE = ["used", "falseticker", "leap-late", "silent", "waiting",
         "unresolved", "refused", "retired", "bad"]
NTP_TABLE = {
    # ntpEntInfo
    "1.1.0": text(lambda j: "ntpgated"),
    "1.2.0": ("Hex-STRING", None, None),
    "1.3.0": text(lambda j: "the ntpgate project"),
    "1.4.0": text(lambda j: f"{os.uname().sysname} {os.uname().release} / "
                  f"{os.uname().machine}"),
    "1.5.0": gauge(lambda j: 10**9),
    "1.6.0": integer(lambda j: -20, 11),
    "1.7.0": span(lambda j: s(j)["root_distance_s"]),
    # ntpEntStatus
    "2.1.0": integer(lambda j: 6),
    "2.2.0": gauge(lambda j: s(j)["stratum"]),
    "2.3.0": gauge(lambda j: 1 + [u["host"] for u in j["upstreams"][
        "upstreams"]].index(s(j)["source"])),
    "2.4.0": text(lambda j: s(j)["source"]),
    "2.5.0": span(lambda j: next(
        u["offset_s"] for u in j["upstreams"]["upstreams"]
        if u["host"] == s(j)["source"])),
    "2.6.0": gauge(lambda j: len(j["upstreams"]["upstreams"])),
    "2.7.0": span(lambda j: s(j)["root_dispersion_s"], ""),
    "2.8.0": ("Timeticks", lambda j: s(j)["uptime_s"] * 100, 20),
    "2.9.0": ("date", lambda j: j["now"], 0.2),
    "2.10.0": text(lambda j: "\0" * 16),
    "2.11.0": integer(lambda j: 0),
    "2.12.0": count(lambda j: s(j)["serve"]["received"] + heard(j)),
    "2.13.0": count(lambda j: s(j)["serve"]["answered"]
                    + s(j)["upstream"]["sent_total"]),
    "2.14.0": count(lambda j: 2),
    "2.15.0": count(lambda j: 1),
    "2.16.0": count(lambda j: j["told"]),
    # ntpEntStatPktModeTable: what is sent and received as a client is ours
    **{f"2.17.1.{c}.{m}": count(lambda j: 0)
       for c in (2, 3) for m in range(1, 7)},
    "2.17.1.2.3": count(lambda j: s(j)["upstream"]["sent_total"]),
    "2.17.1.2.4": count(lambda j: s(j)["serve"]["answered"]),
    "2.17.1.3.3": count(lambda j: s(j)["serve"]["received"]),
    "2.17.1.3.4": count(heard),
    # ntpAssociationTable
    **of_upstreams("3.1.1.2")(lambda u: text(lambda j: u(j)["host"])),
    **of_upstreams("3.1.1.3")(lambda u: text(lambda j: "")),
    **of_upstreams("3.1.1.4")(lambda u: integer(lambda j: 1)),
    **of_upstreams("3.1.1.5")(lambda u: (
        "Hex-STRING", lambda j: address(u(j)), None)),
    **of_upstreams("3.1.1.6")(lambda u: span(lambda j: u(j)["offset_s"])),
    **of_upstreams("3.1.1.7")(lambda u: gauge(lambda j: u(j)["stratum"])),
    **of_upstreams("3.1.1.8")(lambda u: span(
        lambda j: u(j)["jitter_s"], "")),
    **of_upstreams("3.1.1.9")(lambda u: span(lambda j: u(j)["delay_s"], "")),
    **of_upstreams("3.1.1.10")(lambda u: span(
        lambda j: u(j)["root_dispersion_s"], "")),
    # ntpAssociationStatisticsTable
    **of_upstreams("3.2.1.1")(lambda u: count(lambda j: u(j)["received"])),
    **of_upstreams("3.2.1.2")(lambda u: count(lambda j: u(j)["sent"])),
    **of_upstreams("3.2.1.3")(lambda u: count(lambda j: 0)),
    # ntpEntControl
    "4.1.0": gauge(lambda j: 60),
    "4.2.0": ("Hex-STRING", lambda j: b"\x7f\x00", None),
}
U64 = "Counter64"
OWN_TABLE = {
    # ntpgateClock
    "1.1.0": text(lambda j: s(j)["name"]),
    "1.2.0": integer(lambda j: 2),
    "1.3.0": gauge(lambda j: s(j)["since_s"], 1),
    "1.4.0": gauge(lambda j: s(j)["stratum"]),
    "1.5.0": micro(lambda j: s(j)["offset_s"]),
    "1.6.0": micro(lambda j: s(j)["error_bound_s"]),
    "1.7.0": micro(lambda j: s(j)["root_delay_s"]),
    "1.8.0": micro(lambda j: s(j)["root_dispersion_s"]),
    "1.9.0": micro(lambda j: s(j)["root_distance_s"]),
    "1.10.0": integer(lambda j: s(j)["frequency_ppm"] * 1e3, 5000),
    "1.11.0": count(lambda j: s(j)["steps"]),
    "1.12.0": gauge(lambda j: s(j)["groups"]["answering"]),
    "1.13.0": gauge(lambda j: s(j)["groups"]["agreeing"]),
    "1.14.0": gauge(lambda j: s(j)["groups"]["losses"]),
    # ntpgateBudget
    "2.1.0": gauge(lambda j: s(j)["upstream"]["budget_day"]),
    "2.2.0": gauge(lambda j: s(j)["upstream"]["sent_hour"]),
    "2.3.0": gauge(lambda j: s(j)["upstream"]["sent_day"]),
    "2.4.0": count(lambda j: s(j)["upstream"]["sent_total"], U64),
    "2.5.0": gauge(lambda j: s(j)["upstream"]["left"]),
    "2.6.0": gauge(lambda j: 0),
    "2.7.0": gauge(lambda j: s(j)["upstream"]["interval_s"], 1),
    "2.8.0": integer(lambda j: 1),
    # ntpgateUpstreamTable
    **of_upstreams("3.1.1.2")(lambda u: text(lambda j: u(j)["host"])),
    **of_upstreams("3.1.1.3")(lambda u: integer(lambda j: 1)),
    **of_upstreams("3.1.1.4")(lambda u: (
        "Hex-STRING", lambda j: address(u(j)), None)),
    **of_upstreams("3.1.1.5")(lambda u: integer(
        lambda j: 1 + STATE.index(u(j)["state"]))),
    **of_upstreams("3.1.1.6")(lambda u: integer(
        lambda j: 1 if u(j)["host"] == s(j)["source"] else 2)),
    **of_upstreams("3.1.1.7")(lambda u: gauge(lambda j: u(j)["stratum"])),
    **of_upstreams("3.1.1.8")(lambda u: gauge(
        lambda j: u(j)["reach"], 255)),
    **of_upstreams("3.1.1.9")(lambda u: micro(lambda j: u(j)["offset_s"])),
    **of_upstreams("3.1.1.10")(lambda u: micro(lambda j: u(j)["delay_s"])),
    **of_upstreams("3.1.1.11")(lambda u: micro(
        lambda j: u(j)["jitter_s"])),
    **of_upstreams("3.1.1.12")(lambda u: micro(
        lambda j: u(j)["distance_s"])),
    **of_upstreams("3.1.1.13")(lambda u: integer(
        lambda j: u(j)["score"] * 100, 1)),
    **of_upstreams("3.1.1.14")(lambda u: count(lambda j: u(j)["sent"], U64)),
    **of_upstreams("3.1.1.15")(lambda u: count(
        lambda j: u(j)["received"], U64)),
    **of_upstreams("3.1.1.16")(lambda u: gauge(
        lambda j: account(j, u(j)["host"])["sent_day"])),
    **of_upstreams("3.1.1.17")(lambda u: gauge(lambda j: 0)),
    **of_upstreams("3.1.1.18")(lambda u: integer(lambda j: 2)),
    **of_upstreams("3.1.1.19")(lambda u: gauge(lambda j: u(j)["poll_s"], 1)),
    # ntpgateSibling: there is none
    "4.1.0": integer(lambda j: 1),
    "4.2.0": text(lambda j: ""),
    "4.3.0": gauge(lambda j: 2**32 - 1),
    "4.4.0": integer(lambda j: 2**31 - 1),
    "4.5.0": integer(lambda j: 2**31 - 1),
    "4.6.0": gauge(lambda j: 0),
    # ntpgateService
    "5.1.0": count(lambda j: s(j)["serve"]["received"], U64),
    "5.2.0": count(lambda j: s(j)["serve"]["answered"], U64),
    "5.3.0": count(lambda j: s(j)["serve"]["limited"], U64),
    "5.4.0": count(lambda j: s(j)["serve"]["kissed"], U64),
    "5.5.0": count(lambda j: s(j)["serve"]["denied"], U64),
    "5.6.0": count(lambda j: s(j)["serve"]["bad"], U64),
    "5.7.0": count(lambda j: 7 * 48 + 5, U64),
    "5.8.0": count(lambda j: 5 * 48, U64),
    "5.9.0": gauge(lambda j: s(j)["serve"]["clients"]),
    # ntpgateHosts: nobody misbehaves
    "6.1.0": gauge(lambda j: 0),
    "6.2.0": gauge(lambda j: 0),
}


def plain(kind, value):
    """As a number, or as octets."""
    if kind == "date":  # era, second of it, fraction: RFC 5905, section 6
        era, second, fraction = struct.unpack("!iIQ", value)
        return era * 2**32 + second + fraction / 2**64 - 2208988800
    if kind.startswith("span"):
        found = value.decode()
        assert found.endswith(kind[4:]), found
        return float(found.removesuffix(kind[4:] or "\0"))
    return value


def agrees(row, got, looks):
    """Within what was so before and after."""
    kind, value, tolerance = row
    wire = {"date": "Hex-STRING", "span": "Hex-STRING",
            "span ms": "Hex-STRING"}.get(kind, kind)
    if got[0] != wire:
        return False
    if value is None:
        return True
    want = [value(j) for j in looks]
    is_ = plain(kind, got[1])
    if tolerance is None:
        return is_ in want
    return min(want) - tolerance - 1e-9 <= is_ <= max(want) + tolerance + 1e-9


def differences(root, table, got, looks):
    """Sentences on each instance that is wrong, missing, or too many."""
    want = {f"{root}.1.{k}": v for k, v in table.items()}
    bad = [f"{k} {got.get(k)} for {[v[1](j) for j in looks] if v[1] else v}"
           for k, v in want.items()
           if k not in got or not agrees(v, got[k], looks)]
    return bad + [f"{k} {v} is not in the table" for k, v in got.items()
                  if k not in want]
