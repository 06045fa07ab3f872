#!/bin/sh
# check-units.sh - each module has a suite, each header compiles alone.
cd "${srcdir:-.}" || exit 1
good=0 bad=0
for c in src/base/*.c src/core/*.c src/view/*.c; do
	m=$(basename "$c" .c)
	if [ -f "tests/unit/test_$m.c" ]; then
		good=$((good + 1))
	else
		echo "$c has no tests/unit/test_$m.c" >&2
		bad=$((bad + 1))
	fi
done
for h in include/*/*.h; do
	if echo "#include \"${h#include/}\"" |
	    ${CC:-cc} -std=gnu11 -D_GNU_SOURCE -Wall -Wextra -Werror -Iinclude \
		-fsyntax-only -x c -; then
		good=$((good + 1))
	else
		echo "$h does not compile alone" >&2
		bad=$((bad + 1))
	fi
done
echo "$good passed, $bad failed"
[ "$bad" -eq 0 ]
