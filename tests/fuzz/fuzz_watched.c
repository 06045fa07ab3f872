/* SPDX-License-Identifier: ISC */
/*
 * Any octets as the list of watched hosts that was kept: as they are, and with
 * the checksum made right, so that they get further.  Refused with a sentence,
 * and then nobody is watched; or taken, and then each host is one that can be,
 * stands once, was sick before now for a reason of its kind, and what is written
 * of them reads the same.
 */
#include "base/fnv.h"
#include "base/sealed.h"
#include "view/watched.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len);

static const struct watched_moment now = { .boot = 1,
	.now = { INT64_C(1000000000000000) },
	.wall = { INT64_C(1800000000000000000) } };

static void
check_list(struct watched_list *l, enum watched_kind k)
{
	assert(l->count <= WATCHED_HOSTS);
	for (unsigned i = 0; i < l->count; i++) {
		const struct watched_host *h = &l->host[i];

		assert(!addr_is_any(&h->addr) && !addr_is_multicast(&h->addr));
		assert(watched_find(l, &h->addr) == h);
		assert(h->words != 0 && (h->words & ~watched_words(k)) == 0);
		assert(h->since.ns <= now.now.ns);
		assert(!h->found);
	}
}

static void
reads_the_same(const struct watched *w)
{
	static uint8_t first[WATCHED_OCTETS_MAX], second[WATCHED_OCTETS_MAX];
	static struct watched again;
	size_t n = watched_write(w, &now, first);
	struct err err;

	assert(n > 0);
	assert(watched_read(&again, &now, first, n, &err) == 0);
	assert(watched_write(&again, &now, second) == n);
	for (unsigned k = 0; k < WATCHED_KINDS; k++)
		assert(again.of[k].count == w->of[k].count);
}

static void
take(const uint8_t *octets, size_t len)
{
	static struct watched w;
	struct err err = { "" };

	memset(&w, 0xff, sizeof(w));
	if (watched_read(&w, &now, octets, len, &err) == -1) {
		assert(err.text[0] != '\0');
		for (unsigned k = 0; k < WATCHED_KINDS; k++)
			assert(w.of[k].count == 0);
		return;
	}
	for (unsigned k = 0; k < WATCHED_KINDS; k++)
		check_list(&w.of[k], (enum watched_kind)k);
	reads_the_same(&w);
}

int
LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
	static uint8_t copy[WATCHED_OCTETS_MAX];
	struct wire_out sum;

	take(octets, len);
	if (len < SEALED_SUM || len > sizeof(copy))
		return 0;
	memcpy(copy, octets, len);
	sum = (struct wire_out){ copy + len - SEALED_SUM, SEALED_SUM, false };
	wire_put_u64(&sum, fnv(FNV_BEGIN, copy, len - SEALED_SUM));
	take(copy, len);
	return 0;
}
