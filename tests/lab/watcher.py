# SPDX-License-Identifier: ISC
"""watcher.py - who watches a gateway by SNMP: its master agent, Debian's
snmpd by our sample, and snmptrapd, which hears what is told."""

import os
import re

from lab import SRC, bus, shown
from mib import OWN, RFC


class Watcher:
    """On the host of the gateway that it watches."""

    def __init__(self, lab, home):
        self.lab, self.home = lab, home
        os.makedirs(lab.tool("agentx"))
        os.makedirs(lab.tool("persistent"))
        self.socket = lab.tool("agentx/master")
        os.environ["SNMP_PERSISTENT_DIR"] = lab.tool("persistent")
        os.environ["SNMPCONFPATH"] = "/dev/null"
        self.conf = self.configure()
        self.trapd = home.start("snmptrapd", [
            "snmptrapd", "-f", "-Lo", "-On", "-C", "-c", "/dev/null",
            "--disableAuthorization=yes", "-m", "", "udp:127.0.0.1:162"])

    def configure(self):
        """The sample, at the lab's addresses, and somebody who may do
        everything."""
        with open(os.path.join(SRC, "deploy/snmp/snmpd.conf.sample")) as f:
            sample = f.read()
        for was, is_ in (("/var/agentx/master", self.socket),
                         ("root ntpgate", "root nogroup"),
                         ("udp:127.0.0.1:161",
                          f"udp:{bus(4, self.home.number)}:161"),
                         ("\ntrapsess ",
                          "\ntrap2sink 127.0.0.1:162 public\n#"),
                         ("change this pass phrase", "authentication"),
                         ("and this one", "encryption")):
            assert was in sample, was
            sample = sample.replace(was, is_)
        return self.lab.write("snmpd.conf",
                              sample + "rwcommunity private\n")

    def snmpd(self):
        return self.home.start("snmpd", ["snmpd", "-f", "-Lo", "-C", "-c",
                                         self.conf, "-I", "-smux"])

    def told(self, name=f"({RFC}|{OWN})\\S+".replace(".", "\\.")):
        """The notifications of that name so far, each with its objects."""
        return [line for line in self.trapd.text().splitlines()
                if re.search(r"\.6\.3\.1\.1\.4\.1\.0 = OID: " + name
                             + r"(\t|$)", line)]

    def expect(self, name, sentence, carries="", wait_s=6):
        """A notification of that name, which carries that."""
        took = self.lab.until(
            lambda: any(re.search(carries, line)
                        for line in self.told(name.replace(".", "\\."))),
            wait_s, 0.2)
        return self.lab.check(took is not None, sentence, shown(took))
