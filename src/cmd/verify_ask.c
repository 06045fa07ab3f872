/* SPDX-License-Identifier: ISC */
/*
 * verify_ask.c - do the gateways answer, and agree; does a server outside
 * answer, and is it the one that was asked?
 *
 * A redirected answer bears the address that was asked.  What gives the
 * gateway away is what it says: its stratum, whom it follows, and when it was
 * set.  The hop limit is printed beside it, for people.
 */
#include "gateways.h"
#include "verify.h"

#include "base/text.h"
#include "sys/udp.h"
#include "view/snapshot.h"

#include <errno.h>
#include <math.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define NTP "123"
#define NTP_PORT 123
#define HOPS_MAX 24

/* ---- gateways ---- */

static struct addr *
local_of(struct verify *v, const struct addr *to)
{
	return to->family == ADDR_V4 ? &v->local4 : &v->local6;
}

/* From where this socket asks. */
static void
note_local(int fd, struct addr *local)
{
	struct sockaddr_storage ss;
	socklen_t len = sizeof(ss);

	if (getsockname(fd, (struct sockaddr *)&ss, &len) == 0)
		*local = udp_addr((struct sockaddr *)&ss);
}

static void
remember(struct verify *v, const char *name, const struct addr *a,
    const struct ask_outcome *o)
{
	if (v->heard_count == VERIFY_HEARD_MAX)
		return;
	v->heard[v->heard_count++] = (struct verify_heard){ .name = name,
		.addr = *a,
		.offset = o->sample.offset,
		.delay = o->sample.delay,
		.stratum = o->header.stratum,
		.refid = o->header.refid,
		.ttl = o->ttl };
}

static void
say_answer(struct verify *v, const char *what, const struct ask_outcome *o)
{
	char off[24], delay[24], refid[SNAPSHOT_REFID], key[32] = "";
	struct text t = TEXT(key);

	if (v->key != NULL)
		text_add(&t, ", signed with key %u", v->key->id);
	snapshot_refid(o->header.stratum, o->header.refid, refid);
	verify_say(v, VERIFY_PASS, what,
	    "answers: stratum %u, follows %s, offset %s, delay %s%s",
	    o->header.stratum, refid[0] != '\0' ? refid : "nobody",
	    text_seconds(off, sizeof(off), o->sample.offset, true),
	    text_seconds(delay, sizeof(delay), o->sample.delay, false), key);
}

static void
say_no_way(struct verify *v, const char *what, const struct addr *a)
{
	verify_say(v, VERIFY_SKIP, what, "this host has no way to IPv%d",
	    a->family == ADDR_V4 ? 4 : 6);
}

static const char *
what_to_do(const struct ask_outcome *o)
{
	if (o->refused)
		return "does ntpgated run there, and is serve.allow set?";
	if (o->forbidden)
		return "a firewall is in between";
	if (o->bad_mac)
		return "have both the same key?";
	if (o->replied)
		return "\"ntpgate status\" there says why";
	return "does it run, is this host in its serve.allow, is a firewall "
	       "in between?";
}

static void
ask_gateway(struct verify *v, const char *name, const struct addr *addr)
{
	static struct ask_outcome o; /* large */
	struct ask_whom whom = { *addr, v->key, ASK_WAIT_S };
	char what[128] = "", text[ADDR_TEXT];
	struct text t = TEXT(what);
	struct err e;
	int fd;

	whom.addr.port = NTP_PORT;
	text_add(&t, "%s %s", name, addr_print(addr, false, text));
	fd = ask_open(&whom.addr, &e);
	if (fd == -1) {
		say_no_way(v, what, addr);
		return;
	}
	note_local(fd, local_of(v, addr));
	if (ask_once(fd, &whom, &v->courtesy, &o, &e) == -1)
		verify_say(v, VERIFY_FAIL, what, "cannot be asked: %s%s",
		    e.text, o.forbidden ? ": a firewall here forbids it" : "");
	else if (!o.good)
		verify_say(v, VERIFY_FAIL, what, "%s; %s", o.why,
		    what_to_do(&o));
	else
		say_answer(v, what, &o);
	if (o.good)
		remember(v, name, addr, &o);
	close(fd);
}

static void
ask_all(struct verify *v, const char *name, const struct site_addrs *all)
{
	for (unsigned i = 0; i < all->count; i++)
		ask_gateway(v, name, &all->addr[i]);
}

/* What is promised, twice, and what the two ways may lie. */
static double
bound(const struct verify *v, const struct verify_heard *a,
    const struct verify_heard *b)
{
	return 2 * v->site->accuracy_s + (a->delay + b->delay) / 2;
}

static void
compare(struct verify *v)
{
	const struct verify_heard *a = NULL, *b = NULL;
	double worst = -INFINITY;
	char d[24], w[24];

	for (unsigned i = 0; i < v->heard_count; i++)
		for (unsigned k = 0; k < i; k++) {
			double over =
			    fabs(v->heard[i].offset - v->heard[k].offset) -
			    bound(v, &v->heard[i], &v->heard[k]);

			if (over > worst) {
				worst = over;
				a = &v->heard[i];
				b = &v->heard[k];
			}
		}
	if (v->heard_count == 0)
		verify_say(v, VERIFY_FAIL, "gateways",
		    "none was heard: nothing else can be right");
	if (a == NULL || b == NULL)
		return;
	text_seconds(d, sizeof(d), fabs(a->offset - b->offset), false);
	text_seconds(w, sizeof(w), bound(v, a, b), false);
	if (worst > 0)
		verify_say(v, VERIFY_FAIL, "gateways",
		    "%s and %s differ by %s, more than %s: see \"ntpgate "
		    "sibling\" and \"ntpgate upstreams\" on both",
		    a->name, b->name, d, w);
	else
		verify_say(v, VERIFY_PASS, "gateways",
		    "%u answers agree: the worst pair differs by %s, and %s "
		    "would be right",
		    v->heard_count, d, w);
}

void
verify_gateways(struct verify *v)
{
	const struct site *s = v->site;

	for (unsigned i = 0; i < s->gateway_count; i++)
		ask_all(v, s->gateway[i].name, &s->gateway[i].inside);
	ask_all(v, "service", &s->service);
	compare(v);
}

/* ---- outside ---- */

/* The gateway that says the same of itself; NULL if none does.  Two may
 * follow the same server: then *alone is false. */
static const struct verify_heard *
speaker(const struct verify *v, const struct ask_outcome *o, bool *alone)
{
	const struct verify_heard *found = NULL;

	*alone = true;
	for (unsigned i = 0; i < v->heard_count; i++) {
		const struct verify_heard *h = &v->heard[i];

		if (h->stratum != o->header.stratum ||
		    h->refid != o->header.refid)
			continue;
		if (found == NULL)
			found = h;
		else if (strcmp(found->name, h->name) != 0)
			*alone = false;
	}
	return found;
}

static char *
hops(int ttl, char buf[HOPS_MAX])
{
	if (ttl == -1)
		snprintf(buf, HOPS_MAX, "not known");
	else
		snprintf(buf, HOPS_MAX, "%d", ttl);
	return buf;
}

static void
say_gateway(struct verify *v, const char *what, const struct ask_outcome *o,
    const struct verify_heard *h, bool alone)
{
	const bool right = v->site->policy == SITE_REDIRECT;
	char refid[SNAPSHOT_REFID], d[24], here[HOPS_MAX], there[HOPS_MAX];

	snapshot_refid(o->header.stratum, o->header.refid, refid);
	text_seconds(d, sizeof(d), fabs(o->sample.offset - h->offset), false);
	verify_say(v, right ? VERIFY_PASS : VERIFY_FAIL, what,
	    "%s answers in its place%s: stratum %u and reference %s as it has "
	    "them, %s apart, hop limit %s and %s%s",
	    alone ? h->name : "a gateway",
	    right ? ", as policy redirect says" : "", o->header.stratum, refid,
	    d, hops(o->ttl, here), hops(h->ttl, there),
	    right ? "" : "; the policy is no redirection: look for one");
}

static void
say_stranger(struct verify *v, const char *what, const struct ask_outcome *o)
{
	const bool right = v->site->policy == SITE_AUDIT;
	char refid[SNAPSHOT_REFID], ttl[HOPS_MAX];

	snapshot_refid(o->header.stratum, o->header.refid, refid);
	verify_say(v, right ? VERIFY_PASS : VERIFY_FAIL, what,
	    "answers itself%s: stratum %u, reference %s, hop limit %s%s",
	    right ? ", as policy audit says" : "", o->header.stratum, refid,
	    hops(o->ttl, ttl),
	    right ? "; block and redirect will end that" :
		    "; inside hosts get out: \"ntpgate firewall check\" on "
		    "the router, and is this host behind it?");
}

static void
say_silence(struct verify *v, const char *what, const char *why)
{
	if (v->site->policy == SITE_BLOCK)
		verify_say(v, VERIFY_PASS, what,
		    "does not answer (%s), as policy block says", why);
	else if (v->site->policy == SITE_REDIRECT)
		verify_say(v, VERIFY_FAIL, what,
		    "does not answer (%s), and policy redirect wants the "
		    "gateway's answer: "
		    "\"ntpgate firewall check\" on the router, and "
		    "serve.redirected on the gateways",
		    why);
	else
		verify_say(v, VERIFY_SKIP, what,
		    "does not answer (%s); under policy audit no rule of ours "
		    "is the reason",
		    why);
}

static void
judge(struct verify *v, const char *what, const struct ask_outcome *o)
{
	bool alone = false;
	const struct verify_heard *h =
	    o->replied ? speaker(v, o, &alone) : NULL;

	if (!o->replied)
		say_silence(v, what, o->why);
	else if (h != NULL)
		say_gateway(v, what, o, h, alone);
	else
		say_stranger(v, what, o);
}

/* Some hosts may ask; what they see proves nothing. */
static bool
may_ask(struct verify *v, const char *what, const struct addr *from)
{
	const struct site *s = v->site;

	if (gateways_have(s, from)) {
		verify_say(v, VERIFY_SKIP, what,
		    "this host is a gateway, which may ask: run verify on "
		    "another");
		return true;
	}
	for (unsigned i = 0; i < s->exempt_count; i++)
		if (addr_same_host(&s->exempt[i].address, from)) {
			verify_say(v, VERIFY_SKIP, what,
			    "this host is exempt (%s): run verify on another",
			    s->exempt[i].why);
			return true;
		}
	return false;
}

static void
ask_outside(struct verify *v, const char *what, const struct addr *addr)
{
	static struct ask_outcome o;
	const struct ask_whom whom = { *addr, NULL, ASK_WAIT_S };
	struct addr from = { 0 };
	struct err e;
	int fd = ask_open(addr, &e);

	if (fd == -1) {
		say_no_way(v, what, addr);
		return;
	}
	note_local(fd, &from);
	if (may_ask(v, what, &from)) {
		close(fd);
		return;
	}
	if (ask_once(fd, &whom, &v->courtesy, &o, &e) == 0)
		judge(v, what, &o);
	else if (o.forbidden)
		say_silence(v, what, "a firewall of this host forbids to ask");
	else
		verify_say(v, VERIFY_SKIP, what, "not asked: %s", e.text);
	close(fd);
}

/* The first address of each family: two questions at most. */
void
verify_outside(struct verify *v)
{
	static const struct addrinfo hints = { .ai_socktype = SOCK_DGRAM };
	const char *host = v->site->verify_outside;
	bool done[3] = { false };
	struct addrinfo *all;
	int rc;

	if (host[0] == '\0') {
		verify_say(v, VERIFY_SKIP, "outside",
		    "\"verify: {outside: HOST}\" of the site file would say "
		    "which public server may be tried");
		return;
	}
	rc = getaddrinfo(host, NTP, &hints, &all);
	if (rc != 0) {
		verify_say(v, VERIFY_SKIP, host,
		    "the name does not resolve: %s", gai_strerror(rc));
		return;
	}
	for (struct addrinfo *i = all; i != NULL; i = i->ai_next) {
		struct addr a = udp_addr(i->ai_addr);
		char what[128] = "", text[ADDR_TEXT];
		struct text t = TEXT(what);

		addr_print(&a, false, text);
		text_add(&t, "%s%s%s", host, strcmp(host, text) ? " " : "",
		    strcmp(host, text) ? text : "");
		if (!done[a.family])
			ask_outside(v, what, &a);
		done[a.family] = true;
	}
	freeaddrinfo(all);
}
