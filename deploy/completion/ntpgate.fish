# SPDX-License-Identifier: ISC
# fish completion for ntpgate(8)

set -l commands status upstreams budget sibling clients report query survey explain firewall verify init render check keys accept demo help version
set -l none "not __fish_seen_subcommand_from $commands"

complete -c ntpgate -f
complete -c ntpgate -n $none -s j -d 'Print one JSON object'
complete -c ntpgate -n $none -s s -r -F -d 'Control socket of the daemon'
complete -c ntpgate -l help -d 'Explain, with an example'
complete -c ntpgate -n $none -l version -d 'Print the version'

complete -c ntpgate -n $none -a status -d 'Are we right, and who says so'
complete -c ntpgate -n $none -a upstreams -d 'Why each server is used or not'
complete -c ntpgate -n $none -a budget -d 'Packets sent, what is left'
complete -c ntpgate -n $none -a sibling -d 'The other gateway, and whose turn it is'
complete -c ntpgate -n $none -a clients -d 'Who asks us, and who is sick'
complete -c ntpgate -n $none -a report -d 'The notice to the owner of a host; or the month on one page'
complete -c ntpgate -n $none -a query -d 'Ask any NTP server once'
complete -c ntpgate -n $none -a survey -d 'Which public servers suit us'
complete -c ntpgate -n $none -a explain -d 'Attack, or answer to us?'
complete -c ntpgate -n $none -a firewall -d 'The rules of this router'
complete -c ntpgate -n $none -a verify -d 'Is the site right, seen from here?'
complete -c ntpgate -n $none -a init -d 'Ask, and write a site.yaml'
complete -c ntpgate -n $none -a render -d 'Write what other programs need'
complete -c ntpgate -n $none -a check -d 'Is this configuration right?'
complete -c ntpgate -n $none -a keys -d 'Make secrets, renew them, their age'
complete -c ntpgate -n $none -a accept -d 'Out of panic, a lost ledger, a dropped sibling'
complete -c ntpgate -n $none -a demo -d 'A whole site on this machine'
complete -c ntpgate -n $none -a help -d 'The commands, or one of them'
complete -c ntpgate -n $none -a version -d 'The version'

complete -c ntpgate -n '__fish_seen_subcommand_from accept' -a 'step ledger sibling'
complete -c ntpgate -n '__fish_seen_subcommand_from upstreams' -a revive
complete -c ntpgate -n '__fish_seen_subcommand_from accept upstreams' \
    -s y -l yes -d 'Do not ask'
complete -c ntpgate -n '__fish_seen_subcommand_from init' -F
set -l render '__fish_seen_subcommand_from render'
complete -c ntpgate -n $render -a 'gateway keepalived bird nftables iptables \
    pf cisco-ios cisco-asa junos fortigate pan-os routeros openwrt worksheet \
    kea isc-dhcp dnsmasq networkd windows chrony timesyncd ntp openntpd macos \
    esxi all'
complete -c ntpgate -n $render -l site -r -F -d 'Site file'
complete -c ntpgate -n $render -l node -x -d 'One machine'
complete -c ntpgate -n $render -l out -x -a '(__fish_complete_directories)' \
    -d 'Write files below it'
complete -c ntpgate -n $render -l diff -d 'Show what would change'
complete -c ntpgate -n '__fish_seen_subcommand_from check' -F
complete -c ntpgate -n '__fish_seen_subcommand_from help' -a "$commands"
complete -c ntpgate -n '__fish_seen_subcommand_from demo' -l for -x -d 'End after'
complete -c ntpgate -n '__fish_seen_subcommand_from demo' -l port-base -x \
    -d 'First port'
complete -c ntpgate -n '__fish_seen_subcommand_from query' -s 4 -d 'IPv4 only'
complete -c ntpgate -n '__fish_seen_subcommand_from query' -s 6 -d 'IPv6 only'
complete -c ntpgate -n '__fish_seen_subcommand_from query' -s p -x -d 'Port'
complete -c ntpgate -n '__fish_seen_subcommand_from query' -l key -x \
    -d 'Sign with this key'
complete -c ntpgate -n '__fish_seen_subcommand_from query' -l keys -r -F \
    -d 'Key file'
complete -c ntpgate -n '__fish_seen_subcommand_from query' \
    -a '(__fish_print_hostnames)'
set -l firewall '__fish_seen_subcommand_from firewall'
complete -c ntpgate -n $firewall -a 'apply check rogues remove'
complete -c ntpgate -n $firewall -l node -x -d 'Which router'
complete -c ntpgate -n $firewall -l yes -d 'Neither ask nor take back'
complete -c ntpgate -n $firewall -l timeout -x -d 'Seconds until taken back'
set -l verify '__fish_seen_subcommand_from verify'
complete -c ntpgate -n $verify -l interface -x -d 'For DHCP'
complete -c ntpgate -n $verify -l no-dhcp -d 'Leave DHCP out'
complete -c ntpgate -n $verify -l key -x -d 'Sign with this key'
complete -c ntpgate -n $verify -l keys -r -F -d 'Key file'
complete -c ntpgate -n '__fish_seen_subcommand_from firewall verify' \
    -l site -r -F -d 'Site file'
set -l explain '__fish_seen_subcommand_from explain'
complete -c ntpgate -n $explain -F
complete -c ntpgate -n $explain -l inside -x -d 'Prefix of ours'
complete -c ntpgate -n $explain -l limit -x -d 'Addresses to print'
set -l survey '__fish_seen_subcommand_from survey'
complete -c ntpgate -n $survey -F
complete -c ntpgate -n $survey -s 4 -d 'IPv4 only'
complete -c ntpgate -n $survey -s 6 -d 'IPv6 only'
complete -c ntpgate -n $survey -l want -x -a '4 5 6 7' -d 'How many'
complete -c ntpgate -n $survey -l offline -d 'Ask nobody'
complete -c ntpgate -n $survey -l region -x -d 'Words of the region'
complete -c ntpgate -n $survey -l budget -x -d 'Packets in all'
complete -c ntpgate -n $survey -l format -x -a 'text site conf' -d 'Result'
set -l keys '__fish_seen_subcommand_from keys'
complete -c ntpgate -n $keys -a 'new rotate show-age'
complete -c ntpgate -n $keys -l conf -r -F -d 'Configuration'
complete -c ntpgate -n $keys -l file -r -F -d 'Key file'
complete -c ntpgate -n $keys -l id -x -d 'Number of the new key'
complete -c ntpgate -n $keys -l type -x -a 'AES128CMAC SHA256 SHA1' -d 'Type'

set -l clients '__fish_seen_subcommand_from clients'
complete -c ntpgate -n $clients -l sort -x -a 'rate requests last' -d 'Order'
complete -c ntpgate -n $clients -l flagged -d 'The sick alone'
complete -c ntpgate -n $clients -l limit -x -d 'Lines'
complete -c ntpgate -n $clients -l csv -d 'A table for programs'
