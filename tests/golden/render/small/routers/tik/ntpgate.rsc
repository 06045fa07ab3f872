# tik: script for RouterOS 7 (site example, policy redirect)
# ntpgate render routeros, from small.yaml
# digest fnv1a-64 558115ecf333609f
# load:   /import FILE, once: a second import doubles the rules
# check:  /ip firewall filter print where comment=ntpgate
# remove: /ip firewall filter remove [find comment=ntpgate], and nat, address-list,
#   interface list likewise

/interface list add name=ntpgate-in comment=ntpgate
/interface list member add list=ntpgate-in interface=bridge1 comment=ntpgate
/interface list member add list=ntpgate-in interface=vlan20 comment=ntpgate
/interface list add name=ntpgate-out comment=ntpgate
/interface list member add list=ntpgate-out interface=ether1 comment=ntpgate
/ip firewall address-list add list=ntpgate-asker address=10.0.0.11 comment=ntpgate
/ip firewall address-list add list=ntpgate-asker address=192.0.2.11 comment=ntpgate
/ip firewall address-list add list=ntpgate-asker address=10.0.0.12 comment=ntpgate
/ip firewall address-list add list=ntpgate-asker address=192.0.2.12 comment=ntpgate
/ip firewall address-list add list=ntpgate-upstream address=203.0.113.10 comment=ntpgate
/ip firewall address-list add list=ntpgate-upstream address=203.0.113.20 comment=ntpgate
/ip firewall address-list add list=ntpgate-upstream address=203.0.113.30 comment=ntpgate
/ip firewall address-list add list=ntpgate-upstream address=203.0.113.40 comment=ntpgate
/ip firewall address-list add list=ntpgate-own address=10.0.0.11 comment=ntpgate
/ip firewall address-list add list=ntpgate-own address=10.0.0.12 comment=ntpgate
/ip firewall address-list add list=ntpgate-own address=10.0.0.10 comment=ntpgate
/ip firewall address-list add list=ntpgate-own address=192.0.2.11 comment=ntpgate
/ip firewall address-list add list=ntpgate-own address=192.0.2.12 comment=ntpgate
/ip firewall address-list add list=ntpgate-own address=10.0.0.0/24 comment=ntpgate
/ip firewall address-list add list=ntpgate-own address=10.1.0.0/16 comment=ntpgate
/ip firewall address-list add list=ntpgate-own address=10.2.0.0/24 comment=ntpgate
/ip firewall address-list add list=ntpgate-own address=10.2.1.0/24 comment=ntpgate
/ipv6 firewall address-list add list=ntpgate-asker address=2001:db8:0:1::11 comment=ntpgate
/ipv6 firewall address-list add list=ntpgate-asker address=2001:db8:f::11 comment=ntpgate
/ipv6 firewall address-list add list=ntpgate-asker address=2001:db8:0:1::12 comment=ntpgate
/ipv6 firewall address-list add list=ntpgate-asker address=2001:db8:f::12 comment=ntpgate
/ipv6 firewall address-list add list=ntpgate-upstream address=2001:db8:e::10 comment=ntpgate
/ipv6 firewall address-list add list=ntpgate-upstream address=2001:db8:e::50 comment=ntpgate
/ipv6 firewall address-list add list=ntpgate-own address=2001:db8:0:1::11 comment=ntpgate
/ipv6 firewall address-list add list=ntpgate-own address=2001:db8:0:1::12 comment=ntpgate
/ipv6 firewall address-list add list=ntpgate-own address=2001:db8:0:1::10 comment=ntpgate
/ipv6 firewall address-list add list=ntpgate-own address=2001:db8:f::11 comment=ntpgate
/ipv6 firewall address-list add list=ntpgate-own address=2001:db8:f::12 comment=ntpgate
/ipv6 firewall address-list add list=ntpgate-own address=2001:db8:0:1::/64 comment=ntpgate
/ipv6 firewall address-list add list=ntpgate-own address=2001:db8:1::/64 comment=ntpgate
# place-before wants a rule that is there: an empty table needs one first.
/ip firewall filter add chain=forward action=accept protocol=udp dst-port=123 src-address-list=ntpgate-asker dst-address-list=ntpgate-upstream comment=ntpgate place-before=0
# exempt: 10.1.2.3: GPS appliance
/ip firewall filter add chain=forward action=accept protocol=udp dst-port=123 src-address=10.1.2.3 dst-address=198.51.100.7 comment=ntpgate place-before=1
/ip firewall filter add chain=forward action=drop protocol=udp port=123 in-interface-list=ntpgate-in out-interface-list=ntpgate-out src-address-list=!ntpgate-own comment=ntpgate place-before=2
/ip firewall filter add chain=forward action=drop protocol=udp dst-port=123 in-interface-list=ntpgate-in out-interface-list=ntpgate-out log=yes log-prefix=ntpgate-block comment=ntpgate place-before=3
/ip firewall filter add chain=forward action=drop protocol=tcp dst-port=4460 in-interface-list=ntpgate-in out-interface-list=ntpgate-out comment=ntpgate place-before=4
/ip firewall filter add chain=forward action=drop protocol=udp src-port=123 in-interface-list=ntpgate-in out-interface-list=ntpgate-out comment=ntpgate place-before=5
/ip firewall filter add chain=forward action=drop protocol=udp dst-port=123 in-interface-list=ntpgate-out connection-state=new comment=ntpgate place-before=6
/ipv6 firewall filter add chain=forward action=accept protocol=udp dst-port=123 src-address-list=ntpgate-asker dst-address-list=ntpgate-upstream comment=ntpgate place-before=0
# exempt: 2001:db8:1::3: lent by the university
/ipv6 firewall filter add chain=forward action=accept protocol=udp dst-port=123 src-address=2001:db8:1::3 comment=ntpgate place-before=1
/ipv6 firewall filter add chain=forward action=drop protocol=udp port=123 in-interface-list=ntpgate-in out-interface-list=ntpgate-out src-address-list=!ntpgate-own comment=ntpgate place-before=2
/ipv6 firewall filter add chain=forward action=drop protocol=udp dst-port=123 in-interface-list=ntpgate-in out-interface-list=ntpgate-out log=yes log-prefix=ntpgate-block comment=ntpgate place-before=3
/ipv6 firewall filter add chain=forward action=drop protocol=tcp dst-port=4460 in-interface-list=ntpgate-in out-interface-list=ntpgate-out comment=ntpgate place-before=4
/ipv6 firewall filter add chain=forward action=drop protocol=udp src-port=123 in-interface-list=ntpgate-in out-interface-list=ntpgate-out comment=ntpgate place-before=5
/ipv6 firewall filter add chain=forward action=drop protocol=udp dst-port=123 in-interface-list=ntpgate-out connection-state=new comment=ntpgate place-before=6
/ip firewall nat add chain=dstnat action=accept protocol=udp dst-port=123 src-address=10.1.2.3 comment=ntpgate
/ip firewall nat add chain=dstnat action=dst-nat to-addresses=10.0.0.10 to-ports=1123 protocol=udp dst-port=123 in-interface-list=ntpgate-in src-address-list=!ntpgate-asker dst-address-list=!ntpgate-own comment=ntpgate
# its own time
/system ntp client set enabled=yes servers=10.0.0.11,10.0.0.12
# DHCP
/ip dhcp-server network set [find address=10.0.0.0/24] ntp-server=10.0.0.11,10.0.0.12
/ip dhcp-server network set [find address=10.1.0.0/16] ntp-server=10.0.0.12,10.0.0.11
/ip dhcp-server network set [find address=10.2.0.0/24] ntp-server=10.0.0.11,10.0.0.12
/ip dhcp-server network set [find address=10.2.1.0/24] ntp-server=10.0.0.11,10.0.0.12
/ipv6 dhcp-server option add code=56 name=ntpgate-56-servers-2 value=0x0001001020010db8000000010000000000000010
/ipv6 dhcp-server option add code=31 name=ntpgate-31-servers-2 value=0x20010db800000001000000000000001120010db8000000010000000000000012
/ipv6 dhcp-server option add code=56 name=ntpgate-56-office-2 value=0x0001001020010db8000000010000000000000010
/ipv6 dhcp-server option add code=31 name=ntpgate-31-office-2 value=0x20010db800000001000000000000001220010db8000000010000000000000011
