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
t accept-usage 2 accept defeat
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
t clients-usage 2 clients --sort name
t clients-usage 2 clients --limit -1
t clients-usage 2 clients --limit x
t clients-usage 2 clients --flag-it
t report-usage 2 report
t report-usage 2 report one two
t report-usage 2 report --month one two
t report-usage 2 report --month --yes
t report-usage 2 report one --month

# No terminal to ask at: nobody is asked, and nothing is done.
t accept-asks 2 -s nowhere/control accept step </dev/null
t revive-asks 2 -s nowhere/control upstreams revive one </dev/null
t revive-asks-json 2 -s nowhere/control -j upstreams revive one </dev/null
t version-usage 2 version now
t query-usage 2 query
t query-usage 2 query one two
t query-usage 2 query host:0
t query-usage 2 query host:65536
t query-usage 2 query host:12x
t query-usage 2 query '[::1'
t query-usage 2 query '[::1]5'
t query-usage 2 query :123
t query-usage 2 query -p http host
t query-usage 2 query --key 1 host
t query-usage 2 query --keys file host
t query-usage 2 query --key 0 --keys file host

t keys-usage 2 keys
t keys-usage 2 keys new --id x
t keys-usage 2 keys show
t keys-usage 2 keys show-age now

t survey-usage 2 survey
t survey-usage 2 survey one two
t survey-usage 2 survey --want 3 one
t survey-usage 2 survey --want 8 one
t survey-usage 2 survey --want 5x one
t survey-usage 2 survey --budget 0 one
t survey-usage 2 survey --budget 401 one
t survey-usage 2 survey --format xml one
t survey-usage 2 survey --region '' one
t survey-nothing 2 survey nothing
t survey-nothing-json 2 -j survey nothing

t firewall-usage 2 firewall
t firewall-usage 2 firewall now --site one
t firewall-usage 2 firewall check
t firewall-usage 2 firewall check now --site one
t firewall-usage 2 firewall apply --site one --timeout 0
t firewall-usage 2 firewall apply --site one --timeout 3601
t firewall-usage 2 firewall apply --site one --timeout 1m
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
