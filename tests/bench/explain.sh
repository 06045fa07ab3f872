#!/bin/sh
# explain.sh - how long "ntpgate explain" takes for a million lines of each
# kind and for a million packets, and its peak of memory (RSS).  First 1,000
# hosts that ask 4 servers, then a million addresses that come once.  Nothing
# is asserted.
#
#	tests/bench/explain.sh [NTPGATE [COUNT]]
tool=${1:-${builddir:-.}/src/ntpgate}
count=${2:-1000000}
if [ ! -x "$tool" ]; then
	echo "$tool: not built (make)" >&2
	exit 1
fi
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
exec python3 - "$tool" "$count" "$work/input" <<'PYTHON'
import os
import struct
import subprocess
import sys
import time

tool, count, path = sys.argv[1], int(sys.argv[2]), sys.argv[3]


def ends(i, many):
    """Client, server, port and whether it is the answer, of packet i."""
    k = i // 2
    client = (f"203.{k >> 16 & 255}.{k >> 8 & 255}.{k & 255}" if many else
              f"10.0.{k % 1000 // 250}.{k % 250}")
    return client, f"192.0.2.{k % 4 + 1}", 1024 + k % 60000, i % 2


def line(i, many):
    client, server, port, back = ends(i, many)
    a, b, s, d = ((server, client, 123, port) if back else
                  (client, server, port, 123))
    t = i // 1000
    return (f"2026-11-22T{t // 3600:02}:{t // 60 % 60:02}:{t % 60:02}."
            f"{i % 1000:03}+00:00 fw kernel: DROP IN=a OUT=b MAC=52:54:00 "
            f"SRC={a} DST={b} LEN=76 TOS=0x00 PREC=0x00 TTL=55 ID=1 DF "
            f"PROTO=UDP SPT={s} DPT={d} LEN=56 \n").encode()


def ip(text):
    return bytes(int(x) for x in text.split("."))


def packet(i, many):
    client, server, port, back = ends(i, many)
    a, b, s, d = ((server, client, 123, port) if back else
                  (client, server, port, 123))
    stamp = struct.pack("!Q", i // 2 + 1)
    ntp = (bytes([0x24, 2]) + bytes(22) + stamp + bytes(16) if back else
           bytes([0x23]) + bytes(39) + stamp)
    data = (bytes(12) + b"\x08\x00\x45\0\0\x4c\0\1\0\0\x37\x11\0\0" + ip(a) +
            ip(b) + struct.pack("!HHHH", s, d, 56, 0) + ntp)
    return struct.pack("<IIII", i // 1000, i % 1000 * 1000, len(data),
                       len(data)) + data


def measure(what, make, many, head=b""):
    with open(path, "wb") as f:
        f.write(head)
        for i in range(count):
            f.write(make(i, many))
    began = time.monotonic()
    with open(os.devnull, "wb") as null:
        p = subprocess.Popen([tool, "explain", path], stdout=null)
        _, status, used = os.wait4(p.pid, 0)
    took = time.monotonic() - began
    print(f"{what:32} {took:6.2f} s  {used.ru_maxrss / 1024:6.1f} MB  "
          f"status {os.waitstatus_to_exitcode(status)}", flush=True)


HEAD = struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 262144, 1)
measure(f"{count} lines, 1000 hosts", line, False)
measure(f"{count} packets, 1000 hosts", packet, False, HEAD)
measure(f"{count} lines, all strangers", line, True)
measure(f"{count} packets, all strangers", packet, True, HEAD)
PYTHON
