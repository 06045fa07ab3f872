/* SPDX-License-Identifier: ISC */
#include "base/wire.h"

#include <string.h>

/* The next n octets, or NULL: the error that sticks. */
static const uint8_t *
take(struct wire *w, size_t n)
{
	const uint8_t *p = w->at;

	if (w->left < n) {
		w->bad = true;
		w->left = 0;
		return NULL;
	}
	w->at += n;
	w->left -= n;
	return p;
}

/* Written so that compilers see one load and one swap in each. */
static uint16_t
load16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static uint32_t
load32(const uint8_t *p)
{
	return (uint32_t)load16(p) << 16 | load16(p + 2);
}

static uint64_t
load64(const uint8_t *p)
{
	return (uint64_t)load32(p) << 32 | load32(p + 4);
}

uint8_t
wire_u8(struct wire *w)
{
	const uint8_t *p = take(w, 1);

	return p != NULL ? *p : 0;
}

uint16_t
wire_u16(struct wire *w)
{
	const uint8_t *p = take(w, 2);

	return p != NULL ? load16(p) : 0;
}

uint32_t
wire_u32(struct wire *w)
{
	const uint8_t *p = take(w, 4);

	return p != NULL ? load32(p) : 0;
}

uint64_t
wire_u64(struct wire *w)
{
	const uint8_t *p = take(w, 8);

	return p != NULL ? load64(p) : 0;
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
	const uint8_t *p = take(w, len);

	if (p == NULL)
		memset(to, 0, len);
	else
		memcpy(to, p, len);
}

/* Where the next n octets go, or NULL. */
static uint8_t *
room(struct wire_out *w, size_t n)
{
	uint8_t *p = w->at;

	if (w->left < n) {
		w->bad = true;
		w->left = 0;
		return NULL;
	}
	w->at += n;
	w->left -= n;
	return p;
}

static void
store16(uint8_t *p, uint16_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static void
store32(uint8_t *p, uint32_t v)
{
	store16(p, (uint16_t)(v >> 16));
	store16(p + 2, (uint16_t)v);
}

void
wire_put_u8(struct wire_out *w, uint8_t v)
{
	uint8_t *p = room(w, 1);

	if (p != NULL)
		*p = v;
}

void
wire_put_u16(struct wire_out *w, uint16_t v)
{
	uint8_t *p = room(w, 2);

	if (p != NULL)
		store16(p, v);
}

void
wire_put_u32(struct wire_out *w, uint32_t v)
{
	uint8_t *p = room(w, 4);

	if (p != NULL)
		store32(p, v);
}

void
wire_put_u64(struct wire_out *w, uint64_t v)
{
	uint8_t *p = room(w, 8);

	if (p == NULL)
		return;
	store32(p, (uint32_t)(v >> 32));
	store32(p + 4, (uint32_t)v);
}

void
wire_put_f64(struct wire_out *w, double v)
{
	uint64_t bits;

	memcpy(&bits, &v, sizeof(bits));
	wire_put_u64(w, bits);
}

void
wire_put(struct wire_out *w, const void *from, size_t len)
{
	uint8_t *p = room(w, len);

	if (p != NULL && len > 0)
		memcpy(p, from, len);
}
