/* SPDX-License-Identifier: ISC */
#include "base/text.h"
#include "base/wire.h"
#include "view/mib_parts.h"

#include <math.h>
#include <string.h>

#define NS 1000000000

static int64_t
clamp(int64_t n, int64_t low, int64_t high)
{
	return n < low ? low : n > high ? high : n;
}

void
mib_put(struct mib_value *v, int64_t n)
{
	if (v->type == MIB_INTEGER)
		v->number = clamp(n, INT32_MIN, INT32_MAX);
	else
		v->number = clamp(n, 0, UINT32_MAX);
}

void
mib_put_count(struct mib_value *v, uint64_t n)
{
	/* The highest bit is lost: a million packets a second reach it in
	 * 290,000 years. */
	if (v->type == MIB_COUNTER64)
		v->number = (int64_t)(n & INT64_MAX);
	else if (v->type == MIB_COUNTER || v->type == MIB_TICKS)
		v->number = (uint32_t)n;
	else
		mib_put(v, n < INT64_MAX ? (int64_t)n : INT64_MAX);
}

/* TruthValue: true(1), false(2) */
void
mib_put_truth(struct mib_value *v, bool truth)
{
	v->number = truth ? 1 : 2;
}

void
mib_put_parts(struct mib_value *v, double x, double parts)
{
	double most = MIB_UNKNOWN - 1;

	if (isfinite(x))
		v->number = llrint(fmax(-most, fmin(most, x * parts)));
	else
		v->number = MIB_UNKNOWN;
}

void
mib_put_gauge(struct mib_value *v, double x)
{
	if (isfinite(x) && x >= 0)
		v->number = llrint(fmin(MIB_UNKNOWN_GAUGE - 1, x));
	else
		v->number = MIB_UNKNOWN_GAUGE;
}

static void
put_octets(struct mib_value *v, const void *octets, size_t len)
{
	v->len = len < MIB_OCTETS_MAX ? len : MIB_OCTETS_MAX;
	memcpy(v->octets, octets, v->len);
}

void
mib_put_text(struct mib_value *v, const char *text)
{
	put_octets(v, text, strlen(text));
	for (size_t i = 0; i < v->len; i++)
		if (v->octets[i] < 0x20 || v->octets[i] > 0x7e)
			v->octets[i] = '?';
}

void
mib_put_span(struct mib_value *v, double s)
{
	char buf[MIB_OCTETS_MAX + 1] = "";
	struct text t = TEXT(buf);

	if (isfinite(s) && fabs(s) < 1)
		text_add(&t, "%.3f ms", s * 1e3);
	else if (isfinite(s))
		text_add(&t, "%.3f s", s);
	mib_put_text(v, buf);
}

void
mib_put_ms(struct mib_value *v, double s)
{
	char buf[MIB_OCTETS_MAX + 1] = "";
	struct text t = TEXT(buf);

	if (isfinite(s))
		text_add(&t, "%.3f", s * 1e3);
	mib_put_text(v, buf);
}

void
mib_put_date(struct mib_value *v, struct wall t)
{
	struct wire_out out = { .at = v->octets, .left = MIB_OCTETS_MAX };
	bool before = t.ns % NS < 0; /* the second begins below */
	int64_t s = t.ns / NS - before;
	uint64_t ns = (uint64_t)(t.ns % NS + (before ? NS : 0));
	uint64_t era_and_s = (uint64_t)(s + (int64_t)NTP_UNIX_EPOCH);
	/* ns / 1e9 in 64 bits behind the point, 32 at a time */
	uint64_t high = (ns << 32) / NS, rest = (ns << 32) % NS;

	wire_put_u64(&out, era_and_s);
	wire_put_u64(&out, high << 32 | (rest << 32) / NS);
	v->len = MIB_DATE_OCTETS;
}

void
mib_put_bits(struct mib_value *v, unsigned bits, unsigned count)
{
	v->len = (count + 7) / 8;
	memset(v->octets, 0, v->len);
	for (unsigned n = 0; n < count; n++)
		if ((bits >> n & 1) != 0)
			v->octets[n / 8] |= (uint8_t)(0x80 >> n % 8);
}

/* With a zone index it is of another type. */
void
mib_put_address(struct mib_value *v, const struct addr *a)
{
	struct wire_out out = { .at = v->octets, .left = MIB_OCTETS_MAX };

	if (a->family == ADDR_V4)
		wire_put(&out, a->ip, 4);
	if (a->family == ADDR_V6)
		wire_put(&out, a->ip, 16);
	if (a->family == ADDR_V6 && a->scope != 0)
		wire_put_u32(&out, a->scope);
	v->len = MIB_OCTETS_MAX - out.left;
}

void
mib_put_address_type(struct mib_value *v, const struct addr *a)
{
	enum { UNKNOWN, IPV4, IPV6, IPV6Z = 4 };

	if (a->family == ADDR_V6)
		v->number = a->scope != 0 ? IPV6Z : IPV6;
	else
		v->number = a->family == ADDR_V4 ? IPV4 : UNKNOWN;
}
