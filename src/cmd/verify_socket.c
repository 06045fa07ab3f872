/* SPDX-License-Identifier: ISC */
/*
 * verify_socket.c - sockets that speak as a DHCP client does.
 */
#include "verify.h"

#include "base/text.h"
#include "sys/udp.h"

#include <arpa/inet.h>
#include <errno.h>
#include <ifaddrs.h>
#include <net/if_arp.h>
#include <netinet/in.h>
#include <netpacket/packet.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

bool
verify_interface(const struct addr *a, char name[IF_NAMESIZE])
{
	struct ifaddrs *all;
	bool found = false;

	if (getifaddrs(&all) != 0)
		return false;
	for (struct ifaddrs *i = all; i != NULL && !found; i = i->ifa_next) {
		struct addr its;

		if (i->ifa_addr == NULL ||
		    (i->ifa_addr->sa_family != AF_INET &&
			i->ifa_addr->sa_family != AF_INET6))
			continue;
		its = udp_addr(i->ifa_addr);
		if (addr_same_host(&its, a))
			found = text_copy(name, IF_NAMESIZE, i->ifa_name);
	}
	freeifaddrs(all);
	return found;
}

/* The address family tells what an entry says of the interface. */
static void
take(struct verify_link *l, const struct sockaddr *sa)
{
	struct sockaddr_ll ll;

	l->has_v6 |= sa->sa_family == AF_INET6;
	if (sa->sa_family != AF_PACKET)
		return;
	memcpy(&ll, sa, sizeof(ll));
	l->ethernet =
	    ll.sll_hatype == ARPHRD_ETHER && ll.sll_halen == sizeof(l->mac);
	if (l->ethernet)
		memcpy(l->mac, ll.sll_addr, sizeof(l->mac));
}

int
verify_link(const char *name, struct verify_link *l, struct err *e)
{
	struct ifaddrs *all;

	*l = (struct verify_link){ .index = if_nametoindex(name) };
	if (l->index == 0)
		return err_set(e, "there is no interface %s", name);
	if (getifaddrs(&all) != 0)
		return err_sys(e, "the addresses of %s", name);
	for (struct ifaddrs *i = all; i != NULL; i = i->ifa_next)
		if (i->ifa_addr != NULL && strcmp(i->ifa_name, name) == 0)
			take(l, i->ifa_addr);
	freeifaddrs(all);
	if (!l->ethernet)
		return err_set(e, "%s is no Ethernet", name);
	return 0;
}

/* A client that runs here has the port, too: each gets a copy of what is
 * broadcast. */
static int
set_up(int fd, const char *interface, const struct addr *at)
{
	struct sockaddr_storage ss;
	socklen_t len = udp_sockaddr(at, &ss);
	int on = 1;

	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_BROADCAST, &on, sizeof(on)) != 0 ||
	    (at->family == ADDR_V6 &&
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on)) !=
		    0) ||
	    setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, interface,
		(socklen_t)strlen(interface)) != 0)
		return -1;
	return bind(fd, (struct sockaddr *)&ss, len);
}

int
verify_open(const char *interface, bool six, struct err *e)
{
	struct addr at = { .family = six ? ADDR_V6 : ADDR_V4,
		.port = six ? DHCP6_PORT - 1 : DHCP4_PORT + 1 };
	int fd = socket(six ? AF_INET6 : AF_INET,
	    SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd != -1 && set_up(fd, interface, &at) == 0)
		return fd;
	if (errno == EACCES || errno == EPERM)
		err_set(e, "port %u needs root", at.port);
	else
		err_sys(e, "port %u of %s", at.port, interface);
	if (fd != -1)
		close(fd);
	return -1;
}

int
verify_send(int fd, const struct verify_link *l, bool six, const uint8_t *pkt,
    size_t len)
{
	/* All servers and relays of this link (RFC 8415 7.1). */
	static const uint8_t servers[16] = { 0xff, 0x02, [13] = 1, [15] = 2 },
			     everybody[4] = { 255, 255, 255, 255 };
	struct addr to = six ? addr_v6(servers) : addr_v4(everybody);
	struct sockaddr_storage ss;
	socklen_t size;

	to.port = six ? DHCP6_PORT : DHCP4_PORT;
	to.scope = six ? l->index : 0;
	size = udp_sockaddr(&to, &ss);
	return sendto(fd, pkt, len, 0, (struct sockaddr *)&ss, size) ==
		(ssize_t)len ?
	    0 :
	    -1;
}
