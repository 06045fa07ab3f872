# SPDX-License-Identifier: ISC
"""The service unit: systemd's own parser has nothing to say against it, and
its examiner finds little that the daemon may do."""

import os
import re
import subprocess

from lab import BUILD, SRC, Lab

lab = Lab()
with open(os.path.join(BUILD, "deploy/ntpgated.service")) as f:
    text = f.read()
# Where it will be installed there is nothing yet.
text = re.sub(r"^(Exec\w+)=\S*/ntpgated", rf"\1={lab.tool('ntpgated')}",
              text, flags=re.M)
unit = lab.write("ntpgated.service", text)


def analyze(*argv):
    done = subprocess.run(
        ["systemd-analyze", *argv, unit], stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, timeout=60, check=False)
    return done.returncode, done.stdout.strip()


rc, out = analyze("verify", "--man=no")
lab.check(rc == 0 and not out, "systemd-analyze verify is silent", out)
rc, out = analyze("security", "--offline=true", "--threshold=25",
                  "--no-pager")
lab.check(rc == 0, "exposed at most 2.5 of 10", out.splitlines()[-1:])
lab.check("@clock" in text.split("SystemCallFilter=")[-1].split("\n")[0],
          "the clock is allowed after what takes it away")
done = subprocess.run(
    ["systemd-sysusers", "--dry-run",
     os.path.join(SRC, "deploy/sysusers.d/ntpgate.conf")],
    stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=20,
    check=False)
lab.check(done.returncode == 0, "systemd-sysusers takes the user's line",
          done.stdout.strip())
lab.end()
