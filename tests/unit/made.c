/* SPDX-License-Identifier: ISC */
#include "made.h"

#include "base/text.h"

#include <math.h>

#define LIAR 2

static struct snapshot_upstream
upstream(unsigned i)
{
	static const char *const host[] = { "ntp1.example.net",
		"ntp2.example.org",
		"time.a-very-long-name.department.example.edu", "192.0.2.40",
		"2001:db8::123" };
	struct snapshot_upstream u = {
		.addr = { .family = ADDR_V4,
		    .ip = { 192, 0, 2, (uint8_t)(10 + i) },
		    .port = 123 },
		.group = i,
		.active = true,
		.truechimer = i != LIAR,
		.selectable = true,
		.reach = 0377,
		.stratum = 2,
		.refid = 0x0a000001,
		.answered = true,
		.poll_s = 1024,
		.next_s = 200 * i + 12,
		.last_s = 100,
		.other_s = -1,
		.sent = 60,
		.received = 60,
		.verdict = { [SOURCE_SAMPLE] = 60 },
		.sampled = true,
		.offset_s = i == LIAR ? 0.5 : 0.0003 * i - 0.0003,
		.delay_s = 0.0123 + 0.001 * i,
		.jitter_s = 0.00021,
		.distance_s = 0.01,
		.root_delay_s = 0.001,
		.root_disp_s = 0.002,
		.score = 20 - 0.5 * i,
		.account = { .hour = 4, .day = 62, .total = 60, .floor_s = 64 },
		.without = { .majority = true,
		    .groups = 4,
		    .agreeing = i == LIAR ? 4 : 3 },
	};

	text_copy(u.host, sizeof(u.host), host[i]);
	return u;
}

struct snapshot
made_synced(void)
{
	struct snapshot s = {
		.name = "gw1",
		.state = ENGINE_SYNCED,
		.since_s = 11520,
		.uptime_s = 11550,
		.serving = { .stratum = 3,
		    .refid = 0xc000020a,
		    .root_delay_s = 0.0123,
		    .root_disp_s = 0.002 },
		.offset_s = 0.00012,
		.error_bound_s = 0.00041,
		.root_distance_s = 0.0086,
		.root_disp_s = 0.0021,
		.frequency_ppm = 12.345,
		.good_s = -1,
		.pace = { .reason = ENGINE_PACE_PROMISE,
		    .interval_s = 1024,
		    .promised_s = 0.005,
		    .peak_s = 0.0048,
		    .best_s = 0.0019 },
		.groups = 5,
		.agreeing = 4,
		.losses = 2,
		.majority = true,
		.steps = 1,
		.sent = { .hour = 22, .day = 310, .budget = 640, .total = 311 },
		.source = "ntp1.example.net",
		.serve = { .received = 12345, .answered = 12300, .denied = 45 },
		.upstreams = 5,
	};

	for (unsigned i = 0; i < s.upstreams; i++)
		s.upstream[i] = upstream(i);
	return s;
}

static void
not_yet_heard(struct snapshot_upstream *u)
{
	u->selectable = false;
	u->account = (struct snapshot_account){ 0 };
	u->sampled = false;
	u->answered = false;
	u->reach = 0;
	u->received = 0;
	u->score = 0;
	u->verdict[SOURCE_SAMPLE] = 0;
}

struct snapshot
made_starting(void)
{
	struct snapshot s = made_synced();

	s.state = ENGINE_STARTING;
	s.since_s = s.uptime_s = 12;
	s.serving = (struct server_time){ .leap = LEAP_UNSYNC,
		.stratum = STRATUM_UNSYNC };
	s.error_bound_s = s.root_distance_s = INFINITY;
	s.offset_s = s.frequency_ppm = s.root_disp_s = s.good_s = 0;
	s.groups = 1;
	s.agreeing = s.losses = 0;
	s.majority = false;
	s.named = -1;
	s.source[0] = '\0';
	s.ramp = true;
	s.pace = (struct engine_pace){ .reason = ENGINE_PACE_START,
		.interval_s = 64,
		.promised_s = 0.005,
		.peak_s = INFINITY,
		.best_s = INFINITY };
	s.steps = 0;
	s.sent.hour = s.sent.day = 3;
	s.sent.total = 3;
	s.serve = (struct snapshot_serve){ .received = 3, .answered = 3 };
	for (unsigned i = 0; i < s.upstreams; i++) {
		struct snapshot_upstream *u = &s.upstream[i];

		u->truechimer = false;
		u->poll_s = 64;
		u->next_s = 13 * i + 1;
		u->sent = i != 1 && i != 4;
		if (i > 0)
			not_yet_heard(u);
	}
	s.upstream[0].reach = 1;
	s.upstream[0].score = 1;
	s.upstream[1].active = false;
	s.upstream[1].next_s = s.upstream[1].last_s = -1;
	s.upstream[2].asked = true;
	s.upstream[3].last = SOURCE_UNSYNC;
	s.upstream[4].last_s = -1;
	return s;
}

struct snapshot
made_holdover(void)
{
	struct snapshot s = made_synced();

	s.state = ENGINE_HOLDOVER;
	s.since_s = 7600;
	s.error_bound_s = 0.0123;
	s.root_distance_s = 0.0205;
	s.good_s = 200000;
	s.groups = s.agreeing = s.losses = 0;
	s.majority = false;
	for (unsigned i = 0; i < s.upstreams; i++) {
		struct snapshot_upstream *u = &s.upstream[i];

		u->truechimer = u->selectable = u->answered = false;
		u->reach = 0;
		u->missed = 12;
		u->poll_s = 8192;
		u->next_s = 2040 * i + 1;
		u->score = -99.3;
	}
	s.upstream[1].unreachable = true;
	s.upstream[2].missed = s.upstream[3].missed = 0;
	s.upstream[2].last = SOURCE_KISS;
	text_copy(s.upstream[2].kiss, sizeof(s.upstream[2].kiss), "RATE");
	s.upstream[3].last = SOURCE_UNSYNC;
	return s;
}

struct snapshot
made_panic(void)
{
	struct snapshot s = made_synced();

	s.state = ENGINE_PANIC;
	s.since_s = 700;
	s.offset_s = 3.4;
	return s;
}

struct snapshot
made_paired(void)
{
	struct snapshot s = made_synced();

	s.sibling = (struct snapshot_sibling){
		.state = SNAPSHOT_SIBLING_PAIRED,
		.host = "10.0.0.12",
		.addr = { .family = ADDR_V4,
		    .ip = { 10, 0, 0, 12 },
		    .port = 123 },
		.name = "gw2",
		.reach = 0377,
		.answered = true,
		.heard_s = 2,
		.met_s = 7600,
		.offset_s = -0.000003,
		.delay_s = 0.0002,
		.says = ENGINE_SYNCED,
		.bound_s = 0.00039,
		.interval_s = 1024,
		.sent_day = 290,
		.weight = 0.48,
		.drift_ppm = -1.25,
		.taken = 120,
		.refused = 1,
		.verdict = { [SIBLING_WORD] = 900, [SIBLING_REFUSED] = 3 },
	};
	s.upstream[0].last_s = 1200;
	s.upstream[0].other_s = 900;
	s.upstream[0].next_s = 124;
	s.upstream[1].last_s = 300;
	s.upstream[1].other_s = 1300;
	s.upstream[1].next_s = 980;
	return s;
}

struct snapshot
made_unheard(void)
{
	struct snapshot s = made_paired();

	s.sibling.state = SNAPSHOT_SIBLING_UNHEARD;
	s.sibling.reach = 0;
	s.sibling.heard_s = 720;
	s.sibling.met_s = -1;
	s.sibling.weight = 0;
	for (unsigned i = 0; i < s.upstreams; i++)
		s.upstream[i].other_s = -1;
	return s;
}

struct snapshot
made_plain(void)
{
	struct snapshot s = made_unheard();

	s.sibling.state = SNAPSHOT_SIBLING_PLAIN;
	s.sibling.name[0] = '\0';
	s.sibling.reach = 0377;
	s.sibling.heard_s = 2;
	s.sibling.met_s = 7600;
	s.sibling.bound_s = INFINITY;
	s.sibling.drift_ppm = NAN;
	s.sibling.weight = 0;
	s.sibling.taken = 200;
	s.sibling.sent_day = 0;
	return s;
}

struct snapshot
made_dropped(void)
{
	struct snapshot s = made_paired();

	s.sibling.state = SNAPSHOT_SIBLING_DROPPED;
	s.sibling.weight = 0;
	text_copy(s.sibling.why, sizeof(s.sibling.why),
	    "its samples are 1.00 h from ours");
	for (unsigned i = 0; i < s.upstreams; i++)
		s.upstream[i].other_s = -1;
	return s;
}

void
made_one_host(struct snapshot *s)
{
	for (unsigned i = 0; i < s->upstreams; i++) {
		struct snapshot_upstream *u = &s->upstream[i];

		text_copy(u->host, sizeof(u->host), "127.0.0.1");
		u->addr = (struct addr){ .family = ADDR_V4,
			.ip = { 127, 0, 0, 1 },
			.port = (uint16_t)(11123 + i) };
	}
}
