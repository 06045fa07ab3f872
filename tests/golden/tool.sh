#!/bin/sh
# tool.sh - what the tool says without a daemon: help, wrong usage, nobody
# there.  Expected texts, standard output and standard error together, are in
# tool/; with UPDATE=1 they are written anew, to be looked at with git diff.
here=$(cd "${srcdir:-.}/tests/golden/tool" && pwd) || exit 1
deploy=$(cd "${srcdir:-.}/deploy/completion" && pwd) || exit 1
PATH=$(cd "${builddir:-.}/src" && pwd):$PATH
LC_ALL=C TERM=dumb
export LC_ALL TERM
unset NO_COLOR
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
cd "$tmp" || exit 1
good=0 bad=0
ok() { good=$((good + 1)); }
no() { echo "$*" >&2; bad=$((bad + 1)); }

# t NAME STATUS ARGUMENT...
t() {
	name=$1 want=$2
	shift 2
	timeout 10 ntpgate "$@" >out 2>&1
	got=$?
	if [ -n "$UPDATE" ]; then cp out "$here/$name"; fi
	if [ $got -ne "$want" ]; then
		no "$name: ntpgate $*: status $got, not $want"
	elif ! diff -u "$here/$name" out >&2; then
		no "$name: ntpgate $* says something else"
	else
		ok
	fi
}

# w NAME SENTENCE ARGUMENT...: what a word must be, and then NAME; status 2
w() {
	name=$1 sentence=$2
	shift 2
	timeout 10 ntpgate "$@" >out 2>&1
	got=$?
	{ echo "$sentence"; cat "$here/$name"; } >want
	if [ $got -ne 2 ]; then
		no "$name: ntpgate $*: status $got, not 2"
	elif ! diff -u want out >&2; then
		no "$name: ntpgate $* says something else"
	else
		ok
	fi
}

commands=$(ntpgate help | awk '/^  [a-z]/ { print $1 }')
if [ -n "$commands" ]; then ok; else no "help lists no command"; fi

t help 0 help
t help 0 --help
t help 0 -h
t nothing 2
for c in $commands; do
	t "help-$c" 0 "$c" --help
	t "help-$c" 0 help "$c"
	if ntpgate "$c" --help | grep -q '^Example:'; then
		ok
	else
		no "$c --help has no example"
	fi
	if ntpgate "$c" --help | awk 'length > 80 { exit 1 }'; then
		ok
	else
		no "$c --help is wider than 80"
	fi
	for f in ntpgate _ntpgate ntpgate.fish; do
		if grep -qw "$c" "$deploy/$f"; then
			ok
		else
			no "completion/$f does not know $c"
		fi
	done
done
bash -n "$deploy/ntpgate" && ok || no "completion/ntpgate"

t unknown 2 stauts
t unknown-help 2 help stauts
t unknown-json 2 -j stauts
t option 2 -x status
t status-usage 2 status now
t upstreams-usage 2 upstreams now
t accept-usage 2 accept
w accept-usage 'ntpgate: accept defeat: must be step, ledger or sibling' \
    accept defeat
t accept-usage 2 accept step now
t accept-usage 2 accept -y
t accept-usage 2 accept step --no
t upstreams-usage 2 upstreams revive
t upstreams-usage 2 upstreams revive one two
t upstreams-usage 2 upstreams revive 'one two'
t upstreams-usage 2 upstreams -y
t budget-usage 2 budget now
t sibling-usage 2 sibling now
t clients-usage 2 clients now
w clients-usage 'ntpgate: clients --sort name: must be rate, requests or last' \
    clients --sort name
w clients-usage 'ntpgate: clients --limit -1: must be a number of lines, 0 for all' \
    clients --limit -1
w clients-usage 'ntpgate: clients --limit x: must be a number of lines, 0 for all' \
    clients --limit x
w clients-usage "clients: unrecognized option '--flag-it'" \
    clients --flag-it
t report-usage 2 report
t report-usage 2 report one two
t report-usage 2 report --month one two
t report-usage 2 report --month --yes
t report-usage 2 report one --month
w report-usage \
    'ntpgate: report --month 2026-1: must be a year and two digits, such as 2026-10' \
    report --month 2026-1
w report-usage \
    'ntpgate: report --month 2026-1: must be a year and two digits, such as 2026-10' \
    report --month=2026-1
t clients-csv-json 2 -j clients --csv
w report-usage \
    'ntpgate: report 10.0.0: must be a whole address, such as 10.0.0.9, or a name' \
    report 10.0.0
w query-usage \
    'ntpgate: query 10.0.0: must be a whole address, such as 10.0.0.9, or a name' \
    query 10.0.0
w query-usage \
    'ntpgate: query 10.0.0: must be a whole address, such as 10.0.0.9, or a name' \
    query 10.0.0:123
t report-torn-json 2 -j report 10.0.0
t report-torn-json 2 report 10.0.0 -j

# Of whatever is wrong, -j makes one object on standard output.
for c in $commands; do
	printf '{\n  "schema": 1,\n  "error": "%s"\n}\n' \
	    "wrong usage; \\\"ntpgate $c --help\\\" explains it" >want
	timeout 10 ntpgate -j "$c" one --no-such-option x y z >out 2>err
	got=$?
	if [ $got -eq 2 ] && diff -u want out >&2; then
		ok
	else
		no "-j $c, wrongly used: status $got, $(cat err)"
	fi
done
t nothing-json 2 -j
timeout 10 ntpgate -x -j status >out 2>err
if [ $? -eq 2 ] && diff -u "$here/option-json" out >&2; then
	ok
else
	no "a wrong option before -j"
fi
timeout 10 ntpgate -j query "$(printf '\377\001%0600d' 0):0" >out 2>&1
if [ $? -eq 2 ] && [ "$(tail -n 1 out)" = '}' ]; then
	ok
else
	no "a strange word makes a broken object"
fi

# No terminal to ask at: nobody is asked, and nothing is done.
t accept-asks 2 -s nowhere/control accept step </dev/null
t revive-asks 2 -s nowhere/control upstreams revive one </dev/null
t revive-asks-json 2 -s nowhere/control -j upstreams revive one </dev/null
t version-usage 2 version now
t query-usage 2 query
t query-usage 2 query one two
w query-usage 'ntpgate: query host:0: must be a host, HOST:PORT or [ADDRESS]:PORT, the port 1 to 65535' \
    query host:0
w query-usage 'ntpgate: query host:65536: must be a host, HOST:PORT or [ADDRESS]:PORT, the port 1 to 65535' \
    query host:65536
w query-usage 'ntpgate: query host:12x: must be a host, HOST:PORT or [ADDRESS]:PORT, the port 1 to 65535' \
    query host:12x
w query-usage 'ntpgate: query [::1: must be a host, HOST:PORT or [ADDRESS]:PORT, the port 1 to 65535' \
    query '[::1'
w query-usage 'ntpgate: query [::1]5: must be a host, HOST:PORT or [ADDRESS]:PORT, the port 1 to 65535' \
    query '[::1]5'
w query-usage 'ntpgate: query :123: must be a host, HOST:PORT or [ADDRESS]:PORT, the port 1 to 65535' \
    query :123
w query-usage 'ntpgate: query -p http: must be a port, 1 to 65535' \
    query -p http host
w query-usage 'ntpgate: query --key: must be given together with the other one of --key and --keys' \
    query --key 1 host
w query-usage 'ntpgate: query --keys: must be given together with the other one of --key and --keys' \
    query --keys file host
w query-usage 'ntpgate: query --key 0: must be the number of a key, 1 to 4294967295' \
    query --key 0 --keys file host

t keys-usage 2 keys
w keys-usage 'ntpgate: keys --id x: must be a number, 1 to 4294967295' \
    keys new --id x
w keys-usage 'ntpgate: keys show: must be new, rotate ID or show-age' \
    keys show
t keys-usage 2 keys show-age now

t survey-usage 2 survey
t survey-usage 2 survey one two
w survey-usage 'ntpgate: survey --want 3: must be 4 to 7 servers' \
    survey --want 3 one
w survey-usage 'ntpgate: survey --want 8: must be 4 to 7 servers' \
    survey --want 8 one
w survey-usage 'ntpgate: survey --want 5x: must be 4 to 7 servers' \
    survey --want 5x one
w survey-usage 'ntpgate: survey --budget 0: must be 1 to 400 packets' \
    survey --budget 0 one
w survey-usage 'ntpgate: survey --budget 401: must be 1 to 400 packets' \
    survey --budget 401 one
w survey-usage 'ntpgate: survey --format xml: must be text, site or conf' \
    survey --format xml one
t survey-usage 2 survey --region '' one
t survey-nothing 2 survey nothing
t survey-nothing-json 2 -j survey nothing

t firewall-usage 2 firewall
w firewall-usage 'ntpgate: firewall now: must be apply, check, rogues or remove' \
    firewall now --site one
w firewall-usage 'ntpgate: firewall check: must be given a site file, by --site FILE' \
    firewall check
t firewall-usage 2 firewall check now --site one
w firewall-usage 'ntpgate: firewall --timeout 0: must be 1 to 3600 seconds' \
    firewall apply --site one --timeout 0
w firewall-usage 'ntpgate: firewall --timeout 3601: must be 1 to 3600 seconds' \
    firewall apply --site one --timeout 3601
w firewall-usage 'ntpgate: firewall --timeout 1m: must be 1 to 3600 seconds' \
    firewall apply --site one --timeout 1m
w keys-usage 'ntpgate: keys rotate x: must be the number of a key' keys rotate x
w keys-usage 'ntpgate: keys --type MD5: must be AES128CMAC, SHA256 or SHA1' \
    keys new --type MD5
w render-usage 'ntpgate: render --diff: must be given together with --out DIR' \
    render all --site one --diff
w demo-usage 'ntpgate: demo --for 30: must be a time, such as 30s or 5m' \
    demo --for 30
w demo-usage 'ntpgate: demo --port-base 0: must be a port, 1 to 65535' \
    demo --port-base 0
w explain-usage \
    'ntpgate: explain --limit x: must be a number of addresses, 0 for all' \
    explain --limit x one
t firewall-nothing 2 firewall check --site nothing
t verify-usage 2 verify
t verify-usage 2 verify one
t verify-usage 2 verify --site one two
t verify-usage 2 verify --site one --key 1
t verify-usage 2 verify --site one --keys file
t verify-usage 2 verify --site one --keys file --key 0
t verify-nothing-json 2 -j verify --site nothing

t unreachable 3 -s nowhere/control status
t unreachable 3 -s nowhere/control upstreams
t unreachable 3 -s nowhere/control budget
t unreachable 3 -s nowhere/control sibling
t unreachable 3 -s nowhere/control clients --flagged
t unreachable 3 -s nowhere/control report 10.0.0.9
t unreachable 3 -s nowhere/control report --month 2026-10
t unreachable 3 -s nowhere/control report --month=2026-10
t unreachable 3 -s nowhere/control accept step --yes
t unreachable 3 -s nowhere/control accept -y ledger
t unreachable 3 -s nowhere/control accept -y sibling
t unreachable 3 -s nowhere/control upstreams revive -y one
t unreachable-json 3 -s nowhere/control -j status
t unreachable-json 3 -s nowhere/control status -j
t unreachable-json 3 -s nowhere/control report --month -j

echo "1 SHA1 0123456789abcdef0123456789abcdef01234567" >keys
chmod 644 keys
t query-keys-public 2 query --key 1 --keys keys 127.0.0.1:9
chmod 600 keys
t query-no-key 2 query --key 2 --keys keys 127.0.0.1:9
t query-refused 1 query --key 1 --keys keys 127.0.0.1:9
t query-refused 1 query 127.0.0.1:9
t query-refused 1 query -4 -p 9 127.0.0.1
t query-refused-json 1 -j query 127.0.0.1:9

echo "$good passed, $bad failed"
[ "$bad" -eq 0 ]
