/* SPDX-License-Identifier: ISC */
/*
 * verify_dhcp.c - do the DHCP servers of this network name the gateways?
 *
 * A DISCOVER is sent and no REQUEST follows: the address that is offered is
 * soon free again.  Several servers may answer, and one of them may be
 * nobody's.
 */
#include "gateways.h"
#include "verify.h"

#include "base/text.h"
#include "sys/clock.h"
#include "sys/udp.h"

#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

/* Some servers look for three seconds whether an address is in use before
 * they offer it; and they stop listening meanwhile. */
#define WAIT_S 6.0
#define WAIT6_S 3.0
#define AGAIN_S 2.0 /* asked a second time */
#define LATER_S 1.0 /* for other servers, after the first answer */
#define ANSWERS_MAX 16

struct asking {
	struct verify *v;
	struct verify_link link;
	struct dhcp_question question;
	bool six;
	unsigned count;
	struct dhcp_answer answer[ANSWERS_MAX];
	struct addr from[ANSWERS_MAX];
};

static struct asking asking; /* large */

/* ---- asking ---- */

static void
ask(const struct asking *k, int fd)
{
	uint8_t pkt[DHCP4_QUESTION];
	size_t len = k->six ? dhcp6_inform(&k->question, pkt) :
			      dhcp4_discover(&k->question, pkt);

	(void)verify_send(fd, &k->link, k->six, pkt, len);
}

/* One that has answered already is heard once. */
static bool
is_new(const struct asking *k, const struct addr *from)
{
	for (unsigned i = 0; i < k->count; i++)
		if (addr_same_host(&k->from[i], from))
			return false;
	return k->count < ANSWERS_MAX;
}

static void
take(struct asking *k, int fd)
{
	uint8_t pkt[DHCP_PACKET];
	struct sockaddr_storage ss = { 0 };
	socklen_t size = sizeof(ss);
	struct dhcp_answer a;
	struct addr from;
	ssize_t n =
	    recvfrom(fd, pkt, sizeof(pkt), 0, (struct sockaddr *)&ss, &size);

	if (n <= 0)
		return;
	from = udp_addr((struct sockaddr *)&ss);
	if (k->six ? !dhcp6_reply(&k->question, pkt, (size_t)n, &a) :
		     !dhcp4_offer(&k->question, pkt, (size_t)n, &a))
		return;
	/* A relay stands between: the server says who it is. */
	if (a.server.family != ADDR_NONE)
		from = a.server;
	if (is_new(k, &from)) {
		k->from[k->count] = from;
		k->answer[k->count++] = a;
	}
}

static void
listen_for(struct asking *k, int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	struct mono begun = clock_raw();
	double end = k->six ? WAIT6_S : WAIT_S, t;
	bool again = false;

	ask(k, fd);
	while ((t = mono_sub(clock_raw(), begun)) < end) {
		unsigned was = k->count;
		double next = again || t > AGAIN_S ? end : AGAIN_S;

		if (poll(&p, 1, (int)((next - t) * 1e3) + 1) > 0)
			take(k, fd);
		t = mono_sub(clock_raw(), begun);
		if (was == 0 && k->count > 0)
			end = t + LATER_S;
		if (!again && t >= AGAIN_S) {
			again = true;
			if (k->count == 0)
				ask(k, fd);
		}
	}
}

/* ---- judging ---- */

/* Adds "A, B" of those that are gateways or, if not ours, that are none. */
static unsigned
list(const struct verify *v, const struct addr *all, unsigned count, bool ours,
    struct text *t)
{
	unsigned n = 0;
	char buf[ADDR_TEXT];

	for (unsigned i = 0; i < count; i++)
		if (gateways_have(v->site, &all[i]) == ours)
			text_add(t, "%s%s", n++ > 0 ? ", " : "",
			    addr_print(&all[i], false, buf));
	return n;
}

/* A name is as good as all its addresses. */
static bool
leads_to_gateways(const struct verify *v, const char *name)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_DGRAM };
	struct addrinfo *all;
	bool good = true;

	if (getaddrinfo(name, NULL, &hints, &all) != 0)
		return false;
	for (struct addrinfo *i = all; i != NULL; i = i->ai_next) {
		struct addr a = udp_addr(i->ai_addr);

		good = good && gateways_have(v->site, &a);
	}
	freeaddrinfo(all);
	return good;
}

static const char *
bad_name(const struct verify *v, const struct dhcp_answer *a)
{
	for (unsigned i = 0; i < a->source_names; i++)
		if (!leads_to_gateways(v, a->source_name[i]))
			return a->source_name[i];
	return NULL;
}

static void
say_good(struct asking *k, const char *what, const struct dhcp_answer *a)
{
	char in[ADDR_TEXT * DHCP_SERVERS] = "", at[sizeof(in)] = "";
	struct text t = TEXT(in), u = TEXT(at);

	list(k->v, a->server_at, a->servers, true, &t);
	list(k->v, a->source, a->source_addrs, true, &u);
	if (!k->six)
		verify_say(k->v, VERIFY_PASS, what, "names %s (option 42)", in);
	else
		verify_say(k->v, VERIFY_PASS, what, "names %s%s%s%s%s",
		    a->servers > 0 ? in : "",
		    a->servers > 0 ? " (option 31)" : "",
		    a->servers > 0 && a->sources > 0 ? " and " : "",
		    a->source_addrs > 0	    ? at :
			a->source_names > 0 ? a->source_name[0] :
					      "",
		    a->crowded	       ? " (all in one option 56)" :
			a->sources > 0 ? " (option 56)" :
					 "");
}

static void
judge(struct asking *k, unsigned i)
{
	const struct dhcp_answer *a = &k->answer[i];
	const char *options = k->six ? "options 31 and 56" : "option 42";
	char what[96] = "", who[ADDR_TEXT], strange[512] = "";
	struct text w = TEXT(what), t = TEXT(strange);
	unsigned n;
	const char *name;

	text_add(&w, "DHCP server %s", addr_print(&k->from[i], false, who));
	n = list(k->v, a->server_at, a->servers, false, &t);
	if (n == 0)
		n = list(k->v, a->source, a->source_addrs, false, &t);
	name = bad_name(k->v, a);
	if (!a->listed && a->sources == 0)
		verify_say(k->v, VERIFY_FAIL, what,
		    "names no time server: give it %s, see \"ntpgate "
		    "render\"; or it is not one of yours",
		    options);
	else if (n > 0)
		verify_say(k->v, VERIFY_FAIL, what,
		    "names %s, which is no gateway: put %s right, see "
		    "\"ntpgate render\"; or it is not one of yours",
		    strange, options);
	else if (name != NULL)
		verify_say(k->v, VERIFY_FAIL, what,
		    "names %s, which does not lead to gateways alone: put its "
		    "addresses right, or option 56",
		    name);
	else if (a->bad || a->servers + a->source_addrs + a->source_names == 0)
		verify_say(k->v, VERIFY_FAIL, what,
		    "sends %s that cannot be read: see \"ntpgate render\" for "
		    "how to write them",
		    options);
	else
		say_good(k, what, a);
}

/* Does the site file name a server of leases for the network we are in? */
static bool
is_served(const struct verify *v)
{
	const struct site *s = v->site;
	const struct site_network *n = v->local4.family != ADDR_NONE ?
	    site_network_of(s, &v->local4) :
	    NULL;

	for (unsigned i = 0; i < s->dhcp_count && n != NULL; i++)
		if (site_serves(&s->dhcp[i], (unsigned)(n - s->network)))
			return true;
	return false;
}

static void
say_silence(struct asking *k)
{
	const char *interface = k->v->interface;

	if (k->six)
		verify_say(k->v, VERIFY_SKIP, "DHCPv6",
		    "nobody answered on %s in %.0f s, which is right where no "
		    "DHCPv6 is meant to be",
		    interface, WAIT6_S);
	else
		verify_say(k->v, is_served(k->v) ? VERIFY_FAIL : VERIFY_SKIP,
		    "DHCP", "nobody offered anything on %s in %.0f s%s",
		    interface, WAIT_S,
		    is_served(k->v) ?
			": does the DHCP server of this network run, does a "
			"relay lead to it?" :
			", and the site file names no DHCP server for this "
			"network");
}

static void
run(struct verify *v, bool six)
{
	const char *what = six ? "DHCPv6" : "DHCP";
	struct asking *k = &asking;
	struct err e;
	int fd;

	*k = (struct asking){ .v = v, .six = six };
	if (verify_link(v->interface, &k->link, &e) == -1) {
		verify_say(v, VERIFY_SKIP, what, "%s", e.text);
		return;
	}
	if (six && !k->link.has_v6) {
		verify_say(v, VERIFY_SKIP, what, "%s has no IPv6",
		    v->interface);
		return;
	}
	memcpy(k->question.mac, k->link.mac, sizeof(k->question.mac));
	if (getrandom(&k->question.xid, sizeof(k->question.xid), 0) !=
	    (ssize_t)sizeof(k->question.xid))
		return;
	fd = verify_open(v->interface, six, &e);
	if (fd == -1) {
		verify_say(v, VERIFY_SKIP, what, "%s; --no-dhcp leaves it out",
		    e.text);
		return;
	}
	listen_for(k, fd);
	close(fd);
	for (unsigned i = 0; i < k->count; i++)
		judge(k, i);
	if (k->count == 0)
		say_silence(k);
}

void
verify_dhcp(struct verify *v)
{
	bool known = v->interface[0] != '\0' ||
	    (v->local4.family != ADDR_NONE &&
		verify_interface(&v->local4, v->interface)) ||
	    (v->local6.family != ADDR_NONE &&
		verify_interface(&v->local6, v->interface));

	if (!known) {
		verify_say(v, VERIFY_SKIP, "DHCP",
		    "no way to the gateways says on which interface: name it "
		    "with --interface");
		return;
	}
	run(v, false);
	run(v, true);
}
