#!/bin/sh
# check-manuals.sh - the manuals are clean mdoc, and know every command,
# every key and every event.
cd "${srcdir:-.}" || exit 1
good=0 bad=0
ok() { good=$((good + 1)); }
no() { echo "$*" >&2; bad=$((bad + 1)); }
for m in man/*.[0-9]; do
	out=$(mandoc -T lint -W warning "$m" 2>&1)
	if [ -z "$out" ]; then ok; else no "$out"; fi
done
# keys of the configuration: every name in the reader's tables
for k in $(grep -oE '\{ "[a-z0-9_]+",' src/conf/read.c | tr -d '{ ",' | sort -u); do
	if grep -qE "^\.It (Ic|Cm|Li|Va) ([a-z0-9_.]*\.)?$k( |\$)" man/ntpgate.conf.5; then
		ok
	else
		no "ntpgate.conf(5) does not explain $k"
	fi
done
for k in $(sed -n '/struct site_key [a-z_]*keys/,/^};/p' src/conf/site_read.c |
    grep -oE '\{ "[a-z_]+",' | tr -d '{ ",' | sort -u); do
	if grep -qE "^\.It Ic ([a-z.]*\.)?$k\$" man/ntpgate-site.5; then
		ok
	else
		no "ntpgate-site(5) does not explain $k"
	fi
done
for c in $(grep -oE '^	\{ "[a-z]+",' src/cmd/commands.c | tr -d '	{ ",' | sort -u); do
	if grep -qE "^\.It (Ic|Cm) $c( |\$)" man/ntpgate.8; then
		ok
	else
		no "ntpgate(8) does not explain $c"
	fi
done
# events: name and level, as src/core/event.c has them
for e in $(tr '\n' ' ' <src/core/event.c |
    grep -oE '\{ "[a-z.-]+", EVENT_[A-Z]+,' | tr -d '{" ' |
    sed 's/,EVENT_/=/; s/,//'); do
	name=${e%%=*} level=$(echo "${e#*=}" | tr A-Z a-z)
	if grep -qxF ".It Ic $name Pq $level" man/ntpgated.8; then
		ok
	else
		no "ntpgated(8) does not explain the event $name ($level)"
	fi
done
echo "$good passed, $bad failed"
[ "$bad" -eq 0 ]
