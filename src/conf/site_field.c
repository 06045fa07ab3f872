/* SPDX-License-Identifier: ISC */
#include "conf/site_parts.h"

#include "base/text.h"
#include "conf/value.h"

#include <stdlib.h>
#include <string.h>

static void *
member(const struct site_reader *r, const struct site_key *k)
{
	return (char *)r->base + k->at;
}

static int
fail_err(struct site_reader *r)
{
	struct err e = *r->err;

	return site_fail(r, "%s", e.text);
}

/* ---- words and texts ---- */

int
site_field_name(struct site_reader *r, const struct site_key *k)
{
	char v[SITE_SCALAR_MAX];

	if (site_scalar(r, v) == -1)
		return -1;
	if (!site_is_name(v))
		return site_fail(r,
		    "\"%.60s\" is not a name: up to 24 letters, digits, dots, "
		    "hyphens and underscores, a letter or digit first",
		    v);
	text_copy(member(r, k), k->size, v);
	return 0;
}

int
site_field_domain(struct site_reader *r, const struct site_key *k)
{
	char v[SITE_SCALAR_MAX];

	if (site_scalar(r, v) == -1)
		return -1;
	if (!site_is_domain(v) || !text_copy(member(r, k), k->size, v))
		return site_fail(r,
		    "\"%.60s\" is not a domain such as example.net", v);
	return 0;
}

int
site_field_text(struct site_reader *r, const struct site_key *k)
{
	char v[SITE_SCALAR_MAX];

	if (site_scalar(r, v) == -1)
		return -1;
	if (!text_copy(member(r, k), k->size, v))
		return site_fail(r, "longer than %zu octets", k->size - 1);
	return 0;
}

int
site_field_path(struct site_reader *r, const struct site_key *k)
{
	char v[SITE_SCALAR_MAX];

	if (site_scalar(r, v) == -1)
		return -1;
	if (v[0] != '/' || strpbrk(v, "\"'\\") != NULL ||
	    !text_copy(member(r, k), k->size, v))
		return site_fail(r,
		    "\"%.60s\" is not the whole name of a file, such as "
		    "/etc/ntpgate/keys",
		    v);
	return 0;
}

static int
fail_word(struct site_reader *r, const struct site_key *k, const char *v)
{
	char list[256] = "";
	struct text t = TEXT(list);

	for (const struct site_word *w = k->words; w->word != NULL; w++)
		if (k->takes == NULL || k->takes(w->value))
			text_add(&t, "%s%s", t.len > 0 ? ", " : "", w->word);
	return site_fail(r, "\"%.40s\" is not known here; it may be %s", v,
	    list);
}

int
site_field_word(struct site_reader *r, const struct site_key *k)
{
	char v[SITE_SCALAR_MAX];

	if (site_scalar(r, v) == -1)
		return -1;
	for (const struct site_word *w = k->words; w->word != NULL; w++) {
		if (strcmp(v, w->word) != 0 ||
		    (k->takes != NULL && !k->takes(w->value)))
			continue;
		memcpy(member(r, k), &w->value, sizeof(int));
		return 0;
	}
	return fail_word(r, k, v);
}

/* ---- numbers ---- */

static int
read_number(struct site_reader *r, const struct site_key *k, unsigned *n)
{
	char v[SITE_SCALAR_MAX];
	unsigned long long got;

	if (site_scalar(r, v) == -1)
		return -1;
	got = strtoull(v, NULL, 10);
	if (v[0] == '\0' || strlen(v) > 10 ||
	    strspn(v, "0123456789") != strlen(v) || (double)got < k->min ||
	    (double)got > k->max)
		return site_fail(r,
		    "\"%.20s\" is not a number from %.0f to %.0f", v, k->min,
		    k->max);
	*n = (unsigned)got;
	return 0;
}

int
site_field_count(struct site_reader *r, const struct site_key *k)
{
	unsigned n;

	if (read_number(r, k, &n) == -1)
		return -1;
	if (k->size == sizeof(uint8_t))
		*(uint8_t *)member(r, k) = (uint8_t)n;
	else
		memcpy(member(r, k), &n, sizeof(n));
	return 0;
}

int
site_field_port(struct site_reader *r, const struct site_key *k)
{
	unsigned n;

	if (read_number(r, k, &n) == -1)
		return -1;
	*(uint16_t *)member(r, k) = (uint16_t)n;
	return 0;
}

int
site_field_time(struct site_reader *r, const struct site_key *k)
{
	char v[SITE_SCALAR_MAX];
	double s;

	if (site_scalar(r, v) == -1)
		return -1;
	if (value_time(v, &s, r->err) == -1)
		return fail_err(r);
	if (s < k->min || s > k->max)
		return site_fail(r, "%.20s is not from %g s to %g s", v, k->min,
		    k->max);
	memcpy(member(r, k), &s, sizeof(s));
	return 0;
}

/* ---- addresses ---- */

/* A member host[]; where beside is set, a struct addr is there. */
int
site_field_host(struct site_reader *r, const struct site_key *k)
{
	char v[SITE_SCALAR_MAX];
	struct addr a = { 0 };

	if (site_scalar(r, v) == -1)
		return -1;
	if (value_host(v, &a, r->err) == -1)
		return fail_err(r);
	if (!text_copy(member(r, k), k->size, v))
		return site_fail(r, "longer than %zu octets", k->size - 1);
	if (k->beside != 0) {
		struct addr *to = (void *)((char *)r->base + k->beside);

		a.port = to->port;
		*to = a;
	}
	return 0;
}

/* One host: no name, no multicast, no "any", nothing of this machine or of
 * one wire. */
static int
read_addr(struct site_reader *r, struct addr *a)
{
	char v[SITE_SCALAR_MAX];

	if (site_scalar(r, v) == -1)
		return -1;
	if (!addr_parse(a, v))
		return site_fail(r,
		    "\"%.60s\" is not an address such as 10.0.0.11 or "
		    "2001:db8:0:1::11",
		    v);
	if (addr_is_any(a) || addr_is_multicast(a) || addr_is_loopback(a) ||
	    a->scope != 0 ||
	    (a->family == ADDR_V6 && a->ip[0] == 0xfe &&
		(a->ip[1] & 0xc0) == 0x80))
		return site_fail(r,
		    "%.60s is not the address of one host that others reach",
		    v);
	return 0;
}

int
site_field_addr(struct site_reader *r, const struct site_key *k)
{
	return read_addr(r, member(r, k));
}

/* A list of what each reads; the value of a list of one may stand alone. */
static int
each(struct site_reader *r, const struct site_key *k, unsigned max,
    int (*one)(struct site_reader *, const struct site_key *))
{
	if (!site_is(r, YAML_SEQUENCE_START_EVENT))
		return one(r, k);
	for (unsigned n = 0; site_next(r) == 0; n++) {
		if (site_is(r, YAML_SEQUENCE_END_EVENT))
			return 0;
		if (n == max)
			return site_fail(r, "more than %u", max);
		if (one(r, k) == -1)
			return -1;
	}
	return -1;
}

static int
one_addr(struct site_reader *r, const struct site_key *k)
{
	struct site_addrs *a = member(r, k);

	a->at[a->count] = site_here(r);
	return read_addr(r, &a->addr[a->count++]);
}

int
site_field_addrs(struct site_reader *r, const struct site_key *k)
{
	return each(r, k, SITE_ADDRS_MAX, one_addr);
}

static int
one_prefix(struct site_reader *r, const struct site_key *k)
{
	struct site_network *n = member(r, k);
	char v[SITE_SCALAR_MAX];

	if (site_scalar(r, v) == -1)
		return -1;
	n->prefix_at[n->count] = site_here(r);
	if (strchr(v, '%') != NULL ||
	    prefix_parse(&n->prefix[n->count], v, r->err) == -1)
		return strchr(v, '%') != NULL ?
		    site_fail(r, "a prefix has no interface in it") :
		    fail_err(r);
	if (n->prefix[n->count].len == 0 ||
	    addr_is_multicast(&n->prefix[n->count].net))
		return site_fail(r, "%.60s is more than one network of ours",
		    v);
	n->count++;
	return 0;
}

int
site_field_prefixes(struct site_reader *r, const struct site_key *k)
{
	return each(r, k, SITE_PREFIXES_MAX, one_prefix);
}

/* "10.1.0.100-10.1.0.199" */
static int
one_pool(struct site_reader *r, const struct site_key *k)
{
	struct site_network *n = member(r, k);
	struct site_pool *p = &n->pool[n->pools];
	char v[SITE_SCALAR_MAX], *dash;

	if (site_scalar(r, v) == -1)
		return -1;
	p->at = site_here(r);
	dash = strchr(v, '-');
	if (dash != NULL)
		*dash = '\0';
	if (dash == NULL || !addr_parse(&p->first, v) ||
	    !addr_parse(&p->last, dash + 1) || p->first.scope != 0 ||
	    p->last.scope != 0 || p->first.family != p->last.family ||
	    memcmp(p->first.ip, p->last.ip, sizeof(p->first.ip)) > 0)
		return site_fail(r,
		    "a pool is its first and last address, such as "
		    "10.1.0.100-10.1.0.199");
	n->pools++;
	return 0;
}

int
site_field_pools(struct site_reader *r, const struct site_key *k)
{
	return each(r, k, SITE_POOLS_MAX, one_pool);
}

/* ---- interfaces ---- */

int
site_field_interface(struct site_reader *r, const struct site_key *k)
{
	char v[SITE_SCALAR_MAX];

	if (site_scalar(r, v) == -1)
		return -1;
	if (!site_is_interface(v) || !text_copy(member(r, k), k->size, v))
		return site_fail(r,
		    "\"%.60s\" is not an interface or zone: up to 31 letters, "
		    "digits and . _ - / : @, a letter or digit first",
		    v);
	return 0;
}

static int
one_interface(struct site_reader *r, const struct site_key *k)
{
	struct site_names *n = member(r, k);
	struct site_key one = *k;

	one.at = (size_t)((char *)n->name[n->count] - (char *)r->base);
	one.size = sizeof(n->name[0]);
	if (site_field_interface(r, &one) == -1)
		return -1;
	for (unsigned i = 0; i < n->count; i++)
		if (strcmp(n->name[i], n->name[n->count]) == 0)
			return site_fail(r, "%s is named twice", n->name[i]);
	n->count++;
	return 0;
}

int
site_field_interfaces(struct site_reader *r, const struct site_key *k)
{
	return each(r, k, SITE_INTERFACES_MAX, one_interface);
}

/* ---- networks that a DHCP server serves ---- */

static int
one_served(struct site_reader *r, const struct site_key *k)
{
	struct site_dhcp *d = member(r, k);
	struct site_wanted w = { site_here(r), (unsigned)(d - r->site->dhcp),
		"" };
	struct site_key name = { .size = sizeof(w.name) };
	void *base = r->base;
	int rc;

	if (r->wanted_count == r->wanted_room) {
		size_t room = r->wanted_room * 2 + 64;
		void *more = realloc(r->wanted, room * sizeof(w));

		if (more == NULL)
			return site_fail(r, "out of memory");
		r->wanted = more;
		r->wanted_room = room;
	}
	r->base = w.name;
	rc = site_field_name(r, &name);
	r->base = base;
	d->some = true;
	r->wanted[r->wanted_count++] = w;
	return rc;
}

int
site_field_serves(struct site_reader *r, const struct site_key *k)
{
	return each(r, k, SITE_NETWORKS_MAX, one_served);
}
