/* SPDX-License-Identifier: ISC */
#include "base/wire.h"

#include <string.h>

static uint64_t
get(struct wire *w, size_t octets)
{
	uint64_t v = 0;

	if (w->left < octets) {
		w->bad = true;
		w->left = 0;
		return 0;
	}
	for (size_t i = 0; i < octets; i++)
		v = v << 8 | w->at[i];
	w->at += octets;
	w->left -= octets;
	return v;
}

uint8_t
wire_u8(struct wire *w)
{
	return (uint8_t)get(w, 1);
}

uint16_t
wire_u16(struct wire *w)
{
	return (uint16_t)get(w, 2);
}

uint32_t
wire_u32(struct wire *w)
{
	return (uint32_t)get(w, 4);
}

uint64_t
wire_u64(struct wire *w)
{
	return get(w, 8);
}

double
wire_f64(struct wire *w)
{
	uint64_t bits = wire_u64(w);
	double v;

	memcpy(&v, &bits, sizeof(v));
	return v;
}

void
wire_copy(struct wire *w, void *to, size_t len)
{
	if (w->left < len) {
		w->bad = true;
		w->left = 0;
		memset(to, 0, len);
		return;
	}
	memcpy(to, w->at, len);
	w->at += len;
	w->left -= len;
}

static void
put(struct wire_out *w, uint64_t v, size_t octets)
{
	if (w->left < octets) {
		w->bad = true;
		w->left = 0;
		return;
	}
	for (size_t i = octets; i > 0; i--) {
		w->at[i - 1] = (uint8_t)v;
		v >>= 8;
	}
	w->at += octets;
	w->left -= octets;
}

void
wire_put_u8(struct wire_out *w, uint8_t v)
{
	put(w, v, 1);
}

void
wire_put_u16(struct wire_out *w, uint16_t v)
{
	put(w, v, 2);
}

void
wire_put_u32(struct wire_out *w, uint32_t v)
{
	put(w, v, 4);
}

void
wire_put_u64(struct wire_out *w, uint64_t v)
{
	put(w, v, 8);
}

void
wire_put_f64(struct wire_out *w, double v)
{
	uint64_t bits;

	memcpy(&bits, &v, sizeof(bits));
	put(w, bits, 8);
}

void
wire_put(struct wire_out *w, const void *from, size_t len)
{
	if (w->left < len) {
		w->bad = true;
		w->left = 0;
		return;
	}
	memcpy(w->at, from, len);
	w->at += len;
	w->left -= len;
}
