/* SPDX-License-Identifier: ISC */
/*
 * The first octet chooses the link, the rest is a captured packet: what is
 * taken for NTP has two addresses and port 123, and can be judged and told.
 */
#include "core/explain.h"
#include "core/frame.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static struct talks t; /* large: emptied now and then */
static unsigned runs;

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const int link[] = { 1, 113, 276, 101, 0, 117 };
	char words[1024];
	struct text out = TEXT(words);
	struct talk_event e;

	if (len == 0)
		return 0;
	if (frame_read(link[data[0] % 6], data + 1, len - 1, &e) != FRAME_NTP)
		return 0;
	assert(e.from.family != ADDR_NONE && e.to.family != ADDR_NONE);
	assert(e.from.port == 123 || e.to.port == 123);
	assert(e.packets == 1 && e.octets <= UINT16_MAX);
	assert(!e.stamped || (e.octets >= 48 && e.mode < 6));
	e.timed = true;
	if (runs++ % 1000 == 0)
		talks_init(&t);
	for (int i = 0; i < 3; i++)
		talks_add(&t, &e);

	const struct talk_host *h = talks_find(&t, &e.from);
	enum explain_kind k = explain_judge(&t, h);

	assert(h->packets > 0 && k < EXPLAIN_KINDS);
	explain_verdict(&t, h, k, &out);
	explain_evidence(&t, h, &out);
	assert(!text_cut(&out));
	return 0;
}
