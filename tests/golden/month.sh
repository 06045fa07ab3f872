#!/bin/sh
# month.sh - the month on one page, byte for byte: a busy one and one in which
# nobody asked.  With UPDATE=1 the expected texts are written anew, to be
# looked at with git diff.
here=$(cd "${srcdir:-.}/tests/golden/month" && pwd) || exit 1
months=$(cd "${builddir:-.}" && pwd)/tests/unit/months
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
good=0 bad=0

for record in busy quiet; do
	for form in text json; do
		name=$record.$form
		"$months" "$record" "$form" >"$work/$name" || exit 1
		[ -n "$UPDATE" ] && cp "$work/$name" "$here/$name"
		if diff -u "$here/$name" "$work/$name" >&2; then
			good=$((good + 1))
		else
			bad=$((bad + 1))
		fi
	done
	if awk 'length > 80 { exit 1 }' "$work/$record.text" &&
	    [ "$(wc -l <"$work/$record.text")" -le 90 ]; then
		good=$((good + 1))
	else
		echo "$record: wider than 80, or longer than a page" >&2
		bad=$((bad + 1))
	fi
done
echo "$good passed, $bad failed"
[ "$bad" -eq 0 ]
