# windows1: options for a Windows DHCP server (site example, policy redirect)
# ntpgate render windows, from small.yaml
# digest fnv1a-64 558115ecf333609f
# load:   powershell -File FILE
# check:  Get-DhcpServerv4OptionValue -ScopeId SCOPE -OptionId 42
# remove: Remove-DhcpServerv4OptionValue -ScopeId SCOPE -OptionId 42,4

Set-DhcpServerv4OptionValue -ScopeId 10.1.0.0 -OptionId 42 -Value 10.0.0.12,10.0.0.11 # office
Set-DhcpServerv4OptionValue -ScopeId 10.1.0.0 -OptionId 4 -Value 10.0.0.12,10.0.0.11 # office
Set-DhcpServerv4OptionValue -ScopeId 10.2.0.0 -OptionId 42 -Value 10.0.0.11,10.0.0.12 # lab
Set-DhcpServerv4OptionValue -ScopeId 10.2.0.0 -OptionId 4 -Value 10.0.0.11,10.0.0.12 # lab
Set-DhcpServerv4OptionValue -ScopeId 10.2.1.0 -OptionId 42 -Value 10.0.0.11,10.0.0.12 # lab
Set-DhcpServerv4OptionValue -ScopeId 10.2.1.0 -OptionId 4 -Value 10.0.0.11,10.0.0.12 # lab
Set-DhcpServerv6OptionValue -Prefix 2001:db8:1:: -OptionId 31 -Value 2001:db8:0:1::12,2001:db8:0:1::11 # office
