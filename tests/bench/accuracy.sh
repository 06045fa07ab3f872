#!/bin/sh
# accuracy.sh - the table of accuracy: networks x oscillators x polls, two
# simulated weeks a cell, figures of days 3 to 14.  Nothing is asserted.
#
#	tests/bench/accuracy.sh [SIM]	SIM: the simulator, tests/sim/sim
#	NETS="wan" OSCS="w9 w8" POLLS="10 12 10-12" SEEDS=4 SEED=20
#
# POLL is log2 of seconds, or MIN-MAX.  bound/rms is of means; "10 ms" the last
# second at which any start was still off by more, "day 1" the worst error
# from minute 10 to the end of the first day, "hour" the most packets to one
# server in the first hour.
#
# Where built ones are at hand, the daemons themselves run side by side in
# clknetsim instead, and give the table that netsim.py describes:
#
#	CLKNETSIM=DIR CHRONYD=FILE NTPGATED=FILE [NTPD=FILE] accuracy.sh
if [ -n "$CLKNETSIM" ] && [ -n "$CHRONYD" ]; then
	NTPGATED=${NTPGATED:-${builddir:-.}/ntpgated}
	export NTPGATED
	exec python3 "$(dirname "$0")/netsim.py" rows "$@"
fi
sim=${1:-${builddir:-.}/tests/sim/sim}
if [ ! -x "$sim" ]; then
	echo "$sim: not built (make check_PROGRAMS, or make check)" >&2
	exit 1
fi
echo "| net | osc  | poll  | rms us   | max us   | held  | b/r  | pkt/d  | 10 ms  | day 1 ms | hour |"
echo "|---|---|---|---|---|---|---|---|---|---|---|"
for net in ${NETS:-lan wan bad}; do
	for osc in ${OSCS:-w10 w9 w8 w9t w10t w9f w9s}; do
		for poll in ${POLLS:-10 12 14 10-12}; do
			"$sim" -s "${SEED:-20}" -t "$net" "$osc" "$poll" \
			    "${SEEDS:-4}" || exit
		done
	done
done
