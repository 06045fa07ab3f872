#!/bin/sh
# replay.sh - every fuzz target on its corpus and on variants of it: a million
# packets for the server and the source together.  The seed is fixed, so that
# a failure comes again; FUZZ_SEED chooses another.
srcdir=${srcdir:-.} builddir=${builddir:-.}
corpus=$srcdir/tests/fuzz/corpus
good=0 bad=0

# replay NAME INPUTS: as many in all, evenly from each file of the corpus
replay() {
	program=$builddir/tests/fuzz/fuzz_$1
	set -- "$1" $(($2 / $(ls "$corpus/$1" | wc -l) + 1))
	# one that was built with libFuzzer makes its own variants
	if "$program" -help=1 2>&1 | grep -q libFuzzer; then
		set -- "$1" -runs=20000 -seed="${FUZZ_SEED:-1}" \
		    -artifact_prefix="fuzz-$1-"
		mkdir -p "fuzz-$1.new" # where it keeps what it finds
		set -- "$@" "fuzz-$1.new"
	else
		set -- "$1" -m "$2" -s "${FUZZ_SEED:-1}"
	fi
	name=$1
	shift
	if out=$("$program" "$@" "$corpus/$name" 2>&1); then
		good=$((good + 1))
		echo "$name: $(echo "$out" | tail -n 1)"
	else
		bad=$((bad + 1))
		echo "$name: failed" >&2
		echo "$out" | tail -n 40 >&2
	fi
	rm -rf "fuzz-$name.new"
}

replay catalogue 50000
replay conf 20000
replay dhcp 100000
replay frame 100000
replay keys 50000
replay leap 50000
replay ledger 5000
replay logline 50000
replay link 100000
replay mode6 50000
replay packet 200000
replay server 600000
replay site 20000
replay source 400000
replay state 2000
replay watched 50000
echo "$good passed, $bad failed"
[ "$bad" -eq 0 ]
