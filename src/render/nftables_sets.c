/* SPDX-License-Identifier: ISC */
#include "render/nft.h"

const char *
nft_ip(enum addr_family f)
{
	return f == ADDR_V4 ? "ip" : "ip6";
}

int
nft_number(enum addr_family f)
{
	return f == ADDR_V4 ? 4 : 6;
}

const char *
nft_type(enum addr_family f)
{
	return f == ADDR_V4 ? "ipv4_addr" : "ipv6_addr";
}

/* How a set is written: declared with its elements, or filled anew. */
struct writer {
	struct text *t;
	bool refill;
	unsigned in_line;
};

/* "elements = { }" is an error: what opens the list comes with the first. */
static void
open_set(struct writer *w, const char *name, enum addr_family f,
    const char *type, const char *flags)
{
	w->in_line = 0;
	if (w->refill)
		text_add(w->t, "flush set inet ntpgate %s%d\n", name,
		    nft_number(f));
	else
		text_add(w->t, "\tset %s%d {\n\t\ttype %s%s\n", name,
		    nft_number(f), type, flags);
}

static void
begin_element(struct writer *w, const char *name, enum addr_family f)
{
	if (w->in_line == 0 && w->refill)
		text_add(w->t, "add element inet ntpgate %s%d { ", name,
		    nft_number(f));
	else if (w->in_line == 0)
		text_add(w->t, "\t\telements = { ");
	else
		text_add(w->t, w->in_line % 4 == 0 ? ",\n\t\t\t" : ", ");
	w->in_line++;
}

static void
close_set(struct writer *w)
{
	if (w->in_line > 0)
		text_add(w->t, " }\n");
	if (!w->refill)
		text_add(w->t, "\t}\n");
}

static void
put_set(struct writer *w, const char *name, enum addr_family f,
    const struct render_set *v)
{
	char buf[ADDR_TEXT];

	open_set(w, name, f, nft_type(f), "");
	for (unsigned i = 0; i < v->count; i++) {
		begin_element(w, name, f);
		text_add(w->t, "%s", addr_print(&v->addr[i], false, buf));
	}
	close_set(w);
}

/* Networks, and gateways that stand in none of them: without auto-merge the
 * overlap of the two would be an error. */
static void
put_own(struct writer *w, const struct site *s, enum addr_family f)
{
	struct render_prefixes all = { .site = s, .family = f };
	struct render_set v = render_askers(s, f);
	const struct prefix *p;
	char buf[ADDR_TEXT];

	render_add(&v, &s->service, f);
	open_set(w, "own", f, nft_type(f), "; flags interval; auto-merge");
	while ((p = render_prefix_next(&all)) != NULL) {
		begin_element(w, "own", f);
		text_add(w->t, "%s", prefix_print(p, buf));
	}
	for (unsigned i = 0; i < v.count; i++) {
		begin_element(w, "own", f);
		text_add(w->t, "%s", addr_print(&v.addr[i], false, buf));
	}
	close_set(w);
}

static void
put_exempt(struct writer *w, const struct site *s, enum addr_family f)
{
	const char *type =
	    f == ADDR_V4 ? "ipv4_addr . ipv4_addr" : "ipv6_addr . ipv6_addr";
	char buf[ADDR_TEXT], to[ADDR_TEXT];

	open_set(w, "exempt", f, nft_type(f), "");
	for (unsigned i = 0; i < s->exempt_count; i++) {
		const struct site_exempt *x = &s->exempt[i];

		if (x->address.family != f || x->to.count > 0)
			continue;
		begin_element(w, "exempt", f);
		text_add(w->t, "%s", addr_print(&x->address, false, buf));
	}
	close_set(w);
	open_set(w, "exempt_to", f, type, "");
	for (unsigned i = 0; i < s->exempt_count; i++) {
		const struct site_exempt *x = &s->exempt[i];

		for (unsigned k = 0; k < x->to.count && x->address.family == f;
		     k++) {
			begin_element(w, "exempt_to", f);
			text_add(w->t, "%s . %s",
			    addr_print(&x->address, false, buf),
			    addr_print(&x->to.addr[k], false, to));
		}
	}
	close_set(w);
}

static void
put_sets(struct writer *w, const struct site *s)
{
	NFT_EACH_FAMILY(f)
	{
		struct render_set askers = render_askers(s, f);
		struct render_set answerers = render_answerers(s, f);
		struct render_set upstreams = render_upstreams(s, f);

		put_own(w, s, f);
		put_set(w, "asker", f, &askers);
		put_set(w, "gateway", f, &answerers);
		put_set(w, "upstream", f, &upstreams);
		put_exempt(w, s, f);
	}
}

void
nft_sets(const struct site *s, struct text *t, bool refill)
{
	struct writer w = { .t = t, .refill = refill };

	put_sets(&w, s);
}

void
render_nftables_sets(const struct render_job *j, struct text *t)
{
	nft_sets(j->site, t, true);
}
