/* SPDX-License-Identifier: ISC */
/*
 * wire.h - big-endian octets, read and written without length arithmetic.
 *
 * The error sticks: a parser reads in a straight line and asks once, at the
 * end, whether the octets sufficed.  Reading past the end gives zeros;
 * writing past the end writes nothing.
 */
#ifndef BASE_WIRE_H
#define BASE_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct wire {
	const uint8_t *at; /* borrowed: the next octet */
	size_t left;
	bool bad; /* something did not fit */
};

uint8_t wire_u8(struct wire *w);
uint16_t wire_u16(struct wire *w);
uint32_t wire_u32(struct wire *w);
uint64_t wire_u64(struct wire *w);
double wire_f64(struct wire *w); /* IEEE 754, as its 64 bits */
void wire_copy(struct wire *w, void *to, size_t len);

struct wire_out {
	uint8_t *at; /* borrowed: where the next octet goes */
	size_t left;
	bool bad;
};

void wire_put_u8(struct wire_out *w, uint8_t v);
void wire_put_u16(struct wire_out *w, uint16_t v);
void wire_put_u32(struct wire_out *w, uint32_t v);
void wire_put_u64(struct wire_out *w, uint64_t v);
void wire_put_f64(struct wire_out *w, double v);
void wire_put(struct wire_out *w, const void *from, size_t len);

#endif
