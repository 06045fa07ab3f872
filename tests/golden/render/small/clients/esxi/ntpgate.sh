#!/bin/sh
# commands for ESXi 7 and later (site example, policy redirect)
# ntpgate render esxi, from small.yaml
# digest fnv1a-64 558115ecf333609f
# load:   sh FILE, on the host
# check:  esxcli system ntp get
# remove: esxcli system ntp set --reset

set -e
esxcli system ntp set --server=10.0.0.11 --server=10.0.0.12 --enabled=true
esxcli system ntp get
