/* SPDX-License-Identifier: ISC */
#include "render/parts.h"

#include <stdarg.h>
#include <string.h>

/* ---- sets of addresses ---- */

static void
add(struct render_set *v, const struct addr *a)
{
	for (unsigned i = 0; i < v->count; i++)
		if (addr_same_host(&v->addr[i], a))
			return;
	if (v->count < RENDER_SET_MAX)
		v->addr[v->count++] = *a;
}

void
render_add(struct render_set *v, const struct site_addrs *a, enum addr_family f)
{
	for (unsigned i = 0; i < a->count; i++)
		if (f == ADDR_NONE || a->addr[i].family == f)
			add(v, &a->addr[i]);
}

struct render_set
render_askers(const struct site *s, enum addr_family f)
{
	struct render_set v = { 0 };

	for (unsigned i = 0; i < s->gateway_count; i++) {
		render_add(&v, &s->gateway[i].inside, f);
		render_add(&v, &s->gateway[i].outside, f);
	}
	return v;
}

struct render_set
render_answerers(const struct site *s, enum addr_family f)
{
	struct render_set v = { 0 };

	for (unsigned i = 0; i < s->gateway_count; i++)
		render_add(&v, &s->gateway[i].inside, f);
	render_add(&v, &s->service, f);
	return v;
}

struct render_set
render_upstreams(const struct site *s, enum addr_family f)
{
	struct render_set v = { 0 };
	const struct site_server *u;

	for (unsigned i = 0; (u = site_upstream(s, i)) != NULL; i++)
		render_add(&v, &u->addresses, f);
	return v;
}

struct render_set
render_turned(const struct site *s, unsigned network, enum addr_family f)
{
	struct render_set v = { 0 };

	for (unsigned i = 0; i < s->gateway_count; i++)
		render_add(&v,
		    &s->gateway[(network + i) % s->gateway_count].inside, f);
	return v;
}

struct render_set
render_firsts(const struct site *s)
{
	struct render_set v = { 0 };

	for (unsigned i = 0; i < s->gateway_count; i++)
		if (s->gateway[i].inside.count > 0)
			v.addr[v.count++] = s->gateway[i].inside.addr[0];
	return v;
}

struct render_set
render_redirect_to(const struct site *s, enum addr_family f)
{
	struct render_set v = { 0 };

	/* One of it: the sibling takes it over with its address. */
	render_add(&v, &s->service, f);
	if (v.count > 1)
		v.count = 1;
	for (unsigned i = 0; i < s->gateway_count && s->service.count == 0;
	     i++) {
		struct render_set one = { 0 };

		render_add(&one, &s->gateway[i].inside, f);
		if (one.count > 0)
			add(&v, &one.addr[0]);
	}
	if (v.count == 0)
		v = render_turned(s, 0, f);
	return v;
}

void
render_set_put(struct text *t, const struct render_set *v, const char *before,
    const char *between)
{
	char buf[ADDR_TEXT];

	for (unsigned i = 0; i < v->count; i++)
		text_add(t, "%s%s%s", i > 0 ? between : "", before,
		    addr_print(&v->addr[i], false, buf));
}

bool
render_has(const struct site *s, enum addr_family f)
{
	return render_turned(s, 0, f).count > 0;
}

/* ---- prefixes ---- */

char *
render_mask(const struct prefix *p, bool wild, char buf[ADDR_TEXT])
{
	uint32_t m = p->len == 0 ? 0 : UINT32_MAX << (32 - p->len);
	uint8_t ip[4];
	struct addr a;

	if (wild)
		m = ~m;
	for (int i = 0; i < 4; i++)
		ip[i] = (uint8_t)(m >> (24 - 8 * i));
	a = addr_v4(ip);
	return addr_print(&a, false, buf);
}

const struct prefix *
render_prefix_next(struct render_prefixes *p)
{
	while (p->network < p->site->network_count) {
		const struct site_network *n = &p->site->network[p->network];

		if (p->at == n->count) {
			p->network++;
			p->at = 0;
		} else if (n->prefix[p->at++].net.family == p->family) {
			return &n->prefix[p->at - 1];
		}
	}
	return NULL;
}

bool
render_blocks(const struct render_job *j)
{
	return j->site->policy != SITE_AUDIT;
}

/* ---- comments ---- */

/*
 * A backslash at the end of a line goes on with the next in pf.conf and
 * systemd, and would take a rule with it; ? is a call for help at the console
 * of IOS, ASA, Junos, FortiOS and RouterOS; quotation marks and % mean something
 * in comments of batch files.
 */
static void
add_harmless(struct text *t, const char *words)
{
	for (const unsigned char *p = (const unsigned char *)words; *p != '\0';
	     p++) {
		char c = (char)*p;

		if (*p < ' ' || *p == 0x7f || strchr("\\?\"`%$", c) != NULL)
			c = '_';
		text_add(t, "%c", c);
	}
}

void
render_remark(const struct render_job *j, struct text *t, const char *fmt, ...)
{
	char words[512] = "";
	struct text w = TEXT(words);
	va_list ap;

	va_start(ap, fmt);
	text_vadd(&w, fmt, ap);
	va_end(ap);
	text_add(t, "%s", j->lead);
	add_harmless(t, words);
	text_add(t, "\n");
}

void
render_lines(const struct render_job *j, struct text *t, const char *lines)
{
	while (*lines != '\0') {
		size_t n = strcspn(lines, "\n");

		text_add(t, "%s%.*s\n", j->lead, (int)n, lines);
		lines += n + (lines[n] == '\n');
	}
}
