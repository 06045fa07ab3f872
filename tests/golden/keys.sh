#!/bin/sh
# keys.sh - makes and rotates keys in a file of its own: what stands in it
# afterwards, who can read it, and that no secret is ever printed.
tool=$(cd "${builddir:-.}/src" && pwd)/ntpgate
LC_ALL=C
export LC_ALL
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
good=0 bad=0

# ok WHAT COMMAND...: it succeeds
ok() {
	what=$1
	shift
	if "$@" >/dev/null 2>&1; then
		good=$((good + 1))
	else
		echo "$what" >&2
		bad=$((bad + 1))
	fi
}

# keys STATUS ARGUMENT...: the tool, on its own file
keys() {
	want=$1
	shift
	timeout 10 "$tool" keys --file "$work/keys" "$@" >out 2>&1
	got=$?
	ok "keys $*: status $got, not $want: $(cat out)" test $got -eq "$want"
	# 32 hexadecimal digits in a row are a secret
	ok "keys $*: prints a secret" sh -c '! grep -qE "[0-9a-f]{32}" out'
}

# line N PATTERN: that line of the file is like it
line() {
	ok "line $1 is not $2: $(sed -n "$1p" keys | sed 's/[0-9a-f]\{32,\}/.../')" \
	    sh -c "sed -n '$1p' keys | grep -qE '^$2\$'"
}
today="# made $(date -u +%Y-%m-%d)"
hex32='[0-9a-f]{32}'

umask 022
keys 2 rotate 1 # there is no file
keys 0 new 10.0.0.11 10.0.0.12
line 1 "1 AES128CMAC $hex32 10.0.0.11/32 10.0.0.12/32 $today"
ok "others may read it" test "$(stat -c %a keys)" = 600
ok "something is left beside it" test "$(ls | grep -c new)" -eq 0
keys 0 new --id 9 --type SHA256
line 2 "9 SHA256 $hex32$hex32 $today"
grep -q 'bound to no address' out
ok "a key for anybody needs a word" grep -q 'bound to no address' out
keys 0 new
line 3 "2 AES128CMAC $hex32 $today"
keys 2 new --id 9
keys 2 new --type MD5
keys 2 new --type XYZ
keys 2 new gw2.example
keys 2 new --id 0
keys 2 rotate 7
keys 2 rotate
keys 2 rotate 1 2
keys 2 revoke 1
ok "what was refused has changed it" test "$(wc -l <keys)" -eq 3

# The present one goes down, another comes before it; a third is dropped.
sed -i -e '1s/made .*/made 2020-02-29/' -e '1i # of the site' keys
first=$(sed -n 2p keys)
keys 1 show-age
ok "its age is not told" grep -qE '^ +1 +AES128CMAC +[0-9]+ days +- ' out
ok "nobody is warned" grep -q 'key 1 is older than a year' out
keys 0 rotate 1
line 1 '# of the site'
line 2 "1 AES128CMAC $hex32 10.0.0.11/32 10.0.0.12/32 $today"
ok "the previous one is another" test "$(sed -n 3p keys)" = "$first"
ok "the secret is the old one" \
    test "$(sed -n 2p keys | cut -d' ' -f3)" != "$(echo "$first" | cut -d' ' -f3)"
keys 0 show-age
ok "the previous one's age is not told" \
    grep -qE '^ +1 +AES128CMAC +0 days +[0-9]+ days ' out
second=$(sed -n 2p keys)
keys 0 rotate 1
ok "the previous one is not kept" test "$(sed -n 3p keys)" = "$second"
ok "a third one stays" test "$(grep -c '^1 ' keys)" -eq 2
ok "another key was touched" grep -q "^9 SHA256" keys
timeout 10 "$tool" -j keys --file "$work/keys" show-age >out 2>&1
ok "no object" grep -q '"previous_age_days": 0' out

# The file of the configuration; one that all can read is refused.
cat >conf <<EOF
keys = "$work/keys";
user = "$(id -un)";
upstream: { servers = ( { host = "192.0.2.10"; }, { host = "192.0.2.11"; },
	{ host = "192.0.2.20"; }, { host = "192.0.2.30"; } ); };
EOF
timeout 10 "$tool" keys --conf conf show-age >out 2>&1
ok "the configuration's file is not found: $(cat out)" grep -q SHA256 out
chmod 644 keys
keys 2 show-age
keys 2 rotate 1
ok "it was written all the same" test "$(sed -n 3p keys)" = "$second"

echo "$good passed, $bad failed"
[ "$bad" -eq 0 ]
