/* SPDX-License-Identifier: ISC */
#include "view/watched.h"

#include "base/sealed.h"
#include "core/diagnose.h"

#include <string.h>

static const struct sealed kind = { "a list of watched hosts", "ntpwatched\0",
	11, 1 };

/* ---- who is in it */

unsigned
watched_words(enum watched_kind k)
{
	return k == WATCHED_ROGUES ? 1u << DIAGNOSE_HARD_CODED :
				     (1u << DIAGNOSE_SICK) - 1;
}

struct watched_host *
watched_find(struct watched_list *l, const struct addr *a)
{
	for (unsigned i = 0; i < l->count; i++)
		if (addr_same_host(&l->host[i].addr, a))
			return &l->host[i];
	return NULL;
}

struct watched_host *
watched_place(struct watched_list *l, const struct addr *a, struct mono now)
{
	struct watched_host *h = watched_find(l, a);

	if (h != NULL || l->count == WATCHED_HOSTS)
		return h;
	h = &l->host[l->count++];
	*h = (struct watched_host){ .addr = *a, .since = now };
	return h;
}

void
watched_drop(struct watched_list *l, unsigned i)
{
	l->host[i] = l->host[--l->count];
}

/* ---- writing */

static void
put_host(struct wire_out *w, const struct watched_host *h)
{
	uint8_t ip[16];

	addr_octets(&h->addr, ip);
	wire_put(w, ip, sizeof(ip));
	wire_put_u16(w, (uint16_t)h->words);
	wire_put_u8(w, h->well > UINT8_MAX ? UINT8_MAX : (uint8_t)h->well);
	wire_put_u8(w, h->named);
	wire_put_u64(w, (uint64_t)h->since.ns);
}

static void
put_list(struct wire_out *w, const struct watched_list *l)
{
	unsigned count = 0;

	for (unsigned i = 0; i < l->count; i++)
		count += l->host[i].words != 0;
	wire_put_u16(w, (uint16_t)count);
	for (unsigned i = 0; i < l->count; i++)
		if (l->host[i].words != 0)
			put_host(w, &l->host[i]);
}

size_t
watched_write(const struct watched *w, const struct watched_moment *m,
    uint8_t octets[WATCHED_OCTETS_MAX])
{
	struct wire_out out = { .at = octets, .left = WATCHED_OCTETS_MAX };

	sealed_begin(&out, &kind);
	wire_put_u64(&out, m->boot);
	wire_put_u64(&out, (uint64_t)m->now.ns);
	wire_put_u64(&out, (uint64_t)m->wall.ns);
	for (unsigned k = 0; k < WATCHED_KINDS; k++)
		put_list(&out, &w->of[k]);
	sealed_end(&out, octets);
	return out.bad ? 0 : (size_t)(out.at - octets);
}

/* ---- reading */

/* Seconds that it lay: by the raw clock, unless that began anew. */
static double
lay(const struct watched_moment *was, const struct watched_moment *is)
{
	double s = was->boot != 0 && was->boot == is->boot ?
	    mono_sub(is->now, was->now) :
	    wall_sub(is->wall, was->wall);

	return s > 0 ? s : 0;
}

static bool
is_a_host(const struct addr *a)
{
	return !addr_is_any(a) && !addr_is_multicast(a);
}

/* The next one, its instant as it was written; false: nobody wrote that. */
static bool
get_host(struct wire *in, struct watched_list *l, unsigned words)
{
	struct watched_host h = { 0 };
	uint8_t ip[16], named;

	wire_copy(in, ip, sizeof(ip));
	h.addr = addr_v6(ip);
	h.words = wire_u16(in);
	h.well = wire_u8(in);
	named = wire_u8(in);
	h.named = named == 1;
	h.since.ns = (int64_t)wire_u64(in);
	if (in->bad || !is_a_host(&h.addr) || h.words == 0 ||
	    (h.words & ~words) != 0 || named > 1 ||
	    watched_find(l, &h.addr) != NULL)
		return false;
	l->host[l->count++] = h;
	return true;
}

static bool
get_list(struct wire *in, struct watched *w, enum watched_kind k,
    const struct watched_moment *was, const struct watched_moment *is)
{
	struct watched_list *l = &w->of[k];
	unsigned count = wire_u16(in);

	if (count > WATCHED_HOSTS)
		return false;
	while (l->count < count) {
		struct mono *since = &l->host[l->count].since;

		if (!get_host(in, l, watched_words(k)) ||
		    since->ns > was->now.ns)
			return false;
		*since = mono_add(is->now,
		    -(lay(was, is) + mono_sub(was->now, *since)));
	}
	return true;
}

int
watched_read(struct watched *w, const struct watched_moment *m,
    const uint8_t *octets, size_t len, struct err *e)
{
	struct wire in = { .at = octets, .left = len };
	struct watched_moment was;
	bool good = true;

	memset(w, 0, sizeof(*w));
	if (sealed_open(&in, &kind, e) == -1)
		return -1;
	was.boot = wire_u64(&in);
	was.now.ns = (int64_t)wire_u64(&in);
	was.wall.ns = (int64_t)wire_u64(&in);
	for (unsigned k = 0; k < WATCHED_KINDS && good; k++)
		good = get_list(&in, w, k, &was, m);
	if (good && !in.bad && in.left == 0)
		return 0;
	memset(w, 0, sizeof(*w));
	return err_set(e, "damaged: no hosts that were watched");
}
