#!/bin/sh
# packets.sh - packets a day: five servers 20 to 60 ms away, 5 ms promised, a
# good oscillator (1e-10 per sqrt(s)), eight simulated days.  Nothing is
# asserted.
#
#	tests/bench/packets.sh [SIM]	SIM: the simulator, tests/sim/sim
#	POLLS="10-12 6-14" SEED=20	log2 of seconds
#
# Others on such a network, measured under clknetsim in November 2026 with an
# oscillator of 1e-9, packets a day in steady state for five servers: chronyd
# (git 8f2db839) 415 to 430 with minpoll 6 maxpoll 10, its default, and 105
# with maxpoll 12; ntpd 4.3.91 and NTPsec 1.2.5 415 to 430 with their
# defaults, 6 to 10.  None of them asks by what was promised.
sim=${1:-${builddir:-.}/tests/sim/sim}
if [ ! -x "$sim" ]; then
	echo "$sim: not built (make check_PROGRAMS, or make check)" >&2
	exit 1
fi
echo "| poll, s      | first day | later/day | rms us   | max us   | held, % |"
echo "|---|---|---|---|---|---|"
# shellcheck disable=SC2086 # a list
"$sim" -s "${SEED:-20}" -d ${POLLS:-10 12 10-12 10-14 6-14 10-17}
