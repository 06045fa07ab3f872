#!/bin/sh
# check-format.sh - every line as .clang-format (version 14) would have it.
cd "${srcdir:-.}" || exit 1
format=$(command -v clang-format-14 || command -v clang-format) || {
	echo "clang-format 14 is missing" >&2
	echo "0 passed, 1 failed"
	exit 1
}
set --
for f in src/*.c src/*.h src/*/*.[ch] include/*/*.h tests/*/*.[ch]; do
	[ ! -f "$f" ] || set -- "$@" "$f"
done
good=0 bad=0
# All at once is much faster; one by one, if there is something to say.
if "$format" --dry-run -Werror "$@" 2>/dev/null; then
	good=$#
	set --
fi
for f in "$@"; do
	if "$format" --dry-run -Werror "$f" 2>/dev/null; then
		good=$((good + 1))
	else
		echo "$f: clang-format -i would change it" >&2
		bad=$((bad + 1))
	fi
done
echo "$good passed, $bad failed"
[ "$bad" -eq 0 ]
