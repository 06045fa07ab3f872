#!/bin/sh
# check-layers.sh - each folder includes itself and those named after it, no
# other; and no system header that belongs to sys/ alone.
cd "${srcdir:-.}" || exit 1
good=0 bad=0
may() {
	folders=$(echo "$*" | tr ' ' '|')
	if grep -Hn '^#include "' src/"$1"/*.c include/"$1"/*.h |
	    grep -Ev "#include \"($folders)/"; then
		echo "$1/ may include: $*" >&2
		bad=$((bad + 1))
	else
		good=$((good + 1))
	fi
}
may base
may core base
may conf core base
may render conf core base
may view core base
# sys/ and the mains may know config.h
if grep -Hn '^#include "' src/sys/*.c include/sys/*.h |
    grep -Ev '#include "(sys|view|core|base)/|#include "config.h"'; then
	bad=$((bad + 1))
else
	good=$((good + 1))
fi
# outside sys/ there is no #if but the include guard
if grep -HnE '^# *(if|elif)' src/base/*.c src/core/*.c src/conf/*.c \
    src/render/*.c src/view/*.c src/*.c src/cmd/*.c; then
	echo "an option chooses a file, not a line" >&2
	bad=$((bad + 1))
else
	good=$((good + 1))
fi
echo "$good passed, $bad failed"
[ "$bad" -eq 0 ]
