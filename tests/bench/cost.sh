#!/bin/sh
# cost.sh - CPU of the filter for a sample, with seven servers, and how often
# the engine wakes when nobody asks it.  Nothing is asserted.
#
#	tests/bench/cost.sh [SIM]
sim=${1:-${builddir:-.}/tests/sim/sim}
if [ ! -x "$sim" ]; then
	echo "$sim: not built (make check_PROGRAMS, or make check)" >&2
	exit 1
fi
exec "$sim" -b
