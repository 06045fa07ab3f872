/* SPDX-License-Identifier: ISC */
/*
 * udp.h - UDP sockets: one that serves, one a question.
 */
#ifndef SYS_UDP_H
#define SYS_UDP_H

#include "base/addr.h"
#include "base/err.h"
#include "base/time.h"

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

/* addr <-> sockaddr.  udp_addr() unmaps IPv4-mapped addresses. */
struct addr udp_addr(const struct sockaddr *sa);
socklen_t udp_sockaddr(const struct addr *a, struct sockaddr_storage *ss);

/*
 * A socket that serves: bound, non-blocking, kernel receive stamps, packet
 * info where it is bound to no address (so that the answer leaves from the one
 * asked), SO_REUSEPORT if shared, IP_FREEBIND for a given address.  IPv6
 * sockets hear IPv6 only.  The descriptor, or -1.
 */
int udp_listen(const struct addr *at, bool shared, struct err *e);

/* Before sockets are shared there: is it nobody's?  For SO_REUSEPORT shares
 * with every process of the same user, of a second daemon, too.  0, or -1. */
int udp_free(const struct addr *at, struct err *e);

/* Does this machine have the address now?  Any address is one. */
bool udp_ours(const struct addr *at);

/*
 * Room for a burst of datagrams, in octets as the kernel counts them (a small
 * datagram is UDP_COST of them).  What it got, which is less where we may not
 * have more: net.core.rmem_max is the limit of who has no CAP_NET_ADMIN, and
 * half of it is what has to be asked for.
 */
#define UDP_COST 768
size_t udp_buffer(int fd, size_t octets);

/* A socket for one question: connected to a server, random port, stamps.
 * udp_ask_from() leaves from an address of ours, whose port is ignored. */
int udp_ask(const struct addr *server, struct err *e);
int udp_ask_from(const struct addr *from, const struct addr *server,
    struct err *e);

struct udp_packet {
	uint8_t *buf; /* borrowed, size octets */
	size_t size, len;
	struct addr from, to; /* to: the local address it was sent to */
	bool stamped;	      /* stamp is the kernel's, not read by us */
	struct wall stamp;    /* CLOCK_REALTIME */
	unsigned interface;   /* that it came by */
	bool cut;	      /* it was longer than size */
};

/*
 * One datagram.  1: got one; 0: none there; -1: an error came (errno), as
 * ECONNREFUSED on a connected socket.  A datagram longer than size is cut and len
 * is size.
 */
int udp_receive(int fd, struct udp_packet *p);

/* Below: for who moves many datagrams with one call. */

/* Room for what the kernel says about a datagram: a stamp, an address. */
union udp_control {
	struct cmsghdr align;
	uint8_t octets[192];
};

/* Fills all of p but buf and size from a received message of len octets;
 * m->msg_name is a sockaddr_storage. */
void udp_describe(struct udp_packet *p, struct msghdr *m, size_t len);

/* The message leaves from address a (as udp_packet.to); from any that the
 * kernel likes if a is none or a group.  control is kept while m is used. */
void udp_source(struct msghdr *m, union udp_control *control,
    const struct addr *a);

#endif
