/* SPDX-License-Identifier: ISC */
#include "base/fnv.h"

uint64_t
fnv(uint64_t h, const void *octets, size_t len)
{
	const uint8_t *p = octets;

	for (size_t i = 0; i < len; i++)
		h = (h ^ p[i]) * 0x100000001b3;
	return h;
}
