/* SPDX-License-Identifier: ISC */
/*
 * value.h - the small words of a configuration: times, sizes, hosts.
 *
 * Text in, number or address out.  The sentence of a failure says what would
 * be right and does not repeat the text: the caller has shown it already.
 */
#ifndef CONF_VALUE_H
#define CONF_VALUE_H

#include "base/addr.h"
#include "base/err.h"

#include <stdint.h>

#define VALUE_TEXT 32

/* "1024s", "5ms", "1.5h": units s, m, h, d, ms, us; never negative. */
int value_time(const char *text, double *s, struct err *e);

/* The shortest such word for s: "64s", "1ms", "36h". */
char *value_time_print(double s, char buf[VALUE_TEXT]);

/* "64MB": units kB, MB, GB, of 1024, 1024^2 and 1024^3 octets. */
int value_size(const char *text, uint64_t *octets, struct err *e);

/* The shortest such word: "64MB". */
char *value_size_print(uint64_t octets, char buf[VALUE_TEXT]);

/*
 * A host that can be asked for the time: an address, or a name, for which
 * a->family is ADDR_NONE.  a->port is left alone.
 */
int value_host(const char *text, struct addr *a, struct err *e);

/* "127.0.0.1:8123" or "[::1]:8123" */
int value_endpoint(const char *text, struct addr *a, struct err *e);

/*
 * Letters to add, drop or change to make b of a.  Of words longer than 31
 * letters the rest is not looked at.
 */
unsigned value_distance(const char *a, const char *b);

#endif
