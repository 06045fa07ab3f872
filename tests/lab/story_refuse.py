# SPDX-License-Identifier: ISC
"""What is wrong is refused: one sentence, the right exit status, no half
start.  What can be done without is done without, and said."""

import os
import shutil
import socket

from lab import Gateway, Lab, bus, inside, servers, shown, voices

lab = Lab()
up = servers(lab, 1, 4)
host = lab.host("gw", 100)
gw = Gateway(lab, host, voices(up))


def refused(sentence, status, *words, timeout=10):
    """It refuses, with this status and one line that holds the words."""
    rc, out = gw.run(timeout)
    lines = out.strip().splitlines()
    lab.check(rc == status and len(lines) == 1
              and all(w in out for w in words), sentence, f"{rc}: {out.strip()}")
    lab.check(not os.path.exists(gw.run_dir + "/control"),
              "and nothing is left behind")


with inside(host.ns()):
    taken = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
taken.bind(("0.0.0.0", 123))
refused("the port is taken", 1, "123", "in use")
taken.close()

gw.configure(keys=lab.write("keys", "1 SHA1 00112233\n", 0o644, "nobody"))
refused("others can read the key file", 2, "keys")
gw.configure(keys=lab.write("keys", "1 SHA1 0011223\n", 0o600, "nobody"))
refused("a key file with a bad line", 2, "keys:1")
gw.configure(keys=None)

locked = os.path.join(lab.dir, "locked")
os.makedirs(locked, 0o700)
gw.configure(state_dir=locked)
refused("state_dir is not writable", 1, "locked")
gw.configure(state_dir=gw.state_dir)

gw.configure(servers=voices(up[:3]))
refused("three servers are too few", 2, "4")
gw.configure(servers=voices([bus(4, n) for n in range(1, 9)]))
refused("eight servers are too many", 2, "7")
gw.configure(servers=voices(up[:3] + ["8.8.8.8"]))
refused("a public server is never asked every second", 2, "8.8.8.8")
gw.configure(servers=voices(up))
gw.configure(allow=["10.77.0.1/24"])
refused("a prefix with host bits", 2, "10.77.0.0/24")
gw.configure(allow=["10.77.0.0/24"])
gw.configure(extra='step: { limit = "1"; };')
refused("a duration without a unit", 2, "limit")
gw.configure(extra='sevre: { port = 123; };')
refused("an unknown section, and the one that was meant", 2, "sevre", "serve")
gw.configure(extra="")

# A good run leaves its state behind.
gw.start()
took = gw.wait("synced", 30)
if not lab.check(took is not None, "with all of that right, it runs",
                 shown(took)):
    lab.end()
second = Gateway(lab, host, voices(up), name="second", port=1123,
                 state_dir=gw.state_dir)
rc, out = second.run(10)
lab.check(rc == 1 and gw.state_dir in out and len(out.splitlines()) == 1,
          "a second one with the same state_dir is refused", out.strip())
third = Gateway(lab, host, voices(up), name="third")
rc, out = third.run(10)
lab.check(rc == 1 and "123" in out and "in use" in out,
          "a second one at the same port is refused", out.strip())
third.run_dir = gw.run_dir
third.configure(port=1123)
rc, out = third.run(10)
lab.check(rc == 1 and "another ntpgated" in out and gw.run_dir in out
          and not os.path.exists(third.state_dir + "/ledger"),
          "a second one with the same run_dir is refused", out.strip())
rc, _ = gw.process.stop()
lab.check(rc == 0, "exit status 0", rc)
files = {f: open(os.path.join(gw.state_dir, f), "rb").read()
         for f in os.listdir(gw.state_dir)}
if not lab.check(files.get("state"), "it leaves its state",
                 {f: len(b) for f, b in files.items()}):
    lab.end()


def started_with(sentence, octets, said):
    """All as it was but for the state: does it say these words?"""
    for name, was in {**files, "state": octets}.items():
        path = os.path.join(gw.state_dir, name)
        with open(path, "wb") as f:
            f.write(was)
        shutil.chown(path, "nobody")
    # or the ledger of now would be known, with all these starts in it
    os.unlink(os.path.join(gw.run_dir, "ledger.witness"))
    gw.start()
    took = gw.wait("synced", 40)
    words = [s for s in gw.process.text().splitlines() if said in s]
    lab.check(took is not None and words, sentence,
              f"{shown(took)}; {words[:1]}")
    rc, _ = gw.process.stop()
    lab.check(rc == 0, "exit status 0", rc)


whole = files["state"]
for length in (0, 1, len(whole) // 2, len(whole) - 1):
    started_with(f"state cut after {length} of {len(whole)} octets: starts "
                 "cold, says so", whole[:length], "cold start")

started_with("the whole state: starts warm, says so", whole, "remembered")



def serves_and_says(event, what, sentence):
    """It is synchronised, and this event was told once, of that."""
    gw.start()
    took = gw.wait("synced", 40)
    words = [s for s in gw.process.text().splitlines() if event in s]
    lab.check(took is not None and len(words) == 1 and what in words[0],
              sentence, words)
    gw.process.stop()


# Pages are no reason not to serve; that there are none is said once.
with inside(host.ns()):
    taken = socket.socket()
taken.bind(("127.0.0.1", 8123))
taken.listen()
gw.configure(extra='http: { listen = "127.0.0.1:8123"; };')
serves_and_says("http.failed", "127.0.0.1:8123",
                "the port of the pages is taken: it serves, and says so")
taken.close()

# An address may come later, from a machine that shares it.
gw.configure(extra="", limit=gw.conf["limit"] + f"""
    listen = ( "{bus(4, host.number)}", "192.0.2.5" );""")
serves_and_says("serve.absent", "192.0.2.5",
                "an address that the machine does not have is named")

# A name may turn out to be anybody's: such a configuration must be polite.
gw = Gateway(lab, host, voices(up + ["no-such-name.invalid"]), name="names",
             poll=("64s", "1024s"), day=640)
gw.start()
took = gw.wait("synced", 30)
lab.check(took is not None, "a name that does not resolve: the others go on",
          shown(took))
u = gw.upstream("no-such-name.invalid")
lab.check(u.get("state") == "unresolved", "and it is shown", u.get("why"))
gw.process.stop()
lab.end()
