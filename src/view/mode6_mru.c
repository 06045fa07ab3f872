/* SPDX-License-Identifier: ISC */
/*
 * Who asked us lately, piece by piece.  All pieces are of one roll, whose
 * order does not change between them: a client says what it had last, and
 * gets what comes behind that.
 */
#include "core/auth.h"
#include "view/mode6_parts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MAC 16		 /* octets of a nonce's digest that are told */
#define ROW_MAX 208	 /* octets of a host, with all that is in it */
#define ENDING_MAX 64	 /* "now", "last.newest", the end of the line */
#define RES_LIMITED 0x20 /* ntpd's bits for "limited" and "told so" */
#define RES_KOD 0x400
#define CLIENT_BIT (1 << MODE_CLIENT)

const struct roll_order mode6_mru_order = { .sort = ROLL_BY_LAST,
	.limit = ROLL_MOST };

/* ---- nonces ---- */

/* Of the instant that it names, for the host that asked: a digest of the
 * secret and two numbers, all of fixed lengths. */
static void
digest(const struct mode6 *m, const struct addr *from, uint32_t when,
    char text[2 * MAC + 1])
{
	uint8_t in[MODE6_SECRET + 16 + 4], out[AUTH_HASH_MAX];
	struct text t = { text, 2 * MAC + 1, 0 };

	memcpy(in, m->secret, MODE6_SECRET);
	addr_octets(from, in + MODE6_SECRET);
	for (int i = 0; i < 4; i++)
		in[MODE6_SECRET + 16 + i] = (uint8_t)(when >> 8 * i);
	auth_hash(AUTH_SHA256, in, sizeof(in), out);
	for (int i = 0; i < MAC; i++)
		text_add(&t, "%02x", out[i]);
}

static uint32_t
second_of(struct mono t)
{
	return (uint32_t)(t.ns / 1000000000);
}

void
mode6_put_nonce(const struct mode6 *m, const struct mode6_request *q,
    struct mode6_list *l)
{
	char mac[2 * MAC + 1];

	digest(m, &q->from, second_of(q->at), mac);
	mode6_put(l, "nonce=%08x%s", second_of(q->at), mac);
}

static bool
is_good(const struct mode6 *m, const struct mode6_request *q, const char *nonce)
{
	char mac[2 * MAC + 1], when[9] = "", *end;
	uint32_t age;
	uint8_t differ = 0;

	if (strlen(nonce) != 8 + 2 * MAC)
		return false;
	memcpy(when, nonce, 8);
	age = second_of(q->at) - (uint32_t)strtoul(when, &end, 16);
	digest(m, &q->from, second_of(q->at) - age, mac);
	for (int i = 0; i < 2 * MAC; i++)
		differ |= (uint8_t)(mac[i] ^ nonce[8 + i]);
	return *end == '\0' && age <= MODE6_NONCE_S && differ == 0;
}

/* ---- what is asked ---- */

#define KNOWN_MAX 16 /* hosts that a request names */

struct wish {
	bool good; /* its nonce */
	bool bad, bad_value;
	long frags, limit, recent, mincount;
	long youngest_s, oldest_s; /* age of the last request; < 0: any */
	struct known {
		char addr[ADDR_TEXT]; /* with the port; "": none */
		struct ntp64 last;
	} known[KNOWN_MAX]; /* the latest first */
};

/* A number from 0; sets *bad if it is none. */
static long
number(const char *value, bool *bad)
{
	char *end;
	long v = strtol(value, &end, 0);

	if (*value == '\0' || *end != '\0' || v < 0)
		*bad = true;
	return v;
}

static bool
take_number(struct wish *w, const char *name, const char *value)
{
	const struct {
		const char *name;
		long *to;
	} place[] = { { "frags", &w->frags }, { "limit", &w->limit },
		{ "recent", &w->recent }, { "mincount", &w->mincount },
		{ "minlstint", &w->youngest_s },
		{ "maxlstint", &w->oldest_s } };

	for (size_t i = 0; i < sizeof(place) / sizeof(place[0]); i++)
		if (strcmp(name, place[i].name) == 0) {
			*place[i].to = number(value, &w->bad_value);
			return true;
		}
	return false;
}

/* As mode6_stamp() writes it. */
static bool
read_stamp(const char *text, struct ntp64 *out)
{
	char *end;
	uint64_t high, low;

	if (strlen(text) != strlen("0x01234567.89abcdef") || text[10] != '.')
		return false;
	high = strtoul(text, &end, 16);
	if (end != text + 10)
		return false;
	low = strtoul(text + 11, &end, 16);
	out->v = high << 32 | (low & UINT32_MAX);
	return *end == '\0';
}

/* "addr.3" and "last.3": hosts that the asker knows already. */
static bool
take_known(struct wish *w, const char *name, const char *value)
{
	bool is_addr = strncmp(name, "addr.", 5) == 0, bad = false;
	long i;

	if (!is_addr && strncmp(name, "last.", 5) != 0)
		return false;
	i = number(name + 5, &bad);
	if (bad)
		return false;
	if (i >= KNOWN_MAX) /* the latest are enough */
		return true;
	if (is_addr)
		w->bad |= !text_copy(w->known[i].addr, ADDR_TEXT, value);
	else
		w->bad |= !read_stamp(value, &w->known[i].last);
	return true;
}

static struct wish
read_wish(const struct mode6 *m, const struct mode6_request *q)
{
	struct wish w = { .youngest_s = -1, .oldest_s = -1 };
	char name[MODE6_ITEM], value[MODE6_ITEM];
	struct mode6_items items;
	struct ctl head;

	ctl_read(&head, q->pkt, q->len);
	items = (struct mode6_items){ .at = (const char *)q->pkt + CTL_HEADER,
		.left = head.count };
	while (mode6_item(&items, name, value)) {
		if (strcmp(name, "nonce") == 0)
			w.good = is_good(m, q, value);
		else if (!take_number(&w, name, value) &&
		    !take_known(&w, name, value))
			w.bad = true; /* a filter that we do not have */
	}
	w.bad |= items.bad;
	if (w.frags == 0 && w.limit == 0)
		w.bad_value = true;
	return w;
}

bool
mode6_must_walk(const struct mode6 *m, const struct mode6_request *q,
    const struct mode6_walk *last)
{
	struct wish w;
	struct ctl head;
	double good_s;

	if (!ctl_is_request(q->pkt, q->len) || !ctl_read(&head, q->pkt, q->len))
		return false;
	if (head.op != CTL_READ_MRU || head.association != 0)
		return false;
	w = read_wish(m, q);
	if (!w.good || w.bad || w.bad_value)
		return false;
	good_s = w.known[0].addr[0] == '\0' ? MODE6_MRU_NEW_S : MODE6_MRU_S;
	good_s =
	    fmax(good_s, MODE6_MRU_REST * mono_sub(last->ended, last->began));
	return !last->done || mono_sub(q->at, last->ended) > good_s;
}

/* ---- the table ---- */

/* A piece of it: the rows go from the latest to the oldest, we the other
 * way. */
struct piece {
	const struct mode6_world *w;
	const struct roll *roll;
	const struct wish *wish;
	struct mode6_list list;
	unsigned told;
	char newest[MODE6_STAMP];
};

static struct wall
ago(const struct piece *p, double s)
{
	return wall_add(p->w->mru_at, -s);
}

/*
 * It is the same if nothing was heard of that host since: in another roll the
 * instant may be a little different, as the clock was steered meanwhile.
 */
static bool
is_known(const struct piece *p, const struct known *k, unsigned row)
{
	const double same_s = 0.001;
	const struct clients_view *v = &p->roll->row[row].view;
	struct ntp64 last = ntp64_from_wall(ago(p, v->last_s));
	char addr[ADDR_TEXT];

	return fabs(ntp64_sub(last, k->last)) < same_s &&
	    strcmp(addr_print(&v->addr, true, addr), k->addr) == 0;
}

/* The row that was told last; or -1. */
static long
find_known(const struct piece *p)
{
	for (unsigned n = 0; n < KNOWN_MAX; n++)
		for (unsigned i = 0; i < p->roll->rows; i++)
			if (is_known(p, &p->wish->known[n], i))
				return i;
	return -1;
}

/* Where to begin: that many rows are left. */
static long
begin_at(const struct piece *p)
{
	long rows = p->roll->rows, recent = p->wish->recent;

	if (p->wish->known[0].addr[0] != '\0')
		return find_known(p);
	return recent > 0 && recent < rows ? recent : rows;
}

static bool
is_wanted(const struct wish *w, const struct clients_view *v)
{
	return v->requests >= (uint64_t)w->mincount &&
	    (w->youngest_s < 0 || v->last_s >= (double)w->youngest_s) &&
	    (w->oldest_s < 0 || v->last_s <= (double)w->oldest_s);
}

/* Mode and version as in an NTP header's first octet: the usual one if it
 * was among them, the highest otherwise. */
static unsigned
mode_and_version(const struct clients_view *v)
{
	unsigned mode = 0, version = 0;

	for (unsigned i = 1; i < 8; i++) {
		if ((v->modes >> i & 1) != 0)
			mode = i;
		if (i <= 4 && (v->versions >> i & 1) != 0)
			version = i;
	}
	if ((v->modes & CLIENT_BIT) != 0)
		mode = MODE_CLIENT;
	return version << 3 | mode;
}

/* The port of a client is not kept: it is another one each time. */
static void
put_row(struct piece *p, unsigned i)
{
	const struct clients_view *v = &p->roll->row[i].view;
	struct mode6_list *l = &p->list;
	char addr[ADDR_TEXT], stamp[MODE6_STAMP];
	unsigned n = p->told++;

	mode6_stamp(ago(p, v->last_s), p->newest);
	mode6_put(l, "addr.%u=%s", n, addr_print(&v->addr, true, addr));
	mode6_put(l, "last.%u=%s", n, p->newest);
	mode6_put(l, "first.%u=%s", n, mode6_stamp(ago(p, v->first_s), stamp));
	mode6_put(l, "ct.%u=%llu", n, (unsigned long long)v->requests);
	mode6_put(l, "mv.%u=%u", n, mode_and_version(v));
	mode6_put(l, "rs.%u=0x%x", n,
	    (v->limited > 0 ? RES_LIMITED : 0) | (v->kisses > 0 ? RES_KOD : 0));
	mode6_put(l, "dr.%u=%llu", n,
	    (unsigned long long)(v->requests - v->answered));
}

/* All that fit, from the row with left - 1 others behind it on. */
static void
put_rows(struct piece *p, long left, size_t most)
{
	struct text *out = p->list.out;
	long limit = p->wish->limit > 0 ? p->wish->limit : ROLL_MOST;
	char now[MODE6_STAMP];

	for (; left > 0 && p->told < limit; left--) {
		if (!is_wanted(p->wish, &p->roll->row[left - 1].view))
			continue;
		if (out->len + ROW_MAX + ENDING_MAX > most)
			break;
		put_row(p, (unsigned)left - 1);
	}
	if (left > 0)
		return;
	mode6_put(&p->list, "now=%s", mode6_stamp(p->w->mru_at, now));
	if (p->told > 0)
		mode6_put(&p->list, "last.newest=%s", p->newest);
}

/* What the asker knows and we, too: behind that it goes on. */
static void
put_older(struct piece *p, unsigned row)
{
	const struct clients_view *v = &p->roll->row[row].view;
	char addr[ADDR_TEXT], stamp[MODE6_STAMP];

	mode6_put(&p->list, "last.older=%s",
	    mode6_stamp(ago(p, v->last_s), stamp));
	mode6_put(&p->list, "addr.older=%s", addr_print(&v->addr, true, addr));
}

/* Octets that it wants at most, or that are to be had. */
static size_t
measure(const struct wish *w, size_t most)
{
	bool by_fragments = w->frags > 0 && w->frags < MODE6_FRAGMENTS;
	size_t wanted = by_fragments ? (size_t)w->frags * CTL_DATA : most;

	return wanted < most ? wanted : most;
}

enum mode6_mru
mode6_mru(const struct mode6 *m, const struct mode6_world *w,
    const struct mode6_request *q, size_t most, struct text *out)
{
	static const struct roll nobody;
	struct wish wish = read_wish(m, q);
	struct piece p = { .w = w,
		.roll = w->mru != NULL ? w->mru : &nobody,
		.wish = &wish,
		.list = { out, 0 } };
	long left;

	if (!wish.good)
		return MODE6_MRU_SILENT;
	if (wish.bad || wish.bad_value)
		return wish.bad ? MODE6_MRU_FORMAT : MODE6_MRU_VALUE;
	left = begin_at(&p);
	if (left < 0)
		return MODE6_MRU_LOST;
	mode6_put_nonce(m, q, &p.list);
	if (wish.known[0].addr[0] != '\0')
		put_older(&p, (unsigned)left);
	put_rows(&p, left, measure(&wish, most));
	text_add(out, "\r\n");
	return MODE6_MRU_TOLD;
}
