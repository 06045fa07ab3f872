/* SPDX-License-Identifier: ISC */
/*
 * Any octets as lines of firewalls: what is taken for NTP has two addresses
 * and port 123, and everything can be judged and told.
 */
#include "conf/logline.h"
#include "core/explain.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static struct talks t; /* large: emptied now and then */
static unsigned runs;

static void
take(struct logline *l, const char *line)
{
	struct talk_event e;

	if (logline_read(l, line, &e) != LOGLINE_NTP)
		return;
	assert(e.from.family != ADDR_NONE && e.to.family != ADDR_NONE);
	assert(e.from.port == 123 || e.to.port == 123);
	assert(e.packets > 0 || e.fate == TALK_PASSED);
	assert(e.octets <= UINT16_MAX);
	talks_add(&t, &e);
	const struct talk_host *h = talks_find(&t, &e.from);
	char words[1024];
	struct text out = TEXT(words);
	enum explain_kind k = explain_judge(&t, h);

	assert(h->packets > 0 && k < EXPLAIN_KINDS);
	explain_verdict(&t, h, k, &out);
	explain_evidence(&t, h, &out);
	assert(!text_cut(&out));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct logline l = { 0 };
	char line[LOGLINE_MAX];

	if (runs++ % 1000 == 0)
		talks_init(&t);
	while (len > 0) {
		const uint8_t *end = memchr(data, '\n', len);
		size_t n = end != NULL ? (size_t)(end - data) : len;
		size_t kept = n < sizeof(line) ? n : sizeof(line) - 1;

		memcpy(line, data, kept);
		line[kept] = '\0';
		take(&l, line);
		n += end != NULL;
		data += n;
		len -= n;
	}
	return 0;
}
