#!/bin/sh
# commands for macOS (site example, policy redirect)
# ntpgate render macos, from small.yaml
# digest fnv1a-64 558115ecf333609f
# load:   sudo sh FILE
# check:  systemsetup -getnetworktimeserver
# remove: systemsetup -setnetworktimeserver time.apple.com

set -e
systemsetup -setnetworktimeserver 10.0.0.10
systemsetup -setusingnetworktime on
