/* SPDX-License-Identifier: ISC */
/*
 * addr.h - an address with its port, and prefixes of addresses.
 *
 * Numeric only: names are the desk's work.  An IPv4 address that arrives
 * mapped into IPv6 (::ffff:192.0.2.1) becomes the IPv4 address that it is,
 * in every function that makes an addr: no rule can be walked round by it.
 */
#ifndef BASE_ADDR_H
#define BASE_ADDR_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum addr_family { ADDR_NONE, ADDR_V4, ADDR_V6 };

struct addr {
	uint8_t family; /* enum addr_family */
	uint8_t ip[16]; /* network order; the first 4 for IPv4, rest zero */
	uint16_t port;	/* 0: none */
	uint32_t scope; /* interface of a link-local IPv6 address, else 0 */
};

struct prefix {
	struct addr net; /* host bits are zero */
	uint8_t len;	 /* bits, 0 to 32 or 128 */
};

/* Room for any address, with brackets, scope and port. */
#define ADDR_TEXT 64

/* From 4 or 16 octets in network order, with port 0. */
struct addr addr_v4(const uint8_t ip[4]);
struct addr addr_v6(const uint8_t ip[16]);

/* The way back: 16 octets that addr_v6() makes the same address of, without
 * its scope. */
void addr_octets(const struct addr *a, uint8_t ip[16]);

/* "192.0.2.1" or "2001:db8::1"; no port, no name, no brackets. */
bool addr_parse(struct addr *a, const char *text);

/*
 * Digits and dots that are no address, as 10.0.0, which the C library's
 * resolver takes for 10.0.0.0: who reads a host asks this before it.
 */
bool addr_is_torn(const char *text);

/* The address alone; with_port adds ":123" and, for IPv6, brackets. */
char *addr_print(const struct addr *a, bool with_port, char buf[ADDR_TEXT]);

/* Of the two, is it the same host?  Ports do not matter. */
bool addr_same_host(const struct addr *a, const struct addr *b);

/* Host and port. */
bool addr_equal(const struct addr *a, const struct addr *b);

bool addr_is_loopback(const struct addr *a);
bool addr_is_multicast(const struct addr *a); /* and IPv4 broadcast */
bool addr_is_any(const struct addr *a);

/*
 * Could a stranger's machine be there?  False for loopback, private (RFC
 * 1918, unique local), link-local, shared (100.64/10), documentation and
 * benchmarking networks: a lab.  An IPv6 address that carries an IPv4 one (NAT64,
 * 6to4) is as public as that one.  Everything else is public.
 */
bool addr_is_public(const struct addr *a);

/*
 * The IPv4 address that an IPv6 one carries (NAT64, 6to4), with its port; any
 * other as it is.
 */
struct addr addr_inner(const struct addr *a);

/*
 * "10.0.0.0/8" or "2001:db8::/32"; an address alone is a prefix of full
 * length.  Host bits are an error, and the sentence names the prefix that
 * was probably meant.
 */
int prefix_parse(struct prefix *p, const char *text, struct err *e);

bool prefix_holds(const struct prefix *p, const struct addr *a);

/* "10.0.0.0/8" */
char *prefix_print(const struct prefix *p, char buf[ADDR_TEXT]);

#endif
