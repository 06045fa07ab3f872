#!/bin/sh
# survey.sh - what "ntpgate survey --offline" makes of catalogues; nobody is
# asked.
#
# survey/bad-*.yaml	refused with the sentence of line 1, status 2; F stands
#			for the file's name
# survey/*.txt		what it says of survey/catalogue.yaml; with UPDATE=1
#			they are written anew, to be looked at with git diff
srcdir=$(cd "${srcdir:-.}" && pwd)
PATH=$(cd "${builddir:-.}/src" && pwd):$PATH
LC_ALL=C TERM=dumb
export LC_ALL TERM
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
good=0 bad=0
ok() { good=$((good + 1)); }
no() { echo "$*" >&2; bad=$((bad + 1)); }

# says NAME STATUS ARGUMENT...: is this what survey/NAME holds?
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

cd "$srcdir/tests/golden/survey" || exit 1
for f in bad-*.yaml; do
	sed -n "1s/^# F/ntpgate: $f/p" "$f" >"$work/want"
	UPDATE='' says "$work/want" 2 survey --offline "$f"
done
says text.txt 0 survey --offline catalogue.yaml
says seven.txt 0 survey --offline --want 7 catalogue.yaml
says site.txt 0 survey --offline --format site catalogue.yaml
says conf.txt 0 survey --offline --format conf catalogue.yaml
says json.txt 0 -j survey --offline catalogue.yaml
says region.txt 1 survey --offline --region "sweden, UK" --region bergen \
    catalogue.yaml
says region-conf.txt 1 survey --offline --region se --format conf \
    catalogue.yaml
says region-site.txt 1 survey --offline --region antarctica --format site \
    catalogue.yaml

# What it prints is taken where it is meant for.
cp conf.txt "$work/proposed.conf"
if ntpgate check "$work/proposed.conf" >"$work/got" 2>&1 || [ $? -eq 1 ]; then
	ok
else
	no "check refuses what survey --format conf proposes: $(cat "$work/got")"
fi
sed -e '/^upstreams:/d' -e 's/^  //' site.txt >"$work/proposed.yaml"
if ntpgate survey --offline "$work/proposed.yaml" |
    grep -q ': 5 servers, 5 candidates'; then
	ok
else
	no "survey --format site is not the YAML that it should be"
fi

# The catalogue that is shipped: whole, and in less than a second.
if timeout 1 ntpgate -j survey --offline "$srcdir/etc/catalogue.yaml" \
    >"$work/got" && grep -q '"servers": 254' "$work/got"; then
	ok
else
	no "the shipped catalogue: not 5 of its 254 servers within a second"
fi

echo "$good passed, $bad failed"
[ "$bad" -eq 0 ]
