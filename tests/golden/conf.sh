#!/bin/sh
# conf.sh - configurations, and what the daemon and the tool say to them.
#
# conf/bad-*.conf	both refuse, with the sentence of line 1, status 2;
#			F stands for the file's name
# conf/audit-*.conf	the daemon takes it, or says what line 2 has;
#			"ntpgate check" prints audit-*.txt and has the
#			status of line 1
srcdir=$(cd "${srcdir:-.}" && pwd)
builddir=$(cd "${builddir:-.}" && pwd)
daemon=$builddir/src/ntpgated
tool=$builddir/src/ntpgate
for p in "$daemon" "$tool"; do
	if [ ! -x "$p" ]; then
		echo "$p is not built" >&2
		echo "0 passed, 1 failed"
		exit 1
	fi
done
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
good=0 bad=0

# same WHAT: is $work/got what $work/want is?
same() {
	if cmp -s "$work/want" "$work/got"; then
		good=$((good + 1))
	else
		echo "$1:" >&2
		diff "$work/want" "$work/got" >&2
		bad=$((bad + 1))
	fi
}

# says STATUS COMMAND...: its output, and its status on a line of its own
says() {
	timeout 10 "$@" >"$work/got" 2>&1
	echo "status $?" >>"$work/got"
}

# wrong WORDS SENTENCE: the daemon refuses the words, and says why
wrong() {
	# shellcheck disable=SC2086 # a list of words
	says "$daemon" $1
	{ sed -n 1p "$work/got"; tail -n 1 "$work/got"; } >"$work/rest"
	mv "$work/rest" "$work/got"
	printf 'ntpgated: %s\nstatus 2\n' "$2" >"$work/want"
	same "ntpgated $1"
}

wrong '-x' '-x: there is no such option'
wrong '-t -c' '-c: a file must follow'
wrong '-t extra' 'extra: only -c takes a word'
says "$daemon" -h
{ grep -c '^usage: ' "$work/got"; tail -n 1 "$work/got"; } >"$work/rest"
mv "$work/rest" "$work/got"
printf '1\nstatus 0\n' >"$work/want"
same "ntpgated -h"
for v in -V --version; do
	says "$daemon" $v
	cp "$work/got" "$work/want"
	says "$tool" $v
	sed 's/^ntpgate /ntpgated /' "$work/got" >"$work/rest"
	mv "$work/rest" "$work/got"
	same "ntpgated $v, and ntpgate $v"
done

cd "$srcdir/tests/golden/conf" || exit 1
for f in bad-*.conf; do
	sentence=$(sed -n "1s/^# F/$f/p" "$f")
	printf 'ntpgated: %s\nstatus 2\n' "$sentence" >"$work/want"
	says "$daemon" -t -c "$f"
	same "ntpgated -t -c $f"
	printf 'ntpgate: %s\nstatus 2\n' "$sentence" >"$work/want"
	says "$tool" check "$f"
	same "ntpgate check $f"
done

for f in audit-*.conf; do
	cat "${f%.conf}.txt" >"$work/want"
	sed -n '1s/^# /status /p' "$f" >>"$work/want"
	says "$tool" check "$f"
	same "ntpgate check $f"
	sentence=$(sed -n "2s/^# F/$f/p" "$f")
	if [ -n "$sentence" ]; then
		printf 'ntpgated: %s\nstatus 2\n' "$sentence" >"$work/want"
	else
		printf '%s: ok\nstatus 0\n' "$f" >"$work/want"
	fi
	says "$daemon" -t -c "$f"
	grep -v ': note: ' "$work/got" >"$work/rest"
	mv "$work/rest" "$work/got"
	same "ntpgated -t -c $f"
	says "$tool" -j check "$f"
	sed -n '1s/^# /status /p' "$f" >"$work/want"
	grep -o '"schema": 1' "$work/got" >>"$work/want"
	{ tail -n 1 "$work/got"; echo '"schema": 1'; } >"$work/rest"
	mv "$work/rest" "$work/got"
	same "ntpgate -j check $f"
done

# Root would have to become a user that is not there.
if [ "$(id -u)" -eq 0 ]; then
	sed '1iuser = "nobody-of-this-name";' audit-good.conf >"$work/user.conf"
	says "$daemon" -t -c "$work/user.conf"
	cat >"$work/want" <<EOF
$work/user.conf: note: user: there is no user "nobody-of-this-name" on this machine; create it, or name another with user
$work/user.conf: ok
status 0
EOF
	same "ntpgated -t: a user that is not there"
fi

# Keys: what is said of a file that belongs to whoever asks.
cat >"$work/keys.conf" <<EOF
keys = "$work/keys";
upstream: { servers = (
	{ host = "192.0.2.10"; key = 1; }, { host = "192.0.2.11"; key = 1; },
	{ host = "192.0.2.20"; }, { host = "192.0.2.30"; key = 3; }
); };
leap: { file = ""; };
EOF
cat >"$work/keys" <<EOF
1 MD5 0123456789abcdef0123456789abcdef
3 AES128CMAC 0123456789abcdef0123456789abcdef 192.0.2.99
EOF
chmod 600 "$work/keys"

# audited STATUS VERDICT WORDS: a row begins with the words
audited() {
	says "$tool" -j check "$work/keys.conf"
	if grep -A 1 "\"verdict\": \"$2\"" "$work/got" |
	    grep -q "\"text\": \"$3" && grep -qx "status $1" "$work/got"; then
		good=$((good + 1))
	else
		echo "keys: no $2 \"$3\" with status $1" >&2
		cat "$work/got" >&2
		bad=$((bad + 1))
	fi
}

audited 1 PASS "$work/keys is private: 2 keys"
audited 1 FAIL "key 1 is MD5, which is weak"
audited 1 FAIL "192.0.2.10 and 192.0.2.11 share key 1"
audited 1 FAIL "192.0.2.30: key 3 is bound to other addresses"
audited 1 PASS "$work/keys was changed within the last year"
touch -d '2 years ago' "$work/keys"
audited 1 NOTE "$work/keys was last changed 73"
chmod 644 "$work/keys"
audited 1 FAIL "$work/keys"
cat >"$work/keys" <<EOF
3 AES128CMAC 0123456789abcdef0123456789abcdef 192.0.2.30
EOF
chmod 600 "$work/keys"
sed -i 's/ key = 1;//g' "$work/keys.conf"
audited 0 PASS "each key that is named is in the file"
audited 0 PASS "no key is MD5"
audited 0 PASS "no two servers share a key"
sed -i 's/key = 3/key = 4/' "$work/keys.conf"
audited 1 FAIL "192.0.2.30: key 4 is not in"

# The sample, untouched: one clear sentence.
cp "$srcdir/etc/ntpgate.conf" "$work/sample.conf"
cd "$work" || exit 1
line=$(grep -n 'servers = ' sample.conf | cut -d: -f1)
printf 'ntpgated: sample.conf:%s: %s\nstatus 2\n' "$line" \
    "upstream.servers: no server is named: name 4 to 7 that you may use, of different operators" >want
says "$daemon" -t -c sample.conf
same "the sample, untouched"

# With everything in it turned on (but the keys, for which there is no file,
# and the sibling, which needs one) it is right.
sed -e '1,/^$/d' -e '/^upstream/,/servers =/{/#/d;}' -e '/^# keys/d' \
    -e '/^# sibling/,/};$/d' \
    -e 's/ key = [0-9]*;//' -e 's/^\([[:space:]]*\)#[[:space:]]*/\1/' \
    sample.conf >all.conf
printf 'all.conf: ok\nstatus 0\n' >want
says "$daemon" -t -c all.conf
grep -v ': note: ' got >rest
mv rest got
same "the sample with everything turned on"
if [ "$(grep -c '=' all.conf)" -ge 30 ]; then
	good=$((good + 1))
else
	echo "the sample lost its settings" >&2
	bad=$((bad + 1))
fi

# A site is known by its name; what is not there is said.
: >site.yaml
printf 'ntpgate: site.yaml: nothing is in it\nstatus 2\n' >want
says "$tool" check site.yaml
same "a site"
printf 'ntpgate: none.conf: No such file or directory\nstatus 2\n' >want
says "$tool" check none.conf
same "a file that is not there"

echo "$good passed, $bad failed"
[ "$bad" -eq 0 ]
