@echo off
rem commands for Windows; in a domain, on its forest-root PDC emulator only (site example, policy redirect)
rem ntpgate render windows, from small.yaml
rem digest fnv1a-64 558115ecf333609f
rem load:   run it as administrator
rem check:  w32tm /query /status
rem remove: w32tm /config /syncfromflags:domhier /update

w32tm /config /manualpeerlist:"10.0.0.11,0x8 10.0.0.12,0x8" /syncfromflags:manual /update
net stop w32time
net start w32time
w32tm /query /peers
