/* SPDX-License-Identifier: ISC */
/*
 * Any octets as a control message, as they are, and behind a good nonce: an
 * answer is one, in pieces that follow each other, of no more octets than is
 * promised, and gets no answer itself.
 */
#include "view/mode6.h"

#include <assert.h>
#include <math.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *pkt, size_t len);

#define HOSTS 300

static struct snapshot snapshot;
static struct leap_table leap;
static struct roll roll;
static struct mode6 mode6;
static struct mode6_world world;
static struct mono now = { INT64_C(1000000000000) };

struct heard {
	unsigned datagrams;
	size_t octets, data;
	bool more, error;
	uint8_t first[CTL_MAX];
	size_t first_len;
};

static void
hear(void *ctx, const uint8_t *pkt, size_t len)
{
	struct heard *h = ctx;
	struct ctl c;

	assert(ctl_is_answer(pkt, len) && !ctl_is_request(pkt, len));
	assert(ctl_read(&c, pkt, len));
	assert(len % 4 == 0 && len - CTL_HEADER - c.count < 4);
	assert(c.offset == h->data);
	assert(h->datagrams == 0 || h->more);
	assert(!c.error || len == CTL_HEADER);
	if (h->datagrams++ == 0) {
		memcpy(h->first, pkt, len);
		h->first_len = len;
	}
	h->octets += len;
	h->data += c.count;
	h->more = c.more;
	h->error = c.error;
}

/* A sixth of a second later. */
static struct heard
ask(const uint8_t *pkt, size_t len)
{
	struct heard h = { 0 };
	struct mode6_request q = { .pkt = pkt,
		.len = len,
		.from = { .family = ADDR_V4, .ip = { 192, 0, 2, 9 } },
		.at = now };

	now = mono_add(now, 1.0 / 6);
	mode6_must_walk(&mode6, &q, &(struct mode6_walk){ 0 });
	mode6_answer(&mode6, &world, &q, hear, &h);
	assert(!h.more);
	assert(h.datagrams <= MODE6_FRAGMENTS);
	assert(mode6.plain.octets >= 0 && mode6.proven.octets >= 0);
	return h;
}

static void
make_hosts(void)
{
	roll.rows = HOSTS;
	for (unsigned i = 0; i < HOSTS; i++) {
		struct clients_view *v = &roll.row[i].view;

		v->addr.family = i % 2 == 0 ? ADDR_V4 : ADDR_V6;
		v->addr.ip[1] = (uint8_t)(i >> 8);
		v->addr.ip[2] = (uint8_t)i;
		v->requests = i * 1000;
		v->last_s = i;
		v->first_s = 2 * i;
		v->modes = 1 << 3;
		v->versions = 1 << 4;
	}
}

static void
set_up(void)
{
	static const uint8_t secret[MODE6_SECRET] = { 1, 2, 3 };

	if (world.s != NULL)
		return;
	snapshot.upstreams = 2;
	snapshot.upstream[0] = (struct snapshot_upstream){ .active = true,
		.sampled = true,
		.reach = 0xff,
		.stratum = 1,
		.host = "ntp1.example.net" };
	memset(snapshot.upstream[1].host, 'x', SOURCE_HOST_MAX - 1);
	snapshot.upstream[1].offset_s = NAN;
	snapshot.upstream[1].sampled = true;
	snapshot.sibling.state = SNAPSHOT_SIBLING_PAIRED;
	make_hosts();
	mode6_init(&mode6, secret, now);
	world = (struct mode6_world){ .s = &snapshot,
		.now = { INT64_C(1800000000000000000) },
		.version = "ntpgate",
		.processor = "any",
		.system = "any",
		.leap = &leap,
		.mru = &roll,
		.mru_at = { INT64_C(1800000000000000000) } };
}

/* The same with "nonce=..., " before its data. */
static void
ask_proven(const uint8_t *pkt, size_t len)
{
	static const uint8_t want[CTL_HEADER] = { 0x26, CTL_REQ_NONCE };
	uint8_t copy[CTL_REQUEST_MAX] = { 0 };
	struct heard nonce = ask(want, sizeof(want));
	struct ctl c;
	size_t n;

	if (nonce.datagrams != 1 || !ctl_read(&c, pkt, len))
		return;
	n = nonce.data - 2; /* but for the end of the line */
	if (c.count + n + 2 > CTL_DATA)
		return;
	memcpy(copy + CTL_HEADER, nonce.first + CTL_HEADER, n);
	memcpy(copy + CTL_HEADER + n, ", ", 2);
	memcpy(copy + CTL_HEADER + n + 2, pkt + CTL_HEADER, c.count);
	c.count = (uint16_t)(c.count + n + 2);
	c.op = CTL_READ_MRU;
	c.association = 0;
	ctl_write(&c, copy);
	ask(copy, CTL_HEADER + c.count);
}

int
LLVMFuzzerTestOneInput(const uint8_t *pkt, size_t len)
{
	struct heard h;

	set_up();
	h = ask(pkt, len);
	assert(h.datagrams == 0 || ctl_is_request(pkt, len));
	assert(h.data <= MODE6_PLAIN_DATA); /* nobody guesses a nonce */
	if (h.datagrams > 0)
		assert(ask(h.first, h.first_len).datagrams == 0);
	ask_proven(pkt, len);
	return 0;
}
