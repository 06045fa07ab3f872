#!/bin/sh
# commands for ESXi 7 and later (site 1-site_with.the-longest., policy block)
# ntpgate render esxi, from nasty.yaml
# digest fnv1a-64 00777af03534723b
# load:   sh FILE, on the host
# check:  esxcli system ntp get
# remove: esxcli system ntp set --reset

set -e
esxcli system ntp set --server=2001:db8:ffff:ffff:ffff:ffff:ffff:fff1 --server=2001:db8:ffff:ffff:ffff:ffff:ffff:fff2 --server=2001:db8:ffff:ffff:ffff:ffff:ffff:fff3 --enabled=true
esxcli system ntp get
