/* SPDX-License-Identifier: ISC */
/*
 * Any text as leap-seconds.list: refused with a sentence, or a table that
 * rises, second by second, and that UTC and TAI agree about.
 */
#include "core/leap.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

#define TEXT_MAX 8192
#define NS INT64_C(1000000000)

/* UTC to TAI and back is where it began. */
static void
there_and_back(const struct leap_table *t, int64_t utc)
{
	int tai = leap_tai(t, (struct wall){ utc * NS });

	assert(leap_tai_at_tai(t, (struct wall){ (utc + tai) * NS }) == tai);
}

static void
check_line(const struct leap_table *t, unsigned i)
{
	int64_t at = t->line[i].at;
	int rise = t->line[i].tai - t->line[i - 1].tai;
	struct wall next;

	assert(at > t->line[i - 1].at && at % 86400 == 0);
	assert(rise == 1 || rise == -1);
	if (at > INT64_MAX / NS / 2) /* beyond the wall clock */
		return;
	there_and_back(t, at);
	there_and_back(t, at - 2);
	assert(leap_announce(t, (struct wall){ at * NS - 1 }) ==
	    (rise == 1 ? LEAP_INSERT : LEAP_DELETE));
	assert(leap_next(t, (struct wall){ at * NS - 1 }, &next));
	assert(next.ns == at * NS);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const struct leap_table empty;
	struct leap_table t;
	struct err e = { "" };
	char text[TEXT_MAX];

	if (len >= sizeof(text))
		return 0;
	memcpy(text, data, len);
	text[len] = '\0';
	if (leap_read(&t, text, &e) == -1) {
		assert(e.text[0] != '\0');
		assert(memcmp(&t, &empty, sizeof(t)) == 0);
		return 0;
	}
	assert(t.count >= 1 && t.count <= LEAP_MAX && t.expires > 0);
	for (unsigned i = 1; i < t.count; i++)
		check_line(&t, i);
	return 0;
}
