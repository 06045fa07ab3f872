/* SPDX-License-Identifier: ISC */
/*
 * probe.h - a question now and then, one at a time, from a common socket, and
 * how right the stamps in the answers are.  Both ends must read one clock.
 * There is one of it in a program.
 */
#ifndef BENCH_PROBE_H
#define BENCH_PROBE_H

#include <netinet/in.h>
#include <stdint.h>

/* Ends the program if it cannot be. */
void probe_open(struct in_addr server, unsigned interval_us);

/* To be called all the time; now: CLOCK_MONOTONIC, nanoseconds. */
void probe_poll(int64_t now);

/*
 * Members of a JSON object: "probes" and "lost"; and in microseconds, each as
 * median, 99th percentile and maximum: "path" (from our call to the kernel's
 * stamp of the question as it leaves), "late" (from there to the receive
 * stamp in the answer), "early" (from the transmit stamp in the answer to the
 * kernel's stamp of its arrival) and "trip" (from leaving to arrival).
 */
void probe_print(void);

#endif
