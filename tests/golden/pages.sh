#!/bin/sh
# pages.sh - the metrics of a fixed snapshot byte for byte, and what goes with
# them: every metric that alerts and the Grafana dashboard name is one of ours,
# the dashboard can be loaded, and promtool, where there is one, finds nothing.
srcdir=$(cd "${srcdir:-.}" && pwd)
builddir=$(cd "${builddir:-.}" && pwd)
shown=$builddir/tests/unit/pages
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
good=0 bad=0

# is WHAT COMMAND...: does it succeed?
is() {
	what=$1
	shift
	if "$@" >"$work/out" 2>&1; then
		good=$((good + 1))
	else
		echo "$what:" >&2
		cat "$work/out" >&2
		bad=$((bad + 1))
	fi
}

cd "$srcdir/tests/golden/pages" || exit 1
for page in metrics.txt openmetrics.txt page.html; do
	"$shown" "$page" >"$work/$page"
	is "$page" diff "$page" "$work/$page"
done

for f in "$srcdir/deploy/prometheus/ntpgate.rules.yml" \
    "$srcdir/deploy/grafana/ntpgate.json"; do
	for name in $(grep -oE 'ntpgate_[a-z_]+' "$f" | sort -u); do
		is "$f: $name" grep -q "^$name[ {]" "$work/metrics.txt"
	done
done

grafana=$srcdir/deploy/grafana/ntpgate.json
if command -v python3 >/dev/null; then
	is "$grafana" python3 "$srcdir/tests/golden/grafana.py" "$grafana" \
	    "$work/metrics.txt" "$work/grafana.yml"
fi
if command -v promtool >/dev/null; then
	is "promtool check metrics" sh -c \
	    "promtool check metrics <'$work/metrics.txt'"
	is "promtool check rules" promtool check rules \
	    "$srcdir/deploy/prometheus/ntpgate.rules.yml"
	[ ! -e "$work/grafana.yml" ] || is "promtool reads Grafana's" \
	    promtool check rules "$work/grafana.yml"
fi
echo "$good passed, $bad failed"
[ "$bad" -eq 0 ]
