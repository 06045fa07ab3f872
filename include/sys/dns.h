/* SPDX-License-Identifier: ISC */
/*
 * dns.h - names to addresses, in the desk, never in the engine.
 *
 * Each look-up runs in a thread of its own around getaddrinfo(), which may
 * block as long as it likes; its result comes back over a pipe.  Failures are
 * tried again after 16 s, doubling to an hour; a success is looked at again after an
 * hour, and an address that is still among the answers is kept (pinned).
 * Answers that no upstream can have (loopback unless the name is literally
 * so, multicast, any, an address of this machine) are refused.
 */
#ifndef SYS_DNS_H
#define SYS_DNS_H

#include "base/addr.h"
#include "sys/loop.h"

#include <stdbool.h>
#include <stdint.h>

#define DNS_NAMES 17

struct dns;

/* Called in the loop: index i is now at a, which carries the port. */
typedef void dns_found(void *ctx, unsigned i, const struct addr *a);

struct dns *dns_new(struct loop *l, dns_found *found, void *ctx);
/* Does not wait for look-ups that hang: their threads end when they can. */
void dns_free(struct dns *d);

/*
 * Looks host up now and from then on; it is copied.  i < DNS_NAMES; what was
 * looked up as i before is forgotten, unless it is the same host and port.
 * -1: i or host is too long.
 */
int dns_add(struct dns *d, unsigned i, const char *host, uint16_t port);
void dns_drop(struct dns *d, unsigned i);

/* Name i was at a in an earlier life, and stays there while that is among the
 * answers.  After dns_add(). */
void dns_pin(struct dns *d, unsigned i, const struct addr *a);

/* Tell every usable address of name i, at each look-up.  After dns_add(). */
void dns_all(struct dns *d, unsigned i);

/* Can an upstream that was configured as host be at a? */
bool dns_usable(const char *host, const struct addr *a);

/* Seconds until the next look-up, after so many failures in a row. */
double dns_wait_s(unsigned failures);

/*
 * Who looks names up: host's addresses into a (max of them); their number,
 * or 0.  Runs in a thread of its own and may block.  getaddrinfo() unless
 * told otherwise.
 */
typedef unsigned dns_lookup(const char *host, struct addr *a, unsigned max);
void dns_ask_by(struct dns *d, dns_lookup *lookup);

#endif
