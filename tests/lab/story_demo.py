# SPDX-License-Identifier: ISC
"""The demonstration: a newcomer sees a site that is synchronised, and when it
is over nothing of it is left."""

import os
import re
import signal
import subprocess
import time

from lab import USER, Lab

lab = Lab()


def begin(name, *options, user=None):
    """The demo with a folder for temporary files of its own."""
    folder = lab.folder(name, user or "root")
    who = ["setpriv", "--reuid", user, "--regid", "nogroup",
           "--clear-groups"] if user else []
    return folder, lab.start(name, [
        *who, "env", f"TMPDIR={folder}", lab.tool("ntpgate"), "demo",
        *options])


def running(name):
    """Number, state and name.  Those of a gateway that was killed wait for the
    story to bury them, and do not count."""
    names = subprocess.run(["ps", "-eo", "pid,stat,comm"], text=True,
                           stdout=subprocess.PIPE, check=True).stdout
    return [s for s in names.splitlines()
            if name in s and not s.split()[1].startswith("Z")]


def nothing_left(folder):
    ours = running("ntpgate")
    lab.check(not os.listdir(folder) and not ours,
              "no file and no process is left", os.listdir(folder) + ours)


folder, demo = begin("demo-root", "--for", "24s")
rc = demo.ended(90)
lab.check(rc == 0, "demo --for 24s: synchronised at the end", rc)
text = demo.text()
lab.check("changes no clock" in text, "it says what it changes: nothing")
lab.check("\033" not in text, "what is not a terminal gets no colours")
lab.check("x127.0.0.13" in text, "the liar is in its table")
lab.check(text.count(" 0 wrong") == 2, "no host was told a wrong time",
          text.splitlines()[-6:])
lab.check("gw2 is killed" in text and "gw2 is started again" in text
          and "gw1 is in state synced, unheard" in text,
          "one gateway dies and comes back, the other goes on",
          [t for t in text.splitlines() if t.startswith("after")])
lab.check("paired with gw2 (127.0.0.2)" in text, "at the end they are a pair",
          [t.strip() for t in text.splitlines() if "Sibling" in t])
sent = re.search(r"Packets to the servers: (\d+), of gw1 (\d+), of gw2 (\d+)",
                 text)
lab.check(sent and all(int(n) > 5 for n in sent.groups()), "both ask",
          sent and sent[0])
insane = re.search(r"insane +127.1.9.2 asked (\d+) times, (\d+) answers, "
                   r"(\d+) of them \"ask less often\"", text)
lab.check(insane and int(insane[1]) > 1.5 * int(insane[2])
          and int(insane[3]) > 0, "the insane host is held back",
          insane and insane[0])
nothing_left(folder)

folder, demo = begin("demo-user", "--for", "15s", "--port-base", "22300",
                     user=USER)
rc = demo.ended(90)
lab.check(rc == 0, "as an ordinary user, elsewhere: the same", rc)
nothing_left(folder)

# Its last look takes longer than the time that is left.
folder, demo = begin("demo-slow", "--for", "4s")
lab.until(lambda: "starting" in demo.text(), 20)
desks = [int(s.split()[0]) for s in running("-desk")]
for pid in desks:
    os.kill(pid, signal.SIGSTOP)
time.sleep(6)
for pid in desks:
    os.kill(pid, signal.SIGCONT)
rc = demo.ended(30)
lab.check(len(desks) == 2 and rc is not None,
          "gateways that are slow do not keep it from ending",
          f"{rc}, {len(desks)} stood still")
demo.stop()
nothing_left(folder)

for sig in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
    folder, demo = begin(f"demo-{sig.name}")
    lab.until(lambda: "starting" in demo.text(), 10)
    rc, took = demo.stop(sig)
    lab.check(rc in (0, 1) and took < 4, f"{sig.name} ends it",
              f"{rc}, {took:.2f} s")
    nothing_left(folder)

for options in (["--for", "30"], ["--for"], ["--for", "-1s"],
                ["--port-base", "70000"], ["now"]):
    _, demo = begin("demo-wrong", *options)
    rc = demo.ended(30)
    lab.check(rc == 2, f"demo {' '.join(options)}: refused", rc)

folder, one = begin("demo-one")
lab.until(lambda: "starting" in one.text(), 10)
other_folder, two = begin("demo-two")
rc = two.ended(30)
lab.check(rc == 1 and "127.0.0.11" in two.text(),
          "a second one says that the port is taken", two.text().strip())
lab.check(not os.listdir(other_folder), "and leaves nothing")
one.stop()
lab.end()
