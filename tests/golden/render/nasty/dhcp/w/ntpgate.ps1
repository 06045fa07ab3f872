# w: options for a Windows DHCP server (site 1-site_with.the-longest., policy block)
# ntpgate render windows, from nasty.yaml
# digest fnv1a-64 00777af03534723b
# load:   powershell -File FILE
# check:  Get-DhcpServerv4OptionValue -ScopeId SCOPE -OptionId 42
# remove: Remove-DhcpServerv4OptionValue -ScopeId SCOPE -OptionId 42,4

Set-DhcpServerv4OptionValue -ScopeId 10.255.0.0 -OptionId 42 -Value 10.255.255.1 # n
Set-DhcpServerv4OptionValue -ScopeId 10.255.0.0 -OptionId 4 -Value 10.255.255.1 # n
Set-DhcpServerv4OptionValue -ScopeId 192.0.2.255 -OptionId 42 -Value 10.255.255.1 # set.type-flags_elements
Set-DhcpServerv4OptionValue -ScopeId 192.0.2.255 -OptionId 4 -Value 10.255.255.1 # set.type-flags_elements
Set-DhcpServerv6OptionValue -Prefix 2001:db8:ffff:ffff:: -OptionId 31 -Value 2001:db8:ffff:ffff:ffff:ffff:ffff:fff1,2001:db8:ffff:ffff:ffff:ffff:ffff:fff2,2001:db8:ffff:ffff:ffff:ffff:ffff:fff3 # n
Set-DhcpServerv6OptionValue -Prefix 2001:db8:1:: -OptionId 31 -Value 2001:db8:ffff:ffff:ffff:ffff:ffff:fff2,2001:db8:ffff:ffff:ffff:ffff:ffff:fff3,2001:db8:ffff:ffff:ffff:ffff:ffff:fff1 # set.type-flags_elements
