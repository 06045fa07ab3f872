/* SPDX-License-Identifier: ISC */
#include "sys/udp.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

struct addr
udp_addr(const struct sockaddr *sa)
{
	struct addr a = { 0 };

	if (sa->sa_family == AF_INET) {
		struct sockaddr_in in;

		memcpy(&in, sa, sizeof(in));
		a = addr_v4((const uint8_t *)&in.sin_addr);
		a.port = ntohs(in.sin_port);
	} else if (sa->sa_family == AF_INET6) {
		struct sockaddr_in6 in6;

		memcpy(&in6, sa, sizeof(in6));
		a = addr_v6(in6.sin6_addr.s6_addr);
		a.port = ntohs(in6.sin6_port);
		if (a.family == ADDR_V6)
			a.scope = in6.sin6_scope_id;
	}
	return a;
}

socklen_t
udp_sockaddr(const struct addr *a, struct sockaddr_storage *ss)
{
	memset(ss, 0, sizeof(*ss));
	if (a->family == ADDR_V4) {
		struct sockaddr_in *in = (struct sockaddr_in *)ss;

		in->sin_family = AF_INET;
		in->sin_port = htons(a->port);
		memcpy(&in->sin_addr, a->ip, 4);
		return sizeof(*in);
	}
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)ss;

	in6->sin6_family = AF_INET6;
	in6->sin6_port = htons(a->port);
	in6->sin6_scope_id = a->scope;
	memcpy(&in6->sin6_addr, a->ip, 16);
	return sizeof(*in6);
}

static int
open_socket(int family)
{
	int fd = socket(family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd >= 0 || errno != EINVAL)
		return fd;
	/* A simulator knows no flags. */
	fd = socket(family, SOCK_DGRAM, 0);
	if (fd >= 0) {
		fcntl(fd, F_SETFD, FD_CLOEXEC);
		fcntl(fd, F_SETFL, O_NONBLOCK);
	}
	return fd;
}

static int
turn_on(int fd, int level, int option)
{
	int on = 1;

	return setsockopt(fd, level, option, &on, sizeof(on));
}

/* Without kernel stamps the clock is read: worse, not wrong. */
static void
tell_when(int fd)
{
	(void)turn_on(fd, SOL_SOCKET, SO_TIMESTAMPNS);
}

static int
tell_to_whom(int fd, int family)
{
	if (family == AF_INET6)
		return turn_on(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO);
	return turn_on(fd, IPPROTO_IP, IP_PKTINFO);
}

/* What we send fits any path.  So the kernel need not draw an identification
 * for fragments (RFC 6864 4.1), which is a tenth of its work, nor heed forged
 * news of narrow paths. */
static void
never_fragment(int fd, int family)
{
	int how = IP_PMTUDISC_PROBE;

	if (family == AF_INET)
		(void)setsockopt(fd, IPPROTO_IP, IP_MTU_DISCOVER, &how,
		    sizeof(how));
}

static int
set_up_server(int fd, int family, const struct addr *at, bool shared)
{
	tell_when(fd);
	if (addr_is_any(at) && tell_to_whom(fd, family) != 0)
		return -1;
	if (family == AF_INET6 && turn_on(fd, IPPROTO_IPV6, IPV6_V6ONLY) != 0)
		return -1;
	if (shared && turn_on(fd, SOL_SOCKET, SO_REUSEPORT) != 0)
		return -1;
	/* The address may come to this machine later (VRRP). */
	if (!addr_is_any(at))
		(void)turn_on(fd,
		    family == AF_INET6 ? IPPROTO_IPV6 : IPPROTO_IP,
		    family == AF_INET6 ? IPV6_FREEBIND : IP_FREEBIND);
	never_fragment(fd, family);
	return 0;
}

size_t
udp_buffer(int fd, size_t octets)
{
	/* The kernel doubles what is asked for. */
	int half = octets / 2 < INT_MAX / 2 ? (int)(octets / 2) : INT_MAX / 2;
	int got = 0;
	socklen_t len = sizeof(got);

	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &half, sizeof(half)) !=
	    0)
		(void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &half,
		    sizeof(half));
	(void)getsockopt(fd, SOL_SOCKET, SO_RCVBUF, &got, &len);
	return got > 0 ? (size_t)got : 0;
}

/* What the operator should look at. */
static const char *
hint(int why)
{
	if (why == EADDRINUSE)
		return " (is another NTP server running?)";
	if (why == EACCES)
		return " (ports below 1024 need CAP_NET_BIND_SERVICE)";
	return "";
}

static int
fail(int fd, const char *what, const struct addr *a, struct err *e)
{
	char where[ADDR_TEXT];
	int why = errno;

	if (fd >= 0)
		close(fd);
	errno = why;
	return err_set(e, "%s %s: %s%s", what, addr_print(a, true, where),
	    strerror(why), hint(why));
}

int
udp_listen(const struct addr *at, bool shared, struct err *e)
{
	struct sockaddr_storage ss;
	socklen_t len = udp_sockaddr(at, &ss);
	int fd = open_socket(ss.ss_family);

	if (fd < 0 || set_up_server(fd, ss.ss_family, at, shared) != 0 ||
	    bind(fd, (struct sockaddr *)&ss, len) != 0)
		return fail(fd, "listen", at, e);
	return fd;
}

int
udp_free(const struct addr *at, struct err *e)
{
	int fd = udp_listen(at, false, e);

	if (fd == -1)
		return -1;
	close(fd);
	return 0;
}

/* To a port that the kernel draws at random, later, when it is connected. */
static int
leave_from(int fd, const struct addr *from)
{
	struct addr a = *from;
	struct sockaddr_storage ss;
	socklen_t len;

	a.port = 0;
	len = udp_sockaddr(&a, &ss);
	return bind(fd, (struct sockaddr *)&ss, len);
}

bool
udp_ours(const struct addr *at)
{
	int fd = open_socket(at->family == ADDR_V6 ? AF_INET6 : AF_INET);
	bool absent =
	    fd >= 0 && leave_from(fd, at) != 0 && errno == EADDRNOTAVAIL;

	if (fd >= 0)
		close(fd);
	return !absent;
}

int
udp_ask(const struct addr *server, struct err *e)
{
	return udp_ask_from(NULL, server, e);
}

int
udp_ask_from(const struct addr *from, const struct addr *server, struct err *e)
{
	struct sockaddr_storage ss;
	socklen_t len = udp_sockaddr(server, &ss);
	int fd = open_socket(ss.ss_family);

	/* The kernel draws the port at random (RFC 9109). */
	if (fd >= 0)
		tell_when(fd);
	if (fd < 0 || tell_to_whom(fd, ss.ss_family) != 0 ||
	    (from != NULL && leave_from(fd, from) != 0) ||
	    connect(fd, (struct sockaddr *)&ss, len) != 0)
		return fail(fd, "ask", server, e);
	return fd;
}

static void
read_info(struct udp_packet *p, const struct cmsghdr *c)
{
	struct timespec ts;
	struct in_pktinfo in;
	struct in6_pktinfo in6;

	if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_TIMESTAMPNS) {
		memcpy(&ts, CMSG_DATA(c), sizeof(ts));
		p->stamp.ns = ts.tv_sec * INT64_C(1000000000) + ts.tv_nsec;
		p->stamped = true;
	} else if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) {
		/* Not ipi_addr: that may be a broadcast address. */
		memcpy(&in, CMSG_DATA(c), sizeof(in));
		p->to = addr_v4((const uint8_t *)&in.ipi_spec_dst);
		p->interface = (unsigned)in.ipi_ifindex;
	} else if (c->cmsg_level == IPPROTO_IPV6 &&
	    c->cmsg_type == IPV6_PKTINFO) {
		memcpy(&in6, CMSG_DATA(c), sizeof(in6));
		p->to = addr_v6(in6.ipi6_addr.s6_addr);
		p->interface = in6.ipi6_ifindex;
		if (IN6_IS_ADDR_LINKLOCAL(&in6.ipi6_addr))
			p->to.scope = in6.ipi6_ifindex;
	}
}

void
udp_describe(struct udp_packet *p, struct msghdr *m, size_t len)
{
	p->len = len;
	p->from = udp_addr(m->msg_name);
	p->to = (struct addr){ 0 };
	p->interface = 0;
	p->stamped = false;
	p->cut = (m->msg_flags & MSG_TRUNC) != 0;
	for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c != NULL;
	     c = CMSG_NXTHDR(m, c))
		read_info(p, c);
	if (!p->stamped) {
		struct timespec ts = { 0 };

		clock_gettime(CLOCK_REALTIME, &ts);
		p->stamp.ns = ts.tv_sec * INT64_C(1000000000) + ts.tv_nsec;
	}
}

int
udp_receive(int fd, struct udp_packet *p)
{
	struct sockaddr_storage from = { 0 };
	struct iovec iov = { p->buf, p->size };
	union udp_control control;
	struct msghdr m = { .msg_name = &from,
		.msg_namelen = sizeof(from),
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control) };
	ssize_t n = recvmsg(fd, &m, MSG_DONTWAIT);

	if (n < 0) {
		if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)
			return 0;
		return -1;
	}
	udp_describe(p, &m, (size_t)n);
	return 1;
}

void
udp_source(struct msghdr *m, union udp_control *control, const struct addr *a)
{
	struct in_pktinfo in = { 0 };
	struct in6_pktinfo in6 = { .ipi6_ifindex = a->scope };
	bool v4 = a->family == ADDR_V4;
	size_t len = v4 ? sizeof(in) : sizeof(in6);

	m->msg_control = NULL;
	m->msg_controllen = 0;
	/* Nobody can speak from a group's address. */
	if (a->family == ADDR_NONE || addr_is_multicast(a))
		return;
	memset(control, 0, sizeof(*control));
	m->msg_control = control;
	m->msg_controllen = CMSG_SPACE(len);

	struct cmsghdr *c = CMSG_FIRSTHDR(m);

	c->cmsg_level = v4 ? IPPROTO_IP : IPPROTO_IPV6;
	c->cmsg_type = v4 ? IP_PKTINFO : IPV6_PKTINFO;
	c->cmsg_len = CMSG_LEN(len);
	memcpy(&in.ipi_spec_dst, a->ip, 4);
	memcpy(&in6.ipi6_addr, a->ip, 16);
	memcpy(CMSG_DATA(c), v4 ? (void *)&in : (void *)&in6, len);
}
