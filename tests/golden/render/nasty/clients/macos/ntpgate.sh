#!/bin/sh
# commands for macOS (site 1-site_with.the-longest., policy block)
# ntpgate render macos, from nasty.yaml
# digest fnv1a-64 00777af03534723b
# load:   sudo sh FILE
# check:  systemsetup -getnetworktimeserver
# remove: systemsetup -setnetworktimeserver time.apple.com

set -e
systemsetup -setnetworktimeserver 2001:db8:ffff:ffff:ffff:ffff:ffff:fff1
systemsetup -setusingnetworktime on
