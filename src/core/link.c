/* SPDX-License-Identifier: ISC */
#include "core/link.h"

#include "base/wire.h"

#include <float.h>
#include <math.h>
#include <string.h>

#define FIELD_BODY (LINK_FIELD - 4) /* without type and length */
#define AT_FLAGS 7
#define AT_STAMPS 16
#define INSTANT_MAX (INT64_C(1) << 62) /* ns: two of them can be added */

static void
put_f32(struct wire_out *w, double v)
{
	float f = isnan(v) ? INFINITY : (float)fmax(fmin(v, FLT_MAX), -FLT_MAX);
	uint32_t bits;

	if (fabs(v) > FLT_MAX)
		f = (float)copysign(INFINITY, v);
	memcpy(&bits, &f, sizeof(bits));
	wire_put_u32(w, bits);
}

static double
get_f32(struct wire *w)
{
	uint32_t bits = wire_u32(w);
	float f;

	memcpy(&f, &bits, sizeof(f));
	return (double)f;
}

static void
put_mono(struct wire_out *w, struct mono t)
{
	wire_put_u64(w, (uint64_t)t.ns);
}

static bool
printable(char c)
{
	return c >= ' ' && c <= '~';
}

static void
put_name(struct wire_out *w, const char name[LINK_NAME])
{
	char octets[LINK_NAME] = { 0 };

	for (unsigned i = 0; i < LINK_NAME - 1 && name[i] != '\0'; i++)
		octets[i] = printable(name[i]) ? name[i] : '?';
	wire_put(w, octets, sizeof(octets));
}

static void
put_samples(struct wire_out *w, const struct link_item *item)
{
	static const struct link_sample none;
	const struct link_sample *said[LINK_SAMPLES];

	for (unsigned k = 0; k < LINK_SAMPLES; k++)
		said[k] = k < item->samples ? &item->sample[k] : &none;
	for (unsigned k = 0; k < LINK_SAMPLES; k++) {
		put_mono(w, said[k]->at);
		wire_put_u64(w, (uint64_t)said[k]->tai_ns);
		put_f32(w, said[k]->delay);
		put_f32(w, said[k]->floor);
		put_f32(w, said[k]->root_delay);
		put_f32(w, said[k]->root_disp);
	}
	for (unsigned k = 0; k < LINK_SAMPLES; k++)
		wire_put_u8(w, said[k]->stratum);
	for (unsigned k = 0; k < LINK_SAMPLES; k++)
		wire_put_u8(w, said[k]->leap);
}

static void
put_item(struct wire_out *w, const struct link_item *item)
{
	wire_put(w, item->addr.ip, sizeof(item->addr.ip));
	wire_put_u16(w, item->addr.port);
	wire_put_u8(w, item->addr.family);
	wire_put_u8(w, (uint8_t)item->flags);
	wire_put_u32(w, item->serial);
	/* 0 says "never"; that one nanosecond is not the one we mean */
	wire_put_u64(w,
	    !item->asked	   ? 0 :
		item->last.ns == 0 ? 1 :
				     (uint64_t)item->last.ns);
	put_samples(w, item);
}

static void
put_head(struct wire_out *w, const struct link_word *word, unsigned items)
{
	wire_put_u8(w, LINK_VERSION);
	wire_put_u8(w, (uint8_t)items);
	wire_put_u8(w, (uint8_t)word->state);
	wire_put_u8(w, (uint8_t)word->flags);
	wire_put_u64(w, word->life);
	put_mono(w, word->came);
	put_mono(w, word->left);
	put_name(w, word->name);
	wire_put_u64(w, (uint64_t)word->served_ns);
	put_mono(w, word->at);
	wire_put_f64(w, word->rate);
	wire_put_f64(w, word->bound);
	put_f32(w, word->frequency_sigma);
	put_f32(w, word->interval_s);
	wire_put_u32(w, word->sent_day);
	wire_put_u32(w, word->steps);
	for (unsigned i = 0; i < LINK_DIGESTS; i++)
		wire_put_u32(w, word->digest[i]);
}

/* An empty field: type, length and zeros. */
static struct wire_out
begin(uint8_t field[LINK_FIELD])
{
	struct wire_out w = { .at = field, .left = LINK_FIELD };

	memset(field, 0, LINK_FIELD);
	wire_put_u16(&w, LINK_TYPE);
	wire_put_u16(&w, LINK_FIELD);
	return w;
}

void
link_write(const struct link_word *word, uint8_t field[LINK_FIELD])
{
	unsigned items = word->items < LINK_ITEMS ? word->items : LINK_ITEMS;
	struct wire_out w = begin(field);

	put_head(&w, word, items);
	for (unsigned i = 0; i < items; i++)
		put_item(&w, &word->item[i]);
}

void
link_ask(uint8_t field[LINK_FIELD], bool news)
{
	struct wire_out w = begin(field);

	wire_put_u8(&w, LINK_VERSION);
	field[AT_FLAGS] = news ? LINK_NEWS : 0;
}

bool
link_news(const uint8_t field[LINK_FIELD])
{
	return (field[AT_FLAGS] & LINK_NEWS) != 0;
}

void
link_stamp(uint8_t field[LINK_FIELD], struct mono came, struct mono left)
{
	struct wire_out w = { .at = field + AT_STAMPS, .left = 16 };

	put_mono(&w, came);
	put_mono(&w, left);
}

const uint8_t *
link_find(const uint8_t *octets, const struct packet_tail *t)
{
	const uint8_t *body, *found = NULL;
	size_t at = 0, len;
	uint16_t type;

	while (packet_field_next(octets, t, &at, &type, &body, &len)) {
		if (type != LINK_TYPE || len != FIELD_BODY ||
		    body[0] != LINK_VERSION)
			continue;
		if (found != NULL)
			return NULL;
		found = body - 4;
	}
	return found;
}

/* Is it a number of that much at most, and not below zero? */
static bool
amount(double v, double most)
{
	return v >= 0 && v <= most;
}

static bool
instant(int64_t ns)
{
	return ns > -INSTANT_MAX && ns < INSTANT_MAX;
}

static bool
good_sample(const struct link_sample *s)
{
	return instant(s->at.ns) && instant(s->tai_ns) &&
	    amount(s->delay, FLT_MAX) && amount(s->floor, FLT_MAX) &&
	    amount(s->root_delay, FLT_MAX) && amount(s->root_disp, FLT_MAX);
}

static bool
get_samples(struct wire *w, struct link_item *item)
{
	bool good = true;

	for (unsigned k = 0; k < LINK_SAMPLES; k++) {
		struct link_sample *s = &item->sample[k];

		s->at.ns = (int64_t)wire_u64(w);
		s->tai_ns = (int64_t)wire_u64(w);
		s->delay = get_f32(w);
		s->floor = get_f32(w);
		s->root_delay = get_f32(w);
		s->root_disp = get_f32(w);
		good = good && good_sample(s);
	}
	for (unsigned k = 0; k < LINK_SAMPLES; k++)
		item->sample[k].stratum = wire_u8(w);
	for (unsigned k = 0; k < LINK_SAMPLES; k++)
		item->sample[k].leap = wire_u8(w);
	while (item->samples < LINK_SAMPLES &&
	    item->sample[item->samples].stratum != 0)
		item->samples++;
	return good;
}

static bool
get_item(struct wire *w, struct link_item *item)
{
	uint8_t ip[16], family;
	uint16_t port;

	wire_copy(w, ip, sizeof(ip));
	port = wire_u16(w);
	family = wire_u8(w);
	item->addr = family == ADDR_V4 ? addr_v4(ip) : addr_v6(ip);
	item->addr.port = port;
	item->flags = wire_u8(w);
	item->serial = wire_u32(w);
	item->last.ns = (int64_t)wire_u64(w);
	item->asked = item->last.ns != 0;
	return get_samples(w, item) && instant(item->last.ns) && port != 0 &&
	    (family == ADDR_V4 || family == ADDR_V6);
}

static void
get_head(struct wire *w, struct link_word *word)
{
	wire_u32(w); /* type and length */
	wire_u8(w);  /* version */
	word->items = wire_u8(w);
	word->state = wire_u8(w);
	word->flags = wire_u8(w);
	word->life = wire_u64(w);
	word->came.ns = (int64_t)wire_u64(w);
	word->left.ns = (int64_t)wire_u64(w);
	wire_copy(w, word->name, LINK_NAME);
	word->served_ns = (int64_t)wire_u64(w);
	word->at.ns = (int64_t)wire_u64(w);
	word->rate = wire_f64(w);
	word->bound = wire_f64(w);
	word->frequency_sigma = get_f32(w);
	word->interval_s = get_f32(w);
	word->sent_day = wire_u32(w);
	word->steps = wire_u32(w);
	for (unsigned i = 0; i < LINK_DIGESTS; i++)
		word->digest[i] = wire_u32(w);
}

static bool
good_head(const struct link_word *w)
{
	return w->items <= LINK_ITEMS && w->state < LINK_STATES &&
	    w->life != 0 && instant(w->came.ns) && instant(w->left.ns) &&
	    instant(w->at.ns) && instant(w->served_ns) &&
	    w->name[LINK_NAME - 1] == '\0' && fabs(w->rate) <= LINK_RATE_MAX &&
	    amount(w->bound, INFINITY) &&
	    amount(w->frequency_sigma, INFINITY) &&
	    amount(w->interval_s, FLT_MAX);
}

static bool
read_word(struct link_word *word, const uint8_t field[LINK_FIELD])
{
	struct wire w = { .at = field, .left = LINK_FIELD };
	uint8_t again[LINK_FIELD];

	get_head(&w, word);
	if (!good_head(word))
		return false;
	for (unsigned i = 0; i < word->items; i++)
		if (!get_item(&w, &word->item[i]))
			return false;
	/* Refuses at once what is hidden behind the end of name, samples and
	 * items, and an address in a form that is not its own. */
	link_write(word, again);
	return memcmp(again, field, LINK_FIELD) == 0;
}

bool
link_read(struct link_word *word, const uint8_t field[LINK_FIELD])
{
	memset(word, 0, sizeof(*word));
	if (read_word(word, field))
		return true;
	memset(word, 0, sizeof(*word));
	return false;
}
