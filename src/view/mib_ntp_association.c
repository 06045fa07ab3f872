/* SPDX-License-Identifier: ISC */
/*
 * mib_ntp_association.c - ntpAssociation of RFC 5907: a row for each upstream,
 * which is its place in the configuration, and one for the sibling.
 */
#include "view/mib_parts.h"

#include <math.h>

/* NULL: it is the sibling's. */
static const struct snapshot_upstream *
upstream(const struct mib_world *w, unsigned row)
{
	return row == MIB_SIBLING_ROW ? NULL : &w->s->upstream[row - 1];
}

struct source_name
mib_association(const struct mib_world *w, unsigned row)
{
	static const struct source_name none;

	if (w->s == NULL || row == 0)
		return none;
	if (row <= w->s->upstreams && row <= ENGINE_SOURCES)
		return snapshot_name(&w->s->upstream[row - 1]);
	if (row == MIB_SIBLING_ROW &&
	    w->s->sibling.state != SNAPSHOT_SIBLING_NONE)
		return source_name_of(w->s->sibling.host, NTP_PORT);
	return none;
}

static bool
has_association(const struct mib_world *w, unsigned row)
{
	return mib_association(w, row).text[0] != '\0';
}

static void
name(const struct mib_world *w, unsigned row, struct mib_value *v)
{
	mib_put_text(v, mib_association(w, row).text);
}

/* "The refclock driver ID, if available": there are no refclocks. */
static void
driver_id(const struct mib_world *w, unsigned row, struct mib_value *v)
{
	(void)w, (void)row;
	mib_put_text(v, "");
}

static const struct addr *
address_of(const struct mib_world *w, unsigned row)
{
	const struct snapshot_upstream *u = upstream(w, row);

	return u != NULL ? &u->addr : &w->s->sibling.addr;
}

/* unknown(0), which the RFC's list leaves out, while the name does not
 * resolve: so RFC 4001 wants it beside an address of no octets. */
static void
address_type(const struct mib_world *w, unsigned row, struct mib_value *v)
{
	mib_put_address_type(v, address_of(w, row));
}

static void
address(const struct mib_world *w, unsigned row, struct mib_value *v)
{
	mib_put_address(v, address_of(w, row));
}

static double
of_sibling(const struct mib_world *w, double s)
{
	return w->s->sibling.heard_s >= 0 ? s : NAN;
}

static void
offset(const struct mib_world *w, unsigned row, struct mib_value *v)
{
	const struct snapshot_upstream *u = upstream(w, row);

	if (u != NULL)
		mib_put_span(v, u->sampled ? u->offset_s : NAN);
	else
		mib_put_span(v, of_sibling(w, w->s->sibling.offset_s));
}

static void
stratum(const struct mib_world *w, unsigned row, struct mib_value *v)
{
	const struct snapshot_upstream *u = upstream(w, row);
	uint8_t n = u != NULL ? u->stratum : w->s->sibling.stratum;

	mib_put(v, n > 0 && n < STRATUM_UNSYNC ? n : STRATUM_UNSYNC);
}

/* The sibling tells neither jitter nor dispersion. */
static void
jitter(const struct mib_world *w, unsigned row, struct mib_value *v)
{
	const struct snapshot_upstream *u = upstream(w, row);

	mib_put_ms(v, u != NULL && u->sampled ? u->jitter_s : NAN);
}

static void
delay(const struct mib_world *w, unsigned row, struct mib_value *v)
{
	const struct snapshot_upstream *u = upstream(w, row);

	if (u != NULL)
		mib_put_ms(v, u->sampled ? u->delay_s : NAN);
	else
		mib_put_ms(v, of_sibling(w, w->s->sibling.delay_s));
}

static void
dispersion(const struct mib_world *w, unsigned row, struct mib_value *v)
{
	const struct snapshot_upstream *u = upstream(w, row);

	mib_put_ms(v, u != NULL && u->sampled ? u->root_disp_s : NAN);
}

static const struct mib_leaf associations[] = {
	{ 2, MIB_OCTETS, name, MIB_HEARD },
	{ 3, MIB_OCTETS, driver_id, MIB_HEARD },
	{ 4, MIB_INTEGER, address_type, MIB_HEARD },
	{ 5, MIB_OCTETS, address, MIB_HEARD },
	{ 6, MIB_OCTETS, offset, MIB_HEARD },
	{ 7, MIB_UNSIGNED, stratum, MIB_HEARD },
	{ 8, MIB_OCTETS, jitter, MIB_HEARD },
	{ 9, MIB_OCTETS, delay, MIB_HEARD },
	{ 10, MIB_OCTETS, dispersion, MIB_HEARD },
};

const struct mib_group mib_associations = { MIB_NTP, 4, { 1, 3, 1, 1 },
	MIB_LEAVES(associations), MIB_SIBLING_ROW, has_association };

/* ---- ntpAssociationStatisticsTable */

static void
in_packets(const struct mib_world *w, unsigned row, struct mib_value *v)
{
	const struct snapshot_upstream *u = upstream(w, row);

	mib_put_count(v, u != NULL ? u->received : w->s->sibling.received);
}

static void
out_packets(const struct mib_world *w, unsigned row, struct mib_value *v)
{
	const struct snapshot_upstream *u = upstream(w, row);

	mib_put_count(v, u != NULL ? u->sent : w->s->sibling.sent);
}

/* Answers that break the protocol.  A kiss, or a server that says that it
 * does not know the time, keeps to it. */
uint64_t
mib_server_errors(const uint64_t verdict[SOURCE_VERDICTS])
{
	return verdict[SOURCE_SHORT] + verdict[SOURCE_MALFORMED] +
	    verdict[SOURCE_WRONG_MODE] + verdict[SOURCE_ZERO_ORIGIN] +
	    verdict[SOURCE_UNASKED] + verdict[SOURCE_BAD_MAC] +
	    verdict[SOURCE_NAK] + verdict[SOURCE_NEGATIVE_DELAY];
}

uint64_t
mib_sibling_errors(const uint64_t verdict[SIBLING_VERDICTS])
{
	return verdict[SIBLING_REFUSED] + verdict[SIBLING_MALFORMED] +
	    verdict[SIBLING_OURSELVES];
}

static void
protocol_error(const struct mib_world *w, unsigned row, struct mib_value *v)
{
	const struct snapshot_upstream *u = upstream(w, row);

	mib_put_count(v,
	    u != NULL ? mib_server_errors(u->verdict) :
			mib_sibling_errors(w->s->sibling.verdict));
}

static const struct mib_leaf counts[] = {
	{ 1, MIB_COUNTER, in_packets, MIB_HEARD },
	{ 2, MIB_COUNTER, out_packets, MIB_HEARD },
	{ 3, MIB_COUNTER, protocol_error, MIB_HEARD },
};

const struct mib_group mib_association_counts = { MIB_NTP, 4, { 1, 3, 2, 1 },
	MIB_LEAVES(counts), MIB_SIBLING_ROW, has_association };
