@echo off
rem commands for Windows; in a domain, on its forest-root PDC emulator only (site 1-site_with.the-longest., policy block)
rem ntpgate render windows, from nasty.yaml
rem digest fnv1a-64 00777af03534723b
rem load:   run it as administrator
rem check:  w32tm /query /status
rem remove: w32tm /config /syncfromflags:domhier /update

w32tm /config /manualpeerlist:"2001:db8:ffff:ffff:ffff:ffff:ffff:fff1,0x8 2001:db8:ffff:ffff:ffff:ffff:ffff:fff2,0x8 2001:db8:ffff:ffff:ffff:ffff:ffff:fff3,0x8" /syncfromflags:manual /update
net stop w32time
net start w32time
w32tm /query /peers
