/* SPDX-License-Identifier: ISC */
#include "talkers.h"

#include "core/packet.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct talks talkers;
static uint64_t stamp;
static bool summed;

void
talkers_setup(void)
{
	talks_init(&talkers);
	stamp = 0;
	summed = false;
}

static struct addr
address(const char *text)
{
	char ip[ADDR_TEXT];
	const char *colon = strrchr(text, ':');
	struct addr a;

	memcpy(ip, text, (size_t)(colon - text));
	ip[colon - text] = '\0';
	assert(addr_parse(&a, ip));
	a.port = (uint16_t)atoi(colon + 1);
	return a;
}

struct talk_event
talkers_event(double s, const char *from, const char *to)
{
	return (struct talk_event){ .at = (int64_t)(s * 1e9),
		.timed = true,
		.from = address(from),
		.to = address(to),
		.packets = 1 };
}

void
talkers_say(double s, const char *from, const char *to)
{
	struct talk_event e = talkers_event(s, from, to);

	talks_add(&talkers, &e);
}

void
talkers_packet(double s, const char *from, const char *to, int mode,
    uint32_t octets)
{
	struct talk_event e = talkers_event(s, from, to);

	e.mode = (uint8_t)mode;
	e.version = 4;
	e.octets = octets;
	e.response = mode >= MODE_CONTROL && e.from.port == NTP_PORT;
	talks_add(&talkers, &e);
}

void
talkers_exchange(double s, const char *client, const char *server, int ttl)
{
	struct talk_event q = talkers_event(s, client, server);
	struct talk_event a = talkers_event(s + 0.012, server, client);

	q.mode = MODE_CLIENT;
	a.mode = MODE_SERVER;
	q.version = a.version = 4;
	q.octets = a.octets = 48;
	q.stamped = a.stamped = true;
	q.ttl = (uint8_t)ttl;
	q.transmit = a.origin = ++stamp;
	talks_add(&talkers, &q);
	talks_add(&talkers, &a);
}

const struct talk_host *
talkers_host(const char *ip)
{
	struct addr a;

	assert(addr_parse(&a, ip));
	return talks_find(&talkers, &a);
}

enum explain_kind
talkers_kind(const char *ip)
{
	if (!summed)
		talks_sum(&talkers);
	summed = true;
	return explain_judge(&talkers, talkers_host(ip));
}
