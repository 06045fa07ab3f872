#!/bin/sh
# render.sh - what "ntpgate render", "init" and "check" make of site files.
#
# render/bad-*.yaml	refused with the sentence of line 1, status 2; F
#			stands for the file's name
# render/SITE/		what "render all" writes for render/SITE.yaml; with
#			UPDATE=1 it is written anew, to be looked at with git
#			diff
# render/*.txt		what check, render and init say
srcdir=$(cd "${srcdir:-.}" && pwd)
PATH=$(cd "${builddir:-.}/src" && pwd):$PATH
LC_ALL=C TERM=dumb
export LC_ALL TERM
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
good=0 bad=0
ok() { good=$((good + 1)); }
no() { echo "$*" >&2; bad=$((bad + 1)); }

# says NAME STATUS ARGUMENT...: is this what render/NAME holds?
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

cd "$srcdir/tests/golden/render" || exit 1
for f in bad-*.yaml; do
	sed -n "1s/^# F/ntpgate: $f/p" "$f" >"$work/want"
	UPDATE='' says "$work/want" 2 check "$f"
	UPDATE='' says "$work/want" 2 render all --site "$f"
done

for s in small nasty; do
	ntpgate render all --site $s.yaml --out "$work/$s" >"$work/written"
	if [ -n "$UPDATE" ]; then
		rm -rf $s
		cp -R "$work/$s" $s
		chmod -R u=rwX,go=rX $s
	fi
	# One test a file, and one for files that are too many or missing.
	for f in $(cd $s && find . -type f); do
		if diff -u "$s/$f" "$work/$s/$f" >&2; then
			ok
		else
			no "render: $s/$f is another"
		fi
	done
	if [ "$(cd $s && find . -type f | sort)" = \
	    "$(cd "$work/$s" && find . -type f | sort)" ]; then
		ok
	else
		no "render all writes other files for $s"
	fi
	says "$s-check.txt" 0 check $s.yaml
	says same.txt 0 render all --site $s.yaml --out "$work/$s" --diff
done

# Where it is run, and from where the file comes, changes nothing.
mkdir "$work/else"
if (cd "$work/else" && ntpgate render all \
    --site "$srcdir/tests/golden/render/small.yaml" --out . >/dev/null) &&
    diff -r small "$work/else"; then
	ok
else
	no "the folder changes what is rendered"
fi

# The sample of the manual: few servers, one router; any target renders.
says contract-check.txt 1 check contract.yaml
for t in pf cisco-ios cisco-asa junos fortigate pan-os routeros openwrt \
    worksheet iptables isc-dhcp dnsmasq networkd windows macos esxi; do
	if ntpgate render $t --site contract.yaml 2>/dev/null |
	    grep -q '^.*digest fnv1a-64'; then
		ok
	else
		no "render $t of a site without such a machine: nothing"
	fi
done
says ios-lent.txt 0 render cisco-ios --site contract.yaml
says node.txt 2 render gateway --site small.yaml --node gw9
says target.txt 2 render cheese --site small.yaml
says no-site.txt 2 render all

# The sample that is installed is taken, and has nothing to be ashamed of.
cp "$srcdir/etc/site.yaml" "$work/site.yaml"
if ntpgate check "$work/site.yaml" >"$work/got" && grep -q ' 0 FAIL$' "$work/got"; then
	ok
else
	no "the sample: $(cat "$work/got")"
fi
rm "$work/site.yaml"

# What would change is shown, and nothing is.
mkdir "$work/d"
sed 's/198.51.100.7/198.51.100.8/' small.yaml >"$work/changed.yaml"
ntpgate render chrony --site small.yaml --out "$work/d" >/dev/null
ntpgate render pf --site small.yaml --out "$work/d" >/dev/null
(cd "$work/d" && ntpgate render pf --site ../changed.yaml --out . --diff) \
    >"$work/diff" 2>&1
if [ $? -eq 1 ] && [ "$(grep -c '^[-+]' "$work/diff")" -eq 8 ] &&
    grep -q '^+.*198.51.100.8' "$work/diff" &&
    grep -q 198.51.100.7 "$work/d/routers/bsd/ntpgate.pf"; then
	ok
else
	no "--diff: $(cat "$work/diff")"
fi
# Another file that says the same is no difference, but for its digest.
cat small.yaml >"$work/small.yaml"
echo '# a comment' >>"$work/small.yaml"
if ntpgate render chrony --site "$work/small.yaml" --out "$work/d" --diff; then
	ok
else
	no "a comment in the site file is a difference"
fi

# The daemon takes what is rendered for it, once the keys are there.
# takes FILE
takes() {
	{
		echo "user = \"$(id -un)\";"
		sed "s|/etc/ntpgate/keys|$work/keys|" "$1"
	} >"$work/ntpgate.conf"
	if ntpgated -t -c "$work/ntpgate.conf" >"$work/got" 2>&1; then
		ok
	else
		no "ntpgated -t: $1: $(cat "$work/got")"
	fi
}
umask 077
echo '4294967295 AES128CMAC 000102030405060708090a0b0c0d0e0f' >"$work/keys"
echo '1 AES128CMAC 000102030405060708090a0b0c0d0e0f' >>"$work/keys"
echo '7 AES128CMAC 000102030405060708090a0b0c0d0e0f' >>"$work/keys"
umask 022
for f in small/gateways/*/ntpgate.conf nasty/gateways/*/ntpgate.conf; do
	takes "$f"
done
for f in small/*/*/*.sh nasty/*/*/*.sh; do
	if sh -n "$f"; then ok; else no "$f is no shell script"; fi
done

# init: the answers are lines; what is there is not touched.
if ntpgate -j init "$work/j.yaml" </dev/null 2>&1 |
    tr -d '\n ' | grep -qx "{\"schema\":1,\"written\":\"$work/j.yaml\"}"; then
	ok
else
	no "init says something else with -j"
fi
(
	cd "$work" || exit 1
	ntpgate init <"$srcdir/tests/golden/render/init.answers"
) >"$work/got" 2>&1
if [ -n "$UPDATE" ]; then cp "$work/site.yaml" init.txt; fi
if diff -u init.txt "$work/site.yaml" >&2; then
	ok
else
	no "init writes another file: $(cat "$work/got")"
fi
ntpgate check "$work/site.yaml" >"$work/got" 2>&1
if [ $? -eq 1 ]; then ok; else no "check of init's file: $(cat "$work/got")"; fi
if (cd "$work" && ntpgate init </dev/null) >"$work/got" 2>&1; then
	no "init touches a file that is there"
elif grep -q 'site.yaml is there already' "$work/got"; then
	ok
else
	no "init: $(cat "$work/got")"
fi
if ntpgate init "$work/proposed.yaml" </dev/null >/dev/null 2>&1 &&
    ntpgate render all --site "$work/proposed.yaml" >/dev/null 2>&1; then
	ok
else
	no "init without answers writes nothing that renders"
fi
if echo 'a"b' | ntpgate init "$work/none.yaml" >"$work/got" 2>&1 ||
    [ -e "$work/none.yaml" ]; then
	no "init takes a name that is none"
else
	ok
fi

# Two thousand networks; the time is printed and does not decide.
{
	sed '/^networks:/,/^routers:/d' small.yaml | sed '/^  - {name: edge1/,$d'
	echo 'networks:'
	i=0
	while [ $i -lt 2000 ]; do
		echo "  - {name: n$i, prefixes: [10.$((100 + i / 250)).$((i % \
		    250)).0/24, \"2001:db8:2:$i::/64\"]}"
		i=$((i + 1))
	done
	sed -n '/^routers:/,/^dhcp:/p' small.yaml
	echo '  - {name: kea1, dialect: kea}'
	echo '  - {name: isc1, dialect: isc-dhcp}'
} >"$work/large.yaml"
began=$(date +%s%N)
if ntpgate render all --site "$work/large.yaml" --out "$work/large" \
    >"$work/got" 2>&1 &&
    [ "$(grep -c '^subnet ' "$work/large/dhcp/isc1/dhcpd.conf")" -eq 2000 ]; then
	ok
else
	no "2000 networks: $(cat "$work/got")"
fi
echo "2000 networks in $((($(date +%s%N) - began) / 1000000)) ms"
for g in "$work"/large/gateways/*/ntpgate.conf; do
	takes "$g"
done

echo "$good passed, $bad failed"
[ "$bad" -eq 0 ]
