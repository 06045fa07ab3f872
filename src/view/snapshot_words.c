/* SPDX-License-Identifier: ISC */
#include "view/snapshot.h"

#include "base/text.h"

#include <math.h>
#include <string.h>
#include <time.h>

const char *
snapshot_state_name(enum engine_state s)
{
	static const char *const name[] = {
		[ENGINE_STARTING] = "starting",
		[ENGINE_SYNCED] = "synced",
		[ENGINE_HOLDOVER] = "holdover",
		[ENGINE_ORPHAN] = "orphan",
		[ENGINE_PANIC] = "panic",
	};

	return name[s];
}

const char *
snapshot_sibling_name(enum snapshot_sibling_state s)
{
	static const char *const name[] = {
		[SNAPSHOT_SIBLING_NONE] = "none",
		[SNAPSHOT_SIBLING_UNHEARD] = "unheard",
		[SNAPSHOT_SIBLING_PAIRED] = "paired",
		[SNAPSHOT_SIBLING_PLAIN] = "plain",
		[SNAPSHOT_SIBLING_DROPPED] = "dropped",
	};

	return name[s];
}

const char *
snapshot_leap_name(uint8_t leap)
{
	static const char *const name[] = {
		[LEAP_NONE] = "none",
		[LEAP_INSERT] = "insert",
		[LEAP_DELETE] = "delete",
		[LEAP_UNSYNC] = "unsynchronised",
	};

	return name[leap & 3];
}

char *
snapshot_refid(uint8_t stratum, uint32_t refid, char buf[SNAPSHOT_REFID])
{
	struct text t = { buf, SNAPSHOT_REFID, 0 };
	uint8_t o[4] = { (uint8_t)(refid >> 24), (uint8_t)(refid >> 16),
		(uint8_t)(refid >> 8), (uint8_t)refid };
	size_t letters = 0;

	buf[0] = '\0';
	if (stratum >= STRATUM_UNSYNC)
		return buf;
	while (letters < 4 && o[letters] > ' ' && o[letters] < 127)
		letters++;
	/* Letters, then zeros or spaces up to the fourth. */
	bool text = letters > 0;
	for (size_t i = letters; i < 4; i++)
		text = text && (o[i] == 0 || o[i] == ' ');
	if (stratum <= 1 && text)
		text_add(&t, "%.*s", (int)letters, (const char *)o);
	else
		text_add(&t, "%u.%u.%u.%u", o[0], o[1], o[2], o[3]);
	return buf;
}

char *
snapshot_span(double s, char buf[SNAPSHOT_SPAN])
{
	struct text t = { buf, SNAPSHOT_SPAN, 0 };

	if (s < 99.5)
		text_add(&t, "%.0f s", s);
	else if (s < 99.5 * 60)
		text_add(&t, "%.0f min", s / 60);
	else if (s < 9.95 * 3600)
		text_add(&t, "%.1f h", s / 3600);
	else if (s < 99.5 * 3600)
		text_add(&t, "%.0f h", s / 3600);
	else
		text_add(&t, "%.0f d", s / 86400);
	return buf;
}

char *
snapshot_until(const struct snapshot *s, double ahead_s,
    char buf[SNAPSHOT_UNTIL])
{
	struct text t = { buf, SNAPSHOT_UNTIL, 0 };
	time_t now = (time_t)(s->at.ns / 1000000000);
	time_t at = now + (time_t)ahead_s;
	char span[SNAPSHOT_SPAN];
	struct tm utc;

	if (s->at.ns == 0 || gmtime_r(&at, &utc) == NULL)
		text_add(&t, "for %s more", snapshot_span(ahead_s, span));
	else if (at / 86400 == now / 86400)
		strftime(buf, SNAPSHOT_UNTIL, "until %H:%M UTC", &utc);
	else if (at / 86400 == now / 86400 + 1)
		strftime(buf, SNAPSHOT_UNTIL, "until %H:%M UTC tomorrow", &utc);
	else
		strftime(buf, SNAPSHOT_UNTIL, "until %-d %b", &utc);
	return buf;
}

const char *
snapshot_ledger_name(const struct snapshot *s)
{
	if (s->closed)
		return "closed";
	return s->frugal_s > 0 ? "frugal" : "good";
}
