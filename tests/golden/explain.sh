#!/bin/sh
# explain.sh - what "ntpgate explain" makes of the scenes in explain/: each
# file there that is no .txt is a log or a capture (README says how they were
# made), and NAME.txt what is said of it; with UPDATE=1 they are written anew,
# to be looked at with git diff.
srcdir=$(cd "${srcdir:-.}" && pwd)
PATH=$(cd "${builddir:-.}/src" && pwd):$PATH
LC_ALL=C TERM=dumb
export LC_ALL TERM
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
good=0 bad=0
ok() { good=$((good + 1)); }
no() { echo "$*" >&2; bad=$((bad + 1)); }

# says NAME STATUS ARGUMENT...: is this what explain/NAME holds?
says() {
	name=$1 want=$2
	shift 2
	timeout 10 ntpgate "$@" >"$work/got" 2>&1
	got=$?
	if [ -n "$UPDATE" ]; then cp "$work/got" "$name"; fi
	if [ $got -ne "$want" ]; then
		no "ntpgate $*: status $got, not $want"
	elif ! diff -u "$name" "$work/got" >&2; then
		no "ntpgate $* says something else"
	else
		ok
	fi
}

# is FILE ADDRESS KIND: the verdict, as a word
is() {
	if timeout 10 ntpgate -j explain --limit 0 "$1" |
	    grep -A 2 "\"address\": \"$2\"" | grep -q "\"kind\": \"$3\""; then
		ok
	else
		no "$1: $2 is not $3"
	fi
}

cd "$srcdir/tests/golden/explain" || exit 1
for f in *.lines *.pcap; do
	case $f in
	none.lines | foreign.lines) says "${f%.*}.txt" 1 explain "$f" ;;
	*) says "${f%.*}.txt" 0 explain --limit 6 "$f" ;;
	esac
done

# The one that firewall administrators write about, first.
is answers-kernel.lines 192.0.2.10 answers
is answers-nftables.lines 192.0.2.10 answers
is answers-only-iptables.lines 192.0.2.10 likely-answers
is one-answer-iptables.lines 192.0.2.10 likely-answers
is answers-asa.lines 192.0.2.10 answers
is answers-ios.lines 192.0.2.10 answers
is answers-junos.lines 192.0.2.10 answers
is answers-pfsense.lines 192.0.2.10 answers
is pf-tcpdump.lines 192.0.2.10 answers
is pf-tcpdump.lines 203.0.113.9 scan
is blocked-client-iptables6.lines fd20:1::21 client
is blocked-client-junos.lines 10.20.1.9 client
is attempt-iptables.lines 203.0.113.77 attempt
is victim-iptables.lines 10.20.1.80 victim
is victim-iptables.lines 198.51.100.21 reflector
is spoofed-iptables.lines 198.51.100.53 spoofed
is flood-junos-filter.lines 198.51.100.200 flood
is burst.pcap 10.20.1.5 burst
is burst.pcap 198.51.100.10 answers
is ntpdate.pcap 198.51.100.10 answers
is six.pcap 2001:db8:f::10 answers
is hammer.pcap 10.20.1.5 hammer
is peer.pcap 10.20.1.5 peer
is broadcast.pcap 10.20.1.5 broadcast
is control.pcap 198.51.100.10 control
is amplify.pcap 10.20.1.5 reflector
is amplify.pcap 203.0.113.77 victim
is flood.pcap 198.51.100.200 flood
is scan.pcap 203.0.113.9 scan
is spoofed.pcap 198.51.100.10 spoofed
is nat.pcap 192.168.9.2 nat

says json.txt 0 -j explain answers-nftables.lines
says json-one.txt 0 -j explain one-answer-iptables.lines
says json-none.txt 1 -j explain none.lines
says inside.txt 0 explain --inside 198.51.100.0/24 --inside 192.0.2.0/24 \
    --limit 1 answers-pfsense.lines
says pipe.txt 0 explain --limit 1 - <burst.pcap
says pipe-log.txt 0 explain --limit 1 - <answers-asa.lines
says usage.txt 2 explain
says usage.txt 2 explain one two
says usage-inside.txt 2 explain --inside 10.0.0.1/8 none.lines
says nothing.txt 2 explain nothing
head -c 700 burst.pcap >"$work/cut.pcap"
cd "$work" || exit 1
if ntpgate explain --limit 0 cut.pcap | grep -q 'its end is missing'; then
	ok
else
	no "a cut capture is not read up to there"
fi
gzip -c "$srcdir/tests/golden/explain/none.lines" >none.gz
if ntpgate explain none.gz 2>&1 | grep -q 'zcat'; then
	ok
else
	no "a compressed file is not told"
fi

# On a terminal, of a file that takes a while; otherwise there is no bar.
for i in 1 2 3 4 5 6 7 8 9; do
	yes 'Nov 22 03:12:05 fw kernel: eth0: link up, nothing of NTP' |
		head -c 1048576
done >large.lines
if ntpgate explain large.lines 2>&1 | grep -q 'reading'; then
	no "a bar without a terminal"
else
	ok
fi
if command -v script >/dev/null; then
	script -qc 'ntpgate explain large.lines' /dev/null </dev/null >bar.out
	if grep -q 'reading \[#.* 8[0-9] %' bar.out; then
		ok
	else
		no "no bar on a terminal"
	fi
fi

echo "$good passed, $bad failed"
[ "$bad" -eq 0 ]
