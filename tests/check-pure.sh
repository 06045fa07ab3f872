#!/bin/sh
# check-pure.sh - base/ and core/ call each other and what tests/pure-symbols
# lists: no clock, no socket, no file, no heap, no environment.
srcdir=${srcdir:-.}
ld -r -o pure.o --whole-archive libcore.a libbase.a || exit 1
# Instrumented builds add calls that nobody wrote.
nm -u pure.o | awk '{ print $2 }' |
    grep -vE '^(__asan_|__ubsan_|__sanitizer_|__sanc|__gcov|__stack_chk_fail|_GLOBAL_OFFSET_TABLE_|__start___sanc|__stop___sanc|__msan|__fortify_fail)|_chk$' |
    grep -vxFf "$srcdir/tests/pure-symbols" >pure.impure
if [ -s pure.impure ]; then
	echo "base/ or core/ calls:" >&2
	cat pure.impure >&2
	rm -f pure.o pure.impure
	echo "0 passed, 1 failed"
	exit 1
fi
rm -f pure.o pure.impure
echo "1 passed, 0 failed"
