/* SPDX-License-Identifier: ISC */
/*
 * mib_ntp.c - the objects of RFC 5907, but for ntpAssociation.
 *
 * Where its text and what everybody does differ, the text wins.  What it has
 * no word for ("not known") is an empty text.
 */
#include "view/mib_parts.h"

#include <math.h>

#define NTP_STRATUM_NONE 16

/* ---- ntpEntInfo */

static void
software_name(const struct mib_world *w, unsigned row, struct mib_value *v)
{
	(void)w, (void)row;
	mib_put_text(v, "ntpgated");
}

static void
software_version(const struct mib_world *w, unsigned row, struct mib_value *v)
{
	(void)row;
	mib_put_text(v, w->version != NULL ? w->version : "");
}

static void
software_vendor(const struct mib_world *w, unsigned row, struct mib_value *v)
{
	(void)w, (void)row;
	mib_put_text(v, "the ntpgate project");
}

static void
system_type(const struct mib_world *w, unsigned row, struct mib_value *v)
{
	(void)row;
	mib_put_text(v, w->system != NULL ? w->system : "");
}

/* Stamps are made in nanoseconds, which is a resolution and no precision. */
static void
time_resolution(const struct mib_world *w, unsigned row, struct mib_value *v)
{
	(void)w, (void)row;
	mib_put(v, 1000000000);
}

static void
time_precision(const struct mib_world *w, unsigned row, struct mib_value *v)
{
	(void)row;
	mib_put(v, w->s->serving.precision);
}

static void
time_distance(const struct mib_world *w, unsigned row, struct mib_value *v)
{
	(void)row;
	mib_put_span(v, w->s->root_distance_s);
}

static const struct mib_leaf info[] = {
	{ 1, MIB_OCTETS, software_name, MIB_ALWAYS },
	{ 2, MIB_OCTETS, software_version, MIB_ALWAYS },
	{ 3, MIB_OCTETS, software_vendor, MIB_ALWAYS },
	{ 4, MIB_OCTETS, system_type, MIB_ALWAYS },
	{ 5, MIB_UNSIGNED, time_resolution, MIB_ALWAYS },
	{ 6, MIB_INTEGER, time_precision, MIB_HEARD },
	{ 7, MIB_OCTETS, time_distance, MIB_HEARD },
};

const struct mib_group mib_info = { MIB_NTP, 2, { 1, 1 }, MIB_SCALARS(info) };

/* ---- ntpEntStatus */

enum mode {
	NOT_RUNNING = 1,
	NOT_SYNCHRONIZED,
	NONE_CONFIGURED,
	SYNC_TO_LOCAL,
	SYNC_TO_REFCLOCK,
	SYNC_TO_REMOTE_SERVER
};

static bool
serves(const struct mib_world *w)
{
	return w->s != NULL && w->s->serving.leap != LEAP_UNSYNC;
}

static bool
has_sibling(const struct mib_world *w)
{
	return w->s != NULL && w->s->sibling.state != SNAPSHOT_SIBLING_NONE;
}

/* Is there anybody who can be asked? */
static bool
has_reference(const struct snapshot *s)
{
	for (unsigned i = 0; i < s->upstreams; i++)
		if (s->upstream[i].active)
			return true;
	return s->sibling.addr.family != ADDR_NONE;
}

/*
 * Synced is what the RFC calls synchronised to a remote server.  In holdover
 * and as orphans we follow none, and hand out the time of our own oscillator
 * with a bound that grows: "distributing time based on its local clock
 * (degraded accuracy and/or reliability)" - as long as we hand it out.  In
 * panic we refuse to follow those who are there, and an operator has to look:
 * not synchronised, even while what was known before is still served.
 */
int
mib_mode(const struct mib_world *w)
{
	if (w->s == NULL)
		return NOT_RUNNING;
	if (w->s->state == ENGINE_PANIC)
		return NOT_SYNCHRONIZED;
	if (serves(w))
		return w->s->state == ENGINE_SYNCED ? SYNC_TO_REMOTE_SERVER :
						      SYNC_TO_LOCAL;
	return has_reference(w->s) ? NOT_SYNCHRONIZED : NONE_CONFIGURED;
}

uint8_t
mib_stratum(const struct mib_world *w)
{
	uint8_t stratum = serves(w) ? w->s->serving.stratum : 0;

	return stratum > 0 && stratum < NTP_STRATUM_NONE ? stratum :
							   NTP_STRATUM_NONE;
}

unsigned
mib_syspeer(const struct mib_world *w)
{
	if (!serves(w) || w->s->named < 0 ||
	    (unsigned)w->s->named >= w->s->upstreams)
		return 0;
	return (unsigned)w->s->named + 1;
}

static void
current_mode(const struct mib_world *w, unsigned row, struct mib_value *v)
{
	(void)row;
	mib_put(v, mib_mode(w));
}

static void
status_stratum(const struct mib_world *w, unsigned row, struct mib_value *v)
{
	(void)row;
	mib_put(v, mib_stratum(w));
}

static void
source_id(const struct mib_world *w, unsigned row, struct mib_value *v)
{
	(void)row;
	mib_put(v, mib_syspeer(w));
}

static void
peer_name(const struct mib_world *w, unsigned row, struct mib_value *v)
{
	(void)row;
	mib_put_text(v, mib_association(w, mib_syspeer(w)).text);
}

/* Of the system peer as last heard. */
static void
active_offset(const struct mib_world *w, unsigned row, struct mib_value *v)
{
	unsigned peer = mib_syspeer(w);
	double offset = NAN;

	(void)row;
	if (peer > 0 && w->s->upstream[peer - 1].sampled)
		offset = w->s->upstream[peer - 1].offset_s;
	mib_put_span(v, offset);
}

static void
source_count(const struct mib_world *w, unsigned row, struct mib_value *v)
{
	(void)row;
	mib_put(v, w->s->upstreams + has_sibling(w));
}

static void
dispersion(const struct mib_world *w, unsigned row, struct mib_value *v)
{
	(void)row;
	mib_put_ms(v, serves(w) ? w->s->root_disp_s : NAN);
}

static void
uptime(const struct mib_world *w, unsigned row, struct mib_value *v)
{
	double ticks = 100 * (w->s->uptime_s + w->age_s);

	(void)row;
	mib_put_count(v,
	    isfinite(ticks) && ticks > 0 && ticks < 1e18 ? (uint64_t)ticks : 0);
}

/* What we serve, so: with what we know it to be off by. */
static struct wall
served(const struct mib_world *w)
{
	return wall_add(w->s->at, w->age_s - w->s->offset_s);
}

static void
date_time(const struct mib_world *w, unsigned row, struct mib_value *v)
{
	(void)row;
	if (serves(w))
		mib_put_date(v, served(w));
}

/* -1, 0 or 1 */
static int
leap_direction(const struct mib_world *w)
{
	static const int direction[] = { [LEAP_NONE] = 0,
		[LEAP_INSERT] = 1,
		[LEAP_DELETE] = -1,
		[LEAP_UNSYNC] = 0 };

	return direction[w->s->serving.leap & 3];
}

/* Leaps are announced on their day (leap.h), so it is the next midnight.  None
 * is "0", which is a date; without synchronisation there are no dates. */
static void
leap_second(const struct mib_world *w, unsigned row, struct mib_value *v)
{
	const int64_t day = INT64_C(86400) * 1000000000;
	int64_t now = served(w).ns;

	(void)row;
	if (leap_direction(w) == 0)
		v->len = serves(w) ? MIB_DATE_OCTETS : 0;
	else if (now > 0 && now < INT64_MAX - day)
		mib_put_date(v, (struct wall){ (now / day + 1) * day });
}

static void
leap_sign(const struct mib_world *w, unsigned row, struct mib_value *v)
{
	(void)row;
	mib_put(v, leap_direction(w));
}

/* Our own; those to a sibling that is a peer leave by the port on which we
 * serve, and are counted there. */
static uint64_t
questions(const struct snapshot *s)
{
	return s->sent.total + s->sums.sibling_asked;
}

static void
in_packets(const struct mib_world *w, unsigned row, struct mib_value *v)
{
	(void)row;
	mib_put_count(v, w->s->serve.received + w->s->sums.heard);
}

static void
out_packets(const struct mib_world *w, unsigned row, struct mib_value *v)
{
	uint64_t n = questions(w->s);

	(void)row;
	for (unsigned mode = 0; mode < PACKET_MODES; mode++)
		n += w->s->serve.mode_out[mode];
	mib_put_count(v, n);
}

static void
bad_version(const struct mib_world *w, unsigned row, struct mib_value *v)
{
	(void)row;
	mib_put_count(v, w->s->serve.verdict[SERVER_VERSION]);
}

static void
protocol_error(const struct mib_world *w, unsigned row, struct mib_value *v)
{
	const uint64_t *served = w->s->serve.verdict;
	uint64_t n = served[SERVER_SHORT] + served[SERVER_MODE] +
	    served[SERVER_MALFORMED] + served[SERVER_BAD_MAC];

	(void)row;
	mib_put_count(v,
	    n + mib_server_errors(w->s->sums.verdict) +
		mib_sibling_errors(w->s->sums.sibling_verdict));
}

static void
notifications(const struct mib_world *w, unsigned row, struct mib_value *v)
{
	(void)row;
	mib_put_count(v, w->kept->notifications);
}

static const struct mib_leaf status[] = {
	{ 1, MIB_INTEGER, current_mode, MIB_ALWAYS },
	{ 2, MIB_UNSIGNED, status_stratum, MIB_ALWAYS },
	{ 3, MIB_UNSIGNED, source_id, MIB_ALWAYS },
	{ 4, MIB_OCTETS, peer_name, MIB_ALWAYS },
	{ 5, MIB_OCTETS, active_offset, MIB_HEARD },
	{ 6, MIB_UNSIGNED, source_count, MIB_HEARD },
	{ 7, MIB_OCTETS, dispersion, MIB_HEARD },
	{ 8, MIB_TICKS, uptime, MIB_HEARD },
	{ 9, MIB_OCTETS, date_time, MIB_ALWAYS },
	{ 10, MIB_OCTETS, leap_second, MIB_HEARD },
	{ 11, MIB_INTEGER, leap_sign, MIB_HEARD },
	{ 12, MIB_COUNTER, in_packets, MIB_HEARD },
	{ 13, MIB_COUNTER, out_packets, MIB_HEARD },
	{ 14, MIB_COUNTER, bad_version, MIB_HEARD },
	{ 15, MIB_COUNTER, protocol_error, MIB_HEARD },
	{ 16, MIB_COUNTER, notifications, MIB_ALWAYS },
};

const struct mib_group mib_status = { MIB_NTP, 2, { 1, 2 },
	MIB_SCALARS(status) };

/* ---- ntpEntStatPktModeTable: its row is the mode */

#define BROADCAST_CLIENT 6

static bool
has_mode(const struct mib_world *w, unsigned row)
{
	(void)w;
	return row <= BROADCAST_CLIENT;
}

/* A broadcast client has no mode on the wire, where 6 is control; we are
 * none. */
static void
mode_sent(const struct mib_world *w, unsigned row, struct mib_value *v)
{
	uint64_t own = row == MODE_CLIENT ? questions(w->s) : 0;

	if (row < BROADCAST_CLIENT)
		mib_put_count(v, w->s->serve.mode_out[row] + own);
}

static void
mode_received(const struct mib_world *w, unsigned row, struct mib_value *v)
{
	uint64_t own = row == MODE_SERVER ? w->s->sums.heard : 0;

	if (row < BROADCAST_CLIENT)
		mib_put_count(v, w->s->serve.mode_in[row] + own);
}

static const struct mib_leaf modes[] = {
	{ 2, MIB_COUNTER, mode_sent, MIB_HEARD },
	{ 3, MIB_COUNTER, mode_received, MIB_HEARD },
};

const struct mib_group mib_modes = { MIB_NTP, 4, { 1, 2, 17, 1 },
	MIB_LEAVES(modes), BROADCAST_CLIENT, has_mode };

/* ---- ntpEntControl */

static void
interval(const struct mib_world *w, unsigned row, struct mib_value *v)
{
	(void)row;
	mib_put(v, w->kept->heartbeat_s);
}

static void
notification_bits(const struct mib_world *w, unsigned row, struct mib_value *v)
{
	(void)row;
	mib_put_bits(v, w->kept->bits, MIB_HEARTBEAT + 1);
}

static const struct mib_leaf control[] = {
	{ 1, MIB_UNSIGNED, interval, MIB_ALWAYS },
	{ 2, MIB_OCTETS, notification_bits, MIB_ALWAYS },
};

const struct mib_group mib_control = { MIB_NTP, 2, { 1, 4 },
	MIB_SCALARS(control) };
