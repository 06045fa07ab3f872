#!/bin/sh
# gw1: the check of health that BIRD's announcement follows (site example, policy redirect)
# ntpgate render bird, from small.yaml
# digest fnv1a-64 558115ecf333609f
# load:   sh FILE, as a service of systemd with Restart=always
# check:  sh -n FILE
# remove: stop it, then birdc disable ntpgate4; birdc disable ntpgate6

service4='10.0.0.10'
others4='10.0.0.12'
service6='2001:db8:0:1::10'
others6='2001:db8:0:1::12'

# the service's addresses stand on lo; announced or not
ip addr replace 10.0.0.10/32 dev lo
ip addr replace 2001:db8:0:1::10/128 dev lo

well() {
	timeout 3 ntpgate query "$1" >/dev/null 2>&1
}
any_other() {
	for a in $1; do
		if well "$a"; then return 0; fi
	done
	return 1
}

# look PROTOCOL SERVICE OTHERS MISSES GOOD: prints the new MISSES GOOD.  Two misses
# withdraw, three good answers announce, and every half minute again, for a BIRD that
# was started anew.  Whoever is the last stays announced.
look() {
	if well "$2"; then
		set -- "$1" "$2" "$3" 0 $(($5 + 1))
	else
		set -- "$1" "$2" "$3" $(($4 + 1)) 0
	fi
	if [ $(($5 % 15)) -eq 3 ]; then
		birdc enable "$1" >/dev/null
	elif [ "$4" -ge 2 ] && any_other "$3"; then
		birdc disable "$1" >/dev/null
	fi
	echo "$4 $5"
}

state4='0 0' state6='0 0'
while :; do
	# shellcheck disable=SC2086 # two numbers
	if [ -n "$service4" ]; then
		state4=$(look ntpgate4 "$service4" "$others4" $state4)
	fi
	# shellcheck disable=SC2086
	if [ -n "$service6" ]; then
		state6=$(look ntpgate6 "$service6" "$others6" $state6)
	fi
	sleep 2
done
