/* SPDX-License-Identifier: ISC */
/*
 * firewall_rogues.c - who still goes outside: the pairs that the kernel notes
 * in sets, and what a redirection hides from them.
 *
 * The kernel counts octets with the packets.  A request without anything
 * behind its header has 48 of NTP: what is longer carries a key's digest, or
 * the fields of NTS, and would not survive a redirection.
 */
#include "firewall.h"
#include "gateways.h"

#include "sys/control.h"
#include "view/json.h"
#include "view/json_put.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DAY_S 86400.0 /* that a pair is kept, if the set does not say */
#define HEADER 48.0
#define DIGEST_MAX 72.0 /* octets behind it: a key, not NTS */
#define DO_MAX 320

/* The sets, as render/nftables.c names them, without 4 or 6. */
enum noted { OFFENDERS, KEYED, EXCHANGES, SINCE, NOTED };

static const char *const set_name[NOTED] = { "offenders", "keyed", "nts",
	"since" };

enum carried { PLAIN, KEY, NTS };

static const char *const carried_name[] = { "nothing", "key", "nts" };

struct rogue {
	struct addr from, to;
	double packets, octets;
	double first_s, last_s; /* ago; first NAN: not noted */
	enum carried carries;
	const struct site_network *network;
	const struct site_server *upstream; /* that it asks, or NULL */
};

struct pairs {
	struct rogue *at;
	size_t count, room;
};

struct found {
	struct pairs set[NOTED];
	double redirected, nts; /* packets */
	const struct site *site;
};

/* ---- reading what the kernel lists ---- */

static double
number(const json_t *in, const char *name, double otherwise)
{
	const json_t *v = json_object_get(in, name);

	return json_is_number(v) ? json_number_value(v) : otherwise;
}

static bool
read_pair(const json_t *elem, struct rogue *r)
{
	const json_t *both =
	    json_object_get(json_object_get(elem, "val"), "concat");
	const char *from = json_string_value(json_array_get(both, 0));
	const char *to = json_string_value(json_array_get(both, 1));

	return from != NULL && to != NULL && addr_parse(&r->from, from) &&
	    addr_parse(&r->to, to);
}

static const struct site_server *
upstream_at(const struct site *s, const struct addr *a)
{
	const struct site_server *u;

	for (unsigned i = 0; (u = site_upstream(s, i)) != NULL; i++)
		for (unsigned k = 0; k < u->addresses.count; k++)
			if (addr_same_host(&u->addresses.addr[k], a))
				return u;
	return NULL;
}

/* What stands behind the header, on the average. */
static enum carried
carried(const struct rogue *r)
{
	double header = r->from.family == ADDR_V4 ? 28 : 48;
	double behind;

	if (r->packets < 1)
		return PLAIN;
	behind = r->octets / r->packets - header - HEADER;
	if (behind < 0.5)
		return PLAIN;
	return behind <= DIGEST_MAX ? KEY : NTS;
}

static int
add(struct pairs *p, const struct rogue *r)
{
	if (p->count == p->room) {
		size_t room = p->room > 0 ? 2 * p->room : 256;
		struct rogue *more = realloc(p->at, room * sizeof(*more));

		if (more == NULL)
			return -1;
		p->at = more;
		p->room = room;
	}
	p->at[p->count++] = *r;
	return 0;
}

static int
add_element(struct found *f, enum noted set, const json_t *item,
    double timeout_s)
{
	const json_t *elem = json_object_get(item, "elem");
	const json_t *counter = json_object_get(elem, "counter");
	struct rogue r = { .first_s = NAN };
	double timeout = number(elem, "timeout", timeout_s);

	if (!read_pair(elem, &r))
		return 0;
	r.packets = number(counter, "packets", 0);
	r.octets = number(counter, "bytes", 0);
	/* Each packet begins the time anew; but for SINCE, the first. */
	r.last_s = fmax(timeout - number(elem, "expires", timeout), 0);
	r.carries = set == EXCHANGES ? NTS : carried(&r);
	r.network = site_network_of(f->site, &r.from);
	r.upstream = upstream_at(f->site, &r.to);
	return add(&f->set[set], &r);
}

static int
read_set(struct found *f, enum noted which, const json_t *set)
{
	double timeout_s = number(set, "timeout", DAY_S);
	const json_t *item;
	size_t i;

	json_array_foreach(json_object_get(set, "elem"), i, item)
	{
		if (add_element(f, which, item, timeout_s) == -1)
			return -1;
	}
	return 0;
}

static int
read_object(struct found *f, const json_t *object)
{
	const json_t *set = json_object_get(object, "set");
	const json_t *counter = json_object_get(object, "counter");
	const char *name = json_string_value(
	    json_object_get(set != NULL ? set : counter, "name"));

	if (name == NULL)
		return 0;
	if (counter != NULL && strcmp(name, "redirected") == 0)
		f->redirected = number(counter, "packets", 0);
	if (counter != NULL && strcmp(name, "hard_coded_nts") == 0)
		f->nts = number(counter, "packets", 0);
	for (enum noted k = OFFENDERS; set != NULL && k < NOTED; k++)
		if (strlen(set_name[k]) == strcspn(name, "46") &&
		    strncmp(name, set_name[k], strlen(set_name[k])) == 0)
			return read_set(f, k, set);
	return 0;
}

static int
by_source(const struct rogue *x, const struct rogue *y)
{
	int d = x->from.family - y->from.family;

	return d != 0 ? d : memcmp(x->from.ip, y->from.ip, sizeof(x->from.ip));
}

static int
by_pair(const void *a, const void *b)
{
	const struct rogue *x = a, *y = b;
	int d = by_source(x, y);

	return d != 0 ? d : memcmp(x->to.ip, y->to.ip, sizeof(x->to.ip));
}

static int
by_host(const void *a, const void *b)
{
	const struct rogue *x = a, *y = b;
	int d = by_source(x, y);

	if (d == 0)
		d = (x->packets < y->packets) - (x->packets > y->packets);
	return d != 0 ? d : by_pair(x, y);
}

static void
sort(struct pairs *p, int (*by)(const void *, const void *))
{
	if (p->count > 0)
		qsort(p->at, p->count, sizeof(p->at[0]), by);
}

/* When each pair was first seen, from the set that says so. */
static void
date(struct found *f)
{
	struct pairs *since = &f->set[SINCE];

	sort(since, by_pair);
	for (enum noted k = OFFENDERS; k < SINCE; k++) {
		struct pairs *p = &f->set[k];

		sort(p, by_host);
		for (size_t i = 0; i < p->count && since->count > 0; i++) {
			const struct rogue *first =
			    bsearch(&p->at[i], since->at, since->count,
				sizeof(since->at[0]), by_pair);

			if (first != NULL)
				p->at[i].first_s = first->last_s;
		}
	}
}

static int
read_all(struct found *f, struct nft *n, struct err *e)
{
	char *text = nft_list(n, FIREWALL_TABLE, NFT_JSON, e);
	json_t *root, *object;
	size_t i;
	int rc = 0;

	if (text == NULL)
		return -1;
	if (*text == '\0') {
		free(text);
		return err_set(e,
		    "our rules are not in the kernel: nobody is noted; "
		    "\"ntpgate firewall apply\" puts them there");
	}
	root = json_loads(text, 0, NULL);
	free(text);
	json_array_foreach(json_object_get(root, "nftables"), i, object)
	{
		if (rc == 0)
			rc = read_object(f, object);
	}
	json_decref(root);
	if (rc == -1)
		return err_sys(e, "the pairs that the kernel notes");
	date(f);
	return 0;
}

/* ---- judging ---- */

/* The host's next step. */
static void
advise(const struct found *f, enum noted set, const struct rogue *r,
    enum carried c, char text[DO_MAX])
{
	char list[DO_MAX] = "";
	struct text to = TEXT(list), t = { text, DO_MAX, 0 };

	gateways_print(f->site, r->from.family, &to);
	if (c != PLAIN)
		text_add(&t, "%s: a redirection %s; ",
		    set == EXCHANGES ? "it asks for keys of NTS" :
			c == KEY     ? "its packets carry a key's digest" :
				       "its packets are as long as those of NTS",
		    set == KEYED ? "breaks them" : "would break them");
	if (r->network == NULL)
		text_add(&t, "it is in no network of the site file; ");
	text_add(&t, "let it ask %s%s", list[0] != '\0' ? list : "the gateways",
	    c == PLAIN ? ", by DHCP or in its own settings" :
			 " instead, or exempt it");
}

/* ---- printing ---- */

static void
print_pair(const struct rogue *r)
{
	char addr[ADDR_TEXT], first[24], last[24];

	printf("    %-39s %8.0f packets %10.0f octets, since %s, the last "
	       "%s ago%s%s\n",
	    addr_print(&r->to, false, addr), r->packets, r->octets,
	    text_seconds(first, sizeof(first), r->first_s, false),
	    text_seconds(last, sizeof(last), r->last_s, false),
	    r->upstream != NULL ? "; our upstream " : "",
	    r->upstream != NULL ? r->upstream->conf.host : "");
}

/* From its first pair on; what follows its last. */
static const struct rogue *
print_host(const struct found *f, enum noted set, const struct rogue *r)
{
	const struct rogue *end = f->set[set].at + f->set[set].count, *p;
	char addr[ADDR_TEXT], todo[DO_MAX];
	enum carried most = PLAIN;
	double all = 0;

	for (p = r; p < end && addr_same_host(&p->from, &r->from); p++) {
		most = p->carries > most ? p->carries : most;
		all += p->packets;
	}
	end = p;
	printf("%s%s%s%s: %.0f packet%s\n", addr_print(&r->from, false, addr),
	    r->network ? " (" : "", r->network ? r->network->name : "",
	    r->network ? ")" : "", all, all < 2 ? "" : "s");
	advise(f, set, r, most, todo);
	printf("    what to do: %s.\n", todo);
	for (p = r; p < end; p++)
		print_pair(p);
	return end;
}

/* How many hosts. */
static size_t
print_set(const struct found *f, enum noted set, const char *title)
{
	const struct pairs *p = &f->set[set];
	const struct rogue *r = p->at;
	size_t hosts = 0;

	if (p->count == 0)
		return 0;
	printf("%s", title);
	for (; r < p->at + p->count; hosts++)
		r = print_host(f, set, r);
	return hosts;
}

static void
print_text(const struct found *f)
{
	size_t hosts = print_set(f, OFFENDERS, "");

	if (hosts == 0)
		printf("Nobody has asked outside within the last day.\n");
	else
		printf("%zu host%s in the last day.\n", hosts,
		    hosts == 1 ? "" : "s");
	print_set(f, EXCHANGES, "Key exchanges of NTS, tcp/4460:\n");
	print_set(f, KEYED,
	    "Redirected, although they carry keys or NTS (the first packet of "
	    "each flow):\n");
	if (f->redirected > 0)
		printf("Requests that were redirected, flows: %.0f.  Whose, "
		       "\"ntpgate clients --flagged\" on the gateways\n"
		       "says (hard-coded).\n",
		    f->redirected);
}

static json_t *
pairs_array(const struct found *f, enum noted set)
{
	char from[ADDR_TEXT], to[ADDR_TEXT], todo[DO_MAX];
	const struct pairs *p = &f->set[set];
	json_t *all = json_array(), *o;

	for (size_t i = 0; i < p->count; i++) {
		const struct rogue *r = &p->at[i];

		advise(f, set, r, r->carries, todo);
		o = json_pack("{s:s, s:o, s:s, s:o, s:f, s:f, s:s, s:s}",
		    "source", addr_print(&r->from, false, from), "network",
		    r->network ? json_string(r->network->name) : json_null(),
		    "destination", addr_print(&r->to, false, to), "upstream",
		    r->upstream ? json_string(r->upstream->conf.host) :
				  json_null(),
		    "packets", r->packets, "octets", r->octets, "carries",
		    carried_name[r->carries], "do", todo);
		put_number(o, "first_s", r->first_s);
		put_number(o, "last_s", r->last_s);
		json_array_append_new(all, o);
	}
	return all;
}

/* ---- those that are redirected ---- */

/* The gateway's own list, where this machine is one; NULL if not. */
static json_t *
ask_gateway(const struct firewall *f)
{
	struct err e;
	char *text = control_ask(f->cmd->socket,
	    "json width=80 clients sort=requests limit=0", &e);
	const char *object = text != NULL ? strchr(text, '{') : NULL;
	json_t *root = object != NULL ?
	    json_loads(object, JSON_DISABLE_EOF_CHECK, NULL) :
	    NULL;
	json_t *list = json_object_get(root, "clients"), *found = NULL, *host;
	size_t i;

	free(text);
	if (json_is_array(list))
		found = json_array();
	json_array_foreach(list, i, host)
	{
		if (number(host, "redirected", 0) > 0)
			json_array_append_new(found,
			    json_pack("{s:O, s:O, s:O, s:O}", "address",
				json_object_get(host, "address"), "requests",
				json_object_get(host, "redirected"), "first_s",
				json_object_get(host, "first_s"), "last_s",
				json_object_get(host, "last_s")));
	}
	json_decref(root);
	return found;
}

static void
print_redirected(const json_t *hosts)
{
	const json_t *host;
	char first[24], last[24];
	size_t i;

	json_array_foreach(hosts, i, host)
	{
		const char *addr =
		    json_string_value(json_object_get(host, "address"));

		printf("%s: redirected to this gateway %.0f times, since %s, "
		       "the last %s ago\n",
		    addr != NULL ? addr : "?", number(host, "requests", 0),
		    text_seconds(first, sizeof(first),
			number(host, "first_s", NAN), false),
		    text_seconds(last, sizeof(last),
			number(host, "last_s", NAN), false));
	}
}

static void
print_json(const struct found *f, json_t *redirected)
{
	json_t *v = json_pack("{s:i, s:o, s:o, s:o, s:f, s:f, s:o}", "schema",
	    JSON_SCHEMA, "rogues", pairs_array(f, OFFENDERS), "exchanges",
	    pairs_array(f, EXCHANGES), "keyed", pairs_array(f, KEYED),
	    "nts_packets", f->nts, "redirected_flows", f->redirected,
	    "redirected",
	    redirected != NULL ? json_incref(redirected) : json_null());

	json_dumpf(v, stdout,
	    JSON_INDENT(2) | JSON_PRESERVE_ORDER | JSON_REAL_PRECISION(15));
	putchar('\n');
	json_decref(v);
}

int
firewall_rogues(struct firewall *f)
{
	struct found found = { .site = f->site };
	json_t *redirected = NULL;
	struct err e;
	int status = CMD_WELL;

	if (read_all(&found, f->nft, &e) == -1) {
		status = cmd_fail(f->cmd, CMD_NOT_WELL, "%s", e.text);
	} else {
		if (f->site->policy == SITE_REDIRECT)
			redirected = ask_gateway(f);
		if (f->cmd->json) {
			print_json(&found, redirected);
		} else {
			print_redirected(redirected);
			print_text(&found);
		}
	}
	json_decref(redirected);
	for (enum noted k = OFFENDERS; k < NOTED; k++)
		free(found.set[k].at);
	return status;
}
