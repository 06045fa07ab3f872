#!/bin/sh
# check-mib.sh - our MIB is without a fault, and says what the code says: each
# object with its type, each word with its number, each notification with its
# objects.  tests/mib has stand-ins for the modules that it imports.
srcdir=${srcdir:-.}
mib=$srcdir/etc/NTPGATE-MIB.txt
SMIPATH=$srcdir/tests/mib
LC_ALL=C # of sort and comm
export SMIPATH LC_ALL
for tool in smilint smidump; do
	command -v $tool >/dev/null || {
		echo "$tool of smitools is missing" >&2
		echo "0 passed, 1 failed"
		exit 1
	}
done
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
good=0 bad=0
ok() { good=$((good + 1)); }
no() { echo "$*" >&2; bad=$((bad + 1)); }

# Nothing is excused.  It exits with 0 whatever it finds.
smilint -c /dev/null -l 5 "$mib" >"$tmp/lint" 2>&1
if [ -s "$tmp/lint" ]; then no "$(cat "$tmp/lint")"; else ok; fi

# What the MIB says, in the words of tests/unit/mib.c.
smidump -q -c /dev/null -f python "$mib" 2>"$tmp/dump" | awk -F '"' '
BEGIN {
	split("Integer32 Enumeration TruthValue InetAddressType", a, " ")
	for (i in a)
		means[a[i]] = "integer"
	split("OctetString Bits DisplayString InetAddress", a, " ")
	for (i in a)
		means[a[i]] = "octets"
	means["Unsigned32"] = means["Gauge32"] = "unsigned"
	means["Counter32"] = "counter"
	means["Counter64"] = "counter64"
	means["TimeTicks"] = "ticks"
}
function flush() {
	if (kind == "notification") {
		name_of[oid] = carried
	} else if (access == "readonly" || access == "readwrite") {
		print oid, type in means ? means[type] : type
		if (words != "")
			print oid " =" words
	}
	kind = oid = type = access = words = carried = word = ""
}
/^        "[^"]*" : \{/ { flush(); name = $2 }
/^            "nodetype" :/ { kind = $4 }
/^            "oid" :/ { oid = $4; number[name] = oid }
/^            "access" :/ { access = $4 }
/^                "type" : +\{ "module"/ { type = $10 }
/^                    "basetype" :/ { type = $4 }
/^                    "[^"]*" : \{/ { word = $2 }
/^                        "number" :/ { words = words " " word "(" $4 ")" }
/^                "[^"]*" : \{/ && kind == "notification" { carried = carried " " $2 }
END {
	flush()
	for (oid in name_of) {
		line = oid " :"
		n = split(name_of[oid], a, " ")
		for (i = 1; i <= n; i++)
			line = line " " number[a[i]]
		print line
	}
}' | sort >"$tmp/mib"
[ ! -s "$tmp/dump" ] || no "$(cat "$tmp/dump")"
"${builddir:-.}/tests/unit/mib" | sort >"$tmp/code"
lines=$(wc -l <"$tmp/code")
if [ "$lines" -lt 50 ]; then no "the code knows $lines lines only"; fi

# Each line of one that the other has not.
comm -3 "$tmp/mib" "$tmp/code" >"$tmp/differ"
same=$(comm -12 "$tmp/mib" "$tmp/code" | wc -l)
good=$((good + same))
while IFS= read -r l; do
	case $l in
	"	"*) no "the code, but not the MIB:${l#?}" ;;
	*) no "the MIB, but not the code: $l" ;;
	esac
done <"$tmp/differ"
echo "$good passed, $bad failed"
[ "$bad" -eq 0 ]
