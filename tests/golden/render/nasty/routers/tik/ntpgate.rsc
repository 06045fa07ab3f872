# tik: script for RouterOS 7 (site 1-site_with.the-longest., policy block)
# ntpgate render routeros, from nasty.yaml
# digest fnv1a-64 00777af03534723b
# load:   /import FILE, once: a second import doubles the rules
# check:  /ip firewall filter print where comment=ntpgate
# remove: /ip firewall filter remove [find comment=ntpgate], and nat, address-list,
#   interface list likewise

/interface list add name=ntpgate-in comment=ntpgate
/interface list member add list=ntpgate-in interface=all comment=ntpgate
/interface list add name=ntpgate-out comment=ntpgate
/interface list member add list=ntpgate-out interface=ether1 comment=ntpgate
/ip firewall address-list add list=ntpgate-asker address=10.255.255.1 comment=ntpgate
/ip firewall address-list add list=ntpgate-own address=10.255.255.1 comment=ntpgate
/ip firewall address-list add list=ntpgate-own address=10.255.0.0/16 comment=ntpgate
/ip firewall address-list add list=ntpgate-own address=192.0.2.255/32 comment=ntpgate
/ipv6 firewall address-list add list=ntpgate-asker address=2001:db8:ffff:ffff:ffff:ffff:ffff:fff1 comment=ntpgate
/ipv6 firewall address-list add list=ntpgate-asker address=2001:db8:ffff:ffff:ffff:ffff:ffff:fff2 comment=ntpgate
/ipv6 firewall address-list add list=ntpgate-asker address=2001:db8:ffff:ffff:ffff:ffff:ffff:fff3 comment=ntpgate
/ipv6 firewall address-list add list=ntpgate-upstream address=2001:db8:e::1 comment=ntpgate
/ipv6 firewall address-list add list=ntpgate-upstream address=2001:db8:e::2 comment=ntpgate
/ipv6 firewall address-list add list=ntpgate-upstream address=2001:db8:e::3 comment=ntpgate
/ipv6 firewall address-list add list=ntpgate-upstream address=2001:db8:e::4 comment=ntpgate
/ipv6 firewall address-list add list=ntpgate-own address=2001:db8:ffff:ffff:ffff:ffff:ffff:fff1 comment=ntpgate
/ipv6 firewall address-list add list=ntpgate-own address=2001:db8:ffff:ffff:ffff:ffff:ffff:fff2 comment=ntpgate
/ipv6 firewall address-list add list=ntpgate-own address=2001:db8:ffff:ffff:ffff:ffff:ffff:fff3 comment=ntpgate
/ipv6 firewall address-list add list=ntpgate-own address=2001:db8:ffff:ffff::/64 comment=ntpgate
/ipv6 firewall address-list add list=ntpgate-own address=2001:db8:1::/127 comment=ntpgate
# place-before wants a rule that is there: an empty table needs one first.
/ip firewall filter add chain=forward action=accept protocol=udp dst-port=123 src-address-list=ntpgate-asker dst-address-list=ntpgate-upstream comment=ntpgate place-before=0
# exempt: 10.255.0.2: _; } accept; add rule inet filter input accept #
/ip firewall filter add chain=forward action=accept protocol=udp dst-port=123 src-address=10.255.0.2 dst-address=198.51.100.1 comment=ntpgate place-before=1
/ip firewall filter add chain=forward action=accept protocol=udp dst-port=123 src-address=10.255.0.2 dst-address=198.51.100.2 comment=ntpgate place-before=2
# exempt: 10.255.0.3: _help _id_ _(id) _{x} _x_ 'q' <b> | & ; ! é _n
/ip firewall filter add chain=forward action=accept protocol=udp dst-port=123 src-address=10.255.0.3 comment=ntpgate place-before=3
/ip firewall filter add chain=forward action=drop in-interface-list=ntpgate-in out-interface-list=ntpgate-out src-address-list=!ntpgate-own comment=ntpgate place-before=4
/ip firewall filter add chain=forward action=drop protocol=udp dst-port=123 in-interface-list=ntpgate-in out-interface-list=ntpgate-out log=yes log-prefix=ntpgate-block comment=ntpgate place-before=5
/ip firewall filter add chain=forward action=drop protocol=tcp dst-port=4460 in-interface-list=ntpgate-in out-interface-list=ntpgate-out comment=ntpgate place-before=6
/ip firewall filter add chain=forward action=drop protocol=udp src-port=123 in-interface-list=ntpgate-in out-interface-list=ntpgate-out comment=ntpgate place-before=7
/ip firewall filter add chain=forward action=drop protocol=udp dst-port=123 in-interface-list=ntpgate-out connection-state=new comment=ntpgate place-before=8
/ipv6 firewall filter add chain=forward action=accept protocol=udp dst-port=123 src-address-list=ntpgate-asker dst-address-list=ntpgate-upstream comment=ntpgate place-before=0
# exempt: 2001:db8:ffff:ffff::1: ends a line with a backslash _
/ipv6 firewall filter add chain=forward action=accept protocol=udp dst-port=123 src-address=2001:db8:ffff:ffff::1 comment=ntpgate place-before=1
/ipv6 firewall filter add chain=forward action=drop in-interface-list=ntpgate-in out-interface-list=ntpgate-out src-address-list=!ntpgate-own comment=ntpgate place-before=2
/ipv6 firewall filter add chain=forward action=drop protocol=udp dst-port=123 in-interface-list=ntpgate-in out-interface-list=ntpgate-out log=yes log-prefix=ntpgate-block comment=ntpgate place-before=3
/ipv6 firewall filter add chain=forward action=drop protocol=tcp dst-port=4460 in-interface-list=ntpgate-in out-interface-list=ntpgate-out comment=ntpgate place-before=4
/ipv6 firewall filter add chain=forward action=drop protocol=udp src-port=123 in-interface-list=ntpgate-in out-interface-list=ntpgate-out comment=ntpgate place-before=5
/ipv6 firewall filter add chain=forward action=drop protocol=udp dst-port=123 in-interface-list=ntpgate-out connection-state=new comment=ntpgate place-before=6
# its own time
/system ntp client set enabled=yes servers=2001:db8:ffff:ffff:ffff:ffff:ffff:fff1,2001:db8:ffff:ffff:ffff:ffff:ffff:fff2,2001:db8:ffff:ffff:ffff:ffff:ffff:fff3
# DHCP
